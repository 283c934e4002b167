"""How a file of a known layout was read when a person said so, and whether another file may be read the same way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from data.ingest.names import normal

_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"[-+−(]?[\d.,\s%]+\)?")
_DAY = re.compile(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?(?:[T ].*)?")


class AsRead(BaseModel):
    """What was said about reading the files of a layout.

    `columns`: the names of the columns in the file itself (months may have become rows since). `files`: the names of
    the files that it was said of, without their digits. `months_in`: the year in which a year was said for `months`:
    the same list a year later is another one. `kinds`: what the columns hold, where `header` names them.
    `sheet`: the sheet that was meant, a hidden one where no visible one holds a list; `is_only`: that one alone was
    wanted, whatever else the workbook holds.
    `goals`: columns of goals -> the measures that were named for them; empty: none.
    `lists`: whether columns or rows beside these are lists of their own; `beside`: the columns of all of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: list[str] = []
    files: list[str] = []
    encoding: str | None = None
    months: str | None = None
    months_in: int | None = None
    header: str | None = None
    kinds: list[str] = []
    sheet: str | None = None
    is_only: bool = False
    goals: dict[str, str] = {}
    lists: str | None = None
    beside: list[str] = []


def same_columns(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two lists of names are the same columns, in any order, as people vary them."""
    return {normal(name) for name in one} == {normal(name) for name in other}


def stem(file: str) -> str:
    """What the names of exports of one list have in common: `deals 2026-01-05.csv` and `deals 2026-01-12 (1).csv`."""
    return normal(_DIGITS.sub("", Path(file.split(" / ", maxsplit=1)[0]).stem))


def kinds(rows: Sequence[Sequence[str]]) -> list[str]:
    """What each column holds: `number`, `day` or `text`; `` where it is blank in these rows."""
    width = max((len(row) for row in rows), default=0)
    return [_kind([row[at].strip() for row in rows if at < len(row) and row[at].strip()]) for at in range(width)]


def _kind(cells: list[str]) -> str:
    for kind, form in (("day", _DAY), ("number", _NUMBER)):
        if cells and all(form.fullmatch(cell) for cell in cells):
            return kind
    return "text" if cells else ""


def header_before(file: str, rows: Sequence[Sequence[str]], known: Iterable[AsRead]) -> AsRead | None:
    """Whose names a file without names takes: one called the same but for digits, with the same kinds of columns.

    None where there is no such layout, or two say different names: then it is asked.
    """
    mine, holds = stem(file), kinds(rows)
    found = [one for one in known if one.header and mine in one.files and _fit(one.kinds, holds)]
    return found[0] if len({one.header for one in found}) == 1 else None


def _fit(before: list[str], now: list[str]) -> bool:
    return len(before) == len(now) and all(
        one == other or not one or not other for one, other in zip(before, now, strict=True)
    )


def goals_before(headers: Sequence[str], known: Iterable[AsRead]) -> dict[str, str]:
    """What was said of these columns that are goals of something unknown."""
    return {column: of for one in known if same_columns(one.columns, headers) for column, of in one.goals.items()}


def lists_before(headers: Sequence[str], known: Iterable[AsRead]) -> str | None:
    """What was said of a sheet with these columns: whether they are one list or several."""
    said = {one.lists for one in known if one.lists and same_columns(one.beside, headers)}
    return said.pop() if len(said) == 1 else None


def sheet_before(file: str, hidden: Sequence[str], known: Iterable[AsRead]) -> str | None:
    """Which hidden sheet of a workbook is meant: the one that was named for files called the same but for digits."""
    said = {one.sheet for one in known if one.sheet in hidden and stem(file) in one.files}
    return said.pop() if len(said) == 1 else None


def only_before(file: str, names: Sequence[str], known: Iterable[AsRead]) -> AsRead | None:
    """Which one of its sheets was wanted of workbooks called the same but for digits, and the columns it had."""
    said = [one for one in known if one.is_only and one.sheet in names and stem(file) in one.files]
    return said[-1] if len({one.sheet for one in said}) == 1 else None


def months_before(headers: Sequence[str], known: Iterable[AsRead], year: int) -> str | None:
    """What was said of these columns that are months; a year holds only within the year in which it was said."""
    said = {
        one.months
        for one in known
        if one.months and same_columns(one.columns, headers) and (not one.months.isdigit() or one.months_in == year)
    }
    return said.pop() if len(said) == 1 else None
