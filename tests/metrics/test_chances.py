"""Chances of open deals by hand, and sums of deals against what is exact: means, variances, Poisson-binomial counts."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.chances import HALVED_AFTER, Weighed, apart, futures, recency, shifted, shocks, table, with_chances
from metrics.odds import PRIOR

ONE, TWO = date(2026, 1, 5), date(2026, 2, 2)
HISTORY = pl.DataFrame(
    [
        (ONE, "P", "talk", 3, 10, 2), (ONE, "P", "talk", 40, 10, 1), (ONE, "P", "sign", 1, 10, 9),
        (TWO, "P", "talk", 5, 10, 4), (TWO, "P", "talk", 45, 10, 3), (TWO, "P", "sign", 2, 10, 8),
    ],
    ("at_day", "pipeline", "stage", "days", "deals", "won"),
    orient="row",
)  # fmt: skip


def test_a_chance_is_the_share_won_of_those_that_stood_there_as_long_leaning_on_the_stage() -> None:
    made = {(row["stage"], row["from_days"]): row for row in table(HISTORY).iter_rows(named=True)}
    whole = 27 / 60
    of_talk = (10 + PRIOR * whole) / (40 + PRIOR)
    assert made["talk", 0]["chance"] == pytest.approx((6 + PRIOR * of_talk) / (20 + PRIOR))
    assert made["talk", 30]["chance"] == pytest.approx((4 + PRIOR * of_talk) / (20 + PRIOR))
    standing = pl.DataFrame(
        {"pipeline": ["P"] * 3 + ["Q"], "stage": ["talk", "talk", "new", "talk"], "days": [6, 99, 1, 1]}
    )
    got = with_chances(standing, table(HISTORY))["chance"].to_list()
    assert got[:3] == pytest.approx([made["talk", 0]["chance"], of_talk, whole])  # an age, a stage nobody had
    assert got[3] is None


def test_a_shock_is_how_much_better_or_worse_a_time_was() -> None:
    met = shocks(HISTORY, table(HISTORY))
    assert met["won"].to_list() == [12, 15]
    low, high = met["shock"].to_list()
    assert low < 0 < high
    odds = with_chances(HISTORY, table(HISTORY))
    first = odds.filter(pl.col("at_day") == ONE)
    said = shifted(first["chance"].to_numpy(), low) * first["deals"].to_numpy()
    assert said.sum() == pytest.approx(12, abs=1e-6)


def _single(chance: list[float], amount: list[float]) -> Weighed:
    odds, money = np.array(chance), np.array(amount)
    return Weighed(odds, money, money**2, np.ones(len(odds)))


@given(
    st.lists(st.tuples(st.floats(0.02, 0.98), st.floats(1, 1000)), min_size=1, max_size=30),
    st.integers(0, 2**32 - 1),
)
def test_simulated_sums_have_the_exact_mean_and_variance(deals: list[tuple[float, float]], seed: int) -> None:
    weighed, draws = _single([p for p, _ in deals], [a for _, a in deals]), 2_000
    sums = futures(weighed, np.zeros(1), np.zeros(1), draws, seed)[:, 0]
    error = weighed.spread / draws**0.5
    assert abs(sums.mean() - weighed.mean) <= 5 * error + 1e-9
    assert weighed.mean == pytest.approx(sum(p * a for p, a in deals))
    assert weighed.spread**2 == pytest.approx(sum(p * (1 - p) * a**2 for p, a in deals))


def test_how_many_are_won_is_poisson_binomial() -> None:
    chance = [0.1, 0.5, 0.9, 0.3]
    exact = np.array([1.0])
    for one in chance:  # by dynamic programming
        exact = np.append(exact * (1 - one), 0) + np.append(0, exact * one)
    counts = futures(_single(chance, [1.0] * 4), np.zeros(1), np.zeros(1), 40_000)[:, 0]
    seen = np.bincount(counts.astype(int), minlength=5) / 40_000
    assert seen == pytest.approx(exact, abs=4 * 0.5 / 40_000**0.5)


def test_many_small_deals_together_are_as_good_as_one_by_one() -> None:
    alone = _single([0.3] * 400, [10.0] * 400)
    together = Weighed(np.array([0.3]), np.array([4000.0]), np.array([400 * 100.0]), np.array([400.0]))
    one, other = (futures(which, np.zeros(1), np.zeros(1))[:, 0] for which in (alone, together))
    assert one.mean() == pytest.approx(other.mean(), rel=0.01)
    assert one.std() == pytest.approx(other.std(), rel=0.08)


def test_good_and_bad_times_widen_the_range_and_new_deals_come_with_them() -> None:
    weighed = _single([0.4] * 200, [1.0] * 200)
    calm = futures(weighed, np.zeros(2), np.zeros(2))[:, 0]
    rough = futures(weighed, np.array([-0.8, 0.8]), np.array([5.0, 50.0]))
    assert rough[:, 0].std() > 2 * calm.std()
    assert np.corrcoef(rough[:, 0], rough[:, 1])[0, 1] > 0.8
    assert futures(weighed, np.zeros(0), np.zeros(0)).shape == (0, 2)


def test_late_days_are_met_more_often_than_early_ones() -> None:
    weights = recency(13)
    assert weights.sum() == pytest.approx(1)
    assert weights[-1 - HALVED_AFTER] == pytest.approx(weights[-1] / 2)
    weighed = _single([0.5], [1.0])
    new = futures(weighed, np.zeros(13), np.arange(13.0), draws=1_000)[:, 1]
    assert len(new) == 1_000
    assert new.mean() == pytest.approx((weights * np.arange(13)).sum(), rel=0.02)
    assert new.mean() > 6  # the mean of all


def test_days_are_drawn_apart_as_far_as_the_next_one_is_unknown() -> None:
    values, alike = np.arange(13.0), np.full(13, 1 / 13)
    wider = 1.35622 / 1.28155 * (1 + 1 / 13) ** 0.5  # t with 12 degrees of freedom and z at 90 %, from printed tables
    assert apart(values, alike) == pytest.approx(6 + wider * (values - 6), rel=1e-3)
    dice, inside = np.random.default_rng(3), []
    for _ in range(4_000):  # of thirteen normal values, and the next one
        *known, following = dice.standard_normal(14)
        drawn = apart(np.array(known), alike)
        reach = 1.2816 * drawn.std(ddof=1)
        inside.append(abs(following - drawn.mean()) <= reach)
    assert np.mean(inside) == pytest.approx(0.8, abs=0.02)
    assert apart(np.array([1.0, 3.0]), np.full(2, 0.5)).tolist() == [1.0, 3.0]  # of two, nobody can tell
