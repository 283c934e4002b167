"""From which segment to which customers went between two days, and who went down from the best ones.

On both days customers are scored in the same way, over as many months before each. New are those whose first purchase
of all history lies after the earlier day, returned those who had bought before but not in the months looked at then,
gone those who have not in those looked at now. Of whom had bought by then, but nothing that the viewer may see, it is
not known whether they ever stayed away: they bought through others.

Scores are relative: a customer may change segment without doing anything, because time passes or because others buy.
How many did so, and how many are a single score away from where they were, is said with every answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from metrics import rfm, rfm_cells, together
from metrics.catalog import measure
from metrics.cuts import total
from metrics.notes import Note, note
from metrics.period import FIRST, add_months
from metrics.query import Column, Query
from metrics.view import View

AGO = 3
"""Months between the two days where nobody says how many."""
FROM, TO = ("new", "returned", "others"), "gone"
"""What stands for a segment on the day on which there is none."""
MOST = 1_000
"""Customers listed."""
_DETAILS = tuple(Column(name, "detail") for name in ("rep_key", "product_key"))
_SCHEMA: dict[str, Any] = {
    "segment_then": pl.String, "segment_now": pl.String, "direction": pl.String, "customers": pl.Int64,
    "share": pl.Float64, "amount_then": pl.Decimal(38, 4), "amount_now": pl.Decimal(38, 4), "by_one_step": pl.Int64,
    "unchanged": pl.Int64,
}  # fmt: skip


def _asked(of: str, view: View, ago: int) -> Query:
    day = view.at
    first = view.period.from_on if view.period else FIRST
    then_from = add_months(first, -ago) if first > FIRST else FIRST
    query = rfm.asked("rfm_moves", of, view, then_day=add_months(day, -ago), span_from=then_from, most=MOST)
    begins = together.begins(total(of, view), measure(of), view)
    return replace(query, others=(*query.others, *begins.values()))


def moves(of: str, view: View, ago: int = AGO) -> Query:
    """Customers by the segment they were in and the one they are in, in the order of metrics/rfm.toml.

    Columns: `segment_then` (or FROM), `segment_now` (or TO), `direction` (same, up, across, down by the `place` of the
    segments; new, returned, others, gone), `customers`, `share` of those who were in `segment_then`, `amount_then` and
    `amount_now` (of the months before each day), `by_one_step` (of a single score in all), `unchanged` (neither their
    orders nor their money differ). `rows("customers", segment_then=…, segment_now=…)` are their purchases.

    Args:
        of: one of rfm.OF. view: its days, the last of which is the later day; its filters. ago: months in between.

    Raises:
        NotShared: another measure.
    """
    columns = (
        Column("segment_then", "by"), Column("segment_now", "by"), *_DETAILS,
        Column("customers", "value", unit="count"), Column("share", "value", unit="share"),
        Column("amount_then", "value", unit="money", where="population.bought_on <= $then_day"),
        Column("amount_now", "value", unit="money", where="population.bought_on >= $from_on"),
        *(Column(name, "value", unit="count") for name in ("by_one_step", "unchanged")),
    )  # fmt: skip
    return replace(_asked(of, view, ago), columns=columns, by=("segment_then", "segment_now"), finish="rfm_moves")


def slipped(of: str, view: View, ago: int = AGO) -> Query:
    """Customers who were in the best segments and are in slipping ones, away or gone; most money at stake first.

    Columns: `customer`, `segment_then`, `segment_now`, `amount_then`, `amount_now`, `change`, `last_on`,
    `recency_days`, `orders_then`, `orders_now`, `is_by_one_step`, `is_unchanged`, `tier`, `rep`; at most MOST.
    `rows("amount_now", customer=…)` are their purchases. Args and errors: as `moves`.
    """
    query = _asked(of, view, ago)
    columns = (
        Column("customer", "by"), *_DETAILS,
        Column("amount_then", "value", unit="money", where="population.bought_on <= $then_day"),
        Column("amount_now", "value", unit="money", where="population.bought_on >= $from_on"),
        Column("change", "value", unit="money"), Column("recency_days", "value", unit="days"),
        *(Column(name, "value", unit="count") for name in ("orders_then", "orders_now")),
    )  # fmt: skip
    return replace(query, columns=columns, by=("customer",), finish="rfm_slipped")


# ---------------------------------------------------------------------------------------------------------- finishing


def _is_known(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> bool:
    """Whether there was anything on the earlier day; what there is to say of it goes to `notes`."""
    rfm.undated(query, frames, notes)
    if dict(query.params)["is_filtered"]:
        notes.append(note("rfm_filtered"))
    then, first = (dict(query.params)[name] for name in ("then_day", "span_from"))
    begun = [frame.item() for part, frame in zip(query.parts, frames, strict=True) if part.finish == "plain"]
    days = [day for day in begun if isinstance(day, date)]
    if not isinstance(then, date) or not isinstance(first, date) or not days:
        return False
    if min(days) > then:
        notes.append(note("rfm_nothing_then", day=then, from_on=min(days)))
        return False
    told = dict(frames[0].filter(pl.col("kind") == "span").select("segment_now", "segment_then").iter_rows())
    for status, code in (("too_few", "rfm_few_then"), ("one_day", "rfm_one_day_then")):
        if status in told.values():
            notes.append(note(code, least=rfm.LEAST))
            return False
    if first > FIRST and min(days) > first:
        notes.append(note("rfm_begins", from_on=min(days)))
    return True


def direction(then: str, now: str) -> str:
    """Where somebody went: same, up, across, down; new, returned, others, gone."""
    if then in FROM or now == TO:
        return TO if now == TO else then
    places = ("away", "slipping", "rising", "best")
    known = rfm_cells.named()
    if then == now:
        return "same"
    before, after = (places.index(known[name].place) for name in (then, now))
    return "up" if after > before else "down" if after < before else "across"


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The moves that occur, from the best segment on."""
    raw = frames[0].filter(pl.col("kind") == "move")
    if not _is_known(query, frames, notes) or raw.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    order = {name: number for number, name in enumerate((*rfm_cells.named(), *FROM, TO))}
    pairs = raw.select("segment_then", "segment_now").rows()
    customers = pl.col("customers").cast(pl.Int64)
    frame = raw.with_columns(
        direction=pl.Series([direction(*pair) for pair in pairs], dtype=pl.String),
        share=customers / customers.sum().over("segment_then"),
    ).sort(*(pl.col(name).replace_strict(order, return_dtype=pl.Int64) for name in ("segment_then", "segment_now")))
    changed = frame.filter(pl.col("direction").is_in(["up", "across", "down"]))
    if changed.height:
        count, near, same = (int(changed[name].sum()) for name in ("customers", "by_one_step", "unchanged"))
        notes.append(note("rfm_relative", count=count, near=near, same=same))
    return frame.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


