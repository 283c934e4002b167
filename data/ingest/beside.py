"""Lists side by side on one sheet or in one text file: whether columns without content part lists, or only columns.

A blank column is the space between two lists, or an empty column of one. Each part is read by itself: parts that are
lists of their own, and not columns that one list would have, are several lists; what nothing tells is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import polars as pl

from data.ingest.names import normal
from data.ingest.own_list import OwnList, foreign_ids, names_shown, own_list
from data.ingest.remarks import Question
from data.ingest.texttable import LINE, Reading, TextTable

Judged = Literal["apart", "together", "ask"]
_TITLES = 2
"""So many filled cells above the names of all columns are more than a title: a list that stands higher."""
_TAIL = 2
"""So many blank rows below the last of some columns are no record that lacks them."""
_SUMS = 2
"""A table of sums has at least so many columns."""
_SAMPLES = 2


@dataclass(frozen=True)
class Strip:
    """Columns between blank ones, read as if they stood alone.

    `reading`: what is there; None where that is no list. `own`: what the first list in it is by itself.
    """

    columns: list[int]
    reading: Reading | None
    own: OwnList | None

    @property
    def table(self) -> TextTable | None:
        """Its first list."""
        return self.reading.tables[0] if self.reading and self.reading.tables else None


def strip(columns: list[int], reading: Reading | None) -> Strip:
    """Some columns and what was read in them."""
    first = reading.tables[0] if reading and reading.tables else None
    return Strip(columns, reading, own_list(first) if first else None)


def columns_apart(table: TextTable, above: Sequence[Sequence[str]]) -> list[list[int]]:
    """The columns of a sheet in groups, with blank columns between; content is looked at only where a name is missing.

    Args:
        table: as it was read, before anything is set aside.
        above: its rows above those that name the columns.
    """
    width = len(table.headers)
    nameless = [str(at) for at in range(width) if not table.headers[at]]
    says = (pl.col(nameless).str.strip_chars().str.len_bytes() > 0).any()  # a formula may leave an empty text
    filled = table.frame.select(says).row(0, named=True) if nameless else {}
    groups: list[list[int]] = [[]]
    for at in range(width):
        is_higher = sum(1 for row in above if at < len(row) and row[at].strip()) >= _TITLES
        if table.headers[at] or filled[str(at)] or is_higher:
            groups[-1].append(at)
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def lists_of(strips: Sequence[Strip], judged: Sequence[Judged]) -> list[list[int]]:
    """The columns of each list: what is judged together belongs to the list on its left, else to that on its right."""
    found: list[list[int]] = []
    waiting: list[int] = []
    for one, verdict in zip(strips, judged, strict=True):
        if verdict == "apart":
            found.append([*waiting, *one.columns])
            waiting = []
        elif found:
            found[-1] += one.columns
        else:
            waiting += one.columns
    return found


def judge(strips: Sequence[Strip], whole: TextTable | None, told: str | None, width: int) -> list[Judged]:
    """Of each group of columns, whether it is a list of its own or belongs to the one beside it.

    Args:
        strips: at least two, each read alone.
        whole: all of them read as one list, tidied; None where that is none.
        told: what a person said of this sheet.
        width: of how many columns the whole was before blank ones were dropped.
    """
    lists = [one for one in strips if one.own is not None]
    if told is not None:
        are_apart = told == "apart"
        return ["apart" if are_apart and (one.own or len(lists) < 2) else "together" for one in strips]
    together = own_list(whole) if whole else None
    used = _used(strips, together, width)
    if len(lists) < 2:
        return [_beside_a_list(one, lists, used) if together else "together" for one in strips]
    if together is None or _are_same_lists(lists):
        return ["apart" if one.own else "together" for one in strips]
    base = next((one for one in lists if one.own and one.own.table == together.table), lists[0])
    found: list[Judged] = ["apart" if one is base else _by_rows(one, base, used) for one in strips]
    is_joined = "together" in [verdict for one, verdict in zip(strips, found, strict=True) if one.own]
    return found if base is lists[0] or not is_joined else ["ask"] * len(strips)  # on which side it belongs is not told


def _used(strips: Sequence[Strip], together: OwnList | None, width: int) -> frozenset[int]:
    """The columns of the sheet that fill fields when all is read as one list."""
    kept = sorted(at for one in strips for at in one.columns if at < width)
    return frozenset(kept[at] for at in together.used if at < len(kept)) if together else frozenset()


def _are_same_lists(lists: Sequence[Strip]) -> bool:
    """Whether two call the column that names their records the same, or all of their columns."""
    names = [{normal(header) for header in one.table.headers} for one in lists if one.table]
    idents = [
        normal(one.table.headers[one.own.ident])
        for one in lists
        if one.table and one.own and one.own.ident is not None
    ]  # fmt: skip
    return len(set(idents)) < len(idents) or any(a == b for a, b in combinations(names, 2))


def _names_others(one: Strip, used: frozenset[int]) -> bool:
    """Whether columns name records of another kind (`Order ID`), for which one list would have no use."""
    return one.table is not None and any(one.columns[at] not in used for at in foreign_ids(one.table))


def _by_rows(one: Strip, base: Strip, used: frozenset[int]) -> Judged:
    """What the rows say of a list beside the one that all would be: columns of one list are filled in the same rows."""
    if one.own is None or one.table is None or base.table is None:
        return "together"
    ident = one.own.ident
    if ident is None or one.columns[ident] not in used:
        return "apart"  # one list would have no use for what names these records
    if _names_others(one, used):
        return "ask"
    is_again = one.own.is_named_again(one.table)
    shorter = _last(base.table) - _last(one.table)
    if base.table.header_line != one.table.header_line or shorter < 0 or (shorter >= _TAIL and not is_again):
        return "apart"
    return "together" if is_again and not shorter else "ask"


def _beside_a_list(one: Strip, lists: Sequence[Strip], used: frozenset[int]) -> Judged:
    """Columns that are no list by themselves are columns of the list, unless something speaks against it.

    They name other records (`Order ID`) than the list does, or stop before it or go on after it: then what they would
    fill may be of those, or sums of something else, and it is asked.
    """
    first = lists[0].table if lists else None
    if one.own is not None or one.table is None or first is None or not used & {*one.columns}:
        return "together"
    if _names_others(one, used):
        return "ask"
    is_without_gap = one.table.frame.height == _last(one.table) - one.table.header_line
    is_uneven = is_without_gap and _last(one.table) != _last(first)
    return "ask" if is_uneven and len(one.columns) >= _SUMS else "together"


def _last(table: TextTable) -> int:
    """The line of the last record."""
    return int(table.frame[LINE][-1]) if table.frame.height else table.header_line


def question(file: str, lists: Sequence[TextTable], whole: TextTable) -> Question:
    """Are the columns to the left and to the right of a blank one several lists? With what either reading makes."""
    shown = [f"{names_shown(table.headers)} ({table.frame.height})" for table in lists]
    params: dict[str, str | int] = {"file": file, "lists": "; ".join(f"“{one}”" for one in shown)}
    rows = whole.frame.drop(LINE).head(_SAMPLES).rows()
    samples = {"apart": shown, "together": [" | ".join(cell or "" for cell in row[:12]) for row in rows]}
    return Question(
        code="ask_lists", params=params, flag="--lists", choices=("apart", "together"), samples=samples,
        columns=tuple(whole.headers),
    )  # fmt: skip
