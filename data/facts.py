"""The tables of facts: rows as they hold today, their references turned into keys, their money into one currency.

Most columns follow from their names, so one description serves all tables; what is particular is in `_PARTICULAR`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import duckdb as engine

from data.migrations import schema_text, statement
from data.order import order_of, uploaded
from data.tables import REFERENCES, tables

if TYPE_CHECKING:
    import duckdb

DAY: dict[str, str] = {
    "leads": "cast(s.created_at as date)",
    "activities": "cast(s.done_at as date)",
    "order_lines": "s.ordered_on",
    "quotes": "s.issued_on",
    "contracts": "s.signed_on",
    "invoices": "s.issued_on",
    "payments": "s.paid_on",
    "payment_plans": "s.planned_on",
    "surveys": "coalesce(s.answered_on, s.sent_on)",
    "tickets": "s.opened_on",
    "deals": "case when s.status <> 'open' then s.closed_on end",
    "deal_versions": "case when s.status = 'open' then s.from_day else coalesce(s.closed_on, s.from_day) end",
}
"""The day of a fact: which team its owner was in then, and which rate its currency had. NULL means today."""

_RATE_DAY = {"deals": "case when s.status = 'open' then s.from_day else coalesce(s.closed_on, s.from_day) end"}
"""Where the rate is of another day than the team: an open deal is worth what it was on the day it was seen."""

_PARTICULAR: dict[str, dict[str, str]] = {
    "leads": {"created_on": "cast(s.created_at as date)"},
    "activities": {"done_on": "cast(s.done_at as date)"},
    "order_lines": {
        "line_no": "coalesce(s.line_no, 1)",
        "is_return": "coalesce(s.is_return, s.amount < 0, s.quantity < 0, false)",
        "order_no": "null",
        "previous_on": "null",
    },
    "deal_owners": {"share": "coalesce(s.share, 1)"},
    "targets": {"version": "coalesce(s.version, 1)"},
}

_MONEY = ("amount", "unit_price", "cost")


class Beside(NamedTuple):
    """What there is to be joined to the rows of a table.

    What there is nothing of is not looked for: in a small store, planning such a join takes longer than all the data.
    """

    carried: frozenset[str]
    """The fields that any of the table's uploads carried."""
    teams: bool = True
    """Anybody was ever in a team."""
    owners: bool = True
    """A salesperson's region is known."""
    accounts: bool = True
    """A customer's region is known."""
    rates: bool = True
    """The rate of any currency is known."""

    def names(self, kind: str) -> bool:
        """Whether rows may name a member of this kind."""
        return bool(self.carried & {kind, f"{kind}_id"})


def beside(cursor: duckdb.DuckDBPyConnection, carried: frozenset[str]) -> Beside:
    """What there is beside a table whose uploads carried these fields."""
    if not {"reps", "customers", "fx_rates"} & uploaded(cursor):  # nothing else tells any of it
        return Beside(carried, teams=False, owners=False, accounts=False, rates=False)
    found = cursor.execute(
        """
        select exists(from crm.rep_teams), exists(from crm.reps where region is not null),
            exists(from accounts where region is not null), exists(from rate_spans)
        """
    ).fetchall()
    return Beside(carried, *found[0])


def columns(table: str) -> tuple[str, ...]:
    """The columns of a table of crm, in order."""
    return _all_columns()[table]


@cache
def _all_columns() -> dict[str, tuple[str, ...]]:
    """The columns of every table of crm, as DuckDB reads schema.sql."""
    with engine.connect(":memory:") as scratch:
        scratch.execute(schema_text())
        listed = scratch.execute(
            """
            select table_name, list(column_name order by column_index) from duckdb_columns()
            where schema_name = 'crm' group by table_name
            """
        ).fetchall()
    return {table: tuple(names) for table, names in listed}


def write(cursor: duckdb.DuckDBPyConnection, table: str) -> None:
    """Write a table of facts anew from `now_<t>`."""
    renew(cursor, table)
    cursor.execute(f"insert into crm.{table} {select(cursor, table)}")


