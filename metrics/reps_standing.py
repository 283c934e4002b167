"""Where each person stands among their peers: drawn towards them, ranked, and told apart from them beyond chance.

Ranks follow the number drawn towards the peers (metrics/shrinkage.py): two of two do not lead. Of rates, those people
with fewer than LEAST_CASES cases have no rank, and nobody is first of one. Which ranks a person may have is told by the
ranges: behind everybody whose range lies wholly above, before everybody whose range lies wholly below.

Somebody is told apart from the others where their number differs from that of all others together by more than chance,
all people looked at together (metrics/proportions.py); sums need to be held for the whole time for that. A sum is taken
to vary no less than that of the person in the middle: who sold nothing, by chance, has nothing that varies.

Source of ranges of ranks: H. Goldstein and D. J. Spiegelhalter (1996), League tables and their limitations, J. R. Stat.
Soc. A 159:385–443.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.proportions import differ
from metrics.reps_evidence import Evidence
from metrics.scores import two_sided, usual_spread
from metrics.shrinkage import Floats, Shrunk, shrunk_means, shrunk_rates

LEAST_CASES = 10
"""Cases of a rate below which a person has no rank."""
LEAST_PEOPLE = 8
"""People of whom the one in the middle says how far medians scatter."""
_SAME = 1e-9
"""Numbers that differ by less than this part of their width share a rank."""

Flags = NDArray[np.bool_]


class Standing(NamedTuple):
    """By person: the number drawn towards the peers with its range, the rank and the ranks that are possible.

    `others`: what all others together have. `peers`: what all have. `p_value`: of being like the others; NaN where that
    is not judged.
    """

    shrunk: Floats
    low: Floats
    high: Floats
    rank: Floats
    best: Floats
    worst: Floats
    others: Floats
    peers: Floats
    p_value: Floats


def standing(known: Evidence, here: NDArray[np.intp], is_judged: Flags, *, lower_is_better: bool) -> Standing:
    """The standing of some people among each other.

    Args:
        known: of all people. here: the positions of those who are peers. is_judged: who may be told apart, by position.
        lower_is_better: the smallest number leads.

    Returns:
        In the order of `here`.
    """
    drawn, others, peers, p_value = _COMPARED[known.kind](known, here)
    p_value = np.where(is_judged[here], p_value, np.nan)
    is_ranked = np.isfinite(drawn.value)
    if known.kind == "rate":
        is_ranked &= known.cases[here] >= LEAST_CASES
    sign = -1.0 if lower_is_better else 1.0
    ends = (drawn.low, drawn.high) if sign > 0 else (-drawn.high, -drawn.low)
    ranks = _ranks(sign * drawn.value, *ends, is_ranked)
    return Standing(drawn.value, drawn.low, drawn.high, *ranks, others, np.full(here.size, peers), p_value)


Compared = tuple[Shrunk, Floats, float, Floats]


def _rates(known: Evidence, here: NDArray[np.intp]) -> Compared:
    some, of = np.nan_to_num(known.some[here]), np.nan_to_num(known.cases[here])
    drawn, peers = shrunk_rates(some, of), float(some.sum() / of.sum()) if of.sum() else np.nan
    rest_some, rest_of = some.sum() - some, of.sum() - of
    p_value = [
        differ(*counts) if counts[1] and counts[3] else np.nan
        for counts in np.column_stack((some, of, rest_some, rest_of)).astype(np.int64).tolist()
    ]
    goal = known.goal[here]
    has_goal = np.isfinite(goal).any()
    others = np.divide(rest_some, rest_of, out=np.full(here.size, np.nan), where=rest_of > 0)
    if has_goal:  # of a target: how much of it the rate is
        drawn = Shrunk(drawn.value / goal, drawn.low / goal, drawn.high / goal, drawn.own)
        return drawn, np.full(here.size, np.nan), np.nan, np.full(here.size, np.nan)
    return drawn, others, peers, np.array(p_value, dtype=np.float64)


def _sums(known: Evidence, here: NDArray[np.intp]) -> Compared:
    value, goal = known.value[here], known.goal[here]
    unit = goal if np.isfinite(goal).any() else np.ones(here.size)
    has = np.isfinite(value) & np.isfinite(unit) & (unit > 0)
    sums = np.where(has, value * unit, 0.0)
    held, squares = np.where(has, unit, 0.0), np.where(has, np.nan_to_num(known.squares[here]), 0.0)
    if not has.any():
        return _nobody(here)
    usual = np.median((squares / unit**2)[has]) or (squares / unit**2)[has].mean()
    chance = np.where(has, np.maximum(squares / unit**2, usual), np.nan)
    peers = float(sums.sum() / held.sum())
    drawn = shrunk_means(np.where(has, value, np.nan), chance, peers)
    rest = np.where(held.sum() - held > 0, held.sum() - held, np.nan)
    others = (sums.sum() - sums) / rest
    noise = chance + (squares.sum() - squares) / rest**2
    return drawn, others, peers, _two_sided(value - others, noise)


def _means(known: Evidence, here: NDArray[np.intp]) -> Compared:
    value, cases = known.value[here], known.cases[here]
    has = np.isfinite(value) & (cases > 0)
    of = np.where(has, cases, 0.0)
    if not has.any():
        return _nobody(here)
    means = np.divide(known.totals[here], of, out=np.zeros(here.size), where=has)
    squares = float(np.where(has, known.squares[here] - of * means**2, 0.0).sum())
    free = of.sum() - has.sum()
    whole = np.where(has, value, 0.0) * of
    single = max(squares, 0.0) / free if free > 0 else np.nan
    single *= _factor(known.factor, (value - whole.sum() / of.sum()) ** 2 * of / (single or np.nan), has)
    rest = np.where(of.sum() - of > 0, of.sum() - of, np.nan)
    others = (whole.sum() - whole) / rest
    variance = np.divide(single, of, out=np.full(here.size, np.nan), where=has)
    drawn = shrunk_means(np.where(has, value, np.nan), variance)
    return drawn, others, float(whole.sum() / of.sum()), _two_sided(value - others, variance + single / rest)


def _factor(least: float, apart: Floats, has: Flags) -> float:
    """What the variance of single values is multiplied by: 1 for means; for medians what the people themselves show.

    The median of values that lie in two heaps jumps from one to the other: its variance is many times π/2 that of the
    mean. So it is taken as large as the person in the middle shows it, where there are LEAST_PEOPLE of them; whoever
    lies much further out is told apart (D. J. Spiegelhalter 2005, Handling over-dispersion of performance indicators,
    Qual. Saf. Health Care 14:347–351).

    Args:
        least: the factor that the kind of measure has at least. apart: squared distances, in variances of a mean.
    """
    known = apart[has & np.isfinite(apart)]
    if least == 1.0 or known.size < LEAST_PEOPLE:
        return least
    return usual_spread(known.tolist(), least)


def _nothing(known: Evidence, here: NDArray[np.intp]) -> Compared:  # noqa: ARG001 - same shape as the others
    return _nobody(here)


def _nobody(here: NDArray[np.intp]) -> Compared:
    empty = np.full(here.size, np.nan)
    return Shrunk(empty, empty, empty, empty), empty, np.nan, empty


_COMPARED = {"rate": _rates, "sum": _sums, "mean": _means, "none": _nothing}


def _two_sided(apart: Floats, variance: Floats) -> Floats:
    """The p-value of differences with such variances, NaN where one is not known or nothing varies."""
    known = np.isfinite(apart) & (variance > 0)
    scores = apart[known] / np.sqrt(variance[known])
    found = np.full(apart.size, np.nan)
    found[known] = [two_sided(score) for score in scores.tolist()]
    return found


def _ranks(value: Floats, low: Floats, high: Floats, is_ranked: Flags) -> tuple[Floats, Floats, Floats]:
    """Rank (1 leads; the same for the same number), and the best and the worst that the ranges allow."""
    rank, best, worst = (np.full(value.size, np.nan) for _ in range(3))
    at = np.flatnonzero(is_ranked)
    if at.size < 2:  # first of one says nothing
        return rank, best, worst
    order = at[np.argsort(-value[at], kind="stable")]
    ranked = value[order]
    width = float(ranked[0] - ranked[-1]) or 1.0
    is_new = np.concatenate(([True], ranked[:-1] - ranked[1:] > _SAME * width))
    rank[order] = np.maximum.accumulate(np.where(is_new, np.arange(1, at.size + 1), 0))
    lows, highs = np.sort(low[at]), np.sort(high[at])
    best[at] = 1 + at.size - np.searchsorted(lows, high[at], side="right")
    worst[at] = at.size - np.searchsorted(highs, low[at], side="left")
    return rank, best, worst
