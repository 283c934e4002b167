"""A View in words, in both languages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from metrics.catalog import dimension
from metrics.period import FIRST, Period

if TYPE_CHECKING:
    from metrics.view import View

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_VALUES = 3


def sentence(view: View, lang: str) -> str:
    """What is looked at, from which day, compared with what, restricted to what."""
    chinese = lang.lower().startswith("zh")
    said = _span(view.period, chinese) if view.period else ("全部时间" if chinese else "All time")
    if view.period and view.period.is_partial:
        said += f"（截至{_day(view.as_of, chinese)}）" if chinese else f" (until {_day(view.as_of, chinese)})"
    if view.before:
        said += f"，对比{_span(view.before, chinese)}" if chinese else f", compared with {_span(view.before, chinese)}"
    if view.is_past:
        said += f"，以{_day(view.as_of, chinese)}为准" if chinese else f", as of {_day(view.as_of, chinese)}"
    for name, values in view.filters:
        said += _restriction(dimension(name).label.text(lang), values, chinese)
    return said


def _restriction(label: str, values: tuple[str | None, ...], chinese: bool) -> str:
    """As in "; team is A or B", with the first few values by name."""
    names = [value if value is not None else ("未分配" if chinese else "unassigned") for value in values]
    more = len(names) - _MOST_VALUES
    listed = ("、" if chinese else " or ").join(names[:_MOST_VALUES])
    if more > 0:
        listed += f" 等 {len(names)} 项" if chinese else f" or {more} more"
    return f"；{label}为{listed}" if chinese else f"; {label[0].lower()}{label[1:]} is {listed}"


def _span(span: Period, chinese: bool) -> str:
    """As in "1 Jan – 30 Jun 2026", with the year once when both ends share it."""
    first, last = span.from_on, span.to_on
    if first == FIRST:
        return f"截至{_day(last, chinese)}" if chinese else f"Until {_day(last, chinese)}"
    if first == last:
        return _day(first, chinese)
    if chinese:
        end = f"{last.month}月{last.day}日" if first.year == last.year else _day(last, chinese)
        return f"{_day(first, chinese)}至{end}"
    start = f"{first.day} {_MONTHS[first.month - 1]}" if first.year == last.year else _day(first, chinese)
    return f"{start} – {_day(last, chinese)}"


def day_in_words(day: date, lang: str) -> str:
    """A day as a sentence says it: "31 Jan 2026", "2026年1月31日"."""
    return _day(day, lang.lower().startswith("zh"))


def _day(day: date, chinese: bool) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if chinese else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def bucket_in_words(first: date, grain: str, lang: str, fiscal_start: int = 1) -> str:
    """A span of time by its first day: "2026-04", "2026 Q2", "2026年第2季度"; days and weeks as they are.

    A fiscal year is named by the calendar year in which it ends: "FY2027 Q1".
    """
    is_fiscal = grain.startswith("fiscal_") and fiscal_start != 1
    months = first.year * 12 + first.month - 1 - (fiscal_start - 1 if is_fiscal else 0)
    year, quarter = months // 12 + is_fiscal, months % 12 // 3 + 1
    chinese = lang.lower().startswith("zh")
    named = f"{year}{'财年' if is_fiscal else '年'}" if chinese else f"{'FY' if is_fiscal else ''}{year}"
    if grain.endswith("quarter"):
        return f"{named}第{quarter}季度" if chinese else f"{named} Q{quarter}"
    if grain.endswith("year"):
        return named
    return f"{first:%Y-%m}" if grain == "month" else first.isoformat()
