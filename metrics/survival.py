"""How long something takes when not everything is over yet.

Leaving out what is still going on would make every time look too short; here it counts for as long as it has lasted
(it is "censored").

Source: E. L. Kaplan and P. Meier (1958), JASA 53:457–481; variance by M. Greenwood (1926); log-log interval
by J. D. Kalbfleisch and R. L. Prentice (1980), The Statistical Analysis of Failure Time Data.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from metrics.intervals import Z
from metrics.scores import two_sided

Ints = NDArray[np.int64]


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
    found = curves(times, by)
    is_step = found.ended > 0
    steps = {
        "days": found.days, "at_risk": found.at_risk, "ended": found.ended, "share": found.share,
        "variance": found.variance,
    }  # fmt: skip
    lengths = np.diff(found.first)
    frame = pl.DataFrame({"curve": np.repeat(np.arange(lengths.size), lengths)[is_step]} | {
        name: values[is_step] for name, values in steps.items()
    })  # fmt: skip
    low, high = interval(pl.col("share"), pl.col("variance"))
    named = pl.concat([found.groups[frame.get_column("curve")], frame.drop("curve")], how="horizontal")
    columns = ("days", "at_risk", "ended", "share", "low", "high")
    return named.with_columns(low=low, high=high).select(*by, *columns)


def interval(share: pl.Expr, variance: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The 95 % range of a share that still lasts, by the `variance` beside it; null where the share is 0 or 1."""
    inside = pl.when((share > 0) & (share < 1)).then(share)
    spread = Z * variance.sqrt() / inside.log()
    one, other = inside ** spread.exp(), inside ** (-spread).exp()
    return pl.min_horizontal(one, other), pl.max_horizontal(one, other)


class Curves(NamedTuple):
    """Curves of several groups, one after the other, by days: one element of each array per group and time.

    Attributes:
        groups: the value of `by` of each curve. first: where the times of each begin; one more for the end of the last.
        place: what they are ordered by, one number for group and time. days: the time. at_risk: what still went on
            before it. ended: what ended then. gone: what ended, or has lasted so long and no longer. share: what still
            lasts after it (0–1). variance: what `interval` makes a range of.
    """

    groups: pl.DataFrame
    first: Ints
    place: Ints
    days: Ints
    at_risk: Ints
    ended: Ints
    gone: Ints
    share: NDArray[np.float64]
    variance: NDArray[np.float64]

    def after(self, days: int) -> Ints:
        """Where in each curve the times later than `days` begin."""
        least = int(self.days[0] - self.place[0] % _MOST_DAYS) if self.days.size else 0
        until = np.arange(self.groups.height, dtype=np.int64) * _MOST_DAYS + min(max(days - least, -1), _MOST_DAYS - 1)
        return np.searchsorted(self.place, until, side="right")


def curves(times: pl.DataFrame, by: Sequence[str]) -> Curves:
    """The curves of `times` (as for `kaplan_meier`), one for each value of `by`; values without a time have none.

    Minutes of hundreds of people are hundreds of thousands of rows, of which frames take each column apart by group;
    here they are put in order once, and each curve is a slice.
    """
    groups = times.select(by).unique(maintain_order=True).with_row_index("curve")
    known = times.filter(pl.col("days").is_not_null() & (pl.col("n") > 0)).join(groups, on=by, nulls_equal=True)
    over = pl.when(pl.col("is_over").cast(pl.Boolean)).then("n").otherwise(0)
    rows = known.select(pl.col("curve", "days", "n").cast(pl.Int64), over.cast(pl.Int64).alias("ended"))
    curve, days, n, over_then = (rows.get_column(name).to_numpy() for name in rows.columns)
    least = int(days.min(initial=_MOST_DAYS - 1))
    place, ended, gone = _added_up(curve, days - least, over_then, n)
    first = np.searchsorted(place, np.arange(groups.height + 1, dtype=np.int64) * _MOST_DAYS)
    summed = np.concatenate([np.zeros(1, np.int64), np.cumsum(gone)])
    at_risk = np.repeat(summed[first[1:]], np.diff(first)) - summed[:-1]
    left = at_risk - ended
    share = 1 - ended / at_risk
    variance = np.divide(ended, at_risk * left.astype(np.float64), out=np.zeros(ended.size), where=left > 0)
    for begin, end in pairwise(first.tolist()):
        np.cumprod(share[begin:end], out=share[begin:end])
        np.cumsum(variance[begin:end], out=variance[begin:end])
    return Curves(
        groups.drop("curve"), first, place, (place & (_MOST_DAYS - 1)) + least, at_risk, ended, gone, share, variance
    )


def _added_up(curve: Ints, time: Ints, ended: Ints, n: Ints) -> tuple[Ints, Ints, Ints]:
    """Each place (curve and time) once, in order, with what ended there and what was gone."""
    latest, most = int(time.max(initial=0)), 8 * time.size
    if latest < most:  # times that lie close are numbered without being sorted
        times = np.flatnonzero(np.bincount(time))
        number = np.zeros(latest + 1, np.int64)
        number[times] = np.arange(times.size)
        cell = curve * times.size + number[time]
        if int(cell.max(initial=0)) < most:  # and so are curves at each time that any of them has
            gone = np.bincount(cell, n)
            found = np.flatnonzero(gone)
            whose = found // max(times.size, 1)
            place = whose * _MOST_DAYS + times[found - whose * times.size]
            return place, np.bincount(cell, ended)[found].astype(np.int64), gone[found].astype(np.int64)
    at = curve * _MOST_DAYS + time
    order = np.argsort(at)
    sorted_at = at[order]
    firsts = np.flatnonzero(np.diff(sorted_at, prepend=-1))
    return sorted_at[firsts], np.add.reduceat(ended[order], firsts), np.add.reduceat(n[order], firsts)


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
