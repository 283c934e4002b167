"""Files as they should not be: small good files of every kind, and what can happen to them."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache

import polars as pl
import xlsxwriter

from tests.data.ingest import binary_workbooks

Row = Sequence[object]

HEADER = ("deal_id", "deal", "status", "amount", "created_on", "customer")
ROWS = [
    (f"D{number}", f"Deal {number}", ("open", "won", "lost")[number % 3], number * 10.5, "2026-01-05", "Müller 华东")
    for number in range(1, 30)
]
HOSTILE = (
    "<script>alert(1)</script>", "'; drop table crm.deals; --", '"', '""', "=1+1", "=cmd|' /C calc'!A0", "+1", "-1",
    "@SUM(A1)", "\t=1", "{{7*7}}", "${x}", "%s%n", "\\", "\0", "�", "🙂" * 50, "٣", "NaN", "inf", "-0", "1e999",
    "9" * 400, "x" * 100_000, "\u202e", "../../etc/passwd", "null", "#N/A", "2026-13-45", "0000-00-00", "\ufeff",
    "\r\n",
)  # fmt: skip


def text(rows: Sequence[Row] = ROWS, header: Row = HEADER, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """The rows as delimited text."""
    lines = [delimiter.join(_quoted(cell, delimiter) for cell in row) for row in (header, *rows)]
    return ("\r\n".join(lines) + "\r\n").encode(encoding, "replace")


def _quoted(cell: object, delimiter: str) -> str:
    said = "" if cell is None else str(cell)
    return '"' + said.replace('"', '""') + '"' if any(mark in said for mark in (delimiter, '"', "\n", "\r")) else said


def workbook(rows: Sequence[Row] = ROWS, header: Row = HEADER) -> bytes:
    """The rows as .xlsx."""
    out = io.BytesIO()
    told = {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    book = xlsxwriter.Workbook(out, told)
    sheet = book.add_worksheet("Deals")
    for at, row in enumerate((header, *rows)):
        for place, cell in enumerate(row):
            if isinstance(cell, int | float):
                sheet.write_number(at, place, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(at, place, datetime(cell.year, cell.month, cell.day))
            elif cell is not None:
                sheet.write_string(at, place, str(cell)[:32_000])
    book.close()
    return out.getvalue()


def packed(*files: tuple[str, bytes]) -> bytes:
    """Files as ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files:
            made.writestr(name, content)
    return out.getvalue()


def open_document(rows: Sequence[Row] = ROWS, header: Row = HEADER) -> bytes:
    """The rows as .ods, as LibreOffice writes them: trailing rows said as repeated."""
    cells = "".join(
        "<table:table-row>" + "".join(_open_cell(cell) for cell in row) + "</table:table-row>"
        for row in (header, *rows)
    )
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Deals">{cells}<table:table-row table:number-rows-repeated="1048540">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    listed = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind.decode()}"/>'
    manifest = f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{space}">{listed}</manifest:manifest>'.encode()
    return packed(("mimetype", kind), ("content.xml", content.encode()), ("META-INF/manifest.xml", manifest))


def _open_cell(cell: object) -> str:
    if isinstance(cell, int | float):
        said = f"<text:p>{cell}</text:p>"
        return f'<table:table-cell office:value-type="float" office:value="{cell}">{said}</table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{_escaped(cell)}</text:p></table:table-cell>'


def _escaped(cell: object) -> str:
    return str("" if cell is None else cell).replace("&", "&amp;").replace("<", "&lt;").replace("\0", "")


def web_page(rows: Sequence[Row] = ROWS, header: Row = HEADER) -> bytes:
    """The rows as a table of a web page, as many systems export under the ending .xls."""
    lines = "".join("<tr>" + "".join(f"<td>{_escaped(cell)}</td>" for cell in row) + "</tr>" for row in (header, *rows))
    return f"<html><head><meta charset=utf-8></head><body><table>{lines}</table></body></html>".encode()


