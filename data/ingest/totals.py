"""What below or between the records of a list is a total, a count of its rows or a note, told by its own words.

A name that only begins like a total ("Total Energies", 合计科技) is a record: the word must stand alone, or with what
totals are written with (`Total: 300`, `合计（元）`).
"""

from __future__ import annotations

import re

import polars as pl

from data.ingest.numbers import numbers

_LARGELY = 0.7
"""A total fills some columns only; a row that fills more of them is one where its name says nothing else."""

_REST = r"\s*(?:$|[:：(（=\d]|(?:records?|rows?|count|amount|sum|value|for|of)\b|金额|数量?$|记录|条数|行数)"
_TOTAL = re.compile(
    r"^(?:(?:(?:grand\s*|sub\s*-?\s*)?totals?|合\s*计|总\s*计|小\s*计|汇\s*总|共\s*计|总和|平均值?)" + _REST
    + r"|(?:sum|count|average|overall)$)",
    re.IGNORECASE,
)  # fmt: skip
_NAMED = re.compile(r"^(?:合\s*计|总\s*计|小\s*计|(?:grand|sub)\s*-?\s*total)\s*[:：]?$", re.IGNORECASE)
_NAMED_LIKE_A_FIRM = re.compile(r"^(?:total|sum)\s*[:：]?$", re.IGNORECASE)
_NUMBER = re.compile(
    r"^(?:[A-Z]{3}\s?)?[-+(（]?[¥￥$€£]?\s?\d[\d.,' ]*\s?(?:%|万?元|万|[A-Z]{3})?[)）]?$|^[-–—/]+$", re.IGNORECASE
)
_DAY = re.compile(r"^(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
_FOOTNOTE = re.compile(
    r"^(confidential|copyright|©|generated (by|on)|exported (by|on)|printed (by|on)|page \d|note:|source:|\*"
    r"|(count|records?|rows?)\s*[:：]\s*\d+$|\d+ (records?|rows?)$|共\s*[\d,]+\s*[条行个项笔]"
    r"|注[:：]|说明[:：]|备注[:：]|数据来源|制表|打印|导出|审核|第\s*\d+\s*页)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"^(?:制表|制单|填表|打印|导出|审核|复核)[人者]?(?:时间|日期)?\s*[:：]|^(?:generated|exported|printed) (?:by|on)\b",
    re.IGNORECASE,
)

SUBTOTALS = [
    *("合计", "总计", "小计", "汇总", "合计：", "总计：", "小计：", "合计:", "总计:", "小计:"),
    *(form(name) for name in ("total", "subtotal", "grand total", "sub-total") for form in (str, str.title, str.upper)),
    *("Grand total", "Sub-total", "Total:", "Subtotal:"),
]
"""What stands in a cell of a total between the records, as it is usually written."""


def is_partly_filled(filled: int, width: int) -> bool:
    """Whether a row fills as few columns as totals do."""
    return filled <= max(1, width * _LARGELY)


def is_last_total(cells: list[str | None]) -> bool:
    """Whether a row below the last record is a total.

    Args:
        cells: of one row, null where blank.
    """
    filled = [cell for cell in cells if cell]
    if is_partly_filled(len(filled), len(cells)) and any(_TOTAL.match(cell) for cell in filled):
        return True
    return is_named_total(cells) or (bool(_NAMED_LIKE_A_FIRM.match(cells[0] or "")) and _has_numbers_only(filled[1:]))


def is_named_total(cells: list[str | None]) -> bool:
    """Whether a row is a total wherever it stands, however many columns it fills.

    Its first cell says 合计 or "Grand Total" and nothing else; where that is not in the first column, it has only
    numbers beside it. "Total" alone is a company's name, too, and must be the last row or fill few columns.
    """
    filled = [cell for cell in cells if cell]
    return bool(filled and _NAMED.match(filled[0])) and (bool(cells[0]) or _has_numbers_only(filled[1:]))


def may_be_sums(cells: list[str | None]) -> bool:
    """Whether a row without any word could be the sums of others: some numbers, the rest blank, also in front."""
    filled = [cell for cell in cells if cell]
    return not cells[0] and is_partly_filled(len(filled), len(cells)) and _has_numbers_only(filled)


def adds_up(rows: pl.DataFrame, cells: list[str | None]) -> bool:
    """Whether a row holds the sums of others: a number of it that is the sum of two or more of its column.

    Averages and rates beside them are no sums, so one column is enough; that an amount of a record is the sum of all
    above it by chance is not to be expected.

    Args:
        rows: the others, columns "0", "1", … of texts.
        cells: of the row, one per column.
    """
    for at, cell in enumerate(cells):
        if not cell or not _NUMBER.match(cell):
            continue
        column = rows[str(at)].drop_nulls()
        read = numbers(column, money=True).values
        total = numbers(pl.Series([cell]), money=True).values[0]
        if len(column) > 1 and read.null_count() == 0 and total and (read != 0).sum() > 1 and read.sum() == total:
            return True
    return False


def _has_numbers_only(cells: list[str]) -> bool:
    return bool(cells) and all(_NUMBER.match(cell) for cell in cells)


def is_note(cells: list[str | None], *, is_apart: bool) -> bool:
    """Whether a row below the last record is a note, a count of the rows, or who made the list and when.

    Args:
        cells: of one row, null where blank.
        is_apart: a blank line stands before it.
    """
    filled = [cell for cell in cells if cell]
    if not filled or len(cells) < 3:
        return False
    if len(filled) == 1:
        return bool(_FOOTNOTE.match(filled[0])) or (is_apart and bool(cells[0]))
    return bool(_SIGNED.match(filled[0])) and all(_SIGNED.match(cell) or _DAY.match(cell) for cell in filled[1:])
