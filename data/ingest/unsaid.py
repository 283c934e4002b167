"""What the reader of .xls, .xlsb and .ods says nothing of: cells merged downwards, and rows that are not shown.

Sources: [MS-CFB] and [MS-XLS] (records BoundSheet8, MergeCells and Row), [MS-XLSB] (BrtBundleSh, BrtMergeCell,
BrtRowHdr) and OpenDocument 1.3, part 3, 9.1.3, 9.1.4, 19.679 and 19.749. What cannot be understood has neither: the
sheets are read anyway.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

import polars as pl

from data.ingest.merged import Span, relations
from data.ingest.source import Source
from data.settings import settings

_DAMAGES = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, struct.error, KeyError, IndexError, ValueError, OSError, EOFError,
    NotImplementedError, RuntimeError, OverflowError, MemoryError,
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0"
_BEGIN, _END, _BOUND_SHEET, _MERGED_CELLS, _ROW = 0x809, 0x0A, 0x85, 0xE5, 0x208
_NOT_SHOWN = 0x20  # of a Row: fDyZero
_BUNDLE_SHEET, _ROW_HEADER, _LAST_CELL, _ROW_NOT_SHOWN = 156, 0, 11, 0x10  # kinds 1 to 11 are cells, 1 a blank one
_FIRST_SECTORS = 109  # of the table of sectors, which the header of the file names itself
_MERGES = re.compile(rb"\xb1\x01\x04([\s\S]{4})((?:\xb0\x01\x10[\s\S]{16})+)\xb2\x01\x00")
_MAYBE_HIDDEN = re.compile(rb"\0[\x11-\x7f][\s\S]{11}[\x10-\x1f\x30-\x3f\x50-\x5f\x70-\x7f\x90-\x9f]")
"""A BrtRowHdr with fDyZero; other bytes may look like one, so that this only tells whether to look at every record."""
_NOTABLE = re.compile(rb'number-rows-spanned="(?:[2-9]|\d\d)|:visibility="(?:collapse|filter)"')


@dataclass
class Unsaid:
    """Of a sheet: cells that are merged downwards, columns counted from its own A; so many rows that are not shown."""

    spans: list[Span] = field(default_factory=list)
    hidden: int = 0


def unsaid_in(source: Source) -> dict[str, Unsaid]:
    """Sheet -> what its reader says nothing of."""
    try:
        if source.content.startswith(_OLE):
            return _of_xls(_workbook_stream(source.content))
        with zipfile.ZipFile(io.BytesIO(source.content)) as packed:
            names = set(packed.namelist())
            return _of_ods(_part(packed, "content.xml")) if "content.xml" in names else _of_xlsb(packed)
    except _DAMAGES:
        return {}


def fitted(spans: list[Span], cells: pl.DataFrame) -> tuple[Span, ...]:
    """The spans with columns as the reader counts them, who begins with the first that holds anything.

    That column is the one with which most merged cells say something and are blank below.
    """
    best: tuple[int, tuple[Span, ...]] = (0, ())
    for start in range(min((span.column for span in spans), default=0) + 1):
        moved = tuple(Span(span.column - start, span.first, span.last) for span in spans)
        inside = [span for span in moved if span.column < cells.width and span.first < cells.height]
        filled = sum(_speaks(cells, span) for span in inside)
        best = (filled, moved) if filled > best[0] else best
    return tuple(sorted(best[1], key=lambda span: span.first))


def _speaks(cells: pl.DataFrame, span: Span) -> bool:
    below = cells[span.first + 1, span.column] if span.first + 1 < cells.height else None
    return cells[span.first, span.column] is not None and below is None


def _part(packed: zipfile.ZipFile, path: str) -> bytes:
    """A part of a ZIP file, as far as it may be unpacked.

    Raises:
        ValueError: it is larger.
    """
    limit = settings().max_unpacked_mb << 20
    with packed.open(path) as part:
        content = part.read(limit + 1)
    if len(content) > limit:
        raise ValueError(path)
    return content


# -------------------------------------------------------------------------------------------------------------- .xls


def _workbook_stream(content: bytes) -> bytes:
    """The stream of records in the file of sectors."""
    size = 1 << int(struct.unpack_from("<H", content, 30)[0])
    first_entry, next_table, tables = struct.unpack_from("<I16xII", content, 48)
    where = [*struct.unpack_from(f"<{_FIRST_SECTORS}I", content, 76)]
    for _ in range(min(tables, len(content) // size)):  # large files name the others in sectors of their own
        *more, next_table = struct.unpack_from(f"<{size // 4}I", content, (next_table + 1) * size)
        where += more
    chain: list[int] = []
    for sector in where:
        if (sector + 1) * size < len(content):
            chain += struct.unpack_from(
                f"<{size // 4}I", content.ljust((sector + 2) * size, b"\0"), (sector + 1) * size
            )

    def stream(sector: int) -> bytes:
        found: list[bytes] = []
        while sector < len(chain) and len(found) <= len(chain):
            found.append(content[(sector + 1) * size : (sector + 2) * size])
            sector = chain[sector]
        return b"".join(found)

    entries = stream(first_entry)
    for at in range(0, len(entries), 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        if entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace") in ("Workbook", "Book"):
            start, long = struct.unpack_from("<II", entries, at + 116)
            return stream(start)[:long]
    return b""


def _of_xls(stream: bytes) -> dict[str, Unsaid]:
    found = {}
    for kind, content in _records(stream, 0):
        if kind == _BOUND_SHEET:
            offset, length, is_wide = struct.unpack_from("<IxxBB", content)
            name = (
                content[8 : 8 + length * 2].decode("utf-16-le")
                if is_wide & 1
                else content[8 : 8 + length].decode("latin-1")
            )
            found[name] = _of_records(_records(stream, offset))
    return found


def _of_records(records: Iterator[tuple[int, bytes]]) -> Unsaid:
    unsaid = Unsaid()
    for kind, said in records:
        if kind == _MERGED_CELLS:
            areas = struct.iter_unpack("<HHHH", said[2 : 2 + 8 * struct.unpack_from("<H", said)[0]])
            unsaid.spans += [Span(left, first, last) for first, last, left, _ in areas if last > first]
        elif kind == _ROW:
            left, behind, flags = struct.unpack_from("<2xHH6xB", said)
            unsaid.hidden += behind > left and bool(flags & _NOT_SHOWN)
    return unsaid


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place to the end of what begins there."""
    depth = 0  # a chart on a sheet begins and ends inside of it
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if kind == _END and depth < 1:
            return
        if kind in (_BOUND_SHEET, _MERGED_CELLS, _ROW):
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


