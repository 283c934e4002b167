"""Answers over time beside those of the days compared with: the same statement over these, each bucket at its place.

A total or a breakdown counts both spans in one statement. An answer cut by a span of time cannot: its rows are the
buckets of one period. So the compared days are one more part of the question, whose buckets are moved to those they are
compared with before all parts are joined.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache

import polars as pl

from metrics import period as spans
from metrics.catalog import GRAINS
from metrics.period import add_months, buckets
from metrics.population import raw as raw_name
from metrics.query import Query
from metrics.view import View

THEN = "then"
"""The finish of a part that was asked for the days compared with."""


def grains_of(by: Iterable[str]) -> tuple[str, ...]:
    """The spans of time an answer is cut by."""
    return tuple(name for name in by if name in GRAINS)


def whole(view: View) -> View | None:
    """The compared days, and of an unfinished period the rest of its counterpart too: targets are for all of it.

    It is seen from the last of the compared days, so that as much of it has gone by as of what it is held beside.
    """
    if view.period is None or view.before is None:
        return None
    over = replace(view.period, is_partial=False)
    days = spans.previous(over) if view.compare == "previous" else spans.last_year(over)
    until = min(view.before.to_on, view.as_of)
    return view.with_compare("none").with_period(from_on=days.from_on, to_on=days.to_on).seen_on(until)


@lru_cache(maxsize=256)
def places(view: View, grain: str) -> dict[date, date]:
    """Bucket of the compared days → the bucket it is compared with: the first with the first, and so on.

    Days of last year are compared with the same date, so that 29 February does not shift all days after it; it has no
    counterpart, nor have days or weeks that the other span has fewer of.
    """
    now, then = view.period, view.before
    if now is None or then is None:
        return {}
    here = buckets(now.from_on, min(now.to_on, view.as_of), grain, view.fiscal_start, view.week_start)
    there = buckets(then.from_on, then.to_on, grain, view.fiscal_start, view.week_start)
    if grain == "day" and view.compare == "last_year":
        same = {add_months(day, 12): day for day in reversed(there)}
        return {same[day]: day for day in here if day in same}
    return dict(zip(there, here, strict=False))


def bucket_then(view: View, grain: str, bucket: object) -> object:
    """The bucket of the compared days that `bucket` is compared with; itself where none is, or `grain` is no grain."""
    if grain not in GRAINS:
        return bucket
    return next((then for then, now in places(view, grain).items() if now == bucket), bucket)


def moved(query: Query, part: Query, frame: pl.DataFrame) -> pl.DataFrame:
    """The answer of a part for the compared days as columns beside this period's: other names, and moved buckets."""
    view = query.view
    if part.finish != THEN or view is None:
        return frame
    frame = frame.rename({name: raw_name(name, before=True) for name in frame.columns if name not in part.by})
    for grain in grains_of(part.by):
        known = places(view, grain)
        frame = frame.filter(pl.col(grain).is_in(list(known)))
        frame = frame.with_columns(pl.col(grain).replace(list(known), list(known.values())))
    return frame


def settled(query: Query, frame: pl.DataFrame, unknown: Iterable[object]) -> pl.DataFrame:
    """Buckets without a row then: nothing was counted where the bucket has a counterpart, else it is not known.

    Args:
        query: what was asked. frame: measured and filled.
        unknown: the measures that have nothing to be compared with.
    """
    grains, view = grains_of(query.by), query.view
    if not grains or view is None or view.before is None:
        return frame
    has_then = pl.all_horizontal(*(pl.col(grain).is_in(list(places(view, grain).values())) for grain in grains))
    without = set(unknown)
    columns = []
    for column in query.columns:
        if not column.role.startswith("before") or column.name not in frame.columns:
            continue
        one = next(one for one in query.measures if one.id == column.measure)
        is_nothing = one.agg in ("count", "sum", "distinct") and one.stock is None and one.refuse_when is None
        value = pl.col(column.name)
        value = value.fill_null(0) if is_nothing and one.id not in without else value
        columns.append(pl.when(has_then).then(value).alias(column.name))
    return frame.with_columns(columns)
