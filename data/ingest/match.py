"""How one section of a profile fits the columns of a file, and why each column was taken for its field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from rapidfuzz import fuzz, process

from data.ingest.ended import FIELD, marking_column
from data.ingest.names import normal, says_unit, strange_unit, turned, without_tax, without_unit
from data.ingest.profile import Profile, TableProfile, profiles
from data.ingest.question_names import names_asked
from data.ingest.texttable import TextTable
from data.ingest.two_languages import parts_of
from data.tables import tables

Why = Literal["asked", "remembered", "header", "synonym", "fuzzy", "values", "constant"]

GENERAL_RANK = 3
"""Profiles up to this rank are no CRM of their own: usual names, our own names."""

_RESEMBLANCE = 88
_SHORTEST = 6  # a shorter name resembles too much
_SYNONYM = 90
_REPEATED = re.compile(r"^(.*) \(\d+\)$", re.DOTALL)
_COUNT_OF_DAYS = r"^-?\d{1,4}([.,]\d+)?$"
_LOOKED_AT = 500


@dataclass(frozen=True)
class Reason:
    """Why a column fills a field: `confidence` in per cent."""

    why: Why
    confidence: int


@dataclass(frozen=True)
class Match:
    """One section of one profile against one file.

    `columns`: our field -> index of their column. `reasons`: our field -> why. `score`: share of the file's columns
    that the profile knows by its own names. `missing`: needs that are not met. `rivals`: our field -> other columns
    that could have filled it. `strangers`: columns named like a date that hold a number of days instead. `left`:
    columns that the user left out.
    """

    profile: Profile
    section: str
    columns: dict[str, int]
    joined: dict[str, list[int]]
    reasons: dict[str, Reason]
    score: float
    missing: list[str]
    rivals: dict[str, list[int]] = field(default_factory=dict)
    strangers: dict[str, int] = field(default_factory=dict)
    left: frozenset[int] = frozenset()

    @property
    def spec(self) -> TableProfile:
        """The profile's words on this section."""
        return self.profile.tables[self.section]

    @property
    def table(self) -> str:
        """Our table."""
        return self.profile.table_of(self.section)

    @property
    def known(self) -> int:
        """How many columns were found by name."""
        return sum(1 for reason in self.reasons.values() if reason.why in ("header", "remembered"))

    @property
    def named(self) -> int:
        """How many columns were found by name, usual names included."""
        return sum(1 for reason in self.reasons.values() if reason.why in ("header", "remembered", "synonym"))

    @property
    def guessed(self) -> dict[str, int]:
        """Fields matched only by resemblance, with how much alike."""
        return {ours: reason.confidence for ours, reason in self.reasons.items() if reason.why == "fuzzy"}


class Columns:
    """The columns of a file by their names, each to be handed out; looked up once for all sections of all profiles."""

    def __init__(self, table: TextTable, asked: dict[str, str]) -> None:
        """Of a file, with what the user said: their column -> our field."""
        self.table = table
        self.at: dict[str, list[int]] = {}
        self.wished = _wished(table.headers, asked)
        plain_first = sorted(enumerate(table.headers), key=lambda one: says_unit(one[1]))  # `Amount`, then `Amount USD`
        for index, header in plain_first:
            for name in _names(header, table.headers):
                self.at.setdefault(name, [])
                if index not in self.at[name]:
                    self.at[name].append(index)
        self._name_taxed()
        unsaid = {name: [index for index in found if index not in self.wished] for name, found in self.at.items()}
        self._free = {name: found for name, found in unsaid.items() if found}
        self._days: dict[int, bool] = {}
        self._usual: dict[str, dict[str, list[int]]] = {}

    def _name_taxed(self) -> None:
        """`Amount (net)` is the amount where it is the only one; beside `Amount` or `Amount (gross)` it is another."""
        taxed: dict[str, list[int]] = {}
        for index, header in enumerate(self.table.headers):
            if base := normal(without_tax(header)):
                taxed.setdefault(base, []).append(index)
        self.at |= {name: found for name, found in taxed.items() if name not in self.at and len(found) == 1}

    def free(self, header: str) -> list[int]:
        """Columns of that name about which nobody said anything."""
        return self._free.get(normal(header), [])

    def usual(self, ours: str, usual: TableProfile) -> dict[str, list[int]]:
        """The free columns of one of our tables by the names that everybody uses, of fields that have any."""
        if ours not in self._usual:
            hits = {field: self.called(names) for field, names in usual.called.items()}
            self._usual[ours] = {field: found for field, found in hits.items() if found}
        return self._usual[ours]

    @cached_property
    def mark(self) -> int | None:
        """The column that marks records as deleted or void: its content is looked at once, not by every section."""
        return marking_column(self)

    def holds_days(self, index: int) -> bool:
        """Whether a column that is called a date holds a number of days."""
        if index not in self._days:
            self._days[index] = holds_days(self.table, index)
        return self._days[index]

    def all(self, headers: Iterable[str]) -> list[int]:
        """Every free column of any of these names, best name first."""
        return self.called(map(normal, headers))

    def called(self, names: Iterable[str]) -> list[int]:
        """The same by normalised names."""
        found = [index for name in names if name in self._free for index in self._free[name]]
        return list(dict.fromkeys(found))

    def met(self, spec: TableProfile) -> set[str]:
        """The fields of a section that any free column may be: of the hundreds of sections, few have one."""
        return {ours for name in self._free.keys() & spec.bearers.keys() for ours in spec.bearers[name]}

    def known(self, names: frozenset[str]) -> set[int]:
        """Every free column whose normalised name is among these."""
        return {index for name in self._free.keys() & names for index in self._free[name]}


