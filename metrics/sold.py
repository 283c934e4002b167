"""Products by what they sold in a period and in the days compared with: growth beside share, and what came back.

All of it is one statement (metrics/sql/products_sold.sql), which plans (metrics/product_plan.py) read too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.intervals import wilson
from metrics.known import MOST_NAMED
from metrics.notes import Note, note, some
from metrics.proportions import differ, discoveries
from metrics.query import Column, Query, from_file
from metrics.standing_out import GROUPS_A_KEY, Sums, stand_out
from metrics.two_spans import asides, is_comparable, spans
from metrics.view import View

PLACES = ("leader", "pillar", "rising", "tail", "new", "gone")
"""Large and growing faster than all, large and slower, small and faster, small and slower; sold in one span only."""
LEAST_RETURNED = 30
"""Lines sold of a product below which its share of returns is held against nobody's."""


def asked(view: View, finish: str, *columns: Column) -> Query:
    """The order lines of both spans by product. `rows(column, product=…)` are those that the column says.

    Raises:
        NoPeriod: the view compares nothing.
    """
    told = (
        Column("product", "by"),
        *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        *columns,
    )
    query = from_file("products_sold", view, groups_a_key=GROUPS_A_KEY, **spans(view))
    return replace(query, columns=told, by=("product",), finish=finish, others=asides("revenue", view))


def quadrant(view: View) -> Query:
    """Growth beside share: where each product stands, and which of them moved unlike the others.

    Columns: `product` (null: unassigned), `category`, `amount_now`, `amount_then`, `share`, `share_then`, `growth`
    (null where it sold in one span only, or came back for as much), `position` (PLACES; null where it sold in both, but
    came back for as much in one), `whole_growth` (of all together), `even_share` (1 ÷
    products sold), `is_beyond_chance` (its growth differs from that of the rest). Large is a share of at least
    `even_share`.

    Raises:
        NoPeriod: the view compares nothing.
    """
    money = (
        Column("amount_now", "value", unit="money", where="population.is_now = 1"),
        Column("amount_then", "value", unit="money", where="population.is_then = 1"),
    )
    shares = (Column(name, "value", unit="share") for name in ("share", "share_then", "growth"))
    return asked(view, "quadrant", *money, *shares)


def returned(view: View) -> Query:
    """What came back: of each product, lines returned in the period ÷ lines sold in it.

    Columns: `product`, `sold_lines` and `returned_lines`, `returned_amount` (above 0), `share` (returned ÷ sold) with
    `.low .high .n` (Wilson), `share_of_others`, `is_beyond_chance`. A return counts in the period it is booked in: of
    what did not sell in it there is no share, and where more came back than was sold the share is above 1.

    Raises:
        NoPeriod: the view compares nothing.
    """
    return asked(
        view, "returned",
        Column("sold_lines", "value", unit="count", where="population.is_now = 1 and not population.is_return"),
        Column("returned_lines", "value", unit="count", where="population.is_now = 1 and population.is_return"),
        Column("returned_amount", "value", unit="money", where="population.is_now = 1 and population.is_return"),
        Column("share", "value", unit="share", where="population.is_now = 1"),
        *(Column(f"share.{end}", end) for end in ("low", "high", "n")),
        Column("share_of_others", "value", unit="share"), Column("is_beyond_chance", "flag"),
    )  # fmt: skip


def by_product(raw: pl.DataFrame) -> pl.DataFrame:
    """One row per product over its kinds: money net of returns; `amount_…`, `squares_…` as floats, `lines_…`, `sold_…`.

    The last say whether any line was a sale.
    """
    money = [
        pl.col(f"{name}_{span}").cast(pl.Float64).fill_null(0).sum()
        for name in ("amount", "squares") for span in ("now", "then")
    ]  # fmt: skip
    lines = [pl.col(f"lines_{span}").cast(pl.Int64).sum() for span in ("now", "then")]
    is_sale = pl.col("line_kind") != "returns"
    lines += [(is_sale & (pl.col(f"lines_{span}") > 0)).any().alias(f"sold_{span}") for span in ("now", "then")]
    return raw.group_by("product", maintain_order=True).agg(pl.col("category").first(), *money, *lines)


