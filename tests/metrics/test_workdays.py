"""As many working days of another span: by hand, around a festival, and for any calendar."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.calendar import calendar
from metrics.workdays import Workdays

CHINA = Workdays.of(calendar(2024, 2026, "CN", 1, 1))


def test_as_far_into_the_month_before() -> None:
    june, may = date(2026, 6, 1), (date(2026, 5, 1), date(2026, 5, 31))
    assert CHINA.between(june, date(2026, 6, 17)) == 13
    # 1–5 May are off, Saturday the 9th is worked: the 13th working day is Thursday the 21st
    assert CHINA.as_far(june, date(2026, 6, 17), *may) == date(2026, 5, 21)


def test_days_off_at_the_end_come_along_where_there_are_as_many() -> None:
    june, may = date(2026, 6, 1), (date(2026, 5, 1), date(2026, 5, 31))
    sunday = date(2026, 6, 14)
    assert CHINA.between(june, sunday) == 10
    assert CHINA.as_far(june, sunday, *may) == date(2026, 5, 18)  # a Monday, and Tuesday is worked
    friday = date(2025, 8, 1), date(2025, 8, 31)
    assert CHINA.as_far(june, date(2026, 6, 7), *friday) == date(2025, 8, 7)  # the fifth, a Thursday
    assert CHINA.as_far(date(2026, 6, 1), sunday, date(2025, 9, 1), date(2025, 9, 30)) == date(
        2025, 9, 14
    )  # a Sunday too


def test_before_the_first_working_day_and_after_the_last() -> None:
    october = date(2025, 10, 1)
    assert CHINA.as_far(october, date(2025, 10, 8), date(2025, 9, 1), date(2025, 9, 30)) is None  # eight days off
    long, short = date(2025, 7, 1), (date(2025, 2, 1), date(2025, 2, 28))
    assert CHINA.as_far(long, date(2025, 7, 31), *short) == date(2025, 2, 28)


def test_festivals_are_those_of_the_company() -> None:
    assert CHINA.festivals == (date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17))
    assert Workdays.of(calendar(2025, 2026, "DE", 1, 1)).festivals == ()


@given(st.dates(date(2025, 1, 1), date(2026, 11, 30)), st.integers(0, 60), st.dates(date(2024, 1, 1), date(2026, 9, 1)))
def test_as_many_working_days_or_all_there_are(start: date, length: int, other: date) -> None:
    at, end = start + timedelta(days=length), other + timedelta(days=45)
    found = CHINA.as_far(start, at, other, end)
    gone = CHINA.between(start, at)
    if gone == 0:
        assert found is None
    else:
        assert found is not None
        assert other <= found <= end
        assert CHINA.between(other, found) == min(gone, CHINA.between(other, end))


def test_a_span_is_as_far_on_as_itself() -> None:
    start, end = date(2026, 2, 1), date(2026, 2, 28)
    for number in range(1, 28):  # the first is a Sunday
        day = start + timedelta(days=number)
        assert CHINA.as_far(start, day, start, end) == day
