"""What a cell of a column of periods says: `2026年1月`, `Jan 2026`, `2026Q1`, `2026` -> the days from and to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data.ingest.month_columns import month_in, quarter_in
from data.ingest.months import last_day

_MONTH = (
    re.compile(r"(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})(?:[-/.]0?1)?(?:[ T]00:00(?::00)?)?"),
    re.compile(r"(?P<month>\d{1,2})[-/.](?P<year>(?:19|20)\d\d)"),
)
_QUARTER = re.compile(r"(?:(?P<year>(?:19|20)\d\d)-)?(?P<quarter>[1-4])")
_YEAR = re.compile(r"(?P<year>(?:19|20)\d\d)\s*年?度?")


@dataclass(frozen=True)
class Span:
    """So many months from one on; `year` is None where the cell says none."""

    year: int | None
    month: int
    months: int


def spans(said: Sequence[str], length: int) -> dict[str, Span] | None:
    """What each text says, without those that say no period; None where these are most of them.

    A slip (`2026年13月`) refuses its row; it does not make the list something else.

    Args:
        said: the texts.
        length: how many months each stands for; 0: as each says.
    """
    found = {text: _span(text.strip(), length) for text in said}
    read = {text: span for text, span in found.items() if span is not None}
    return read if read and 2 * len(read) >= len(found) else None


def _span(text: str, length: int) -> Span | None:
    readings = {1: _month, 3: _quarter, 12: _year}
    for months, read in readings.items() if length == 0 else [(length, readings[length])]:
        if found := read(text, is_alone=length > 0):
            return Span(*found, months)
    return None


def _month(text: str, *, is_alone: bool) -> tuple[int | None, int] | None:
    if is_alone and text.isdigit() and len(text) <= 2:  # of a column that is called a month
        return (None, int(text)) if 1 <= int(text) <= 12 else None
    hit = next((hit for form in _MONTH if (hit := form.fullmatch(text))), None)
    if hit:
        return (int(hit["year"]), int(hit["month"])) if 1 <= int(hit["month"]) <= 12 else None
    return month_in(text)


def _quarter(text: str, *, is_alone: bool) -> tuple[int | None, int] | None:
    hit = _QUARTER.fullmatch(text) if is_alone else None
    if hit:
        return int(hit["year"]) if hit["year"] else None, 3 * int(hit["quarter"]) - 2
    return quarter_in(text)


def _year(text: str, *, is_alone: bool) -> tuple[int | None, int] | None:  # noqa: ARG001 - one of three readings
    hit = _YEAR.fullmatch(text)
    return (int(hit["year"]), 1) if hit else None


def days(read: Mapping[str, Span], year: int | None) -> dict[str, tuple[date, date]]:
    """The first and the last day of each span; `year` is that of the first one, where they say none.

    Without years, October to January is one run into the next year; any other order is of one year.
    """
    order = list(dict.fromkeys(span.month for span in read.values()))
    falls = [at for at in range(1, len(order)) if order[at] < order[at - 1]]
    next_year = set(order[falls[0] :]) if len(falls) == 1 and order[-1] < order[0] else set()
    found = {}
    for text, span in read.items():
        own = span.year if span.year is not None else (year or 0) + (span.month in next_year)
        first = date(own, span.month, 1)
        found[text] = (first, last_day(first, span.months))
    return found


def parts(first: date, last: date, length: int) -> list[tuple[date, date]]:
    """Days in pieces of so many months; where they are fewer, the piece of the calendar that they lie in.

    Args:
        first: the first day of a month.
        last: the last day of the same or of a later month of that year.
        length: 1, 3 or 12 months; 0: the days are as they are.
    """
    months = last.month - first.month + 1
    if length in (0, months):
        return [(first, last)]
    begins = [first.replace(month=(first.month - 1) // length * length + 1)]
    if length < months:
        begins = [first.replace(month=month) for month in range(first.month, last.month + 1, length)]
    return [(begin, last_day(begin, length)) for begin in begins]