# ------------------------------------------------------------------------------------------------------------- .xlsb


def _of_xlsb(packed: zipfile.ZipFile) -> dict[str, Unsaid]:
    targets = relations(packed, "xl/_rels/workbook.bin.rels")
    found = {}
    for name, relation in _bundled(_part(packed, "xl/workbook.bin")):
        sheet = _part(packed, targets[relation])
        spans = [
            Span(left, first, last)
            for count, said in _MERGES.findall(sheet)
            if struct.unpack("<I", count)[0] == len(said) // 19
            for first, last, left, _ in struct.iter_unpack("<3xIIII", said)
            if last > first
        ]
        found[name] = Unsaid(spans, _hidden_rows(sheet) if _MAYBE_HIDDEN.search(sheet) else 0)
    return found


def _hidden_rows(sheet: bytes) -> int:
    """Rows that hold cells and are not shown."""
    at = found = 0
    is_hidden = False
    while at < len(sheet):
        kind, at = _sevens(sheet, at)
        length, at = _sevens(sheet, at)
        if kind == _ROW_HEADER:
            is_hidden = bool(sheet[at + 11] & _ROW_NOT_SHOWN)
        elif is_hidden and kind <= _LAST_CELL:
            found, is_hidden = found + 1, False
        at += length
    return found


def _bundled(book: bytes) -> Iterator[tuple[str, str]]:
    """The sheets of a book, each with the name of its relation."""
    at = 0
    while at < len(book):
        kind, at = _sevens(book, at)
        length, at = _sevens(book, at)
        if kind == _BUNDLE_SHEET:
            relation, after = _wide(book, at + 8)
            yield _wide(book, after)[0], relation
        at += length


def _sevens(content: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where it ends."""
    number = shift = 0
    while True:
        number |= (content[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if content[at - 1] < 128:
            return number, at


def _wide(content: bytes, at: int) -> tuple[str, int]:
    length = struct.unpack_from("<I", content, at)[0]
    return content[at + 4 : at + 4 + 2 * length].decode("utf-16-le"), at + 4 + 2 * length


# -------------------------------------------------------------------------------------------------------------- .ods


def _of_ods(content: bytes) -> dict[str, Unsaid]:
    if not _NOTABLE.search(content):
        return {}
    tables = _Tables()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = tables.start, tables.end
    parser.EntityDeclHandler = _refuse_entities
    parser.Parse(content, True)
    return tables.found


def _refuse_entities(*_: object) -> None:
    raise ValueError("entities")


class _Tables:
    """Counts rows and columns of every table, and notes cells that span several rows and rows that are not shown."""

    def __init__(self) -> None:
        self.found: dict[str, Unsaid] = {}
        self._sheet = Unsaid()
        self._row = self._column = self._repeated = 0
        self._is_hidden = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        told = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if name == "table":
            self._sheet = self.found.setdefault(told.get("name", ""), Unsaid())
            self._row = 0
        elif name == "table-row":
            self._column, self._repeated = 0, int(told.get("number-rows-repeated", 1))
            self._is_hidden = told.get("visibility") in ("collapse", "filter")
        elif name in ("table-cell", "covered-table-cell"):
            rows = int(told.get("number-rows-spanned", 1))
            if rows > 1:
                self._sheet.spans.append(Span(self._column, self._row, self._row + rows - 1))
            self._column += int(told.get("number-columns-repeated", 1))
        elif name == "p" and self._is_hidden:  # the first text of a row's cells
            self._sheet.hidden, self._is_hidden = self._sheet.hidden + self._repeated, False

    def end(self, tag: str) -> None:
        if tag.rpartition(" ")[2] == "table-row":
            self._row += self._repeated
