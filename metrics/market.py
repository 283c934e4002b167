"""The company's share of its markets: what it sold within the days of a market row, of the size that a list gives.

A row of the list is a market, a region (without one: everywhere) and a span of days. The share is taken over the days
of the row, whatever period is looked at; of a row that still runs, over the days gone by, of which the size carries its
share. A market that is named like a product or a category (capitals and blanks around do not matter) is compared with
what was sold of it, any other with all, and that is said; of a deal of several products each has its part
(metrics/shares.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

import polars as pl

from metrics.brought import span
from metrics.known import MOST_NAMED
from metrics.notes import Note, note, some
from metrics.query import Column, Query, from_file
from metrics.view import View

Own = Literal["orders", "deals"]
OWN: tuple[Own, ...] = ("orders", "deals")
"""What counts as own: order lines less returns, or deals won."""
_LATE = 31
"""Days that the company's data may begin after a market's first day; of others its share is not known."""
_YEAR = 366
_FULL = 1.0005
"""A sum of shares above which it is more than the whole market, and not a rounding."""
_AS_LONG = 0.15
"""The part by which spans may differ in length and still be the one before: months, quarters and years do."""
_ROW = ("market", "region", "starts_on", "ends_on")
_SIZED = frozenset({"region"})
"""The filters that markets have, too."""


def market(view: View, own: Own = "orders") -> Query:
    """Markets with any day in the view's period, and the share that the company has of each, and its competitors.

    One row per `market`, `region`, span (`starts_on`, `ends_on`) and `seller`: null is the company itself, else a
    competitor's name. `amount` sold, `size` of the market (of a running span, of the days gone by), `share`,
    `share_before` (the share in the span of about as many days that ended the day before), `is_partial`. Only the
    region can be filtered; other filters are left aside, since a market has none of them.
    """
    kept = view
    for name in (name for name, _ in view.filters if name not in _SIZED):
        kept = kept.with_filter(name, ())
    values = span(view)
    if view.period:  # and the span before, to compare with
        values["from_on"] = view.period.from_on - timedelta(days=_YEAR)
    asked, sizes = (from_file(name, kept, **values) for name in (f"market_{own}", "market_sizes"))
    sizes = replace(sizes, by=(*_ROW, "competitor"))
    if own == "deals":
        asked = replace(asked, shared=("product",), own=("product", "owner"))
    columns = (
        *(Column(name, "by") for name in (*_ROW, "seller")),
        *(Column(name, "detail") for name in ("rep_key", "customer_key", "product_key")),
        Column("amount", "value", unit="money"),
        Column("size", "value", unit="money"),
        *(Column(name, "value", unit="share") for name in ("share", "share_before")),
        Column("is_partial", "flag"),
    )
    aside = tuple(note("market_not_filtered_by", dimension=name) for name, _ in view.filters if name not in _SIZED)
    return replace(asked, columns=columns, by=_ROW, finish="market", others=(sizes,), notes=aside)


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Own and competitors' amounts below each other, as shares of the market."""
    own, listed = frames
    names = [column.name for column in query.columns if column.role != "detail"]
    view = query.view
    if view and view.chosen("region"):
        listed = listed.filter(pl.col("region").is_in([one for one in view.chosen("region") if one is not None]))
    if listed.is_empty() or view is None:
        notes.append(note("no_markets"))
        schema = dict.fromkeys(names, pl.Float64) | {"market": pl.String, "region": pl.String, "seller": pl.String}
        return pl.DataFrame(schema=schema)
    sizes = listed.group_by(_ROW, maintain_order=True).agg(
        size=pl.col("size").max().cast(pl.Float64), least=pl.col("least_size").min().cast(pl.Float64)
    )
    torn = sizes.filter(pl.col("least") < pl.col("size")).height
    if torn:
        notes.append(note("market_sizes_differ", count=torn))
    sizes = sizes.drop("least").with_columns(
        _elapsed(view.as_of).alias("elapsed"), is_partial=pl.col("ends_on") > view.as_of
    )
    ours = sizes.join(own, on=list(_ROW), how="left", nulls_equal=True).with_columns(
        seller=pl.lit(None, pl.String), amount=pl.col("own").cast(pl.Float64).fill_null(0),
        size=pl.col("size") * pl.col("elapsed"),
    )  # fmt: skip
    theirs = listed.filter(pl.col("competitor").is_not_null()).select(
        *_ROW, seller="competitor", amount=pl.col("competitor_amount").cast(pl.Float64)
    )
    theirs = theirs.join(sizes, on=list(_ROW), how="left", nulls_equal=True)
    both = [*_ROW, "seller", "amount", "size", "is_partial"]
    frame = pl.concat([ours.select(both), theirs.select(both)])
    frame = frame.with_columns(share=pl.col("amount") / pl.when(pl.col("size") > 0).then("size"))
    notes += _held_against(listed, own)
    if not own.get_column("sold").sum():
        notes.append(note("market_nothing_sold"))
    began = own.get_column("first_on").min()
    if isinstance(began, date):
        is_whole = pl.col("starts_on") + timedelta(days=_LATE) >= began
        if not frame.select(is_whole.all()).item():
            notes.append(note("market_begins", from_on=began))
        ours_early = pl.col("seller").is_null() & ~is_whole
        frame = frame.with_columns(share=pl.when(~ours_early).then("share"))
    if frame.get_column("is_partial").any():  # a span that still runs is the last one, in the period or after it
        notes.append(note("market_partial", day=view.as_of))
    frame = frame.sort(
        "market", "region", "starts_on", "amount", descending=[False, False, False, True], nulls_last=True
    )
    frame = _with_before(frame)
    if view.period:
        frame = frame.filter(pl.col("ends_on") >= view.period.from_on)
    order = frame.sort(
        "starts_on", "market", "region", pl.col("seller").is_not_null(), "amount",
        descending=[True, False, False, False, True], nulls_last=True,
    )  # fmt: skip
    over = _more_than_all(order)
    if over:
        notes.append(note("market_over", markets=tuple(over)))
    return order.select(names)


