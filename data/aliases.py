"""Two spellings of one name: those that were accepted, and those that are suggested.

An accepted alias applies in the fold, never to stored rows, so accepting and forgetting are exact. A suggestion never
blocks anything: until somebody accepts it, the names stay apart and no row is lost.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from pydantic import BaseModel, ConfigDict

from data.errors import AliasInvalid
from data.fold import fold
from data.members import TABLE_OF
from data.tables import REFERENCES, tables

if TYPE_CHECKING:
    from data.store import Snapshot, Store


class Alias(BaseModel):
    """`alias` is (or may be) another spelling of `canonical`; `rows` and `money` are those that carry the alias."""

    model_config = ConfigDict(frozen=True)

    kind: str
    alias: str
    canonical: str
    rows: int
    money: Decimal
    is_accepted: bool


class _Name(NamedTuple):
    name: str
    has_row: bool  # somebody uploaded a row for it
    is_named_only: bool  # it is known by its name alone, so another name may stand for it
    rows: int
    money: Decimal


def aliases(seen: Snapshot) -> list[Alias]:
    """Accepted aliases and suggestions, those with the most money first.

    Suggested are names of one kind that differ only by spaces, case, punctuation, or full and half width, towards the
    one that has a row of its own, else the one that more rows carry.
    """
    accepted = seen.frame("select kind, alias, canonical from ops.aliases order by kind, alias")
    carried = {kind: _carried(seen, kind, accepted) for kind in REFERENCES}
    found = [
        _alias(row["kind"], row["alias"], row["canonical"], carried[row["kind"]], is_accepted=True)
        for row in accepted.iter_rows(named=True)
        if row["kind"] in carried
    ]
    for kind in REFERENCES:
        taken = set(accepted.filter(pl.col("kind") == kind)["alias"])
        found += _suggestions(kind, _names(seen, kind, carried[kind]), taken)
    return sorted(found, key=lambda item: (-item.is_accepted, -abs(item.money), item.kind, item.alias))


def spelling(name: str) -> str:
    """What is left of a name without spaces, case, punctuation and width: "ＧＴＸ-pro " → "gtxpro"."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain if sign.isalnum()) or plain.strip()


def _suggestions(kind: str, names: list[_Name], taken: set[str]) -> list[Alias]:
    alike: dict[str, list[_Name]] = defaultdict(list)
    for name in names:
        alike[spelling(name.name)].append(name)
    found = []
    for group in alike.values():
        best = max(group, key=lambda item: (item.has_row, item.rows, item.name))
        found += [
            Alias(
                kind=kind, alias=other.name, canonical=best.name, rows=other.rows, money=other.money, is_accepted=False
            )
            for other in group
            if other.is_named_only and other.name != best.name and other.name not in taken
        ]
    return found


def _names(seen: Snapshot, kind: str, carried: dict[str, tuple[int, Decimal]]) -> list[_Name]:
    """The names of a kind's members today."""
    members = seen.frame(f"select {kind} as name, {kind}_id as id, is_implied from crm.{TABLE_OF[kind]}")
    ambiguous = "ambiguous: "
    return [
        _Name(
            row["name"],
            not row["is_implied"],
            row["id"] is None and row["is_implied"],
            *carried.get(row["name"], (0, Decimal(0))),
        )
        for row in members.iter_rows(named=True)
        if not row["name"].startswith(ambiguous)
    ]


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
    parts = [
        f"select {kind}_key as key, count(*) as n, {_sum(table.money)} as money from crm.{table.name} group by all"
        for table in tables().values()
        if kind in table.references and table.name not in TABLE_OF.values()
    ]
    return seen.frame(
        f"""
        select {kind}, sum(n)::bigint, sum(money)::decimal(38,4) from ({" union all ".join(parts)}) as carried
        join crm.{TABLE_OF[kind]} on {kind}_key = key group by {kind}
        """
    )


def _by_name(seen: Snapshot, kind: str, names: list[str]) -> pl.DataFrame:
    """Today's rows that carry the names themselves: the last row of each key among the uploads that count."""
    parts = [
        f"""
        select {kind} as name, count(*) as n, {_sum(table.money)} as money from (
            select distinct on (key_no) {kind}, {kind}_id, {table.money or "0 as none"}
            from ops.{table.name}_rows join ops.{table.name}_seen using (row_no)
            join ops.uploads on id = upload_id and not is_undone
            where key_no in (select key_no from ops.{table.name}_rows where list_contains($names, {kind}))
            order by key_no, as_of desc nulls last, id desc)
        where {kind}_id is null group by all
        """
        for table in tables().values()
        if kind in table.references and table.name not in TABLE_OF.values()
    ]
    return seen.frame(
        f"""
        select name, sum(n)::bigint, sum(money)::decimal(38,4) from ({" union all ".join(parts)})
        where list_contains($names, name) group by name
        """,
        {"names": names},
    )


def _sum(money: str | None) -> str:
    return f"coalesce(sum({money}), 0)" if money else "0"


def accept_alias(store: Store, kind: str, alias: str, canonical: str, *, who: str | None = None) -> None:
    """Read `alias` as `canonical` from now on, in every upload, past and future.

    Raises:
        AliasInvalid: there is no such kind, the names are one, or it would lead back to itself.
    """
    if kind not in REFERENCES:
        raise AliasInvalid(alias=alias, canonical=canonical, problem=f"{kind}?")
    with store.writing() as cursor:
        held = dict(cursor.execute("select alias, canonical from ops.aliases where kind = $k", {"k": kind}).fetchall())
        end: str | None = canonical
        while end is not None and end != alias:
            end = held.get(end)
        if end == alias:
            raise AliasInvalid(alias=alias, canonical=canonical, problem=f"{canonical} → {alias}")
        cursor.execute(
            "insert or replace into ops.aliases values ($kind, $alias, $canonical, $who, now()::timestamp)",
            {"kind": kind, "alias": alias, "canonical": canonical, "who": who},
        )
        fold(cursor, {TABLE_OF[kind]})


def forget_alias(store: Store, kind: str, alias: str) -> None:
    """Keep the names apart again."""
    with store.writing() as cursor:
        cursor.execute("delete from ops.aliases where kind = $kind and alias = $alias", {"kind": kind, "alias": alias})
        if kind in REFERENCES:
            fold(cursor, {TABLE_OF[kind]})
