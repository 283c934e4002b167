"""Which points of a series are more than its usual ups and downs: individuals charts, and for rates Laney's p′.

An individuals chart (XmR) takes how far a point usually lies from the one before it, the mean moving range mR̄, as the
measure of chance: its limits are mean ± 2.66 mR̄, and a move of more than 3.268 mR̄ is large itself. No other spread
will do: the standard deviation of all points contains the very changes that are looked for.
[D. J. Wheeler, Understanding Variation, 1993]

A rate of few cases lies further from the mean by chance than one of many, so its limits must follow its cases: p′ takes
the binomial spread of each point, times how much more than that the points move from one to the next.
[D. B. Laney, Improved control charts for attributes, Quality Engineering 14(4), 2002]

Three rules call something a signal (RULES). Pure functions over lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

TO_LIMIT, TO_RANGE_LIMIT = 2.66, 3.268
"""Limits in mean moving ranges, of points and of moves: 3 ÷ d₂ and D₄ for pairs, with d₂ = 1.128."""
_D2 = 1.128
LEAST = 8
"""Points without which nothing is said: of fewer, one of them makes the limits that it is held against."""
LEAST_CASES = 5.0
"""Cases of either kind that a bucket of a rate must have on average: of fewer, rates jump between a few values."""
LEAST_COUNT = 2.0
"""What a count must be on average: below it most of the points lie on 0 and 1. [Wheeler]"""
RUN, NEAR, OF = 8, 3, 4
NEARER = 1.5
"""Nearer to the limit than to the mean: more than half of the way."""
Rule = Literal["outside", "near", "run"]
RULES: tuple[Rule, ...] = ("outside", "near", "run")
"""A point outside of a limit; three of four in a row nearer to the same limit than to the mean; eight in a row on the
same side of the mean."""


class Limits(NamedTuple):
    """What is usual of each point: arrays as long as the series.

    Attributes:
        centre: the mean. lower, upper: the limits of points.
        away: how far a point lies from the mean, in thirds of the way to its limit.
        moves: how far each lies from the one before; NaN for the first. most: the largest usual move.
    """

    centre: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    away: np.ndarray
    moves: np.ndarray
    most: float


class Signal(NamedTuple):
    """Points `first` to `last` (places in the series, both included) that chance does not explain; `side`: 1 or −1."""

    rule: Rule
    first: int
    last: int
    side: int


def individuals(values: Sequence[float]) -> Limits:
    """The limits of a series of single values, all of them known."""
    value = np.asarray(values, dtype=float)
    moves = np.abs(np.diff(value, prepend=np.nan))
    usual, centre = float(np.nanmean(moves)) if value.size > 1 else 0.0, float(value.mean())
    reach = TO_LIMIT * usual
    whole = np.ones(value.size)
    return Limits(
        whole * centre, whole * (centre - reach), whole * (centre + reach), _away(value, centre, whole * reach), moves,
        TO_RANGE_LIMIT * usual,
    )  # fmt: skip


def rates(parts: Sequence[float], wholes: Sequence[float]) -> Limits:
    """The limits of a series of rates `parts` ÷ `wholes`; every whole is positive. Moves are those of the rate."""
    part, whole = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    value, centre = part / whole, float(part.sum() / whole.sum())
    binomial = np.sqrt(centre * (1 - centre) / whole)
    spread = np.where(binomial > 0, binomial, 1.0)
    moved = np.abs(np.diff((value - centre) / spread))
    usual = float(moved.mean()) / _D2 if moved.size else 0.0
    reach = 3 * binomial * usual
    moves = np.abs(np.diff(value, prepend=np.nan))
    most = TO_RANGE_LIMIT * float(np.nanmean(moves)) if value.size > 1 else 0.0
    return Limits(
        np.full(value.size, centre), np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0),
        _away(value, centre, reach), moves, most,
    )  # fmt: skip


def _away(value: np.ndarray, centre: float, reach: np.ndarray) -> np.ndarray:
    """Distances from the mean, the limit being 3; of a series that never moves any distance is beyond it."""
    off = value - centre
    near = np.abs(off) <= 1e-9 * max(abs(centre), 1e-300)  # what the mean of equal numbers is not exactly
    return np.where(near, 0.0, np.where(reach > 0, 3 * off / np.where(reach > 0, reach, 1.0), np.sign(off) * 99.0))


def signals(away: Sequence[float] | np.ndarray) -> list[Signal]:
    """What the three rules find, in the order of time; windows of one rule that overlap are one signal.

    Args:
        away: distances from the mean in thirds of the way to the limit (`Limits.away`).
    """
    far = np.asarray(away, dtype=float)
    found = [Signal("outside", int(at), int(at), int(np.sign(far[at]))) for at in np.flatnonzero(np.abs(far) > 3)]
    for side in (1, -1):
        is_near, is_there = far * side > NEARER, far * side > 0
        ends = [at for at in range(OF - 1, far.size) if is_near[at - OF + 1 : at + 1].sum() >= NEAR]
        found += [_trimmed("near", span, is_near, side) for span in _merged([(at - OF + 1, at) for at in ends])]
        runs = [at for at in range(RUN - 1, far.size) if is_there[at - RUN + 1 : at + 1].all()]
        found += [Signal("run", *span, side) for span in _merged([(at - RUN + 1, at) for at in runs])]
    return sorted(found, key=lambda one: (one.first, RULES.index(one.rule)))


def _merged(windows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Windows that overlap, as one."""
    spans: list[tuple[int, int]] = []
    for first, last in windows:
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


def _trimmed(rule: Rule, span: tuple[int, int], is_it: np.ndarray, side: int) -> Signal:
    """From the first to the last point that the rule is about: a window may begin or end with another."""
    inside = np.flatnonzero(is_it[span[0] : span[1] + 1]) + span[0]
    return Signal(rule, int(inside[0]), int(inside[-1]), side)
