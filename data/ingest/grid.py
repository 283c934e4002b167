"""A grid of cells (a sheet, a table of a web page) -> a table of texts; what is a report to look at is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import polars as pl

from data.ingest import below, beside
from data.ingest.below import list_below
from data.ingest.beside import columns_apart, judge, lists_of, strip
from data.ingest.blocks import joined, named, told, told_of
from data.ingest.errors import DashboardSheet, FileEmpty, FileRefused
from data.ingest.headers import Header, header_of, header_question, remembered_names
from data.ingest.merged import Span, spread
from data.ingest.own_list import said_before
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE, Aside, Reading, TextTable, Wishes, tidy

_SAMPLE_ROWS = 200
_REPORT_ROWS = 500
_BLOCKS_DIFFER = 0.5


@dataclass(frozen=True)
class Grid:
    """Cells of a file, and how they are to be read.

    `cells`: one text column per column of the sheet, one row per row. `file`: its name. `encoding`: what is shown as
    the form it was read in. `known`: column names that some profile knows, normalised. `wishes`: what a person says.
    `merged`: cells merged downwards; below the header each row gets what they say. `lines`: the line of each row in the
    file, where it is not its number.
    """

    cells: pl.DataFrame
    file: str
    encoding: str
    known: AbstractSet[str]
    wishes: Wishes
    merged: tuple[Span, ...] = ()
    lines: pl.Series | None = None

    @property
    def rows(self) -> pl.Series:
        """The line of each row."""
        own = self.lines if self.lines is not None else pl.Series(range(1, self.cells.height + 1), dtype=pl.Int64)
        return own.alias(LINE)

    def columns(self, some: Sequence[int]) -> Grid:
        """Some of its columns, as a grid of their own."""
        place = {old: new for new, old in enumerate(some)}
        merged = [replace(span, column=place[span.column]) for span in self.merged if span.column in place]
        return replace(self, cells=self.cells.select(self.cells.columns[at] for at in some), merged=tuple(merged))

    def part(self, first: int, rows: int) -> Grid:
        """Some of its rows, as a grid of their own that keeps their lines."""
        merged = [replace(span, first=span.first - first, last=span.last - first) for span in self.merged]
        return replace(
            self, cells=self.cells.slice(first, rows), merged=tuple(merged), lines=self.rows.slice(first, rows)
        )


def table_of(grid: Grid) -> Reading:
    """The list in a grid of texts, or those in it.

    Raises:
        FileEmpty, HeaderOnly, ColumnsTooMany, DashboardSheet.
    """
    cells = grid.cells
    sample = [[cell or "" for cell in row] for row in cells.head(_SAMPLE_ROWS).rows()]
    if not any(any(row) for row in sample) and not any(series.null_count() < len(series) for series in cells):
        raise FileEmpty(file=grid.file)
    header = header_of(grid.file, sample, grid.known, grid.wishes)
    if header is None:
        _refuse_scattered(grid.file, sample)
        return Reading(questions=[header_question(grid.file, sample)])
    cells, filled, left = spread(cells, list(grid.merged), header.last, header.names)
    table = _table(grid, cells, header, sample)
    if several := lists_beside(grid, table, sample[: max(header.first, 0)]):
        return several
    _say_merged(table, {"cells_merged": filled, "numbers_merged": left})
    tidy(table)
    if several := _lists_below(grid, table):
        return several
    _refuse_report(table)
    return Reading(tables=[table])


def _table(grid: Grid, cells: pl.DataFrame, header: Header, sample: list[list[str]]) -> TextTable:
    """The rows below the header, and those above it set aside."""
    body, lines = cells.slice(header.last + 1), grid.rows
    frame = body.rename({name: str(index) for index, name in enumerate(body.columns)})
    above = [
        (int(lines[at]), [cell for cell in row if cell.strip()])
        for at, row in enumerate(sample[: max(header.first, 0)])
    ]
    return TextTable(
        file=grid.file,
        headers=_padded(tuple(header.names), cells.width),
        frame=frame.with_columns(lines.slice(header.last + 1)),
        encoding=grid.encoding,
        delimiter="\t",
        header_line=int(lines[header.last]) if header.last >= 0 else 0,
        title=[" ".join(row) for _, row in above],
        aside=[Aside(line, "\t".join(row), "title" if row else "blank_line") for line, row in above],
        remarks=remembered_names(header),
        told=header.says,
        kinds=list(header.kinds),
        keeps_sums=grid.wishes.sums == "keep",
    )


def _say_merged(table: TextTable, said: Mapping[str, int]) -> None:
    table.remarks += [Remark(code=code, params={"cells": count}) for code, count in said.items() if count]


def lists_beside(grid: Grid, table: TextTable, above: Sequence[Sequence[str]]) -> Reading | None:
    """The lists that blank columns part, each read as if it stood alone, or the question whether they are several.

    None where there is one list: no blank columns, or blank columns within it.

    Args:
        grid: the cells.
        table: all of them as one list, before anything is set aside.
        above: the rows above the names of its columns.

    Raises:
        FileRefused: none of them is a list.
    """
    groups = [] if table.told.get("header") else columns_apart(table, above)
    if len(groups) < 2:
        return None
    whole = _tidied(table)
    said = said_before(whole or table, grid.wishes)
    strips = [strip(group, _read_or_none(grid.columns(group))) for group in groups]
    judged = judge(strips, whole, said, len(table.headers))
    lists = lists_of(strips, judged)
    if "ask" in judged and whole:
        shown = [one.table for one in strips if one.table]
        return Reading(questions=[beside.question(grid.file, shown, whole)])
    if len(lists) < 2:
        table.told |= told_of(said, (whole or table).headers)
        return None
    own = replace(grid, wishes=replace(grid.wishes, lists=said))
    read = [(_first_name(table, group), _read(own.columns(group))) for group in lists]
    for _, one in read[1:]:
        for further in one.tables if isinstance(one, Reading) else ():
            further.title = [*_title_of_all(above, lists), *further.title]
    found = joined(read)
    if found.tables:
        found.tables[0].broken += table.broken
        found.tables[0].remarks = [*table.remarks, *found.tables[0].remarks]
    return named(told(found, said, (whole or table).headers))


def _title_of_all(above: Sequence[Sequence[str]], lists: Sequence[Sequence[int]]) -> list[str]:
    """The titles over the first list where no other list has one in the same row: they speak of all (`单位：万元`)."""
    titles: list[str] = []
    for row in above:
        filled = [any(at < len(row) and row[at].strip() for at in group) for group in lists]
        if filled[0] and not any(filled[1:]):
            titles.append(" ".join(cell for cell in row if cell.strip()))
    return titles


def _tidied(table: TextTable) -> TextTable | None:
    """A copy of a list without what is no record; None where nothing is left."""
    copy = replace(table, headers=[*table.headers], aside=[*table.aside], remarks=[*table.remarks])
    try:
        return tidy(copy)
    except FileRefused:
        return None


def _read(grid: Grid) -> Reading | FileRefused:
    try:
        return table_of(grid)
    except FileRefused as error:
        return error


def _read_or_none(grid: Grid) -> Reading | None:
    found = _read(grid)
    return found if isinstance(found, Reading) else None


def _first_name(table: TextTable, group: Sequence[int]) -> str:
    return next((table.headers[at] for at in group if table.headers[at]), str(group[0] + 1))


def _lists_below(grid: Grid, table: TextTable) -> Reading | None:
    """Lists below each other, each read as if it stood alone, or the question whether they are several.

    Raises:
        FileRefused: none of them is a list.
    """
    found = None if grid.wishes.header else list_below(table, grid.known)
    said = said_before(table, grid.wishes)
    if found is None or said == "together":
        return told(Reading(tables=[table]), said, table.headers) if found else None
    if not (found.is_sure or said):
        return Reading(questions=[below.question(table, found)])
    at = int((grid.rows < found.line).sum())
    own = replace(grid, wishes=replace(grid.wishes, lists=said))
    halves = [own.part(0, at), own.part(at, grid.cells.height - at)]
    both = joined([(str(half.rows[0]), _read(half)) for half in halves])
    return named(told(both, said, table.headers))


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
