"""Lists with a column for every month or quarter: after asking, each becomes a row of its own."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from data.ingest.errors import MonthsInvalid
from data.ingest.layout import months_before
from data.ingest.remarks import Question, Remark
from data.ingest.texttable import LINE, Reading, TextTable, Wishes

_LEAST = {1: 3, 3: 2}  # so many columns, by the months that each stands for
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_ENGLISH = "|".join(f"{name}[a-z]{{0,6}}" for name in _NAMES)
_FORMS = (
    re.compile(r"^(?:(?P<year>(?:19|20)\d\d)年?\s*[-/.]?)?\s*(?P<month>\d{1,2})月份?\s*(?P<rest>\D*)$"),
    re.compile(rf"^(?:(?P<year>(?:19|20)\d\d)年)?\s*(?P<month>{'|'.join(reversed(_CHINESE))})月份?\s*(?P<rest>\D*)$"),
    re.compile(r"^(?P<year>(?:19|20)\d\d)[-/.]?(?P<month>0[1-9]|1[0-2])(?:[-/.]0?1)?(?P<rest>)$"),
    re.compile(rf"^(?P<month>{_ENGLISH})\.?[\s'’/-]*(?P<year>(?:19|20)?\d\d)?\s*(?P<rest>[^\d]*)$", re.IGNORECASE),
    re.compile(rf"^(?P<year>(?:19|20)?\d\d)[\s'’/-]*(?P<month>{_ENGLISH})\.?\s*(?P<rest>[^\d]*)$", re.IGNORECASE),
)
_QUARTERS = (
    re.compile(r"^(?:(?P<year>(?:19|20)\d\d)年?\s*[-/.]?)?\s*第?(?P<quarter>[一二三四1-4])季度?\s*(?P<rest>\D*)$"),
    re.compile(r"^(?:(?P<year>(?:19|20)?\d\d)[\s'’/.-]*)?Q(?P<quarter>[1-4])\s*(?P<rest>\D*)$", re.IGNORECASE),
    re.compile(r"^Q(?P<quarter>[1-4])[\s'’/.-]*(?P<year>(?:19|20)?\d\d)\s*(?P<rest>\D*)$", re.IGNORECASE),
    re.compile(r"^(?P<quarter>[1-4])Q[\s'’/.-]*(?P<year>(?:19|20)?\d\d)?\s*(?P<rest>\D*)$", re.IGNORECASE),
    re.compile(r"^(?:quarter|qtr\.?)\s*(?P<quarter>[1-4])\s*(?P<year>(?:19|20)\d\d)?(?P<rest>)$", re.IGNORECASE),
)
_SUMS = re.compile(
    r"^((grand |sub|year(ly)? |full[- ]year )?totals?|sum|ytd|q[1-4]|h[12]|合计|总计|小计|汇总|累计"
    r"|全年(合计|目标)?|年度(合计|目标)?|第?[一二三四1-4]季度.*|上半年.*|下半年.*)$",
    re.IGNORECASE,
)
_PIVOT = re.compile(r"^(row labels|column labels|grand total|行标签|列标签)$", re.IGNORECASE)
"""What only spreadsheets call parts of their cross tables; people who keep lists write "Total" and 合计."""
_GOAL = re.compile(r"目标|指标|计划|预算|任务|target|quota|goal|budget|plan", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_NUMBER = r"^[\s¥￥$€£(（-]*\d[\d,.\s]*(万元|万|亿|元|%|k|m)?[)）\s]*$"


@dataclass(frozen=True)
class _Months:
    """`columns`: index of each column that is a month -> its month and, where it says one, its year.

    `length`: how many months each stands for, from its first: one, or the three of a quarter.
    """

    columns: dict[int, tuple[int | None, int]]
    sums: list[int]
    rest: str
    is_chinese: bool
    length: int

    @property
    def has_years(self) -> bool:
        return all(year is not None for year, _ in self.columns.values())


def with_months(reading: Reading, wishes: Wishes) -> Reading:
    """Lists with a column for every month, after the user's word: `rows`, `columns`, or the year of the first month.

    Raises:
        MonthsInvalid: the user's word is none of these.
    """
    tables: list[TextTable] = []
    for table in reading.tables:
        said = _checked(wishes.of(table.part).months)
        months = _find(table)
        told = said or (months_before(table.headers, wishes.known, wishes.year or 0) if months else None)
        if months and told:
            table.told["months"] = told
        if months is None or told == "columns":
            tables.append(table)
            continue
        year = int(told) if told and told.isdigit() else None if months.has_years else year_of(table)
        if told is None or (year is None and not months.has_years):
            reading.questions.append(_question(table, months, year))
            tables.append(table)
        else:
            tables.append(_in_rows(table, months, year))
    reading.tables = tables
    return reading


def _checked(told: str | None) -> str | None:
    if told is not None and told not in ("rows", "columns") and not re.fullmatch(r"(19|20)\d\d", told):
        raise MonthsInvalid(given=told)
    return told


def _find(table: TextTable) -> _Months | None:
    """The columns that are months, else quarters: enough different ones, beside others, with numbers in them."""
    if any(_PIVOT.match(header) for header in table.headers):
        return None
    return _columns(table, 1) or _columns(table, 3)


def _columns(table: TextTable, length: int) -> _Months | None:
    columns: dict[int, tuple[int | None, int]] = {}
    rests: set[str] = set()
    for at, header in enumerate(table.headers):
        if found := _period(header, length):
            columns[at] = found[:2]
            rests.add(found[2])
    sums = [at for at, header in enumerate(table.headers) if at not in columns and _SUMS.match(header)]
    is_list = len(set(columns.values())) == len(columns) >= _LEAST[length] and len(rests) == 1
    if not is_list or len(columns) + len(sums) >= len(table.headers):
        return None
    texts = [table.column(at).drop_nulls() for at in columns]
    filled = sum(len(series) for series in texts)
    numbers = sum(int(series.str.contains(f"(?i){_NUMBER}").sum()) for series in texts)
    if not filled or numbers < 0.8 * filled:
        return None
    is_chinese = any(sign in table.headers[at] for at in columns for sign in "月季")
    return _Months(columns, sums, rests.pop(), is_chinese, length)


def _period(text: str, length: int) -> tuple[int | None, int, str] | None:
    """The year, where it says one, the first month and what else a text says that names a month or a quarter."""
    forms = _FORMS if length == 1 else _QUARTERS
    found = next((hit for form in forms if (hit := form.match(text.strip()))), None)
    month = 0 if found is None else _month(found["month"]) if length == 1 else _first_month(found["quarter"])
    return (_full(found["year"]), month, found["rest"].strip()) if found and month else None


def month_in(text: str) -> tuple[int | None, int] | None:
    """The year, where it says one, and the month that a text names and nothing else."""
    found = _period(text, 1)
    return found[:2] if found and not found[2] else None


def quarter_in(text: str) -> tuple[int | None, int] | None:
    """The year, where it says one, and the first month of the quarter that a text names and nothing else."""
    found = _period(text, 3)
    return found[:2] if found and not found[2] else None


def _first_month(quarter: str) -> int:
    """The first month of a quarter of the calendar year; the question shows which months are meant."""
    number = _CHINESE.index(quarter) + 1 if quarter in _CHINESE else int(quarter)
    return 3 * number - 2


def _month(text: str) -> int:
    lowered = text.lower()
    if text in _CHINESE:
        return _CHINESE.index(text) + 1
    if lowered.isdigit():
        return int(lowered) if 1 <= int(lowered) <= 12 else 0
    return _NAMES.index(lowered[:3]) + 1 if lowered[:3] in _NAMES else 0


def _full(year: str | None) -> int | None:
    return None if not year else int(year) if len(year) == 4 else 2000 + int(year)


def year_of(table: TextTable) -> int | None:
    """The one year that the lines above the header, else the sheet's or the file's name speak of."""
    for place in (" ".join(table.title), table.part, table.file):
        years = set(_YEAR.findall(place))
        if len(years) == 1:
            return int(years.pop())
    return None


def _question(table: TextTable, months: _Months, year: int | None) -> Question:
    names = [table.headers[at] for at in months.columns]
    keys = [at for at in range(len(table.headers)) if at not in months.columns and at not in months.sums]
    first = table.frame.row(0, named=True) if table.frame.height else {}
    needs_year = not months.has_years and year is None
    this_year = date.today().year  # noqa: DTZ011 - only the years that are offered first
    answers = [str(this_year + step) for step in (0, 1, -1)] if needs_year else ["rows"]
    shown = {answer: _shown(months, int(answer) if needs_year else year, first, keys[:1]) for answer in answers}
    return Question(
        code=("ask_months" if months.length == 1 else "ask_quarters") + ("_year" if needs_year else ""),
        params={
            "file": f"{table.file} / {table.part}" if table.part else table.file,
            "columns": f"{names[0]}…{names[-1]}",
            "samples": "; ".join(shown[answers[0]]),
            "choices": "/".join((*answers, "columns")),
        },
        flag="--months",
        choices=(*answers, "columns"),
        samples=shown,
        part=table.part,
        columns=tuple(table.headers),
    )


def _shown(months: _Months, year: int | None, first: dict[str, str], keys: list[int]) -> list[str]:
    """What the first cells would become: `Ann, 2026-01: 12`, of a quarter `Ann, 2026-01…03: 12`."""
    days = _days(months, year)
    name = ", ".join(str(first.get(str(at)) or "") for at in keys)
    until = {at: "" if months.length == 1 else f"…{day.month + months.length - 1:02}" for at, day in days.items()}
    return [f"{name}, {days[at]:%Y-%m}{until[at]}: {first.get(str(at)) or '-'}" for at in list(months.columns)[:3]]


def _days(months: _Months, year: int | None) -> dict[int, date]:
    """The first day of each month; without years of their own, a month before the one to its left is in the next."""
    days: dict[int, date] = {}
    running, last = year or 0, 0
    for at, (own, month) in months.columns.items():
        running += month < last
        last = month
        days[at] = date(own if own is not None else running, month, 1)
    return days


def _in_rows(table: TextTable, months: _Months, year: int | None) -> TextTable:
    """One row per record and month with a number in it."""
    days = _days(months, year)
    keys = [at for at in range(len(table.headers)) if at not in months.columns and at not in months.sums]
    names = [str(at) for at in range(len(keys))]
    first, last, value = (str(len(keys) + place) for place in range(3))
    parts = [
        table.frame.select(
            pl.col(LINE),
            *(pl.col(str(at)).alias(name) for at, name in zip(keys, names, strict=True)),
            pl.lit(day.isoformat()).alias(first),
            pl.lit(last_day(day, months.length).isoformat()).alias(last),
            pl.col(str(at)).alias(value),
        )
        for at, day in days.items()
    ]
    long = pl.concat(parts).sort(LINE, maintain_order=True)
    filled = long.filter(pl.col(value).is_not_null())
    said = Remark(
        code="months_in_rows",
        params={
            "columns": f"{table.headers[next(iter(days))]}…{table.headers[list(days)[-1]]}",
            "first": f"{min(days.values()):%Y-%m}",
            "last": f"{last_day(max(days.values()), months.length):%Y-%m}",
            "rows": filled.height, "blank": long.height - filled.height,
            "sums": ", ".join(table.headers[at] for at in months.sums) or "-",
        },
    )  # fmt: skip
    return replace(
        table,
        headers=[*(table.headers[at] for at in keys), *_headers(table, months)],
        own_headers=table.headers,
        frame=filled,
        text=b"",
        remarks=[*table.remarks, said],
    )


def last_day(first: date, months: int) -> date:
    """The last day of so many months, all in one year."""
    last = first.month + months - 1
    return first.replace(month=last, day=monthrange(first.year, last)[1])


def _headers(table: TextTable, months: _Months) -> list[str]:
    """Names that the profiles know: the days a row holds for, and a goal where the list calls itself one."""
    is_goal = any(_GOAL.search(place) for place in (months.rest, *table.title, table.part, table.file))
    plain = "目标值" if months.is_chinese else "Target Value"
    if is_goal and not _GOAL.search(months.rest):
        value = f"{months.rest} {plain}".strip()
    else:  # 回款目标 are goals of something: data/ingest/goals.py knows of what
        value = plain if is_goal and not _GOAL.sub("", months.rest).strip() else months.rest
    if months.is_chinese:
        return ["开始日期", "结束日期", value or "数值"]
    return ["Start Date", "End Date", value or "Value"]