def select(cursor: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL of the rows of a table of facts, from `now_<t>`. What no upload carried is not looked for."""
    there = Beside(order_of(cursor, tables()[table]).carried)
    chosen = ", ".join(f"{_column(table, column, there)} as {column}" for column in columns(table))
    needed = " and ".join(f"s.{field} is not null" for field in _required(table)) or "true"
    if table == "deal_owners":  # a place that nobody fills any more
        needed += " and coalesce(s.share, 1) > 0"
    return f"""
        select {chosen}
        from now_{table} as s {joins(table, there)}
        where not coalesce(s.is_deleted, false) and s.merged_into is null and {needed}
        {_ONE_OF_SEVERAL.get(table, "")}
    """


_ONE_OF_SEVERAL = {
    "targets": """qualify row_number() over (
        partition by s.measure, s.scope, s.scope_value, s.starts_on, s.ends_on, coalesce(s.version, 1)
        order by s.place desc, s.key desc
    ) = 1"""
}
"""Rows with other keys that say the same thing: of one version of a target, lists of two layouts, the later holds."""


def renew(cursor: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make the table empty. A new table is filled several times quicker than one whose rows are deleted."""
    cursor.execute(f"drop table crm.{table}")
    cursor.execute(statement(f"crm.{table}"))


def _required(table: str) -> list[str]:
    """Fields without which a row could not be read: ids, and the span of a target."""
    return {
        "targets": ["measure", "scope", "starts_on", "ends_on", "value"],
        "fx_rates": ["currency", "from_on", "rate"],
        "deal_owners": ["deal_id"],
        "deal_lines": ["deal_id"],
    }.get(table, [])


def _column(table: str, column: str, there: Beside) -> str:
    particular = _PARTICULAR.get(table, {})
    fields = tables()[table].fields
    if column in particular:
        return particular[column]
    if column.endswith("_key"):
        return key(column.removesuffix("_key"), there)
    if column == "team":
        return team(table, there)
    if column == "region" and "rep" in tables()[table].references:
        return region(table, there)
    if column in _MONEY and "currency" in fields:
        return money(column, there)
    if column not in fields:
        return "null"
    id_of_row = tables()[table].key
    if id_of_row == (column,):
        return f"coalesce(s.{column}, s.key)"
    return f"s.{column}"


def key(kind: str, there: Beside) -> str:
    """SQL of the key of the member that a row names."""
    return f"{kind}_of.key" if there.names(kind) else "null::bigint"


def team(table: str, there: Beside) -> str:
    """SQL of a fact's team: what the file says, else the owner's team on the day of the fact."""
    own = "s.team" if "team" in tables()[_source(table)].fields else "null"
    return f"coalesce({own}, membership.team)" if there.names("rep") and there.teams else own


def region(table: str, there: Beside) -> str:
    """SQL of a fact's region: what the file says, else the owner's, else the customer's."""
    declared = tables()[_source(table)]
    parts = ["s.region"] if "region" in declared.fields else []
    parts += ["owner.region"] if there.names("rep") and there.owners else []
    parts += ["account.region"] if _has_account(table, there) else []
    return f"coalesce({', '.join(parts)})" if parts else "null"


def _has_account(table: str, there: Beside) -> bool:
    return "customer" in tables()[_source(table)].references and there.names("customer") and there.accounts


REPORTING = "getvariable('reporting_currency')"
"""SQL of the currency that amounts are brought into; the fold sets it (data/fold.py)."""


def money(field: str, there: Beside) -> str:
    """SQL of an amount in the reporting currency, NULL where no rate is known."""
    if "currency" not in there.carried:
        return f"s.{field}"
    other = f"(s.{field} * rates.rate)::decimal(18,4)" if there.rates else "null"
    return f"(case when s.currency is null or s.currency = {REPORTING} then s.{field} else {other} end)"


def _source(table: str) -> str:
    return "deals" if table == "deal_versions" else table


def joins(table: str, there: Beside) -> str:
    """SQL of all that a table's rows need beside them: members, team of the day, rate of the day."""
    declared = tables()[_source(table)]
    named = [kind for kind in REFERENCES if kind in declared.references and there.names(kind)]
    parts = [
        f"""left join fold.{kind}_refs as {kind}_of
            on {kind}_of.id is not distinct from s.{kind}_id and {kind}_of.name is not distinct from s.{kind}"""
        for kind in named
    ]
    if "rep" in named and table in DAY and there.teams:
        parts.append(
            f"""left join crm.rep_teams as membership on membership.rep_key = rep_of.key
                and membership.from_on <= coalesce({DAY[table]}, date '9999-12-30')
                and membership.to_on > coalesce({DAY[table]}, date '9999-12-30')"""
        )
    if "rep" in named and table in DAY and there.owners:
        parts.append("left join crm.reps as owner on owner.rep_key = rep_of.key")
    if "rep" in declared.references and table in DAY and _has_account(table, there):
        parts.append("left join accounts as account on account.customer_key = customer_of.key")
    if "currency" in declared.fields and table in DAY and there.rates and "currency" in there.carried:
        day = _RATE_DAY.get(table, DAY[table])
        parts.append(
            f"""left join rate_spans as rates on rates.currency = s.currency
                and rates.from_on <= coalesce({day}, date '9999-12-30')
                and rates.to_on > coalesce({day}, date '9999-12-30')"""
        )
    return "\n".join(parts)
