"""The rest of a running period: what is left of it, what it will bring, and what cannot be lost any more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.running import Told, carried, left

WEEK = [date(2026, 3, 9) + timedelta(days=place) for place in range(7)]
KEPT = {day: day.isoweekday() < 6 for day in WEEK}
"""Monday to Sunday, of which five days are worked."""


def test_what_is_left_is_counted_in_working_days() -> None:
    assert left(KEPT, WEEK[0], WEEK[6], WEEK[0] - timedelta(days=1)) == 1
    assert left(KEPT, WEEK[0], WEEK[6], WEEK[2]) == pytest.approx((2 + 0.2) / 5.2)
    assert left(KEPT, WEEK[0], WEEK[6], WEEK[4]) == pytest.approx(0.2 / 5.2), "a weekend is little, not nothing"
    assert left(KEPT, WEEK[0], WEEK[6], WEEK[6]) == 0
    assert left({}, WEEK[0], WEEK[6], WEEK[1]) == pytest.approx(5 / 7), "without a calendar days are days"


def test_by_hand() -> None:
    told = carried(Told(100, 60, 140), 90, 0.25, can_fall=False)
    assert told == (115, 95, 135), "90 and a quarter of 100; 40 times the root of a quarter to each side"
    assert carried(Told(100, 60, 140), 110, 0.01, can_fall=False).at_least == 110
    assert carried(Told(100, 60, 140), 110, 0.01, can_fall=True).at_least == pytest.approx(107)


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0.001, 1e9), st.floats(0.01, 1))
def test_nothing_that_is_won_is_lost_and_no_range_is_none(
    so_far: float, whole: float, reach: float, rest: float
) -> None:
    told = carried(Told(whole, max(whole - reach, 0), whole + reach), so_far, rest, can_fall=False)
    assert so_far <= told.at_least <= told.forecast <= told.at_most
    assert told.at_most - so_far == pytest.approx(whole * rest + reach * rest**0.5, rel=1e-6, abs=1e-6)
