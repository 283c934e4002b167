"""How long leads wait for a first answer, those still waiting included.

The answer is the first activity, whoever's it was (whether her lead was answered is a fact about the lead), the first
touch that the CRM tells, or the conversion, whichever came first. Leads converted nobody knows when are left out.
Leaving out who is still waiting would make every team look quick: they count as waiting so far (Kaplan–Meier). Minutes
are believed only where nearly all leads answered by an activity or a touch have a time of day at both ends; else all is
said in days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from metrics.catalog import Dimension, dimension, table
from metrics.errors import MeasureNotBy
from metrics.held import remembered
from metrics.intervals import wilson
from metrics.members import with_member
from metrics.notes import Note, note
from metrics.period import LAST
from metrics.query import Column, Query, Role, from_file
from metrics.survival import Curves, curves, interval
from metrics.view import View

LEAST_TIMED = 0.9
"""Of the leads answered by an activity or a touch, the part whose minutes must be known for hours to be shown."""
WITHIN = {"1h": 60, "4h": 240, "1d": 1440, "3d": 3 * 1440, "7d": 7 * 1440}
"""The spans of which it is said how many were answered within them, in minutes."""
DAYS_WITHIN = {"same_day": 0, "1_day": 1, "3_days": 3, "7_days": 7}
"""The same in days, where times of day are not known."""
_BY = ("rep", "team", "source", "region", "campaign", "industry", "manager")
_ENDS: tuple[Role, ...] = ("low", "high")


def response(view: View, by: str | Dimension | None = None, *, beside: str | Dimension | None = None) -> Query:
    """How long the leads created in the period waited for an answer.

    One row (per value of `by`, most leads first): `leads`, `answered`, `waiting`; `median_hours` and `p75_hours`, or
    where times are not known `median_days` and `p75_days` (null: not even that part has been answered);
    `within_1h`, `within_4h`, `within_1d`, `within_3d`, `within_7d` (in days:
    `within_same_day`, `within_1_day`…), each with `.low .high` (Kaplan–Meier's; at 0 and 1, where it has none, Wilson's
    of those followed for so long or answered).
    `rows("waiting")` are the leads that nobody has answered.

    Args:
        view: whose period and filters apply. by: what to cut by.
        beside: the same answer for all, out of the statement that cuts by this: whoever shows both asks once.

    Raises:
        MeasureNotBy: leads cannot be cut by this dimension.
    """
    period, until = view.period, view.as_of if view.is_past else LAST
    asked = from_file(
        "response", view, has_period=period is not None, from_on=period.from_on if period else view.as_of,
        to_on=period.to_on if period else view.as_of, until=min(until, view.as_of),
        of_kind=any(name == "kind" for name, _ in view.filters),
    )  # fmt: skip
    dim = dimension(by) if by is not None else None
    cut_by = dim or (dimension(beside) if beside is not None else None)
    if cut_by is not None:
        asked = _cut_by(asked, cut_by)
    names = (dim.id,) if dim is not None else ()
    minutes = {f"within_{name}": f"population.minutes <= {span}" for name, span in WITHIN.items()}
    days = {f"within_{name}": f"population.days <= {span}" for name, span in DAYS_WITHIN.items()}
    over, waits = "population.is_over = 1", "population.is_over = 0 and population.is_undated = 0"
    within = {name: f"{over} and {where}" for name, where in (minutes | days).items()}
    counts = {"leads": f"({over} or population.is_undated = 0)", "answered": over, "waiting": waits}
    columns = (
        *(Column(name, "by") for name in names),
        Column("rep_key", "detail"),
        *(Column(name, "value", unit="count", agg="count", where=where) for name, where in counts.items()),
        *(Column(name, "value", unit="hours") for name in ("median_hours", "p75_hours")),
        *(Column(name, "value", unit="days") for name in ("median_days", "p75_days")),
        *(Column(name, "value", unit="share", where=where) for name, where in within.items()),
        *(Column(f"{name}.{end}", end, unit="share") for name in within for end in _ENDS),
    )
    return replace(asked, columns=columns, by=names, finish="response")


def _cut_by(query: Query, dim: Dimension) -> Query:
    leads = table("leads")
    if dim.id not in _BY or not leads.has(dim):
        raise MeasureNotBy(measure="leads", dimension=dim.id)
    if dim.id not in leads.own and dim.via is not None:
        query = with_member(query, dim)
    return query.cut_by(dim.id)


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Median, upper quartile and the shares within each span, by value."""
    raw = frames[0]
    is_timed = _is_timed(raw)
    notes += _remarks(raw, is_timed=is_timed)
    unit, keys = "minutes" if is_timed else "days", list(query.by)
    known = raw.filter((pl.col("is_undated") == 0) | (pl.col("is_over") == 1))
    of = keys or [_ALL]
    all_alike = [] if keys else [pl.lit(0).alias(_ALL)]
    times = known.select(*keys, *all_alike, is_over=pl.col("is_over") == 1, days=pl.col(unit).cast(pl.Int64), n="leads")
    frame = _shares(_counted(times, of, is_timed=is_timed), DAYS_WITHIN if not is_timed else WITHIN)
    kept = [column.name for column in query.columns if column.role != "detail" and column.name in frame.columns]
    return frame.select(kept).sort("leads", *keys, descending=[True, *(False for _ in keys)], nulls_last=True)


