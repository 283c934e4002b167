"""Measures as values of a step: as `ask` answers them for the review's view and viewer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.review.chapter import Source, Value
from metrics.catalog import Text, measure
from metrics.cuts import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.review.chapter import Asked
    from data.review.words import Words
    from metrics.notes import Note
    from metrics.query import Result
    from metrics.view import View

_OF_BEFORE = ("begins", "nothing_before", "uneven", "uneven_known", "uneven_known_there", "reconstructed")
"""Notes about the days compared with: no reason why a number of today is not shown."""


def needs(name: str, headline: str) -> set[str]:
    """The tables that a measure stands on; an attainment also on those of the measure whose target it is."""
    one = measure(name)
    if one.goal_of is not None:
        return {"targets"} | needs(one.goal_of or headline, headline)
    return {part.table for part in one.parts if part.table is not None}


def answered(asked: Asked, names: Sequence[str], view: View | None = None) -> Result | None:
    """Those of the measures of which the store holds rows; None where it holds none.

    `view`: by default the review's.
    """
    over = view or asked.view
    filled = set(asked.seen.filled())
    known = [name for name in names if needs(name, over.headline) <= filled]
    return asked.seen.ask(total(known, over), asked.viewer) if known else None


def measured(result: Result | None, words: Words) -> dict[str, Value]:
    """Each measure of the answer as a value, with that of the compared days, by its id.

    Where the data begin within the compared days, these are only partly covered: nothing is held against them.
    """
    if result is None:
        return {}
    row, found = result.frame.row(0, named=True), {}
    view, partly = result.query.view, {note["measure"] for note in result.notes if note.code == "begins"}
    before = words.span(view.before.from_on, view.before.to_on) if view and view.before else ""
    for one in result.query.measures:
        value, then = row[one.id], None if one.id in partly else row.get(f"{one.id}.before")
        mine = [note for note in result.notes if note["measure"] == one.id]
        reasons = [note for note in mine if note.code not in _OF_BEFORE]
        about = [note.text(words.lang) for note in reasons or mine]
        found[one.id] = Value(
            label=one.label.text(words.lang),
            value=None if value is None else float(value),
            unit=one.unit,
            measure=one.id,
            why=words.sentences(*about) if value is None else "",
            before=None if then is None else float(then),
            before_label=before if then is not None else "",
            better=None if one.better == "neither" else one.better,
            source=Source(result.query, one.id),
        )
    return found


def told_once(notes: Iterable[Note]) -> list[Note]:
    """The notes, of which those that say the same of several measures are one that names them all."""
    like: dict[tuple[object, ...], list[Note]] = {}
    for one in notes:
        facts = (one.code, *((name, value) for name, value in one.params if name != "measure"))
        like.setdefault(facts, []).append(one)
    return [one if len(same) == 1 else _of_all(same) for same in like.values() for one in same[:1]]


def _of_all(same: Sequence[Note]) -> Note:
    ids = list(dict.fromkeys(one["measure"] for one in same if one["measure"] is not None))
    if len(ids) < 2:
        return same[0]
    labels = [measure(str(id_)).label for id_ in ids]
    said = {"en": ", ".join(one.text("en") for one in labels), "zh-CN": "、".join(one.text("zh-CN") for one in labels)}
    named = Text.model_validate(said)
    return replace(
        same[0], params=tuple((name, named if name == "measure" else value) for name, value in same[0].params)
    )
