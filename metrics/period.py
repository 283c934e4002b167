"""Spans of days: named periods, what they are compared with, and the buckets of a trend. Pure date arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

FIRST = date(1900, 1, 1)
LAST = date(2199, 12, 31)
DAY = timedelta(days=1)
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `from_on` to `to_on`, both included.

    Attributes:
        is_partial: the as-of day falls inside it, before its last day.
        elapsed: days gone by at the as-of day; all of them once it is over, 0 before it begins.
    """

    from_on: date
    to_on: date
    is_partial: bool = False
    elapsed: int = 0

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.to_on - self.from_on).days + 1


def period(from_on: date, to_on: date, as_of: date) -> Period:
    """The period, knowing how much of it has gone by on `as_of`."""
    elapsed = max(0, (min(to_on, as_of) - from_on).days + 1)
    return Period(from_on, to_on, from_on <= as_of < to_on, elapsed)


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative), or that month's last day when it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _last_day(year, month + 1)))


def _last_day(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - DAY).day


def bucket_start(day: date, grain: str, fiscal_start: int = 1, week_start: int = 1) -> date:
    """First day of the bucket of `grain` that holds `day`.

    Args:
        day: any day.
        grain: one of catalog.GRAINS.
        fiscal_start: month in which the fiscal year begins.
        week_start: ISO weekday on which weeks begin (1 = Monday).
    """
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=(day.isoweekday() - week_start) % 7)
    first_month = fiscal_start if grain.startswith("fiscal") else 1
    months = day.year * 12 + day.month - first_month
    index = months - months % MONTHS_IN[grain] + first_month - 1
    return date(index // 12, index % 12 + 1, 1)


def bucket_next(start: date, grain: str, count: int = 1) -> date:
    """First day of the bucket `count` after the one that starts on `start` (before it when negative)."""
    if grain in MONTHS_IN:
        return add_months(start, MONTHS_IN[grain] * count)
    return start + timedelta(days=(7 if grain == "week" else 1) * count)


def buckets(from_on: date, to_on: date, grain: str, fiscal_start: int = 1, week_start: int = 1) -> list[date]:
    """First days of all buckets that hold a day of the span, in order."""
    found = [bucket_start(from_on, grain, fiscal_start, week_start)]
    while (following := bucket_next(found[-1], grain)) <= to_on:
        found.append(following)
    return found


def preset_days(preset: str, as_of: date, fiscal_start: int, week_start: int) -> tuple[date, date]:
    """First and last day of a named period, seen from `as_of`.

    "this_<grain>" and "last_<grain>" are whole buckets; "mtd", "qtd", "ytd" end on `as_of`; "last_30", "last_90" and
    "last_12_months" end on `as_of`.
    """
    which, _, grain = preset.partition("_")
    if grain in {"week", *MONTHS_IN}:
        start = bucket_start(as_of, grain, fiscal_start, week_start)
        if which == "last":
            start = bucket_next(start, grain, -1)
        return start, bucket_next(start, grain) - DAY
    to_date = {"mtd": "month", "qtd": "quarter", "ytd": "year"}
    if preset in to_date:
        return bucket_start(as_of, to_date[preset], fiscal_start, week_start), as_of
    if preset == "last_12_months":
        return add_months(as_of + DAY, -12), as_of
    return as_of - timedelta(days=int(grain) - 1), as_of


def previous(now: Period) -> Period:
    """The same length immediately before: whole months before whole months, else as many days.

    Of an unfinished period only as many days are compared as have gone by.
    """
    months = _whole_months(now)
    from_on = add_months(now.from_on, -months) if months else now.from_on - timedelta(days=now.days)
    return _elapsed(from_on, now.from_on - DAY, now)


def last_year(now: Period) -> Period:
    """The same days a year earlier; whole months stay whole (February 2025 against all of February 2024).

    Of an unfinished period only as many days are compared as have gone by.
    """
    end = add_months(now.to_on + DAY, -12) - DAY if _whole_months(now) else add_months(now.to_on, -12)
    return _elapsed(add_months(now.from_on, -12), end, now)


def _whole_months(now: Period) -> int:
    """How many whole calendar months the period is, 0 when it is not."""
    after = now.to_on + DAY
    if now.from_on.day != 1 or after.day != 1:
        return 0
    return (after.year - now.from_on.year) * 12 + after.month - now.from_on.month


def _elapsed(from_on: date, to_on: date, now: Period) -> Period:
    """The compared span, cut to the days gone by in `now` when that is unfinished."""
    if now.is_partial:
        to_on = min(to_on, from_on + timedelta(days=now.elapsed - 1))
    return Period(from_on, to_on, False, (to_on - from_on).days + 1)
