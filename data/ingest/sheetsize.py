"""How large a workbook becomes, looked at before it is opened: a few bytes can stand for a sheet that fills any memory.

The reader keeps a sheet as a full rectangle from its first to its last cell. So what counts is how far apart those are.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from data.ingest.errors import FileProtected, SheetTooLarge, UnpackedTooLarge, WorkbookDamaged
from data.ingest.source import Source
from data.settings import settings

_CHUNK = 1 << 20
_OVERLAP = 64
_LOW = 99_999
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]{0,200}?r=[\"'](\d{1,10})[\"']")
_FAR_CELL = re.compile(rb' r="(?:([A-Z]{2,9})(\d{1,10})|([A-Z])(\d{6,10}))"')  # plain letters first: thrice as fast
_ANY_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,9})(\d{1,10})["']()()""")
_UNUSUAL = (b"'", b"\t", b"\n", b"\r", b"r =", b"r= ")  # XML that Excel does not write: every cell is looked at
_SHEET = re.compile(r"xl/(work|macro|dialog)sheets/[^/]+\.xml$")
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError)


def check_size(source: Source) -> bool:
    """Refuse a workbook that would grow beyond the settings.

    Returns:
        Whether all of it was looked at: only a workbook in Excel's XML can be.

    Raises:
        UnpackedTooLarge, SheetTooLarge, FileProtected, WorkbookDamaged.
    """
    if not source.content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as packed:
            entries = packed.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise FileProtected(file=source.name)
            left = settings().max_unpacked_mb << 20
            for entry in entries:
                left -= _look_through(source, packed, entry, left)
            names = [entry.filename.lower() for entry in entries]
            return "xl/workbook.xml" in names and not any(name.endswith("sheet1.bin") for name in names)
    except _BROKEN as error:
        raise WorkbookDamaged(file=source.name, detail=str(error)[:120] or "-") from error


def _look_through(source: Source, packed: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    """Look through one file inside the workbook; its size."""
    if not _SHEET.search(entry.filename.lower()):
        return sum(len(chunk) for chunk in _chunks(source, packed, entry, left))
    size, rows, columns = _extent(_chunks(source, packed, entry, left), _FAR_CELL)
    if max(rows, _LOW) * columns > settings().max_cells:  # the quick look leaves near cells out; now it matters
        size, rows, columns = _extent(_chunks(source, packed, entry, left), _ANY_CELL)
    refuse_beyond(source.name, rows, columns)
    return size


def refuse_beyond(file: str, rows: int, columns: int) -> None:
    """Refuse a sheet of more cells than the setting max_cells.

    Raises:
        SheetTooLarge.
    """
    limit = settings().max_cells
    if rows * columns > limit:
        raise SheetTooLarge(file=file, rows=f"{rows:,}", columns=f"{columns:,}", limit=f"{limit:,}")


def _chunks(source: Source, packed: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    with packed.open(entry) as part:
        while chunk := part.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise UnpackedTooLarge(file=source.name, limit=settings().max_unpacked_mb)
            yield chunk


def _extent(chunks: Iterator[bytes], cells: re.Pattern[bytes]) -> tuple[int, int, int]:
    """Bytes of a sheet in XML, its last row, its last column; columns before AA count as 26."""
    size, rows, columns, tail = 0, 1, 26, b""
    for chunk in chunks:
        size += len(chunk)
        text = tail + chunk
        tail = text[-_OVERLAP:]
        at = text.rfind(b"row ")
        for found in _ROW.finditer(text, max(at - 12, 0) if at >= 0 else len(text)):
            rows = max(rows, int(found[1]))
        seen = (_ANY_CELL if any(sign in text for sign in _UNUSUAL) else cells).findall(text)
        columns = max([columns, *(_column(letters) for letters in {cell[0] or cell[2] for cell in seen})])
        rows = max([rows, *(int(digits) for digits in {cell[1] or cell[3] for cell in seen})])
    return size, rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
