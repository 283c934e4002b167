"""Delimited text -> a table of texts: the delimiter proved, the true header row found, every row with its line."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import polars as pl

from data.ingest.errors import HeaderMissing
from data.ingest.names import normal
from data.ingest.texttable import LINE, Aside, TextTable, tidy

_SAMPLE_BYTES = 1 << 18
_SAMPLE_ROWS = 200
_HEADER_WITHIN = 30
_DELIMITERS = (",", "\t", ";", "|")
_NUMBERISH = re.compile(r"^[^\w一-鿿]*[\d.,\s:/\-%年月日]+[^\w一-鿿]*$")
_PERIODISH = re.compile(r"^(19|20)\d\d([-/年]\d{1,2}月?|年)?$|^\d{1,2}月$")  # the headings of a pivot table


@dataclass(frozen=True)
class _Row:
    start: int  # the physical line it begins on, from 1
    end: int
    cells: list[str]


def _rows(text: str, delimiter: str, limit: int | None = None, first_line: int = 1) -> list[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[_Row] = []
    start = 1
    for cells in reader:
        rows.append(_Row(start + first_line - 1, reader.line_num + first_line - 1, cells))
        start = reader.line_num + 1
        if limit and len(rows) >= limit:
            break
    return rows


def _rows_after_open_quotes(text: str, delimiter: str, first_line: int) -> list[_Row]:
    """All rows; a quotation mark that is never closed is a sign like any other, and swallows no line below it."""
    rows = _rows(text, delimiter, first_line=first_line)
    last = rows[-1] if rows else None
    if last is None or last.end == last.start:
        return rows
    lines = list(io.StringIO(text, newline=""))[last.start - first_line :]
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            cells = next(csv.reader(lines[:1], delimiter=delimiter, quoting=csv.QUOTE_NONE))
            below = _rows_after_open_quotes("".join(lines[1:]), delimiter, last.start + 1)
            return [*rows[:-1], _Row(last.start, last.start, cells), *below]
    return rows


def read_text(file: str, text: bytes, encoding: str, known: AbstractSet[str], delimiter: str | None) -> TextTable:
    """Read UTF-8 text as a table of texts.

    Raises:
        HeaderMissing, HeaderOnly.
    """
    csv.field_size_limit(1 << 30)
    sample = text[:_SAMPLE_BYTES]
    if len(sample) < len(text):
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    head = sample.decode("utf-8", "ignore")
    told = re.match(r"sep=(.)\r?\n", head)  # Excel's own first line
    separator = delimiter or (told[1] if told else prove_delimiter(head))
    rows = _rows(head, separator, _SAMPLE_ROWS)
    at = find_header([row.cells for row in rows], known)
    if at is None:
        raise HeaderMissing(file=file)
    header = rows[at]
    headers = [" ".join(cell.split()) for cell in header.cells]
    frame, broken = _body(text, separator, headers, header.end)
    table = TextTable(
        file=file,
        headers=headers,
        frame=frame,
        encoding=encoding,
        delimiter=separator,
        header_line=header.start,
        title=[" ".join(row.cells).strip() for row in rows[:at]],
        broken=broken,
        text=text,
    )
    return tidy(table)


def prove_delimiter(text: str) -> str:
    """The delimiter that cuts the first rows most evenly into more than one cell; a comma when none does."""

    def evenness(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row.cells) for row in _rows(text, delimiter, _SAMPLE_ROWS) if any(row.cells))
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return (rows / widths.total(), width) if width > 1 else (0.0, 0)

    return max(_DELIMITERS, key=evenness)


def find_header(rows: list[list[str]], known: AbstractSet[str]) -> int | None:
    """Which row names the columns: the one with most known names, else the first that is full and all words.

    Title rows above it ("Export of 5 January") and a first line without names are the reasons to look.
    """
    seen = rows[:_HEADER_WITHIN]
    hits = [sum(1 for cell in row if normal(cell) in known) for row in seen]
    if hits and max(hits) >= 2:
        return hits.index(max(hits))
    widths = Counter(sum(1 for cell in row if cell.strip()) for row in rows if any(cell.strip() for cell in row))
    usual = max(widths.items(), key=lambda item: (item[1], item[0]))[0] if widths else 0
    for index, row in enumerate(seen):
        filled = [cell.strip() for cell in row if cell.strip()]
        if len(filled) >= max(1, 0.6 * usual) and not any(_is_number(cell) for cell in filled):
            return index
    return None


def _is_number(cell: str) -> bool:
    return bool(_NUMBERISH.match(cell)) and not _PERIODISH.match(cell)


def _body(text: bytes, delimiter: str, headers: list[str], header_end: int) -> tuple[pl.DataFrame, list[Aside]]:
    """The rows below the header, fast where the file is regular, cell by cell where it is not."""
    names = [str(index) for index in range(len(headers))]
    try:
        frame = pl.read_csv(
            text,
            has_header=False,
            skip_lines=header_end,
            schema=dict.fromkeys(names, pl.String),
            separator=delimiter,
            raise_if_empty=False,
            missing_columns="insert",
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError, pl.exceptions.NoDataError):
        return _ragged(text, delimiter, names, header_end)
    return frame.with_columns(_lines_of(frame, text, header_end)), []


def _lines_of(frame: pl.DataFrame, text: bytes, header_end: int) -> pl.Series:
    """The line each row begins on: one line per row, unless cells hold line breaks of their own."""
    first = header_end + 1
    lines = text.count(b"\n") + (not text.endswith(b"\n"))
    plain = pl.Series(LINE, range(first, first + frame.height), dtype=pl.Int64)
    if lines - header_end <= frame.height:
        return plain
    extra = frame.select(
        pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0)).cast(pl.Int64).alias("breaks")
    )["breaks"]
    return (plain + extra.cum_sum().shift(1, fill_value=0)).alias(LINE) if extra.sum() else plain


def _ragged(text: bytes, delimiter: str, names: list[str], header_end: int) -> tuple[pl.DataFrame, list[Aside]]:
    """Read cell by cell: rows with more cells than the header has names are set apart as broken."""
    body = b"\n".join(text.split(b"\n")[header_end:]).decode("utf-8", "replace")
    fitting: list[list[str | None]] = []
    lines: list[int] = []
    broken: list[Aside] = []
    for row in _rows_after_open_quotes(body, delimiter, header_end + 1):
        cells = row.cells
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(names):
            broken.append(Aside(row.start, delimiter.join(row.cells), "cells_too_many"))
            continue
        fitting.append([*cells, *[None] * (len(names) - len(cells))])
        lines.append(row.start)
    frame = pl.DataFrame(fitting, schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.with_columns(pl.Series(LINE, lines, dtype=pl.Int64)), broken
