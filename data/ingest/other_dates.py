"""Columns that fill no field prove how a file writes its dates, too: one program wrote all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.ingest import dates
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE

if TYPE_CHECKING:
    from data.ingest.map import Mapped
    from data.ingest.parsed import Hints

_NUMBERS = r"^\d{1,2}\s?([-/.])\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})(?:\D|$)"
"""A date in numbers that does not begin with its year, and the sign between them."""
_MOST = 0.9
_SHOWN = 3


def proved_elsewhere(mapped: Mapped, ours: str, column: dates.Readings, hints: Hints) -> tuple[str, Remark] | None:
    """The order that columns without a field prove, where they write their dates as this one does.

    Args:
        mapped: the file.
        ours: the field whose column leaves its order open.
        column: its readings.
        hints: the day of the import and the time zone.

    Returns:
        The order, and what is said of it with the lines; None where none is proved, or two disagree.
    """
    sign = _sign(column.texts)
    used = {header for headers in mapped.sources.values() for header in headers}
    found: dict[str, Remark] = {}
    for index, header in enumerate(mapped.table.headers):
        texts = mapped.table.column(index)
        if header in used or sign is None or _sign(texts) != sign:
            continue
        other = dates.readings(texts, hints.today, hints.timezone)
        if len(other.names) != 1 or other.names[0] not in column.names or other.share < _MOST:
            continue
        order = other.names[0]
        proves = other.tried[order].is_not_null() if order in other.tried else pl.Series([False] * len(other.texts))
        for name, read in other.tried.items():
            proves &= read.is_null() | (name == order)
        if count := int(other.rows.filter(proves).sum() or 0):
            params: dict[str, str | int] = {
                "column": mapped.sources[ours][0], "order": order, "other": header, "count": count,
                "lines": _lines(mapped, texts, other.texts.filter(proves)), "open": int(column.rows.sum() or 0),
            }  # fmt: skip
            found.setdefault(order, Remark(code="date_by_columns", params=params))
    return next(iter(found.items())) if len(found) == 1 else None


def _sign(texts: pl.Series) -> str | None:
    """The sign between day, month and year, where nearly every cell is such a date and all use the same."""
    filled = texts.drop_nulls().head(1000)
    signs = filled.str.extract(_NUMBERS, 1).drop_nulls()
    is_sure = len(filled) > 0 and len(signs) >= _MOST * len(filled) and signs.n_unique() == 1
    return str(signs[0]) if is_sure else None


def _lines(mapped: Mapped, column: pl.Series, texts: pl.Series) -> str:
    """The first lines that hold one of these texts, each with what it says."""
    rows = column.is_in(texts.head(1000).implode()).fill_null(value=False).arg_true().head(_SHOWN)
    lines = mapped.table.frame[LINE]
    return ", ".join(f"{mapped.table.place(int(lines[row]))}: {column[row]}" for row in rows)
