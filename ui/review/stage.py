"""The stage: one finding at a time in large type, with its evidence, on a wall or on a phone."""

from __future__ import annotations

from datetime import date
from functools import cache

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import punctuation
from data.review.agenda import steps
from data.review.chapter import Chapter, Listing, Picture, Series, Value
from metrics.errors import SalesError
from metrics.view import View
from ui import clicks, drill, numbers
from ui.device import on_phone
from ui.guard import explain, guarded
from ui.kept import Kept
from ui.look import Look
from ui.margins import columns
from ui.reader import look
from ui.review import cited, drawn, foot, parts, past
from ui.review import meeting as holding
from ui.review.agenda_form import limit_name
from ui.review.meeting import Meeting
from ui.review.prepared import Made
from ui.text import lang, plain, t

_LONG = 110
"""Screen columns of a finding that is written a little smaller, so that it takes two lines and not three."""
_LONGEST = 170
"""And above so many again a little smaller, for the same."""
_SHORT = 72
"""Screen columns of what else is said, that two of it stand beside each other."""
_MOST_VALUES, _MOST_FURTHER = 6, 3
_LOOKS = 0.25
"""Seconds between two looks whether a step is made."""
_CONFIG = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False}
_figures = Kept[object](256)


def stage(number: int) -> None:
    """The meeting of this number, at the step of the address."""
    parts.style()
    _drawer()
    try:
        now = holding.opened(number)
    except SalesError as error:
        past.unknown(error)
        return
    if now.review.state != "open":
        past.over(now.review)
        return
    made = _waited(now)
    with st.container(key="stage"):
        _bar(now, made)
        evidence = None
        with guarded():
            if isinstance(made, Exception):
                _failed(now, made)
            else:
                evidence = _chapter(now, made)
        foot.foot(now, None if isinstance(made, Exception) else made)
        if evidence is not None and not isinstance(made, Exception):
            with guarded(), evidence:
                _evidence(now, made)


def _waited(now: Meeting) -> Made:
    """The chapter of this step; while it is being made a line says so."""
    place = st.empty()  # there in each run: the stage below keeps its place, and need not be built anew
    made = now.prepared.of(now.step.id, 0.05)
    if made is not None:
        return made
    with place.container(key="stage_waits"), st.spinner(t("meeting.preparing", step=_title(now)), show_time=True):
        looks = st.empty()
        while made is None:
            made = now.prepared.of(now.step.id, _LOOKS)
            looks.empty()  # a run that is no longer wanted ends here
            if made is None and now.prepared.is_dropped:
                st.rerun()  # others' meetings took its place: it is begun anew
    place.empty()
    return made


def _drawer() -> None:
    """A number and a drawing that nobody sees: what shows them is fetched, and has drawn once, before it is needed."""
    with st.container(key="stage_drawer"):
        st.metric("1", 1)
        st.plotly_chart(_rehearsal(), key="stage_drawer_figure", config=_CONFIG, height=drawn.LOWEST)


@cache
def _rehearsal() -> object:
    """Bars with their names, numbers and a mark, as most steps have them."""
    bars, target = Series("1", (2.0, 1.0)), Series("2", (1.0, 2.0), "target")
    picture = Picture("rehearsal", "1", "1", "bars", ("1", "2"), (bars, target), "number")
    return drawn.figure(picture, look(View(as_of=date.min)))


def _title(now: Meeting) -> str:
    return holding.step_name(now.step.id)


def _failed(now: Meeting, error: Exception) -> None:
    """Only this step says what went wrong with it; the others go on."""
    st.title(plain(_title(now)), anchor=False)
    explain(error)


# -------------------------------------------------------------------------------------------------------------- the bar


def _bar(now: Meeting, made: Made) -> None:
    used = holding.spent(now)
    seen, here = holding.visited(now), now.step.id
    chapter = None if isinstance(made, Exception) else made
    words = {
        name: t(f"meeting.{name}")
        for name in ("over", "total", "text", "picture", "link", "full", "copied", "saved", "failed")
    }
    view = _view(now)
    parts.bar(
        {
            "at": now.at,
            "steps": [
                {"id": one.id, "title": holding.step_name(one.id), "seen": one.id in seen} for one in now.order
            ],
            "planned": now.step.minutes * 60, "spent": used[here], "runs": True,
            "total": sum(used.values()), "total_planned": 60 * sum(one.minutes for one in now.order),
            "words": words, "has_picture": bool(chapter and chapter.pictures),
            "finding": chapter.finding if chapter else "", "view": view, "file": f"{here}-{_day(now)}",
            "text": as_text(chapter, _look(now), view) if chapter else "",
        },
        holding.go_to,
    )  # fmt: skip


