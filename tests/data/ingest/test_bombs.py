"""Workbooks of a few kilobytes that would fill any memory are refused before they are opened."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

import pytest

from data.ingest.errors import SheetTooLarge, UnpackedTooLarge, WorkbookDamaged
from tests.data.ingest import mutations
from tests.data.ingest.test_formats import DEALS, book, limits, reading


def with_cells(cells: str, sheet: str = "worksheets/sheet1.xml") -> dict[str, bytes]:
    """The parts of a workbook whose sheet has these further rows, in this file."""
    with zipfile.ZipFile(io.BytesIO(book(("Deals", DEALS)))) as whole:
        parts = {entry: whole.read(entry) for entry in whole.namelist()}
    content = parts.pop("xl/worksheets/sheet1.xml").replace(b"</sheetData>", f"{cells}</sheetData>".encode())
    links = "xl/_rels/workbook.xml.rels"
    parts[links] = parts[links].replace(b"worksheets/sheet1.xml", sheet.encode())
    return {**parts, f"xl/{sheet}": content}


CELL = "<v>1</v></c>"
FAR = {
    **{cell: f"<row r='9'><c r='{cell}'>{CELL}</row>" for cell in ("XFD1048576", "XFD99999", "B99999999", "ZZZZZZ4")},
    "small letters": f'<row r="9"><c r="xfd99999">{CELL}</row>',
    "zeros": f'<row r="9"><c r="XFD0000000000000099999">{CELL}</row>',
    "another attribute first": f'<row r="9"><c s=">" r="XFD99999">{CELL}</row>',
    "no places": f"<row>{f'<c>{CELL}' * 9_000}</row>" + "<row/>" * 4_000 + f"<row><c>{CELL}</row>" * 4_000,
    "rows out of order": f'<row r="99999"><c>{CELL}</row><row r="1"><c r="XFD1">{CELL}</row><row r="2"></row>',
    "a prefix": f'<x:row><x:c r = "XFD99999">{CELL.replace("</c", "</x:c")}</x:row>',
}


@pytest.mark.parametrize("cells", FAR.values(), ids=FAR)
def test_two_far_cells_are_no_reason_to_fill_the_memory(cells: str) -> None:
    for sheet in ("worksheets/sheet1.xml", "other/notes.dat"):
        with pytest.raises(SheetTooLarge):
            reading(mutations.packed(*with_cells(cells, sheet).items()))


def test_a_sheet_within_the_limit_is_read_whoever_wrote_it(monkeypatch: pytest.MonkeyPatch) -> None:
    far = f'<row r="600"><c r="ABC600">{CELL}</row>'
    limits(monkeypatch, max_cells=731 * 600)
    assert reading(mutations.packed(*with_cells(far).items())).tables[0].frame.height == 3
    placeless = "".join(f'<row><c t="n"><v>{row}</v></c><c>{CELL}</row>' for row in range(50))
    assert reading(mutations.packed(*with_cells(placeless).items())).tables[0].frame.height == 52


def test_a_picture_in_a_workbook_is_no_sheet() -> None:
    parts = with_cells("") | {"xl/media/image1.png": random.Random(1).randbytes(100_000)}
    assert reading(mutations.packed(*parts.items())).tables[0].frame.height == 2


def test_a_size_that_lies_hides_no_cells() -> None:
    parts = with_cells(FAR["XFD99999"])
    name = "xl/worksheets/sheet1.xml"
    shown = parts[name][: parts[name].index(b"<row r='9'")]
    content = mutations.packed(*parts.items())
    for true, told in ((zlib.crc32(parts[name]), zlib.crc32(shown)), (len(parts[name]), len(shown))):
        assert content.count(struct.pack("<I", true)) == 2
        content = content.replace(struct.pack("<I", true), struct.pack("<I", told))
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        assert whole.read(name) == shown
    with pytest.raises(WorkbookDamaged):
        reading(content)


def test_a_long_text_that_every_cell_refers_to_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>1</v></c></row>' for row in range(4, 200))
    parts = with_cells(rows)
    texts = "xl/sharedStrings.xml"
    parts[texts] = parts[texts].replace(b"</si><si>", b"</si><si><t>" + b"x" * 30_000 + b"</t></si><si>", 1)
    limits(monkeypatch, max_unpacked_mb=5)
    with pytest.raises(UnpackedTooLarge):
        reading(mutations.packed(*parts.items()))
    limits(monkeypatch, max_unpacked_mb=6)
    assert reading(mutations.packed(*parts.items())).tables[0].frame.height == 198


def test_a_sheet_that_is_named_many_times_counts_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = with_cells(f'<row r="100"><c r="CV100">{CELL}</row>')
    sheet = b'<sheet name="%s" sheetId="1" r:id="rId1"/>'
    names = b"".join(sheet % f"S{number}".encode() for number in range(3))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(sheet % b"Deals", names)
    assert len(reading(mutations.packed(*parts.items())).tables) == 3
    limits(monkeypatch, max_cells=25_000)
    with pytest.raises(SheetTooLarge):
        reading(mutations.packed(*parts.items()))
