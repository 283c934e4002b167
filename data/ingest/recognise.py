"""Which table of which CRM a file is, by its column names, with the score shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz import fuzz, process

from data.ingest.errors import ColumnsMissing, PivotReport, TableUnrecognised, UnknownProfile, UnknownTable
from data.ingest.names import normal, without_unit
from data.ingest.profile import Profile, TableProfile, profiles
from data.ingest.texttable import TextTable
from data.tables import tables
from metrics.errors import nearest

_LEAST_SCORE = 0.3
_RESEMBLANCE = 88
_PERIOD = re.compile(
    r"^((fy)?\s?(19|20)\d\d|q[1-4].*|h[12]|\d{1,2}月|第?[一二三四1-4]季度|.*\d{4}年.*|(grand |sub)?totals?|合计|总计"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?([ -]?\d{2,4})?"
    r"|row labels|column labels|行标签|列标签|(sum|count|average) of .*|(求和项|计数项|平均值项)[:：].*)$",
    re.IGNORECASE,
)
"""Column names of pivot tables: periods, totals, and what spreadsheets call their axes."""


@dataclass(frozen=True)
class Match:
    """One table of one profile against one file.

    `columns`: our field -> index of their column. `guessed`: fields matched only by resemblance, with how much alike.
    `score`: share of the file's columns that the profile knows. `missing`: needs that are not met.
    """

    profile: Profile
    table: str
    columns: dict[str, int]
    joined: dict[str, list[int]]
    guessed: dict[str, int]
    score: float
    missing: list[str]

    @property
    def spec(self) -> TableProfile:
        """The profile's words on this table."""
        return self.profile.tables[self.table]


@dataclass(frozen=True)
class Wish:
    """What the user says about recognition: table, profile, and `theirs -> ours` columns."""

    table: str | None = None
    profile: str | None = None
    columns: dict[str, str] = field(default_factory=dict)


@cache
def known_headers() -> frozenset[str]:
    """Every column name that any profile knows, normalised: tells a header row from title rows."""
    return frozenset(header for profile in profiles().values() for header in profile.headers())


def check_wish(wish: Wish) -> None:
    """Refuse a table or profile that does not exist, naming the nearest.

    Raises:
        UnknownTable, UnknownProfile.
    """
    if wish.table is not None and wish.table not in tables():
        raise UnknownTable(table=wish.table, suggestion=nearest(wish.table, tables()), known=", ".join(tables()))
    if wish.profile is not None and wish.profile not in profiles():
        raise UnknownProfile(
            profile=wish.profile, suggestion=nearest(wish.profile, profiles()), known=", ".join(profiles())
        )


