"""Customers by how recently, how often and for how much money they bought (RFM), in named segments.

Recency is the days since the last purchase, frequency the number of orders (or deals won), monetary value their money
with returns taken off; all of the days looked at, by default the last MONTHS months up to the day: what the field uses
is one to two years, and two let "lost" mean something where a purchase a year is usual. Each of the three is scored 1
to 5 by the place among all customers who bought in these days:

    score = 1 + the fifths of them that lie below the place, at most 5

Customers who are alike so always share a score, that of the middle of their places: of a price that most pay, neither
the best nor the worst. Two scores mean something by themselves: nobody is more recent than the most recent, who score
5 however many they are (orders dated by month), and a single purchase is never often, which scores 1 however many made
only one. To cut a sorted list into five equal parts (NTILE) would give customers who bought once each different scores.

Where all bought equally often, frequency tells nobody apart, which is said: recency and money do. Where all bought last
on one day nobody is recent and nobody silent: there are no segments then, as of customers too few for fifths.

Scores are relative and are told by all purchases that the viewer may see: filters choose which customers are counted,
by a purchase that they let through, and the purchases and the money that are; nobody changes segment by a filter. Who
only returned things in these days, purchases without a customer, and customers without a purchase stand apart; of these
customers whoever bought by all history, but nothing that the viewer may see, bought through others. The money of all
rows is the measure's.

Sources: A. M. Hughes (1994), Strategic Database Marketing; the segments by name are metrics/rfm.toml.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl

from metrics import beside, rfm_cells, shares
from metrics.catalog import measure
from metrics.cuts import total
from metrics.errors import NotShared
from metrics.notes import Note, note
from metrics.period import FIRST, add_months
from metrics.query import Column, Query, from_file
from metrics.view import View

OF = ("revenue", "won_amount")
"""The measures by which customers are scored: what they ordered, or the deals won with them."""
MONTHS = 24
"""Months looked at where nobody says which."""
LEAST = 5
"""Customers below which there are no fifths of them."""
SILENT = 31
"""Days of the least recent fifth below which nobody is silent, whatever their segment is called."""
REFUSED = ("too_few", "one_day")
"""What stands for segments where there are none: customers too few to be scored, or all of one day."""
APART = (*REFUSED, "only_returned", "unassigned", "before", "others", "never")
"""What stands apart: REFUSED; only returns in these days; no customer; bought before the days looked at; bought, but
only what the viewer may not see; no dated purchase up to the day."""
_SCHEMA: dict[str, Any] = {
    "segment": pl.String, "place": pl.String, "customers": pl.Int64, "share": pl.Float64, "amount": pl.Decimal(38, 4),
    "share_amount": pl.Float64, "recency_days": pl.Float64, "frequency": pl.Float64, "average": pl.Float64,
    "purchases": pl.Int64,
}  # fmt: skip


def spanned(view: View, months: int | None = MONTHS) -> View:
    """This view over the last months up to its day; None: over all history up to it."""
    day = view.at
    first = add_months(day, -months) + timedelta(days=1) if months else FIRST
    return view.with_compare("none").with_period(from_on=first, to_on=day)


def known(of: str) -> str:
    """The measure, if customers can be scored by it.

    Raises:
        NotShared: they cannot.
    """
    if of not in OF:
        raise NotShared(measure=measure(of).id, known=", ".join(OF))
    return of


def asked(name: str, of: str, view: View, **params: object) -> Query:
    """The question of a file about what customers bought in the view's days."""
    days, filters = view.period, view.is_filtered
    first = days.from_on if days else FIRST
    values = {"from_on": first, "span_from": first, "day": view.at, "then_day": FIRST - timedelta(days=1), **params}
    values["least_scored"] = LEAST
    query = from_file(name, view, by_orders=known(of) == "revenue", is_filtered=filters, **rfm_cells.bound(), **values)
    split = shares.split(measure(of), (name for name, _ in view.filters))
    undated = tuple(part for part in total(of, view).parts if part.finish == "undated")
    return replace(query, others=undated, **split)


