"""Shrinkage: published numbers, the ends between which it works, and whether its ranges hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.shrinkage import prior, shrunk_means, shrunk_rates

BATTING = np.array([
    .400, .378, .356, .333, .311, .311, .289, .267, .244, .244, .222, .222, .222, .222, .222, .200, .178, .156,
])  # fmt: skip
"""Efron and Morris (1975), table 1: eighteen players after 45 times at bat in 1970; Clemente first, Alvis last."""
BOYS = (3, 24, 104, 286, 670, 1033, 1343, 1112, 829, 478, 181, 45, 7)
"""Geissler's families in Saxony, after Lindsey and Altham (1998): how many of 6,115 had 0 to 12 boys among 12."""


def test_efron_and_morris_draw_the_batters_together() -> None:
    """Efron and Morris (1977), Stein's paradox: the factor is .212, Clemente's .400 becomes .294."""
    chance = BATTING.mean() * (1 - BATTING.mean()) / 45
    found = shrunk_means(BATTING, np.full(18, chance))
    assert found.own == pytest.approx(np.full(18, 0.212), abs=0.0005)
    assert found.value[0] == pytest.approx(0.294, abs=0.0005)
    assert found.value[16] == pytest.approx(0.247, abs=0.0005), "Munson's .178; .316 later on"


def test_the_moments_of_geisslers_families() -> None:
    """By moments, α = 34.135 and β = 31.608 (so the mean .5192 and the strength 65.743)."""
    boys = np.repeat(np.arange(13), BOYS)
    found = prior(boys, np.full(len(boys), 12))
    assert found.mean == pytest.approx(34.135 / 65.743, abs=1e-4)
    assert found.strength == pytest.approx(65.743, rel=0.002)  # n − 1 where the textbook has n


def test_members_who_are_alike_have_the_number_of_all() -> None:
    found = shrunk_rates([30, 6, 15], [100, 20, 50])
    assert found.value == pytest.approx([0.3, 0.3, 0.3])
    assert prior([30, 6, 15], [100, 20, 50])[:3] == (pytest.approx(0.3), 170, 3)


def test_with_many_cases_a_member_keeps_its_own_number() -> None:
    some, of = np.array([2_000, 5_000, 8_000, 3]), np.array([10_000, 10_000, 10_000, 3])
    found = shrunk_rates(some, of)
    assert found.value[:3] == pytest.approx([0.2, 0.5, 0.8], abs=0.001)
    assert found.own[:3].min() > 0.99
    assert found.value[3] < 0.9
    assert found.low[3] < 0.5, "three of three is little to go by"


def test_two_of_two_do_not_pass_sixty_of_a_hundred_where_members_lie_below() -> None:
    some, of = [2, 60, 40, 35, 45, 50], [2, 100, 100, 100, 100, 100]
    found = shrunk_rates(some, of)
    assert found.value[0] < found.value[1]
    assert found.low[0] < found.low[1]


def test_nothing_says_nothing() -> None:
    found = shrunk_rates([0, 3, 5], [0, 10, 10])
    assert np.isnan(found.value[0])
    assert not np.isnan(found.value[1:]).any()
    assert np.isnan(shrunk_rates([0], [0]).value).all()
    assert np.isnan(shrunk_means([np.nan, 1.0], [1.0, np.nan]).value).all()


def test_three_means_stay_as_they_are() -> None:
    found = shrunk_means([1.0, 2.0, 9.0], [1.0, 1.0, 1.0])
    assert found.value == pytest.approx([1, 2, 9])
    assert found.high - found.low == pytest.approx(np.full(3, 2 * 1.959964))


def test_one_large_deal_is_drawn_further_than_many_small_ones() -> None:
    """Two sums of 100: one deal, and a hundred of 1 each."""
    found = shrunk_means([100, 100, 40, 50, 45, 55], [100.0**2, 100, 40, 50, 45, 55], middle=65.0)
    assert found.value[0] < found.value[1]
    assert found.own[1] > 0.8 > found.own[0]


COUNTS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=12
)


@settings(max_examples=40)
@given(COUNTS)
def test_a_rate_lies_between_its_own_and_the_middle(members: list[tuple[int, int]]) -> None:
    some, of = (np.array(column, dtype=float) for column in zip(*members, strict=True))
    middle, found = prior(some, of), shrunk_rates(some, of)
    for at in range(len(members)):
        if of[at]:
            ends = sorted((some[at] / of[at], middle.mean))
            assert ends[0] - 1e-9 <= found.value[at] <= ends[1] + 1e-9
            assert 0 <= found.low[at] <= found.value[at] + 1e-12
            assert found.value[at] - 1e-12 <= found.high[at] <= 1
            assert 0 <= found.own[at] <= 1


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(0.01, 1e4)), min_size=4, max_size=10), st.floats(0.01, 1e3),
    st.floats(-1e3, 1e3),
)  # fmt: skip
def test_another_unit_changes_nothing_else(members: list[tuple[float, float]], times: float, more: float) -> None:
    values, chance = (np.array(column) for column in zip(*members, strict=True))
    one, other = shrunk_means(values, chance), shrunk_means(times * values + more, times**2 * chance)
    assert other.own == pytest.approx(one.own, abs=1e-4)
    assert other.value == pytest.approx(times * one.value + more, rel=1e-4, abs=1e-3 * (1 + times))


def test_ranges_hold_the_truth_as_often_as_they_say() -> None:
    """Members whose true rates lie around 0.4, and means around 10: some 93 to 97 of 100 ranges hold the truth."""
    dice, held, held_means, whole = np.random.default_rng(5), 0, 0, 0
    for _ in range(150):
        truth, of = dice.beta(16, 24, 30), dice.integers(2, 120, 30)
        found = shrunk_rates(dice.binomial(of, truth), of)
        held += int(((found.low <= truth) & (truth <= found.high)).sum())
        centres, chance = dice.normal(10, 2, 30), dice.uniform(0.5, 9, 30)
        drawn = shrunk_means(dice.normal(centres, np.sqrt(chance)), chance)
        held_means += int(((drawn.low <= centres) & (centres <= drawn.high)).sum())
        whole += 30
    assert 0.93 <= held / whole <= 0.98
    assert 0.93 <= held_means / whole <= 0.98


def test_the_truth_is_nearer_than_to_ones_own_number() -> None:
    dice = np.random.default_rng(11)
    truth, of = dice.beta(16, 24, 400), dice.integers(3, 60, 400)
    some = dice.binomial(of, truth)
    assert ((shrunk_rates(some, of).value - truth) ** 2).mean() < 0.5 * ((some / of - truth) ** 2).mean()
