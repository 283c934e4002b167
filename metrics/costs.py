"""What was spent on each channel in a span of days, from the list of campaigns.

The cost of a campaign is spread evenly over its days, so that a period carries the share of the days it holds; a
campaign without a last day is paid on its first, one without any day only counts without a period. A channel with a
campaign of unknown cost has no known cost: a sum that lacks a part would make every step look too cheap.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.period import FIRST
from metrics.query import Query, from_file
from metrics.view import View


def costs(view: View) -> Query:
    """The campaigns with any day in the view's period, by channel and days."""
    period = view.period
    return from_file(
        "channel_costs", view, has_period=period is not None, from_on=period.from_on if period else view.as_of,
        to_on=period.to_on if period else view.as_of,
    )  # fmt: skip


def spent(listed: pl.DataFrame, view: View | None) -> pl.DataFrame:
    """Cost by `source` of the view's days that have gone by, and `costs_from`, the first day of its first campaign."""
    period = view.period if view else None
    last = view.at if view else None
    priced = within(listed, period.from_on if period else FIRST, last, undated=period is None)
    is_known = pl.col("priced").sum() == pl.col("campaigns").sum()
    known = listed.group_by("source").agg(is_known=is_known, costs_from=pl.col("starts_on").min())
    known = known.filter(pl.col("is_known") & pl.col("source").is_not_null()).drop("is_known")
    return known.join(priced, on="source").select("source", "cost", "costs_from")


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