def as_text(chapter: Chapter, how: Look, view: str) -> str:
    """A finding to paste into a mail: the sentence, what else is said, its numbers, and what they are of."""
    lines = [chapter.title, chapter.finding, *chapter.further, *(drawn.as_text(one, how) for one in chapter.values)]
    return "\n".join([*lines, *chapter.notes, view])


def _view(now: Meeting) -> str:
    asked = now.prepared.asked
    if asked is None:
        return ""
    since, day = numbers.day(asked.since, lang()), numbers.day(_day(now), lang())
    key = "meeting.view_last" if asked.last_held else "meeting.view"
    return t(key, view=asked.view.with_compare("none").sentence(lang()), since=since, day=day)


def _day(now: Meeting) -> date:
    return now.prepared.as_of or now.review.as_of


def _asked_view(now: Meeting) -> View:
    asked = now.prepared.asked
    return asked.view if asked else View(as_of=_day(now))


def _look(now: Meeting) -> Look:
    return look(_asked_view(now))


# ---------------------------------------------------------------------------------------------------------- the chapter


def _chapter(now: Meeting, chapter: Chapter) -> DeltaGenerator | None:
    """All but its evidence; where that stands, if it has any.

    It is drawn last: the room that the rest of the wall leaves is known then, and nothing is drawn twice.
    """
    foot.say(now, chapter)
    with st.container(key="stage_head", gap="xsmall"):
        with st.container(key="stage_where"):
            st.markdown(f"**{now.at + 1} · {plain(chapter.title)}**  —  {plain(_view(now))}")
        with st.container(key=_size(chapter.finding)):
            st.title(_sign(chapter) + plain(chapter.finding), anchor=False)
        lines = chapter.further[:_MOST_FURTHER]
        if lines:
            is_short = max(map(columns, lines)) <= _SHORT
            with st.container(key="stage_further_short" if is_short else "stage_further"):
                st.markdown("\n".join(f"- {plain(line)}" for line in lines))
    if chapter.values:
        _values(now, chapter, is_brief=chapter.step in drawn.ONE_BY_ONE and bool(chapter.lists))
    evidence = st.container() if chapter.pictures or chapter.lists else None
    notes = [*chapter.further[_MOST_FURTHER:], *chapter.notes, *_limits(now)]
    if notes:
        with st.container(key="stage_tail"):
            text = punctuation.sentences(notes, lang())
            if st.button(
                plain(text), key="meeting.tail", type="tertiary", wrap=on_phone(), help=t("meeting.tail"),
                icon=":material/chevron_right:", icon_position="right",
            ):  # fmt: skip
                cited.explain(chapter.title, notes)
    return evidence


def _limits(now: Meeting) -> list[str]:
    """The thresholds that this meeting has, where they are others than the usual."""
    step = steps()[now.step.id]
    return [
        t("meeting.limit", name=limit_name(step.id, name), value=numbers.exact(value, step.unit(name), lang(), ""))
        for name, value in now.step.limits.items()
        if value != step.limits.get(name)
    ]


def _size(finding: str) -> str:
    """By how long it is: the key of the container (parts.py)."""
    wide = columns(finding)
    return f"stage_finding{'_longest' if wide > _LONGEST else '_long' if wide > _LONG else ''}"


def _sign(chapter: Chapter) -> str:
    """News that is good or bad has a sign besides its words."""
    if chapter.is_good is None:
        return ""
    return ":green[:material/trending_up:] " if chapter.is_good else ":red[:material/priority_high:] "


