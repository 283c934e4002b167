"""A column `Net` of order lines: money, or the weight without its packing."""

from __future__ import annotations

import polars as pl

from data.ingest.match import Match
from data.ingest.names import normal, without_unit
from data.ingest.numbers import numbers
from data.ingest.remarks import Question
from data.ingest.texttable import TextTable

_MOSTLY = 0.95
_LOOKED_AT = 5_000
_CENT = 0.011
_SHOWN = 3


def net_question(table: TextTable, found: Match) -> Question | None:
    """Whether `Net` is the amount, asked where quantity × price make another one and no discount tells why.

    Args:
        table: a list of order lines.
        found: what it was recognised as.
    """
    at, reason = found.columns.get("amount"), found.reasons.get("amount")
    parts = [found.columns.get(ours) for ours in ("quantity", "unit_price")]
    if found.table != "order_lines" or at is None or None in parts or "discount" in found.columns:
        return None
    if normal(without_unit(table.headers[at])[0]) != "net" or (reason and reason.why in ("asked", "remembered")):
        return None
    told = [numbers(table.column(index or 0).head(_LOOKED_AT), money=True).values.cast(pl.Float64)
            for index in (*parts, at)]  # fmt: skip
    frame = pl.DataFrame([values.alias(name) for values, name in zip(told, ("quantity", "price", "net"), strict=True)])
    rows = frame.drop_nulls().with_columns((pl.col("quantity") * pl.col("price")).alias("made"))
    agree = rows.select(((pl.col("made") - pl.col("net")).abs() < _CENT).mean()).item()
    if agree is None or agree >= _MOSTLY:
        return None
    shown = rows.head(_SHOWN)
    samples = {
        "amount": [f"{net:,.2f}" for net in shown["net"]],
        "none": [f"{quantity:,.15g} × {price:,.15g} = {made:,.2f}" for quantity, price, _, made in shown.iter_rows()],
    }
    params: dict[str, str | int] = {"column": table.headers[at], "field": "amount",
                                    **{name: "; ".join(texts) for name, texts in samples.items()}}  # fmt: skip
    return Question(code="ask_net", params=params, flag="--map", choices=("amount", "none"), samples=samples)
