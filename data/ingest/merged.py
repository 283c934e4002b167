"""Cells of a sheet that are merged downwards: the value stands in the first of them and speaks for all.

The reader of workbooks says nothing about them, so the workbook's own XML is asked; it was looked through before.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import polars as pl

from data.ingest.decimal_sign import Decimal
from data.ingest.names import normal
from data.ingest.numbers import numbers
from data.ingest.sheetsize import MERGED_TAG
from data.ingest.source import Source

_CHUNK, _OVERLAP = 1 << 20, 200
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^<>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^<>]*>")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_FILLED = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]{1,3})\d{1,7}"[^<>]*(?<!/)>')
_ID = re.compile(
    r"(?:编号|编码|单号|订单号|合同号|工号|代码)\s*$|(?i:(?:^|[\W_])id\s*$)|[a-z]I[Dd]\s*$"
    r"|(?i:\w[\W_]+(?:no|number|code)\.?\s*$)"
)
_PERIODS = frozenset(
    (
        "year",
        "fiscalyear",
        "month",
        "quarter",
        "period",
        "年份",
        "年度",
        "财年",
        "年",
        "年月",
        "月份",
        "月",
        "季度",
        "季",
        "期间",
    )
)
"""Numbers below such names are no money: `2026` merged over twelve months is the year of each."""


@dataclass(frozen=True)
class Span:
    """Cells from the first row to the last, in the first column that they are merged over; all counted from 0."""

    column: int
    first: int
    last: int


def spans(source: Source, sheet: str, merging: frozenset[str]) -> list[Span]:
    """The cells of a sheet of an .xlsx file that are merged downwards; none where that cannot be told.

    Args:
        source: the file. sheet: the name of the sheet.
        merging: the parts of the file that speak of merged cells at all.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as packed:
            path = _path(packed, sheet)
            return sorted(_read(packed, path), key=lambda span: span.first) if path in merging else []
    except (zipfile.BadZipFile, KeyError, OSError, UnicodeDecodeError, NotImplementedError):
        return []


def part_of(source: Source, sheet: str) -> str:
    """The part of an .xlsx file that holds a sheet; the empty text where that cannot be told."""
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as packed:
            return _path(packed, sheet) or ""
    except (zipfile.BadZipFile, KeyError, OSError, UnicodeDecodeError, NotImplementedError):
        return ""


def _path(packed: zipfile.ZipFile, sheet: str) -> str | None:
    """Where the workbook keeps a sheet."""
    book = packed.read("xl/workbook.xml").decode("utf-8")
    named = {_said(tag, "name"): _said(tag, r"\w+:id") for tag in _SHEET.findall(book)}
    return relations(packed, "xl/_rels/workbook.xml.rels").get(named.get(sheet, ""))


def relations(packed: zipfile.ZipFile, path: str) -> dict[str, str]:
    """The parts that a workbook names in its relations, by their names there."""
    tags = _RELATION.findall(packed.read(path).decode("utf-8"))
    return {
        _said(tag, "Id"): posixpath.normpath(posixpath.join("/xl", _said(tag, "Target"))).lstrip("/") for tag in tags
    }


def _said(tag: str, attribute: str) -> str:
    found = re.search(rf'\s{attribute}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def _read(packed: zipfile.ZipFile, path: str) -> set[Span]:
    merged = [
        (_number(left), int(first) - 1, int(last) - 1)
        for left, first, _, last in _found(packed, path, _MERGED, MERGED_TAG)
        if int(last) > int(first)
    ]
    if not merged:
        return set()
    # The reader begins with the first column that holds anything.
    start = min(map(_number, set(_found(packed, path, _FILLED, b"r="))), default=0)
    return {Span(column - start, first, last) for column, first, last in merged if column >= start}


def _found(packed: zipfile.ZipFile, path: str, form: re.Pattern[bytes], word: bytes) -> Iterator[Any]:
    """What a form that needs a word finds in a part, read piece by piece; at a seam it may be found twice."""
    rest = b""
    with packed.open(path) as part:
        while chunk := part.read(_CHUNK):
            piece = rest + chunk
            if word in piece:  # a hundred times as fast as the form, and most sheets have no merged cells
                yield from form.findall(piece)
            rest = chunk[-_OVERLAP:]


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def spread(
    cells: pl.DataFrame, merged: list[Span], header: int, names: Sequence[str] = ()
) -> tuple[pl.DataFrame, int, int]:
    """Write what merged cells say into each row they span.

    A number is not written again: whether 500 stands for three deals or is the money of all three nobody can know, and
    money must not be added up three times. A number in a column of ids, years or periods is neither, and is.

    Args:
        cells: one text column per column of the sheet.
        merged: its merged cells.
        header: the row of the column names; what is not below it is no record's.
        names: what its columns are called.

    Returns:
        The cells; how many were filled; how many were left blank below a number.
    """
    filled = left = 0
    for column in sorted({span.column for span in merged if span.first > header and span.column < cells.width}):
        series = cells.to_series(column)
        spanned = [span for span in merged if span.column == column and header < span.first < len(series)]
        values = series[[span.first for span in spanned]]
        are_numbers = _none(values) if _is_label(names, column) else _are_numbers(values)
        texts = series.to_list()
        for span, value, is_number in zip(spanned, values, are_numbers, strict=True):
            below = [row for row in range(span.first + 1, min(span.last + 1, len(texts))) if not texts[row]]
            if value is None or is_number:
                left += len(below) if is_number else 0
                continue
            filled += len(below)
            for row in below:
                texts[row] = value
        cells = cells.with_columns(pl.Series(series.name, texts, dtype=pl.String))
    return cells, filled, left


def _is_label(names: Sequence[str], column: int) -> bool:
    name = names[column] if column < len(names) else ""
    return normal(name) in _PERIODS or _ID.search(name) is not None


def _none(values: pl.Series) -> pl.Series:
    return pl.repeat(value=False, n=len(values), dtype=pl.Boolean, eager=True)


def _are_numbers(values: pl.Series) -> pl.Series:
    """Which texts are numbers or money as columns of them are read, with either decimal sign."""
    texts = values.str.strip_chars()
    read = [numbers(texts, money=True, decimal=sign).values.is_not_null() for sign in get_args(Decimal)]
    return read[0] | read[1]
