"""The sheets of a workbook as grids of texts: .xlsx here, after a look at its size; others in another process."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import fastexcel
import polars as pl

from data.ingest.errors import FileProtected, WorkbookDamaged
from data.ingest.merged import Span, part_of, spans
from data.ingest.sheetsize import Looked, check_size, refuse_beyond
from data.ingest.source import Source
from data.ingest.unsaid import Unsaid, fitted, unsaid_in
from data.settings import settings
from metrics.catalog import Text

if TYPE_CHECKING:
    import pyarrow as pa

_APART = Path(__file__).with_name("apart.py")
_OLE = b"\xd0\xcf\x11\xe0"
_CELL_BYTES = 40  # of the reader, per cell
_BASE_BYTES = 1 << 30
_OLE_GROWTH = 100  # bytes of the reader per byte of .xls, which is not packed; damaged chains of sectors never end
_SECONDS_BASE, _SECONDS_PER_MB = 4, 0.5  # of processor time
_PATIENCE = 3  # times as long by the clock: a busy machine is no damage, and a sleeping reader must end too
_WITHOUT_END = Text(
    **{"en": "it takes more memory or time than such a file can need", "zh-CN": "读取所需的内存或时间超出正常范围"}
)
_ENCRYPTED = re.compile(  # packages of Excel since 2007; the record FilePass at the beginning of an .xls
    b"|".join(re.escape(name.encode("utf-16-le")) for name in ("EncryptedPackage", "EncryptionInfo"))
    + rb"|\x09\x08\x10\x00\x00\x06\x05\x00[\s\S]{12}(?:\x86\x00\x00\x00)?\x2f\x00"
)


@dataclass(frozen=True)
class Sheet:
    """One sheet. `cells`: a text column per column, a row per row from the first; `errors`: cells like #N/A.

    `are_numbers`: whether cells of a column, from a row on and so many, are all numbers and no texts; None where the
    reader cannot be asked. `merged`: cells merged downwards. `formulas`: cells whose formula nobody worked out.
    `hidden`: rows that hold something and are not shown.
    """

    name: str
    is_visible: bool
    cells: pl.DataFrame
    errors: int
    are_numbers: Callable[[int, int, int], bool] | None = None
    merged: tuple[Span, ...] = ()
    formulas: int = 0
    hidden: int = 0


def sheets(source: Source, only: str | None = None) -> tuple[list[str], Iterator[Sheet]]:
    """The names of a workbook's sheets, and the sheets one after the other.

    Args:
        source: the file.
        only: the one sheet that is wanted.

    Raises:
        FileProtected, WorkbookDamaged, UnpackedTooLarge, SheetTooLarge.
    """
    if source.content.startswith(_OLE) and _ENCRYPTED.search(source.content):
        raise FileProtected(file=source.name)
    looked = check_size(source)
    if looked.is_whole:
        return _here(source, only, looked)
    found = list(_within(source, _elsewhere(source)))
    unsaid = unsaid_in(source)
    found = [_said(sheet, unsaid.get(sheet.name, Unsaid())) for sheet in found]
    return [sheet.name for sheet in found], (sheet for sheet in found if only in (None, sheet.name))


def _said(sheet: Sheet, unsaid: Unsaid) -> Sheet:
    return replace(sheet, merged=fitted(unsaid.spans, sheet.cells), hidden=unsaid.hidden)


def _here(source: Source, only: str | None, looked: Looked) -> tuple[list[str], Iterator[Sheet]]:
    try:
        workbook = fastexcel.read_excel(source.content)
    except BaseException as error:
        raise _meaning(source, error) from error
    wanted = [name for name in workbook.sheet_names if only in (None, name)]
    return workbook.sheet_names, _within(source, (_load(source, workbook, name, looked) for name in wanted))


def _within(source: Source, found: Iterator[Sheet]) -> Iterator[Sheet]:
    """The sheets, as long as all of them together are no more than one may be: a sheet may be named many times.

    Raises:
        SheetTooLarge.
    """
    cells = 0
    for sheet in found:
        cells += sheet.cells.height * sheet.cells.width
        refuse_beyond(source.name, cells, 1)
        yield sheet


def _load(source: Source, workbook: fastexcel.ExcelReader, name: str, looked: Looked) -> Sheet:
    try:
        cells, wrong, is_visible = _read_quickly(workbook, name) if looked.is_plain else _read(workbook, name)
    except BaseException as error:
        raise _meaning(source, error) from error

    def are_numbers(column: int, first: int, rows: int) -> bool:
        try:
            typed = workbook.load_sheet(
                name, header_row=None, skip_rows=first, n_rows=rows, use_columns=[column], schema_sample_rows=None
            )
            return [one.dtype for one in typed.selected_columns] in (["float"], ["int"])
        except BaseException as error:
            raise _meaning(source, error) from error

    merged = tuple(spans(source, name, looked.merging))
    part = part_of(source, name) if looked.formulas or looked.hidden else ""
    formulas, hidden = looked.formulas.get(part, 0), looked.hidden.get(part, 0)
    return Sheet(name, is_visible, cells, wrong, are_numbers, merged, formulas, hidden)


def _read(workbook: fastexcel.ExcelReader, name: str) -> tuple[pl.DataFrame, int, bool]:
    """The cells of a sheet as texts, how many are like #N/A, and whether it is visible."""
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    batch, errors = sheet.to_arrow_with_errors()
    return _frame(batch), len(errors.errors) if errors else 0, sheet.visible == "visible"


def _read_quickly(workbook: fastexcel.ExcelReader, name: str) -> tuple[pl.DataFrame, int, bool]:
    """The same of a workbook without such cells and hidden sheets: no text is copied twice."""
    return _frame(workbook.load_sheet_eager(name, header_row=None, skip_rows=0, dtypes="string")), 0, True


def _frame(batch: pa.RecordBatch) -> pl.DataFrame:
    return pl.DataFrame(batch) if batch.num_columns else pl.DataFrame()


def _meaning(source: Source, error: BaseException) -> BaseException:
    """The reader's own panics derive from BaseException and mean damage; anything else of that kind goes on."""
    if type(error).__name__ == "PanicException" or isinstance(error, Exception):
        return _damage(source, str(error))
    return error


def _damage(source: Source, said: str) -> FileProtected | WorkbookDamaged:
    if "assword" in said:
        return FileProtected(file=source.name)
    return WorkbookDamaged(file=source.name, detail=said.splitlines()[0][:120] if said else "-")


def _elsewhere(source: Source) -> Iterator[Sheet]:
    size = len(source.content)
    is_ole = source.content.startswith(_OLE)
    memory = _BASE_BYTES + (size * _OLE_GROWTH if is_ole else settings().max_cells * _CELL_BYTES)
    seconds = _SECONDS_BASE + round(_SECONDS_PER_MB * (size >> 20))
    command = [sys.executable, "-I", str(_APART), str(memory), str(seconds)]
    try:
        done = subprocess.run(  # noqa: S603 - our own script, and the file on its standard input
            command, input=source.content, capture_output=True, timeout=_PATIENCE * seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise WorkbookDamaged(file=source.name, detail=_WITHOUT_END) from error
    out = io.BytesIO(done.stdout)
    while line := out.readline():
        said = json.loads(line)
        if "problem" in said:
            raise _damage(source, said["problem"])
        content = out.read(said["bytes"])
        yield Sheet(said["name"], said["is_visible"], pl.read_ipc_stream(content), said["errors"])
    if done.returncode:
        raise WorkbookDamaged(file=source.name, detail=_WITHOUT_END)
