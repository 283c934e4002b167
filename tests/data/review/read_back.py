"""What stands in the files that are taken away, read back without the code that wrote them."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser
from typing import Any

import fastexcel
import polars as pl
from lxml import etree
from pptx import Presentation


def slides(file: bytes) -> list[list[str]]:
    """The texts of each slide: shapes, cells of tables, names, labels and values of charts; its notes last."""
    told = []
    for slide in Presentation(io.BytesIO(file)).slides:
        texts: list[str] = []
        for shape in slide.shapes:
            if shape.has_text_frame:
                texts.append(shape.text_frame.text)
            if shape.has_table:
                texts += [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
            if shape.has_chart:
                plot = shape.chart.plots[0]
                texts += [str(label) for label in plot.categories]
                texts += [f"{series.name}: {list(series.values)}" for series in plot.series]
        texts.append(slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else "")
        told.append(texts)
    return told


def sheets(file: bytes) -> dict[str, pl.DataFrame]:
    """Each sheet, its cells by place, typed as they were written."""
    book = fastexcel.read_excel(file)
    return {
        name: book.load_sheet(name, header_row=None, dtypes="string").to_polars() for name in book.sheet_names
    }  # fmt: skip


def parts(file: bytes) -> dict[str, bytes]:
    """The parts of an Office file."""
    with zipfile.ZipFile(io.BytesIO(file)) as held:
        return {name: held.read(name) for name in held.namelist()}


def cells(file: bytes, sheet: int) -> dict[str, tuple[str, Any]]:
    """The cells of a sheet by their place: type ("n" for numbers, "s" for texts) and value."""
    held = parts(file)
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    shared = [
        "".join(text.text or "" for text in one.iter(f"{space}t"))
        for one in etree.fromstring(held["xl/sharedStrings.xml"])
    ]
    found: dict[str, tuple[str, Any]] = {}
    for cell in etree.fromstring(held[f"xl/worksheets/sheet{sheet}.xml"]).iter(f"{space}c"):
        assert cell.find(f"{space}f") is None, "a formula"
        value = cell.find(f"{space}v")
        if value is not None and value.text is not None:
            is_text = cell.get("t") == "s"
            found[cell.get("r") or ""] = ("s", shared[int(value.text)]) if is_text else ("n", float(value.text))
    return found


class Page(HTMLParser):
    """A page: its tags with their attributes, the numbers in it, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.numbers: list[tuple[str, float, str]] = []
        self._data: dict[str, str | None] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._data = dict(attrs) if tag == "data" else None

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._data is not None:
            self.numbers.append((self._data.get("data-measure") or "", float(self._data["value"] or "nan"), data))
            self._data = None


def rows(text: str) -> list[list[str]]:
    """The rows of the tables of a Markdown text, as they are read."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    split = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[re.sub(r"\\(\W)", r"\1", cell).strip() for cell in row] for row in split]