def _wished(headers: list[str], asked: dict[str, str]) -> dict[int, str]:
    """Which column a person spoke of: the one called exactly so, else by its plain name."""
    exact = {index: asked[header] for index, header in enumerate(headers) if header in asked}
    others = {normal(theirs): ours for theirs, ours in asked.items() if theirs not in headers}
    return exact | {index: others[normal(header)] for index, header in enumerate(headers) if normal(header) in others}


def _names(header: str, headers: list[str]) -> list[str]:
    """What a column may be called: as it is, without its unit or the number of a repeated name, in either language."""
    repeated = _REPEATED.match(header)
    base = repeated[1] if repeated and repeated[1] in headers else header
    plain = without_unit(header)[0]
    names = (header, plain, base, turned(plain), *parts_of(plain), *names_asked(header))
    return list(dict.fromkeys(normal(name) for name in names if name))


def match(
    table: TextTable,
    profile: Profile,
    section: str,
    asked: dict[str, str],
    *,
    resemblance: bool = False,
    has_key: bool = False,
    columns: Columns | None = None,
) -> Match:
    """Fit one section to a file.

    Args:
        table: the file.
        profile: the CRM.
        section: its section.
        asked: what the user said: their column -> our field; an empty field leaves the column out.
        resemblance: whether names that only look alike may fill a field.
        has_key: columns were named that tell rows apart, so that no id is needed.
        columns: those of this file and what was said of it, where they were looked up before.
    """
    spec = profile.tables[section]
    columns = columns or Columns(table, asked)
    found = {ours: index for index, ours in columns.wished.items() if ours}
    reasons = {ours: Reason("asked", 100) for ours in found}
    made = Match(profile, section, found, {}, reasons, 0.0, [])
    _by_name(made, columns, spec)
    _join(made, columns, spec)
    own = _used(made, columns, spec)
    if not profile.columns:
        _by_mark(made, columns, spec, own)
    if profile.rank > GENERAL_RANK and not profile.columns:
        _by_synonym(made, columns)
    if resemblance:
        _by_resemblance(made, columns, spec)
    have = {*made.columns, *made.joined, *spec.constants, *spec.choose, *spec.count}
    have |= set(tables()[made.table].key) if has_key else set()
    have |= {ours for ours, parts in (spec.times | spec.minus).items() if _are_there(made, columns, parts)}
    missing = [
        " / ".join(_theirs(spec, ours) for ours in options)
        for options in ([need] if isinstance(need, str) else need for need in spec.needs)
        if not have & set(options)
    ]
    if spec.marks and not any(columns.at.get(normal(mark)) for mark in spec.marks):
        missing.append(spec.marks[0])
    missing += [f"≠ {header}" for header in spec.never if columns.at.get(normal(header))]
    score = len(own) / max(len(table.headers), 1)
    left = frozenset(index for index, ours in columns.wished.items() if not ours) | {*columns.all(spec.ignored)}
    return Match(
        profile, section, made.columns, made.joined, made.reasons, score, missing, made.rivals, made.strangers, left
    )


def _are_there(made: Match, columns: Columns, parts: list[str]) -> bool:
    """Whether all parts of what is computed are there: columns by their names, or by the field they fill."""
    return all(part in made.columns or columns.free(part) for part in parts)


