"""Customers by how recently, how often and for how much money they bought (RFM), in named segments.

Recency is the days since the last purchase, frequency the number of orders (or deals won), monetary value their money
with returns taken off; all of the days looked at, by default the last MONTHS months up to the day: what the field uses
is one to two years, and two let "lost" mean something where a purchase a year is usual. Each of the three is scored 1
to 5 against all customers who bought in these days:

    score = 1 + the number of fifths that lie wholly below:  5 where at least ⅘ of all customers are strictly lower,
    4 where ⅗ are, 3 where ⅖, 2 where ⅕, else 1

Customers who are alike so always share a score, the lowest of their places. To cut a sorted list into five equal parts
(NTILE) would give customers who bought once each different scores. What half of all do (buy once) scores 1.

Scores are relative and are told by all purchases that the viewer may see: filters choose which customers are counted,
by a purchase that they let through, and the money that is; nobody changes segment by a filter. Whoever only returned
things, purchases without a customer, and customers without a purchase stand apart; the money of all rows is the
measure's.

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
TOO_FEW = "too_few"
MONTHS = 24
"""Months looked at where nobody says which."""
LEAST = 5
"""Customers below which there are no fifths of them."""
SILENT = 31
"""Days of the least recent fifth below which nobody is silent, whatever their segment is called."""
APART = ("too_few", "only_returned", "unassigned", "before", "never")
"""What stands apart: customers too few to be scored; returns only; no customer; bought before the days looked at; no
purchase on record."""
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
    days, filters = view.period, any(values for _, values in view.filters)
    first = days.from_on if days else FIRST
    values = {"from_on": first, "span_from": first, "day": view.at, "then_day": FIRST - timedelta(days=1), **params}
    values["least_scored"] = LEAST
    query = from_file(name, view, by_orders=known(of) == "revenue", is_filtered=filters, **rfm_cells.bound(), **values)
    shared = shares.among((measure(of),), (name for name, _ in view.filters)) if of == "won_amount" else ()
    undated = tuple(part for part in total(of, view).parts if part.finish == "undated")
    return replace(query, others=undated, shared=shared)


def segments(of: str, view: View) -> Query:
    """The segments, best first, then what stands apart.

    Columns: `segment`, `place` (of metrics/rfm.toml; null: APART), `customers`, `share` of all who bought, `amount`,
    `share_amount` of theirs, `recency_days` and `frequency` (medians), `average` (amount ÷ customers), `purchases`.
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

    Columns besides: `customers`, `amount`, `recency_days` and `frequency` (medians). Args and errors: as `segments`.
    """
    of_cell = (Column("r_score", "by"), Column("f_score", "by"))
    return replace(
        asked("rfm", of, view), columns=(*of_cell, *_COLUMNS[1:]), by=("r_score", "f_score"), finish="rfm_cells"
    )


_COLUMNS = (
    Column("segment", "by"),
    *(Column(name, "detail") for name in ("rep_key", "product_key")),
    Column("customers", "value", unit="count"), Column("share", "value", unit="share"),
    Column("amount", "value", unit="money"), Column("share_amount", "value", unit="share"),
    Column("recency_days", "value", unit="days"), Column("frequency", "value", unit="number"),
    Column("average", "value", unit="money"), Column("purchases", "value", unit="count"),
)  # fmt: skip

_LISTED = """select customers.customer, placed.segment, placed.r_score, placed.f_score, placed.m_score, placed.last_on,
  placed.recency_days, placed.orders as purchases, placed.amount, customers.tier, customers.region, reps.rep
from placed
left join customers on customers.customer_key = placed.customer_key
left join reps on reps.rep_key = customers.rep_key
where placed.segment = $chosen and placed.r_score is not null
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
    _apart(raw, notes)
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


def _apart(raw: pl.DataFrame, notes: list[Note]) -> None:
    """What stands apart, in numbers, beside whatever is drawn of the segments."""
    apart = {row["segment"]: row for row in raw.filter(pl.col("kind") == "apart").iter_rows(named=True)}
    for name, row in sorted(apart.items(), key=lambda found: APART.index(found[0])):
        if name == TOO_FEW:
            continue  # said by what parts customers
        count = row["purchases"] if name == "unassigned" else row["customers"]
        notes.append(note(f"rfm_apart_{name}", count=int(count or 0)))


def finished_cells(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The cells that occur, the most recent and most frequent first."""
    frame = said(query, frames, notes).filter(pl.col("kind") == "cell")
    named = ("r_score", "f_score", "customers", "amount", "recency_days", "frequency")
    kinds = {"r_score": pl.Int64, "f_score": pl.Int64, **_SCHEMA}
    return frame.sort("r_score", "f_score", descending=True).select(pl.col(name).cast(kinds[name]) for name in named)


def finished_members(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """As asked."""
    undated(query, frames, notes)
    return frames[0]


def said(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The raw answer, and what there is to say of it; without segments where there are too few customers."""
    undated(query, frames, notes)
    raw = frames[0]
    count = int(raw.filter(pl.col("kind") == "segment")["customers"].sum())
    scored = _scored(raw)
    notes.append(note("rfm_of_orders" if of_query(query) == "revenue" else "rfm_of_deals"))
    if dict(query.params)["is_filtered"]:
        notes.append(note("rfm_filtered"))
    if TOO_FEW in raw.get_column("segment"):
        notes.append(note("rfm_few", count=count, least=LEAST))
        kept = raw.filter(pl.col("kind") != "cell")
        return kept.with_columns(kind=pl.lit("apart"))
    if count and not dict(query.params)["is_filtered"]:
        notes.extend(note(f"rfm_alike_{name}") for name, scores in scored.items() if len(scores) == 1)
    silent = raw.filter(pl.col("kind") == "cell", pl.col("r_score") == 1)["recency_days"].max()
    if isinstance(silent, float) and silent < SILENT and len(scored["recency"]) > 1:
        notes.append(note("rfm_all_recent", count=round(silent)))
    return raw


def _scored(raw: pl.DataFrame) -> dict[str, set[int]]:
    cell = raw.filter(pl.col("kind") == "cell")
    return {"recency": set(cell["r_score"]), "frequency": set(cell["f_score"])}


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