def segments(of: str, view: View) -> Query:
    """The segments, best first, then what stands apart.

    Columns: `segment`, `place` (of metrics/rfm.toml; null: APART), `customers`, `share` of all who bought, `amount`,
    `share_amount` of theirs, `recency_days` and `frequency` (medians, whatever is filtered), `average` (amount ÷
    customers), `purchases`.
    `rows("amount", segment=…)` are their purchases, `rows("customers", …)` too; of customers without one they
    themselves.

    Args:
        of: one of OF. view: its days, or all; its filters.

    Raises:
        NotShared: another measure.
    """
    return replace(asked("rfm", of, view), columns=_COLUMNS, by=("segment",), finish="rfm")


def cells(of: str, view: View) -> Query:
    """How many customers have which scores: one row per `r_score` and `f_score` that occurs.

    Columns besides: `customers`, `amount`, `recency_days` and `frequency` (medians), `once` (who bought once in these
    days). Args and errors: as `segments`.
    """
    of_cell = (Column("r_score", "by"), Column("f_score", "by"))
    return replace(
        asked("rfm", of, view), columns=(*of_cell, *_COLUMNS[1:], _ONCE), by=("r_score", "f_score"), finish="rfm_cells"
    )


_COLUMNS = (
    Column("segment", "by"),
    *(Column(name, "detail") for name in ("rep_key", "product_key")),
    Column("customers", "value", unit="count"), Column("share", "value", unit="share"),
    Column("amount", "value", unit="money"), Column("share_amount", "value", unit="share"),
    Column("recency_days", "value", unit="days"), Column("frequency", "value", unit="number"),
    Column("average", "value", unit="money"), Column("purchases", "value", unit="count"),
)  # fmt: skip

_ONCE = Column("once", "value", unit="count", where="population.frequency = 1")

_LISTED = """select customers.customer, placed.segment, placed.r_score, placed.f_score, placed.m_score, placed.last_on,
  placed.recency_days, placed.orders as purchases, placed.amount, customers.tier, customers.region, reps.rep
from placed
left join customers on customers.customer_key = placed.customer_key
left join reps on reps.rep_key = customers.rep_key
where placed.r_score is not null and placed.segment in ($chosen, 'too_few', 'one_day')
order by placed.amount desc nulls last, customers.customer"""


def members(of: str, view: View, segment: str) -> Query:
    """The customers of one segment, most money first: scores, last purchase, orders, money, tier, region, owner.

    `rows("amount", customer=…)` are their purchases. Args and errors: as `segments`, and

    Args:
        segment: id of one of metrics/rfm.toml; of another nobody is listed.
    """
    query = asked("rfm", of, view)
    columns = (
        Column("customer", "by"), *(Column(name, "detail") for name in ("rep_key", "product_key")),
        *(Column(name, "value", unit="count") for name in ("r_score", "f_score", "m_score", "purchases")),
        Column("recency_days", "value", unit="days"), Column("amount", "value", unit="money"),
    )  # fmt: skip
    kept = (*query.params, ("chosen", segment))
    tables = (*query.tables, "reps")
    return replace(
        query, answer=_LISTED, params=kept, tables=tables, columns=columns, by=("customer",), finish="rfm_members"
    )


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Segments in the file's order, then what stands apart; no segments where there are no fifths of customers."""
    raw = said(query, frames, notes).rename({"orders": "purchases"})
    _apart(raw, notes, is_filtered=bool(dict(query.params)["is_filtered"]))
    parts = raw.filter(pl.col("kind").is_in(["segment", "apart"]))
    places = {name: one.place for name, one in rfm_cells.named().items()}
    order = {name: number for number, name in enumerate((*places, *APART))}
    is_named = pl.col("kind") == "segment"
    amount = pl.col("amount").cast(pl.Float64)
    whole, count = amount.filter(is_named).sum(), pl.col("customers").filter(is_named).sum()
    frame = parts.with_columns(
        place=pl.col("segment").replace_strict(places, default=None, return_dtype=pl.String),
        share=pl.when(is_named).then(pl.col("customers") / count),
        share_amount=pl.when(is_named & (whole > 0)).then(amount / whole),
        average=pl.when(is_named).then(amount / pl.col("customers")),
        customers=pl.when(pl.col("segment") != "unassigned").then("customers"),
    ).sort(pl.col("segment").replace_strict(order, default=99, return_dtype=pl.Int64))
    return frame.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _apart(raw: pl.DataFrame, notes: list[Note], *, is_filtered: bool) -> None:
    """What stands apart, in numbers, beside whatever is drawn of the segments."""
    apart = {row["segment"]: row for row in raw.filter(pl.col("kind") == "apart").iter_rows(named=True)}
    for name, row in sorted(apart.items(), key=lambda found: APART.index(found[0])):
        if name in REFUSED:
            continue  # said by what parts customers
        count = row["purchases"] if name == "unassigned" else row["customers"]
        shown = "_shown" if is_filtered and name == "only_returned" else ""
        notes.append(note(f"rfm_apart_{name}{shown}", count=int(count or 0)))


