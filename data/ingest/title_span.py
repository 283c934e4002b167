"""A report of campaigns says its days once, above the list: `March 1, 2026 - March 31, 2026` holds for each row.

Without them what was spent is in no period. Only lists of campaigns that have no day of their own are read so.
"""

from __future__ import annotations

import re
from datetime import date, datetime

import polars as pl

from data.ingest.names import normal
from data.ingest.remarks import Remark
from data.ingest.texttable import TextTable

_CAMPAIGNS = frozenset(
    normal(name)
    for name in ("Campaign", "Campaign name", "广告系列", "推广计划", "推广计划名称", "营销活动", "市场活动")
)
_DATED = re.compile(r"日期|时间|月|(?i:\bdate\b|\bday\b|\bmonth\b|\bweek\b|starts|ends|from|reporting)")
_DAY = r"([A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?)"
_SPAN = re.compile(rf"{_DAY}\s*(?:-|–|—|~|至|to)\s*{_DAY}")


def with_title_span(table: TextTable) -> TextTable:
    """A list of campaigns with the columns `Start Date` and `End Date`, where a line above it says both."""
    if not any(normal(name) in _CAMPAIGNS for name in table.headers) or any(map(_DATED.search, table.headers)):
        return table
    found = next((span for line in table.title if (span := _SPAN.search(line))), None)
    days = [day for text in found.groups() if (day := _day(text))] if found else []
    if found is None or len(days) != len(found.groups()) or days[0] > days[1]:
        return table
    at = len(table.headers)
    table.headers = [*table.headers, "Start Date", "End Date"]
    table.frame = table.frame.with_columns(
        pl.lit(days[0].isoformat()).alias(str(at)), pl.lit(days[1].isoformat()).alias(str(at + 1))
    )
    table.remarks.append(Remark(code="title_span", params={"title": found[0]}))
    return table


def _day(text: str) -> date | None:
    if text[0].isdigit():
        numbers = [int(number) for number in re.findall(r"\d+", text)]
        try:
            return date(*numbers)
        except ValueError:
            return None
    for form in ("%B %d, %Y", "%b %d, %Y"):
        try:
            return datetime.strptime(text.replace(".", ""), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
