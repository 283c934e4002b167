"""Text -> rows of cells: which sign divides them, and where quotation marks were left open."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SPACES = " "
"""The delimiter of columns set apart by runs of white space."""

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_ROWS = 200
_EVEN = 0.95
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Row:
    """The cells of one row, and the physical lines it stands on, from 1."""

    start: int
    end: int
    cells: list[str]


def rows(text: str, delimiter: str, limit: int | None = None, first_line: int = 1) -> list[Row]:
    """Cut text into rows of cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[Row] = []
    start = 1
    for cells in reader:
        found.append(Row(start + first_line - 1, reader.line_num + first_line - 1, cells))
        start = reader.line_num + 1
        if limit and len(found) >= limit:
            break
    return found


def rows_after_open_quotes(text: str, delimiter: str, first_line: int, width: int) -> tuple[list[Row], list[int]]:
    """All rows, and the lines with a quotation mark that nothing closes: it is a sign like any other.

    Closed only in a later record, it would swallow the records between.
    """
    lines = list(io.StringIO(text, newline=""))
    found: list[Row] = []
    opened: list[int] = []
    at = 0
    while at < len(lines):
        reader, base = csv.reader(_from(lines, at), delimiter=delimiter), at
        for cells in reader:
            end = base + reader.line_num
            if end - at > 1 and swallows(lines[at:end], delimiter, width):
                break
            found.append(Row(at + first_line, end + first_line - 1, cells))
            at = end
        else:
            break
        opened.append(at + first_line)
        cells = next(csv.reader(lines[at : at + 1], delimiter=delimiter, quoting=csv.QUOTE_NONE))
        found.append(Row(at + first_line, at + first_line, cells))
        at += 1
    return found, opened


def _from(lines: list[str], at: int) -> Iterator[str]:
    return (lines[place] for place in range(at, len(lines)))


def swallows(lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether a row that stands on several lines holds other records.

    Its quotation marks do not close, or not at the end of a cell; or every line by itself is a whole record.
    """
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    ends_are_records = all(line.count(delimiter) == width - 1 for line in (lines[0], lines[-1]))
    return (
        width > 2
        and ends_are_records
        and all(len(cells) == width for line in lines[1:-1] for cells in csv.reader([line], delimiter=delimiter))
    )


def prove_delimiter(text: str) -> str:
    """The delimiter that cuts the first rows most evenly into more than one cell; a comma when none does."""

    def evenness(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row.cells) for row in rows(text, delimiter, _SAMPLE_ROWS) if any(row.cells))
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return (count / widths.total(), width) if width > 1 else (0.0, 0)

    best = max(_DELIMITERS, key=evenness)
    return SPACES if not evenness(best)[1] and _are_columns_of_spaces(text) else best


def _are_columns_of_spaces(text: str) -> bool:
    """Whether white space alone cuts nearly every line into the same number of cells, numbers among them."""
    lines = [line.split() for line in text.splitlines()[: _SAMPLE_ROWS + 30] if line.strip()]
    width, count = Counter(len(cells) for cells in lines).most_common(1)[0] if lines else (0, 0)
    numbers = sum(1 for cells in lines if any(re.fullmatch(r"[-+]?[\d.,/:-]+", cell) for cell in cells))
    return width > 1 and len(lines) > 1 and count >= _EVEN * len(lines) and 2 * numbers >= len(lines)


def tabs_for_spaces(text: bytes) -> bytes:
    """Columns set apart by runs of white space as tab-separated text, line by line."""
    return re.sub(rb"(?m)^[ \t]+|[ \t]+$", b"", re.sub(rb"[ \t]+", b"\t", text.replace(b"\r\n", b"\n")))
