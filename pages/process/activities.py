"""Activities: who does how much, which deals nobody touches, how leads are answered, what it all brings."""

import streamlit as st

from metrics.activity import by_week, longest_silent, pace, quiet, silence, touches
from metrics.catalog import dimension
from metrics.landmark import LANDMARKS, landmark
from metrics.response import response
from ui import activities, controls, responses, show
from ui.text import lang, t

BY = ("rep", "team", "source", "region")
PER = {"week": activities.per_week, "workday": activities.per_workday}

view = controls.view()
asleep, gone_quiet = longest_silent(view), quiet(view)
show.ahead(silence(view), asleep, gone_quiet, touches(view))
show.title(t("page.activities"), view)
show.numbers(("activities", "activities_per_won_deal", "open_deals", "leads"), view)

left, right = st.columns(2, gap="medium")
with left:
    show.question(pace(view), activities.pace, view, name="pace", found=activities.slow_weeks)
with right:
    show.question(silence(view), activities.silent, view, name="silence", found=activities.forgotten)
with st.container(horizontal=True):
    per = controls.choice(
        "per", tuple(PER), label=t("activities.per"), show=lambda name: t(f"activities.per_{name}"), kind="segmented"
    )
    of_kind = controls.any_of("kind", view, of="activities")
show.question(by_week(of_kind), PER[per], of_kind, name="activity_weeks", found=activities.least_active)
show.listed(asleep, view, name="longest_silent")
show.listed(gone_quiet, view, name="quiet")

effect = st.container()
show.section(t("activities.leads"), t("activities.leads_help"))
by = controls.choice("by", BY, label=t("funnel.by"), show=lambda name: dimension(name).label.text(lang()), kind="pills")
answered = response(view, beside=by)
show.ahead(answered)
with effect:
    show.section(t("activities.effect"), t("activities.effect_help"))
    left, right = st.columns(2, gap="medium")
    with left:
        show.question(touches(view), activities.touched, view, name="touches", found=activities.usual_touches)
    with right:
        within = controls.choice(
            "within", LANDMARKS, label=t("activities.within"), default=14,
            show=lambda days: t("activities.days", days=days), kind="segmented",
        )  # fmt: skip
        show.question(landmark(view, within), responses.effect, view, name="landmark", found=responses.effect_found)

left, right = st.columns(2, gap="medium")
with left:
    show.question(answered, responses.answered, view, name="response", found=responses.usual_wait)
with right:
    show.question(response(view, by), responses.answered_by, view, name="response_by")
controls.page_link("channels", t("activities.to_channels"), icon=":material/hub:")
