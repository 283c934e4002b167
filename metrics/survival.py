"""How long something takes when not everything is over yet.

Leaving out what is still going on would make every time look too short; here it counts for as long as it has lasted
(it is "censored").

Source: E. L. Kaplan and P. Meier (1958), JASA 53:457–481; variance by M. Greenwood (1926); log-log interval
by J. D. Kalbfleisch and R. L. Prentice (1980), The Statistical Analysis of Failure Time Data.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt

import polars as pl

from metrics.intervals import Z
from metrics.scores import two_sided


def kaplan_meier(times: pl.DataFrame) -> pl.DataFrame:
    """The share that still lasts after each time at which something ended.

    Args:
        times: columns `days` (how long it lasted, or has lasted so far), `is_over` (it ended then; else it was still
            going on) and `n` (how many were so). Rows without days are left out.

    Returns:
        One row per time with an ending: `days`, `at_risk`, `ended`, `share` (0–1), `low` and `high` (95 %; null where
        the share is 0 or 1). Sorted by days.
    """
    known = times.filter(pl.col("days").is_not_null() & (pl.col("n") > 0))
    over = pl.when(pl.col("is_over").cast(pl.Boolean)).then("n").otherwise(0)
    by_day = known.group_by("days").agg(ended=over.sum(), all=pl.col("n").sum()).sort("days")
    left = int(by_day.get_column("all").sum() or 0)
    share, variance, rows = 1.0, 0.0, []
    for days, ended, gone in by_day.select("days", "ended", "all").iter_rows():
        if ended:
            share *= 1 - ended / left
            variance += ended / (left * (left - ended)) if left > ended else 0.0
            rows.append((days, left, ended, share, *_interval(share, variance)))
        left -= gone
    schema = dict.fromkeys(("days", "at_risk", "ended"), pl.Int64)
    return pl.DataFrame(rows, schema | dict.fromkeys(("share", "low", "high"), pl.Float64), orient="row")


def _interval(share: float, variance: float) -> tuple[float | None, float | None]:
    if not 0 < share < 1:
        return None, None
    spread = Z * sqrt(variance) / log(share)
    ends = share ** exp(spread), share ** exp(-spread)
    return min(ends), max(ends)


_MOST_DAYS = 2**32
"""More than any time of a curve, by which times of several curves are told apart."""


def kaplan_meier_by(times: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """`kaplan_meier` of each value of `by`, all in one pass: the columns `by`, then those of a curve, by days."""
    low, high = interval(pl.col("share"), pl.col("variance"))
    columns = ("days", "at_risk", "ended", "share", "low", "high")
    return steps_by(times, by).with_columns(low=low, high=high).select(*by, *columns)


def interval(share: pl.Expr, variance: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The 95 % range of a share that still lasts, by the `variance` beside it; null where the share is 0 or 1."""
    inside = pl.when((share > 0) & (share < 1)).then(share)
    spread = Z * variance.sqrt() / inside.log()
    one, other = inside ** spread.exp(), inside ** (-spread).exp()
    return pl.min_horizontal(one, other), pl.max_horizontal(one, other)


def steps_by(times: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The curves of `kaplan_meier_by` without their ranges, which the logarithms of every step are needed for.

    Returns:
        The columns `by`, then `days`, `at_risk`, `ended`, `share` and `variance` (what `interval` makes a range of).
    """
    groups = times.select(by).unique(maintain_order=True).with_row_index("group")
    known = times.join(groups, on=by, nulls_equal=True).filter(pl.col("days").is_not_null() & (pl.col("n") > 0))
    over = pl.when(pl.col("is_over").cast(pl.Boolean)).then("n").otherwise(0)
    # One number for value and day: minutes of hundreds of people are hundreds of thousands, counted by it soonest.
    least = known.get_column("days").min() or 0
    at = pl.col("group").cast(pl.Int64) * _MOST_DAYS + pl.col("days") - least
    counted = (
        known.select(at.alias("at"), over.alias("ended"), "n")
        .group_by("at")
        .agg(pl.col("ended").sum(), all=pl.col("n").sum())
    )
    by_day = counted.sort("at").with_columns(
        group=(pl.col("at") // _MOST_DAYS).cast(pl.UInt32), days=pl.col("at") % _MOST_DAYS + least
    )
    gone = pl.col("all").cum_sum().over("group") - pl.col("all")
    ended = by_day.with_columns(at_risk=pl.col("all").sum().over("group") - gone).filter(pl.col("ended") > 0)
    left = pl.col("at_risk") - pl.col("ended")
    each = pl.when(left > 0).then(pl.col("ended") / (pl.col("at_risk") * left)).otherwise(0.0)
    share = (1 - pl.col("ended") / pl.col("at_risk")).cum_prod().over("group")
    frame = ended.with_columns(share=share, variance=each.cum_sum().over("group"))
    named = frame.join(groups, on="group", how="left", maintain_order="left")
    return named.select(*by, "days", "at_risk", "ended", "share", "variance")


def lasting(curve: pl.DataFrame, over: float = 0.5) -> int | None:
    """The time by which the share `over` has ended: 0.5 is the median, 0.75 the upper quartile.

    None where so many have not ended: then only "longer than the longest seen" is known.
    """
    reached = curve.filter(pl.col("share") <= 1 - over + 1e-12)
    return int(reached.item(0, "days")) if reached.height else None


def log_rank(own: pl.DataFrame, others: pl.DataFrame) -> float:
    """The two-sided p-value that two groups last equally long, what still goes on counted for as long as it has.

    At each time at which something ends, as many of the first group should end as its part of those at risk; the sum
    over all times of what ended less what should have is held against its spread. 1 where nothing can be compared.

    Args:
        own, others: columns as for `kaplan_meier`.

    Source: N. Mantel (1966), Cancer Chemotherapy Reports 50:163–170.
    """
    both = _ended(own).join(_ended(others), on="days", how="full", coalesce=True, suffix="_others")
    both = both.sort("days", descending=True)  # so that sums from the top are those still at risk
    counts = both.with_columns(pl.exclude("days").fill_null(0))
    at_risk, at_risk_others = (pl.col(name).cum_sum() for name in ("n", "n_others"))
    ended = pl.col("ended") + pl.col("ended_others")
    times = counts.select(at_risk.alias("a"), (at_risk + at_risk_others).alias("all"), ended.alias("d"), mine="ended")
    times = times.filter((pl.col("d") > 0) & (pl.col("all") > 1))
    a, whole, d = (pl.col(name).cast(pl.Float64) for name in ("a", "all", "d"))
    more, variance = times.select(
        (pl.col("mine") - d * a / whole).sum(),
        (d * a / whole * (1 - a / whole) * (whole - d) / (whole - 1)).sum().alias("variance"),
    ).row(0)
    return two_sided(more / sqrt(variance)) if variance > 0 else 1.0


def _ended(times: pl.DataFrame) -> pl.DataFrame:
    """By days: `n` that were followed so long and no longer, and how many of these ended then."""
    known = times.filter(pl.col("days").is_not_null() & (pl.col("n") > 0))
    over = pl.when(pl.col("is_over").cast(pl.Boolean)).then("n").otherwise(0)
    return known.group_by("days").agg(pl.col("n").sum(), ended=over.sum())