def finished_quadrant(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Products with their place, the largest share first; empty where the spans cannot be compared."""
    comparable = is_comparable(query, "revenue", frames, notes)
    frame = by_product(frames[0] if comparable else frames[0].clear())
    named = pl.col("product").is_not_null()
    now, then = (pl.when(named).then(pl.col(f"amount_{span}").clip(lower_bound=0)) for span in ("now", "then"))
    whole_now, whole_then = now.sum(), then.sum()
    count = (now > 0).sum()
    frame = frame.with_columns(
        share=now / pl.when(whole_now > 0).then(whole_now), share_then=then / pl.when(whole_then > 0).then(whole_then),
        growth=pl.when(named & (now > 0) & (then > 0)).then(pl.col("amount_now") / pl.col("amount_then") - 1),
        whole_growth=whole_now / pl.when(whole_then > 0).then(whole_then) - 1,
        even_share=1 / pl.when(count > 0).then(count),
    )  # fmt: skip
    large, faster = pl.col("share") >= pl.col("even_share"), pl.col("growth") >= pl.col("whole_growth")
    place = (
        pl.when(pl.col("product").is_null()).then(None)
        .when(pl.col("sold_now") & ~pl.col("sold_then")).then(pl.lit("new"))
        .when(pl.col("sold_then") & ~pl.col("sold_now")).then(pl.lit("gone"))
        .when(pl.col("growth").is_null()).then(None)
        .when(large & faster).then(pl.lit("leader")).when(large).then(pl.lit("pillar"))
        .when(faster).then(pl.lit("rising")).otherwise(pl.lit("tail"))
    )  # fmt: skip
    frame = frame.with_columns(position=place)
    frame = frame.with_columns(is_beyond_chance=pl.Series(_moved(frame), dtype=pl.Boolean))
    shown = ("share", "share_then", "growth", "position", "whole_growth", "even_share", "is_beyond_chance")
    frame = frame.sort("amount_now", "product", descending=[True, False], nulls_last=True)
    back = frame.filter(named & pl.col("sold_now") & pl.col("sold_then") & pl.col("growth").is_null())
    if not back.is_empty():
        names = some(back.get_column("product"), MOST_NAMED)
        notes.append(note("products_came_back", count=back.height, names=names))
    if frame.get_column("product").null_count():
        notes.append(note("products_unnamed"))
    return frame.select("product", "category", "amount_now", "amount_then", *shown)


def _moved(frame: pl.DataFrame) -> list[bool]:
    columns = ("amount_now", "amount_then", "squares_now", "squares_then")
    named = frame.filter(pl.col("product").is_not_null())
    fewest = named.select(pl.min_horizontal("lines_now", "lines_then")).to_series()
    members = [Sums._make((*row, lines)) for row, lines in zip(named.select(columns).iter_rows(), fewest, strict=True)]
    stand = iter(stand_out(members))
    return [product is not None and next(stand) for product in frame.get_column("product")]


def finished_returned(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Products that were sold or came back in the period, by the lower end of the interval: few lines do not lead.

    Where more came back than was sold there is no interval, and so no place in that order: they follow, a note says so.
    """
    back = pl.col("line_kind") == "returns"
    lines = pl.col("lines_now").cast(pl.Int64)
    amount = pl.col("amount_now").cast(pl.Float64).filter(back).fill_null(0).sum()
    frame = frames[0].group_by("product", maintain_order=True).agg(
        lines.filter(~back).sum().alias("sold_lines"), lines.filter(back).sum().alias("returned_lines"),
        pl.when(amount != 0).then(-amount).otherwise(0.0).alias("returned_amount"),  # what is added to −0 is left out
    ).filter(pl.col("sold_lines") + pl.col("returned_lines") > 0)  # fmt: skip
    if not frame.get_column("returned_lines").sum():
        notes.append(note("no_returns"))
        frame = frame.clear()
    elif not frame.filter(pl.col("product").is_not_null()).get_column("returned_lines").sum():
        notes.append(note("returns_unnamed", count=int(frame.get_column("returned_lines").sum())))
    unsold = frame.filter((pl.col("sold_lines") == 0) & pl.col("product").is_not_null())
    if unsold.height:
        back_lines = int(unsold.get_column("returned_lines").sum())
        notes.append(note("returns_unsold", count=back_lines, products=unsold.height))
    above = frame.filter(pl.col("returned_lines") > pl.col("sold_lines"), pl.col("sold_lines") > 0).height
    if above:
        notes.append(note("returns_above", count=above))
    # What was sold earlier may come back now: where more comes back than is sold the share is no part of a whole.
    is_part = (pl.col("sold_lines") > 0) & (pl.col("returned_lines") <= pl.col("sold_lines"))
    low, high = (pl.when(is_part).then(end) for end in wilson(pl.col("returned_lines"), pl.col("sold_lines")))
    rest_back, rest_sold = (pl.col(name).sum() - pl.col(name) for name in ("returned_lines", "sold_lines"))
    has_sold = pl.col("sold_lines") > 0
    share = pl.col("returned_lines") / pl.when(has_sold).then("sold_lines")
    frame = frame.with_columns(
        share=share, share_of_others=rest_back / pl.when(rest_sold > 0).then(rest_sold),
        **{"share.low": low, "share.high": high, "share.n": pl.col("sold_lines")},
    )  # fmt: skip
    frame = frame.with_columns(is_beyond_chance=pl.Series(_come_back(frame), dtype=pl.Boolean))
    order = [
        "product",
        "sold_lines",
        "returned_lines",
        "returned_amount",
        "share",
        "share.low",
        "share.high",
        "share.n",
    ]
    frame = frame.sort("share.low", "sold_lines", "product", descending=[True, True, False], nulls_last=True)
    return frame.select(*order, "share_of_others", "is_beyond_chance")


def _come_back(frame: pl.DataFrame) -> list[bool]:
    """Whose share of returns differs from that of all others beyond chance, all looked at together."""
    sold, back = (int(frame.get_column(name).sum()) for name in ("sold_lines", "returned_lines"))
    rows = frame.select("product", "sold_lines", "returned_lines").rows()
    return discoveries([
        differ(min(some, of), of, min(back - some, sold - of), sold - of)
        if product is not None and min(of, sold - of) >= LEAST_RETURNED else None
        for product, of, some in rows
    ])  # fmt: skip
