"""Reviews that were held: when, of whom, what each step said then, and what was noted."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from data.review import held
from data.review.agenda import steps
from data.review.held import MOST_LETTERS, Review, Said
from data.settings import settings
from metrics.errors import SalesError
from ui import clicks, numbers, rows, session
from ui.guard import explain
from ui.review import decide, meeting
from ui.text import lang, plain, t

MINUTES = "minutes"
_TOLD = "past.told"


def team_name(one: Review) -> str:
    """Whose review it was."""
    return one.team or t("review.all")


def title(one: Review) -> str:
    """A review in a line: whose, and of which day."""
    day = numbers.day(one.held_on, lang())
    return t("review.title", team=one.team, day=day) if one.team else t("review.title_all", day=day)


def over(one: Review) -> None:
    """Instead of the stage: a review that is not being held any more, as it was."""
    st.title(plain(title(one)), anchor=False)
    st.info(t(f"review.is_{one.state}"), icon=":material/event_available:")
    said(one, list(steps()))
    _to_lobby()


def unknown(error: SalesError) -> None:
    """Instead of the stage: a review that there is not, or that is not for this reader."""
    st.title(t("page.weekly"), anchor=False)
    explain(error)
    _to_lobby()


def _to_lobby() -> None:
    st.button(t("meeting.to_lobby"), key="meeting_to_lobby", icon=":material/arrow_back:", on_click=meeting.leave)


def said(one: Review, order: Sequence[str]) -> None:
    """What each step said, its note, and how long it took; steps that nobody came to are left out. What was decided."""
    told = [(step, one.said[step]) for step in order if step in one.said]
    if not told:
        st.caption(t("review.nothing_said"))
    for step, kept in told:
        took = f" · {_minutes(kept)}" if kept.seconds >= 1 else ""
        st.markdown(f"**{plain(meeting.step_name(step))}**{plain(took)}  \n{plain(kept.finding or numbers.NOTHING)}")
        if kept.note:
            st.markdown("\n".join(f"> {plain(line)}  " for line in kept.note.splitlines()))
    decide.said_in(one.id, t("review.decided"))


def _minutes(kept: Said) -> str:
    return t("review.took", minutes=numbers.written(round(kept.seconds / 60, 1), "number", lang()))


def minutes(one: Review) -> None:
    """One review that the address names: its minutes, notes to correct, and the way to drop it."""
    st.subheader(plain(title(one)), anchor=False)
    facts = [t(f"review.state.{one.state}")]
    if one.chair:
        facts.append(t("review.chaired", chair=one.chair))
    if one.since:
        facts.append(t("review.since", day=numbers.day(one.as_of, lang()), since=numbers.day(one.since, lang())))
    st.caption(plain(" · ".join(facts)))
    if isinstance(error := st.session_state.pop(_TOLD, None), SalesError):
        explain(error)
    said(one, list(steps()))
    if settings().engine or one.state == "dropped":
        return
    with st.container(horizontal=True):
        if one.state == "held":
            with st.popover(t("review.correct"), icon=":material/edit_note:", key="review.correct"):
                _correct(one)
        with st.popover(t("review.drop"), icon=":material/delete:", key="review.drop_popover"):
            st.caption(t("review.drop_sure"))
            st.button(t("review.drop_do"), on_click=_drop, args=(one.id,), key="review.drop")


def _correct(one: Review) -> None:
    step = st.selectbox(
        t("review.step"), list(steps()), format_func={id_: _named(id_) for id_ in steps()}.__getitem__,
        key="review.of",
    )  # fmt: skip
    stood = one.said.get(step, Said()).note
    key = f"review.note.{one.id}.{step}"
    st.text_area(t("meeting.notes"), value=stood, key=key, max_chars=MOST_LETTERS)
    st.button(t("review.keep"), key=f"{key}.keep", on_click=_keep, args=(one.id, step, key, stood))


def _named(step: str) -> str:
    return meeting.step_name(step)


def _keep(number: int, step: str, key: str, stood: str) -> None:
    try:
        held.note(session.store(), session.viewer(), number, step, text=st.session_state[key], instead_of=stood)
    except SalesError as error:
        st.session_state[_TOLD] = error


def _drop(number: int) -> None:
    try:
        held.drop(session.store(), session.viewer(), number)
    except SalesError as error:
        st.session_state[_TOLD] = error


def listed(known: Sequence[Review]) -> None:
    """Reviews that were held, the latest first; a click opens the minutes of one."""
    shown = [one for one in known if one.state != "open"]
    if not shown:
        st.caption(t("review.none_held"))
        return
    frame = pl.DataFrame(
        {
            "held_on": [one.held_on for one in shown],
            "team": [team_name(one) for one in shown],
            "chair": [one.chair for one in shown],
            "review_state": [t(f"review.state.{one.state}") for one in shown],
            "minutes": [round(sum(kept.seconds for kept in one.said.values()) / 60) for one in shown],
            "said": [_headline(one) for one in shown],
        },
        schema_overrides={"chair": pl.String},
    )
    rows.grid(rows.presented(frame), key="review.past", alt=t("review.past"), reads=rows.chosen_row)
    chosen = clicks.take("review.past")
    if chosen is not None and chosen < len(shown):
        st.query_params[MINUTES] = str(shown[chosen].id)
        st.rerun()


def _headline(one: Review) -> str:
    found = next((kept.finding for step in ("results", *steps()) if (kept := one.said.get(step)) and kept.finding), "")
    return found or numbers.NOTHING
