"""Individuals charts and p′ by hand, and how often the three rules speak of nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import xmr
from metrics.xmr import Signal

STEADY = [10, 12, 11, 13, 12, 14, 11, 13]


def test_limits_by_hand() -> None:
    found = xmr.individuals(STEADY)
    usual = (2 + 1 + 2 + 1 + 2 + 3 + 2) / 7
    assert found.centre[0] == 12
    assert found.upper[3] == pytest.approx(12 + 2.66 * usual)
    assert found.lower[3] == pytest.approx(12 - 2.66 * usual)
    assert found.most == pytest.approx(3.268 * usual)
    assert [float(move) for move in found.moves[1:]] == [2, 1, 2, 1, 2, 3, 2]
    assert found.away[5] == pytest.approx(3 * 2 / (2.66 * usual))
    assert xmr.signals(found.away) == []


def test_limits_of_a_rate_follow_its_cases() -> None:
    found = xmr.rates([10, 20, 30], [100, 100, 200])
    few, many = (0.15 * 0.85 / 100) ** 0.5, (0.15 * 0.85 / 200) ** 0.5
    spread = (0.1 / few + 0.05 / few) / 2 / 1.128  # from −0.05 to 0.05 in spreads of 100 cases, then back to the mean
    assert found.centre[2] == pytest.approx(0.15)
    assert found.upper[0] == pytest.approx(0.15 + 3 * few * spread)
    assert found.upper[2] == pytest.approx(0.15 + 3 * many * spread)
    assert found.lower[0] == 0.0  # 0.15 − 0.199 is no rate
    assert found.most == pytest.approx(3.268 * (0.1 + 0.05) / 2)


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        ([0, 0.5, 3.1, -0.2], [Signal("outside", 2, 2, 1)]),
        ([0, -3.5, 0, 0], [Signal("outside", 1, 1, -1)]),
        ([0, 1.6, 0, 1.7, 1.8, 0], [Signal("near", 1, 4, 1)]),
        ([0, 1.6, 0, -1.7, 1.8, 0], []),  # not all on one side
        ([0, 1.6, 0, 0, 1.7, 1.8], []),  # three of five
        ([0.1] * 7 + [-0.1], []),
        ([0.1] * 8, [Signal("run", 0, 7, 1)]),
        ([0.1] * 4 + [0.0] + [0.1] * 4, []),  # a point on the mean lies on neither side
        ([-0.1] * 10 + [0.2], [Signal("run", 0, 9, -1)]),
        ([0.5, 1.6, 1.6, 1.6, 1.6, 1.6, 0.2], [Signal("near", 1, 5, 1)]),
    ],
)
def test_each_rule(away: list[float], expected: list[Signal]) -> None:
    assert xmr.signals(away) == expected


def test_a_planted_shift_is_found_and_equal_numbers_are_not() -> None:
    rng = np.random.default_rng(3)
    shifted = [*rng.normal(100, 5, 16), *rng.normal(125, 5, 8)]
    found = xmr.signals(xmr.individuals(shifted).away)
    assert any(one.side == 1 and one.last == 23 for one in found)
    assert xmr.signals(xmr.individuals([0.1 + 0.2] * 12).away) == []
    assert xmr.signals(xmr.rates([5] * 12, [5] * 12).away) == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=40), st.floats(-1e6, 1e6), st.floats(0.1, 100))
def test_units_do_not_matter(values: list[float], shift: float, times: float) -> None:
    first, second = xmr.individuals(values), xmr.individuals([shift + times * value for value in values])
    reach = first.upper[0] - first.lower[0]
    if reach > 1e-3:  # below, rounding decides
        assert second.away == pytest.approx(first.away, abs=1e-4)


@pytest.mark.parametrize(("count", "told"), [(12, 0.03), (24, 0.11), (52, 0.28)])
def test_false_alarms_are_as_often_as_the_page_says(count: int, told: float) -> None:
    """What `question.usual_help` states, on noise in which nothing changes."""
    rng = np.random.default_rng(count)
    noise = rng.normal(100, 10, (1500, count))
    cases = rng.integers(60, 400, (1500, count))
    rates = rng.binomial(cases, 0.3)
    singles = sum(bool(xmr.signals(xmr.individuals(row).away)) for row in noise) / 1500
    shares = sum(bool(xmr.signals(xmr.rates(*row).away)) for row in zip(rates, cases, strict=True)) / 1500
    assert singles == pytest.approx(told, abs=0.035)
    assert shares == pytest.approx(told, abs=0.035)
