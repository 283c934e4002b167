"""Several lists on one sheet or in one text file, beside or below each other: each is a list of its own."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import polars as pl

from data.ingest.headers import is_number
from data.ingest.names import normal
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE, Aside, Reading, TextTable

_LEAST = 2
"""So many of its names must be known, or it may be a record as well as the names of another list."""
_TRIED = 200
_SAID = "lists_parted"


def side_by_side(table: TextTable, known: AbstractSet[str]) -> list[TextTable]:
    """The lists that columns without name and content part; a list in which some columns are blank stays one.

    They are two where they call a column the same, or end on different rows without a gap.

    Args:
        table: as it was read, before anything is set aside.
        known: column names that some profile knows, normalised.
    """
    groups = _groups(table)
    if len(groups) < 2 or any(len({normal(table.headers[at]) for at in group} & known) < _LEAST for group in groups):
        return [table]
    names = [[normal(table.headers[at]) for at in group if table.headers[at]] for group in groups]
    ends = [_end(table, group) for group in groups]
    is_named_again = len({name for group in names for name in group}) < sum(map(len, names))
    is_uneven = None not in ends and len(set(ends)) > 1
    if not (is_named_again or is_uneven):
        return [table]
    return [_columns(table, group, is_first=place == 0) for place, group in enumerate(groups)]


def _groups(table: TextTable) -> list[list[int]]:
    """Columns without a blank one between; the content is looked at only where a name is missing between others."""
    last = max((at for at, header in enumerate(table.headers) if header), default=-1)
    nameless = [str(at) for at in range(last) if not table.headers[at]]
    nulls = table.frame.select(pl.col(nameless).null_count()).row(0, named=True) if nameless else {}
    groups: list[list[int]] = [[]]
    for at in range(last + 1):
        if table.headers[at] or nulls[str(at)] < table.frame.height:
            groups[-1].append(at)
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _filled(texts: pl.Series) -> pl.Series:
    return (texts.str.strip_chars().str.len_bytes() > 0).fill_null(value=False)


def _rows(table: TextTable, group: list[int]) -> pl.Series:
    return pl.DataFrame([_filled(table.column(at)).alias(str(at)) for at in group]).select(
        pl.any_horizontal(pl.all()).alias("filled")
    )["filled"]


def _end(table: TextTable, group: list[int]) -> int | None:
    """The last row of a group of columns; None where rows before it are blank."""
    rows = _rows(table, group)
    last = int(rows.sum())
    return last if rows.head(last).all() else None


def _columns(table: TextTable, group: list[int], *, is_first: bool) -> TextTable:
    rows = _rows(table, group)
    last = int(rows.arg_true()[-1]) + 1 if rows.any() else 0
    frame = table.frame.head(last).select(*(pl.col(str(old)).alias(str(new)) for new, old in enumerate(group)), LINE)
    return replace(
        table, headers=[table.headers[at] for at in group], frame=frame, text=b"", remarks=[], broken=[],
        title=table.title, aside=table.aside if is_first else [], kinds=[],
    )  # fmt: skip


def line_of_another(table: TextTable, known: AbstractSet[str]) -> int | None:
    """The line on which another list begins below this one, its title included; None where none does.

    Its names stand after a blank row, alone or below one title, or have more cells than this list has columns.

    Args:
        table: tidied, so that its blank rows are known.
        known: column names that some profile knows, normalised.
    """
    blank = {aside.line for aside in table.aside if aside.reason == "blank_line" and aside.line > table.header_line}
    wide = [
        aside.line for aside in table.broken[:_TRIED] if _is_header(aside.text.split(table.delimiter), known, table)
    ]
    found = wide[:1]
    if blank:
        after = [line + 1 for line in sorted(blank) if line + 1 not in blank][:_TRIED]
        rows = table.frame.filter(pl.col(LINE).is_in([*after, *(line + 1 for line in after)]))
        cells = {row[-1]: list(row[:-1]) for row in rows.select(pl.exclude(LINE), LINE).iter_rows()}
        for line in after:
            row = cells.get(line, [])
            is_title = sum(cell is not None for cell in row) == 1 and line + 1 in cells
            if _is_header(cells[line + 1] if is_title else row, known, table):
                found.append(line)
                break
    return min(found, default=None)


def _is_header(cells: Sequence[str | None], known: AbstractSet[str], table: TextTable) -> bool:
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    names = {normal(cell) for cell in filled}
    if names == {normal(header) for header in table.headers} or any(is_number(cell) for cell in filled):
        return False
    return len(names & known) >= max(_LEAST, len(names) / 2)


def moved(reading: Reading, lines: int, text: bytes | None = None) -> Reading:
    """The lists of a part of a file with the lines that they have in the whole of it."""
    for table in reading.tables:
        table.frame = table.frame.with_columns(pl.col(LINE) + lines)
        table.header_line += lines
        table.aside = [Aside(one.line + lines, one.text, one.reason) for one in table.aside]
        table.broken = [Aside(one.line + lines, one.text, one.reason) for one in table.broken]
        if text is not None and table.text:
            table.text = text
    return reading


def named(reading: Reading) -> Reading:
    """Several lists of one place, each called by the name of its first column; and that is said."""
    if len(reading.tables) < 2:
        return reading
    taken: list[str] = []
    for table in reading.tables:
        table.remarks = [remark for remark in table.remarks if remark.code != _SAID]
        name = next(iter(table.headers), "-").replace(" / ", " ")
        taken.append(name if name not in taken else f"{name} ({taken.count(name) + 1})")
        table.part = taken[-1]
    params: dict[str, str | int] = {"lists": ", ".join(f"“{name}”" for name in taken), "count": len(taken)}
    reading.tables[0].remarks.append(Remark(code=_SAID, params=params))
    return reading
