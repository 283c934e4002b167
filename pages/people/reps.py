"""Reps: who stands out beyond chance, on what mix of deals, results beside process, and what leavers leave behind."""

import streamlit as st

from metrics.cuts import trend
from metrics.leavers import leavers
from metrics.like_for_like import SEGMENTS, USUAL, like_for_like
from metrics.pareto import pareto
from metrics.reps import PEERS, PROCESS, RESULTS, leaderboard
from metrics.reps_quadrant import quadrant
from metrics.reps_tenure import tenure
from metrics.trends import grain_for
from ui import controls, products, reps, reps_course, reps_lists, reps_quadrant, show
from ui.text import t

ABOUT = ("board", "quadrant", "like", "spread", "handover")
FIRST = 3
ORDER = {"best": reps.board, "worst": reps.board_last}

view = controls.view()
show.title(t("page.reps"), view)
spanned = view.spanned()
about = controls.choice(
    "about", ABOUT, label=t("reps.about"), show=lambda name: t(f"reps.about_{name}"), kind="segmented"
)
if not view.period and about != "handover":
    st.caption(t("reps.last_year"))
offered = show.present(reps.offered())
usual = [name for name in (*RESULTS, *PROCESS) if name in offered] or offered[:FIRST]
if not offered:
    st.info(t("reps.nothing"), icon=":material/group:")
elif about == "board":
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measures = controls.choices(
            "measures", offered, label=t("reps.measures"), default=usual, show=reps_lists.label, at_most=10
        )
        of = controls.choice("of", measures or usual, label=t("reps.ranked_by"), show=reps_lists.label)
        peers = controls.choice("peers", PEERS, label=t("reps.peers"), show=lambda name: t(f"reps.peers_{name}"))
    first = controls.choice(
        "first", tuple(ORDER), label=t("reps.first"), show=lambda name: t(f"reps.first_{name}"), kind="segmented"
    )
    asked = leaderboard((of, *measures), spanned, peers)
    show.question(asked, ORDER[first], spanned, name="reps_board", found=reps.who_is_apart, of=reps_lists.Board)
    show.listed(asked, spanned, name="reps_list", shape=reps.listing, of=reps_lists.People)
elif about == "quadrant":
    peers = controls.choice("peers", PEERS, label=t("reps.peers"), show=lambda name: t(f"reps.peers_{name}"))
    asked = quadrant(spanned, process=[name for name in PROCESS if name in offered] or PROCESS, peers=peers)
    found = reps_quadrant.who_is_on_thin_ice
    show.question(asked, reps_quadrant.placed, spanned, name="rep_quadrant", found=found)
    show.listed(asked, spanned, name="rep_quadrant_list", shape=reps_quadrant.shown, of=reps_lists.People)
elif about == "like":
    by = controls.choices(
        "by", SEGMENTS, label=t("reps.segments"), default=USUAL, show=reps_lists.of_segment, at_most=3
    )
    asked = like_for_like(spanned, by or USUAL)
    show.question(asked, reps.adjusted, spanned, name="like_for_like", found=reps.who_differs_on_the_mix)
    show.question(tenure(spanned), reps.tenures, spanned, name="tenure", found=reps.which_band, of=reps_lists.Band)
elif about == "spread":
    adding = [name for name in offered if reps_lists.adds_up(name)]
    default = "won_amount" if "won_amount" in adding else None
    of = controls.choice("of", adding, label=t("reps.ranked_by"), show=reps_lists.label, default=default)
    found = reps_lists.few_bring_most
    show.question(pareto(of, "rep", spanned), products.ranked, spanned, name="rep_shares", found=found)
    people = reps_course.first_people(leaderboard((of,), spanned), spanned)
    course = trend(of, grain_for(spanned), spanned.with_filter("rep", people), by="rep")
    show.question(course, reps_course.courses, spanned, name="rep_course")
else:
    show.listed(leavers(view), view, name="leavers", found=reps_lists.what_is_left, of=reps_lists.People)
