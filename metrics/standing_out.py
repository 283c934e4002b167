"""Who differs from all others by more than they usually differ: many sums of money, each against the rest.

What a member brought comes from customers who might have bought more or less, and who buy again and in parts: they are
the independent pieces, not order lines. Their keys are digests, so ranges of keys are random groups of customers; the
variance of a sum is that of GROUPS such groups. Lines without a customer stand each for itself. Where members spread
even wider than that (half of their z-values lie within 0.6745 where nothing but chance is at work), every z-value is
held against that width. So a member stands out against what is usual here; with fewer than LEAST members nothing is
claimed.

Sources: K. M. Wolter (2007), Introduction to Variance Estimation, 2nd ed., ch. 2 (random groups); B. Efron (2004),
Large-scale simultaneous hypothesis testing: the choice of a null hypothesis, JASA 99:96–104 (empirical null).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, log, sqrt
from typing import NamedTuple

from metrics.proportions import discoveries
from metrics.scores import two_sided, usual_spread

LEAST = 5
"""Members that must be judged before any is said to stand out."""
LEAST_LINES = 30
"""Order lines on either side below which a member is not judged."""
LEAST_EFFECTIVE = 10
"""As how many groups alike a sum must count: one large customer alone is no sample."""
GROUPS = 500
"""Groups of customers."""
GROUPS_A_KEY = GROUPS / 2**63
"""A key times this, rounded, is its group: keys lie evenly between 0 and 2^63."""


class Sums(NamedTuple):
    """What one member reached and what it is held against; for both Σ squares of the groups; `lines`: the fewer."""

    reached: float
    base: float
    reached_squares: float
    base_squares: float
    lines: int


def stand_out(members: Sequence[Sums]) -> list[bool]:
    """Which members' reached ÷ base differs from that of all others together, beyond chance and what is usual.

    On average at most 5 % of those named differ by chance only (Benjamini and Hochberg).
    """
    whole = [fsum(column) for column in list(zip(*members, strict=True))[:4]]
    scores = [_score(one, whole) for one in members]
    known = [score for score in scores if score is not None]
    if len(known) < LEAST:
        return [False] * len(members)
    wider = usual_spread(score**2 for score in known)
    return discoveries([None if score is None else two_sided(score / sqrt(wider)) for score in scores])


def _score(one: Sums, whole: Sequence[float]) -> float | None:
    """The logarithm of its ratio over that of the rest, in standard deviations; None where there is too little."""
    rest = [of_all - own for own, of_all in zip(one[:4], whole, strict=True)]
    if one.lines < LEAST_LINES or min(one.reached, one.base, *rest[:2]) <= 0:
        return None
    own = [spread(one.reached, one.reached_squares), spread(one.base, one.base_squares)]
    if max(own) > 1 / LEAST_EFFECTIVE:
        return None
    variance = fsum([*own, spread(rest[0], rest[2]), spread(rest[1], rest[3])])
    apart = log(one.reached / one.base) - log(rest[0] / rest[1])
    return apart / sqrt(variance) if variance > 0 else None


def spread(whole: float, squares: float) -> float:
    """The variance of a sum in parts of its square, from the squares of the groups' sums."""
    return max(0.0, squares / whole**2 - 1 / GROUPS) * GROUPS / (GROUPS - 1)
