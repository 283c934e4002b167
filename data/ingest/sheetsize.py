"""How large a workbook becomes, looked at before it is opened: a few bytes can stand for a sheet that fills any memory.

The reader keeps a sheet as a full rectangle from its first to its last cell. So what counts is how far apart those are.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from data.ingest.errors import FileProtected, SheetTooLarge, UnpackedTooLarge, WorkbookDamaged
from data.ingest.source import Source
from data.settings import settings

_CHUNK = 1 << 20
_OVERLAP = 64
_ROW = re.compile(rb'<(?:\w+:)?row [^>]{0,200}?r="(\d{1,9})"')
_WIDE_CELL = re.compile(rb' r="([A-Z]{2,3})\d')
_REPEATED = re.compile(rb'number-(rows|columns)-repeated="(\d{1,9})"')
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError)


def check_size(source: Source) -> None:
    """Refuse a workbook that would grow beyond the settings.

    Raises:
        UnpackedTooLarge, SheetTooLarge, FileProtected, WorkbookDamaged.
    """
    if not source.content.startswith(b"PK"):
        return  # .xls: its sheets end at 65,536 rows and 256 columns
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as packed:
            if any(entry.flag_bits & 1 for entry in packed.infolist()):
                raise FileProtected(file=source.name)
            left = settings().max_unpacked_mb << 20
            for entry in packed.infolist():
                with packed.open(entry) as part:
                    left -= _check_part(source, entry.filename.lower(), part, left)
    except _BROKEN as error:
        raise WorkbookDamaged(file=source.name, detail=str(error)[:120]) from error


def _check_part(source: Source, name: str, part: IO[bytes], left: int) -> int:
    """Look through one file inside the workbook; its size."""
    if name.endswith(".bin") and "worksheets/sheet" in name:
        return _check_binary_sheet(source, part, left)
    check = _Sheet() if "worksheets/" in name else _OpenSheet() if name == "content.xml" else None
    size = 0
    for chunk in _chunks(part):
        size += len(chunk)
        if size > left:
            raise UnpackedTooLarge(file=source.name, limit=settings().max_unpacked_mb)
        if check:
            check.see(chunk)
    if check:
        refuse_beyond(source.name, check.rows, check.columns)
    return size


def refuse_beyond(file: str, rows: int, columns: int) -> None:
    """Refuse a sheet of more cells than the setting max_cells.

    Raises:
        SheetTooLarge.
    """
    limit = settings().max_cells
    if rows * columns > limit:
        raise SheetTooLarge(file=file, rows=f"{rows:,}", columns=f"{columns:,}", limit=f"{limit:,}")


def _chunks(part: IO[bytes]) -> Iterator[bytes]:
    while chunk := part.read(_CHUNK):
        yield chunk


class _Sheet:
    """The last row and the last column of a sheet in XML."""

    def __init__(self) -> None:
        self.rows = 1
        self.columns = 26
        self._tail = b""

    def see(self, chunk: bytes) -> None:
        text = self._tail + chunk
        self._tail = text[-_OVERLAP:]
        at = text.rfind(b"row ")
        for found in _ROW.finditer(text, max(at - 5, 0) if at >= 0 else len(text)):
            self.rows = max(self.rows, int(found[1]))
        for letters in set(_WIDE_CELL.findall(text)):
            self.columns = max(self.columns, _column(letters))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class _OpenSheet:
    """An OpenDocument sheet says "the same again so many times": what its repeats multiply to, at most."""

    def __init__(self) -> None:
        self.rows = 1
        self.columns = 1
        self._tail = b""

    def see(self, chunk: bytes) -> None:
        text = self._tail + chunk
        self._tail = text[-_OVERLAP:]
        for found in _REPEATED.finditer(text):
            rest = text[found.end() : found.end() + 200]
            is_empty = b"/>" in rest.partition(b">")[0] + b">" or rest.startswith((b"/>", b"><table:table-cell/>"))
            if not is_empty:
                self.columns += int(found[2]) if found[1] == b"columns" else 0
                self.rows += int(found[2]) if found[1] == b"rows" and int(found[2]) < 1_000_000 else 0


def _check_binary_sheet(source: Source, part: IO[bytes], left: int) -> int:
    """An .xlsb sheet is a chain of records; those that begin rows (0) and cells (1-11) say how far it reaches."""
    content = part.read(left + 1)
    if len(content) > left:
        raise UnpackedTooLarge(file=source.name, limit=settings().max_unpacked_mb)
    rows = columns = at = 0
    while at < len(content) - 1:
        kind, at = _number(content, at, 2)
        size, at = _number(content, at, 4)
        if kind == 0:
            rows = max(rows, int.from_bytes(content[at : at + 4], "little") + 1)
        elif 1 <= kind <= 11:
            columns = max(columns, int.from_bytes(content[at : at + 4], "little") + 1)
        at += size
    refuse_beyond(source.name, rows, columns)
    return len(content)


def _number(content: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    for byte in content[at : at + most]:
        value |= (byte & 0x7F) << shift
        shift += 7
        at += 1
        if byte < 0x80:
            break
    return value, at
