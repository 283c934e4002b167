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


def kaplan_meier_by(times: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """`kaplan_meier` of each value of `by`, all in one pass: the columns `by`, then those of a curve, by days."""
    known = times.filter(pl.col("days").is_not_null() & (pl.col("n") > 0))
    over = pl.when(pl.col("is_over").cast(pl.Boolean)).then("n").otherwise(0)
    by_day = known.group_by(*by, "days").agg(ended=over.sum(), all=pl.col("n").sum()).sort("days")
    gone = pl.col("all").cum_sum().over(by) - pl.col("all")
    ended = by_day.with_columns(at_risk=pl.col("all").sum().over(by) - gone).filter(pl.col("ended") > 0)
    left = pl.col("at_risk") - pl.col("ended")
    each = pl.when(left > 0).then(pl.col("ended") / (pl.col("at_risk") * left)).otherwise(0.0)
    frame = ended.with_columns(
        share=(1 - pl.col("ended") / pl.col("at_risk")).cum_prod().over(by), variance=each.cum_sum().over(by)
    )
    share = pl.col("share")
    inside = pl.when((share > 0) & (share < 1)).then(share)
    spread = Z * pl.col("variance").sqrt() / inside.log()
    one, other = inside ** spread.exp(), inside ** (-spread).exp()
    frame = frame.with_columns(low=pl.min_horizontal(one, other), high=pl.max_horizontal(one, other))
    return frame.select(*by, "days", "at_risk", "ended", "share", "low", "high")


def lasting(curve: pl.DataFrame, over: float = 0.5) -> int | None:
    """The time by which the share `over` has ended: 0.5 is the median, 0.75 the upper quartile.

    None where so many have not ended: then only "longer than the longest seen" is known.
    """
    reached = curve.filter(pl.col("share") <= 1 - over + 1e-12)
    return int(reached.item(0, "days")) if reached.height else None
