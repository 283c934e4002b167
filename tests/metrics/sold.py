"""What was sold, written into the canonical tables many lines at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from hashlib import md5

import duckdb
import polars as pl

Sale = tuple[str, str | None, str | None, date]
"""Order, customer, product, day."""


def key(name: str | None) -> int | None:
    """A key as the fold makes them: a digest of the name."""
    return None if name is None else int.from_bytes(md5(name.encode()).digest()[:8]) >> 1


def sell(connection: duckdb.DuckDBPyConnection, sales: Iterable[Sale], *, rep: int = 1, amount: float = 10.0) -> None:
    """Order lines of these, with their customers and products."""
    rows = list(sales)
    frame = pl.DataFrame(
        {
            "order_id": [order for order, _, _, _ in rows], "line_no": list(range(len(rows))),
            "customer": [customer for _, customer, _, _ in rows], "product": [product for _, _, product, _ in rows],
            "customer_key": [key(customer) for _, customer, _, _ in rows],
            "product_key": [key(product) for _, _, product, _ in rows], "ordered_on": [day for *_, day in rows],
        },
        schema_overrides={"customer": pl.String, "product": pl.String, "customer_key": pl.Int64},
    )  # fmt: skip
    connection.register("sold", frame)
    for kind in ("customer", "product"):
        connection.execute(
            f"insert into crm.{kind}s ({kind}_key, {kind}, is_implied)"
            f" select distinct {kind}_key, {kind}, false from sold where {kind} is not null"
            f" and {kind}_key not in (select {kind}_key from crm.{kind}s)"
        )
    connection.execute(
        "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, product_key, rep_key, quantity,"
        " amount, is_return, order_no) select order_id, line_no, ordered_on, customer_key, product_key, ?, 1, ?, false,"
        " 1 from sold",
        [rep, amount],
    )
    connection.unregister("sold")
