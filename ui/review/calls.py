"""The forecast call on screen: everybody's word typed in place, beside what the deals say, and how near words were.

Words are written over by nobody: what somebody has typed stays on screen until it is saved, whatever is saved
meanwhile, and a word that another person changed since is told instead of written over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from data.review import calls as kept
from data.review.call_accuracy import accuracy, against
from data.review.call_course import course
from data.review.call_table import Table, owner_view, table
from data.review.calls import Spoken, Word, span_of
from data.settings import settings
from metrics.errors import SalesError
from metrics.notes import Note
from metrics.outlook import forecast
from metrics.period import Period
from metrics.target import Span
from metrics.target_standing import without_filters
from metrics.view import View
from ui import numbers, outlook, session, show
from ui.block import plot
from ui.guard import explain, guarded
from ui.reader import look, period_name
from ui.review.calls_drawn import MONEY as SHOWN_MONEY
from ui.review.calls_drawn import (
    course_drawing,
    course_found,
    full,
    judged_rows,
    nearer_rows,
    owner_name,
    roomy,
    sheet,
    summary,
)
from ui.text import lang, plain, t

PERIODS = ("quarter", "month", "year")
_TOLD, _BASE, _TURN, _FIRST = "calls.told", "calls.base", "calls.turn", "calls.first"
TALL = "calls_tall"
"""Where a sheet of many rows lies on a wall: as tall as leaves room for what it is saved with (ui/review/parts.py)."""
_ALL_SHOWN, _TALLEST = 10, 640
"""Rows of which the browser shows all unasked, as tall as its letters make them; pixels of the sheet of more."""
_RANGE_ON_WALL = 320
"""Pixels of two amounts in the letters of the stage; a grid measures no column wider than some two hundred."""
TYPED = ("commit", "best_case", "remark", "again")
"""The columns that are typed in."""


@st.fragment
def panel(view: View, *, since: date | None = None, review_id: int | None = None, key: str = "calls") -> None:
    """The calls of a period: the sheet to type in, one owner's course, and how near earlier words were.

    Args:
        view: its day; its filters of team and salesperson choose whose. Its period is the one that is called first.
        since: the day of the review before, whose word is last week's. review_id: the review in which it is said.
        key: names the panel, where a page has several.
    """
    if settings().engine:
        st.caption(t("calls.elsewhere"))
        return
    with guarded(), session.reading() as seen:
        if seen.as_of is None:
            st.caption(t("calls.nothing"))
            return
        span = _period(view, key)
        found = table(seen, session.viewer(), view, span=span, since=since, landings=_landings())
        if found.frame.is_empty():
            st.info(t("calls.nobody"), icon=":material/record_voice_over:")
            return
        st.markdown(f"**{plain(summary(found, look(view)))}**")
        if view.is_past or found.day > span.ends_on:
            _only_read(found, view, key)
        else:
            _sheet(found, view, review_id, key)
        _say_notes(found.notes)
        _one_owner(found, view, key, opens=review_id is None)
        _looked_back(view, key)


def _landings() -> tuple[str, ...]:
    """Whose landing is worked out at once; of a salesperson alone it is the own one."""
    return ("rep",) if session.viewer().scope == "rep" else ("company", "team")


def _period(view: View, key: str) -> Span:
    """The period that is called: that of the view, or the running month, quarter or year."""
    state, first = st.session_state, span_of(view)
    names = {name: t(f"calls.{name}") for name in PERIODS}
    if state.get(f"{_FIRST}.{key}") != first:  # what is shown is marked, until another one is chosen
        state[f"{_FIRST}.{key}"] = first
        state[f"{key}.period"] = next((name for name in PERIODS if span_of(view, name) == first), None)
    chosen = st.segmented_control(
        t("calls.period"), PERIODS, format_func=names.__getitem__, key=f"{key}.period", label_visibility="collapsed",
    )  # fmt: skip
    span = span_of(view, chosen) if chosen else first
    days = period_name(Period(*span), lang())
    st.caption(plain(t("calls.span", days=days, day=numbers.day(view.as_of, lang()))))
    return span


# ---------------------------------------------------------------------------------------------------------------- sheet


def _sheet(found: Table, view: View, review_id: int | None, key: str) -> None:
    """Everybody's word to type in; while anything is typed and not saved, the rows stay as they were looked at."""
    state = st.session_state
    place = (found.span, found.since, tuple(found.frame.get_column("name")))
    turn = state.setdefault(f"{_TURN}.{key}", 0)
    editor = f"{key}.editor.{turn}.{hash(place)}"
    is_typing = bool(state.get(editor, {}).get("edited_rows"))
    base: Table = state[f"{_BASE}.{editor}"] if is_typing and f"{_BASE}.{editor}" in state else found
    state[f"{_BASE}.{editor}"] = base
    shown = sheet(base, look(view))
    is_short, on_wall = shown.height <= _ALL_SHOWN, review_id is not None
    with st.container(key=TALL) if on_wall and not is_short else nullcontext():
        st.data_editor(
            roomy(shown), key=editor, hide_index=True, width="stretch", column_config=_columns(shown, on_wall=on_wall),
            disabled=[name for name in shown.columns if name not in TYPED], alt=t("calls.alt"),
            height="auto" if is_short else "stretch" if on_wall else _TALLEST,
        )  # fmt: skip
    edits = dict(state.get(editor, {}).get("edited_rows") or {})
    place_of_told = st.container()  # where the button was that was clicked: below it a wall has no room
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("calls.save", count=len(words_of(base, edits))), icon=":material/record_voice_over:", type="primary",
            key=f"{key}.save", disabled=not words_of(base, edits), on_click=_save, args=(base, editor, review_id, key),
        )  # fmt: skip
        st.caption(t("calls.typing") if is_typing else t("calls.how"))
    with place_of_told:
        _tell(state.pop(_TOLD, None))


