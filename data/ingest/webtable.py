"""Tables of web pages and Excel's XML of 2003: what many systems export under the ending .xls."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from html.parser import HTMLParser
from xml.parsers import expat

import polars as pl

from data.ingest.encodings import decode
from data.ingest.errors import FileDamaged, FileRefused, FormatUnsupported
from data.ingest.grid import Grid, table_of
from data.ingest.merged import Span
from data.ingest.remarks import Question
from data.ingest.sheetsize import refuse_beyond
from data.ingest.source import Source
from data.ingest.texttable import Reading, Wishes

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_SKIPPED = ("script", "style", "head", "template")
_WIDEST = 5_000  # columns that colspan may claim


class _Cells:
    """Rows being built; a cell over several columns or rows leaves its text in its first."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._held: dict[int, int] = {}
        self.merged: list[Span] = []

    def begin_row(self) -> None:
        self.rows.append([])

    def put(self, text: str, columns: int = 1, rows: int = 1, at: int | None = None) -> None:
        if not self.rows:
            self.begin_row()
        row = self.rows[-1]
        if at is not None:
            row += [""] * (min(at, _WIDEST) - len(row))
        at_row = len(self.rows) - 1
        while self._held.get(len(row), -1) >= at_row:  # a cell of a row above reaches down to here
            row.append("")
        start = len(row)
        row += [text, *[""] * (min(max(columns, 1), _WIDEST) - 1)]
        if rows > 1:
            last = at_row + min(rows, 1_000_000) - 1
            self.merged.append(Span(start, at_row, last))
            self._held |= dict.fromkeys(range(start, len(row)), last)

    def frame(self, file: str) -> pl.DataFrame:
        width = max((len(row) for row in self.rows), default=0)
        refuse_beyond(file, len(self.rows), width)
        filled = [[*row, *[""] * (width - len(row))] for row in self.rows]
        frame = pl.DataFrame(filled, schema={f"c{at}": pl.String for at in range(width)}, orient="row")
        return frame.with_columns(pl.when(pl.all() != "").then(pl.all()))


def read_html(source: Source, known: AbstractSet[str], wishes: Wishes) -> Reading:
    """Read the tables of a web page.

    Raises:
        FormatUnsupported: there is none with rows.
    """
    said = _CHARSET.search(source.content[:4096])
    encoding = wishes.encoding or (said[1].decode().lower() if said else None)
    decoded = decode(source, {"gb2312": "gb18030", "gbk": "gb18030"}.get(encoding or "", encoding))
    if isinstance(decoded, Question):
        return Reading(questions=[decoded])
    page = _Page()
    page.feed(decoded.text.decode("utf-8", "replace"))
    page.close()
    return _reading(source, [(str(at + 1), cells) for at, cells in enumerate(page.tables)], "HTML", known, wishes)


def _reading(
    source: Source, tables: list[tuple[str, _Cells]], kind: str, known: AbstractSet[str], wishes: Wishes
) -> Reading:
    reading = Reading()
    filled = [(name, cells) for name, cells in tables if any(any(row) for row in cells.rows)]
    for name, cells in filled:
        if wishes.sheet is not None and wishes.sheet != name:
            continue
        try:
            merged = tuple(cells.merged)
            found = table_of(Grid(cells.frame(source.name), source.name, kind, known, wishes.of(name), merged))
        except FileRefused as error:
            reading.left.append((name, error))
            continue
        for table in found.tables:
            place = [name] if len(filled) > 1 else []
            table.part, table.is_sheet = " · ".join([*place, *filter(None, [table.part])]), kind == "XML"
        reading.tables += found.tables
        reading.left += found.left
        part = name if len(filled) > 1 else ""
        reading.questions += [question.model_copy(update={"part": part}) for question in found.questions]
    if not reading.tables and not reading.questions:
        raise reading.left[0][1] if reading.left else FormatUnsupported(file=source.name, kind=kind)
    return reading


class _Page(HTMLParser):
    """Collects the cells of every table; a table inside a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Cells] = []
        self._open: list[_Cells] = []
        self._text: list[str] | None = None
        self._span = (1, 1)
        self._skipped = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED and not self._skipped:
            self._skipped = tag
        elif tag == "table":
            self._end_cell()
            self._open.append(_Cells())
            self.tables.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].begin_row()
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            told = dict(attrs)
            self._span = (_count(told.get("colspan")), _count(told.get("rowspan")))
            self._text = []
        elif tag in ("br", "p", "div") and self._text:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipped:
            self._skipped = ""
        elif tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._skipped:
            self._text.append(data)

    def _end_cell(self) -> None:
        if self._text is not None and self._open:
            self._open[-1].put("".join(self._text).replace("\xa0", " ").strip(), *self._span)
        self._text = None


def _count(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 7 else 1


def read_spreadsheet_xml(source: Source, known: AbstractSet[str], wishes: Wishes) -> Reading:
    """Read Excel's XML of 2003 (`<Workbook><Worksheet><Table><Row><Cell><Data>`).

    Raises:
        FormatUnsupported: another kind of XML. FileDamaged: it is cut off, or defines entities.
    """
    if b"urn:schemas-microsoft-com:office:spreadsheet" not in source.content[:20_000]:
        raise FormatUnsupported(file=source.name, kind="XML")
    sheets = _Sheets()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = sheets.start, sheets.end
    parser.CharacterDataHandler = sheets.data
    parser.EntityDeclHandler = _refuse_entities
    try:
        parser.Parse(source.content, True)
    except (expat.ExpatError, ValueError) as error:
        raise FileDamaged(file=source.name, kind="XML", detail=str(error)[:120]) from error
    return _reading(source, sheets.found, "XML", known, wishes)


def _refuse_entities(*_: object) -> None:
    """No spreadsheet defines entities; a file that does wants to grow without end."""
    raise ValueError("entities")


class _Sheets:
    """Collects the cells of every worksheet."""

    def __init__(self) -> None:
        self.found: list[tuple[str, _Cells]] = []
        self._text: list[str] | None = None
        self._at: int | None = None
        self._across = 1
        self._down = 1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        told = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if name == "Worksheet":
            self.found.append((told.get("Name", str(len(self.found) + 1)), _Cells()))
        elif name == "Row" and self.found:
            rows = self.found[-1][1].rows
            missing = min(_count(told.get("Index")), 1_048_576) - 1 - len(rows)
            rows.extend([] for _ in range(max(missing, 0)))
            self.found[-1][1].begin_row()
        elif name == "Cell" and self.found:
            self._at = _count(told["Index"]) - 1 if "Index" in told else None
            self._across = _count(told.get("MergeAcross", "0")) + 1 if "MergeAcross" in told else 1
            self._down = _count(told["MergeDown"]) + 1 if "MergeDown" in told else 1
            self._text = []

    def end(self, tag: str) -> None:
        if tag.rpartition(" ")[2] == "Cell" and self.found and self._text is not None:
            text = re.sub(r"^(\d{4}-\d\d-\d\d)T00:00:00(\.0+)?$", r"\1", "".join(self._text).strip())
            self.found[-1][1].put(text, self._across, self._down, at=self._at)
            self._text = None

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