_ALL = "of_all"
"""What all leads have in common: without a split, they are one value of this."""


def _is_timed(raw: pl.DataFrame) -> bool:
    """Whether times of day are known, of the leads answered by something that may have one."""
    touched = raw.filter(pl.col("is_timed").is_not_null())
    timed, of = (
        int(part.get_column("leads").sum() or 0) for part in (touched.filter(pl.col("is_timed") == 1), touched)
    )
    return of > 0 and timed >= LEAST_TIMED * of


def _remarks(raw: pl.DataFrame, *, is_timed: bool) -> list[Note]:
    """What is missing in the answer, and why."""
    is_over = pl.col("is_over") == 1
    answered, undated = (
        int(raw.filter(which).get_column("leads").sum() or 0)
        for which in (is_over, ~is_over & (pl.col("is_undated") == 1))
    )
    notes = [note("days_only")] if answered and not is_timed else []
    notes += [note("answered_undated", count=undated)] if undated else []
    return [*notes, note("nobody_answered")] if raw.height and not answered else notes


def _counted(times: pl.DataFrame, by: list[str], *, is_timed: bool) -> pl.DataFrame:
    """Leads, medians and, for each span, what the curve says at its end and how many leads stand behind it."""
    over, n = pl.col("is_over"), pl.col("n")
    counts = times.group_by(by).agg(leads=n.sum(), answered=n.filter(over).sum(), longest=pl.col("days").max())
    found = curves(times, by)
    told = found.groups.with_columns(**_lasted(found, is_timed=is_timed), **_within(found, is_timed=is_timed))
    for name in WITHIN if is_timed else DAYS_WITHIN:
        low, high = interval(pl.col(f"{name}.share"), pl.col(f"{name}.variance"))
        told = told.with_columns(low.alias(f"{name}.low"), high.alias(f"{name}.high"))
    frame = counts.join(told, on=by, how="left", nulls_equal=True)
    return frame.with_columns(waiting=pl.col("leads") - pl.col("answered"))


def _lasted(found: Curves, *, is_timed: bool) -> dict[str, pl.Series]:
    """How long it took until half and three in four were answered, and whether all are; by curve."""
    told = {}
    unit, per = ("hours", 60) if is_timed else ("days", 1)
    for name, part in (("median", 0.5), ("p75", 0.75)):
        at, is_there = _first(found, found.share <= 1 - part + 1e-12)
        days = pl.Series(np.append(found.days, 0)[at])
        told[f"{name}_{unit}"] = pl.select(pl.when(is_there).then(days / per if is_timed else days)).to_series()
    told["is_ended"] = _first(found, found.share == 0)[1]
    return told


def _first(found: Curves, is_so: NDArray[np.bool_]) -> tuple[NDArray[np.int64], pl.Series]:
    """The first time of each curve that is so, and whether there is one."""
    places = np.append(np.flatnonzero(is_so), is_so.size)
    at = places[np.searchsorted(places, found.first[:-1])]
    return at, pl.Series(at < found.first[1:])


def _within(found: Curves, *, is_timed: bool) -> dict[str, pl.Series]:
    """What each curve says at the end of each span, and how many were followed so long or answered by then."""
    told, begin = dict[str, pl.Series](), found.first[:-1]
    of, waiting = (np.append(0, np.cumsum(part)) for part in (found.gone, found.gone - found.ended))
    for name, span in (WITHIN if is_timed else DAYS_WITHIN).items():
        before, until = found.after(span - 1), found.after(span)
        is_begun = pl.Series(until > begin)
        for what, values in (("share", found.share), ("variance", found.variance)):
            last = pl.Series(np.append(values, 0.0)[until - 1])
            told[f"{name}.{what}"] = pl.select(pl.when(is_begun).then(last)).to_series()
        told[f"{name}.n"] = pl.Series(of[found.first[1:]] - of[begin] - (waiting[before] - waiting[begin]))
    return told


def _shares(frame: pl.DataFrame, spans: dict[str, int]) -> pl.DataFrame:
    """The share answered within each span, with its range; nothing where nobody was waited for so long.

    Where none was answered by then, or all were, the curve has no range: Wilson's of those known to that day stands.
    """
    columns = []
    for name, span in spans.items():
        is_known = (pl.col("longest") >= span) | pl.col("is_ended")
        share = 1 - pl.col(f"{name}.share").fill_null(1.0)
        lowest, highest = wilson(pl.col(f"{name}.n") * (share > 0), pl.col(f"{name}.n"))
        is_end = (share == 0) | (share == 1)
        low = pl.when(is_end).then(lowest).otherwise(1 - pl.col(f"{name}.high"))
        high = pl.when(is_end).then(highest).otherwise(1 - pl.col(f"{name}.low"))
        found = {f"within_{name}": share, f"within_{name}.low": low, f"within_{name}.high": high}
        columns += [pl.when(is_known).then(value).alias(column) for column, value in found.items()]
    return frame.with_columns(columns)


finish = remembered(finished, most=4)
"""Minutes by salesperson are hundreds of thousands of rows, and a page that is run again finishes them again."""
