"""The tables of facts: rows as they hold today, their references turned into keys, their money into one currency.

Most columns follow from their names, so one description serves all tables; what is particular is in `_PARTICULAR`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import duckdb as engine

from data.migrations import schema_text, statement
from data.order import order_of
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
    carried = order_of(cursor, tables()[table]).carried
    chosen = ", ".join(f"{_column(table, column, carried)} as {column}" for column in columns(table))
    needed = " and ".join(f"s.{field} is not null" for field in _required(table)) or "true"
    return f"""
        select {chosen}
        from now_{table} as s {joins(table, carried)}
        where not coalesce(s.is_deleted, false) and s.merged_into is null and {needed}
    """


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


def _column(table: str, column: str, carried: frozenset[str]) -> str:
    particular = _PARTICULAR.get(table, {})
    fields = tables()[table].fields
    if column in particular:
        return particular[column]
    if column.endswith("_key"):
        kind = column.removesuffix("_key")
        return f"{kind}_of.key" if _is_named(kind, carried) else "null"
    if column == "team":
        return team(table, carried)
    if column == "region" and "rep" in tables()[table].references:
        return region(table, carried)
    if column in _MONEY and "currency" in fields and "currency" in carried:
        return money(column)
    if column not in fields:
        return "null"
    id_of_row = tables()[table].key
    if id_of_row == (column,):
        return f"coalesce(s.{column}, s.key)"
    return f"s.{column}"


def _is_named(kind: str, carried: frozenset[str] | None) -> bool:
    """Whether rows may name a member of this kind; unless it is known that no file did."""
    return carried is None or bool(carried & {kind, f"{kind}_id"})


def team(table: str, carried: frozenset[str] | None = None) -> str:
    """SQL of a fact's team: what the file says, else the owner's team on the day of the fact."""
    own = "s.team" if "team" in tables()[_source(table)].fields else "null"
    return f"coalesce({own}, membership.team)" if _is_named("rep", carried) else own


def region(table: str, carried: frozenset[str] | None = None) -> str:
    """SQL of a fact's region: what the file says, else the owner's, else the customer's."""
    declared = tables()[_source(table)]
    parts = ["s.region"] if "region" in declared.fields else []
    parts += ["owner.region"] if _is_named("rep", carried) else []
    parts += ["account.region"] if "customer" in declared.references and _is_named("customer", carried) else []
    return f"coalesce({', '.join(parts)})" if parts else "null"


def money(field: str) -> str:
    """SQL of an amount in the reporting currency, NULL where no rate is known."""
    return f"""(case when s.currency is null or s.currency = reporting.currency then s.{field}
        else (s.{field} * rates.rate)::decimal(18,4) end)"""


def _source(table: str) -> str:
    return "deals" if table == "deal_versions" else table


def joins(table: str, carried: frozenset[str] | None = None) -> str:
    """SQL of all that a table's rows need beside them: members, team of the day, rate of the day.

    Args:
        table: the table of crm.
        carried: the fields that files carried, None if any may have been.
    """
    declared = tables()[_source(table)]
    named = [kind for kind in REFERENCES if kind in declared.references and _is_named(kind, carried)]
    parts = [
        f"""left join fold.{kind}_refs as {kind}_of
            on {kind}_of.id is not distinct from s.{kind}_id and {kind}_of.name is not distinct from s.{kind}"""
        for kind in named
    ]
    if "rep" in named and table in DAY:
        parts.append(
            f"""left join crm.rep_teams as membership on membership.rep_key = rep_of.key
                and membership.from_on <= coalesce({DAY[table]}, date '9999-12-30')
                and membership.to_on > coalesce({DAY[table]}, date '9999-12-30')
            left join crm.reps as owner on owner.rep_key = rep_of.key"""
        )
    if "rep" in declared.references and "customer" in named and table in DAY:
        parts.append("left join accounts as account on account.customer_key = customer_of.key")
    if "currency" in declared.fields and table in DAY and (carried is None or "currency" in carried):
        day = _RATE_DAY.get(table, DAY[table])
        parts.append(
            f"""cross join reporting
            left join rate_spans as rates on rates.currency = s.currency
                and rates.from_on <= coalesce({day}, date '9999-12-30')
                and rates.to_on > coalesce({day}, date '9999-12-30')"""
        )
    return "\n".join(parts)
