"""Units beside the names of columns: in the name of a group of columns, and in a line of their own below."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from data.ingest.currency_names import BEHIND, code_named
from data.ingest.names import normal, says_unit, unit_in, unit_written
from data.ingest.remarks import Remark
from data.ingest.traditional import TO_SIMPLIFIED

_TYPES = frozenset(
    (
        *("text", "string", "varchar", "date", "datetime", "number", "numeric", "integer", "int", "decimal", "float"),
        *("boolean", "picklist", "文本", "日期", "时间", "数字", "数值", "整数", "小数", "选项", "字符"),
    )
)
_COUNTED = frozenset(("个", "件", "台", "套", "家", "人", "次", "单", "天", "月", "days", "pcs", "units"))
_OF_ITSELF = frozenset(("currency", "currencycode", "unit", "币种", "货币", "单位", "币别"))
"""Below such a name, a unit is the value of a record."""
_NO_MONEY = re.compile(
    r"率|比|概率|数量|个数|件数|单数|日期|时间|币种|阶段|状态|编号|名称|[%％]"
    r"|\b(?:probability|rate|share|date|quantity|qty|count|number|currency|stage|status|id|name)\b",
    re.IGNORECASE,
)
_LEAST = 3
_SHOWN = 4
"""So many units of a column are named in a question."""
_BLANK = "—"


def split_unit(group: str) -> tuple[str, str]:
    """The name of a group of columns and its unit as it is written: `金额（万元）` -> `金额` and `(万元)`."""
    if not says_unit(group):
        return group, ""
    text = unicodedata.normalize("NFKC", group).strip()
    base = unit_in(group).base.rstrip()
    return base, text[len(base) :] if text.startswith(base) else unit_written(group)


def in_unit(name: str, unit: str) -> str:
    """A column's name with the unit of its group, if it may hold money and says none itself."""
    return name if not unit or says_unit(name) or _NO_MONEY.search(name) else f"{name}{unit}"


def names_with_units(names: Sequence[str], below: Sequence[str]) -> list[str] | None:
    """The names with the units of a line below them: `金额` over `万元`; None where that line is a record.

    Such a line holds units and the types of columns, and nothing else.
    """
    said = [cell.strip().strip("()（）[]【】") for cell in below]
    filled = [at for at, cell in enumerate(said) if cell]
    if len(names) < _LEAST or not filled or filled[-1] >= len(names):
        return None
    if any(normal(names[at]) in _OF_ITSELF for at in filled):
        return None
    units = {at for at in filled if _is_unit(said[at])}
    types = {at for at in filled if said[at].casefold() in _TYPES}
    counted = {at for at in filled if said[at].casefold() in _COUNTED}
    if {*filled} - units - types - counted or not (units or len(types) >= _LEAST):
        return None
    return [
        f"{name} ({said[at]})" if name and at in units and not says_unit(name) else name
        for at, name in enumerate(names)
    ]


def _is_unit(text: str) -> bool:
    """Whether a text is a unit and nothing beside it: in brackets behind a name, it leaves that name."""
    found = unit_in(f"x ({text})")
    return found.is_said and found.base.strip() == "x"


_UNIT_COLUMN = frozenset(("单位", "金额单位", "unit", "amountunit", "unitofamount"))
_LETTERS = {"m": 6, "mm": 6, "mn": 6, "b": 9, "bn": 9, "w": 4}
"""What may be a unit of money in a column of units: metres, boxes and watts by themselves, millions beside a K."""
_COUNTING = re.compile(
    r"数量|件数|规格|型号|单价|价格|售价|标准价|\b(?:quantity|qty|pieces|price|spec|size|packaging)\b", re.IGNORECASE
)
"""Beside such columns, 单位 is what goods are counted in: 千 bags, 万 pieces."""
_IN_BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]+)[)）\]】]\s*$")


def unit_beside(sheet: str, headers: Sequence[str], frame: pl.DataFrame) -> list[str]:
    """The unit of all amounts as a title would say it: of a sheet called `商机(万元)`, of a column `单位`.

    Pieces and litres are no unit of money, nor are 千 and 万 without its name beside quantities and prices. Of a column
    whose rows say units that differ, this is their currency alone: each row goes by its own (`row_units`).
    """
    found = [named[1]] if (named := _IN_BRACKETS.search(sheet)) else []
    for at, units in _unit_columns(headers, frame):
        many = frame[str(at)].drop_nulls().n_unique()
        if _unclear(frame[str(at)], units):
            continue
        if many == 1:
            found += [_plain(unit) for unit in units]
        elif _differ(units, many):
            own = _currencies(units) if _is_of_each_row(frame[str(at)], units) else units
            found += own
    return [f"单位：{unit.strip()}" for unit in found if _is_unit(unit.strip())]


def _plain(unit: str) -> str:
    """A unit as a title is read: there a lone K is the name of something."""
    return unit.strip().lower() if unit.strip() == "K" else unit


def _unit_columns(headers: Sequence[str], frame: pl.DataFrame) -> Iterator[tuple[int, list[str]]]:
    """The columns that may say units of money, each with those that it says."""
    is_counted = any(_COUNTING.search(_spoken(header)) for header in headers)
    for at, header in enumerate(headers):
        if normal(header) in _UNIT_COLUMN and str(at) in frame.columns:
            said = frame[str(at)].drop_nulls().unique().sort()
            may_count = is_counted and normal(header) in _OF_ITSELF
            yield at, [unit for unit in said if not (may_count and not _names_money(unit))]


