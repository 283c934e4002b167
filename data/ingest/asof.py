"""The day a file speaks of: told, in its name, its title or notes, or the latest past day in it; it is always said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.errors import DayAhead
from data.ingest.texttable import TextTable
from data.tables import tables

if TYPE_CHECKING:
    from data.ingest.plan import FilePlan

DAY_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_.年]?(0[1-9]|1[0-2]|[1-9](?=[-_.月]))[-_.月]?(0[1-9]|[12]\d|3[01]|[1-9](?!\d))(?!\d)"
)
_REPORT_DAY = re.compile(
    r"(?:as of|as at|report date|generated|exported|printed|date|截至|截止|导出|生成|报表日期|制表日期|统计日期"
    r"|(?<![一-鿿])日期)\D{0,40}?"
    r"(?:((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d\d))(?!\d)",
    re.IGNORECASE,
)


def as_of_day(planned: FilePlan, table: TextTable, told: date | None, today: date) -> tuple[date | None, str]:
    """The day a file speaks of, and how it is known: the flag, its name, its own report date, its latest past date.

    A table without dated facts (products, people, accounts) holds always unless somebody says a day.

    Raises:
        DayAhead: the day that was told has not come yet.
    """
    if told and told > today:
        raise DayAhead(day=told.isoformat(), today=today.isoformat())
    if told:
        return told, "flag"
    if found := _day(DAY_IN_NAME.search(planned.file)):
        return found, "file name"
    rows = planned.checked.rows if planned.checked else pl.DataFrame()
    days = [_latest(rows[name], today) for name in tables()[planned.table or ""].dated if name in rows.columns]
    latest = max((day for day in days if day), default=None)
    notes = [aside.text for aside in table.aside if aside.reason == "footnote"]
    for line in (*table.title, *notes):
        if (dated := _REPORT_DAY.search(line)) and (day := _report_day(dated, planned, latest, today)):
            return day, "report"
    return (latest, "dates") if latest else (None, "none")


def day_said(file: str, title: Iterable[str], told: date | None, today: date) -> date | None:
    """The day a list speaks of as far as that is known before its cells are read: told, in its name, in a title line.

    Of a title only a day that begins with its year; none that has yet to come.
    """
    dated = (found for line in title if (found := _REPORT_DAY.search(line)) and found[1])
    of_title = next((day for found in dated if (day := _date(found[1], found[2], found[3]))), None)
    day = told or _day(DAY_IN_NAME.search(file)) or of_title
    return day if day and day <= today else None


def _report_day(found: re.Match[str], planned: FilePlan, latest: date | None, today: date) -> date | None:
    """The day a report was made on; of `3/2/2026` the one that the file's own dates leave.

    Their order is its order; where they do not say, it is no day before the latest one in the report, nor one to come.
    """
    year, month, day, one, other, last = found.groups()
    if year:
        return _date(year, month, day)
    read = {"mdy": _date(last, one, other), "dmy": _date(last, other, one)}
    known = set(planned.parsed.formats.values()) & {*read} if planned.parsed else set()
    possible = {made for order, made in read.items() if made and made <= today and (order in known or len(known) != 1)}
    if len(possible) > 1:
        possible = {made for made in possible if latest and made >= latest}
    return possible.pop() if len(possible) == 1 else None


def _day(found: re.Match[str] | None) -> date | None:
    return _date(*found.groups()) if found else None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _latest(values: pl.Series, today: date) -> date | None:
    days = values.dt.date() if values.dtype == pl.Datetime else values
    latest = days.filter(days <= today).max()
    return latest if isinstance(latest, date) else None
