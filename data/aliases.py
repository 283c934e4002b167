"""Two names of one thing: those that were accepted, and spellings that are suggested.

An accepted alias applies in the fold (data/renaming.py), never to stored rows, so accepting and forgetting are exact. A
suggestion never blocks anything: until somebody accepts it, the names stay apart and no row is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
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


class Carried(NamedTuple):
    """What the rows that carry a name come to."""

    rows: int
    money: Decimal


NOTHING = Carried(0, Decimal(0))


def aliases(seen: Snapshot) -> list[Alias]:
    """Accepted aliases and suggestions, those with the most money first.

    Suggested are names of one kind that are as alike as data/alike.py says, towards the one that has a row of its own,
    else the one that more rows carry.
    """
    accepted = seen.frame("select kind, alias, canonical from ops.aliases order by kind, alias")
    found: list[Alias] = []
    for kind in KINDS:
        decided = accepted.filter(pl.col("kind") == kind).drop("kind")
        taken = decided["alias"].to_list()
        borne = carried(seen, kind, taken, taken)
        found += [
            Alias(
                kind=kind, alias=alias, canonical=canonical, is_accepted=True, **borne.get(alias, NOTHING)._asdict()
            )
            for alias, canonical in decided.iter_rows()
        ]  # fmt: skip
        found += suggestions(kind, names_in_use(seen, kind, taken), taken, partial(carried, seen, kind, taken=taken))
    return sorted(found, key=lambda item: (-item.is_accepted, -abs(item.money), item.kind, item.alias))


def suggestions(
    kind: str, names: pl.DataFrame, taken: list[str], bear: Callable[[list[str]], dict[str, Carried]]
) -> list[Alias]:
    """For each name that may be another one's spelling, the best of those it may be.

    Args:
        kind: what they name.
        names: all that are in use, as `names_in_use` gives them.
        taken: names about which somebody has decided.
        bear: what rows of some names come to; asked of those that may be one, which are few.
    """
    asked = names["is_named_only"] & ~names["name"].is_in(taken)
    near = [*pairs(names["name"], kind, asked)] if asked.any() else []
    if not near:
        return []
    involved = sorted({name for one, other, _ in near for name in (one, other)})
    borne = bear(involved)
    standing = {
        name: (has_row, borne.get(name, NOTHING).rows, name)
        for name, has_row in names.filter(pl.col("name").is_in(involved)).select("name", "has_row").iter_rows()
    }
    open_ = set(names["name"].filter(asked & names["name"].is_in(involved)))
    best: dict[str, tuple[Why, str]] = {}
    for one, other, why in near:
        worse, better = sorted((one, other), key=standing.__getitem__)
        if worse not in open_:
            continue
        held = best.get(worse)
        if held is None or (_SURE[why], standing[better]) > (_SURE[held[0]], standing[held[1]]):
            best[worse] = (why, better)
    return [
        Alias(
            kind=kind, alias=name, canonical=better, is_accepted=False, why=why,
            **borne.get(name, NOTHING)._asdict(),
        )
        for name, (why, better) in best.items()
    ]  # fmt: skip


_SURE: dict[Why, int] = {"spelling": 2, "form": 1, "letter": 0}


def names_in_use(seen: Snapshot, kind: str, taken: list[str]) -> pl.DataFrame:
    """The names of a kind's members today; of stages, teams and managers, those that rows say.

    Args:
        seen: the store.
        kind: what they name.
        taken: names that were accepted for others.

    Returns:
        `name`, each once; `has_row`: somebody uploaded a row for it; `is_named_only`: it is known by its name alone, so
        another name may stand for it.
    """
    if kind in SAID:
        told = seen.frame(_TOLD[kind])["name"]
        names = pl.Series("name", [*carried(seen, kind, None, taken)], dtype=pl.String)
        return names.to_frame().with_columns(
            pl.col("name").is_in(told.implode()).alias("has_row"), pl.lit(value=True).alias("is_named_only")
        )
    members = seen.frame(
        f"""
        select {kind} as name, not is_implied as has_row, {kind}_id is null and is_implied as is_named_only
        from crm.{TABLE_OF[kind]} where not starts_with({kind}, 'ambiguous: ')
        """
    )
    return members.unique("name", keep="last", maintain_order=True)


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


def carried(seen: Snapshot, kind: str, names: list[str] | None, taken: list[str]) -> dict[str, Carried]:
    """Rows of facts and their money by the name they carry, as it was uploaded.

    Names that were accepted are counted in the truth, since the facts do not show them any more.

    Args:
        seen: the store.
        kind: what they name.
        names: of which; None: of all.
        taken: those that were accepted for others.
    """
    hidden = taken if names is None else sorted({*taken} & {*names})
    found = {name: Carried(rows, money) for name, rows, money in _by_member(seen, kind, names).iter_rows()}
    if hidden:
        found |= {name: Carried(rows, money) for name, rows, money in _by_name(seen, kind, hidden).iter_rows()}
    return found


def _by_member(seen: Snapshot, kind: str, names: list[str] | None) -> pl.DataFrame:
    if names is not None and not names:
        return pl.DataFrame(schema={"name": pl.String, "n": pl.Int64, "money": pl.Decimal(38, 4)})
    wanted = "true" if names is None else "name in (select unnest($names))"
    params = {} if names is None else {"names": names}
    if kind in SAID:
        return seen.frame(
            f"""
            select name, count(*) as n, coalesce(sum(amount), 0)::decimal(38,4) as money
            from ({_BEARING[kind]}) where name is not null and {wanted} group by name order by name
            """,
            params,
        )
    parts = [
        f"select {kind}_key as key, count(*) as n, {_sum(table.money)} as money from crm.{table.name} group by all"
        for table in _carriers(kind)
    ]
    return seen.frame(
        f"""
        with members as (select {kind} as name, {kind}_key as key from crm.{TABLE_OF[kind]} where {wanted})
        select name, sum(n)::bigint as n, sum(money)::decimal(38,4) as money
        from ({" union all ".join(parts)}) as facts join members using (key) group by name
        """,
        params,
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
