"""Rows of totals that say something else than the rows that they may sum up: set aside all the same, and said.

A total that was typed in, or one of rows that were taken out of the list since, is no record. But who knows the list
must be told: either the total is wrong, or rows are missing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from decimal import Decimal
from itertools import accumulate

import polars as pl

from data.ingest.numbers import numbers
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE, TextTable
from data.ingest.totals import is_number

_SUMMED = re.compile(
    r"金额|[价税货]?款|销售额|收入|数量|件数|成本|合计|(?i:amount|total|revenue|sales|qty|quantity|units|net|gross|value|cost)"
)
_NOT_SUMMED = re.compile(
    r"单价|均|率|比|%|％|占|年|月|日期|编号|(?i:unit price|price|rate|average|avg|share|date|id$|no\.?$)"
)
_OTHER_KINDS = re.compile(r"计数|計數|平均|最[大小]值|记录数|(?i:\b(?:count|average|avg|max|min|mean)\b)")
_MANY = 200
"""Beyond so many totals, each is held against the rows since the last one and against all above alone."""
_SHOWN = 3


def unequal_totals(table: TextTable, whole: pl.DataFrame) -> list[Remark]:
    """That totals which were set aside say something else than any rows that they may sum up.

    Args:
        table: the list, with its totals set aside. whole: its rows as they were before, with the same columns.
    """
    lines = sorted(aside.line for aside in table.aside if aside.reason == "total")
    names = [str(at) for at, name in enumerate(table.headers) if _SUMMED.search(name) and not _NOT_SUMMED.search(name)]
    names = [name for name in names if name in whole.columns and name in table.frame.columns]
    if not lines or not names or table.frame.is_empty():
        return []
    rows = whole.filter(pl.col(LINE).is_in(lines)).sort(LINE)
    said = rows.select(pl.concat_str(pl.exclude(LINE), separator=" ", ignore_nulls=True)).to_series()
    rows = rows.filter(~said.str.contains(_OTHER_KINDS.pattern))
    records = table.frame[LINE].to_list()
    places = [bisect_left(records, line) for line in lines]
    found: list[tuple[int, str, str, Decimal]] = []
    for name in names:
        told = [(line, cell) for line, cell in rows.select(LINE, name).iter_rows() if cell and is_number(cell)]
        read = numbers(table.frame[name], money=True).values if told else pl.Series([None])
        if read.null_count() > table.frame[name].null_count():  # texts beside numbers: no column of amounts
            continue
        sums = [*accumulate((value or Decimal(0) for value in read.to_list()), initial=Decimal(0))]
        for line, cell in told:
            nearest = _nearest(sums, bisect_left(records, line), places, cell)
            if nearest is not None:
                found.append((int(line), cell, table.headers[int(name)], nearest))
    if not found:
        return []
    found.sort(key=lambda one: one[0])
    shown = "; ".join(
        f"{table.place(line)}: {column} {cell} ≠ {held:,.2f}" for line, cell, column, held in found[:_SHOWN]
    )
    params: dict[str, str | int] = {"rows": len({one[0] for one in found}), "of": len(lines), "lines": shown}
    if len(found) > _SHOWN:
        params["lines"] = f"{shown}; …"
    return [Remark(code="totals_differ", params=params)]


def _nearest(sums: list[Decimal], at: int, places: list[int], cell: str) -> Decimal | None:
    """The sum that comes nearest to what a total says, of rows above or below it; None where one is what it says.

    Args:
        sums: of the first rows. at: so many records stand above the total. places: the same of all totals.
        cell: what it says.
    """
    told = numbers(pl.Series([cell]), money=True).values[0]
    if told is None:
        return None
    others = {0, *places} if len(places) <= _MANY else {0, max((one for one in places if one < at), default=0)}
    above = [sums[at] - sums[one] for one in others if one < at]
    below = [sums[one] - sums[at] for one in {*others, len(sums) - 1} if one > at]
    if not above and not below:
        return None
    nearest = min([*above, *below], key=lambda one: (abs(one - told), one))
    rounded = Decimal(1).scaleb(-len(cell.partition(".")[2].rstrip("%) 元"))) / 2
    return None if abs(nearest - told) <= rounded else nearest