def recognise(table: TextTable, wish: Wish) -> Match:
    """The best table for a file.

    Exact names first; resemblance ("Oportunity ID") only where no table is met exactly.

    Raises:
        PivotReport, TableUnrecognised, ColumnsMissing: there is none, with what was nearest.
    """
    found: list[Match] = []
    for resemblance in (False, True):
        found = matches(table.headers, wish, resemblance=resemblance)
        met = [match for match in found if not match.missing and (match.score >= _LEAST_SCORE or wish.table)]
        if met:
            return met[0] if resemblance else _with_resemblance(met[0], table.headers, wish)
    columns = ", ".join(table.headers[:30])
    if sum(1 for header in table.headers if _PERIOD.match(header)) >= max(2, len(table.headers) // 3):
        raise PivotReport(file=table.file, columns=columns)
    best = found[0] if found else None
    if wish.table and best:
        raise ColumnsMissing(file=table.file, table=wish.table, missing=", ".join(best.missing), columns=columns)
    raise TableUnrecognised(
        file=table.file,
        columns=columns,
        suggestion=f"{best.table} ({best.profile.name})" if best and best.missing and best.columns else "",
        missing=", ".join(best.missing) if best else "",
    )


def matches(headers: list[str], wish: Wish, *, resemblance: bool = False) -> list[Match]:
    """Every table of every profile that the wish allows, best first."""
    asked = {normal(theirs): ours for theirs, ours in wish.columns.items()}
    wished = {index: asked[normal(header)] for index, header in enumerate(headers) if normal(header) in asked}
    found = [
        _match(headers, profile, name, wished, resemblance=resemblance)
        for profile in profiles().values()
        if wish.profile in (None, profile.name)
        for name in profile.tables
        if wish.table in (None, name) and all(ours in tables()[name].fields for ours in wished.values() if ours)
    ]
    return sorted(found, key=lambda m: (len(m.missing), -round(m.score, 2), -m.profile.rank, -len(m.columns)))


def _match(headers: list[str], profile: Profile, name: str, wished: dict[int, str], *, resemblance: bool) -> Match:
    spec = profile.tables[name]
    at: dict[str, int] = {}
    for index, header in enumerate(headers):
        for variant in (header, without_unit(header)[0]):
            at.setdefault(normal(variant), index)
    taken = {ours: index for index, ours in wished.items() if ours}
    free = {key: index for key, index in at.items() if index not in wished}
    columns = dict(taken)
    for ours, theirs in spec.fields.items():
        hit = next((free[normal(alias)] for alias in theirs if normal(alias) in free), None)
        if hit is not None:
            columns.setdefault(ours, hit)
    joined = {ours: [free[normal(part)] for part in parts if normal(part) in free] for ours, parts in spec.join.items()}
    joined = {ours: parts for ours, parts in joined.items() if parts and ours not in columns}
    guessed = _resembling(headers, spec, columns, wished) if resemblance else {}
    for ours, (index, _) in guessed.items():
        columns[ours] = index
    spare = {free[normal(header)] for header in spec.spare if normal(header) in free}
    used = {*columns.values(), *(index for parts in joined.values() for index in parts), *spare}
    have = {*columns, *joined, *spec.constants}
    missing = [
        " / ".join(_theirs(spec, ours) for ours in options)
        for options in ([need] if isinstance(need, str) else need for need in spec.needs)
        if not have & set(options)
    ]
    return Match(
        profile,
        name,
        columns,
        joined,
        {ours: score for ours, (_, score) in guessed.items()},
        len(used) / max(len(headers), 1),
        missing,
    )


def _theirs(spec: TableProfile, ours: str) -> str:
    named = spec.fields.get(ours) or spec.join.get(ours) or [ours]
    return named[0]


def _with_resemblance(match: Match, headers: list[str], wish: Wish) -> Match:
    asked = {normal(theirs): ours for theirs, ours in wish.columns.items()}
    wished = {index: asked[normal(header)] for index, header in enumerate(headers) if normal(header) in asked}
    return _match(headers, match.profile, match.table, wished, resemblance=True)


def _resembling(
    headers: list[str], spec: TableProfile, columns: dict[str, int], wished: dict[int, str]
) -> dict[str, tuple[int, int]]:
    """Fields still without a column, and the unused column whose name looks most like one of theirs."""
    known = {normal(alias) for names in (*spec.fields.values(), *spec.join.values(), spec.spare) for alias in names}
    unused = {
        normal(header): index
        for index, header in enumerate(headers)
        if index not in columns.values()
        and index not in wished
        and normal(header) not in known
        and len(normal(header)) >= 6
    }
    found: dict[str, tuple[int, int]] = {}
    for ours, theirs in spec.fields.items():
        if ours in columns or not unused:
            continue
        for alias in theirs:
            hit = process.extractOne(normal(alias), list(unused), scorer=fuzz.ratio, score_cutoff=_RESEMBLANCE)
            if hit and unused[hit[0]] not in {index for index, _ in found.values()}:
                found[ours] = (unused[hit[0]], round(hit[1]))
                break
    return found


_CALLED_TABLE = {"table", "tablename", "entity", "object", "表", "表名", "对象"}
_CALLED_FIELD = {"field", "fieldname", "column", "columnname", "attribute", "字段", "字段名", "列", "列名"}


def is_documentation(table: TextTable, others: Iterable[str]) -> bool:
    """Whether a small file describes tables instead of being one: most of its cells name columns or files.

    Args:
        table: the file.
        others: names of the other files of the import, without ending.
    """
    if table.frame.height > 500:
        return False
    headers = {normal(header) for header in table.headers}
    if headers & _CALLED_TABLE and headers & _CALLED_FIELD:
        return True
    names = known_headers() | {normal(other) for other in others}
    cells = [cell for row in table.frame.drop("#line").rows() for cell in row if isinstance(cell, str)]
    cells += [cell for line in table.title for cell in line.split() if cell]
    return len(cells) >= 4 and sum(1 for cell in cells if normal(cell) in names) >= 0.5 * len(cells)
