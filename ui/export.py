"""Files a reader takes away: CSV that Excel opens in any language, XLSX with typed cells and the definitions beside.

Pure: a frame and words go in, bytes come out.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from metrics.lines import FORMULAS, defused, is_dangerous
from ui.margins import columns

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MAX_SHEET_ROWS = 1_048_575
"""Rows of one Excel sheet, below the header."""

_POINTS = "+0.0%;-0.0%"
_NUMBER_FORMATS = {"money": "#,##0.00", "count": "#,##0", "share": "0.0%", "difference": _POINTS, "days": "#,##0.0"}
_WIDEST = 48


def csv_bytes(frame: pl.DataFrame, headings: Mapping[str, str] | None = None) -> bytes:
    """The frame as CSV: UTF-8 with a byte-order mark, so that Excel reads Chinese.

    Text that a spreadsheet would run as a formula (it starts with = + - @, tab or return) gets a leading apostrophe;
    numbers and dates are left as they are.

    Args:
        frame: what to write; lists and structs are written as JSON text.
        headings: column name → heading in the reader's words; others keep their name.
    """
    flat = _flat(frame)
    safe = flat.with_columns(_defused(pl.col(name), name) for name in _text_columns(flat))
    headings = _unique_headings(safe.columns, headings or {})
    safe = safe.rename({name: defused(heading) for name, heading in headings.items()})
    return b"\xef\xbb\xbf" + safe.write_csv(line_terminator="\r\n").encode()


def xlsx_bytes(
    frame: pl.DataFrame,
    headings: Mapping[str, str] | None = None,
    *,
    sheet: str = "Data",
    units: Mapping[str, str] | None = None,
    definitions: Sequence[tuple[str, str]] = (),
    definitions_sheet: str = "Definitions",
) -> bytes:
    """The frame as an Excel workbook: numbers as numbers, dates as dates, text as text, never a formula.

    Args:
        frame: what to write; rows beyond one sheet go on to further sheets.
        headings: column name → heading.
        sheet: name of the data sheet.
        units: column name → unit (money, count, share, days), which decides the number format.
        definitions: (term, meaning) pairs of the second sheet; without any there is no second sheet.
        definitions_sheet: its name.
    """
    import xlsxwriter  # forty modules, only where a workbook is taken away

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        flat = _flat(frame)
        parts = max(1, -(-flat.height // MAX_SHEET_ROWS))
        for part in range(parts):
            name = sheet if part == 0 else f"{sheet} {part + 1}"
            rows = flat.slice(part * MAX_SHEET_ROWS, MAX_SHEET_ROWS)
            _write_sheet(book, _sheet_name(name), rows, _unique_headings(flat.columns, headings or {}), units or {})
        if definitions:
            _write_definitions(book, _sheet_name(definitions_sheet), definitions)
    return buffer.getvalue()


def _write_sheet(
    book: Workbook, name: str, frame: pl.DataFrame, headings: Mapping[str, str], units: Mapping[str, str]
) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    quoted = book.add_format({"quote_prefix": True})
    for index, (column, dtype) in enumerate(frame.schema.items()):
        values = frame.get_column(column).to_list()
        style = book.add_format({"num_format": _number_format(dtype, units.get(column))})
        sheet.write_string(0, index, headings[column], bold)
        for row, value in enumerate(values, start=1):
            _write_cell(sheet, row, index, value, style, quoted)
        sheet.set_column(index, index, _width(headings[column], values), style)
    sheet.freeze_panes(1, 0)
    if frame.width and frame.height:
        sheet.autofilter(0, 0, frame.height, frame.width - 1)


def _write_cell(sheet: Worksheet, row: int, column: int, value: object, style: object, quoted: object) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case int() if abs(value) >= 2**53:  # keys: a spreadsheet would round them
            sheet.write_string(row, column, str(value))
        case int() | Decimal():
            sheet.write_number(row, column, float(value), style)
        case float():
            if math.isfinite(value):  # a spreadsheet has no NaN
                sheet.write_number(row, column, value, style)
        case str():  # a text, even where it looks like a formula, and it stays one when its cell is edited
            sheet.write_string(row, column, value, quoted if is_dangerous(value) else None)
        case _:
            sheet.write_datetime(row, column, value, style)


def _write_definitions(book: Workbook, name: str, definitions: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    for row, (term, meaning) in enumerate(definitions):
        sheet.write_string(row, 0, term, bold)
        sheet.write_string(row, 1, meaning[:32_000], wrapped)


def _number_format(dtype: pl.DataType, unit: str | None) -> str:
    if dtype.is_(pl.Date):
        return "yyyy-mm-dd"
    if isinstance(dtype, pl.Datetime):
        return "yyyy-mm-dd hh:mm"
    if unit in _NUMBER_FORMATS:
        return _NUMBER_FORMATS[unit]
    return "#,##0.00" if dtype.is_decimal() else "General"


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists, structs and times as text: a file cell holds one value."""
    text = [
        pl.Series(
            name, [None if value is None else str(value) for value in frame.get_column(name).to_list()], pl.String
        )
        for name, dtype in frame.schema.items()
        if dtype.is_nested() or isinstance(dtype, pl.Time | pl.Duration | pl.Binary)
    ]
    return frame.with_columns(text) if text else frame


def _text_columns(frame: pl.DataFrame) -> list[str]:
    return [name for name, dtype in frame.schema.items() if dtype.is_(pl.String) or dtype.is_(pl.Categorical)]


def _defused(cell: pl.Expr, name: str) -> pl.Expr:
    text = cell.cast(pl.String)
    starts = pl.any_horizontal(text.str.starts_with(mark) for mark in FORMULAS)
    return pl.when(starts).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)


def _unique_headings(columns: Sequence[str], headings: Mapping[str, str]) -> dict[str, str]:
    """A heading per column; where two columns would read the same, the second says its own name too."""
    taken: set[str] = set()
    named: dict[str, str] = {}
    for column in columns:
        heading = headings.get(column, column)
        if heading in taken:
            heading = f"{heading} ({column})"
        taken.add(heading)
        named[column] = heading
    return named


def _sheet_name(text: str) -> str:
    """What Excel accepts as the name of a sheet: at most 31 characters, no brackets, slashes, colons or wildcards."""
    return "".join("_" if mark in "[]:*?/\\" else mark for mark in text).strip("'")[:31] or "Data"


def _width(heading: str, values: Sequence[object]) -> int:
    longest = max((columns(str(value)) for value in (heading, *values[:200]) if value is not None), default=8)
    return min(_WIDEST, longest + 2)
