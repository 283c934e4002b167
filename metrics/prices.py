"""Price, volume and mix: how much of a change in revenue came from prices, quantities, and which products sold.

Of each product sold in both spans (price p, quantity q, 0 then and 1 now), with the convention

    now     price (p1 − p0) · q1                               no joint term
    then    price (p1 − p0) · q0, joint (p1 − p0) · (q1 − q0)  the joint term is shown by itself

and in both volume + mix = Σ p0 · (q1 − q0), of which volume is the change of all quantities at the average old price,
and mix the rest: more, or less, of the dearer products. A price is what a piece brought on average: amount ÷ quantity,
after discounts. Products sold only now or only before are blocks of their own, and so are returns and lines without a
price. Neither says new or discontinued: that would be of all history, and these are the two spans.
All blocks add up to the change of revenue, to the cent: of each product what is left is its last part.

Sources: accountancyindex.com, price–volume–mix analysis (convention "then"; its "mix" is our joint term); nanne.net on
new and discontinued products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

import polars as pl

from metrics.notes import Note, note
from metrics.query import Column, Query, from_file
from metrics.two_spans import END, START, asides, is_comparable, spans
from metrics.view import View

Convention = Literal["now", "then"]
CONVENTIONS: tuple[Convention, ...] = ("now", "then")
"""Whose quantities a price effect is counted at; the first is the default."""
EFFECTS = ("price", "volume", "mix", "joint")
"""Of products sold in both spans."""
ASIDE = ("only_now", "only_before", "returns", "unpriced")
"""Sold in one of both spans only, which says nothing of other times: seasonal products are sold again."""
_MONEY = pl.Decimal(38, 4)
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {"driver": pl.String, "amount": _MONEY, "products": pl.Int64}
_OF_BLOCK = (
    "population.block ="
    " case when $at_driver in ('price', 'volume', 'mix', 'joint') then 'continuing' else $at_driver end"
)
_OF_LEVEL = "($at_driver = 'start' and population.is_then = 1) or ($at_driver = 'end' and population.is_now = 1)"


def prices(view: View, convention: Convention = "now") -> Query:
    """From the revenue of the days compared with to that of the period.

    Columns: `driver` (start, EFFECTS, ASIDE, end; joint only by the convention that has one), `amount` (of start and
    end the revenue), `products` (how many stand behind it; null of lines without
    one). `rows(driver="only_now")` are the order lines of both spans.

    Raises:
        NoPeriod: the view compares nothing.
    """
    columns = (
        Column("driver", "by"),
        *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("amount", "value", unit="money", where=f"{_OF_BLOCK} or {_OF_LEVEL}"),
        Column("products", "value", unit="count"),
    )
    return replace(_asked(view), columns=columns, by=("driver",), finish=f"prices_{convention}")


def by_product(view: View, convention: Convention = "now") -> Query:
    """The same product by product, the largest change first.

    Columns: `product` (null: unassigned), `block` (continuing or one of ASIDE), `amount_then`, `amount_now`, `change`,
    and of continuing ones `price`, `volume` (at its own old price, so that mix is in it), `joint`, `quantity_then`,
    `quantity_now`, `price_then`, `price_now`. `rows(product=…, block=…)` are its order lines of both spans.
    """
    money = ("amount_then", "amount_now", "change", "price", "volume", "joint", "price_then", "price_now")
    columns = (
        *(Column(name, "by") for name in ("product", "block")),
        *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        *(Column(name, "value", unit="money") for name in money),
        *(Column(name, "value", unit="quantity") for name in ("quantity_then", "quantity_now")),
    )
    return replace(_asked(view), columns=columns, by=("product", "block"), finish=f"prices_by_product_{convention}")


def _asked(view: View) -> Query:
    return replace(from_file("price_volume", view, **spans(view)), others=asides("revenue", view))


def effects(sold: pl.DataFrame, convention: Convention) -> pl.DataFrame:
    """`block`, `change` and, of continuing products, `price`, `volume` and `joint` for each row of the answer.

    Args:
        sold: line_kind, amount_now, amount_then (decimals), quantity_now, quantity_then, lines_now, lines_then.
    """
    then, now = (pl.col(f"amount_{span}").cast(_MONEY).fill_null(Decimal(0)) for span in ("then", "now"))
    frame = sold.with_columns(amount_then=then, amount_now=now)
    both = (pl.col("lines_now") > 0) & (pl.col("lines_then") > 0)
    block = (
        pl.when(pl.col("line_kind") != "priced").then("line_kind").when(both).then(pl.lit("continuing"))
        .when(pl.col("lines_now") > 0).then(pl.lit("only_now")).otherwise(pl.lit("only_before"))
    )  # fmt: skip
    frame = frame.with_columns(block=block, change=pl.col("amount_now") - pl.col("amount_then"))
    goes_on = pl.col("block") == "continuing"
    old_price_new_quantity = _times(pl.col("amount_then"), pl.col("quantity_now") / pl.col("quantity_then"))
    new_price_old_quantity = _times(pl.col("amount_now"), pl.col("quantity_then") / pl.col("quantity_now"))
    volume = old_price_new_quantity - pl.col("amount_then")
    price = (
        pl.col("amount_now") - old_price_new_quantity
        if convention == "now"
        else new_price_old_quantity - pl.col("amount_then")
    )
    frame = frame.with_columns(
        pl.when(goes_on).then(volume).alias("volume"), pl.when(goes_on).then(price).alias("price")
    )
    return frame.with_columns(joint=pl.when(goes_on).then(pl.col("change") - pl.col("price") - pl.col("volume")))


def _times(amount: pl.Expr, factor: pl.Expr) -> pl.Expr:
    """Money times a number, rounded to the cent."""
    return (amount.cast(pl.Float64) * factor).round(2).cast(_MONEY)


def _split(frame: pl.DataFrame) -> tuple[Decimal, Decimal]:
    """Of the volume of continuing products: at the average old price, and what their mix adds."""
    goes_on = frame.filter(pl.col("block") == "continuing")
    volume = _sum(goes_on, "volume")
    old, new = (float(goes_on.get_column(f"quantity_{span}").sum()) for span in ("then", "now"))
    if not old:
        return Decimal(0), volume
    pure = round(Decimal(float(_sum(goes_on, "amount_then")) * (new - old) / old), 2)
    return pure, volume - pure


def _sum(frame: pl.DataFrame, name: str) -> Decimal:
    return Decimal(str(frame.get_column(name).sum()))


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note], convention: Convention) -> pl.DataFrame:
    """Start, what each block adds, end."""
    if not is_comparable(query, "revenue", frames, notes) or frames[0].is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    frame = effects(frames[0], convention)
    continuing = frame.filter(pl.col("block") == "continuing")
    volume, mix = _split(frame)
    amounts = {"price": _sum(continuing, "price"), "volume": volume, "mix": mix, "joint": _sum(continuing, "joint")}
    counts: dict[str, int | None] = dict.fromkeys(EFFECTS, continuing.height)
    for block in ASIDE:
        of = frame.filter(pl.col("block") == block)
        amounts[block], counts[block] = _sum(of, "change"), _products(of)
    if convention == "now":
        del amounts["joint"]  # what is left of each product is nothing: volume is what price leaves
    notes += _remarks(frame)
    rows = [(START, _sum(frame, "amount_then"), _sold(frame, "then"))]
    rows += [(step, amount, counts[step]) for step, amount in amounts.items()]
    rows.append((END, _sum(frame, "amount_now"), _sold(frame, "now")))
    return pl.DataFrame(rows, _SCHEMA, orient="row")


def _remarks(frame: pl.DataFrame) -> list[Note]:
    """How many lines have no price to compare, and how many returned ones no amount to deduct."""
    unpriced, returns = (frame.filter(pl.col("block") == block) for block in ("unpriced", "returns"))
    counts = {
        "lines_unpriced": int(unpriced.select("lines_now", "lines_then").sum().sum_horizontal()[0]),
        "returns_unpriced": int(returns.get_column("lines_blank").sum()),
    }
    return [note(code, count=count) for code, count in counts.items() if count]


def _sold(frame: pl.DataFrame, span: str) -> int | None:
    return _products(frame.filter(pl.col(f"lines_{span}") > 0))


def _products(frame: pl.DataFrame) -> int | None:
    """How many products; None where there are lines, but without one: lines without a product are none."""
    known = frame.get_column("product").drop_nulls().n_unique()
    return None if frame.height and not known else known


def finished_by_product(
    query: Query, frames: Sequence[pl.DataFrame], notes: list[Note], convention: Convention
) -> pl.DataFrame:
    """Product by product."""
    comparable = is_comparable(query, "revenue", frames, notes)
    frame = effects(frames[0] if comparable else frames[0].clear(), convention)
    is_priced = pl.col("line_kind") == "priced"
    per_piece = {
        f"price_{span}": pl.col(f"amount_{span}").cast(pl.Float64) / pl.col(f"quantity_{span}")
        for span in ("then", "now")
    }
    each = [pl.when(is_priced).then(price).alias(name) for name, price in per_piece.items()]
    frame = frame.with_columns(each).sort(pl.col("change").abs(), "product", descending=[True, False], nulls_last=True)
    money = ["amount_then", "amount_now", "change", "price", "volume", *(["joint"] if convention == "then" else [])]
    return frame.select("product", "block", *money, "quantity_then", "quantity_now", "price_then", "price_now")