def spreadsheet_xml(rows: Sequence[Row] = ROWS, header: Row = HEADER) -> bytes:
    """The rows in Excel's XML of 2003."""
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    lines = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{_escaped(cell)}</Data></Cell>' for cell in row) + "</Row>"
        for row in (header, *rows)
    )
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="Deals"><Table>{lines}'
        "</Table></Worksheet></Workbook>"
    ).encode()


def objects(rows: Sequence[Row] = ROWS, header: Row = HEADER) -> list[dict[str, object]]:
    """The rows as JSON objects."""
    return [dict(zip(map(str, header), row, strict=False)) for row in rows]


def parquet() -> bytes:
    """The rows as Parquet."""
    out = io.BytesIO()
    pl.DataFrame(ROWS, schema=list(HEADER), orient="row").write_parquet(out)
    return out.getvalue()


GOOD: dict[str, Callable[[], bytes]] = {
    "csv": text,
    "gb18030": lambda: text(encoding="gb18030"),
    "utf-16": lambda: text(delimiter="\t", encoding="utf-16"),
    "semicolon": lambda: text(delimiter=";"),
    "cp1252": lambda: text([(*row[:5], "Müller Café Öl") for row in ROWS], encoding="cp1252"),
    "xlsx": workbook,
    "ods": open_document,
    "xls": lambda: binary_workbooks.xls([HEADER, *ROWS]),
    "xlsb": lambda: binary_workbooks.xlsb([HEADER, *ROWS]),
    "html": web_page,
    "xml": spreadsheet_xml,
    "json": lambda: json.dumps({"data": objects()}).encode(),
    "json lines": lambda: "\n".join(json.dumps(entry) for entry in objects()).encode(),
    "parquet": parquet,
    "zip": lambda: packed(("deals.csv", text()), ("note.txt", b"hello"), ("book.xlsx", workbook())),
}


def mutated(seed: int) -> tuple[str, bytes]:
    """A file that something happened to; the same for the same seed. Its name says what it was."""
    chance = random.Random(seed)
    name = chance.choice(list(GOOD))
    happened = chance.choice(EVENTS)
    return f"{seed} {name} {happened.__name__}", happened(chance, name)


def _truncated(chance: random.Random, name: str) -> bytes:
    content = GOOD[name]()
    return content[: chance.randrange(len(content))]


def _noise(chance: random.Random, name: str) -> bytes:
    content = bytearray(GOOD[name]())
    for _ in range(chance.choice((1, 5, 50, 500))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def _spliced(chance: random.Random, name: str) -> bytes:
    content = GOOD[name]()
    at = chance.randrange(len(content))
    other = (
        GOOD[chance.choice(list(GOOD))]() if chance.random() < 0.5 else chance.randbytes(chance.choice((1, 64, 4096)))
    )
    return content[:at] + other + content[at + chance.choice((0, len(other))) :]


def _only_noise(chance: random.Random, name: str) -> bytes:
    return GOOD[name]()[: chance.choice((0, 4, 16, 64))] + chance.randbytes(chance.choice((1, 100, 10_000)))


def _inside_noise(chance: random.Random, name: str) -> bytes:
    """Noise in the unpacked parts of a workbook or ZIP file, which are then packed well again."""
    content = GOOD[name]()
    if not content.startswith(b"PK"):
        return _noise(chance, name)
    parts = []
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        for entry in whole.namelist():
            part = bytearray(whole.read(entry))
            if part and chance.random() < 0.6:
                for _ in range(chance.choice((1, 3, 30))):
                    part[chance.randrange(len(part))] = chance.randrange(256)
                part = part[: chance.randrange(len(part))] if chance.random() < 0.2 else part
            parts.append((entry, bytes(part)))
    return packed(*parts)


def _hostile_cells(chance: random.Random, name: str) -> bytes:
    rows = [tuple(chance.choice(HOSTILE) if chance.random() < 0.2 else cell for cell in row) for row in ROWS]
    return _made(name, rows, HEADER)


def _hostile_header(chance: random.Random, name: str) -> bytes:
    header = tuple(chance.choice(HOSTILE) if chance.random() < 0.4 else cell for cell in HEADER)
    return _made(name, ROWS, header)


def _wide(chance: random.Random, name: str) -> bytes:
    width = chance.choice((300, 2_500, 10_000))
    return _made(name, [tuple(range(width))] * 2, tuple(f"column {at}" for at in range(width)))


def _huge_field(chance: random.Random, name: str) -> bytes:
    return _made(name, [*ROWS, ("D99", "x" * chance.choice((100_000, 3_000_000)), "won", 1, "2026-01-05", "A")], HEADER)


def _ragged_rows(chance: random.Random, name: str) -> bytes:
    rows = [(row * 2)[: chance.randrange(1, 12)] for row in ROWS]
    return _made(name, rows, HEADER)


def _nested(chance: random.Random, name: str) -> bytes:
    content = GOOD[name]()
    for depth in range(chance.randrange(1, 12)):
        content = packed((f"{depth}.zip", content))
    return content


def _bomb(chance: random.Random, name: str) -> bytes:
    out = io.BytesIO(_zeros(chance.choice((1 << 20, 30 << 20))))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, GOOD[name]())
    return out.getvalue()


