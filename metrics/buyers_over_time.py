"""What came from new customers, from those who stayed and from those who came back, and what was lost, over time.

Each bucket is held against the one before, by the kinds of metrics/buyers.py:

    new          first purchase of all history in the bucket, whatever is filtered
    returned     bought before, but not in the bucket before: a pause of at least one whole bucket (reactivated)
    expanding    bought in both, for more;  shrinking: for less;  steady: for the same
    lost         bought in the bucket before, and not in this one: what they brought then
    not_yet      of the running bucket: bought in the one before, and not in this one so far
    corrected    only returns in either; counted are those with one in the bucket
    unassigned   rows without a customer

Filters choose purchases: whoever buys something outside them meanwhile is lost or returned within them, which is said.
So the grain says how long a pause must be. The money of the kinds in a bucket is the measure, and what they add to the
bucket before (`change`) adds up to how it moved. In the running bucket nobody is lost yet and nothing is compared.

Source: the growth accounting of J. Hsu (2015), Social Capital, for revenue that is not by contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from metrics import purchases
from metrics.buyers import KINDS as OF_SPANS
from metrics.buyers import moved
from metrics.catalog import measure
from metrics.notes import Note, note
from metrics.period import bucket_next, buckets
from metrics.query import Column, Query
from metrics.view import View

KINDS = (*OF_SPANS[:6], "not_yet", *OF_SPANS[6:])
"""In the order in which they are shown."""
MOST = {"week": 13, "month": 13, "quarter": 9, "year": 8, "fiscal_quarter": 9, "fiscal_year": 8}
"""The latest buckets that are shown, by grain."""
_SCHEMA: dict[str, Any] = {
    "bucket": pl.Date, "buying": pl.String, "customers": pl.Int64, "amount_now": pl.Float64, "amount_then": pl.Float64,
    "change": pl.Float64, "is_partial": pl.Boolean,
}  # fmt: skip


def buyers_over_time(measure_id: str, grain: str, view: View, most: int | None = None) -> Query:
    """The latest buckets up to the view's day, each by the kinds of its customers.

    One row per `bucket` (first day) and `buying`: `customers`, `amount_now` (in the bucket), `amount_then` (of the same
    customers in the one before), `change`, `is_partial`. `rows("amount_now", bucket=…, buying=…)` are its rows,
    `rows("amount_then", …)` those of the bucket before.

    Args:
        measure_id: "revenue" (orders) or "won_amount" (deals won). grain: of purchases.GRAINS.
        view: its day and filters; where its period begins does not matter. most: how many buckets; by default MOST.

    Raises:
        NotShared: another measure. UnknownDimension: no such grain.
    """
    first = bucket_next(purchases.start_of(view.at, grain, view), grain, 1 - max(1, most or MOST[grain]))
    asked = purchases.asked(
        "buyers_course", measure_id, view, grain=grain, first=first, from_on=bucket_next(first, grain, -1), day=view.at,
        running=purchases.running(grain, view),
    )  # fmt: skip
    of_kind = "population.in_now = case when $at_buying in ('lost', 'not_yet') then 0 else 1 end"
    columns = (
        *(Column(name, "by") for name in ("bucket", "buying")),
        *(Column(name, "detail") for name in ("customer_key", "rep_key", "product_key")),
        Column("customers", "value", unit="count", where=f"population.buying = $at_buying and {of_kind}"),
        Column("amount_now", "value", unit="money", where="population.in_now = 1"),
        Column("amount_then", "value", unit="money", where="population.in_now = 0"),
        Column("change", "value", unit="money"), Column("is_partial", "flag"),
    )  # fmt: skip
    notes = (*asked.notes, *_within(measure_id, view))
    return replace(asked, columns=columns, by=("bucket", "buying"), finish="buyers_over_time", notes=notes)


def between(measure_id: str, view: View) -> Query:
    """`metrics.buyers.moved`, saying which days it holds against each other and what filters make of "lost".

    Args and errors: as there.
    """
    asked, now, before = moved(measure_id, view), view.period, view.before
    days = () if now is None or before is None else (
        note("buyers_days", from_on=now.from_on, to_on=view.at, then_from=before.from_on, then_to=before.to_on),
    )  # fmt: skip
    return replace(asked, notes=(*days, *asked.notes, *_within(measure_id, view)))


def _within(measure_id: str, view: View) -> tuple[Note, ...]:
    return (note("buyers_filtered"),) if purchases.splits(str(measure(measure_id).table), view) else ()


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Every kind that occurs, bucket by bucket; of the first on record nobody knows what there was before."""
    view, given = query.view, dict(query.params)
    first, day, grain = given["first"], given["day"], str(given["grain"])
    if view is None or not (isinstance(first, date) and isinstance(day, date)):
        return frames[0]
    running = purchases.running(grain, view)
    told = {(row["bucket"], row["buying"]): row for row in frames[0].iter_rows(named=True)}
    since = frames[0].get_column("begun_on").min()
    begun = purchases.start_of(since, grain, view) if isinstance(since, date) and since <= day else day
    rows = []
    for bucket in buckets(first, day, grain, view.fiscal_start, view.week_start):
        for kind in KINDS:
            row = told.get((bucket, kind))
            if row is None:
                continue
            now, then = float(row["amount_now"] or 0), float(row["amount_then"] or 0)
            is_compared = begun < bucket < running
            people = None if kind == "unassigned" else int(row["customers"])
            rows.append({
                "bucket": bucket, "buying": kind, "customers": people, "amount_now": now,
                "amount_then": then if is_compared else None, "change": now - then if is_compared else None,
                "is_partial": bucket >= running,
            })  # fmt: skip
    if isinstance(since, date) and any(row["bucket"] == begun for row in rows):
        notes.append(note("buyers_begun", day=since))
    if rows and rows[-1]["is_partial"]:
        notes.append(note("buyers_running"))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")
