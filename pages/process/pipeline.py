"""Pipeline: what changed and why, what the open deals are worth, when their money is expected, and how sure it is."""

import streamlit as st

from metrics.bridge import bridge
from metrics.coverage import coverage
from metrics.odds import weighted
from metrics.outlook import forecast, outlook
from metrics.signals import foremost, signals
from ui import controls, looking_back, numbers, process, show, signs
from ui import coverage as reach
from ui import outlook as drawn
from ui.text import lang, t

view = controls.view()
marked = foremost(view)
show.ahead(marked)
show.title(t("page.pipeline"), view)
with st.container(horizontal=True):
    since = controls.choice(
        "since", looking_back.SINCE, label=t("pipeline.since"), show=lambda name: t(f"pipeline.since_{name}"),
        kind="segmented",
    )  # fmt: skip
    due = controls.choice(
        "due", looking_back.DUE, label=t("pipeline.due"), show=lambda name: t(f"pipeline.due_{name}"), kind="segmented"
    )
day, expected, span = looking_back.first_day(view, since), looking_back.due(view, due), looking_back.span(view, due)
st.caption(t("pipeline.days", first=numbers.day(day, lang()), last=numbers.day(view.at, lang())))
left, right = st.columns([3, 2], gap="medium")
with left:
    show.question(
        bridge(view, day, view.at, expected), process.waterfall, view, name="bridge", found=process.what_moved
    )
with right:
    weighed = weighted(view, due=expected, beside=span)
    show.question(weighed, process.weighed, view, name="weighted", found=process.expected)

show.section(t("outlook.when"))
st.caption(t("outlook.span", first=numbers.day(span.from_on, lang()), last=numbers.day(span.to_on, lang())))
show.numbers(("open_amount", "weighted_amount", "win_rate", "velocity"), view, sparks=False)
left, right = st.columns(2, gap="medium")
with left:
    covered = coverage(view, span, is_beside=expected is None)
    show.question(covered, reach.covered, view, name="coverage", found=reach.is_enough)
    show.question(outlook(view, due=expected), drawn.by_month, view, name="outlook", found=drawn.when_due)
with right:
    show.question(forecast(view, span), drawn.rolled_up, view, name="forecast", found=drawn.how_sure)
    show.question(outlook(view, due=expected), drawn.field, view, name="outlook_field")
show.listed(
    signals(view), view, name="signals", found=signs.most_frequent, shape=signs.with_reasons, of=signs.Signs,
    first=marked,
)  # fmt: skip