def _with_before(frame: pl.DataFrame) -> pl.DataFrame:
    """`share_before`: of the row of the same market whose span ends the day before this one begins, and is as long."""
    days = (pl.col("ends_on") - pl.col("starts_on")).dt.total_days() + 1
    keys = ["market", "region", "seller"]
    then = frame.select(
        *keys, days.alias("days_then"), starts_on=pl.col("ends_on") + timedelta(days=1), share_before="share"
    ).unique([*keys, "starts_on", "days_then"], keep="first", maintain_order=True)
    found = frame.with_row_index("row").join(then, on=[*keys, "starts_on"], nulls_equal=True).filter(
        (days - pl.col("days_then")).abs() <= _AS_LONG * days
    )  # fmt: skip
    nearest = found.sort("row", (days - pl.col("days_then")).abs()).unique("row", keep="first", maintain_order=True)
    told = frame.with_row_index("row").join(nearest.select("row", "share_before"), on="row", how="left")
    return told.sort("row").drop("row")


def _held_against(listed: pl.DataFrame, own: pl.DataFrame) -> list[Note]:
    """What markets are held against that are no product's, and regions in which nothing was sold."""
    of_all = listed.filter(pl.col("is_named") == 0).get_column("market").unique(maintain_order=True).sort().to_list()
    found = [note("market_of_all", markets=some(of_all, MOST_NAMED))] if of_all else []
    there = set(own.filter(pl.col("sold") > 0).get_column("region"))
    regions = listed.get_column("region").drop_nulls().unique().sort()
    unsold = [name for name in regions if name not in there]
    if unsold and there:  # else nothing was sold at all, which is said
        found.append(note("market_regions_unsold", regions=some(unsold, MOST_NAMED)))
    return found


def _more_than_all(frame: pl.DataFrame) -> list[str]:
    """The markets of which sellers have more than there is, which no list and no sales can both be right about."""
    sums = frame.group_by(_ROW, maintain_order=True).agg(pl.col("share").sum())
    full = sums.filter(pl.col("share") > _FULL).unique(["market", "region"], keep="first", maintain_order=True)
    named = full.select("market", "region").rows()
    return [market if region is None else f"{market} · {region}" for market, region in named]


def _elapsed(day: date) -> pl.Expr:
    """The share of a row's days that have gone by."""
    ends = pl.min_horizontal("ends_on", pl.lit(day))
    gone = (ends - pl.col("starts_on")).dt.total_days() + 1
    return (gone / ((pl.col("ends_on") - pl.col("starts_on")).dt.total_days() + 1)).clip(0, 1)


FINISHES = {"market": finished}
