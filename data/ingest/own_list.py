"""Whether some columns or rows of a sheet are a list by themselves, by their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from data.ingest.errors import FileRefused
from data.ingest.goals import with_goals
from data.ingest.layout import lists_before
from data.ingest.match import Match
from data.ingest.months import with_months
from data.ingest.names import normal
from data.ingest.profile import profiles
from data.ingest.recognise import Wish, recognise
from data.ingest.texttable import Reading, TextTable, Wishes
from data.tables import tables

_LISTED_AGAIN = frozenset(("order_lines", "deal_stages", "targets"))
"""Lists in which what names a record stands in several rows."""


@dataclass(frozen=True)
class OwnList:
    """A list that can be loaded by itself.

    `table`: ours. `used`: the columns that fill fields. `ident`: the column that names its records; None where none
    does (goals).
    """

    table: str
    used: frozenset[int]
    ident: int | None

    def is_named_again(self, table: TextTable) -> bool:
        """Whether rows name the same record again, which a list of its own would not do."""
        if self.ident is None or self.table in _LISTED_AGAIN:
            return False
        return bool(table.column(self.ident).drop_nulls().is_duplicated().any())


def own_list(table: TextTable) -> OwnList | None:
    """What a list is by itself; None where its columns need others beside them.

    Args:
        table: tidied.
    """
    if _holds_goals(table):
        return OwnList("targets", frozenset(range(len(table.headers))), None)
    try:
        best = recognise(table, Wish()).best
    except FileRefused:
        return None
    used = {*best.columns.values(), *(at for parts in best.joined.values() for at in parts)}
    return OwnList(best.table, frozenset(used), _ident(best))


def _ident(best: Match) -> int | None:
    """The column of the key; else of the first need that is met by a column."""
    needed = [ours for need in best.spec.needs for ours in ([need] if isinstance(need, str) else need)]
    return next((best.columns[ours] for ours in (*tables()[best.table].key, *needed) if ours in best.columns), None)


def foreign_ids(table: TextTable) -> list[int]:
    """Columns that are called what tells the records of some list apart (`Order ID`)."""
    return [at for at, header in enumerate(table.headers) if normal(header) in _ids()]


@cache
def _ids() -> frozenset[str]:
    sections = [
        (profile.table_of(name), one) for profile in profiles().values() for name, one in profile.tables.items()
    ]
    return frozenset(
        normal(theirs)
        for table, section in sections
        for ours in tables()[table].key
        if ours.endswith("_id")
        for theirs in section.fields.get(ours, [])
    )


def _holds_goals(table: TextTable) -> bool:
    """Whether it would be read as goals by period, or asked about as columns of months."""
    copy = replace(table, headers=[*table.headers], remarks=[], told={})
    found = with_goals(with_months(Reading(tables=[copy]), Wishes()), Wishes())
    return bool(found.questions) or found.tables[0].headers != table.headers


def said_before(table: TextTable, wishes: Wishes) -> str | None:
    """Whether what stands beside or below is another list, by what a person said now or of the same columns before."""
    return wishes.lists or lists_before(table.headers, wishes.known)


def names_shown(headers: Iterable[str], most: int = 4) -> str:
    """The first names of some columns."""
    named = [header for header in headers if header]
    return ", ".join(named[:most]) + ("…" if len(named) > most else "")
