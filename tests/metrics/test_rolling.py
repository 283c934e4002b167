"""Forecasts tried on the past: the choice, its errors and its ranges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.forecasters import History, Method
from metrics.rolling import LEAST_PERIODS, days_back, held, judge, moved, smape, trust, usual_error


def history(values: list[float] | np.ndarray, season: int = 12, steps: int = 12) -> History:
    count = len(values) + steps
    nothing = (0,) * count
    return History(tuple(map(float, values)), (30,) * count, nothing, nothing, season)


def seasonal(years: float, noise: float = 0.05, seed: int = 1) -> np.ndarray:
    time = np.arange(int(12 * years))
    rng = np.random.default_rng(seed)
    yearly = 1 + 0.4 * np.sin(2 * np.pi * time / 12)
    return np.asarray(1000 * 1.01**time * yearly * np.exp(noise * rng.standard_normal(len(time))))


def test_fewer_than_a_year_of_months_are_no_basis() -> None:
    assert judge(history([5.0] * (LEAST_PERIODS - 1)), 3) is None
    assert judge(history([5.0, 6] * (LEAST_PERIODS // 2)), 3) is not None


def test_looks_begin_where_methods_can_know_a_season() -> None:
    assert days_back(48, 12).tolist() == list(range(24, 48))
    assert days_back(28, 12).tolist() == [24, 25, 26, 27]
    assert days_back(27, 12).min() == 12, "one season: last year's values, no season learnt"
    assert days_back(15, 12).min() == 7
    assert days_back(200, 52).min() == 174, "half a year of weeks is enough"


def test_a_season_that_repeats_is_forecast_better_than_by_last_years_values() -> None:
    series = seasonal(6)
    found = judge(history(series[:60]), 6)
    assert found is not None
    assert found.is_seasonal
    done = trust(found)
    assert done is not None
    assert done.mase < 0.7 * done.simple, "growth is seen, noise is smoothed"
    assert np.abs(np.array(found.told) / series[60:66] - 1).max() < 0.2
    assert done.within == pytest.approx(0.8, abs=0.15)


def test_without_two_seasons_there_is_none() -> None:
    found = judge(history(seasonal(2)), 3)
    assert found is not None
    assert not found.is_seasonal
    assert found.benchmark == Method("seasonal_naive")
    short = judge(history(seasonal(1.25)), 3)
    assert short is not None
    assert short.benchmark == Method("naive"), "no value of a year before"


def test_working_days_are_learnt_where_they_decide() -> None:
    """A series that is nothing but its working days, a day off being a tenth of one: known with them, not without."""
    rng = np.random.default_rng(3)
    worked = rng.integers(12, 24, 52)
    values = 50.0 * (worked + 0.1 * (30 - worked))
    whole = History(tuple(values[:48].tolist()), (30,) * 52, tuple(worked.tolist()), (0,) * 52, 12)
    found = judge(whole, 4)
    assert found is not None
    assert found.chosen.calendar == "workdays"
    assert found.told == pytest.approx(values[48:].tolist(), rel=1e-6)
    assert min(error.mase for error in found.errors if error.method.calendar == "none") > 0.3


def test_a_moving_festival_is_learnt() -> None:
    """The festival falls into January, February, February, January, and takes three quarters of its days."""
    workdays = np.full(52, 20)
    festive = np.zeros(52, int)
    festive[[0, 13, 25, 36, 49]] = 18
    values = 10.0 * (workdays - 0.75 * festive)[:48]
    whole = History(tuple(values.tolist()), (30,) * 52, tuple(workdays.tolist()), tuple(festive.tolist()), 12)
    found = judge(whole, 4)
    assert found is not None
    assert found.chosen.calendar == "festival"
    assert found.told[1] == pytest.approx(10 * (20 - 0.75 * 18), rel=0.15)
    assert found.told[0] == pytest.approx(200, rel=0.1)


def test_nothing_but_chance_is_not_called_better() -> None:
    """Of pure noise around a level, ranges hold about four of five."""
    inside = count = 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        found = judge(history(1000 + 100 * rng.standard_normal(60)), 3)
        done = trust(found) if found else None
        assert done is not None
        inside += round(done.within * done.told)
        count += done.told
    assert inside / count == pytest.approx(0.8, abs=0.1)


@settings(max_examples=30)
@given(st.lists(st.floats(-1e5, 1e6), min_size=12, max_size=40), st.sampled_from([12, 52]))
def test_ranges_hold_their_forecast_and_widen(values: list[float], season: int) -> None:
    if not any(values):
        return
    found = judge(history(values, season), 4)
    assert found is not None
    told, low, high = map(np.array, (found.told, found.at_least, found.at_most))
    assert np.isfinite([*told, *low, *high]).all()
    assert (low <= told + 1e-6).all()
    assert (told <= high + 1e-6).all()
    if min(values) > 0:
        assert (low >= 0).all()
    elif not found.is_seasonal:
        assert (np.diff(high - low) >= -1e-6 * np.abs(high).max()).all(), "of the same usual error"
        assert (high - told >= moved(np.array(values), 4) - 1e-6 * np.abs(high).max()).all()


def test_ranges_of_a_steady_season_widen_with_time() -> None:
    found = judge(history(seasonal(6)), 6)
    assert found is not None
    share = (np.array(found.at_most) - found.told) / found.told
    assert (np.diff(share) >= -1e-9).all()


def test_how_far_a_series_moves() -> None:
    assert moved(np.array([1.0, 3, 2, 6, 5]), 3).tolist() == [4, 4, 5], "of 2 1 4 1, of 1 3 3, of 5 2: the largest"
    assert moved(np.array([5.0, 5, 5]), 4).tolist() == [0, 0, 0, 0]


def test_zeros_gaps_and_returns_are_forecast_too() -> None:
    for values in ([0.0] * 20 + [5.0] * 4, [0.0, 9.0] * 15, [-5.0, 8.0, 3.0] * 10, [7.0] * 40):
        found = judge(history(values), 3)
        assert found is not None
        assert np.isfinite(found.told).all()
    constant = judge(history([7.0] * 40), 3)
    assert constant is not None
    assert constant.told == pytest.approx([7, 7, 7])
    assert constant.at_most == pytest.approx([7, 7, 7])


def test_errors_by_hand() -> None:
    assert smape(np.array([1.0, 0.0]), np.array([3.0, 0.0])) == pytest.approx(0.5), "4 / 4 = 1 and 0, of two"
    assert held(np.array([5.0, 1, 4, 2, 3, 9, 8, 7, 6])) == 8, "the eighth of nine: 10 · 0.8"
    assert held(np.array([2.0, 1.0])) == 2
    assert usual_error(np.array([1.0, 3, 2]), 12) == 1.5, "of the last value, where there is no year before"
    assert usual_error(np.zeros(5), 12) == 1


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from([-50.0, 0.0, 7.0, 900.0, 40000.0]), min_size=8, max_size=8), st.integers(0, 3))
def test_what_comes_later_changes_no_forecast_of_the_past(late: list[float], seed: int) -> None:
    series = seasonal(4, 0.2, seed)
    before, after = judge(history(series), 3), judge(history([*series[:40], *late]), 3)
    assert before is not None
    assert after is not None
    first, second = ({(one.known, one.step): one[2:6] for one in found.past if one.known <= 40}
                     for found in (before, after))  # fmt: skip
    both = first.keys() & second.keys()
    assert len(both) > 20
    assert all(first[key][0] == second[key][0] for key in both)
    assert all(first[key][1:] == pytest.approx(second[key][1:]) for key in both)


def test_a_single_month_without_sales_lets_nothing_fall_below_nothing() -> None:
    series = seasonal(4, 0.6)
    series[[20, 47]] = 0
    found = judge(history(series), 6)
    assert found is not None
    assert min(found.at_least) >= 0
    assert min(one.at_least for one in found.past) >= 0
    series[20] = -1
    returns = judge(history(series), 6)
    assert returns is not None
    assert min(returns.at_least) < 0, "what was below nothing may be so again"


def test_a_festival_that_was_seen_once_is_not_taken_out() -> None:
    for years, is_there in ((2, False), (5, True)):
        series = seasonal(years)
        festive = tuple(10 if month % 12 == 1 else 0 for month in range(len(series) + 12))
        calendar = (30,) * len(festive), tuple(20 + month % 3 for month in range(len(festive))), festive
        series = series * (1 - np.array(festive[: len(series)]) * 0.04)
        found = judge(History(tuple(map(float, series)), *calendar, 12), 3)
        assert found is not None
        assert any(error.method.calendar == "festival" for error in found.errors) == is_there


def test_of_too_few_looks_the_plain_default_is_taken() -> None:
    festive = (0,) * 26
    workdays = tuple(18 + month % 5 for month in range(26))
    found = judge(History(tuple(map(float, seasonal(14 / 12))), (30,) * 26, workdays, festive, 12), 3)
    assert found is not None
    assert found.past
    assert found.past[0].method == Method("combination"), "nothing had been tried"


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("months", [12, 14, 28, 29])
def test_a_forecast_always_has_a_range(steps: int, months: int) -> None:
    found = judge(history(seasonal(months / 12)), steps)
    assert found is not None
    assert all(one.at_least < one.forecast < one.at_most for one in found.coming)
