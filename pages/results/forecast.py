"""Forecast: what the coming months or weeks will bring, how far such forecasts lay off, and what if."""

import streamlit as st

from metrics.ahead import STEPS, ahead, looked_back, methods
from metrics.both_forecasts import both_forecasts
from metrics.catalog import measure
from ui import controls, show
from ui import forecast as drawn
from ui.text import lang, t
from ui.what_if import what_if

MEASURES = ("won_amount", "revenue", "won_deals", "orders", "gross_margin")
AHEAD = {"month": (3, 6, 12), "week": (4, 8, 13)}

view = controls.view()
show.title(t("page.forecast"), view)
there = show.present(MEASURES)
if not there:
    st.info(t("forecast.nothing"), icon=":material/insights:")
else:
    with st.grid(3, min_column_width=200):
        of = controls.choice(
            "of", there, label=t("forecast.of"), show=lambda name: measure(name).label.text(lang()),
            default=view.headline if view.headline in there else there[0],
        )  # fmt: skip
        grain = controls.choice(
            "by", tuple(AHEAD), label=t("forecast.by"), show=lambda name: t(f"forecast.{name}"), kind="segmented"
        )
        steps = controls.choice(
            "ahead", AHEAD[grain], label=t("forecast.ahead"), default=STEPS[grain], kind="segmented",
            show=lambda count: t(f"forecast.{grain}s_ahead", count=count),
        )  # fmt: skip
    show.question(ahead(view, of, grain, steps), drawn.carried_on, view, name="ahead", found=drawn.what_comes)
    left, right = st.columns(2, gap="medium")
    with left:
        show.question(
            looked_back(view, of, grain, steps), drawn.beside_what_came, view, name="looked_back",
            found=drawn.how_far_off,
        )  # fmt: skip
    with right:
        show.listed(
            methods(view, of, grain, steps), view, name="ahead_methods", found=drawn.which_method,
            shape=drawn.in_words,
        )  # fmt: skip
    what_if(view, of, grain, steps)
    if of == "won_amount":
        show.section(t("forecast.quarter"), t("forecast.quarter_help"))
        # A landing of today and four of the past are as many questions as five pages ask: only for who wants to see it.
        told = controls.choice(
            "both", ("hidden", "shown"), label=t("forecast.both"), show=lambda name: t(f"landing.past_{name}"),
            kind="segmented",
        )  # fmt: skip
        if told == "shown":
            show.question(both_forecasts(view), drawn.both, view, name="both_forecasts", found=drawn.which_is_believed)
    st.caption(t("forecast.how"))
