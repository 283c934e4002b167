"""What was spent on each channel in a span of days, from the list of campaigns.

The cost of a campaign is spread evenly over its days, so that a period carries the share of the days it holds; a
campaign without a last day is paid on its first, one without any day only counts without a period. A channel with a
campaign of unknown cost has no known cost: a sum that lacks a part would make every step look too cheap. Money that is
in no channel's cost is said (`unplaced`), so that none disappears.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.notes import Note, note
from metrics.period import FIRST
from metrics.query import Query, from_file
from metrics.view import View


def costs(view: View) -> Query:
    """The campaigns with any day in the view's period, by channel and days; those without any day, too."""
    period = view.period
    return from_file(
        "channel_costs", view, has_period=period is not None, from_on=period.from_on if period else view.as_of,
        to_on=period.to_on if period else view.as_of,
    )  # fmt: skip


def spent(listed: pl.DataFrame, view: View | None) -> pl.DataFrame:
    """Cost by `source` of the view's days that have gone by, and `costs_from`, the first day of its first campaign."""
    known = _summed(listed, view).filter(pl.col("is_known") & pl.col("source").is_not_null())
    return known.select("source", "cost", "costs_from")


def unplaced(listed: pl.DataFrame, view: View | None) -> list[Note]:
    """What the list says was spent and no channel's cost holds, and why: no channel, a part unknown, no day."""
    summed = _summed(listed, view).filter(pl.col("cost") != 0)
    found = []
    nameless = summed.filter(pl.col("source").is_null())
    if nameless.height:
        found.append(note("costs_without_channel", money=_money(nameless)))
    torn = summed.filter(~pl.col("is_known") & pl.col("source").is_not_null()).sort("source")
    if torn.height:
        found.append(note("costs_incomplete", channels=" · ".join(torn.get_column("source")), money=_money(torn)))
    undated = listed.filter(pl.col("starts_on").is_null() & (pl.col("cost") != 0))
    if view and view.period and undated.height:
        found.append(note("costs_undated", money=_money(undated)))
    return found


def dated(listed: pl.DataFrame, view: View | None) -> pl.DataFrame:
    """What counts of the list: in a period, campaigns that have a day."""
    return listed.filter(pl.col("starts_on").is_not_null()) if view and view.period else listed


def _summed(listed: pl.DataFrame, view: View | None) -> pl.DataFrame:
    """By `source`: `cost` of the view's days gone by, `costs_from`, whether all its campaigns say what they cost."""
    counted, period = dated(listed, view), view.period if view else None
    priced = within(counted, period.from_on if period else FIRST, view.at if view else None, undated=period is None)
    is_known = pl.col("priced").sum() == pl.col("campaigns").sum()
    known = counted.group_by("source").agg(is_known=is_known, costs_from=pl.col("starts_on").min())
    return known.join(priced, on="source", nulls_equal=True)


def _money(frame: pl.DataFrame) -> int:
    """The sum of a column of costs, to the unit: a remark needs no cents."""
    return round(float(frame.get_column("cost").sum()))


def within(listed: pl.DataFrame, from_on: date, to_on: date | None, *, undated: bool = False) -> pl.DataFrame:
    """Cost by `source` of the days from `from_on` to `to_on`, both included: each campaign's by the share of its days.

    Args:
        listed: `source`, `starts_on`, `ends_on`, `cost`. undated: whether campaigns without any day count, whole.
    """
    starts, ends = pl.col("starts_on"), pl.max_horizontal("starts_on", "ends_on")
    first, last = pl.max_horizontal(starts, pl.lit(from_on)), pl.min_horizontal(ends, pl.lit(to_on, pl.Date))
    days = ((last - first).dt.total_days() + 1).clip(lower_bound=0)
    share = pl.when(starts.is_null()).then(float(undated)).otherwise(days / ((ends - starts).dt.total_days() + 1))
    return listed.group_by("source").agg(cost=(pl.col("cost").cast(pl.Float64) * share).sum())
