"""Two shares against each other: published p-values, and how often chance alone is named."""

from __future__ import annotations

import random

import pytest

from metrics.proportions import differ, discoveries


def test_fishers_tea() -> None:
    """Fisher (1935), ch. 2: a lady told 3 of 4 cups right; two-sided p = 34/70."""
    assert differ(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert differ(4, 4, 0, 4) == pytest.approx(2 / 70)


def test_large_numbers_take_the_normal_test() -> None:
    """Agresti, Categorical Data Analysis: aspirin, 104 of 11,037 against 189 of 11,034 infarctions; z = 5.00."""
    assert differ(104, 11_037, 189, 11_034) == pytest.approx(5.73e-7, rel=0.02)
    assert differ(189, 11_034, 104, 11_037) == differ(104, 11_037, 189, 11_034)


def test_nothing_differs_from_nothing() -> None:
    assert differ(0, 0, 5, 9) == differ(5, 9, 0, 0) == 1
    assert differ(0, 7, 0, 9) == pytest.approx(1) == differ(7, 7, 9, 9)


def test_benjamini_and_hochbergs_own_example() -> None:
    """Their table of 15 p-values (thrombolysis): at 0.05 the four smallest stand."""
    p_values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
        0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    assert sum(discoveries(p_values)) == 4
    assert discoveries(p_values[::-1]) == [False] * 11 + [True] * 4
    assert discoveries([]) == []


def test_chance_alone_is_named_as_rarely_as_stated() -> None:
    dice = random.Random(7)
    named = 0
    for _ in range(400):  # five stages each, all alike
        sides = [sum(dice.random() < 0.6 for _ in range(80)) for _ in range(10)]
        named += any(discoveries([differ(a, 80, b, 80) for a, b in zip(sides[::2], sides[1::2], strict=True)]))
    assert named / 400 <= 0.08


def test_what_was_not_judged_is_no_claim_and_makes_no_other_one_harder() -> None:
    judged = [0.02, 0.04, 0.9]
    assert discoveries(judged) == [False, False, False]  # 0.02 > 0.05 / 3
    assert discoveries([0.02, None, 0.04, None, None]) == [True, False, True, False, False]  # as of two
    assert discoveries([None, None]) == [False, False]
