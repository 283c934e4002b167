"""Bytes -> tables of texts. Nothing is typed here: every value is the text of its cell, every row knows its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from data.ingest.archive import unpacked
from data.ingest.corrections import taken_off
from data.ingest.errors import FileBinary, FileEmpty, FileRefused, FormatUnsupported, ZipHoldsNothing
from data.ingest.goals import with_goals
from data.ingest.month_sales import with_month_sales
from data.ingest.months import with_months
from data.ingest.records import read_json, read_parquet
from data.ingest.source import Source, kind_of
from data.ingest.textfile import read_delimited
from data.ingest.texttable import Reading, Wishes
from data.ingest.title_span import with_title_span
from data.ingest.together import together
from data.ingest.webtable import read_html, read_spreadsheet_xml
from data.ingest.workbook import read_workbook

__all__ = ["Reading", "Source", "Wishes", "read"]

_Reader = Callable[[Source, AbstractSet[str], Wishes], Reading]
_READERS: dict[str, _Reader] = {
    "text": read_delimited,
    "workbook": read_workbook,
    "json": read_json,
    "parquet": read_parquet,
    "html": read_html,
    "XML": read_spreadsheet_xml,
}
_ANYTHING = re.compile(rb"[^\0 \t\r\n]")
_OTHER_DOCUMENTS = ("Word", "PowerPoint", "Numbers", "Java", "gzip", "RAR", "7z", "bzip2", "xz", "zstd", "Arrow")


def read(source: Source, known: AbstractSet[str], wishes: Wishes | None = None) -> Reading:
    """Read a file as tables of texts: one for a text file, one per list of a workbook or a ZIP file.

    Args:
        source: the file. Its content decides what it is, not its ending.
        known: column names that some profile knows, normalised; they tell the header row from title rows.
        wishes: what the user says.

    Raises:
        FileRefused: there is no list to read (empty, binary, damaged, too large…).
    """
    told = wishes or Wishes()
    kind = _checked_kind(source)
    reading = _read_zip(source, known, told) if kind == "zip" else _READERS[kind](source, known, told)
    reading.tables = [taken_off(table) for table in reading.tables]
    for table in reading.tables:
        said = told.of(table.part)
        table.told |= {name: value for name in ("encoding", "delimiter", "sheet") if (value := getattr(said, name))}
    reading = with_month_sales(with_goals(with_months(reading, told), told))
    reading.tables = [with_title_span(table) for table in together(reading.tables)]
    return reading


def _checked_kind(source: Source) -> str:
    if not _ANYTHING.search(source.content):
        raise FileEmpty(file=source.name)
    kind = kind_of(source)
    if kind in _OTHER_DOCUMENTS:
        raise FormatUnsupported(file=source.name, kind=kind)
    if kind != "zip" and kind not in _READERS:
        raise FileBinary(file=source.name, kind="" if kind == "?" else f" ({kind})")
    return kind


def _read_zip(source: Source, known: AbstractSet[str], wishes: Wishes) -> Reading:
    """Every list inside; what is none is named with the reason, a ZIP file in the ZIP file too."""
    reading = Reading()
    for path, inner in unpacked(source):
        try:
            kind = _checked_kind(inner)
            if kind == "zip":
                raise FormatUnsupported(file=inner.name, kind="ZIP")
            found = _READERS[kind](inner, known, wishes.of(path))
        except FileRefused as error:
            reading.left.append((path, error))
            continue
        for table in found.tables:
            table.part = f"{path} / {table.part}" if table.part else path
        reading.tables += found.tables
        reading.left += [(f"{path} / {part}", error) for part, error in found.left]
        for question in found.questions:
            part = f"{path} / {question.part}" if question.part else path
            reading.questions.append(question.model_copy(update={"part": part}))
    if not reading.tables and not reading.questions:
        if len(reading.left) == 1:
            raise reading.left[0][1]
        raise ZipHoldsNothing(file=source.name, files=", ".join(name for name, _ in reading.left[:10]))
    return reading
