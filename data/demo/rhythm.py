"""When things happen: workdays, weekdays, seasons, growth, and the Spring Festival."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache

import holidays
import numpy as np

from data.demo.words import Flags, Floats, Ints

START = date(2023, 4, 1)
"""The day the company began to use its CRM."""
AS_OF = date(2026, 6, 17)
"""The day of the last export: a Wednesday, 77 days into its quarter of 91."""
SPRING_FESTIVALS = (date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17))
"""First days of the lunar year inside the three years."""

NEVER = 9_999_999
"""A day that does not come."""
_MARGIN = 450
_WEEKDAYS = np.array([1.05, 1.12, 1.1, 1.0, 0.82, 0.06, 0.03])
_MONTHS = np.array([0.86, 0.82, 1.14, 1.05, 1.04, 1.1, 0.94, 0.92, 1.08, 0.97, 1.06, 1.08])


def number(day: date) -> int:
    """Days since 1970-01-01, the form in which all days are kept until they become dates."""
    return (day - date(1970, 1, 1)).days


def months_since_start(days: Ints) -> Ints:
    """Count months: 0 for the month of START, 1 for the next."""
    months = np.asarray(days, dtype="datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months - np.int64(np.datetime64(START, "M").astype(np.int64))


@cache
def _free_days() -> Flags:
    """Weekends and China's public holidays, make-up workdays taken out, from START - 450 days to AS_OF + 450 days."""
    days = np.arange(number(START) - _MARGIN, number(AS_OF) + _MARGIN)
    years = range(START.year - 2, AS_OF.year + 3)
    country = holidays.country_holidays("CN", years=years)
    weekend = (days + 3) % 7 >= 5
    public = np.isin(days, [number(day) for day in country])
    made_up = np.isin(days, [number(day) for day in country.weekend_workdays])
    return np.asarray((weekend & ~made_up) | public)


@dataclass(frozen=True)
class Rhythm:
    """The calendar. `festival` is the share of the usual work done around the Spring Festival, 1 = all."""

    festival: float
    first: int = field(default=number(START))
    last: int = field(default=number(AS_OF))

    def weights(self, first: int, last: int, growth: float) -> Floats:
        """How much happens on each day from `first` to `last`, `growth` a year added."""
        days = np.arange(first, last + 1)
        month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
        free = _free_days()[days - (number(START) - _MARGIN)]
        usual = _WEEKDAYS[(days + 3) % 7] * _MONTHS[month] * (1 + growth) ** ((days - self.first) / 365.25)
        held = np.where(self.near_festival(days), self.festival, 1.0)
        return np.asarray(np.where(free, np.minimum(usual, 0.05), usual) * held)

    def draw(self, rng: np.random.Generator, n: int, first: int, last: int, growth: float) -> Ints:
        """Draw `n` days between two days, in order."""
        cumulated = np.cumsum(self.weights(first, last, growth))
        return np.asarray(first + np.searchsorted(cumulated / cumulated[-1], np.sort(rng.random(n))))

    def near_festival(self, days: Ints, before: int = 14, after: int = 14) -> Flags:
        """Whether a day lies in the weeks around a Spring Festival."""
        near = np.zeros(np.shape(days), dtype=bool)
        for festival in SPRING_FESTIVALS:
            near |= (days >= number(festival) - before) & (days <= number(festival) + after)
        return near

    def to_workday(self, days: Ints) -> Ints:
        """The same day, or the next workday after a free one. Days outside the known calendar stay as they are."""
        base = number(START) - _MARGIN
        free = _free_days()
        at = np.arange(len(free))
        following = np.minimum.accumulate(np.where(free, len(free) - 1, at)[::-1])[::-1]
        known = (days >= base) & (days < base + len(free))
        moved = base + following[np.clip(days - base, 0, len(free) - 1)]
        return np.asarray(np.where(known, moved, days))