@cache
def _zeros(many: int) -> bytes:
    """As many in each of two files: to pack them takes longer than most of what is tested with them."""
    zeros = b"0" * many
    return packed(("a.csv", zeros), ("xl/worksheets/sheet1.xml", zeros))


def _far_cell(chance: random.Random, name: str) -> bytes:
    """Two cells at opposite corners of a sheet: a few bytes, a rectangle of seventeen milliards of cells."""
    with zipfile.ZipFile(io.BytesIO(workbook(ROWS[:2]))) as whole:
        parts = {entry: whole.read(entry) for entry in whole.namelist()}
    row, column = chance.choice(((1_048_576, "XFD"), (1_048_576, "A"), (3, "XFD"), (99_999_999, "B"), (4, "ZZZZZZ")))
    far = f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row></sheetData>'.encode()
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", far)
    return packed(*parts.items())


def _repeated(chance: random.Random, name: str) -> bytes:
    content = GOOD[name]()
    at = chance.randrange(len(content))
    return content[:at] + content[at : at + 200] * chance.choice((10, 1_000)) + content[at:]


def _deep(chance: random.Random, name: str) -> bytes:
    depth = chance.choice((50, 2_000, 200_000))
    return chance.choice(
        (b"[" * depth, b'{"a":' * depth, b'[{"a":' + b"[" * depth, b"<table><tr><td>" * min(depth, 2000))
    )


def _made(name: str, rows: Sequence[Row], header: Row) -> bytes:
    makers: dict[str, Callable[[Sequence[Row], Row], bytes]] = {
        "xlsx": workbook,
        "ods": open_document,
        "xls": lambda rows, header: binary_workbooks.xls([header, *rows]),
        "xlsb": lambda rows, header: binary_workbooks.xlsb([header, *rows]),
        "html": web_page,
        "xml": spreadsheet_xml,
        "json": lambda rows, header: json.dumps(objects(rows, header)).encode(),
        "semicolon": lambda rows, header: text(rows, header, ";"),
        "utf-16": lambda rows, header: text(rows, header, "\t", "utf-16"),
        "zip": lambda rows, header: packed(("deals.csv", text(rows, header))),
    }
    return makers.get(name, text)(rows, header)


EVENTS: tuple[Callable[[random.Random, str], bytes], ...] = (
    _truncated, _truncated, _noise, _noise, _spliced, _only_noise, _inside_noise, _inside_noise, _hostile_cells,
    _hostile_cells, _hostile_header, _wide, _huge_field, _ragged_rows, _nested, _bomb, _far_cell, _repeated, _deep,
)  # fmt: skip
