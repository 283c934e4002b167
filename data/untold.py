"""Measures of what nobody ever loaded: "—" with the reason, and not a 0 that looks as if it had been counted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from metrics.catalog import Measure, catalog
from metrics.notes import note

if TYPE_CHECKING:
    from metrics.query import Result

_BESIDE = frozenset(("activities", "leads", "surveys", "tickets"))
"""What is kept beside the business that it is about: where none was loaded, it may well have been done. Where there are
no deals or no orders there is no business on record, and that is a 0."""


def untold(result: Result, held: Collection[str]) -> Result:
    """The answer without numbers of tables that hold nothing at all; the very same where there are none such.

    Args:
        result: of any question. held: the tables that hold rows, whoever may see them.
    """
    absent = [one for name in _asked(result) if (one := catalog().measures.get(name)) is not None and _lacks(one, held)]
    if not absent:
        return result
    names = {one.id for one in absent}
    empty = [name for name in result.frame.columns if name.partition(".")[0] in names]
    frame = result.frame.with_columns(pl.lit(None, result.frame.schema[name]).alias(name) for name in empty)
    told = (note("nothing_loaded", measure=one.id) for one in absent)
    return replace(result, frame=frame, notes=(*result.notes, *told))


def _asked(result: Result) -> dict[str, None]:
    columns = {column.name for column in result.query.columns}
    return {
        column.measure: None for column in result.query.columns
        if column.measure is not None and column.measure in columns
    }  # fmt: skip


def _lacks(one: Measure, held: Collection[str]) -> bool:
    """Whether a table that the measure counts in holds nothing; an attainment says so itself."""
    return one.goal_of is None and any(part.table in _BESIDE and part.table not in held for part in one.parts)
