"""The day a file speaks of: told, in its name, in its title, or the latest past day in it; never asked, always said."""

from __future__ import annotations

import re
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
    r"(?:as of|as at|report date|generated|exported|printed|date|截至|截止|导出|报表日期|制表日期|统计日期"
    r"|(?<![一-鿿])日期)\D{0,20}?"
    r"((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})",
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
    for line in table.title:
        if found := _day(_REPORT_DAY.search(line)):
            return found, "report"
    rows = planned.checked.rows if planned.checked else pl.DataFrame()
    latest = [_latest(rows[name], today) for name in tables()[planned.table or ""].dated if name in rows.columns]
    days = [day for day in latest if day]
    return (max(days), "dates") if days else (None, "none")


def _day(found: re.Match[str] | None) -> date | None:
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _latest(values: pl.Series, today: date) -> date | None:
    days = values.dt.date() if values.dtype == pl.Datetime else values
    latest = days.filter(days <= today).max()
    return latest if isinstance(latest, date) else None
