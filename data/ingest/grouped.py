"""Rows of a report in groups: a heading over its records, or a value that stands in the first of them only.

Reports and lists in groups (Salesforce, Odoo, hand-kept sheets) write the owner or the stage once, over its rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from data.ingest.totals import is_number

_COUNTED = re.compile(r"^.*\S \((\d[\d,]*)\)$")
_ARROW = re.compile(r"[↑↓]\s*$")
_LEAST = 3
"""A list in groups has at least so many columns."""
_LOOKED_AT = 50


@dataclass(frozen=True)
class Grouped:
    """What groups say, written into each of their rows.

    `frame`: all rows. `headings`: which of them are headings. `columns`: those that were filled. `said`: what the
    headings say, of each row, where no column of the list says it.
    """

    frame: pl.DataFrame
    headings: list[int]
    columns: list[int]
    said: pl.Series | None = None


def grouped(headers: Sequence[str], frame: pl.DataFrame) -> Grouped | None:
    """The groups of a list without its totals; None where it has none.

    Args:
        headers: the names of its columns.
        frame: columns "0", "1", … of texts, and maybe others.
    """
    if len(headers) < _LEAST or frame.is_empty():
        return None
    names = [str(at) for at in range(len(headers))]
    cells = frame.select(names)
    return _under_headings(names, frame, cells) or _counted(names, frame, cells) or _filled_once(headers, frame)


def _under_headings(names: list[str], frame: pl.DataFrame, cells: pl.DataFrame) -> Grouped | None:
    """Rows of one cell over rows in which that column is blank: the heading is of all of them."""
    if sum(cell is not None for cell in cells.row(0)) != 1:
        return None
    is_heading = cells.select(pl.sum_horizontal(pl.all().is_not_null()) == 1).to_series()
    filled = {name: cells[name].is_not_null() for name in names}
    columns = [name for name in names if (filled[name] & is_heading).any()]
    if is_heading.all() or any((filled[name] & ~is_heading).any() for name in columns) or is_heading[-1]:
        return None
    found = frame
    for place, name in enumerate(columns):
        above = [pl.col(other).is_not_null() for other in columns[:place]]
        ends = pl.any_horizontal(above) if above else pl.lit(value=False)
        kept = pl.when(ends & pl.col(name).is_null()).then(pl.lit("")).otherwise(pl.col(name)).forward_fill()
        found = found.with_columns(frame.select(pl.when(kept != "").then(kept).alias(name)).to_series())
    return Grouped(found, is_heading.arg_true().to_list(), [int(name) for name in columns])


def _counted(names: list[str], frame: pl.DataFrame, cells: pl.DataFrame) -> Grouped | None:
    """`New (2)` over two records, with their sums: the count of every one of them is right.

    What a list is grouped by is often no column of it: then the headings alone say it.
    """
    first = cells["0"]
    counts = {row: _COUNTED.match(text) for row, text in enumerate(first.head(_LOOKED_AT).to_list()) if text}
    if not counts.get(0) or not (first.str.contains(_COUNTED.pattern).sum()):
        return None
    rows = first.str.contains(_COUNTED.pattern).fill_null(value=False).arg_true().to_list()
    said = [int(str(first[row]).rpartition("(")[2].rstrip(")").replace(",", "")) for row in rows]
    held = [end - row - 1 for row, end in zip(rows, [*rows[1:], len(first)], strict=True)]
    if said != held or any(_is_text(cell) for row in rows for cell in cells.row(row)[1:]):
        return None  # beside a heading there are sums: `Acme (1)` of an industry and a city is a customer
    headed = pl.Series(range(len(first))).is_in(rows)
    heading = first.str.replace(r"\s*\(\d[\d,]*\)$", "").to_frame("h").with_columns(at=headed)
    heading_of = heading.select(pl.when("at").then("h").forward_fill()).to_series()
    is_there = any(cells[name].filter(~headed).equals(heading_of.filter(~headed), null_equal=True) for name in names)
    return Grouped(frame, rows, [], None if is_there else heading_of)


def _is_text(cell: str | None) -> bool:
    return bool(cell) and not is_number(cell or "") and any(character.isalpha() for character in cell or "")


def _filled_once(headers: Sequence[str], frame: pl.DataFrame) -> Grouped | None:
    """Columns marked as what a report is grouped by (`Opportunity Owner ↑`), filled in the first row of each group."""
    marked: list[int] = []
    for at, header in enumerate(headers[:-1]):
        if frame[str(at)].null_count() == frame.height:
            continue  # formatted reports begin with a column that holds their title alone
        if not _ARROW.search(header):
            break
        marked.append(at)
    columns = [at for at in marked if frame[str(at)].null_count() and frame[str(at)][0] is not None]
    if not columns:
        return None
    return Grouped(frame.with_columns(pl.col(str(at)).forward_fill() for at in columns), [], columns)
