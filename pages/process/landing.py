"""Landing: where the month, quarter or year will end, and whether such forecasts have been right."""

import streamlit as st

from metrics.backtest import backtest
from metrics.calibration import calibration
from metrics.landing import landing, span_of
from ui import controls, numbers, show
from ui import landing as drawn
from ui.text import lang, t

view = controls.view()
checked = calibration(view)
show.ahead(checked)
show.title(t("page.landing"), view)
until = controls.choice(
    "until", drawn.GRAINS, label=t("landing.until"), show=lambda name: t(f"landing.{name}"), kind="segmented"
)
grain = drawn.FISCAL.get(until, until)
span = span_of(view, grain)
days = {"first": span.from_on, "last": span.to_on, "day": view.as_of}
st.caption(t("landing.span", **{name: numbers.day(day, lang()) for name, day in days.items()}))
show.numbers(
    ("won_amount", "attainment:won_amount", "open_amount", "win_rate"),
    view.with_period(None, span.from_on, span.to_on),
)
show.question(landing(view, grain), drawn.landed, view, name="landing", found=drawn.where_it_ends)
show.section(t("landing.trust"), t("landing.trust_help"))
left, right = st.columns([2, 3], gap="medium")
with left:
    show.question(checked, drawn.came_true, view, name="calibration", found=drawn.how_true)
with right:
    # Sixteen forecasts of the past are as many questions as sixteen pages ask: only for those who want to see them.
    past = controls.choice(
        "past", ("hidden", "shown"), label=t("landing.past"), show=lambda name: t(f"landing.past_{name}"),
        kind="segmented",
    )  # fmt: skip
    if past == "shown":
        show.listed(backtest(view, grain), view, name="backtest", found=drawn.how_far_off)
