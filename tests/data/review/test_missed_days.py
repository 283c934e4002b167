"""Days on which an upload was to be expected, by the rhythm of those before."""

from __future__ import annotations

from datetime import date, timedelta

from data.review.steps.data import missed_days, usual_pause
from metrics.workdays import Workdays

MAY = [date(2026, 5, 1) + timedelta(days=place) for place in range(31)]
WORKED = Workdays(tuple(day for day in MAY if day.isoweekday() < 6))


def days(*numbers: int) -> list[date]:
    return [date(2026, 5, number) for number in numbers]


def test_a_week_without_an_upload_is_missed() -> None:
    weekly = days(1, 8, 15, 22)
    assert usual_pause(weekly, date(2026, 5, 22)) == 7
    assert missed_days([*weekly, date(2026, 5, 29)], date(2026, 5, 22), date(2026, 5, 29), 7, WORKED) == []
    assert missed_days(weekly, date(2026, 5, 15), date(2026, 5, 29), 7, WORKED) == days(29)
    assert missed_days(days(1, 8, 29), date(2026, 5, 8), date(2026, 5, 29), 7, WORKED) == days(15, 22)


def test_some_days_late_is_not_missed() -> None:
    assert missed_days(days(1, 8, 18), date(2026, 5, 8), date(2026, 5, 18), 7, WORKED) == []
    assert missed_days(days(1, 8), date(2026, 5, 8), date(2026, 5, 14), 7, WORKED) == []


def test_daily_uploads_are_expected_on_working_days() -> None:
    daily = days(4, 5, 6, 7, 8, 11, 13)  # 9 and 10 May are a weekend; nothing on the 12th
    assert usual_pause(daily, date(2026, 5, 11)) == 1
    assert missed_days(daily, date(2026, 5, 8), date(2026, 5, 14), 1, WORKED) == days(12, 14)


def test_no_rhythm_no_claim() -> None:
    assert usual_pause(days(1, 8), date(2026, 5, 8)) is None  # too few
    assert usual_pause(days(1, 2, 12, 13, 30), date(2026, 5, 30)) is None  # too uneven
    assert usual_pause([], date(2026, 5, 8)) is None


def test_a_young_company_is_told_by_all_its_uploads() -> None:
    assert usual_pause(days(1, 8, 15, 22), date(2026, 5, 8)) == 7
