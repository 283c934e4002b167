"""Days: presets, comparisons with equal elapsed days, buckets of calendar and fiscal time."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.period import add_months, bucket_next, bucket_start, buckets
from metrics.view import PRESETS, View
from tests.metrics.conftest import view

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def days(seen: View) -> tuple[date, date]:
    assert seen.period is not None
    return seen.period.from_on, seen.period.to_on


def compared(seen: View) -> tuple[date, date]:
    assert seen.before is not None
    return seen.before.from_on, seen.before.to_on


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("this_week", date(2026, 3, 9), date(2026, 3, 15)),
        ("last_week", date(2026, 3, 2), date(2026, 3, 8)),
        ("this_month", date(2026, 3, 1), date(2026, 3, 31)),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("this_quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("last_quarter", date(2025, 10, 1), date(2025, 12, 31)),
        ("this_year", date(2026, 1, 1), date(2026, 12, 31)),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
        ("this_fiscal_year", date(2025, 4, 1), date(2026, 3, 31)),
        ("last_fiscal_year", date(2024, 4, 1), date(2025, 3, 31)),
        ("this_fiscal_quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("mtd", date(2026, 3, 1), date(2026, 3, 15)),
        ("qtd", date(2026, 1, 1), date(2026, 3, 15)),
        ("ytd", date(2026, 1, 1), date(2026, 3, 15)),
        ("last_30", date(2026, 2, 14), date(2026, 3, 15)),
        ("last_90", date(2025, 12, 16), date(2026, 3, 15)),
        ("last_12_months", date(2025, 3, 16), date(2026, 3, 15)),
    ],
)
def test_presets_seen_from_15_march_2026(preset: str, first: date, last: date) -> None:
    assert days(view(preset=preset, fiscal_start=4)) == (first, last)


def test_weeks_begin_where_the_settings_say() -> None:
    assert days(view(preset="this_week", week_start=7)) == (date(2026, 3, 15), date(2026, 3, 21))
    assert days(view(preset="this_week", week_start=6)) == (date(2026, 3, 14), date(2026, 3, 20))


def test_an_unfinished_period_knows_how_much_has_gone_by() -> None:
    quarter = view(preset="this_quarter").period
    assert quarter is not None
    assert (quarter.is_partial, quarter.elapsed, quarter.days) == (True, 74, 90)  # 31 + 28 + 15
    over = view(preset="last_quarter").period
    assert over is not None
    assert (over.is_partial, over.elapsed) == (False, 92)
    ahead = view(from_on=date(2026, 5, 1), to_on=date(2026, 5, 31)).period
    assert ahead is not None
    assert (ahead.is_partial, ahead.elapsed) == (False, 0)


def test_unfinished_periods_compare_with_as_many_days() -> None:
    assert compared(view(preset="this_quarter", compare="previous")) == (date(2025, 10, 1), date(2025, 12, 13))
    assert compared(view(preset="this_quarter", compare="last_year")) == (date(2025, 1, 1), date(2025, 3, 15))
    assert compared(view(preset="this_week", compare="previous")) == (date(2026, 3, 2), date(2026, 3, 8))
    # 74 days from 1 January of a leap year end a calendar day earlier: days are equal, not dates
    leap = View(as_of=date(2025, 3, 15), preset="this_quarter", compare="last_year")
    assert compared(leap) == (date(2024, 1, 1), date(2024, 3, 14))


def test_months_compare_with_months_and_other_spans_with_as_many_days() -> None:
    assert compared(view(preset="last_month", compare="previous")) == (date(2026, 1, 1), date(2026, 1, 31))
    quarter = view(from_on=date(2024, 1, 1), to_on=date(2024, 3, 31), compare="previous")
    assert compared(quarter) == (date(2023, 10, 1), date(2023, 12, 31))
    ten = view(from_on=date(2026, 3, 1), to_on=date(2026, 3, 10), compare="previous")
    assert compared(ten) == (date(2026, 2, 19), date(2026, 2, 28))


def test_leap_days() -> None:
    february = view(from_on=date(2025, 2, 1), to_on=date(2025, 2, 28), compare="last_year")
    assert compared(february) == (date(2024, 2, 1), date(2024, 2, 29))
    leap = view(from_on=date(2024, 2, 1), to_on=date(2024, 2, 29), compare="last_year")
    assert compared(leap) == (date(2023, 2, 1), date(2023, 2, 28))
    one = view(from_on=date(2024, 2, 29), to_on=date(2024, 2, 29), compare="last_year")
    assert compared(one) == (date(2023, 2, 28), date(2023, 2, 28))
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)


def test_nothing_to_compare_with() -> None:
    assert view(compare="previous").before is None
    assert view(to_on=date(2026, 1, 31), compare="previous").before is None  # an open beginning has no length


def test_stocks_are_read_at_the_end_but_not_after_today() -> None:
    assert view(preset="this_quarter").at == date(2026, 3, 15)
    assert view(preset="last_quarter").at == date(2025, 12, 31)
    assert view().at == date(2026, 3, 15)
    assert view(preset="last_quarter", compare="previous").at_before == date(2025, 9, 30)


@given(
    DAYS, st.sampled_from(PRESETS), st.sampled_from(("previous", "last_year")), st.integers(1, 12), st.integers(1, 7)
)
def test_comparisons_never_reach_into_the_future_nor_last_longer(
    day: date, preset: str, compare: str, fiscal_start: int, week_start: int
) -> None:
    seen = View(as_of=day, preset=preset, compare=compare, fiscal_start=fiscal_start, week_start=week_start)  # type: ignore[arg-type]
    if seen.period is None or seen.before is None:
        return
    assert seen.before.from_on <= seen.before.to_on <= day
    if seen.period.is_partial:
        assert seen.before.days <= seen.period.elapsed
    if compare == "previous":
        assert seen.before.to_on < seen.period.from_on


@given(
    DAYS,
    st.sampled_from(("day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")),
    st.integers(1, 12),
    st.integers(1, 7),
)
def test_every_day_is_in_one_bucket(day: date, grain: str, fiscal_start: int, week_start: int) -> None:
    start = bucket_start(day, grain, fiscal_start, week_start)
    assert start <= day < bucket_next(start, grain)
    assert bucket_start(start, grain, fiscal_start, week_start) == start
    assert bucket_next(bucket_next(start, grain, -1), grain) == start
    listed = buckets(day, day + timedelta(days=800), grain, fiscal_start, week_start)
    assert listed[0] == start
    assert all(bucket_next(first, grain) == second for first, second in itertools.pairwise(listed))


def test_fiscal_buckets() -> None:
    assert bucket_start(date(2026, 3, 15), "fiscal_year", 4) == date(2025, 4, 1)
    assert bucket_start(date(2026, 4, 1), "fiscal_year", 4) == date(2026, 4, 1)
    assert bucket_start(date(2026, 3, 15), "fiscal_quarter", 2) == date(2026, 2, 1)
    assert bucket_start(date(2026, 1, 15), "fiscal_quarter", 12) == date(2025, 12, 1)