def words_of(base: Table, edits: Mapping[Any, Mapping[str, Any]]) -> list[Word]:
    """The words that were typed, of the rows that were looked at; a row in which nothing was changed says nothing.

    Args:
        base: the rows. edits: by their place, what was typed into which column, as the sheet tells it.
    """
    words = []
    for place, typed in sorted((int(place), typed) for place, typed in edits.items()):
        row = base.frame.row(place, named=True)
        stood = {"commit": full(row["commit"]), "best_case": full(row["best_case"]), "remark": row["remark"] or ""}
        told = {name: typed.get(name, text) or "" for name, text in stood.items()}
        is_empty = row["id"] is None and not told["commit"] and not told["best_case"]
        if is_empty or (told == stood and not typed.get("again")):
            continue
        words.append(Word(row["scope"], row["name"], **told, was=row["id"] or 0))
    return words


def _save(base: Table, editor: str, review_id: int | None, key: str) -> None:
    state = st.session_state
    words = words_of(base, state.get(editor, {}).get("edited_rows") or {})
    try:
        told = kept.say(session.store(), session.viewer(), words, base.span, review_id=review_id)
    except SalesError as error:
        state[_TOLD] = error  # what was typed stays typed
        return
    state[f"{_TURN}.{key}"] = state.get(f"{_TURN}.{key}", 0) + 1
    state.pop(f"{_BASE}.{editor}", None)
    if told.written or told.overtaken:
        state[_TOLD] = told


def _tell(told: object) -> None:
    """What was kept, what went wrong, or who said something else meanwhile: in its place, where a toast would pass."""
    if isinstance(told, SalesError):
        explain(told)
        return
    if not isinstance(told, Spoken):
        return
    if told.written:
        st.markdown(f":green[:material/check_circle:] {plain(t('calls.saved', count=len(told.written)))}")
    if told.overtaken:
        lines = [
            t("calls.overtaken", owner=owner_name(one.scope, one.name, lang()), who=one.who or t("calls.somebody"),
              commit=numbers.exact(one.commit, "money", lang(), session.currency()))
            for one in told.overtaken
        ]  # fmt: skip
        st.warning("  \n".join(plain(line) for line in lines), icon=":material/group:")


def _columns(shown: pl.DataFrame, *, on_wall: bool) -> dict[str, Any]:
    """Headings with what each means; what is typed in comes as text, so that 1.2M and 120万 can be typed."""
    column = st.column_config
    made: dict[str, Any] = {
        name: column.TextColumn(
            t(f"calls.column.{name}"), help=t(f"calls.help.{name}"),
            alignment="right" if name in SHOWN_MONEY else None, max_chars=kept.MOST_LETTERS if name in TYPED else None,
            width=_RANGE_ON_WALL if on_wall and name == "range" else "medium" if name in ("range", "remark") else None,
        )
        for name in shown.columns
    }  # fmt: skip
    made["owner"] = column.TextColumn(t("calls.column.owner"), pinned=True)
    if "again" in shown.columns:
        made["again"] = column.CheckboxColumn(t("calls.column.again"), help=t("calls.help.again"))
    return made


