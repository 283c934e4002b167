"""A grid of cells (a sheet, a table of a web page) -> a table of texts; what is a report to look at is refused."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

import polars as pl

from data.ingest.blocks import line_of_another, moved, named, side_by_side
from data.ingest.errors import DashboardSheet, FileEmpty, FileRefused
from data.ingest.headers import header_of
from data.ingest.merged import Span, spread
from data.ingest.remarks import Remark
from data.ingest.textfile import header_question, remembered_names
from data.ingest.texttable import LINE, Aside, Reading, TextTable, Wishes, tidy

_SAMPLE_ROWS = 200
_REPORT_ROWS = 500
_BLOCKS_DIFFER = 0.5


def table_of(
    cells: pl.DataFrame,
    file: str,
    encoding: str,
    known: AbstractSet[str],
    wishes: Wishes,
    merged: tuple[Span, ...] = (),
) -> Reading:
    """The list in a grid of texts.

    Args:
        cells: one text column per column of the sheet, one row per row, from its first.
        file: its name.
        encoding: what is shown as the form it was read in.
        known: column names that some profile knows, normalised.
        wishes: `header`: the names of the columns, where no row names them.
        merged: cells merged downwards; below the header each row gets what they say.

    Raises:
        FileEmpty, HeaderOnly, ColumnsTooMany, DashboardSheet.
    """
    sample = [[cell or "" for cell in row] for row in cells.head(_SAMPLE_ROWS).rows()]
    if not any(any(row) for row in sample) and not any(series.null_count() < len(series) for series in cells):
        raise FileEmpty(file=file)
    header = header_of(file, sample, known, wishes)
    if header is None:
        _refuse_scattered(file, sample)
        return Reading(questions=[header_question(file, sample)])
    cells_before = cells
    cells, filled, left = spread(cells, list(merged), header.last, header.names)
    body = cells.slice(header.last + 1)
    frame = body.rename({name: str(index) for index, name in enumerate(body.columns)})
    first = header.last + 2
    above = [(at + 1, [cell for cell in row if cell.strip()]) for at, row in enumerate(sample[: max(header.first, 0)])]
    table = TextTable(
        file=file,
        headers=_padded(tuple(header.names), cells.width),
        frame=frame.with_columns(pl.Series(LINE, range(first, first + frame.height), dtype=pl.Int64)),
        encoding=encoding,
        delimiter="\t",
        header_line=header.last + 1,
        title=[" ".join(row) for _, row in above],
        aside=[Aside(line, "\t".join(row), "title" if row else "blank_line") for line, row in above],
        remarks=remembered_names(header),
        told=header.says,
        kinds=list(header.kinds),
    )
    found = _tidied(table, {"cells_merged": filled, "numbers_merged": left}, known)
    below = None if wishes.header or len(found.tables) > 1 else line_of_another(found.tables[0], known)
    if below is not None:
        halves = cells_before.head(below - 1), cells_before.slice(below - 1)
        return _stacked(halves, file, encoding, known, wishes, merged)
    for one in found.tables:
        _refuse_report(one)
    return named(found)


def _tidied(table: TextTable, said: Mapping[str, int], known: AbstractSet[str]) -> Reading:
    """The list, or those beside each other; what was done with merged cells is said with the first.

    Raises:
        FileRefused: none of them is a list.
    """
    found = Reading()
    for part in side_by_side(table, known):
        try:
            found.tables.append(tidy(part))
        except FileRefused as error:
            found.left.append((part.headers[0], error))
    if not found.tables:
        raise found.left[0][1]
    found.tables[0].remarks += [Remark(code=code, params={"cells": count}) for code, count in said.items() if count]
    return found


def _stacked(
    halves: tuple[pl.DataFrame, pl.DataFrame],
    file: str,
    encoding: str,
    known: AbstractSet[str],
    wishes: Wishes,
    merged: tuple[Span, ...],
) -> Reading:
    """Lists below each other, each read as if it stood alone; one that is none is named.

    Raises:
        FileRefused: none of them is a list.
    """
    both = Reading()
    for cells, lines in ((halves[0], 0), (halves[1], halves[0].height)):
        own = tuple(replace(span, first=span.first - lines, last=span.last - lines) for span in merged)
        try:
            one = moved(table_of(cells, file, encoding, known, wishes, own), lines)
        except FileRefused as error:
            both.left.append((str(lines + 1), error))
            continue
        both.tables, both.left, both.questions = (
            both.tables + one.tables,
            both.left + one.left,
            both.questions + one.questions,
        )
    if not both.tables and not both.questions:
        raise both.left[0][1]
    return named(both)


def _padded(names: tuple[str, ...], width: int) -> list[str]:
    return [*names[:width], *[""] * (width - len(names))]


def _refuse_scattered(file: str, rows: list[list[str]]) -> None:
    """Cells without names, in blocks with blank rows between and no column in common, are figures to look at.

    Raises:
        DashboardSheet.
    """
    first: set[int] = set()
    block: set[int] = set()
    for at, row in enumerate([*rows, []]):
        filled = {place for place, cell in enumerate(row) if cell.strip()}
        if filled:
            block |= filled
        elif block:
            if first and not first & block:
                raise DashboardSheet(file=file, line=at)
            first, block = first | block, set()


def _refuse_report(table: TextTable) -> None:
    """Blank rows that cut a sheet into blocks of different columns make it a report of several small tables.

    Raises:
        DashboardSheet.
    """
    blank = {aside.line for aside in table.aside if aside.reason == "blank_line" and aside.line > table.header_line}
    if not blank or table.frame.height > _REPORT_ROWS or table.frame.is_empty():
        return
    block: set[int] = set()
    blocks: list[tuple[int, set[int]]] = []
    last = table.frame[LINE][0] - 1
    for row in table.frame.iter_rows(named=True):
        line = int(row.pop(LINE))
        if blocks and not any(between in blank for between in range(last + 1, line)):
            block |= {int(name) for name, cell in row.items() if cell is not None}
        else:
            block = {int(name) for name, cell in row.items() if cell is not None}
            blocks.append((line, block))
        last = line
    first = blocks[0][1]
    for line, columns in blocks[1:]:
        if len(columns & first) < _BLOCKS_DIFFER * len(columns | first) and len(columns) > 1:
            raise DashboardSheet(file=table.file, line=line)
