"""Working days of the company's calendar: how many have gone by, and which day of another span is as far on.

In China days off are moved and made up for at weekends (调休), and festivals wander by up to four weeks: the tenth of a
month may be its fourth working day or its eighth. What has happened until then is compared with as many working
days of another span.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from metrics.period import DAY
from metrics.query import Query, from_file
from metrics.view import View

MOST_YEARS = 6
"""Years of the calendar that are looked at before the view's day: five festivals, and a year before each."""


def calendar(view: View) -> Query:
    """The days of the calendar around the view's day: `day`, `is_workday`, `festival` and `days_to_festival`."""
    first, last = view.at - timedelta(days=366 * MOST_YEARS), max(view.at, view.as_of) + timedelta(days=366)
    if view.period is not None:
        first, last = min(first, view.period.from_on - timedelta(days=800)), max(last, view.period.to_on)
    return from_file("calendar_days", View(as_of=view.as_of), from_on=first, to_on=last)


@dataclass(frozen=True)
class Workdays:
    """The working days of a stretch of the calendar, in order.

    Attributes:
        days: the working days. festivals: first days of the lunar year that the company's calendar holds as a holiday.
    """

    days: tuple[date, ...]
    festivals: tuple[date, ...] = ()

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Workdays:
        """From the answer to `calendar`."""
        known = frame.sort("day")
        held = known.filter((pl.col("days_to_festival") == 0) & pl.col("festival").is_not_null())
        worked = known.filter("is_workday").get_column("day").to_list()
        return cls(tuple(worked), tuple(held.get_column("day").to_list()))

    def between(self, from_on: date, to_on: date) -> int:
        """How many working days a span has, both ends included."""
        return max(0, bisect_right(self.days, to_on) - bisect_left(self.days, from_on))

    def as_far(self, from_on: date, at: date, other_from: date, other_to: date) -> date | None:
        """The day of another span that is as far on as the day `at` is in the span that begins on `from_on`.

        As many working days have gone by then, and after the last of them as many days off, where there are as many.

        Returns:
            None where no working day has gone by yet. The other span's last day where it has fewer working days.
        """
        gone = self.between(from_on, at)
        if gone == 0:
            return None
        last = self.days[bisect_right(self.days, at) - 1]
        place = bisect_left(self.days, other_from) + gone - 1
        if place >= len(self.days) or self.days[place] > other_to:
            return other_to
        free = self.days[place + 1] - DAY if place + 1 < len(self.days) else other_to
        return min(self.days[place] + (at - last), free, other_to)
