"""One decision in a list: what became of it, what the data say, the words of people, and its history."""

from __future__ import annotations

import streamlit as st

from data.review import actions
from data.review.action_words import check_of, evidence_of, expected_of, outcome_of, promise_of, subject_of, word
from data.review.decided import BY_HAND, Standing
from data.review.deciding import MOST_LETTERS
from metrics.errors import SalesError
from ui import navigation, numbers, session
from ui.guard import guarded
from ui.text import lang, plain, t

_ICONS = {
    "done": ":green[:material/check_circle:]", "moved": ":blue[:material/trending_up:]",
    "not_moved": ":orange[:material/pause_circle:]", "overdue": ":red[:material/alarm:]",
    "failed": ":red[:material/block:]",
    "unknown": ":gray[:material/help:]", "dropped": ":gray[:material/cancel:]",
}  # fmt: skip
_PAGES = {"deal": ("deal", "id"), "rep": ("rep", "name"), "customer": ("customer", "name")}
"""The page of a subject, and the parameter of its address that names it."""


def icon_of(one: Standing) -> str:
    """The sign of what became of a decision; its word always stands beside it."""
    return _ICONS[one.outcome]


def row(one: Standing, key: str, told: str) -> None:
    """One decision.

    Args:
        key: of the list. told: where an error is kept until it is shown.
    """
    made, currency, mine = one.action, session.currency(), f"{key}.{one.action.id}"
    with st.container(border=True, gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{icon_of(one)} **{plain(outcome_of(one, lang()))}**", width="content")
            _about(one)
            st.space("stretch")
            _menu(one, mine, told)
            _history(one, mine)
        st.markdown(plain(promise_of(made, lang(), currency)))
        if made.what and made.expected is not None:
            st.caption(plain(t("decide.expects", what=expected_of(made, lang(), currency))))
        who = made.owner or t("decide.nobody")
        st.caption(plain(" · ".join([t("decide.who", who=who), _evidence(one)])))


def _about(one: Standing) -> None:
    made = one.action
    if made.kind in _PAGES and made.subject:
        stem, name = _PAGES[made.kind]
        navigation.page_link(stem, plain(subject_of(made, lang())), **{name: made.subject})
    else:
        st.markdown(plain(subject_of(made, lang())), width="content")


def _evidence(one: Standing) -> str:
    """What the data say, and who says otherwise: both stay."""
    told = evidence_of(one.told.evidence, lang(), session.currency())
    if one.by_hand is None:
        return told
    if one.told.outcome != "unknown":
        told = f"{word('outcomes', one.told.outcome, lang())} ({told})"
    by_hand = check_of(one.by_hand, lang())
    return f"{by_hand} · {t('decide.data_say', told=told)}"


def _menu(one: Standing, mine: str, told: str) -> None:
    """Say by hand what became of it, or take that back."""
    with st.popover(t("decide.say"), icon=":material/edit:", key=f"{mine}.menu", type="tertiary"):
        st.text_input(t("decide.remark"), key=f"{mine}.remark", max_chars=MOST_LETTERS)
        with st.container(horizontal=True):
            for outcome in BY_HAND:
                st.button(
                    word("outcomes", outcome, lang()), key=f"{mine}.{outcome}", on_click=_say,
                    args=(one.action.id, outcome, f"{mine}.remark", told),
                )  # fmt: skip
        if one.by_hand is not None:
            st.button(
                t("decide.take_back"), key=f"{mine}.back", icon=":material/undo:", type="tertiary", on_click=_take_back,
                args=(one.action.id, told),
            )  # fmt: skip


def _history(one: Standing, mine: str) -> None:
    """What was kept of it, looked up once it is opened."""
    place = st.popover(
        t("decide.history"), icon=":material/history:", key=f"{mine}.history", type="tertiary", on_change="rerun"
    )
    if not place.open:
        return
    with place, guarded():
        with session.reading() as seen:
            kept = actions.history(seen, session.viewer(), one.action.id)
        made = one.action
        for each in kept:
            said = check_of(each, lang(), session.currency())
            st.markdown(plain(f"{numbers.day(each.checked_on, lang())} · {said}"))
        who = made.who or t("decide.somebody")
        st.caption(plain(t("decide.decided", day=numbers.day(made.decided_on, lang()), who=who)))


def _say(number: int, outcome: str, remark: str, told: str) -> None:
    try:
        actions.say(session.store(), session.viewer(), number, outcome, str(st.session_state.get(remark) or ""))
        st.session_state[remark] = ""
    except SalesError as error:
        st.session_state[told] = error


def _take_back(number: int, told: str) -> None:
    try:
        actions.take_back(session.store(), session.viewer(), number)
    except SalesError as error:
        st.session_state[told] = error
