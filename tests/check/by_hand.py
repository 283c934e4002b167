"""The hand-written SQL of this folder: one statement per measure, read without the metrics layer.

A file is named after the table its measures stand on. Each statement follows a line `-- <measure>, by <day column>` or
`-- <measure>, stock`, and gives the columns `cut` and `answer`. In it stand

    {by}       the expression it is cut by: a column of the rows, of the member they point to, a month, or nothing
    {deals}    crm.deals, or the parts of parts.sql where money is cut by what may share it; {deal_versions} likewise
    {members}  left joins to crm.reps (r), crm.customers (c) and crm.products (p), as far as the table has their keys
    $dated     whether there is a period; $from_on, $to_on: its first and last day; of a stock, the day it is read at
    $period_from, $period_to   the period's first and last day, also of a stock
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from data.store import Snapshot

_KEYS = {"rep_key": ("reps", "r"), "customer_key": ("customers", "c"), "product_key": ("products", "p")}
_MEMBERS = {
    "rep": "r.rep",
    "manager": "r.manager",
    "customer": "c.customer",
    "industry": "c.industry",
    "tier": "c.tier",
    "product": "p.product",
    "category": "p.category",
}
_OVER = {"won": ("deals", "closed_on"), "ordered": ("order_lines", "ordered_on")}
"""What a ratio of two tables is over: `{by_won}` and `{members_won}` of the table and the day column of that."""
SHARED = {"product": "product", "category": "product", "rep": "owner", "manager": "owner", "team": "owner"}
"""The dimensions by which the money of deals is shared out, and among whom."""
_HEADING = re.compile(r"^-- (\w+), (?:by (\w+)|stock)$", re.MULTILINE)


class Check(NamedTuple):
    """One measure by hand."""

    measure: str
    table: str
    on: str | None  # the day column; None for a stock
    sql: str


@cache
def checks() -> dict[str, Check]:
    """Every statement of this folder, by measure."""
    found: dict[str, Check] = {}
    for file in sorted(Path(__file__).parent.glob("*.sql")):
        if file.stem == "parts":
            continue
        parts = _HEADING.split(file.read_text(encoding="utf-8"))[1:]
        for measure, on, sql in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            found[measure] = Check(measure, file.stem, on, sql.strip().rstrip(";"))
    return found


Days = tuple[date, date]


def answer(seen: Snapshot, check: Check, by: str | None, days: Days | None, at: date | None) -> pl.DataFrame:
    """What the statement gives, with the columns `cut` and `answer`.

    Args:
        seen: the store. check: the measure.
        by: a dimension, "month", or None for the total.
        days: first and last day of the period, or None for all rows.
        at: the day of a stock.
    """
    sql = check.sql.replace("{by}", _by(seen, check.table, check.on, by)).replace(
        "{members}", _joins(seen, check.table)
    )
    for table in ("deals", "deal_versions"):
        sql = sql.replace(f"{{{table}}}", shared_out(f"crm.{table}", by))
    for name, (table, on) in _OVER.items():
        if f"{{by_{name}}}" in sql:
            sql = sql.replace(f"{{by_{name}}}", _by(seen, table, on, by))
            sql = sql.replace(f"{{members_{name}}}", _joins(seen, table))
    from_on, to_on = days if days and check.on else (at, at)
    values = {"dated": days is not None, "from_on": from_on, "to_on": to_on}
    values |= dict(zip(("period_from", "period_to"), days or (at, at), strict=True))
    return seen.frame(sql, {name: value for name, value in values.items() if f"${name}" in sql}).select("cut", "answer")


def shared_out(table: str, by: str | None) -> str:
    """The table, or in brackets its parts where it is cut by something that shares the money of deals."""
    if by not in SHARED:
        return table
    text = (Path(__file__).parent / "parts.sql").read_text(encoding="utf-8")
    statement = text.partition(f"-- by {SHARED[by]}\n")[2].partition("\n-- by ")[0]
    return f"({statement.replace('{deals}', table)})"


def dimensions(seen: Snapshot, check: Check) -> list[str]:
    """What the measure can be cut by, as its table's columns say."""
    columns = _columns(seen, check.table)
    for name, (table, _) in _OVER.items():
        if f"members_{name}" in check.sql:
            columns &= _columns(seen, table)
    mine = columns & {"team", "region", "source", "stage", "status", "lost_reason", "competitor", "kind", "industry"}
    reached = {alias for key, (_, alias) in _KEYS.items() if key in columns}
    through = {name for name, place in _MEMBERS.items() if place[0] in reached}
    return sorted(mine | through) + (["month"] if check.on else [])


def _by(seen: Snapshot, table: str, on: str | None, by: str | None) -> str:
    if by is None:
        return "'all'"
    if by == "month":
        return f"cast(date_trunc('month', t.{on}) as date)"
    return f"t.{by}" if by in _columns(seen, table) else _MEMBERS[by]


def _joins(seen: Snapshot, table: str) -> str:
    has = _columns(seen, table)
    return " ".join(f"left join crm.{to} as {a} on {a}.{key} = t.{key}" for key, (to, a) in _KEYS.items() if key in has)


_held: dict[str, frozenset[str]] = {}


def _columns(seen: Snapshot, table: str) -> frozenset[str]:
    """Those of a table, which are the same in every store."""
    if table not in _held:
        _held[table] = frozenset(seen.frame(f"select * from crm.{table} limit 0").columns)
    return _held[table]