def _only_read(found: Table, view: View, key: str) -> None:
    """The words of a period that is over, or as they stood on another day: nothing to type."""
    shown = sheet(found, look(view)).drop("again", strict=False)
    heads = {name: t(f"calls.column.{name}") for name in shown.columns}
    show.listing(shown, key=f"{key}.read", alt=t("calls.alt"), headings=heads)


def _say_notes(notes: Sequence[Note]) -> None:
    if notes:
        st.caption("  \n".join(plain(one.text(lang())) for one in notes))


# ------------------------------------------------------------------------------------------------------------ one owner


def _one_owner(found: Table, view: View, key: str, *, opens: bool) -> None:
    """One owner's words over the weeks, and the deals behind the categories.

    `opens`: rows can be opened; a meeting shows the panel in a dialog, and no dialog opens in another one.
    """
    owners = found.frame.select("scope", "name").rows()
    names = {place: owner_name(scope, name, lang()) for place, (scope, name) in enumerate(owners)}
    place = st.selectbox(
        t("calls.whose"), list(names), format_func=names.__getitem__, key=f"{key}.whose", width=320
    )  # fmt: skip
    scope, name = owners[place or 0]
    with session.reading() as seen:
        told = course(seen, session.viewer(), view, scope, name, span=found.span)
        looked = owner_view(seen, without_filters(view), scope, name)
    left, right = st.columns(2, gap="medium") if opens else (st.container(), None)
    with left, st.container(border=True, height="stretch"):
        st.markdown(f"**{plain(t('calls.course', owner=names[place or 0]))}**")
        st.caption(plain(course_found(told, look(view))))
        drawing = course_drawing(told, look(view), on_wall=not opens)
        if drawing is not None:
            plot(drawing, f"{key}.course", alt=course_found(told, look(view)))
        st.caption(t("calls.course_rule"))
        _say_notes(told.notes)
    if right is None:
        return
    with right:
        due = Period(found.span.starts_on, found.span.ends_on)
        show.question(
            forecast(looked, due), outlook.rolled_up, looked, name="forecast", found=outlook.how_sure
        )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- accuracy


def _looked_back(view: View, key: str) -> None:
    """How near the words of ended periods were; beside the deals' only when asked for, for it takes seconds."""
    grain = st.segmented_control(
        t("calls.accuracy"), PERIODS, default=None, format_func={name: t(f"calls.ended_{name}") for name in
                                                                PERIODS}.__getitem__, key=f"{key}.ended",
        help=t("calls.accuracy_help"),
    )  # fmt: skip
    if not grain:
        return
    with session.reading() as seen:
        told = accuracy(seen, session.viewer(), view, grain)
    if told.judged.is_empty():
        st.caption(t("calls.nothing_ended"))
        return
    known = told.judged.get_column("weeks").unique().sort(descending=True).to_list()
    names_of = {weeks: t("calls.weeks", count=weeks) for weeks in known}
    weeks = st.segmented_control(
        t("calls.column.weeks"), known, default=known[len(known) // 2], format_func=names_of.__getitem__,
        key=f"{key}.weeks.{grain}", required=True,
    )  # fmt: skip
    shown = judged_rows(told.judged.filter(pl.col("weeks") == weeks), look(view)).drop("weeks")
    heads = {name: t(f"calls.column.{name}") for name in shown.columns}
    show.listing(shown, key=f"{key}.judged", alt=t("calls.accuracy"), headings=heads)
    st.caption(t("calls.accuracy_rule"))
    _say_notes(told.notes)
    owners = [(row["scope"], row["name"]) for row in told.judged.select("scope", "name").unique(
        maintain_order=True).iter_rows(named=True)]  # fmt: skip
    names = {place: owner_name(*one, lang()) for place, one in enumerate(owners)}
    place = st.selectbox(
        t("calls.nearer"), list(names), index=None, format_func=names.__getitem__, key=f"{key}.nearer", width=320,
        placeholder=t("calls.nearer_choose"),
    )  # fmt: skip
    if place is None:
        return
    with session.reading() as seen:
        beside = against(seen, session.viewer(), view, grain, *owners[place])
    lines = nearer_rows(beside.nearer, look(view))
    show.listing(lines, key=f"{key}.beside", alt=t("calls.nearer"),
                 headings={name: t(f"calls.column.{name}") for name in lines.columns})  # fmt: skip
    st.caption(t("calls.nearer_rule"))
    _say_notes(beside.notes)
