"""Workbooks (.xlsx, .xlsm, .xls, .xlsb, .ods) -> tables of texts, through fastexcel: every sheet that holds a list."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

import polars as pl

from data.ingest.errors import FileEmpty, FileRefused, NamesMissing, SheetHidden, SheetUnknown
from data.ingest.grid import Grid, table_of
from data.ingest.layout import only_before, same_columns, sheet_before
from data.ingest.remarks import Question, Remark
from data.ingest.sheets import Sheet, sheets
from data.ingest.source import Source
from data.ingest.texttable import Reading, Wishes
from metrics.errors import nearest

_MIDNIGHT = " 00:00:00"
_POINTED, _DECIMAL = r"^-?\d{1,3}\.\d{3}$", r"^-?\d+\.\d+$"
_LOOKED_AT = 1000


def read_workbook(source: Source, known: AbstractSet[str], wishes: Wishes) -> Reading:
    """Read every visible sheet of a workbook that holds a list; the others are named with the reason.

    Where no visible sheet holds a list, but hidden ones hold something, it is asked which of them is meant.

    Args:
        source: the file.
        known: column names that some profile knows, normalised.
        wishes: `sheet`: only this one, even if it is hidden; said of a hidden sheet itself: that one, too.

    Raises:
        FileProtected, WorkbookDamaged, UnpackedTooLarge, SheetTooLarge, SheetUnknown; where no sheet holds a list, the
            reason of the first.
    """
    names, found = sheets(source, wishes.sheet)
    if wishes.sheet is None and not wishes.parts and (as_wanted := _only_one(source, known, wishes, names)):
        return as_wanted
    if wishes.sheet is not None and wishes.sheet not in names:
        suggestion = {n.lower(): n for n in names}.get(nearest(wishes.sheet, [n.lower() for n in names]) or "")
        raise SheetUnknown(file=source.name, sheet=wishes.sheet, sheets=", ".join(names), suggestion=suggestion)
    reading = Reading()
    nameless: list[str] = []
    for sheet in found:
        try:
            one = _lists(source, sheet, known, wishes)
        except FileRefused as error:
            reading.left.append((sheet.name, error))
            continue
        reading.tables += one.tables
        reading.left += one.left
        reading.questions += one.questions
        nameless += [sheet.name] if any(asked.code == "ask_header" for asked in one.questions) else []
    if reading.tables and nameless:  # a sheet of sums beside lists: it is named, and stops nothing
        reading.left += [(name, NamesMissing(file=f"{source.name} / {name}")) for name in nameless]
        reading.questions = [asked for asked in reading.questions if asked.code != "ask_header"]
    if not reading.tables and not reading.questions:
        if hidden := [name for name, why in reading.left if isinstance(why, SheetHidden)]:
            if before := sheet_before(source.name, hidden, wishes.known):
                return _as_before(read_workbook(source, known, replace(wishes, sheet=before)), before)
            return Reading(questions=[_which_hidden(source, hidden)])
        raise reading.left[0][1] if reading.left else FileEmpty(file=source.name)
    if wishes.sheet is not None:
        for table in reading.tables:
            table.told |= {"sheet": wishes.sheet, "only": "sheet"}
    return reading


def _only_one(source: Source, known: AbstractSet[str], wishes: Wishes, names: list[str]) -> Reading | None:
    """The one sheet that was wanted of such workbooks before, where it is visible and has the same columns."""
    before = only_before(source.name, names, wishes.known)
    if before is None or before.sheet is None or len(names) < 2:
        return None
    found = next(sheets(source, before.sheet)[1], None)
    if found is None or not found.is_visible:
        return None
    try:
        reading = read_workbook(source, known, replace(wishes, sheet=before.sheet))
    except FileRefused:
        return None
    if not any(same_columns(table.headers, before.columns) for table in reading.tables):
        return None
    others = ", ".join(name for name in names if name != before.sheet)
    for table in reading.tables:
        table.remarks.append(Remark(code="sheet_only", params={"sheet": before.sheet, "others": others}))
    return reading


def _as_before(reading: Reading, sheet: str) -> Reading:
    for table in reading.tables:
        table.told["sheet"] = sheet
        table.remarks.append(Remark(code="sheet_remembered", params={"sheet": sheet}))
    return reading


def _which_hidden(source: Source, names: list[str]) -> Question:
    """Nobody sees a hidden sheet, so that it is read only where somebody says so, even if there is no other."""
    params: dict[str, str | int] = {"file": source.name, "sheets": ", ".join(names), "sheet": names[0]}
    return Question(code="ask_hidden", params=params, flag="--sheet", choices=tuple(names))


def _lists(source: Source, sheet: Sheet, known: AbstractSet[str], wishes: Wishes) -> Reading:
    told = wishes.of(sheet.name)
    if sheet.cells.is_empty():
        raise FileEmpty(file=source.name)
    if not sheet.is_visible and wishes.sheet is None and told.sheet != sheet.name:
        raise SheetHidden(file=source.name)
    cells = _with_sure_points(_without_midnight(sheet.cells), sheet)
    reading = table_of(Grid(cells, source.name, f"sheet {sheet.name}", known, told, sheet.merged))
    named = {"file": f"{source.name} / {sheet.name}"}
    reading.questions = [
        question.model_copy(update={"part": sheet.name, "params": {**question.params, **named}})
        for question in reading.questions
    ]
    reading.left = [(_part(sheet.name, part), error) for part, error in reading.left]
    for table in reading.tables:
        table.part, table.is_sheet = _part(sheet.name, table.part), True
        if sheet.errors:  # cells like #N/A hold nothing; they are read as blank, and that is said
            table.remarks.append(Remark(code="cells_wrong", params={"cells": sheet.errors}))
        if sheet.hidden:
            table.remarks.append(Remark(code="rows_hidden", params={"rows": sheet.hidden}))
        if sheet.formulas:
            table.remarks.append(Remark(code="formulas_blank", params={"cells": sheet.formulas}))
    return reading


def _part(sheet: str, block: str) -> str:
    """What a list is called: its sheet, and its first column where the sheet holds several."""
    return f"{sheet} · {block}" if block else sheet


def _with_sure_points(cells: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """Write numbers that all have three decimals with one more: as texts alone they would look like thousands."""
    if sheet.are_numbers is None:
        return cells
    head = cells.head(_LOOKED_AT)  # a look at every cell of a large sheet would cost as much as reading it
    found = head.select(pl.all().str.contains(_POINTED).any())
    suspects = [name for name in found.columns if found[name][0]]
    for name in suspects:
        is_pointed = cells[name].str.contains(_POINTED).fill_null(value=False)
        rows = is_pointed.arg_true()
        if (cells[name].str.contains(_DECIMAL).fill_null(value=False) & ~is_pointed).any():
            continue  # the others prove the point
        if sheet.are_numbers(cells.columns.index(name), int(rows[0]), int(rows[-1] - rows[0]) + 1):
            cells = cells.with_columns(pl.when(is_pointed).then(pl.col(name) + "0").otherwise(pl.col(name)).alias(name))
    return cells


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
