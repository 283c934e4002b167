"""Whether a segment changed otherwise than the rest by more than chance.

What counts as chance: rows come independently of each other, as many and as large as they do (a compound Poisson
process, whose sum has the sum of squares as its variance), times how uneven customers are: what a customer buys comes
in orders of many lines, and customers come and go, so that sums over customers scatter more than sums over rows. How
much more is measured over all customers of the very same two spans, and never taken as less than 1.

A sum or count is tested on what its segment changed by beyond the change of all. A ratio is tested on what the segment
adds to it: numerator minus ratio × denominator, as a share of all cases, or of the sum of all denominators where these
are amounts (its variance is that of these residuals). Had it the ratio of all in both spans, or were it as far off and
as large as before, that would not move. All segments of all dimensions are claims made at once (Benjamini–Hochberg,
5 %). Where a segment, or all the others, have fewer than LEAST_ROWS rows in both spans together, of sums counted by how
even they are, there is no claim.

Sources: Y. Benjamini and Y. Hochberg (1995), J. R. Stat. Soc. B 57:289–300; overdispersion by Pearson's statistic: P.
McCullagh and J. Nelder (1989), Generalized Linear Models, 4.5; ratios of sums: W. Cochran (1977), Sampling Techniques,
6.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from metrics.catalog import Measure
from metrics.proportions import discoveries
from metrics.scores import two_sided

LEAST_ROWS = 30
MOMENTS = ("customers", "aa", "bb", "ab", "cc", "dd", "ac", "bd")
"""Sums over customers: how many have LEAST_ROWS; products of the first part now and then (a, b), the second (c, d)."""
_SUMMED = ("over", "under", "cross")
_LETTERS = (("now", "a", "c"), ("then", "b", "d"))
Floats = np.ndarray


def beyond_chance(one: Measure, segments: pl.DataFrame, clusters: pl.DataFrame) -> pl.Series:
    """Which segments stand out.

    Args:
        one: the measure. segments: dimension and over_then, over_now, over_then_2, over_now_2 (sums of squares); of a
            ratio under_… too, and cross_then, cross_now (sums of numerator × denominator).
        clusters: the moments of customers, one row; none where rows have no customer.
    """
    stand = np.zeros(segments.height, dtype=bool)
    column = {name: segments.get_column(name).to_numpy() for name in segments.columns if name.startswith(_SUMMED)}
    whole = _whole(segments)
    if segments.height == 0 or not whole["over_then"] or not whole["over_now"]:
        return pl.Series(stand)
    moment = clusters.row(0, named=True) if clusters.height and clusters.item(0, "aa") is not None else None
    if one.ratio is not None and not (whole["under_then"] and whole["under_now"]):
        return pl.Series(stand)
    if one.ratio is None:
        p_values = _of_sum(column, whole, _unevenness(moment, whole))
    else:
        p_values = _of_ratio(column, whole, _unevenness_of_ratio(moment, whole))
    side = "over" if one.ratio is None else "under"
    rest = {name: whole[name] - of for name, of in column.items()}
    enough = np.minimum(_rows(column, side), _rows(rest, side)) >= LEAST_ROWS
    claims = np.flatnonzero(enough & ~np.isnan(p_values))
    unseen = _unseen(segments, enough, moment)
    found = discoveries([*p_values[claims].tolist(), *[1.0] * unseen])
    stand[claims] = found[: len(claims)]
    return pl.Series(stand)


def _whole(segments: pl.DataFrame) -> dict[str, float]:
    """The sums over a dimension that is whole: customers are answered in part only."""
    others = segments.filter(pl.col("dimension") != "customer")
    first = others if others.height else segments
    part = first.filter(pl.col("dimension") == first.get_column("dimension")[0]) if first.height else first
    names = [name for name in segments.columns if name.startswith(_SUMMED)]
    return {name: float(part.get_column(name).sum()) for name in names}


def _unseen(segments: pl.DataFrame, enough: Floats, moment: dict[str, float] | None) -> int:
    """Claims about customers not answered one by one: those that changed most were chosen among them."""
    is_customer = (segments.get_column("dimension") == "customer").to_numpy()
    if moment is None or not is_customer.any():
        return 0
    return max(int(moment["customers"]) - int((is_customer & enough).sum()), 0)


def _rows(column: dict[str, Floats], side: str) -> Floats:
    """How many rows stand behind each segment in both spans: fewer where a few large ones make the sum."""
    sums = np.abs(column[f"{side}_then"]) + np.abs(column[f"{side}_now"])
    squares = column[f"{side}_then_2"] + column[f"{side}_now_2"]
    return np.asarray(np.divide(sums**2, squares, out=np.zeros_like(squares), where=squares > 0))


def _of_sum(column: dict[str, Floats], whole: dict[str, float], unevenness: float) -> Floats:
    """p-values that the segments' sums change as all do."""
    growth, share = whole["over_now"] / whole["over_then"], column["over_then"] / whole["over_then"]
    moved = column["over_now"] - growth * column["over_then"]
    own = column["over_now_2"] + growth**2 * column["over_then_2"]
    every = whole["over_now_2"] + growth**2 * whole["over_then_2"]
    return _two_sided(moved, unevenness * _apart(share, own, every))


