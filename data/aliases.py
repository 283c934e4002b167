"""Two names of one thing: those that were accepted, and spellings that are suggested.

An accepted alias applies in the fold (data/renaming.py), never to stored rows, so accepting and forgetting are exact. A
suggestion never blocks anything: until somebody accepts it, the names stay apart and no row is lost.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from pydantic import BaseModel, ConfigDict

from data.alike import Why, pairs
from data.clock import now
from data.errors import AliasInvalid
from data.fold import fold
from data.members import TABLE_OF
from data.renaming import SAID
from data.tables import REFERENCES, Table, tables

if TYPE_CHECKING:
    from data.store import Snapshot, Store


class Alias(BaseModel):
    """`alias` is (or may be) another spelling of `canonical`; `rows` and `money` are those that carry the alias.

    `why`: how alike the two are where that is only suggested (data/alike.py).
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    alias: str
    canonical: str
    rows: int
    money: Decimal
    is_accepted: bool
    why: Why | None = None


KINDS = (*REFERENCES, *SAID)
"""What may be renamed and merged."""


class Name(NamedTuple):
    """A name that is in use: whether it has a row of its own, and whether nothing but the name is known of it."""

    name: str
    has_row: bool  # somebody uploaded a row for it
    is_named_only: bool  # it is known by its name alone, so another name may stand for it
    rows: int
    money: Decimal


def aliases(seen: Snapshot) -> list[Alias]:
    """Accepted aliases and suggestions, those with the most money first.

    Suggested are names of one kind that are as alike as data/alike.py says, towards the one that has a row of its own,
    else the one that more rows carry.
    """
    accepted = seen.frame("select kind, alias, canonical from ops.aliases order by kind, alias")
    carried = {kind: _carried(seen, kind, accepted) for kind in KINDS}
    found = [
        _alias(row["kind"], row["alias"], row["canonical"], carried[row["kind"]], is_accepted=True)
        for row in accepted.iter_rows(named=True)
        if row["kind"] in carried
    ]
    for kind in KINDS:
        taken = set(accepted.filter(pl.col("kind") == kind)["alias"])
        found += suggestions(kind, _names(seen, kind, carried[kind]), taken)
    return sorted(found, key=lambda item: (-item.is_accepted, -abs(item.money), item.kind, item.alias))


def suggestions(kind: str, names: list[Name], taken: set[str]) -> list[Alias]:
    """For each name that may be another one's spelling, the best of those it may be.

    Args:
        kind: what they name.
        names: all that are in use, each once.
        taken: names about which somebody has decided.
    """
    known = {name.name: name for name in names}
    best: dict[str, tuple[Why, Name]] = {}
    for one, other, why in pairs([*known], kind):
        worse, better = sorted((known[one], known[other]), key=_standing)
        if not worse.is_named_only or worse.name in taken:
            continue
        held = best.get(worse.name)
        if held is None or (_SURE[why], _standing(better)) > (_SURE[held[0]], _standing(held[1])):
            best[worse.name] = (why, better)
    return [
        Alias(
            kind=kind, alias=name, canonical=better.name, rows=known[name].rows, money=known[name].money,
            is_accepted=False, why=why,
        )
        for name, (why, better) in best.items()
    ]  # fmt: skip


_SURE: dict[Why, int] = {"spelling": 2, "form": 1, "letter": 0}


def _standing(name: Name) -> tuple[bool, int, str]:
    return name.has_row, name.rows, name.name


def in_use(seen: Snapshot, kind: str) -> list[Name]:
    """The names of a kind that the store holds, with the rows and the money they carry."""
    return _names(seen, kind, _carried(seen, kind, seen.frame("select kind, alias, canonical from ops.aliases")))


def _names(seen: Snapshot, kind: str, carried: dict[str, tuple[int, Decimal]]) -> list[Name]:
    """The names of a kind's members today; of stages, teams and managers, those that rows say."""
    if kind in SAID:
        told = set(seen.frame(_TOLD[kind])["name"])
        return [Name(name, name in told, True, *held) for name, held in carried.items()]
    members = seen.frame(f"select {kind} as name, {kind}_id as id, is_implied from crm.{TABLE_OF[kind]}")
    ambiguous = "ambiguous: "
    return [
        Name(
            row["name"],
            not row["is_implied"],
            row["id"] is None and row["is_implied"],
            *carried.get(row["name"], (0, Decimal(0))),
        )
        for row in members.iter_rows(named=True)
        if not row["name"].startswith(ambiguous)
    ]


_TOLD = {
    "stage": "select stage as name from ops.stages_rows",
    "team": "select team as name from ops.teams_rows",
    "manager": "select rep as name from crm.reps where not is_implied",
}
"""The names of kinds without members that have a row of their own."""

_BEARING = {
    "stage": "select stage as name, amount from crm.deals",
    "team": "select team as name, amount from crm.teams left join crm.deals using (team)",
    "manager": "select manager as name, amount from crm.reps left join crm.deals using (rep_key)",
}
"""Today's deals by the names of such a kind; a name without deals has one row without an amount."""


def _alias(
    kind: str, alias: str, canonical: str, carried: dict[str, tuple[int, Decimal]], *, is_accepted: bool
) -> Alias:
    rows, money = carried.get(alias, (0, Decimal(0)))
    return Alias(kind=kind, alias=alias, canonical=canonical, rows=rows, money=money, is_accepted=is_accepted)


