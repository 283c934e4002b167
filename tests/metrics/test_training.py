"""What a training brings: the line by hand, Student's t by its tables, and trainings without any effect."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.student import quantile, tail
from metrics.training import Effect, Training, effect, spans_around

TABLE = [(1, 12.7062), (2, 4.3027), (5, 2.5706), (10, 2.2281), (30, 2.0423), (120, 1.9799)]


@pytest.mark.parametrize(("freedom", "value"), TABLE)
def test_students_t_is_that_of_the_tables(freedom: float, value: float) -> None:
    assert quantile(0.975, freedom) == pytest.approx(value, abs=2e-4)
    assert tail(value, freedom) == pytest.approx(0.025, abs=1e-5)
    assert tail(0.0, freedom) == pytest.approx(0.5)


def test_the_trained_are_held_against_others_of_the_same_level() -> None:
    """Without noise the line is exact: half of an early difference lasts, and the training brought 3."""
    before = np.array([2.0, 4, 6, 8, 1, 3, 5, 9])
    trained = np.array([True, True, True, False, False, False, False, False])
    found = effect(before, 10 + before / 2 + 3 * trained, trained)
    assert (found.effect, found.kept, found.middle) == pytest.approx((3, 0.5, 10))


def test_hand_worked_groups_of_one_level() -> None:
    """Where all were alike before, the effect is the difference of means; HC3 of a mean of n leaves n ÷ (n − 1)."""
    trained = np.array([True] * 4 + [False] * 6)
    after = np.array([4.0, 6, 5, 5, 1, 3, 2, 2, 1, 3])
    found = effect(np.full(10, 7.0), after, trained)
    spread = sum(((part - part.mean()) ** 2).sum() / (part.size - 1) ** 2 for part in (after[:4], after[4:]))
    assert found.effect == pytest.approx(3)
    half = (found.high - found.low) / 2
    assert half / np.sqrt(spread) == pytest.approx(quantile(0.975, _freedom(after)), rel=1e-6)
    assert found.p_value < 0.01


def _freedom(after: np.ndarray) -> float:
    parts = [((part - part.mean()) ** 2).sum() / (part.size - 1) ** 2 for part in (after[:4], after[4:])]
    return float(sum(parts) ** 2 / (parts[0] ** 2 / 3 + parts[1] ** 2 / 4))


@settings(max_examples=25)
@given(st.floats(1e-3, 1e5), st.floats(-100, 100))
def test_scale_and_origin_change_nothing(scale: float, moved: float) -> None:
    dice = np.random.default_rng(5)
    before, after, trained = dice.normal(5, 1, 20), dice.normal(6, 1, 20), np.arange(20) < 6
    plain, other = effect(before, after, trained), effect(before * scale, after * scale + moved, trained)
    assert other.effect == pytest.approx(plain.effect * scale, rel=1e-6, abs=1e-6)
    assert other.p_value == pytest.approx(plain.p_value, rel=1e-4)


def _people(dice: np.random.Generator, kind: str, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Levels before and after of people who have not changed."""
    if kind == "rate":
        rate = np.clip(dice.normal(0.3, 0.08, count), 0.03, 0.9)
        of, of_before = dice.integers(8, 80, count), dice.integers(8, 80, count)
        return dice.binomial(of_before, rate) / of_before, dice.binomial(of, rate) / of, of.astype(float)
    rate = dice.gamma(6, 4, count) + 4
    before, after = (
        np.array([dice.lognormal(0, 0.9, int(n)).sum() for n in dice.poisson(rate * by)]) for by in (1, 1.2)
    )
    return before, after, None


@pytest.mark.parametrize("kind", ["rate", "sum"])
@pytest.mark.parametrize("chosen", ["lot", "worst", "best"])
def test_a_training_without_effect_has_none(kind: str, chosen: str) -> None:
    """Placebo: whoever is sent, also the worst, who would have risen anyway. The interval misses 0 in under 8 %."""
    dice = np.random.default_rng(11)
    missed, found = 0, []
    for _ in range(150):
        before, after, weight = _people(dice, kind, 24)
        order = dice.permutation(24) if chosen == "lot" else np.argsort(before if chosen == "worst" else -before)
        trained = np.zeros(24, dtype=bool)
        trained[order[:7]] = True
        one = effect(before, after, trained, weight)
        missed += not one.low <= 0 <= one.high
        found.append(one.effect / after.mean())
    assert missed <= 16  # 4 to 6 in 100 are missed: more than 16 of 150 come by chance once in a hundred runs
    assert abs(float(np.mean(found))) < 0.08  # of the level; a line is not quite the law where cases differ tenfold


def test_without_the_line_the_worst_would_seem_to_have_learned() -> None:
    """What the line is for: by their own past alone, the worst rise without any training."""
    dice = np.random.default_rng(2)
    rises = []
    for _ in range(100):
        before, after, _ = _people(dice, "rate", 24)
        worst = np.argsort(before)[:7]
        rest = np.argsort(before)[7:]
        rises.append((after - before)[worst].mean() - (after - before)[rest].mean())
    assert float(np.mean(rises)) > 0.05


def test_an_effect_is_found() -> None:
    dice = np.random.default_rng(4)
    found: list[Effect] = []
    for _ in range(60):
        before, after, weight = _people(dice, "rate", 30)
        trained = dice.permutation(30) < 10
        found.append(effect(before, after + 0.15 * trained, trained, weight))
    assert float(np.mean([one.effect for one in found])) == pytest.approx(0.15, abs=0.02)
    assert sum(one.low > 0 for one in found) >= 40


def test_the_days_around_a_training() -> None:
    held = Training(training="x", held_on=date(2026, 1, 15), reps=("a",))
    assert spans_around(held, date(2026, 3, 1)) is None  # 46 days have gone by
    seen = spans_around(held, date(2026, 4, 14))
    assert seen is not None
    assert seen.period is not None
    assert seen.before is not None
    assert (seen.period.from_on, seen.period.to_on) == (date(2026, 1, 15), date(2026, 4, 14))
    assert (seen.before.from_on, seen.before.to_on) == (date(2025, 10, 17), date(2026, 1, 14))  # as many days
    late = spans_around(held, date(2027, 4, 14))
    assert late is not None
    assert late.period is not None
    assert late.period.days == 180