def _of_ratio(column: dict[str, Floats], whole: dict[str, float], unevenness: float) -> Floats:
    """p-values that what a segment adds to the ratio is what it added."""
    moved, room = np.zeros_like(column["over_now"]), np.zeros_like(column["over_now"])
    for span, sign in (("now", 1), ("then", -1)):
        cases = whole[f"under_{span}"]
        ratio = whole[f"over_{span}"] / cases
        own = _residual(column, span, ratio)
        every = float(_residual(whole, span, ratio))
        moved = moved + sign * (column[f"over_{span}"] - ratio * column[f"under_{span}"]) / cases
        room = room + _apart(column[f"under_{span}"] / cases, own, every) / cases**2
    return _two_sided(moved, unevenness * room)


def _residual(of: Mapping[str, Any], span: str, ratio: float) -> Any:  # noqa: ANN401 - a number, or one per segment
    """Sum over rows of (numerator − ratio × denominator)²."""
    return of[f"over_{span}_2"] - 2 * ratio * of[f"cross_{span}"] + ratio**2 * of[f"under_{span}_2"]


def _apart(share: Floats, own: Floats, every: float) -> Floats:
    """The variance of a segment against a whole that it is a share of: (1 − s)² of its own and s² of the others'."""
    return np.asarray((1 - share) ** 2 * own + share**2 * np.clip(every - own, 0, None))


def _two_sided(moved: Floats, room: Floats) -> Floats:
    z = np.divide(moved, np.sqrt(room), out=np.zeros_like(room), where=room > 0)
    return np.array([two_sided(value) if value == value else np.nan for value in z])  # noqa: PLR0124 - not a number


def _unevenness(moment: dict[str, float] | None, whole: dict[str, float]) -> float:
    """How much more customers scatter around the growth of all than their rows do; 1 where rows have no customer."""
    if moment is None:
        return 1.0
    growth = whole["over_now"] / whole["over_then"]
    scatter = moment["aa"] - 2 * growth * moment["ab"] + growth**2 * moment["bb"]
    usual = moment["over_now_2"] + growth**2 * moment["over_then_2"]
    return max(1.0, scatter / usual) if usual > 0 else 1.0


def _unevenness_of_ratio(moment: dict[str, float] | None, whole: dict[str, float]) -> float:
    """The same of how far customers lie from the ratio of all, in both spans."""
    if moment is None:
        return 1.0
    scatter = usual = 0.0
    for span, over, under in _LETTERS:
        ratio = whole[f"over_{span}"] / whole[f"under_{span}"]
        scatter += moment[over * 2] - 2 * ratio * moment[over + under] + ratio**2 * moment[under * 2]
        usual += float(_residual(moment, span, ratio))
    return max(1.0, scatter / usual) if usual > 0 else 1.0