@st.fragment
def _values(now: Meeting, chapter: Chapter, *, is_brief: bool) -> None:
    """The numbers of a step; in one line where the list below needs the room."""
    how, view = _look(now), _asked_view(now)
    key = "stage_brief" if is_brief else "stage_values"
    with guarded(), st.container(horizontal=True, key=key, gap="medium" if is_brief else "small"):
        for at, value in enumerate(chapter.values[:_MOST_VALUES]):
            name = f"meeting.value.{chapter.step}.{at}"
            if is_brief:
                number = numbers.written(value.value, value.unit, how.lang, how.currency)
                text = f"{plain(value.label)} **{plain(number)}**"
                opens = st.button(text, key=name, type="tertiary", help=t("show.details"))
            else:
                with st.container(border=True, gap=None, height="stretch"):
                    opens = st.button(
                        plain(value.label), key=name, type="tertiary", help=t("show.details"), wrap=True,
                        icon=":material/chevron_right:", icon_position="right",
                    )  # fmt: skip
                    _metric(value, how)
            if opens:
                _open_value(value, view, now.prepared.facts)


def _metric(value: Value, how: Look) -> None:
    change = drawn.moved(value, how) or None
    is_same = value.value == value.before
    colour = {"higher": "normal", "lower": "inverse"}.get(value.better or "", "off")
    st.metric(
        value.label, plain(numbers.written(value.value, value.unit, how.lang, how.currency)), change,
        label_visibility="collapsed", delta_color="off" if is_same else colour,  # type: ignore[arg-type]
        delta_arrow="off" if is_same else "auto", delta_description=value.before_label or None,
    )  # fmt: skip
    if value.value is None and value.why:
        st.caption(plain(value.why))


def _open_value(value: Value, view: View, facts: int) -> None:
    subject = cited.of_value(value, view, facts)
    if subject is not None:
        drill.opened(subject)
    else:
        cited.explain(value.label, [line for line in (value.meaning, value.why) if line])


# ----------------------------------------------------------------------------------------------------------- evidence


def _evidence(now: Meeting, chapter: Chapter) -> None:
    """One lot of evidence at a time; the others are a key away."""
    lots = drawn.lots(chapter)
    at = holding.part(len(lots))
    with st.container(key="stage_evidence", horizontal=not on_phone(), gap="medium"):
        for place, item in enumerate(lots[at]):
            _item(now, item, f"{chapter.step}.{at}.{place}")


@st.fragment
def _item(now: Meeting, item: Picture | Listing, key: str) -> None:
    how, view, facts = _look(now), _asked_view(now), now.prepared.facts
    with guarded(), st.container(key=f"stage_item_{key.replace('.', '_')}", gap="xxsmall", height="stretch"):
        opens = st.button(
            plain(item.title), key=f"meeting.{key}.title", type="tertiary", help=t("show.details"),
            icon=":material/chevron_right:", icon_position="right", wrap=True,
        )  # fmt: skip
        if isinstance(item, Picture):
            _picture(item, key, how, view, facts, opens=opens)
        else:
            _list(item, key, how, view, facts, opens=opens)


def _picture(item: Picture, key: str, how: Look, view: View, facts: int, *, opens: bool) -> None:
    figure = _figures.of((item,), how, lambda: drawn.figure(item, how))
    name = f"meeting.{key}"
    st.plotly_chart(
        figure, key=clicks.widget(name), on_select=clicks.keeps(name, drill.clicked), selection_mode="points",
        config=_CONFIG, alt=item.title, height="content" if how.is_narrow else "stretch",
    )  # fmt: skip
    mark = clicks.take(name)
    subject = cited.of_mark(item, int(mark), view, facts) if mark is not None else None
    if subject is not None:
        drill.opened(subject, "rows")
    elif opens:
        _open(cited.of_picture(item, view, facts), item)


def _list(item: Listing, key: str, how: Look, view: View, facts: int, *, opens: bool) -> None:
    if not item.rows:
        st.markdown(t("meeting.nothing_listed"))
    chosen = parts.listing(drawn.told(item, how), f"meeting.list.{key}") if item.rows else None
    if chosen is not None and (subject := cited.of_row(item, chosen, view, facts)):
        drill.opened(subject, "rows")
    elif chosen is not None:
        st.dialog(plain(item.title), width="large")(_whole)(item, how, key)
    elif opens:
        _open(cited.of_row(item, -1, view, facts), item)


def _whole(item: Listing, how: Look, key: str) -> None:
    """All rows of a list that has no rows behind it: those that the wall has no room for, too."""
    st.markdown(plain(item.rule))
    parts.listing(drawn.told(item, how) | {"whole": True, "opens": False}, f"meeting.whole.{key}")


def _open(subject: cited.Cited | None, item: Picture | Listing) -> None:
    if subject is not None:
        drill.opened(subject)
    else:
        cited.explain(item.title, [item.rule])
