"""Time lines: every bucket from first to last, so that a line never jumps over a month without sales."""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.catalog import GRAINS, Measure
from metrics.notes import Note, note
from metrics.period import DAY, FIRST, bucket_next, buckets
from metrics.population import reach
from metrics.query import Query
from metrics.view import View

_MOST_CELLS = 200_000
"""A time line is filled up to this many cells; beyond it gaps stay gaps."""


def reached(query: Query, frame: pl.DataFrame) -> list[Note]:
    """That a stock's time line was cut at the beginning, where no period, or a boundless one, said where to begin."""
    grain, view = query.by[0], query.view
    if view is None or view.begins_on is not None:
        return []
    from_on = reach(view.at, None, tuple(name for name in query.by if name in GRAINS))
    notes = []
    for one in query.measures:
        first = frame.filter(pl.col(one.id).is_not_null()).get_column(grain).min() if one.stock else None
        if isinstance(first, date) and first <= from_on:
            notes.append(note("stock_reach", measure=one.id, from_on=from_on))
    return notes


def is_partial(start: date, grain: str, first: date | None, last: date) -> bool:
    """Whether some of the bucket's days lie outside what was looked at."""
    return bucket_next(start, grain) - DAY > last or (first is not None and start < first)


def filled(query: Query, frame: pl.DataFrame) -> pl.DataFrame:
    """A row for every bucket (and value of `by`), so that a line does not jump over a month without sales.

    What adds up is 0 there, anything else unknown.
    """
    grain, *others = query.by
    span = _span(query, frame)
    if span is None or query.view is None:
        return frame
    days = buckets(*span, grain, query.view.fiscal_start, query.view.week_start)
    if not others and frame.get_column(grain).to_list() == days:
        return frame
    grid = pl.DataFrame({grain: pl.Series(days, dtype=pl.Date)})
    if others:
        grid = grid.join(frame.select(others).unique(maintain_order=True), how="cross")
    if grid.height > _MOST_CELLS:
        return frame
    had = frame.with_columns(is_answered=pl.lit(value=True))
    full = grid.join(had, on=list(query.by), how="full", coalesce=True, nulls_equal=True, maintain_order="left_right")
    zeros = [
        pl.when(_has_nothing(one, grain, query.view)).then(0).otherwise(pl.col(one.id)).alias(one.id)
        for one in query.measures
        if one.agg in ("count", "sum", "distinct")
    ]
    return full.with_columns(zeros).drop("is_answered")


def _has_nothing(one: Measure, grain: str, view: View) -> pl.Expr:
    """Whether a bucket without a row is known to hold nothing; a stock is, from its first sighting to the as-of day."""
    if one.stock is None:
        return pl.col("is_answered").is_null()
    first = pl.col(grain).filter(pl.col(one.id).is_not_null()).min()
    return pl.col(one.id).is_null() & pl.lit(one.refuse_when is None) & pl.col(grain).is_between(first, view.at)


def _span(query: Query, frame: pl.DataFrame) -> tuple[date, date] | None:
    """First and last day the time line shows: the period up to the as-of day, stretched to where there are rows."""
    seen = frame.get_column(query.by[0]).drop_nulls()
    view = query.view
    if view is None:
        return None
    days: list[date] = seen.to_list()
    if view.period is not None and FIRST < view.period.from_on <= view.as_of:
        days += [view.period.from_on, min(view.period.to_on, view.as_of)]
    return (min(days), max(days)) if days else None
