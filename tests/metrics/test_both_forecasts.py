"""A quarter by its months: what is finished, the rest of the running month, and nothing below what is won."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.ahead import Series
from metrics.both_forecasts import closer, months_of
from metrics.forecasters import History, Method
from metrics.period import Period, add_months
from metrics.rolling import Judged

STARTS = tuple(add_months(date(2025, 1, 1), month) for month in range(14))
LATER = tuple(add_months(date(2026, 3, 1), month) for month in range(3))
QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))
EVERY_DAY: dict[date, bool] = {}
"""No calendar: every day counts alike."""


def series(last: float = 30.0, forecast: float = 31.0, reach: float = 10.0) -> Series:
    """Fourteen months until February 2026, and a forecast of March."""
    values = (20.0,) * 13 + (last,)
    history = History(values, (30,) * 17, (0,) * 17, (0,) * 17, 12)
    told = (forecast,) * 3
    low, high = (forecast - reach,) * 3, (forecast + reach,) * 3
    judged = Judged(Method("naive"), Method("naive"), told, low, high, (), (), is_seasonal=False, looks=0)
    return Series(STARTS, LATER, 0.0, history, judged, EVERY_DAY, 1.0)


def test_by_hand() -> None:
    told = months_of(series(), QUARTER, date(2026, 3, 30), 110.0)
    assert told["amount"] == pytest.approx(110 + 1), "one of 31 days is left of 31"
    assert told["at_most"] == pytest.approx(111 + 10 / 31**0.5)
    assert told["at_least"] == 110, "what is won stays won"
    before = months_of(series(), QUARTER, date(2026, 2, 28), 50.0)
    assert before["amount"] == pytest.approx(50 + 31), "March has not begun"


def test_months_that_may_be_below_nothing_may_take_some_back() -> None:
    told = months_of(series(last=-5.0), QUARTER, date(2026, 3, 30), 60.0)
    assert told["at_least"] == pytest.approx(61 - 10 / 31**0.5)


def test_a_month_without_a_forecast_leaves_the_quarter_without_one() -> None:
    assert months_of(series(), QUARTER, date(2026, 1, 15), 5.0)["amount"] is None, "nothing was said in January"


@given(st.floats(50, 1e6), st.integers(1, 30), st.floats(0, 1e6), st.floats(0.1, 1e6))
def test_nothing_lies_below_what_is_won(won: float, day: int, forecast: float, reach: float) -> None:
    told = months_of(series(forecast=forecast, reach=reach), QUARTER, date(2026, 3, day), won)
    assert told["at_least"] is not None
    assert told["amount"] is not None
    assert told["at_most"] is not None
    assert won <= told["at_least"] <= told["amount"] <= told["at_most"]


@pytest.mark.parametrize(
    ("landing", "months", "expected"),
    [
        ((0.0189, 0.0189, 0.0189, 0.0189), (0.0191, 0.0191, 0.0191, 0.0191), "landing"),
        ((0.01, 0.03, 0.02, 0.0156), (0.03, 0.01, 0.02, 0.0164), None),
        ((0.01, 0.01, 0.01), (0.5, 0.6, 0.7), None),
        ((0.5, 0.6, 0.7, 0.4), (0.01, 0.02, 0.01, 0.3), "months"),
        ((0.1, 0.1, 0.1, 0.1), (0.1, 0.1, 0.1, 0.1), None),
        ((), (), None),
    ],
    ids=["always a little", "now one, now the other", "three", "mostly", "alike", "none"],
)
def test_the_one_that_lay_closer_beyond_a_standard_error_is_believed(
    landing: tuple[float, ...], months: tuple[float, ...], expected: str | None
) -> None:
    assert closer(landing, months) == expected
