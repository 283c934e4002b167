"""Delimited text -> a table of texts: the delimiter proved, the true header row found, every row with its line."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import replace

import polars as pl

from data.ingest import below
from data.ingest.below import list_below
from data.ingest.beside import columns_apart
from data.ingest.blocks import joined, moved, named, told
from data.ingest.delimited import SPACES, Row, prove_delimiter, rows, rows_after_open_quotes, swallows, tabs_for_spaces
from data.ingest.encodings import Decoded, decode
from data.ingest.errors import FileRefused
from data.ingest.grid import Grid, lists_beside
from data.ingest.headers import header_of, header_question, remembered_names
from data.ingest.layout import same_columns
from data.ingest.own_list import said_before
from data.ingest.remarks import Question, Remark
from data.ingest.source import Source
from data.ingest.texttable import LINE, Aside, Reading, TextTable, Wishes, tidy

_SAMPLE_BYTES = 1 << 18
_SAMPLE_ROWS = 200


def read_delimited(source: Source, known: AbstractSet[str], wishes: Wishes) -> Reading:
    """Read a text file as a table of texts.

    Raises:
        EncodingWrong, HeaderOnly, ColumnsTooMany.
    """
    decoded = decode(source, wishes.encoding)
    if isinstance(decoded, Question):
        return _as_before(source, decoded, known, wishes) or Reading(questions=[decoded])
    return _read(source.name, decoded, known, wishes)


def _as_before(source: Source, question: Question, known: AbstractSet[str], wishes: Wishes) -> Reading | None:
    """A file whose encoding nothing proves, in the encoding that was said of files with the same columns.

    It must still be one that the file can have: one that the question would offer. None: it must be asked.
    """
    found: dict[str, Reading] = {}
    for encoding in dict.fromkeys(one.encoding for one in wishes.known if one.encoding in question.choices):
        decoded = decode(source, encoding)
        reading = Reading() if isinstance(decoded, Question) else _read(source.name, decoded, known, wishes)
        said = [one.columns for one in wishes.known if one.encoding == encoding]
        if encoding and any(same_columns(table.headers, columns) for table in reading.tables for columns in said):
            found[encoding] = reading
    if len(found) != 1:
        return None
    ((encoding, reading),) = found.items()
    for table in reading.tables:
        table.told["encoding"] = encoding
        table.remarks.append(Remark(code="encoding_remembered", params={"encoding": encoding}))
    return reading


def _read(file: str, decoded: Decoded, known: AbstractSet[str], wishes: Wishes) -> Reading:
    original = decoded.text
    head = _head(original)
    told = re.match(r"sep=(.)\r?\n", head)  # Excel's own first line
    separator = wishes.delimiter or (told[1] if told else prove_delimiter(head))
    text = original
    if separator == SPACES:
        text, separator = tabs_for_spaces(original), "\t"
        head = _head(text)
    sample = rows(head, separator, _SAMPLE_ROWS)
    cells = [row.cells for row in sample]
    header = header_of(file, cells, known, wishes)
    if header is None:
        return Reading(questions=[header_question(file, cells)])
    end = sample[header.last].end if header.last >= 0 else 0
    above = sample[: max(header.first, 0)]
    frame, broken, opened = _body(text, separator, header.names, end)
    table = TextTable(
        file=file,
        headers=header.names,
        frame=frame,
        encoding=decoded.encoding,
        delimiter=separator,
        header_line=end,
        title=[" ".join(row.cells).strip() for row in above],
        aside=[Aside(row.start, separator.join(row.cells), "title") for row in above if not _is_told(row)],
        broken=broken,
        text=original,
        remarks=[*decoded.remarks, *remembered_names(header)],
        told=header.says,
        kinds=list(header.kinds),
        keeps_sums=wishes.sums == "keep",
    )
    if opened:
        table.remarks.append(Remark(code="quotes_open", params={"count": len(opened), "line": opened[0]}))
    return _lists(table, sample[: header.last + 1], decoded, known, wishes)


def _lists(table: TextTable, head: list[Row], decoded: Decoded, known: AbstractSet[str], wishes: Wishes) -> Reading:
    """The list of a text file; where it holds several beside or below each other, each of them.

    Raises:
        FileRefused: none of them is a list.
    """
    above = [row.cells for row in head[: len(table.title)]]
    if len(columns_apart(table, above)) > 1 and (
        several := lists_beside(_grid(table, head, known, wishes), table, above)
    ):
        return several
    tidy(table)
    found = None if wishes.header else list_below(table, known)
    said = said_before(table, wishes)
    if found is None or said == "together":
        return told(Reading(tables=[table]), said if found else None, table.headers)
    if not (found.is_sure or said):
        return Reading(questions=[below.question(table, found)])
    lines, at = decoded.text.split(b"\n"), found.line - 1
    own = replace(wishes, lists=said)
    halves = [(0, lines[:at]), (at, lines[at:])]
    both = joined([(str(start + 1), _half(table.file, start, half, decoded, known, own)) for start, half in halves])
    if both.tables:
        both.tables[0].remarks += decoded.remarks
    return named(told(both, said, table.headers))


def _half(
    file: str, start: int, lines: list[bytes], decoded: Decoded, known: AbstractSet[str], wishes: Wishes
) -> Reading | FileRefused:
    """A part of a file as if it stood alone, with the lines of the whole."""
    try:
        one = _read(file, replace(decoded, text=b"\n".join(lines), remarks=[]), known, wishes)
    except FileRefused as error:
        return error
    return moved(one, start, decoded.text)


def _grid(table: TextTable, head: list[Row], known: AbstractSet[str], wishes: Wishes) -> Grid:
    """A text file as the cells of a sheet: the rows that name the columns, those above them, and the records."""
    names = [str(at) for at in range(len(table.headers))]
    top = [[*row.cells[: len(names)], *[""] * (len(names) - len(row.cells))] for row in head]
    texts = pl.DataFrame(top, schema=dict.fromkeys(names, pl.String), orient="row")
    texts = texts.with_columns(pl.when(pl.all().str.len_bytes() > 0).then(pl.all()))
    lines = pl.Series([row.start for row in head], dtype=pl.Int64).append(table.frame[LINE])
    cells = pl.concat([texts, table.frame.select(names)])
    return Grid(cells, table.file, table.encoding, known, wishes, lines=lines)


def _head(text: bytes) -> str:
    sample = text[:_SAMPLE_BYTES]
    if len(sample) < len(text):
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    return sample.decode("utf-8", "ignore")


def _is_told(row: Row) -> bool:
    return row.start == 1 and row.cells[:1] != [] and row.cells[0].startswith("sep=")


def _body(
    text: bytes, delimiter: str, headers: list[str], header_end: int
) -> tuple[pl.DataFrame, list[Aside], list[int]]:
    """The rows below the header, fast where the file is regular, cell by cell where it is not.

    Returns:
        The rows; those whose cells do not fit the header; lines with a quotation mark that nothing closes.
    """
    names = [str(index) for index in range(len(headers))]
    try:
        frame = pl.read_csv(
            text,
            has_header=False,
            skip_lines=header_end,
            schema=dict.fromkeys(names, pl.String),
            separator=delimiter,
            raise_if_empty=False,
            missing_columns="insert",
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError, pl.exceptions.NoDataError):
        return _ragged(text, delimiter, names, header_end)
    lines, breaks = _lines_of(frame, text, header_end)
    frame = frame.with_columns(lines)
    if breaks is not None and _swallows_any(frame, breaks, text, delimiter):
        return _ragged(text, delimiter, names, header_end)
    return frame, [], []


def _lines_of(frame: pl.DataFrame, text: bytes, header_end: int) -> tuple[pl.Series, pl.Series | None]:
    """The line each row begins on, one per row unless cells hold line breaks; and how many each row holds, if any."""
    first = header_end + 1
    lines = text.count(b"\n") + (not text.endswith(b"\n"))
    plain = pl.Series(LINE, range(first, first + frame.height), dtype=pl.Int64)
    if lines - header_end <= frame.height:
        return plain, None
    breaks = frame.select(
        pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0)).cast(pl.Int64).alias("breaks")
    )["breaks"]
    if not breaks.sum():
        return plain, None
    return (plain + breaks.cum_sum().shift(1, fill_value=0)).alias(LINE), breaks


def _swallows_any(frame: pl.DataFrame, breaks: pl.Series, text: bytes, delimiter: str) -> bool:
    """Whether a cell of several lines holds records that an open quotation mark swallowed."""
    cells = pl.exclude(LINE, "breaks")
    both = pl.any_horizontal(
        cells.str.contains("\n", literal=True) & cells.str.contains(delimiter, literal=True)
    ).fill_null(value=False)
    suspects = frame.with_columns(breaks).filter(pl.col("breaks") > 0).filter(both)
    if suspects.is_empty():
        return False
    lines = text.split(b"\n")
    width = len(frame.columns) - 1
    return any(
        swallows(
            [line.decode("utf-8", "replace") + "\n" for line in lines[start - 1 : start + count]], delimiter, width
        )
        for start, count in suspects.select(LINE, "breaks").iter_rows()
    )


def _ragged(
    text: bytes, delimiter: str, names: list[str], header_end: int
) -> tuple[pl.DataFrame, list[Aside], list[int]]:
    """Read cell by cell: rows with more cells than the header has names are set apart as broken."""
    body = b"\n".join(text.split(b"\n")[header_end:]).decode("utf-8", "replace")
    fitting: list[list[str | None]] = []
    lines: list[int] = []
    broken: list[Aside] = []
    found, opened = rows_after_open_quotes(body, delimiter, header_end + 1, len(names))
    for row in found:
        cells = row.cells
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(names):
            broken.append(Aside(row.start, delimiter.join(row.cells), "cells_too_many"))
            continue
        fitting.append([*cells, *[None] * (len(names) - len(cells))])
        lines.append(row.start)
    frame = pl.DataFrame(fitting, schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.with_columns(pl.Series(LINE, lines, dtype=pl.Int64)), broken, opened
