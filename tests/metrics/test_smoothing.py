"""Exponential smoothing against published numbers, by hand, and by what must hold of any series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.forecasters import History, Method, factors, forecasts
from metrics.rolling import usual_error
from metrics.smoothing import DAMPED, HOLT, SIMPLE, WINTERS, Floats, Grid, ahead, smooth, smooth_seasons, theta

# Box & Jenkins (1976), series G: international airline passengers in thousands, January 1949 to December 1960.
AIRLINE = np.array(
    """
    112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140
    145 150 178 163 172 178 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194
    196 196 236 235 229 243 264 272 237 211 180 201 204 188 235 227 234 264 302 293 259 229 203 229
    242 233 267 269 270 315 364 347 312 274 237 278 284 277 317 313 318 374 413 405 355 306 271 306
    315 301 356 348 355 422 465 467 404 347 305 336 340 318 362 348 363 435 491 505 404 359 310 337
    360 342 406 396 420 472 548 559 463 407 362 405 417 391 419 461 472 535 622 606 508 461 390 432
    """.split(),
    float,
)
TRAIN, TEST = AIRLINE[:132], AIRLINE[132:]
WHOLE = np.array([132])


def errors(told: Floats) -> tuple[float, float]:
    """MAPE in per cent, and MASE."""
    off = np.abs(told - TEST)
    return 100 * float((off / TEST).mean()), float(off.mean()) / usual_error(TRAIN, 12)


def airline() -> dict[Method, Floats]:
    nothing = (0,) * 144
    history = History(tuple(TRAIN.tolist()), (30,) * 144, nothing, nothing, 12)
    return forecasts(history, WHOLE, 12)


def test_the_scale_of_mase_and_seasonal_naive_are_as_published() -> None:
    assert usual_error(TRAIN, 12) == pytest.approx(30.45, abs=0.005)
    mape, mase = errors(airline()[Method("seasonal_naive")][0])
    assert (mape, mase) == (pytest.approx(9.99, abs=0.005), pytest.approx(1.571, abs=0.0005))


def test_theta_is_as_published() -> None:
    mape, mase = errors(airline()[Method("theta")][0])
    assert mape == pytest.approx(5.33, abs=0.005)
    assert mase == pytest.approx(0.865, abs=0.005)


def test_holt_winters_is_as_published_with_the_published_parameters() -> None:
    """What an optimiser found for the additive damped trend with multiplicative seasons: 2.49 %, MASE 0.389.

    The library it was published with (statsmodels) carries the last month's season on without its last change; with it,
    the same parameters lie 2.51 % off.
    """
    level, season = 0.38375330, 0.61624670
    one = Grid.of((level,), (0.036636516,), (0.995,), (season / (1 - level),))
    seasons = np.array([[0.88166327, 0.9270308, 1.01809567, 0.9634739, 0.88534242, 0.97195106,
                         1.06219272, 1.04969866, 0.95702485, 0.83385375, 0.74264583, 0.86246139]])  # fmt: skip
    start = np.array([124.66257564]), np.array([2.38211939])
    found = smooth_seasons(TRAIN[None], WHOLE, seasons, one, is_share=True, start=start)
    before = smooth_seasons(TRAIN[None], WHOLE - 1, seasons, one, is_share=True, start=start)
    assert found.error[0] * 132 == pytest.approx(13_141.83, abs=0.05)
    level, changed = ahead(found, 12)[0], np.asarray(found.factors)[0]
    assert errors(level * changed)[0] == pytest.approx(2.51, abs=0.005)
    mape, mase = errors(level * np.append(changed[:11], np.asarray(before.factors)[0, 11]))
    assert mape == pytest.approx(2.49, abs=0.005)
    assert mase == pytest.approx(0.389, abs=0.0005)


def test_our_grid_fits_the_airline_series_no_worse_than_that_optimum_and_forecasts_it_well() -> None:
    found = smooth_seasons(TRAIN[None], WHOLE, factors(TRAIN, 12, is_share=True)[None], WINTERS, is_share=True)
    assert found.error[0] * 132 < 13_141.8, "its sum of squared errors"
    mape, mase = errors(airline()[Method("smoothing")][0])
    assert mape < 4
    assert mase < 0.6


def test_simple_smoothing_by_hand() -> None:
    """Level 1 begins at the mean of four values; half of each error is taken over."""
    one = Grid.of((0.5,))
    found = smooth(np.array([[2.0, 4.0, 6.0, 8.0]]), np.array([4]), one)
    # 5 → 3.5 → 3.75 → 4.875 → 6.4375; errors -3, 0.5, 2.25, 3.125
    assert found.level[0] == 6.4375
    assert found.error[0] == pytest.approx((9 + 0.25 + 2.25**2 + 3.125**2) / 4)
    assert ahead(found, 2).tolist() == [[6.4375, 6.4375]]


def test_a_straight_line_is_carried_on() -> None:
    line = np.arange(10.0, 40.0, 2.0)[None]
    told = ahead(smooth(line, np.array([15]), HOLT), 3)
    assert told[0] == pytest.approx([40, 42, 44])
    damped = ahead(smooth(line, np.array([15]), DAMPED), 3)[0]
    assert 38 < damped[0] < damped[1] < damped[2] < 44, "a trend that wears off"
    assert theta(line, np.array([15]), 2)[0] == pytest.approx([39.0, 40.0], abs=0.7), "half of the slope"


def test_classical_decomposition_finds_a_planted_season() -> None:
    planted = np.array([0.5, 1.0, 1.5, 1.0])
    series = np.tile(planted, 5) * np.linspace(100, 195, 20)
    assert factors(series, 4, is_share=True) == pytest.approx(planted, abs=0.02)
    assert factors(series - series.mean(), 4, is_share=False).mean() == pytest.approx(0, abs=1e-9)


positive = st.lists(st.floats(1, 1e6), min_size=30, max_size=40)


@settings(max_examples=15)
@given(positive, st.floats(0.01, 1000))
def test_forecasts_grow_with_the_unit(values: list[float], unit: float) -> None:
    """Thousands instead of units say the same."""
    ends, nothing = np.array([28, len(values)]), (0,) * 60
    calendar = (30,) * 60, (20, 22, 19) * 20, nothing
    told = forecasts(History(tuple(values), *calendar, 12), ends, 3)
    scaled = forecasts(History(tuple(unit * value for value in values), *calendar, 12), ends, 3)
    for one, said in told.items():
        assert scaled[one] == pytest.approx(unit * said, rel=1e-6, abs=1e-6 * unit)


@settings(max_examples=15)
@given(positive)
def test_what_comes_later_is_not_known_before(values: list[float]) -> None:
    """What is said when 28 values are known is the same whatever the others are."""
    nothing = (0,) * 60
    calendar = (30,) * 60, (20, 22, 19) * 20, nothing
    ends = np.array([28])
    changed = [*values[:28], *(7 * value + 3 for value in values[28:])]
    told, other = (forecasts(History(tuple(each), *calendar, 12), ends, 3) for each in (values, changed))
    for one, said in told.items():
        assert other[one] == pytest.approx(said)


def test_series_of_one_table_do_not_touch_each_other() -> None:
    long, short = np.array([[3.0, 5, 4, 6, 5, 7, 8]]), np.array([[9.0, 1, 5, 2, 0, 0, 0]])
    both = smooth(np.vstack([long, short]), np.array([7, 4]), SIMPLE)
    alone = smooth(short[:, :4], np.array([4]), SIMPLE)
    assert both.level[1] == alone.level[0]
    assert both.error[1] == alone.error[0]
