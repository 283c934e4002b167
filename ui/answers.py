"""An answer read by the roles of its columns: what is cut by, and each measure with its interval and comparison.

Charts, findings, cards and tables all read a Result through here, so none of them knows a measure by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from metrics.catalog import Dimension, Measure, catalog, measure, table
from metrics.errors import SalesError, of_one
from metrics.notes import Note
from metrics.query import Column, Result
from ui import numbers
from ui.text import texts

IS_PARTIAL = "is_partial"
"""The flag of a bucket that is not over yet."""
IS_RECONSTRUCTED = "is_reconstructed"
"""The flag of a bucket rebuilt from dates, before the first sighting."""
SMALL_SAMPLE = 30
"""Fewer cases than this are marked: the normal rule of thumb, and about ±18 points on a rate."""


class Series(NamedTuple):
    """The columns of one measure in an answer; None where the answer has no such column.

    `before` is None, too, where the data begin after most of the days compared with: nothing may be concluded from it.
    `partly` is its column then, and `since` the first day of the data.
    """

    measure: Measure
    unit: str
    value: str
    low: str | None
    high: str | None
    n: str | None
    before: str | None
    before_n: str | None = None
    partly: str | None = None
    since: date | None = None

    @property
    def is_additive(self) -> bool:
        """Whether values of different rows may be summed."""
        return self.measure.additive in ("all", "not_over_time")


def series(result: Result) -> list[Series]:
    """The measures of an answer, in its order."""
    found: dict[str, dict[str, Any]] = {}
    for column in result.query.columns:
        if column.measure is not None and column.name in result.frame.columns:
            found.setdefault(column.measure, {}).setdefault(column.role, column)
    return [_comparable(_series(id_, roles), result) for id_, roles in found.items() if "value" in roles]


def _comparable(part: Series, result: Result) -> Series:
    """The columns of a measure without those that mean nothing: the data begin later, or too little was known then."""
    codes = ("begins", "nothing_before", "uneven", "uneven_known")
    begun = {note["measure"]: note for note in result.notes if note.code in codes}
    note = begun.get(part.measure.id)
    if note is None:
        return part
    alone = part._replace(before=None, before_n=None)
    first = note["from_on"] if note.code == "begins" else None
    if not isinstance(first, date):
        return alone
    return alone._replace(partly=part.before, since=first)


def _series(id_: str, roles: Mapping[str, Any]) -> Series:
    def name(role: str) -> str | None:
        return roles[role].name if role in roles else None

    value = roles["value"]
    known = measure(id_)
    return Series(
        known,
        value.unit or known.unit,
        value.name,
        name("low"),
        name("high"),
        name("n"),
        name("before"),
        name("before_n"),
    )


def first(result: Result) -> Series | None:
    """The measure that is drawn: the first one."""
    found = series(result)
    return found[0] if found else None


def cut_by(result: Result) -> list[str]:
    """The columns an answer is cut by, in its order."""
    return [column.name for column in result.query.columns if column.role == "by"]


def units(result: Result) -> dict[str, str]:
    """Column → unit, for tables and files."""
    return {column.name: column.unit for column in result.query.columns if column.unit is not None}


def notes_of(result: Result, id_: str) -> list[Note]:
    """The remarks of an answer that are about one measure; those about a target belong to its attainment."""
    goal = measure(id_).goal_of
    if goal is None:
        return [note for note in result.notes if note["measure"] == id_ and "target" not in note.code]
    of = goal or (result.query.view.headline if result.query.view else "")
    return [note for note in result.notes if note["measure"] in (id_, of) and "target" in note.code]


def grain_of(result: Result) -> str | None:
    """The first time grain an answer is cut by."""
    return next((name for name in cut_by(result) if _is_grain(name)), None)


def _is_grain(name: str) -> bool:
    known = known_dimension(name)
    return known is not None and known.kind == "grain"


def tables_of(ids: Sequence[str], lang: str) -> list[str]:
    """The tables that measures stand on, in words, each once."""
    names = dict.fromkeys(name for id_ in ids for name in needs(measure(id_)))
    return [table(name).label.text(lang) for name in names]


def needs(known: Measure) -> list[str]:
    """The tables a measure reads."""
    if known.goal_of is not None:
        return ["targets"]
    return [part.table for part in known.parts if part.table is not None]


def first_that_differs(result: Result, parts: Sequence[str]) -> str | None:
    """The first of these dimensions by which the rows of an answer differ; the first of all where none does."""
    for part in parts:
        if result.frame.filter(pl.col("dimension") == part).get_column("value").n_unique() > 1:
            return part
    return parts[0] if parts else None


def narrowed(result: Result, of: str | None, part: str | None) -> Result:
    """An answer reduced to one measure and, where it holds several dimensions, to one of them; best first.

    For drawing only: rows behind a mark are asked of the whole answer's query, which knows the dimension by name.
    """
    query, frame = result.query, result.frame
    if of is not None:
        kept = tuple(column for column in query.columns if column.measure in (None, of))
        query = replace(query, columns=kept)
        if measure(of).stock != "seen":  # what another measure of the answer stands on
            frame = frame.select(name for name in frame.columns if name != IS_RECONSTRUCTED)
    if part is not None:
        frame = frame.filter(pl.col("dimension") == part).drop("dimension").rename({"value": part})
        kept = tuple(column for column in query.columns if column.role != "by")
        query = replace(query, columns=(Column(part, "by"), *kept), by=(part,))
    best = series(replace(result, query=query, frame=frame))
    if best and grain_of(result) is None and "dimension" not in frame.columns:
        first = best[0]
        frame = frame.sort(
            first.value, descending=first.measure.better != "lower", nulls_last=True, maintain_order=True
        )
        if part is not None:
            frame = frame.filter(pl.col(first.value).is_not_null())
    return replace(result, frame=frame, query=query)


def known_dimension(name: str) -> Dimension | None:
    """The dimension of a column, or None when the column is no dimension."""
    return catalog().dimensions.get(name)


def known_measure(name: str) -> Measure | None:
    """The measure of a column, or None when the column is no measure."""
    if name not in catalog().measures and ":" not in name:
        return None  # which one it is like, as an error says, is looked up for longer than the rest of a heading takes
    try:
        return measure(name)
    except SalesError:
        return None


def values(frame: pl.DataFrame, column: str | None) -> list[float | None]:
    """A column of numbers as floats; missing and NaN are None."""
    if column is None or column not in frame.columns:
        return [None] * frame.height
    return [None if numbers.is_missing(value) else float(value) for value in frame.get_column(column)]


def flags(frame: pl.DataFrame, column: str) -> list[bool]:
    """A column of flags; all False where the answer has none."""
    if column not in frame.columns:
        return [False] * frame.height
    return [bool(value) for value in frame.get_column(column)]


def label(value: object, by: str, lang: str, fiscal_start: int = 1) -> str:
    """One value of a dimension as the reader sees it; no value at all is "unassigned"."""
    if value is None:
        return words("show.unassigned", lang)
    if isinstance(value, date):
        return numbers.bucket(value, by, lang, fiscal_start)
    key = f"value.{by}.{value}"
    return words(key, lang) if key in texts("en") else str(value)


def words(key: str, lang: str, **params: object) -> str:
    """A text in a given language: for pure functions, which may not read the session."""
    text = texts(lang).get(key) or texts("en")[key]
    return of_one(text, params).format(**params) if params else text


def written(value: float | Decimal | None, part: Series, lang: str, currency: str | None = None) -> str:
    """A value of a measure in the reader's units."""
    return numbers.written(value, part.unit, lang, currency)


def mark(row: Mapping[str, object], bys: Sequence[str]) -> str:
    """What a drawn mark carries so that a click finds its row again: its values as text."""
    return json.dumps([_plain(row[name]) for name in bys], ensure_ascii=False)


def row_at(result: Result, clicked: str) -> dict[str, object] | None:
    """The values of `by` behind a clicked mark, typed as in the answer; None when no row has them."""
    bys = cut_by(result)
    for row in result.frame.select(bys).iter_rows(named=True):
        if mark(row, bys) == clicked:
            return dict(row)
    return None


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