def _carried(seen: Snapshot, kind: str, accepted: pl.DataFrame) -> dict[str, tuple[int, Decimal]]:
    """Rows of facts and their money by the name they carry, as it was uploaded.

    Names that were accepted are counted in the truth, since the facts do not show them any more.
    """
    found: dict[str, tuple[int, Decimal]] = {}
    for name, rows, money in _by_member(seen, kind).iter_rows():
        found[name] = (rows, money)
    hidden = accepted.filter(pl.col("kind") == kind)["alias"].to_list()
    if hidden:
        for name, rows, money in _by_name(seen, kind, hidden).iter_rows():
            found[name] = (rows, money)
    return found


def _by_member(seen: Snapshot, kind: str) -> pl.DataFrame:
    if kind in SAID:
        return seen.frame(
            f"""
            select name, count(*) as n, coalesce(sum(amount), 0)::decimal(38,4) as money
            from ({_BEARING[kind]}) where name is not null group by name order by name
            """
        )
    parts = [
        f"select {kind}_key as key, count(*) as n, {_sum(table.money)} as money from crm.{table.name} group by all"
        for table in _carriers(kind)
    ]
    return seen.frame(
        f"""
        select {kind}, sum(n)::bigint, sum(money)::decimal(38,4) from ({" union all ".join(parts)}) as carried
        join crm.{TABLE_OF[kind]} on {kind}_key = key group by {kind}
        """
    )


def _carriers(kind: str) -> list[Table]:
    """The tables of facts whose rows point to a kind."""
    return [table for table in tables().values() if kind in table.references and table.name not in TABLE_OF.values()]


def _by_name(seen: Snapshot, kind: str, names: list[str]) -> pl.DataFrame:
    """Today's rows that carry the names themselves: the last row of each key among the uploads that count."""
    if kind in SAID:
        carriers = [table for table in SAID[kind] if table in ("deals", "reps")]
        parts = [_last_rows(tables()[table], kind, f"{kind} = alias") for table in carriers]
    else:
        meant = f"""case when {kind}_id is null then {kind} = alias else {kind}_id = bearers.id
            or {kind} || ' (' || {kind}_id || ')' = alias end"""
        parts = [_last_rows(table, f"{kind}, {kind}_id", meant) for table in _carriers(kind)]
    return seen.frame(
        f"""
        with names as (select unnest($names) as alias), bearers as ({_bearers(kind)})
        select alias, sum(n)::bigint, sum(money)::decimal(38,4) from ({" union all ".join(parts)}) group by alias
        """,
        {"names": names},
    )


def _bearers(kind: str) -> str:
    """SQL of the ids that are called by one of the names (alias, id)."""
    if kind in SAID:
        return "select alias, null::varchar as id from names"
    return f"""
        select alias, id from names left join (
            select name, id from fold.pairs where kind = '{kind}' and id is not null
            union select {kind}, {kind}_id from ops.{TABLE_OF[kind]}_rows where {kind}_id is not null
        ) on name = alias"""


def _last_rows(table: Table, fields: str, meant: str) -> str:
    money = f'"{table.money}"' if table.money else "0"
    return f"""
        select alias, count(*) as n, coalesce(sum(money), 0) as money from (
            select distinct on (key_no) {fields}, {money} as money
            from ops.{table.name}_rows join ops.{table.name}_seen using (row_no)
            join ops.uploads on id = upload_id and not is_undone
            order by key_no, as_of desc nulls last, id desc)
        join bearers on {meant} group by all"""


def _sum(money: str | None) -> str:
    return f"coalesce(sum({money}), 0)" if money else "0"


def accept_alias(store: Store, kind: str, alias: str, canonical: str, *, who: str | None = None) -> None:
    """Read `alias` as `canonical` from now on, in every upload, past and future.

    Where nobody is called `canonical` yet this gives a new name; else the two become one.

    Raises:
        AliasInvalid: there is no such kind, a name is blank, the names are one, or it would lead back to itself.
    """
    if kind not in KINDS or not alias.strip() or not canonical.strip():
        raise AliasInvalid(alias=alias, canonical=canonical, problem=f"{kind}?")
    with store.writing() as cursor:
        held = dict(cursor.execute("select alias, canonical from ops.aliases where kind = $k", {"k": kind}).fetchall())
        end: str | None = canonical
        while end is not None and end != alias:
            end = held.get(end)
        if end == alias:
            raise AliasInvalid(alias=alias, canonical=canonical, problem=f"{canonical} → {alias}")
        cursor.execute(
            "insert or replace into ops.aliases values ($kind, $alias, $canonical, $who, $at)",
            {"kind": kind, "alias": alias, "canonical": canonical, "who": who, "at": now()},
        )
        fold(cursor, _touched(kind))


def forget_alias(store: Store, kind: str, alias: str) -> None:
    """Keep the names apart again."""
    with store.writing() as cursor:
        cursor.execute("delete from ops.aliases where kind = $kind and alias = $alias", {"kind": kind, "alias": alias})
        if kind in KINDS:
            fold(cursor, _touched(kind))


def _touched(kind: str) -> set[str]:
    """The tables that say names of a kind themselves; those that point to its members follow."""
    if kind in SAID:
        return {*SAID[kind], "targets"}
    return {TABLE_OF[kind], "targets"}