_SLIPPED: dict[str, Any] = {
    "customer": pl.String, "segment_then": pl.String, "segment_now": pl.String, "amount_then": pl.Decimal(38, 4),
    "amount_now": pl.Decimal(38, 4), "change": pl.Decimal(38, 4), "last_on": pl.Date, "recency_days": pl.Int64,
    "orders_then": pl.Int64, "orders_now": pl.Int64, "is_by_one_step": pl.Boolean, "is_unchanged": pl.Boolean,
    "tier": pl.String, "rep": pl.String,
}  # fmt: skip


def finished_slipped(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Those who slipped, most money first; nothing where the earlier day is not known."""
    if not _is_known(query, frames, notes):
        return pl.DataFrame(schema=_SLIPPED)
    frame = frames[0].filter(pl.col("kind") == "slipped")
    if frame.height == MOST:
        notes.append(note("rfm_slipped_most", most=MOST))
    then, now = (pl.col(f"amount_{at}").cast(pl.Decimal(38, 4)).fill_null(0) for at in ("then", "now"))
    frame = frame.with_columns(
        change=now - then, is_by_one_step=pl.col("by_one_step") == 1, is_unchanged=pl.col("unchanged") == 1
    )
    frame = frame.sort("amount_then", "customer", descending=[True, False], nulls_last=True)
    return frame.select(pl.col(name).cast(kind) for name, kind in _SLIPPED.items())


FINISHES = {"rfm_moves": finished, "rfm_slipped": finished_slipped}
"""By the name that a question gives its finish."""
