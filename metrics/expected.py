"""What is to be expected of each person's later span, if nothing about the person has changed.

Whoever is looked at because an early span was extreme falls back towards the middle without any help: part of the
extreme was chance, and chance does not last. So a later span is not held against the early one, but against what the
early one lets expect:

1. What moved everybody (a season, a market) is taken as moving everybody: early levels are carried over by it. Sums
   of money move in proportion, rates by as many points.
2. Each early level is drawn towards the mean of all, the more the less certain it is (metrics/shrinkage.py).
3. The later level has a chance of its own. Its difference from the expected level in units of both is `score`.

Where people move more than that from span to span (half of the scores lie within 0.6745 where nothing but chance is at
work), every score is held against that width, so that whoever stands out does so against what is usual here.

How far chance moves a level: a rate by the binomial law; a sum by how many things it is made of and how large they are
(a compound Poisson sum: variance of a sum is the sum of squares).

Sources: F. Galton (1886), Regression towards mediocrity in hereditary stature; B. Efron and C. Morris (1975), Data
analysis using Stein's estimator and its generalizations, JASA 70:311–319; B. Efron (2004), JASA 99:96–104 (empirical
null).
"""

from __future__ import annotations

from math import log
from typing import NamedTuple

import numpy as np

from metrics.scores import usual_spread
from metrics.shrinkage import shrunk_means

LEAST_PEOPLE = 5
"""People without whom nobody's level can be drawn towards the middle of all, nor judged."""


class Spans(NamedTuple):
    """What each person reached in two spans of time: arrays of one length.

    Attributes:
        before, after: the sum of each span: money, or how many cases succeeded.
        before_of, after_of: what it is divided by: working days, or all cases. Positive.
        unit: variance of what one working day brings, or of one case.
        is_rate: whether sums are shares of cases.
    """

    before: np.ndarray
    after: np.ndarray
    before_of: np.ndarray
    after_of: np.ndarray
    unit: np.ndarray
    is_rate: bool


class Expected(NamedTuple):
    """Levels per working day, or rates: arrays of one length.

    Attributes:
        before, after: as they were. expected: of the later span, where nothing about the person has changed.
        kept: the part of the early distance from the mean that is expected to last (0 to 1).
        score: (after − expected) in units of chance, widened to what is usual here; NaN with too few people.
    """

    before: np.ndarray
    after: np.ndarray
    expected: np.ndarray
    kept: np.ndarray
    score: np.ndarray


def rates(won: np.ndarray, of: np.ndarray, won_before: np.ndarray, of_before: np.ndarray) -> Spans:
    """Spans of a rate. One case varies as one's own rate or that of all does, whichever varies more."""
    own = (won + won_before) / (of + of_before)
    everybody = float((won.sum() + won_before.sum()) / max(1.0, of.sum() + of_before.sum()))
    unit = np.maximum(own * (1 - own), everybody * (1 - everybody))
    return Spans(won_before, won, of_before, of, unit, is_rate=True)


def sums(after: np.ndarray, before: np.ndarray, squares: np.ndarray, days: int, days_before: int) -> Spans:
    """Spans of a sum; `squares`: of all that both spans hold. As if both were of one law: the claim is that not."""
    ones = np.ones(after.size)
    return Spans(before, after, ones * days_before, ones * days, squares / (days + days_before), is_rate=False)


def expected(spans: Spans) -> Expected:
    """What was to be expected of each person.

    Sums are compared by their logarithms: what doubles a small one doubles a large one, and one large deal reaches
    less far there. So their levels must be positive in both spans.

    Args:
        spans: of people who were there throughout both.
    """
    before, after = spans.before / spans.before_of, spans.after / spans.after_of
    if not after.size:
        return Expected(before, after, after, after, after)
    then, now, chance, chance_now = before, after, spans.unit / spans.before_of, spans.unit / spans.after_of
    if not spans.is_rate:
        middle = (spans.before + spans.after) / (spans.before_of + spans.after_of)
        then, now, chance, chance_now = np.log(before), np.log(after), chance / middle**2, chance_now / middle**2
    carried = then + _moved(spans)
    drawn = shrunk_means(carried, chance)
    scores = _scores(now - drawn.value, chance_now + drawn.own * chance)
    return Expected(before, after, drawn.value if spans.is_rate else np.exp(drawn.value), drawn.own, scores)


def _moved(spans: Spans) -> float:
    """How far the level of all people together has moved: in points, or in logarithms."""
    then, now = (
        float(part.sum() / of.sum()) for part, of in ((spans.before, spans.before_of), (spans.after, spans.after_of))
    )
    return now - then if spans.is_rate else log(now / then)


def _scores(off: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Distances in standard deviations, over the width that is usual here; NaN where nobody can tell."""
    if off.size < LEAST_PEOPLE:
        return np.full(off.size, np.nan)
    score = np.divide(off, np.sqrt(variance), out=np.full(off.size, np.nan), where=variance > 0)
    known = score[~np.isnan(score)]
    wider = usual_spread((known**2).tolist()) if known.size else 1.0
    return np.asarray(score / np.sqrt(wider))
