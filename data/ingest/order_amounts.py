"""The amount of a whole order that stands in each of its lines, as shops export it.

`订单金额` 300 beside three products is 300 and not 900. Where quantity × price of the lines add up to it, each line has
an amount of its own; where they make it in each line, it is the line's. What nothing proves is asked, and an answer
holds for every order whose lines agree, however few they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from data.ingest.match import Match
from data.ingest.names import without_unit
from data.ingest.numbers import numbers
from data.ingest.remarks import Question, Remark
from data.ingest.texttable import TextTable

_OF_LINE = ("product", "product_id", "quantity", "unit_price")
_LEAST = 2
"""So many orders of several lines must say one amount in all of them; one, where the column is called the order's."""
_OF_ORDER = re.compile(
    r"\border[\s_-]*(total|amount|value|sum|price)\b|[订訂][单單](?!行|明|商|产)\D{0,3}(金[额額]|[总總][额額价價])|整[单單]",
    re.IGNORECASE,
)
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
    column = table.headers[int(str(places[1]))]
    if told == "deal":
        agreed = _that_agree(table.frame, *columns[:2])
        orders = None if agreed.is_empty() else agreed
    else:
        least = 1 if _OF_ORDER.search(column) else _LEAST
        if _of_several_lines(table.frame.head(_LOOKED_AT), *columns) is None:
            return made  # a long list is looked at as a whole only where its beginning may be one
        orders = _of_several_lines(table.frame, *columns, least=least, is_alike=least > 1)
    if orders is None:
        return made
    params: dict[str, str | int] = {"column": column, "orders": orders["order"].n_unique()}
    proof = _by_price(table, found, orders) if {"quantity", "unit_price"} <= found.columns.keys() else None
    if proof == "line":
        return made
    agreed = _that_agree(table.frame, *columns[:2])
    differ = _that_differ(table.frame, agreed, *columns[:2], column)
    priced = {"quantity", "unit_price"} == {*found.spec.times.get("amount", ())}
    if proof == "order" and priced and not (differ and told == "deal"):
        kept = {ours: at for ours, at in found.columns.items() if ours != "amount"}
        return replace(
            made, match=replace(found, columns=kept), remarks=[Remark(code="order_amount_priced", params=params)]
        )
    if proof == "order" or told == "deal":
        remarks = [Remark(code="order_amount_once", params=params), *differ]
        return replace(made, table=_once(table, agreed, columns[1]), remarks=remarks)
    return replace(made, question=_question(column, orders))


def _once(table: TextTable, orders: pl.DataFrame, amount: str) -> TextTable:
    """The amount of each of these orders in the first of their rows alone."""
    again = orders.filter(~pl.col("order").is_first_distinct())["row"]
    once = pl.when(~pl.int_range(pl.len()).is_in(again.implode())).then(pl.col(amount)).alias(amount)
    return replace(table, frame=table.frame.with_columns(once))


def _that_agree(frame: pl.DataFrame, order: str, amount: str) -> pl.DataFrame:
    """The rows with an amount of orders that say it in several lines, of which none says another one."""
    named = frame.select(pl.col(order).alias("order"), pl.col(amount).alias("amount")).with_row_index("row")
    rows = named.filter(pl.col("order").is_not_null() & pl.col("amount").is_not_null())
    return rows.filter((pl.len().over("order") > 1) & (pl.col("amount").n_unique().over("order") == 1))


def _that_differ(frame: pl.DataFrame, orders: pl.DataFrame, order: str, amount: str, column: str) -> list[Remark]:
    """What is said of the orders whose lines say several amounts, besides `orders`: of them each line counts."""
    left = frame.filter(~pl.col(order).is_in(orders["order"].unique().implode()) & pl.col(amount).is_not_null())
    several = left.group_by(order, maintain_order=True).agg(pl.col(amount)).filter(pl.col(amount).list.len() > 1)
    if several.is_empty():
        return []
    sample = "; ".join(f"{no} = {' + '.join(said)}" for no, said in several.head(_SHOWN).iter_rows())
    params: dict[str, str | int] = {"column": column, "orders": several.height, "sample": sample}
    return [Remark(code="order_amounts_differ", params=params)]


def _of_several_lines(
    frame: pl.DataFrame, order: str, amount: str, lines: list[str], least: int = 1, *, is_alike: bool = False
) -> pl.DataFrame | None:
    """The rows of orders with several lines, where nearly all of these say one amount and differ in what was sold.

    `least`: so many orders must. `is_alike`: an amount that is the same in all of them may be that of any line.
    """
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
    if is_alike and same["said"].n_unique() == 1:
        return None  # every line of the list costs the same
    return rows if same.height >= max(least, _MOSTLY * told.height) else None


def _by_price(table: TextTable, found: Match, orders: pl.DataFrame) -> Literal["order", "line"] | None:
    """Whose amount quantity × price make: that of each line, or together that of the order."""
    read = {
        ours: numbers(table.column(found.columns[ours]).gather(orders["row"]), money=True).values.cast(pl.Float64)
        * without_unit(table.headers[found.columns[ours]])[1]
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
