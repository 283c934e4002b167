"""How large a workbook becomes, looked at before it is opened: a few bytes can stand for a sheet that fills any memory.

The reader keeps a sheet as a full rectangle from its first to its last cell, and writes a shared text out in each cell
that refers to it. So what counts is how far apart the cells are, and how long the texts. Every part inside is looked
at, for the workbook itself says which of them are sheets; and to its true end, for a ZIP file's sizes may lie.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
import zlib
from array import array
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, field

import polars as pl

from data.ingest.errors import FileProtected, SheetTooLarge, UnpackedTooLarge, WorkbookDamaged
from data.ingest.source import Source
from data.settings import settings

_CHUNK = 1 << 22
MERGED_TAG = b"mergeCell"
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError)

# The quick look, by Rust's regular expressions: a cell that does not begin with a place up to CZ499999 is suspect.
_NEAR_COLUMNS, _NEAR_ROWS = 104, 499_999
_FAR = "[A-Za-z]{3,}[0-9]|[D-Zd-z][A-Za-z][0-9]|[A-Za-z]{1,2}0*(?:[5-9][0-9]{5}|[1-9][0-9]{6})"
_NO_PLACE_FIRST = r"[<:]c(?:[/>]|[ \t\r\n]+(?:[^r \t\r\n]|r[^= \t\r\n]))"
_SUSPECT = rf"""{_NO_PLACE_FIRST}|[<:]c[ \t\r\n]+r[ \t\r\n]*=[ \t\r\n]*["'](?:{_FAR})"""

# The close look, as the reader reads: a cell without a place stands beside the last one, in the row after the last.
_UNUSUAL = r"""[^ ]r[ \t\r\n]*=|r[ \t\r\n]+=|r=[^"]|r="[^A-Z]"""  # places that Excel would not write so
_USUAL_PLACE = re.compile(rb' r="([A-Z]+)(\d+)')  # plain letters first: several times as fast
_PLACE = re.compile(rb"""[\s"']r\s*=\s*["']([A-Za-z]*)0*(\d+)""")
_PLACELESS = re.compile(rb"""<(?:[^\s<>/:]+:)?c(?=[\s/>])(?![^<>]*[\s"']r\s*=)""")
_ROW = re.compile(rb"<(?:[^\s<>/:]+:)?row(?=[\s/>])")
_ROW_END = re.compile(rb"</(?:[^\s<>/:]+:)?row(?=[\s>])")

_CELL_BYTES = 16  # what a cell with a shared text takes at least
_TEXTS, _BOOK = "xl/sharedstrings.xml", "xl/workbook.xml"
_WRONG = (b'"e"', b"'e'")
"""The kind of a cell like #N/A; it is looked for beside such a sign only, which is found ten times as fast."""
_HIDDEN = re.compile(rb"[\"'](?:very)?hidden[\"']", re.IGNORECASE)
_FORMULA = "[</:]f[ >]"  # with four signs looked for one by one, the look took a third longer
_NOTABLE = f"{_SUSPECT}|{_FORMULA}|{MERGED_TAG.decode()}"  # in one pass, which nearly every piece of a list ends with
_TAG = r"(?:[A-Za-z0-9]+:)?"
_NOT_WORKED_OUT = (  # a cell whose formula has no value; one of kind `str` was worked out to an empty text
    rf'<{_TAG}c(?:\s+(?:(?:r|s|cm|vm)="[^"]*"|t="n"))*\s*><{_TAG}f(?:\s[^<>]*)?(?:/>|>[^<]*</{_TAG}f>)'
    rf"(?:<{_TAG}v\s*/>|<{_TAG}v>\s*</{_TAG}v>)?</{_TAG}c>"
)
_HIDDEN_ROW = re.compile(rb"""<(?:[^\s<>/:]+:)?row\s[^<>]*\bhidden\s*=\s*["'](?:1|true)["'][^<>/]*>""")
_TEXT_END = re.compile(rb"</(?:[^\s<>/:]+:)?si\s*>|<(?:[^\s<>/:]+:)?si(?:\s[^<>]*)?/>")
_VALUE = re.compile(rb"<(?:[^\s<>/:]+:)?v(?:\s[^<>]*)?>\s*(\d{1,9})(?=\s*<)")


@dataclass(frozen=True)
class Looked:
    """What was seen on the way.

    Attributes:
        is_whole: whether all of it was looked at: only a workbook in Excel's XML can be.
        merging: its parts that speak of merged cells.
        is_plain: no cell is one like #N/A and no sheet is hidden, so that the reader need not be asked about either.
        formulas: parts of the workbook -> how many of their cells have a formula that nobody worked out.
        hidden: parts of the workbook -> how many of their rows a filter hides, or a person.
    """

    is_whole: bool
    merging: frozenset[str] = frozenset()
    is_plain: bool = False
    formulas: Mapping[str, int] = field(default_factory=dict)
    hidden: Mapping[str, int] = field(default_factory=dict)


def check_size(source: Source) -> Looked:
    """Refuse a workbook that would grow beyond the settings.

    Raises:
        UnpackedTooLarge, SheetTooLarge, FileProtected, WorkbookDamaged.
    """
    if not source.content.startswith(b"PK"):
        return Looked(is_whole=False)
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as packed:
            entries = packed.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise FileProtected(file=source.name)
            left = most = settings().max_unpacked_mb << 20
            merging, longest, is_plain, formulas = set[str](), 0, True, dict[str, int]()
            hidden: dict[str, int] = {}
            for entry in entries:
                part = _look_through(source, packed, entry, left)
                left -= part.size
                longest = max(longest, part.longest_text)
                merging |= {entry.filename} if part.is_merging else set()
                is_plain = is_plain and part.is_plain
                formulas |= {entry.filename: part.formulas} if part.formulas else {}
                hidden |= {entry.filename: part.hidden} if part.hidden else {}
            cells = (most - left) // _CELL_BYTES
            if longest * cells > most:
                _refuse_long_texts(source, packed, cells)
            names = [entry.filename.lower() for entry in entries]
            is_xml = _BOOK in names and not any(name.endswith("sheet1.bin") for name in names)
            return Looked(is_xml, frozenset(merging), is_plain, formulas, hidden)
    except _BROKEN as error:
        raise WorkbookDamaged(file=source.name, detail=str(error)[:120] or "-") from error


@dataclass(frozen=True)
class _Part:
    """What one part of a workbook holds: so many bytes, merged cells or none, shared texts of at most so many bytes.

    `is_plain`: neither a value `e`, which is how a cell like #N/A says what it is, nor the state of a hidden sheet.
    `formulas`: so many cells have a formula without a value. `hidden`: so many rows are not shown.
    """

    size: int
    is_merging: bool
    is_plain: bool
    longest_text: int
    formulas: int
    hidden: int


def _look_through(source: Source, packed: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> _Part:
    """Look through one part of the workbook.

    Raises:
        UnpackedTooLarge, SheetTooLarge.
    """
    size, is_merging, is_plain, texts, formulas, hidden = 0, False, True, _Texts(), 0, 0
    is_suspect = settings().max_cells < _NEAR_ROWS * _NEAR_COLUMNS
    has_placeless, name = False, entry.filename.lower()
    for piece in _pieces(source, packed, entry, left):
        size += len(piece)
        is_plain = is_plain and not (b"#" in piece and any(form in piece for form in _WRONG))
        text = _text(piece)
        is_notable = _holds(text, _NOTABLE)
        is_merging = is_merging or (is_notable and MERGED_TAG in piece)
        if "worksheets/" in name and text is not None and is_notable and _holds(text, _FORMULA):
            formulas += int(text.str.count_matches(_NOT_WORKED_OUT)[0])
        if "worksheets/" in name and b"hidden" in piece:
            hidden += len(_HIDDEN_ROW.findall(piece))
        if name == _TEXTS:
            texts.add(piece)
        if name == _BOOK:
            is_plain = is_plain and _HIDDEN.search(piece) is None
        if is_notable and _holds(text, _SUSPECT):
            is_suspect = True
            has_placeless = has_placeless or _holds(text, _NO_PLACE_FIRST)
    if is_suspect:
        extent = _Extent(has_placeless)
        for piece in _pieces(source, packed, entry, left):
            extent.add(piece)
        refuse_beyond(source.name, extent.rows, extent.columns)
    return _Part(size, is_merging, is_plain, texts.longest, formulas, hidden)


def _text(piece: bytes) -> pl.Series | None:
    """The piece as a text to be looked through; None of what is no UTF-8 (pictures)."""
    try:
        return pl.Series([piece], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return None


def _holds(text: pl.Series | None, pattern: str) -> bool:
    """Whether the pattern occurs; of what is no text that cannot be said, so yes."""
    return text is None or bool(text.str.contains(pattern)[0])


def refuse_beyond(file: str, rows: int, columns: int) -> None:
    """Refuse a sheet of more cells than the setting max_cells.

    Raises:
        SheetTooLarge.
    """
    limit = settings().max_cells
    if rows * columns > limit:
        raise SheetTooLarge(file=file, rows=f"{rows:,}", columns=f"{columns:,}", limit=f"{limit:,}")


def _pieces(source: Source, packed: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    """A part of the workbook piece by piece, cut between tags; read to where it ends, not to where it says it does.

    The next piece is unpacked beside, while the last one is looked at: each takes half of the time.
    """
    whole = copy(entry)
    whole.file_size = sys.maxsize
    rest = b""
    with packed.open(whole) as part, ThreadPoolExecutor(1) as beside:
        coming = beside.submit(part.read, _CHUNK)
        while chunk := coming.result():
            coming = beside.submit(part.read, _CHUNK)
            left -= len(chunk)
            if left < 0:
                raise UnpackedTooLarge(file=source.name, limit=settings().max_unpacked_mb)
            end = chunk.rfind(b">") + 1
            yield rest + chunk[:end]
            rest = chunk[end:] if end else rest + chunk
    yield rest


@dataclass
class _Extent:
    """How far the cells of a sheet reach, at most; worked out from what the reader goes by."""

    has_placeless: bool
    _row: int = 1
    _column: int = 1
    _rows: int = 0
    _row_ends: int = 0
    _in_row: int = 0
    _widest: int = 0

    @property
    def rows(self) -> int:
        """The last row that a cell names, and as many as there are rows for cells that name none."""
        return self._row + (max(self._rows, self._row_ends) if self._widest else 0)

    @property
    def columns(self) -> int:
        """The last column that a cell names, and as many as there are cells of one row that name none."""
        return self._column + self._widest

    def add(self, piece: bytes) -> None:
        """Take in the next piece of the sheet."""
        form = _PLACE if self.has_placeless or _holds(_text(piece), _UNUSUAL) else _USUAL_PLACE
        places = form.findall(piece)
        self._column = max([self._column, *(_column(letters) for letters in {letters for letters, _ in places})])
        self._row = max([self._row, *(int(digits) for digits in {digits for _, digits in places})])
        if self.has_placeless:
            self._count_rows(piece)

    def _count_rows(self, piece: bytes) -> None:
        first, *others = (len(_PLACELESS.findall(row)) for row in _ROW_END.split(piece))
        self._widest = max(self._widest, self._in_row + first, *others)
        self._in_row = others[-1] if others else self._in_row + first
        self._row_ends += len(others)
        self._rows += len(_ROW.findall(piece))


def _column(letters: bytes) -> int:
    """The number of a column; beyond seven letters it is too far anyhow."""
    number = 0
    for letter in letters[:7].upper():
        number = number * 26 + letter - 64
    return number


@dataclass
class _Texts:
    """At most how long a shared text is: ends written otherwise than Excel does are overlooked, which makes it longer.

    A quick look, since nearly every workbook's texts are short.
    """

    longest: int = 0
    _open: int = 0

    def add(self, piece: bytes) -> None:
        """Take in the next piece of the shared texts."""
        first, *others = map(len, piece.split(b"</si>"))
        self.longest = max(self.longest, self._open + first, *others)
        self._open = others[-1] if others else self._open + first


def _refuse_long_texts(source: Source, packed: zipfile.ZipFile, cells: int) -> None:
    """Refuse cells that all refer to long shared texts: each would hold a copy of its own.

    Raises:
        UnpackedTooLarge.
    """
    limit = settings().max_unpacked_mb
    most = limit << 20
    entries = [entry for entry in packed.infolist() if entry.filename.lower() == _TEXTS]
    lengths = array("q", (length for entry in entries for length in _text_lengths(source, packed, entry, most)))
    if not lengths or max(lengths) * cells <= most:
        return
    for entry in packed.infolist():
        left = most
        for piece in _pieces(source, packed, entry, most):
            left -= sum(lengths[at] for at in map(int, _VALUE.findall(piece)) if at < len(lengths))
            if left < 0:
                raise UnpackedTooLarge(file=source.name, limit=limit)


def _text_lengths(source: Source, packed: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> Iterator[int]:
    """How long each shared text is, with its tags."""
    length = 0
    for piece in _pieces(source, packed, entry, left):
        first, *others = _TEXT_END.split(piece)
        length += len(first)
        for other in others:
            yield length
            length = len(other)
    yield length
