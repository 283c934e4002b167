"""The form in which an organiser makes a contest."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from data import contests as kept
from metrics.contests import RULES, UNITS
from metrics.errors import SalesError
from metrics.period import bucket_next, bucket_start
from metrics.view import View
from ui import session
from ui.contests_lists import adding_measures, measure_name
from ui.text import plain, t


def form(view: View, told: str) -> None:
    """What counts, when, who, by which rule, and for what.

    Args:
        view: its day proposes the days. told: where an error is kept until it is shown.
    """
    with st.expander(t("contests.new"), icon=":material/add:"), st.form("contests.form", border=False):
        measures = adding_measures()
        names = {id_: measure_name(id_) for id_ in measures}
        first = bucket_start(view.as_of, "month")
        st.text_input(t("contests.name"), key="contest.name", max_chars=80)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.selectbox(
                t("contests.measure"), measures, key="contest.measure", format_func=names.__getitem__, width=280
            )
            st.date_input(
                t("contests.days"), value=(first, bucket_next(first, "month") - timedelta(days=1)), key="contest.days",
                format="YYYY-MM-DD", width=260,
            )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _radio("unit", UNITS)
            _radio("rule", RULES)
        st.caption(t("contests.rule_help"))
        _who()
        st.text_area(t("contests.prizes"), key="contest.prizes", max_chars=500, height=70)
        st.checkbox(t("contests.open"), key="contest.open_to_all", help=t("contests.open_help"))
        st.form_submit_button(t("contests.make"), icon=":material/emoji_events:", on_click=_make, args=(told,))


def _radio(name: str, known: tuple[str, ...]) -> None:
    texts = {one: t(f"contests.{name}_{one}") for one in known}
    st.radio(t(f"contests.{name}"), known, key=f"contest.{name}", format_func=texts.__getitem__, horizontal=True)


def _who() -> None:
    with session.reading() as seen:
        teams, people = ([one for one in seen.values(name, session.viewer()) if one] for name in ("team", "rep"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(t("contests.teams"), teams, key="contest.teams", placeholder=t("contests.all_of_them"))
        st.multiselect(t("contests.reps"), people, key="contest.reps", placeholder=t("contests.all_of_them"))


def _make(told: str) -> None:
    given = st.session_state
    days = given["contest.days"]
    try:
        made = kept.make(session.store(), {
            "name": given["contest.name"], "measure": given["contest.measure"], "from_on": days[0],
            "to_on": days[-1], "unit": given["contest.unit"], "rule": given["contest.rule"],
            "teams": tuple(given["contest.teams"]), "reps": tuple(given["contest.reps"]),
            "prizes": given["contest.prizes"].strip(), "is_open": given["contest.open_to_all"],
        })  # fmt: skip
        st.query_params["contest"] = made.id
        st.toast(plain(t("contests.made", name=made.name)), icon=":material/emoji_events:")
    except SalesError as error:
        given[told] = error
