"""Numbers as cards: the value in the reader's units, against what, how sure, the last months; one click to the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Literal, NamedTuple

import polars as pl
import streamlit as st

from metrics.cuts import total
from metrics.notes import Note
from metrics.query import Result
from metrics.view import View
from ui import answers, drill, numbers, theme
from ui.answers import Series
from ui.kept import Kept
from ui.look import Look
from ui.sparkline import Point, sparkline
from ui.text import has, lang, plain, t

Arrow = Literal["up", "down", "off"]
NO_REMARK = "\u00a0"
"""An empty line, so that the cards of a row, and of two rows side by side, end at the same height."""
CHANCE = 1.96
"""Two rates nearer than this many standard errors are not distinguishable at 5 %."""


class Remark(NamedTuple):
    """A few words below a number, and in full under the pointer."""

    text: str
    full: str | None = None


@dataclass(frozen=True)
class Card:
    """What one card says; every part is text but the sparkline."""

    part: Series
    label: str
    value: str
    exact: str
    change: str | None
    was: str | None
    colour: theme.Signal
    arrow: Arrow
    remarks: tuple[Remark, ...]
    spark: tuple[Point, ...]


_kept = Kept[tuple[Card, ...]](200)


def cards_of(result: Result, over_time: Result | None, measures: Sequence[str], look: Look) -> tuple[Card, ...]:
    """The cards of an answer of one row, made once for each answer and look.

    Args:
        result: the answer. over_time: the same measures by month, for the small lines.
        measures: those that are shown of it. look: for whom.
    """
    shown = tuple(measures)

    def make() -> tuple[Card, ...]:
        sparks = _sparks(over_time, shown, look) if over_time is not None else {}
        parts = [part for part in answers.series(result) if part.measure.id in shown]
        return tuple(card_of(result, part, look, sparks.get(part.measure.id, ())) for part in parts)

    return _kept.of((result, over_time), (shown, look), make)


def _sparks(result: Result, shown: Sequence[str], look: Look) -> dict[str, list[Point]]:
    """Each measure month by month; unfinished months are left out."""
    finished = result.frame
    if answers.IS_PARTIAL in finished.columns:
        finished = finished.filter(~pl.col(answers.IS_PARTIAL))
    months = [numbers.bucket(month, "month", look.lang) for month in finished.get_column("month")]
    return {
        part.measure.id: [
            Point(look.paired(month, look.written(value, part)), value)
            for month, value in zip(months, answers.values(finished, part.value), strict=True)
            if value is not None
        ]
        for part in answers.series(result)
        if part.measure.id in shown
    }


def card_of(result: Result, part: Series, look: Look, spark: Sequence[Point] = ()) -> Card:
    """What the card of a measure says, from an answer of one row, and the months before it."""
    value, before = _one(result, part.value), _one(result, part.before)
    change = numbers.change(value, before, part.unit, look.lang)
    has_change = change != numbers.NOTHING
    is_chance = has_change and _within_chance(result, part)
    return Card(
        part=part,
        label=part.measure.label.text(look.lang),
        value=look.written(value, part),
        exact=numbers.exact(value, part.unit, look.lang, look.currency),
        change=change if has_change else None,
        was=_was(result, part, look) if value is not None else None,
        colour="gray" if is_chance else _colour(value, before, part),
        arrow=_arrow(value, before) if has_change else "off",
        remarks=tuple(_remarks(result, part, look, is_chance=is_chance)),
        spark=tuple(spark) if value is not None else (),
    )


def _was(result: Result, part: Series, look: Look) -> str | None:
    """What the number was before, and since when there are data of that time, where not of all of it."""
    before = _one(result, part.partly or part.before)
    if before is None:
        return None
    was = look.written(before, part)
    if part.since is None:
        return answers.words("show.was", look.lang, before=was)
    return answers.words("show.was_since", look.lang, before=was, day=numbers.day(part.since, look.lang))


def _one(result: Result, column: str | None) -> float | None:
    return answers.values(result.frame, column)[0] if result.frame.height else None


def _arrow(value: float | None, before: float | None) -> Arrow:
    if value is None or before is None or value == before:
        return "off"
    return "up" if value > before else "down"


def _colour(value: float | None, before: float | None, part: Series) -> theme.Signal:
    """Good, bad, or neither; the arrow and the sign say the direction without it."""
    if value is None or before is None or value == before or part.measure.better == "neither":
        return "gray"
    return "green" if (value > before) == (part.measure.better == "higher") else "red"


def _within_chance(result: Result, part: Series) -> bool:
    """Whether two rates cannot be told apart: a two-proportion z-test on the two samples."""
    now, before = _one(result, part.value), _one(result, part.before)
    n, m = _one(result, part.n), _one(result, part.before_n)
    if now is None or before is None or not n or not m:
        return False
    pooled = (now * n + before * m) / (n + m)
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return error > 0 and abs(now - before) < CHANCE * error


def _remarks(result: Result, part: Series, look: Look, *, is_chance: bool) -> list[Remark]:
    low, high, n = (_one(result, name) for name in (part.low, part.high, part.n))
    said: list[Remark] = []
    if low is not None and high is not None and n is not None:
        bounds = {"low": look.written(low, part), "high": look.written(high, part)}
        said.append(Remark(answers.words("show.interval", look.lang, n=numbers.count(n, look.lang), **bounds)))
    notes = [_brief(note, look) for note in answers.notes_of(result, part.measure.id)]
    if is_chance:
        said.append(Remark(answers.words("show.chance", look.lang)))
    return said + _pace(result, part, look) + notes


def _brief(note: Note, look: Look) -> Remark:
    """A note in as few words as a card has room for, where there are such words."""
    full, key = note.text(look.lang), f"show.brief.{note.code}"
    if not has(key):
        return Remark(full)
    known = {name: _fact(value, look) for name, value in note.params}
    cut = answers.known_dimension(str(known.get("dimension")))
    known["dimension"] = cut.label.text(look.lang) if cut else ""
    return Remark(answers.words(key, look.lang, **known), full)


def _fact(value: object, look: Look) -> object:
    if isinstance(value, date):
        return numbers.day(value, look.lang)
    return numbers.count(value, look.lang) if isinstance(value, int) else value


def _pace(result: Result, part: Series, look: Look) -> list[Remark]:
    """Of an attainment: the target, how much of the time has gone by, and whether the pace is enough."""
    target, elapsed, pace = (_one(result, f"{part.value}.{name}") for name in ("target", "elapsed", "pace"))
    if part.measure.goal_of is None or target is None:
        return []
    unit = next(column.unit for column in result.query.columns if column.name == f"{part.value}.target") or "number"
    aim = numbers.written(target, unit, look.lang, look.currency)
    if elapsed is None or pace is None or elapsed >= 1:
        return [Remark(answers.words("show.target", look.lang, target=aim))]
    return [Remark(answers.words("show.pace", look.lang, target=aim, pace=numbers.share(pace, look.lang, 0)))]


def draw(card: Card, view: View, key: str) -> None:
    """One card: its label is the way to everything behind the number."""
    with st.container(border=True, height="stretch", gap="xxsmall"):
        opens = st.button(
            plain(card.label), key=f"{key}.{card.part.measure.id}", type="tertiary", help=t("show.details"),
            icon=":material/chevron_right:", icon_position="right", wrap=True,
        )  # fmt: skip
        st.metric(
            card.label, plain(card.value), card.change, label_visibility="collapsed", delta_color=card.colour,
            delta_arrow=card.arrow, delta_description=card.was,
        )  # fmt: skip
        line = sparkline(card.spark, theme.signal(card.colour))
        if line:
            st.html(line)
        for remark in card.remarks or (Remark(NO_REMARK),):
            st.caption(plain(remark.text) or NO_REMARK, help=plain(remark.full) if remark.full else None)
    if opens:
        drill.opened(drill.Subject(total(card.part.measure.id, view), card.part.measure.id, view))


def summary(cards: Sequence[Card]) -> str:
    """All cards as one sentence, for a screen reader."""
    return numbers.listed([f"{card.label} {card.value}" for card in cards], lang())
