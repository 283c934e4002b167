"""What a number of few cases is worth: drawn towards that of all, the more so the less it stands on.

Of many members, the best and the worst are those with the fewest cases. Empirical Bayes asks first how far the members
really lie apart, more than chance alone would put them, and then draws each towards the middle by the share of its
difference that chance explains: with many cases it keeps its own number, and where all are alike it has that of all.

Sources: B. Efron and C. Morris (1975), Data analysis using Stein's estimator and its generalizations, JASA 70:311–319;
J. C. Kleinman (1973), Proportions with extraneous variance, JASA 68:46–54 (moments of the beta-binomial distribution);
C. N. Morris (1983), Parametric empirical Bayes inference, JASA 78:47–55 (unequal variances, intervals).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from metrics.intervals import Z, wilson

Floats = NDArray[np.float64]

_ROUNDS, _CLOSE = 200, 1e-12
"""Rounds in which an estimate that weighs by itself must settle, and the change at which it has."""
LEAST_STRENGTH = 2.0
"""A middle counts for at least so many cases: below that, rates would lie at 0 and 1 rather than around it."""
LEAST_MEMBERS = 4
"""Members from which on drawing a mean towards that of all is better than leaving it alone (Stein)."""


class Prior(NamedTuple):
    """How the rates of members lie: around `mean`, as firmly as if `strength` further cases had been seen of each.

    `members`: from how many it is known. `variance`: of the mean, by chance.
    """

    mean: float
    strength: float
    members: int
    variance: float


class Shrunk(NamedTuple):
    """The members' numbers drawn towards the middle, with the range of each at 95 %; NaN where there is nothing.

    `own`: the share of the member's own evidence in its number, 0–1.
    """

    value: Floats
    low: Floats
    high: Floats
    own: Floats


def prior(some: ArrayLike, of: ArrayLike) -> Prior:
    """How rates of `some` out of `of` lie around their middle, by the moments of the beta-binomial distribution.

    Rates of members vary by m(1−m)·(ρ + (1−ρ)/n): ρ is what is left of the variance when n grows. Members weigh
    n/(1+ρ(n−1)), which needs ρ, so that both are worked out in turns. The strength is (1−ρ)/ρ, at least LEAST_STRENGTH
    and never more than all cases together: where members look alike, the middle is known no better than from those.

    Args:
        some, of: counts by member, 0 ≤ some ≤ of. Members with none of anything tell nothing.

    Returns:
        The middle; NaN of strength 0 where nobody has any case.
    """
    hits, cases = _floats(some), _floats(of)
    known = cases > 0
    hits, cases = hits[known], cases[known]
    if not cases.size:
        return Prior(float("nan"), 0.0, 0, float("nan"))
    shares, weights, rho = hits / cases, cases, 0.0
    mean = float(hits.sum() / cases.sum())
    for _ in range(_ROUNDS):
        mean = float((weights * shares).sum() / weights.sum())
        found = _common_variance(shares, cases, weights, mean)
        weights = cases / (1 + found * (cases - 1))
        if abs(found - rho) < _CLOSE:
            break
        rho = found
    most = max(float(cases.sum()), LEAST_STRENGTH)
    strength = min(max((1 - rho) / rho, LEAST_STRENGTH), most) if rho > 0 else most
    spread = mean * (1 - mean) * (1 / cases + 1 / (strength + 1))
    return Prior(mean, strength, cases.size, 1 / float((1 / spread).sum()) if mean * (1 - mean) > 0 else 0.0)


def _common_variance(shares: Floats, cases: Floats, weights: Floats, mean: float) -> float:
    """ρ from the weighted squares of what shares differ by (Kleinman 1973), within 0–1."""
    rest = weights * (1 - weights / weights.sum())
    by_chance, at_most = float((rest / cases).sum()), float(rest.sum())
    spread = mean * (1 - mean)
    if spread <= 0 or at_most - by_chance <= _CLOSE:
        return 0.0
    seen = float((weights * (shares - mean) ** 2).sum()) / spread
    return min(max((seen - by_chance) / (at_most - by_chance), 0.0), 1.0)


def shrunk_rates(some: ArrayLike, of: ArrayLike, around: Prior | None = None) -> Shrunk:
    """Rates drawn towards the middle of all: (some + m·k) ÷ (of + k), with the middle m and its strength k.

    The range is Wilson's, of as many cases as have the variance of the beta distribution and of what is not known of
    the middle and its strength (as for means: Morris 1983). In simulations it held the true rate in 93–95 of 100 cases
    (of eight members as of two hundred), 87 where rates are about 0.06.

    Args:
        some, of: counts by member, 0 ≤ some ≤ of. around: the middle, where it is not that of these members.
    """
    hits, cases = _floats(some), _floats(of)
    middle = around or prior(hits, cases)
    known = cases > 0
    found = _nothing(cases)
    if not known.any() or middle.strength <= 0:
        return found
    shrunk = _towards(hits[known], cases[known], middle)
    for column, part in zip(found, shrunk, strict=True):
        column[known] = part
    return found


def _towards(hits: Floats, cases: Floats, middle: Prior) -> Shrunk:
    seen = cases + middle.strength
    value, drawn = (hits + middle.mean * middle.strength) / seen, middle.strength / seen
    spread = value * (1 - value)
    unsure = 2 / max(middle.members - 3, 1) * (hits / cases - middle.mean) ** 2 + middle.variance
    variance = spread / (seen + 1) + drawn**2 * unsure
    counted = np.divide(spread, variance, out=seen.copy(), where=variance > 0)
    ends = pl.DataFrame({"some": value * counted, "of": counted}).select(
        low=wilson(pl.col("some"), pl.col("of"))[0], high=wilson(pl.col("some"), pl.col("of"))[1]
    )
    return Shrunk(value, ends["low"].to_numpy(), ends["high"].to_numpy(), 1 - drawn)


def shrunk_means(values: ArrayLike, variances: ArrayLike, middle: float | None = None) -> Shrunk:
    """Numbers drawn towards their middle, each by the part of its difference that its own variance explains.

    With variances V and A the variance of the members' true numbers, a member keeps 1 − B of its difference, where
    B = (k−3)/(k−1) · V/(V+A) (James and Stein's factor; Morris 1983). The range adds what is not known of B and of the
    middle. With fewer than LEAST_MEMBERS every number stays as it is.

    Args:
        values: by member. variances: of each by chance alone, in squares of its unit, above 0. A member without either
            (NaN) is left out.
        middle: where the members lie, if it is known; by default their mean, those with smaller variances weighing
            more.
    """
    numbers, chance = _floats(values), _floats(variances)
    known = np.isfinite(numbers) & np.isfinite(chance) & (chance > 0)
    found = _nothing(numbers)
    if not known.any():
        return found
    shrunk = _drawn(numbers[known], chance[known], middle)
    for column, part in zip(found, shrunk, strict=True):
        column[known] = part
    return found


def _drawn(numbers: Floats, chance: Floats, middle: float | None) -> Shrunk:
    count = numbers.size
    if count < LEAST_MEMBERS:
        margin = Z * np.sqrt(chance)
        return Shrunk(numbers, numbers - margin, numbers + margin, np.ones(count))
    between, centre = _between(numbers, chance, middle)
    drawn = (count - 3) / (count - 1) * chance / (chance + between)
    unsure = 2 / (count - 3) * drawn**2 * (chance.mean() + between) / (chance + between)
    value = numbers - drawn * (numbers - centre)
    margin = Z * np.sqrt(chance * (1 - (count - 1) / count * drawn) + unsure * (numbers - centre) ** 2)
    return Shrunk(value, value - margin, value + margin, 1 - drawn)


def _between(numbers: Floats, chance: Floats, middle: float | None) -> tuple[float, float]:
    """The variance of the true numbers, never below 0, and their middle, in turns (Morris 1983, eq. 5.1)."""
    count, between = numbers.size, max(0.0, float(numbers.var(ddof=1) - chance.mean()))
    for _ in range(_ROUNDS):
        weights = 1 / (chance + between)
        centre = float((weights * numbers).sum() / weights.sum()) if middle is None else middle
        squares = count / (count - 1) * (numbers - centre) ** 2 - chance
        found = max(0.0, float((weights * squares).sum() / weights.sum()))
        if abs(found - between) <= _CLOSE * (1 + between):
            break
        between = found
    return between, centre


def _nothing(like: Floats) -> Shrunk:
    return Shrunk._make(np.full(like.shape, np.nan) for _ in range(4))


def _floats(given: ArrayLike) -> Floats:
    return np.atleast_1d(np.asarray(given, dtype=np.float64))