def _by_name(made: Match, columns: Columns, spec: TableProfile) -> None:
    kinds = tables()[made.table].fields
    why: Why = "remembered" if made.profile.columns else "synonym" if made.profile.rank <= 1 else "header"
    spare = set(columns.all(spec.spare))
    met = columns.met(spec)
    for ours, names in spec.called.items():
        if ours not in met:
            continue
        hits = columns.called(names)
        if made.profile.columns and len(hits) > 1:  # of this very layout: `Amount (EUR)`, not `Amount (USD)`
            hits.sort(key=lambda index: columns.table.headers[index] not in spec.fields[ours])
        if kinds[ours] in ("date", "timestamp"):
            strange = [index for index in hits if columns.holds_days(index)]
            made.strangers.update(dict.fromkeys((columns.table.headers[index] for index in strange), 0))
            hits = [index for index in hits if index not in strange]
        if not hits or ours in made.columns:
            continue
        made.columns[ours] = hits[0]
        made.reasons[ours] = Reason(why, 100 if why != "synonym" else _SYNONYM)
        if rivals := [index for index in hits[1:] if index not in spare]:
            made.rivals[ours] = rivals


def holds_days(table: TextTable, index: int) -> bool:
    """Whether a column that is called a date holds a number of days: 关闭日期 of one CRM is how long closing took."""
    column = table.column(index)
    filled = column.head(_LOOKED_AT).drop_nulls()  # every section of every profile asks: no look at the whole column
    if filled.is_empty():
        first = column.is_not_null().arg_max() or 0
        filled = column.slice(first, _LOOKED_AT).drop_nulls()
    return len(filled) > 0 and bool(filled.str.contains(_COUNT_OF_DAYS).all())


def _join(made: Match, columns: Columns, spec: TableProfile) -> None:
    for ours, parts in spec.join.items():
        hits = list(dict.fromkeys(index for part in parts for index in columns.free(part)[:1]))
        if hits and ours not in made.columns:
            made.joined[ours] = hits


def _used(made: Match, columns: Columns, spec: TableProfile) -> set[int]:
    """Columns that the section knows by its own names."""
    return (
        columns.known(spec.known)
        | set(made.columns.values())
        | {index for parts in made.joined.values() for index in parts}
    )


def _by_mark(made: Match, columns: Columns, spec: TableProfile, own: set[int]) -> None:
    """The column that marks records as deleted or void, where the section names none."""
    if FIELD in made.columns or FIELD in spec.choose or made.table == "deal_stages":
        return  # of a history such a mark is of the record, whose visits happened all the same
    index = columns.mark
    if index is not None and index not in own:
        made.columns[FIELD] = index
        made.reasons[FIELD] = Reason("synonym", _SYNONYM)


def _by_synonym(made: Match, columns: Columns) -> None:
    """What a company added to its CRM is often called as everybody calls it."""
    usual = profiles()["generic"].tables.get(made.table)
    if usual is None:
        return
    taken = _used(made, columns, made.spec)
    for ours, found in columns.usual(made.table, usual).items():
        hits = [index for index in found if index not in taken]
        hits = [i for i in hits if tables()[made.table].fields[ours] != "date" or not columns.holds_days(i)]
        if hits and ours not in made.columns and ours not in made.joined:
            made.columns[ours] = hits[0]
            made.reasons[ours] = Reason("synonym", _SYNONYM)
            taken.add(hits[0])


def _by_resemblance(made: Match, columns: Columns, spec: TableProfile) -> None:
    """Fields still without a column, and the unused column whose name looks most like one of theirs."""
    kinds, usual = tables()[made.table].fields, profiles()["generic"].tables.get(made.table)
    taken = _used(made, columns, spec) | set(made.columns.values()) | set(columns.wished)
    unused = {
        normal(header): index
        for index, header in enumerate(columns.table.headers)
        if index not in taken and len(normal(header)) >= _SHORTEST
    }
    for ours, theirs in spec.fields.items():
        if ours in made.columns or ours in made.joined:
            continue
        called = [*theirs, *(usual.fields.get(ours, []) if usual else [])]
        if kinds[ours] == "money" and (index := _in_strange_unit(columns.table, taken, called)) is not None:
            made.columns[ours] = index
            made.reasons[ours] = Reason("fuzzy", _SYNONYM)
            taken.add(index)
            unused = {name: at for name, at in unused.items() if at != index}
            continue
        for alias in theirs:
            hit = process.extractOne(normal(alias), list(unused), scorer=fuzz.ratio, score_cutoff=_RESEMBLANCE)
            if hit:
                made.columns[ours] = unused.pop(hit[0])
                made.reasons[ours] = Reason("fuzzy", round(hit[1]))
                break


def _in_strange_unit(table: TextTable, taken: set[int], theirs: list[str]) -> int | None:
    """The unused column that is called like a field but for a unit that nobody knows: `Amount (zillion)`."""
    known = {normal(name) for name in theirs}
    named = {at: strange_unit(header) for at, header in enumerate(table.headers) if at not in taken}
    return next((at for at, found in named.items() if found and normal(found[0]) in known), None)


def _theirs(spec: TableProfile, ours: str) -> str:
    named = spec.fields.get(ours) or spec.join.get(ours) or [ours]
    return named[0]
