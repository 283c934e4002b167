"""Lists below one another on one sheet or in one text file: the line on which another list begins, its title included.

Names of other columns begin it: after a blank row, with more cells than the list above has columns, or between its
records where they are the names of a list of its own. Names that nobody knows begin one where the rows below them are
of another shape; what nothing tells is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import polars as pl

from data.ingest.headers import is_number
from data.ingest.names import normal
from data.ingest.own_list import names_shown, own_list
from data.ingest.remarks import Question
from data.ingest.texttable import LINE, TextTable

_LEAST = 2
"""So many of its names must be known, or it may be a record as well as the names of another list."""
_TRIED = 200
_ROWS = 200
_MOSTLY = 0.9
_NOT_WORD = r"[\W_]+"


@dataclass(frozen=True)
class Below:
    """Another list may begin on `line` with `names`, after `rows` records; `is_sure`: it does."""

    line: int
    names: list[str]
    rows: int
    is_sure: bool


def list_below(table: TextTable, known: AbstractSet[str]) -> Below | None:
    """Where another list begins below this one; None where none does.

    Args:
        table: tidied, so that its blank rows are known.
        known: column names that some profile knows, normalised.
    """
    wide = [
        (aside.line, cells)
        for aside in table.broken[:_TRIED]
        if _is_header(cells := aside.text.split(table.delimiter), known, table)
    ]
    found = [_below(table, _with_title(table, line), cells, is_sure=True) for line, cells in wide[:1]]
    found += [one for one in (_after_blank(table, known), _between(table, known)) if one]
    return min(found, key=lambda one: (one.line, not one.is_sure), default=None)


def _with_title(table: TextTable, line: int) -> int:
    """The line of the title above some names, else their own: a unit in it speaks of what is below."""
    rows = table.frame.filter(pl.col(LINE) == line - 1).select(pl.exclude(LINE))
    is_title = rows.height == 1 and sum(cell is not None for cell in rows.row(0)) == 1
    is_note = any(aside.line == line - 1 and aside.reason == "footnote" for aside in table.aside)
    return line - 1 if is_title or is_note else line


def _below(table: TextTable, line: int, cells: Sequence[str | None], *, is_sure: bool) -> Below:
    names = [cell.strip() for cell in cells if cell and cell.strip()]
    return Below(line, names, int((table.frame[LINE] < line).sum()), is_sure)


def _after_blank(table: TextTable, known: AbstractSet[str]) -> Below | None:
    """Names after a blank row, alone or below one title, or below a title that stands between records."""
    blank = {aside.line for aside in table.aside if aside.reason == "blank_line" and aside.line > table.header_line}
    after = sorted({line + 1 for line in blank if line + 1 not in blank} | set(_titles(table)))[:_TRIED]
    if not after:
        return None
    rows = table.frame.filter(pl.col(LINE).is_in([*after, *(line + 1 for line in after)]))
    cells = {row[-1]: list(row[:-1]) for row in rows.select(pl.exclude(LINE), LINE).iter_rows()}
    for line in after:
        row = cells.get(line, [])
        has_title = sum(cell is not None for cell in row) == 1 and line + 1 in cells
        names = cells[line + 1] if has_title else row
        if _is_header(names, known, table):
            return _below(table, line, names, is_sure=True)
        if is_sure := _is_of_another_shape(table, line + has_title, names, has_title=has_title):
            return _below(table, line, names, is_sure=is_sure == "sure")
    return None


def _titles(table: TextTable) -> list[int]:
    """The lines of rows of one cell between records that have more."""
    if len(table.headers) <= _LEAST:
        return []
    cells = pl.sum_horizontal(pl.exclude(LINE).is_not_null())
    return table.frame.filter(cells == 1)[LINE].head(_TRIED).to_list()


def _between(table: TextTable, known: AbstractSet[str]) -> Below | None:
    """Names between the records, without a blank row before them: those of a list of its own, or known ones only."""
    first = pl.col("0").str.replace_all(_NOT_WORD, "").str.to_lowercase()
    suspects = table.frame
    for name in ("0", "1", "2"):  # one after the other: of most lists the first column leaves no row
        if name in suspects.columns:
            suspects = suspects.filter(~pl.col(name).str.contains(r"\d").fill_null(value=False))
    suspects = suspects.filter(first.is_in(list(known))).head(_TRIED)
    for row in suspects.iter_rows(named=True):
        line = int(row.pop(LINE))
        cells = [*row.values()]
        names = {normal(cell) for cell in cells if cell}
        if not _is_header(cells, known, table) or len(names) < sum(cell is not None for cell in cells):
            continue
        part = _rows_below(table, line, cells)
        is_list = part is not None and own_list(part) is not None
        if is_list or names <= known:
            return _below(table, line, cells, is_sure=is_list)
    return None


def _rows_below(table: TextTable, line: int, names: Sequence[str | None]) -> TextTable | None:
    """The rows below some names, as a list of their own; None where there are none."""
    kept = [at for at, name in enumerate(names) if name]
    rows = table.frame.filter(pl.col(LINE) > line).head(_ROWS)
    if rows.is_empty():
        return None
    frame = rows.select(*(pl.col(str(old)).alias(str(new)) for new, old in enumerate(kept)), LINE)
    headers = [str(names[at]).strip() for at in kept]
    return TextTable(table.file, headers, frame, table.encoding, table.delimiter, line, [])


def _is_header(cells: Sequence[str | None], known: AbstractSet[str], table: TextTable) -> bool:
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    names = {normal(cell) for cell in filled}
    if names == {normal(header) for header in table.headers} or any(is_number(cell) for cell in filled):
        return False
    return len(names & known) >= max(_LEAST, len(names) / 2)


def _is_of_another_shape(table: TextTable, line: int, names: Sequence[str | None], *, has_title: bool) -> str:
    """Whether words that nobody knows name the columns of the rows below them: `sure`, `maybe` or nothing.

    The rows below fill the very columns that have a name, and some numbers stand there; all records above have numbers
    or days. Below a title, numbers where those have words are no such records; anything less may be.
    """
    filled = [at for at, cell in enumerate(names) if cell]
    if not _LEAST <= len(filled) < len(names) or any(is_number(str(names[at])) for at in filled):
        return ""
    above, below = table.frame.filter(pl.col(LINE) < line), table.frame.filter(pl.col(LINE) > line).head(_ROWS)
    if above.is_empty() or below.is_empty():
        return ""
    if any(above[str(at)].null_count() == above.height for at in filled):
        return ""  # other columns: figures to look at, which are refused
    rest = [at for at in range(len(names)) if at not in filled]
    is_filled = pl.all_horizontal(pl.col(str(at)).is_not_null() for at in filled)
    is_blank = pl.all_horizontal(pl.col(str(at)).is_null() for at in rest)
    if not below.select((is_filled & is_blank).all()).item() or above.select((is_filled & is_blank).any()).item():
        return ""
    numbers = [at for at in filled if _share_of_numbers(below, at) == 1]
    if not numbers or not any(_share_of_numbers(above, at) >= _MOSTLY for at in range(len(names))):
        return ""
    turned = [at for at in numbers if _share_of_numbers(above, at) <= 1 - _MOSTLY]
    return "sure" if has_title and turned else "maybe"


def _share_of_numbers(rows: pl.DataFrame, at: int) -> float:
    """How many of the filled cells of a column are numbers or days."""
    cells = rows[str(at)].drop_nulls().head(_ROWS).to_list()
    return sum(is_number(cell) for cell in cells) / len(cells) if cells else 0.0


def question(table: TextTable, found: Below) -> Question:
    """Does another list begin there? With what either reading makes of it."""
    below = table.frame.height - found.rows - 1
    apart = [f"{names_shown(table.headers)} ({found.rows})", f"{names_shown(found.names)} ({max(below, 0)})"]
    params: dict[str, str | int] = {"file": table.file, "line": found.line, "names": names_shown(found.names)}
    samples = {"apart": apart, "together": [f"{names_shown(table.headers)} ({table.frame.height})"]}
    return Question(
        code="ask_lists_below", params=params, flag="--lists", choices=("apart", "together"), samples=samples,
        columns=tuple(table.headers),
    )  # fmt: skip
