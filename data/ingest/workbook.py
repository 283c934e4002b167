"""Workbooks (.xlsx, .xlsm, .xls, .xlsb, .ods) -> tables of texts, through fastexcel: every sheet that holds a list."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.errors import FileEmpty, FileProtected, FileRefused, SheetHidden, SheetUnknown, WorkbookDamaged
from data.ingest.grid import table_of
from data.ingest.remarks import Remark
from data.ingest.sheetsize import check_size
from data.ingest.source import Source
from data.ingest.texttable import Reading, TextTable, Wishes
from metrics.errors import nearest

if TYPE_CHECKING:
    import fastexcel

_MIDNIGHT = " 00:00:00"
_ENCRYPTED = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))


def read_workbook(source: Source, known: AbstractSet[str], wishes: Wishes) -> Reading:
    """Read every visible sheet of a workbook that holds a list; the others are named with the reason.

    Args:
        source: the file.
        known: column names that some profile knows, normalised.
        wishes: `sheet`: only this one, even if it is hidden.

    Raises:
        FileProtected, WorkbookDamaged, UnpackedTooLarge, SheetTooLarge, SheetUnknown; where no sheet holds a list, the
            reason of the first.
    """
    if any(mark in source.content for mark in _ENCRYPTED) and source.content.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileProtected(file=source.name)
    check_size(source)
    workbook = _opened(source)
    names = workbook.sheet_names
    if wishes.sheet is not None and wishes.sheet not in names:
        suggestion = {n.lower(): n for n in names}.get(nearest(wishes.sheet, [n.lower() for n in names]) or "")
        raise SheetUnknown(file=source.name, sheet=wishes.sheet, sheets=", ".join(names), suggestion=suggestion)
    reading = Reading()
    chosen = names if wishes.sheet is None else [wishes.sheet]
    for name in chosen:
        try:
            found = _sheet(source, workbook, name, known, wishes)
        except FileRefused as error:
            reading.left.append((name, error))
            continue
        reading.tables += found.tables
        reading.questions += found.questions
    if not reading.tables and not reading.questions:
        raise reading.left[0][1] if reading.left else FileEmpty(file=source.name)
    return reading


def _opened(source: Source) -> fastexcel.ExcelReader:
    import fastexcel

    try:
        return fastexcel.read_excel(source.content)
    except fastexcel.FastExcelError as error:
        said = str(error).splitlines()[0]
        if "assword" in said:
            raise FileProtected(file=source.name) from error
        raise WorkbookDamaged(file=source.name, detail=said[:120]) from error
    except BaseException as error:
        raise _damaged(source, error) from error


def _damaged(source: Source, error: BaseException) -> BaseException:
    """The reader's own panics derive from BaseException and mean damage; anything else of that kind goes on."""
    if type(error).__name__ == "PanicException" or isinstance(error, Exception):
        return WorkbookDamaged(file=source.name, detail=str(error).splitlines()[0][:120] if str(error) else "")
    return error


def _sheet(
    source: Source, workbook: fastexcel.ExcelReader, name: str, known: AbstractSet[str], wishes: Wishes
) -> Reading:
    try:
        sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        batch, errors = sheet.to_arrow_with_errors()
        cells = pl.DataFrame(batch) if batch.num_columns else pl.DataFrame()
    except BaseException as error:
        raise _damaged(source, error) from error
    if sheet.visible != "visible" and wishes.sheet is None:
        raise SheetHidden(file=source.name)
    if cells.is_empty():
        raise FileEmpty(file=source.name)
    reading = table_of(_without_midnight(cells), source.name, f"sheet {name}", known, wishes)
    for table in reading.tables:
        table.part = name
        _say_errors(table, len(errors.errors) if errors else 0)
    return reading


def _say_errors(table: TextTable, count: int) -> None:
    """Cells like #N/A and #DIV/0! hold nothing; they are read as blank, and that is said."""
    if count:
        table.remarks.append(Remark(code="cells_wrong", params={"cells": count}))


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