def unclear_unit(headers: Sequence[str], frame: pl.DataFrame) -> str:
    """What a column of units says where that does not tell what each row is counted in; empty where it does.

    A lone M, units beside blanks, and units beside words that are none.
    """
    for at, units in _unit_columns(headers, frame):
        if said := _unclear(frame[str(at)], units):
            return said
    return ""


def _unclear(column: pl.Series, units: Sequence[str]) -> str:
    """What is not told, of a column in which any word is surely a unit that multiplies, or all may be one."""
    said = column.drop_nulls().unique().sort()
    sure = [unit for unit in units if _is_unit(unit.strip())]
    letters = [unit for unit in units if unit.strip().casefold() in _LETTERS and unit not in sure]
    is_scaled = any(_factor(unit) > 1 for unit in sure)
    is_whole = len(sure) + len(letters) == len(said)
    may_be_millions = is_whole and any(
        letter.strip() != letter.strip().lower() or letter.strip() == "w" for letter in letters
    )  # m is metres
    if not units or not (is_scaled or may_be_millions):
        return ""
    if is_whole and is_scaled and not column.null_count():
        return ""
    return " / ".join([*said.head(_SHOWN), *([_BLANK] if column.null_count() else [])])


def _differ(units: Sequence[str], many: int) -> bool:
    """Whether every row that names a unit names one of money, and they multiply by different factors."""
    factors = {_factor(unit) for unit in units}
    return len(units) == many and len(factors) > 1 and all(_may_be_unit(unit) for unit in units)


def _may_be_unit(text: str) -> bool:
    return _is_unit(text.strip()) or text.strip().casefold() in _LETTERS


def _is_of_each_row(column: pl.Series, units: Sequence[str]) -> bool:
    """Whether every row says its unit, in one currency: else what the others mean is asked about."""
    return not column.null_count() and len(_currencies(units)) <= 1


def _currencies(units: Sequence[str]) -> list[str]:
    said = {code_named(found) or found: found for unit in units if (found := unit_in(f"x ({unit.strip()})").currency)}
    return list(said.values())


def _factor(unit: str) -> int:
    found = unit_in(f"x ({unit.strip()})")
    return found.factor if found.is_said else 10 ** _LETTERS.get(unit.strip().casefold(), 0)


class RowUnits(NamedTuple):
    """A column that says the unit of each row's amounts: its name, its units, and what stands behind a number then."""

    header: str
    units: list[str]
    behind: pl.Series

    @property
    def remark(self) -> Remark:
        """That each row's amounts go by its own unit."""
        return Remark(code="unit_of_rows", params={"column": self.header, "units": ", ".join(self.units)})

    def written(self, texts: pl.Series) -> pl.Series:
        """Numbers with the unit of their row behind them; cells that say their own keep it."""
        both = pl.DataFrame([texts.alias("text"), self.behind.alias("behind")])
        parts = [pl.col("text").str.extract(rf"^(.*\d)({BEHIND}?[-)）]?)$", group) for group in (1, 2)]
        with_unit = pl.concat_str(parts[0], pl.col("behind"), parts[1])
        return both.select(pl.coalesce(with_unit, "text").alias(texts.name)).to_series()


def row_units(headers: Sequence[str], frame: pl.DataFrame) -> RowUnits | None:
    """The unit of each row, where a column says units of money that multiply by different factors."""
    for at, units in _unit_columns(headers, frame):
        column = frame[str(at)]
        if (
            not _unclear(column, units)
            and _differ(units, column.drop_nulls().n_unique())
            and _is_of_each_row(column, units)
        ):
            behind = {unit: f"e{len(str(_factor(unit))) - 1}" if _factor(unit) > 1 else "" for unit in units}
            return RowUnits(headers[at], units, column.replace_strict(behind, return_dtype=pl.String))
    return None


def name_half_said(
    column: str, texts: pl.Series, counted: pl.Series | None = None
) -> tuple[pl.Series, list[Remark]]:  # fmt: skip
    """Mark cells that name a currency and no unit (`12 RMB`), where others that a unit multiplies name none.

    Whether they are counted so, too, or as they stand, nothing says: marked, they can be read as no number, and their
    rows are refused. Where all cells name a currency, they are all counted so.

    Args:
        column: its name.
        texts: its amounts as they are written.
        counted: the rows whose amounts a unit multiplies; None: all.
    """
    if not (named := texts.str.contains(rf"\d{BEHIND}\s*[)）]?$").fill_null(value=False)).any():
        return texts, []
    amounts = texts.str.contains(r"\d").fill_null(value=False)
    if counted is not None:
        named, amounts = named & counted, amounts & counted
    if named.sum() in (0, amounts.sum()):
        return texts, []
    params: dict[str, str | int] = {"column": column, "rows": int(named.sum()), "sample": str(texts.filter(named)[0])}
    both = pl.DataFrame([texts.alias("text"), named.alias("half")])
    marked = pl.when("half").then(pl.format("{} / ?", "text")).otherwise("text").alias(texts.name)
    return both.select(marked).to_series(), [Remark(code="unit_half_said", params=params)]


def _spoken(header: str) -> str:
    return unicodedata.normalize("NFKC", header).translate(TO_SIMPLIFIED).replace("_", " ")


def _names_money(unit: str) -> bool:
    return unit_in(f"x ({unit.strip()})").currency is not None
