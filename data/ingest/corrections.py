"""Refused rows on their way out and back in: the file as it was, with the reasons in columns of our own before it.

Our columns stand first, so that a row with too many cells keeps its place under the header. The lines above the header
come along: the unit, the currency or the year of all amounts may stand there. When such a file comes
back, corrected or not, they are taken off again, and with them the apostrophes that kept a spreadsheet from running
texts as formulas.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl
import xlsxwriter

from data.ingest.remarks import Remark, reason_text
from data.ingest.texttable import LINE, TextTable
from metrics.catalog import Text

REASON = Text(**{"en": "[refused] reason", "zh-CN": "[拒收] 原因"})
LINE_NO = Text(**{"en": "[refused] line", "zh-CN": "[拒收] 行号"})
CORRECTION = "correction"
"""Code of the remark that a file with our columns gets."""
_OURS = {text for words in (REASON, LINE_NO) for text in (words.en, words.zh_CN)}
_DANGEROUS = ("=", "+", "-", "@")
_NUMBER = re.compile(r"[+-][\d.,\s%¥$€￥]*\d[\d.,\s%¥$€￥]*")


class Refusal(NamedTuple):
    """One refused row: its line in the file and why, as codes."""

    line: int
    reasons: Sequence[str]


def titles_of(table: TextTable) -> list[list[str]]:
    """The lines above the header, each in the first cell of a row as wide as the list with our columns."""
    return [[line, "", *("" for _ in table.headers)] for line in table.title if line.strip()]


def rows_of(table: TextTable, refused: Sequence[Refusal], lang: str) -> list[list[str]]:
    """The refused rows as they stand in the file, reason and line before them; the header is the first row."""
    why = {one.line: "; ".join(reason_text(reason, lang) for reason in one.reasons) for one in refused}
    found = {row[0]: list(row[1:]) for row in _kept(table, list(why)).iter_rows()}
    found |= {broken.line: _cells(table, broken.line, broken.text) for broken in table.broken if broken.line in why}
    listed = [[why[line], table.place(line), *(cell or "" for cell in found[line])] for line in sorted(found)]
    return [[REASON.text(lang), LINE_NO.text(lang), *table.headers], *listed]


def _kept(table: TextTable, lines: list[int]) -> pl.DataFrame:
    columns = [str(index) for index in range(len(table.headers))]
    return table.frame.filter(pl.col(LINE).is_in(lines)).select(LINE, *columns)


def _cells(table: TextTable, line: int, text: str) -> list[str]:
    """The cells of a row that does not fit the header, from the file's own text where there is one."""
    if table.text:
        raw = table.text.split(b"\n")[line - 1 : line + text.count("\n")]
        text = b"\n".join(raw).decode("utf-8", "replace")
    parsed = next(csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter), [])
    ours = sum(int(remark.params["columns"]) for remark in table.remarks if remark.code == CORRECTION)
    return [cell.strip() for cell in parsed[ours:]]


def as_text(rows: Sequence[Sequence[str]], delimiter: str) -> bytes:
    """Rows as delimited text: UTF-8 with a byte-order mark, no cell that a spreadsheet would run."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([_defused(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_workbook(rows: Sequence[Sequence[str]], *, header: int = 0) -> bytes:
    """Rows as a workbook of texts, of which one is the header; a text in a workbook is never run."""
    buffer = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, plain) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)
        sheet.freeze_panes(header + 1, 2)
        sheet.set_column(0, 0, 48)
    return buffer.getvalue()


def _defused(cell: str) -> str:
    return "'" + cell if cell.startswith(_DANGEROUS) and not _NUMBER.fullmatch(cell) else cell


# ----------------------------------------------------------------------------------------------------- on the way in


def taken_off(table: TextTable) -> TextTable:
    """The table without our columns, if it has any; then it is remarked to be a correction."""
    ours = {place for place, header in enumerate(table.headers) if header.strip() in _OURS}
    if not ours:
        return table
    left = [place for place in range(len(table.headers)) if place not in ours]
    restored = [
        pl.when(pl.col(str(old)).str.contains(r"^'[=+\-@]"))
        .then(pl.col(str(old)).str.slice(1))
        .otherwise(pl.col(str(old)))
        .alias(str(new))
        for new, old in enumerate(left)
    ]
    table.frame = table.frame.select(*restored, LINE)
    table.headers = [table.headers[place] for place in left]
    table.remarks.append(Remark(code=CORRECTION, params={"columns": len(ours)}))
    return table
