"""Excel workbooks -> a table of texts, through fastexcel: the named sheet, else the first that holds a list."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import polars as pl

from data.ingest.errors import FileEmpty, HeaderMissing, HeaderOnly, SheetUnknown, WorkbookProtected
from data.ingest.read import Source
from data.ingest.textfile import find_header
from data.ingest.texttable import LINE, TextTable, tidy
from metrics.errors import nearest

_SAMPLE_ROWS = 200
_MIDNIGHT = " 00:00:00"


def read_workbook(source: Source, known: AbstractSet[str], sheet: str | None) -> TextTable:
    """Read one sheet of an .xlsx or .xls workbook.

    Args:
        source: the file.
        known: column names that some profile knows, normalised.
        sheet: its name; otherwise the first sheet with a header row and rows below it.

    Raises:
        WorkbookProtected, SheetUnknown, FileEmpty, HeaderMissing, HeaderOnly.
    """
    import fastexcel

    try:
        workbook = fastexcel.read_excel(source.content)
    except fastexcel.FastExcelError as error:
        raise WorkbookProtected(file=source.name, detail=str(error).splitlines()[0][:120]) from error
    names = workbook.sheet_names
    if sheet is not None and sheet not in names:
        suggestion = {name.lower(): name for name in names}.get(nearest(sheet, [name.lower() for name in names]) or "")
        raise SheetUnknown(file=source.name, sheet=sheet, sheets=", ".join(names), suggestion=suggestion)
    problem: FileEmpty | HeaderMissing | HeaderOnly = FileEmpty(file=source.name)
    for name in [sheet] if sheet is not None else names:
        cells = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
        try:
            return _table(source, name, cells, known)
        except (FileEmpty, HeaderMissing, HeaderOnly) as error:
            problem = error
    raise problem


def _table(source: Source, sheet: str, cells: pl.DataFrame, known: AbstractSet[str]) -> TextTable:
    if cells.is_empty():
        raise FileEmpty(file=source.name)
    cells = _without_midnight(cells)
    sample = [[cell or "" for cell in row] for row in cells.head(_SAMPLE_ROWS).rows()]
    at = find_header(sample, known)
    if at is None:
        raise HeaderMissing(file=source.name)
    body = cells.slice(at + 1)
    frame = body.rename({name: str(index) for index, name in enumerate(body.columns)})
    lines = pl.Series(LINE, range(at + 2, at + 2 + frame.height), dtype=pl.Int64)
    table = TextTable(
        file=source.name,
        headers=[" ".join(cell.split()) for cell in sample[at]],
        frame=frame.with_columns(lines),
        encoding=f"sheet {sheet}",
        delimiter="\t",
        header_line=at + 1,
        title=[" ".join(cell for cell in row if cell) for row in sample[:at]],
    )
    return tidy(table)


def _without_midnight(cells: pl.DataFrame) -> pl.DataFrame:
    """Excel has no dates without a time of day; its day comes as text with 00:00:00. Looking first costs a tenth."""
    ends = cells.select(pl.all().str.ends_with(_MIDNIGHT).any())
    days = [name for name in cells.columns if ends[name][0]]
    is_day = pl.col(days).str.len_bytes() == len("2026-01-05" + _MIDNIGHT)
    return cells.with_columns(
        pl.when(is_day & pl.col(days).str.ends_with(_MIDNIGHT))
        .then(pl.col(days).str.slice(0, 10))
        .otherwise(pl.col(days))
    )
