"""Accounts of two salespeople and what they ordered, written by hand for tests of signals."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl

from metrics.query import Result

DAY = date(2026, 3, 15)
PEOPLE = """
insert into crm.reps (rep_key, rep, team, is_implied) values (1, 'Ann', 'North', false), (2, 'Bob', 'South', false);
"""


def customer(db: duckdb.DuckDBPyConnection, key: int, tier: str | None = None, rep: int | None = 1) -> None:
    """An account of this owner."""
    db.execute(
        "insert into crm.customers (customer_key, customer, tier, rep_key, first_order_on, is_implied)"
        " values ($key, $name, $tier, $rep, date '2023-01-01', false)",
        {"key": key, "name": f"c{key}", "tier": tier, "rep": rep},
    )


def orders(
    db: duckdb.DuckDBPyConnection, key: int, days: list[date], amount: float | list[float] = 100, rep: int = 1
) -> None:
    """Orders of one customer on these days, of one amount or of one each."""
    amounts = amount if isinstance(amount, list) else [amount] * len(days)
    db.register("new_orders", pl.DataFrame({"day": days, "amount": amounts}).with_row_index("n"))
    db.execute(f"""
        insert into crm.order_lines
            (order_id, line_no, ordered_on, customer_key, rep_key, team, amount, is_return, order_no)
        select '{key}-' || day || n, 1, day, {key}, {rep}, '{"North" if rep == 1 else "South"}', amount, false,
            row_number() over (order by day, n)
        from new_orders
    """)
    db.unregister("new_orders")


def every(step: int, until: date, back: int = 700) -> list[date]:
    """Every so many days back from a day."""
    return [until - timedelta(days=at) for at in range(0, back, step)]


def of_signal(result: Result, signal: str) -> list[dict[str, object]]:
    """The rows of one signal."""
    return result.frame.filter(signal=signal).to_dicts()