def finished_cells(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The cells that occur, the most recent and most frequent first."""
    frame = said(query, frames, notes).filter(pl.col("kind") == "cell")
    named = ("r_score", "f_score", "customers", "amount", "recency_days", "frequency", "once")
    kinds = {"r_score": pl.Int64, "f_score": pl.Int64, "once": pl.Int64, **_SCHEMA}
    if frame.height:
        gaps = [
            f"{name[0].upper()}{score}" for name in ("r_score", "f_score") for score in range(1, 6)
            if score not in frame.get_column(name)
        ]  # fmt: skip
        if gaps:
            notes.append(note("rfm_gaps", names=tuple(gaps)))
    return frame.sort("r_score", "f_score", descending=True).select(pl.col(name).cast(kinds[name]) for name in named)


def finished_members(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """As asked; nobody where there are no segments."""
    undated(query, frames, notes)
    if dict(query.params)["is_filtered"]:
        notes.append(note("rfm_filtered"))
    refused = frames[0].filter(pl.col("segment").is_in(REFUSED))
    notes.extend(note(f"rfm_no_segments_{name}", least=LEAST) for name in refused["segment"].unique())
    return frames[0].clear() if refused.height else frames[0]


def said(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The raw answer, and what there is to say of it; without segments where there are too few customers."""
    undated(query, frames, notes)
    raw = frames[0]
    notes.append(note("rfm_of_orders" if of_query(query) == "revenue" else "rfm_of_deals"))
    if dict(query.params)["is_filtered"]:
        notes.append(note("rfm_filtered"))
    told = raw.filter(pl.col("kind") != "whole")
    whole = raw.filter(pl.col("kind") == "whole")  # of all customers, whatever is filtered
    if whole.is_empty():
        return told
    status, count = whole["segment"][0], int(whole["customers"][0])
    if status in REFUSED:
        notes.append(note("rfm_few", count=count, least=LEAST) if status == "too_few" else note("rfm_one_day"))
        return told.filter(pl.col("kind") != "cell").with_columns(kind=pl.lit("apart"))
    if whole["is_alike"][0]:
        notes.append(note("rfm_alike_once" if whole["once"][0] == count else "rfm_alike_frequency"))
    silent = told.filter(pl.col("kind") == "cell", pl.col("r_score") == 1)["recency_days"].max()
    if isinstance(silent, float) and silent < SILENT:
        notes.append(note("rfm_all_recent", count=round(silent)))
    return told


def undated(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> None:
    """How many purchases have no day, and so are left out."""
    answered = [(part, frame) for part, frame in zip(query.parts, frames, strict=True) if part.is_aside]
    if answered and query.view:
        notes += beside.remarks(total(measure(of_query(query)), query.view), answered)


def of_query(query: Query) -> str:
    """The measure that customers are looked at by."""
    return OF[0] if dict(query.params)["by_orders"] else OF[1]


FINISHES = {"rfm": finished, "rfm_cells": finished_cells, "rfm_members": finished_members}
"""By the name that a question gives its finish."""
