"""The amount of a whole order that stands in each of its lines, as shops export it.

`订单金额` 300 beside three products is 300 and not 900. Where quantity × price of the lines add up to it, each line has
an amount of its own; where they make it in each line, it is the line's. What nothing proves is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from data.ingest.match import Match
from data.ingest.numbers import numbers
from data.ingest.remarks import Question, Remark
from data.ingest.texttable import TextTable

_OF_LINE = ("product", "product_id", "quantity", "unit_price")
_LEAST = 2
"""So many orders of several lines must say one amount in all of them."""
_MOSTLY = 0.95
_LOOKED_AT = 5_000
_SHOWN = 3
_CENT = 0.011


@dataclass(frozen=True)
class OrderAmounts:
    """`table` and `match`: with each order's money once. `question`: what must be asked before."""

    table: TextTable
    match: Match
    remarks: list[Remark] = field(default_factory=list)
    question: Question | None = None


def order_amounts(table: TextTable, found: Match, told: Literal["deal", "line"] | None) -> OrderAmounts:
    """Whose the amounts of a list of order lines are.

    Args:
        table: the list, with the order's id in each of its rows.
        found: what it was recognised as.
        told: whose they are, as it was said now or for the layout before; `deal` is the whole order.
    """
    made = OrderAmounts(table, found)
    places = [found.columns.get(ours) for ours in ("order_id", "amount")]
    lines = [found.columns[ours] for ours in _OF_LINE if ours in found.columns]
    if found.table != "order_lines" or None in places or not lines or told == "line":
        return made
    columns = (str(places[0]), str(places[1]), [str(at) for at in lines])
    if _of_several_lines(table.frame.head(_LOOKED_AT), *columns, least=1) is None:
        return made  # a long list is looked at as a whole only where its beginning may be one
    orders = _of_several_lines(table.frame, *columns)
    if orders is None:
        return made
    column = table.headers[int(str(places[1]))]
    params: dict[str, str | int] = {"column": column, "orders": orders["order"].n_unique()}
    proof = _by_price(table, found, orders) if {"quantity", "unit_price"} <= found.columns.keys() else None
    if proof == "line":
        return made
    if proof == "order" and {"quantity", "unit_price"} == {*found.spec.times.get("amount", ())}:
        kept = {ours: at for ours, at in found.columns.items() if ours != "amount"}
        return replace(
            made, match=replace(found, columns=kept), remarks=[Remark(code="order_amount_priced", params=params)]
        )
    if proof == "order" or told == "deal":
        first = pl.col(str(places[0])).is_first_distinct() | pl.col(str(places[0])).is_null()
        once = pl.when(first).then(pl.col(str(places[1])))
        frame = table.frame.with_columns(once.alias(str(places[1])))
        return replace(
            made, table=replace(table, frame=frame), remarks=[Remark(code="order_amount_once", params=params)]
        )
    return replace(made, question=_question(column, orders))


def _of_several_lines(
    frame: pl.DataFrame, order: str, amount: str, lines: list[str], least: int = _LEAST
) -> pl.DataFrame | None:
    """The rows of orders with several lines, where nearly all of these say one amount and differ in what was sold."""
    named = frame.select(
        pl.col(order).alias("order"), pl.col(amount).alias("amount"), pl.struct(lines).alias("sold")
    ).with_row_index("row")
    rows = named.filter(pl.col("order").is_not_null() & pl.col("order").is_duplicated())
    if rows.is_empty():
        return None
    told = rows.group_by("order").agg(
        pl.col("amount").n_unique().alias("amounts"),
        pl.col("amount").null_count().alias("blank"),
        (pl.col("sold").n_unique() > 1).alias("differ"),
        pl.col("amount").first().alias("said"),
    )
    same = told.filter((pl.col("amounts") == 1) & (pl.col("blank") == 0) & pl.col("differ"))
    if least > 1 and same["said"].n_unique() == 1:
        return None  # every line of the list costs the same
    return rows if same.height >= max(least, _MOSTLY * told.height) else None


def _by_price(table: TextTable, found: Match, orders: pl.DataFrame) -> Literal["order", "line"] | None:
    """Whose amount quantity × price make: that of each line, or together that of the order."""
    read = {
        ours: numbers(table.column(found.columns[ours]).gather(orders["row"]), money=True).values.cast(pl.Float64)
        for ours in ("quantity", "unit_price", "amount")
    }
    made = orders.with_columns((read["quantity"] * read["unit_price"]).alias("made"), read["amount"].alias("said"))
    by_line = made.select(((pl.col("made") - pl.col("said")).abs() < _CENT).fill_null(value=False).mean()).item()
    by_order = made.group_by("order").agg(pl.col("made").sum(), pl.col("said").first())
    together = by_order.select(((pl.col("made") - pl.col("said")).abs() < _CENT).fill_null(value=False).mean()).item()
    return "line" if by_line >= _MOSTLY else "order" if together >= _MOSTLY else None


def _question(column: str, orders: pl.DataFrame) -> Question:
    """Is it the order's amount in each line, or that of each line? With what either makes of the first orders."""
    shown = orders.group_by("order", maintain_order=True).agg(pl.len().alias("lines"), pl.col("amount").first())
    samples = {
        "deal": [f"{order} = {amount}" for order, _, amount in shown.head(_SHOWN).iter_rows()],
        "line": [f"{order} = {lines} × {amount}" for order, lines, amount in shown.head(_SHOWN).iter_rows()],
    }
    params: dict[str, str | int] = {
        "column": column, "deal": "; ".join(samples["deal"]), "line": "; ".join(samples["line"])
    }  # fmt: skip
    return Question(code="ask_order_lines", params=params, flag="--lines", choices=("deal", "line"), samples=samples)
