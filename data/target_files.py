"""Targets as workbooks that can be filled in and uploaded: a row for each target, or people by months."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import xlsxwriter

from data.targets import FIELDS
from metrics.period import bucket_next
from metrics.target import Held, Span

if TYPE_CHECKING:
    from metrics.target import Target

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MONTHS = 12


def tall_book(listed: Sequence[Target]) -> bytes:
    """A row for each target, headed by our own field names, which an upload knows without a question.

    A row that is changed needs the next version and a reason; versions that stay as they are change nothing.
    """
    return _book(list(FIELDS), [[getattr(one, name) for name in FIELDS] for one in listed])


def wide_book(names: Sequence[str], first: date, kept: Sequence[Held], lang: str = "en") -> bytes:
    """A row for each salesperson and a column for each of twelve months: won amounts, as a list by months is read.

    Args:
        names: of the salespeople. first: day of the first month. kept: their targets of the won amount so far.
        lang: of the headings; an upload knows both.
    """
    months = [bucket_next(first, "month", place) for place in range(_MONTHS)]
    known = {(one.current.scope_value, one.current.starts_on): one.current.value for one in kept
             if one.current.scope == "rep" and _is_month(one.current.span)}  # fmt: skip
    headers = ["负责人" if lang.startswith("zh") else "Salesperson", *(f"{month:%Y-%m}" for month in months)]
    return _book(headers, [[name, *(known.get((name, month)) for month in months)] for name in names])


def _is_month(span: Span) -> bool:
    return span.starts_on.day == 1 and bucket_next(span.starts_on, "month").toordinal() - 1 == span.ends_on.toordinal()


def _book(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook with one sheet; texts stay texts, whatever they begin with."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet("targets"), book.add_format({"num_format": "yyyy-mm-dd"})
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header)
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(line, column, value, day)
                elif isinstance(value, int | float):
                    sheet.write_number(line, column, value)
                elif value is not None:
                    sheet.write_string(line, column, str(value))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headers) - 1, 14)
    return buffer.getvalue()
