"""Who has improved: what is to be expected of each, by hand and in companies in which nobody has changed."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.expected import Spans, expected, rates, sums
from metrics.improved import beyond_chance
from metrics.shrinkage import shrunk_means

PEOPLE = 40


def test_a_rate_falls_back_by_the_part_that_chance_explains() -> None:
    won, of = np.array([2.0, 5, 8, 5, 5, 5]), np.full(6, 20.0)
    found = expected(rates(won[::-1].copy(), of, won, of))
    carried = won / of  # both spans together won 30 of 120: nothing has moved everybody
    own = (won + won[::-1]) / 40
    chance = np.maximum(own * (1 - own), 0.25 * 0.75) / 20
    drawn = shrunk_means(carried, chance)
    assert found.expected == pytest.approx(drawn.value)
    assert carried[0] < found.expected[0] < 0.25 < found.expected[2] < carried[2]
    plain = (found.after - found.expected) / np.sqrt(chance + drawn.own * chance)
    wider = max(1.0, float(np.median(plain**2)) / 0.4549364231195724)
    assert found.score == pytest.approx(plain / sqrt(wider))


def test_what_moves_everybody_is_nobodys_improvement() -> None:
    before = np.array([100.0, 200, 300, 400, 500])
    found = expected(sums(before * 3, before, before**2 / 5, 50, 50))
    assert found.expected == pytest.approx(np.exp(shrunk_means(
        np.log(before / 50) + log(3), found_chance(before, before * 3, before**2 / 5)).value))  # fmt: skip
    assert not any(beyond_chance(found.score))


def found_chance(before: np.ndarray, after: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Variance of the logarithm of a level of 50 days, the squares being of 100."""
    return np.asarray(squares / 100 / 50 / ((before + after) / 100) ** 2)


@settings(max_examples=25)
@given(st.floats(1e-3, 1e6))
def test_the_currency_changes_nothing(scale: float) -> None:
    dice = np.random.default_rng(1)
    spans = _sales(dice, 0.4)
    other = Spans(
        spans.before * scale, spans.after * scale, spans.before_of, spans.after_of, spans.unit * scale**2, False
    )
    mine, theirs = expected(spans), expected(other)
    assert theirs.score == pytest.approx(mine.score, rel=1e-6)
    assert theirs.expected == pytest.approx(mine.expected * scale, rel=1e-6)


def test_with_four_people_nobody_is_judged() -> None:
    ones = np.ones(4)
    assert np.isnan(expected(rates(9 * ones, 10 * ones, ones, 10 * ones)).score).all()


def _sales(dice: np.random.Generator, spread: float, grown: float = 1.0) -> Spans:
    """Two spans of people who sell at very different rates deals of very different sizes; the first may have grown."""
    rate = dice.gamma(1 / spread**2, spread**2, PEOPLE) * 25 + 6
    told = []
    for factor in (1.0, grown):
        scale = np.where(np.arange(PEOPLE) == 0, factor, 1.0)
        deals = dice.poisson(rate * scale * (1 if factor == 1.0 else 1.1))
        amounts = [dice.lognormal(0, 0.9, int(count)) for count in np.maximum(deals, 1)]
        told.append((np.array([part.sum() for part in amounts]), np.array([(part**2).sum() for part in amounts])))
    (before, squares), (after, more) = told
    return sums(after, before, squares + more, 60, 60)


def _deals(dice: np.random.Generator, spread: float, grown: float = 0.0) -> Spans:
    """Two spans of people who win at different rates."""
    rate = np.clip(dice.normal(0.3, spread * 0.3, PEOPLE), 0.03, 0.9)
    of, of_before = (dice.integers(10, 80, PEOPLE).astype(float) for _ in range(2))
    later = np.clip(rate + grown * (np.arange(PEOPLE) == 0), 0, 0.95)
    won, before = dice.binomial(of.astype(int), later), dice.binomial(of_before.astype(int), rate)
    return rates(won.astype(float), of, before.astype(float), of_before)


@pytest.mark.parametrize("make", [_sales, _deals])
@pytest.mark.parametrize("spread", [0.1, 0.5])
def test_where_nobody_has_changed_nobody_is_named(make: object, spread: float) -> None:
    """At most one company in twenty: of 120, 12 or fewer (one in a thousand would have more by chance)."""
    dice = np.random.default_rng(7)
    named = sum(any(beyond_chance(expected(make(dice, spread)).score)) for _ in range(120))  # type: ignore[operator]
    assert named <= 12


def test_who_has_improved_is_named_most_of_the_time() -> None:
    dice = np.random.default_rng(3)
    for make, grown in ((_sales, 4.0), (_deals, 0.45)):
        found = [beyond_chance(expected(make(dice, 0.2, grown)).score)[0] for _ in range(40)]
        assert sum(found) >= 20
