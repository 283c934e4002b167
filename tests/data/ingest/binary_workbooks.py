"""The two binary forms of a workbook, byte by byte, for there is no library that writes them: .xlsb and .xls.

Only what a sheet of texts and numbers needs. Sources: [MS-XLSB] (BIFF12 records in a ZIP file), [MS-XLS] (BIFF8
records) and [MS-CFB] (the file of sectors that holds them).
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Collection, Sequence

Row = Sequence[object]

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SECTOR = 512
_END, _FAT, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


Merged = Sequence[tuple[int, int, int, int]]
"""Cells merged: first and last row, first and last column, from 0."""


def xlsb(rows: Sequence[Row], name: str = "Deals", merged: Merged = (), *, hidden: Collection[int] = ()) -> bytes:
    """Rows as .xlsb: texts stand in their cells. `hidden`: rows that are not shown."""
    cells = b"".join(
        _record(0, struct.pack("<IIHxB5x", at, 0, 300, 0x10 if at in hidden else 0))
        + b"".join(_xlsb_cell(place, cell) for place, cell in enumerate(row) if cell is not None)
        for at, row in enumerate(rows)
    )
    bundle = _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name))
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _relation(f"{_OFFICE}/officeDocument", "xl/workbook.bin"),
        "xl/_rels/workbook.bin.rels": _relation(f"{_OFFICE}/worksheet", "worksheets/sheet1.bin"),
        "xl/workbook.bin": _record(131) + _record(143) + bundle + _record(144) + _record(132),
        "xl/worksheets/sheet1.bin": b"".join(
            [_record(129), _size(rows), _record(145), cells, _record(146), _xlsb_merged(merged), _record(130)]
        ),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, content in parts.items():
            made.writestr(path, content)
    return out.getvalue()


def _xlsb_merged(merged: Merged) -> bytes:
    if not merged:
        return b""
    cells = b"".join(_record(176, struct.pack("<IIII", *one)) for one in merged)
    return _record(177, struct.pack("<I", len(merged))) + cells + _record(178)


def _record(kind: int, content: bytes = b"") -> bytes:
    """A record of BIFF12: kind and length in groups of seven bits, then the content."""
    return _sevens(kind) + _sevens(len(content)) + content


def _sevens(number: int) -> bytes:
    said = b""
    while number > 127:
        said += bytes([number & 127 | 128])
        number >>= 7
    return said + bytes([number])


def _size(rows: Sequence[Row]) -> bytes:
    return _record(148, struct.pack("<IIII", 0, max(len(rows), 1) - 1, 0, max(map(len, rows), default=1) - 1))


def _xlsb_cell(column: int, cell: object) -> bytes:
    place = struct.pack("<II", column, 0)
    if isinstance(cell, int | float):
        return _record(5, place + struct.pack("<d", cell))
    return _record(6, place + _wide(str(cell)[:32_000]))


def _wide(text: str) -> bytes:
    coded = text.encode("utf-16-le", "replace")
    return struct.pack("<I", len(coded) // 2) + coded


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
    )


def xls(
    rows: Sequence[Row],
    name: str = "Deals",
    merged: Merged = (),
    *,
    password: bool = False,
    hidden: Collection[int] = (),
) -> bytes:
    """Rows as .xls, as Excel 97 wrote them; or as one that says it is encrypted. `hidden`: rows that are not shown."""
    sheet = _biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
    sheet += _biff(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows), default=0), 0))
    for at, row in enumerate(rows):
        sheet += _biff(0x208, struct.pack("<HHHHIBBH", at, 0, len(row), 300, 0, 0x20, 1, 15)) if at in hidden else b""
        sheet += b"".join(_xls_cell(at, place, cell) for place, cell in enumerate(row) if cell is not None)
    sheet += _biff(0xE5, struct.pack("<H", len(merged)) + b"".join(struct.pack("<HHHH", *one) for one in merged))
    sheet += _biff(0xA)
    book, named = _biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)), name.encode("utf-16-le")
    book += _biff(0x2F, struct.pack("<HHH48x", 1, 1, 1)) if password else b""
    told = struct.pack("<BBBB", 0, 0, len(name), 1) + named
    start = len(book) + 8 + len(told) + 4
    return _in_sectors(book + _biff(0x85, struct.pack("<I", start) + told) + _biff(0xA) + sheet)


def _biff(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _xls_cell(row: int, column: int, cell: object) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, int | float):
        return _biff(0x203, place + struct.pack("<d", cell))
    coded = str(cell)[:2_000].encode("utf-16-le", "replace")
    return _biff(0x204, place + struct.pack("<HB", len(coded) // 2, 1) + coded)


def _in_sectors(stream: bytes) -> bytes:
    """One stream, `Workbook`, in a file of sectors: header, the table of chains, the directory, the stream."""
    stream = stream.ljust(4096, b"\0")  # what is shorter would be kept in another way
    sectors = -(-len(stream) // _SECTOR)
    tables = 1
    while tables * 128 < tables + 1 + sectors:
        tables += 1
    first = tables + 1
    chains = [_FAT] * tables + [_END] + [*range(first + 1, first + sectors), _END]
    table = struct.pack(f"<{tables * 128}I", *chains, *[_FREE] * (tables * 128 - len(chains)))
    places = [*range(tables), *[_FREE] * (109 - tables)]
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, 4096, _END, 0, _END, 0,
        *places,
    )  # fmt: skip
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, first, len(stream))
    return header + table + directory.ljust(_SECTOR, b"\0") + stream.ljust(sectors * _SECTOR, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBIII36xIQ", coded, len(coded), kind, 1, _FREE, _FREE, child, start, size)
