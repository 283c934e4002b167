"""Which columns of a list are months or quarters: `1月`, `Jan 2026`, `2026Q1`, also beside what was reached in each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from data.ingest.names import normal
from data.ingest.texttable import TextTable
from data.settings import settings

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
_FISCAL = re.compile(r"\bFY\s*['’]?(?=\d{2})|财年", re.IGNORECASE)
_SUMS = re.compile(
    r"^((fy\s*['’]?(?:\d\d){1,2}\s*)?(grand |sub|year(ly)? |full[- ]year )?totals?|fy\s*['’]?(?:\d\d){1,2}"
    r"|sum|ytd|q[1-4]|h[12]|合计|总计|小计|汇总|累计"
    r"|全年(合计|目标)?|年度(合计|目标)?|第?[一二三四1-4]季度.*|上半年.*|下半年.*)$",
    re.IGNORECASE,
)
_PIVOT = re.compile(r"^(row labels|column labels|grand total|行标签|列标签)$", re.IGNORECASE)
"""What only spreadsheets call parts of their cross tables; people who keep lists write "Total" and 合计."""
GOAL = re.compile(r"目标|指标|计划|预算|任务|target|quota|goal|budget|plan", re.IGNORECASE)
"""What a list of goals, or a column of them, calls itself."""
_NUMBER = r"^[\s¥￥$€£(（-]*\d[\d,.\s]*(万元|万|亿|元|%|k|m)?[)）\s]*$"


_REACHED = re.compile(
    r"完成|实际|达成|差额|差异|缺口|actual|achieve|attain|reached|result|variance|gap|diff", re.IGNORECASE
)
"""What stands beside the goal of a month: what was reached, its share of the goal, what is missing."""
_AHEAD = re.compile(
    r"^(?P<what>目标|任务|实际|完成|targets?|quotas?|goals?|budget|actuals?|achieved)[\s:：_-]*", re.IGNORECASE
)
_ABOVE = re.compile(
    r"^(?:(?:第?[一二三四1-4]季度|上半年|下半年|[1-4]Q|Q[1-4]|H[12])(?:\s*\(.*?\))?)\s+(?=\S)", re.IGNORECASE
)
"""The quarter or half that two lines of names put over a month: `一季度 1月`."""
_YEARS = ("year", "calendaryear", "年份", "年度", "年")
_YEAR_CELL = r"^\s*((?:19|20)\d\d)\s*年?度?\s*$"


@dataclass(frozen=True)
class Months:
    """`columns`: index of each column that is a month -> its month and, where it says one, its year.

    `sums` are left out, and `reached`: what was achieved beside each goal. `rest`: what the names say besides the
    month. `length`: how many months each stands for, from its first: one, or the three of a quarter. `year_at`: the
    column that says the year of each row; None where none does.
    """

    columns: dict[int, tuple[int | None, int]]
    sums: list[int]
    reached: list[int]
    rest: str
    is_chinese: bool
    length: int
    year_at: int | None = None

    @property
    def has_years(self) -> bool:
        """Whether the list itself says the year of every number."""
        return self.year_at is not None or all(year is not None for year, _ in self.columns.values())

    def keys(self, table: TextTable) -> list[int]:
        """The columns that stay as they are."""
        gone = {*self.columns, *self.sums, *self.reached, self.year_at}
        return [at for at in range(len(table.headers)) if at not in gone]


def find(table: TextTable) -> Months | None:
    """The columns that are months, else quarters: enough different ones, beside others, with numbers in them."""
    if any(_PIVOT.match(header) for header in table.headers):
        return None
    return _columns(table, 1) or _columns(table, 3)


def _columns(table: TextTable, length: int) -> Months | None:
    named = {at: found for at, header in enumerate(table.headers) if (found := _period(header, length))}
    rest = _goals_among({rest for *_, rest in named.values()})
    columns = {at: (year, month) for at, (year, month, said) in named.items() if said == rest}
    reached = [at for at in named if at not in columns]
    sums = [at for at, header in enumerate(table.headers) if at not in named and _SUMS.match(header)]
    is_list = len(set(columns.values())) == len(columns) >= _LEAST[length]
    if rest is None or not is_list or len(named) + len(sums) >= len(table.headers):
        return None
    if not _are_numbers(table, columns):
        return None
    is_chinese = any(sign in table.headers[at] for at in columns for sign in "月季")
    return Months(columns, sums, reached, rest, is_chinese, length, _year_column(table, columns))


def _goals_among(rests: Collection[str]) -> str | None:
    """What the names of the columns that count say besides the month: one thing, or goals beside what was reached."""
    meant = {rest for rest in rests if not _REACHED.search(rest)} if len(rests) > 1 else {*rests}
    if len(meant) != 1:
        return None
    (rest,) = meant
    return rest if len(rests) == 1 or not rest or GOAL.search(rest) else None


def _are_numbers(table: TextTable, columns: Iterable[int]) -> bool:
    texts = [table.column(at).drop_nulls() for at in columns]
    filled = sum(len(series) for series in texts)
    numbers = sum(int(series.str.contains(f"(?i){_NUMBER}").sum()) for series in texts)
    return 0 < 0.8 * filled <= numbers


def _year_column(table: TextTable, columns: Mapping[int, tuple[int | None, int]]) -> int | None:
    """The column that says the year of each row, where the months name none and run within one year."""
    months = [month for _, month in columns.values()]
    if any(year is not None for year, _ in columns.values()) or months != sorted(months):
        return None
    for at, header in enumerate(table.headers):
        said = table.column(at)
        if normal(header) in _YEARS and bool(said.str.contains(_YEAR_CELL).fill_null(value=False).all()):
            return at
    return None


def year_cell(text: str) -> int:
    """The year that a cell of the column of years says."""
    found = re.match(_YEAR_CELL, text)
    if found is None:
        raise ValueError(text)
    return int(found[1])


def _period(text: str, length: int) -> tuple[int | None, int, str] | None:
    """The year, where it says one, the first month and what else a text says that names a month or a quarter."""
    forms = _FORMS if length == 1 else _QUARTERS
    ahead = _AHEAD.match(text.strip())
    bare = text.strip()[ahead.end() :] if ahead else text.strip()
    bare = _ABOVE.sub("", bare) if length == 1 else bare
    if length > 1 and settings().fiscal_start == 1:  # of others, by which of its two years one is called is not told
        bare = _FISCAL.sub(" ", bare).strip()
    found = next((hit for form in forms if (hit := form.match(bare))), None)
    month = 0 if found is None else _month(found["month"]) if length == 1 else _first_month(found["quarter"])
    if found is None or not month:
        return None
    rest = found["rest"].strip(" -_:：/")
    return _full(found["year"]), month, f"{ahead['what']}{rest}" if ahead else rest


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
