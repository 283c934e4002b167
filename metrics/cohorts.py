"""Customers by when they first bought, and what became of them: the share that buys again, and the money they bring.

A cohort is everybody whose first purchase of all history (`first_order_on`, `first_won_on`) lies in one bucket: no
filter moves anybody to another. Its size are those of them who bought in that first bucket within the filters; without
filters all of them. So the share active in bucket 0 is 1, without an interval. Bucket n is the n-th one after it.

    retained      of the cohort's customers, the share that bought in bucket n (Wilson interval)
    amount        what they brought in bucket n, returns net;  cumulative: in buckets 0 to n;  per_customer: that ÷ size

Cells that lie beyond the view's day do not exist; that of the running bucket is partial. The line of all cohorts
together holds, at each n, those whose n-th bucket is over, without the cohort in which the record begins: it holds
whoever had bought before.

What is in no cohort shown stands apart, so that all rows add up to the measure: `unassigned` (no customer),
`only_returns` (customers without a purchase on record), `earlier` (cohorts before the first shown), `later` (customers
who bought within the filters only after their first bucket), `before_first` (returns booked on
days before the first purchase, whatever the grain) and `undated`.

Source: N. D. Glenn (2005), Cohort Analysis, 2nd ed., Sage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl

from metrics import purchases
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.period import bucket_next, buckets
from metrics.query import Column, Query
from metrics.view import View

KINDS = ("all", "cohort", "earlier", "later", "unassigned", "only_returns", "before_first", "undated")
"""All cohorts together, each cohort, and what is in none that is shown."""
MOST = {"week": 13, "month": 13, "quarter": 9, "year": 8, "fiscal_quarter": 9, "fiscal_year": 8}
"""The latest cohorts that are shown, by grain."""
SMALL = 30
"""A cohort with fewer customers is small: its shares say little without their interval."""
_COHORT = "population.kind = 'cohort' and population.cohort = cast($at_cohort as date) and {n}"
_ALL = "$at_kind = 'all' and population.kind = 'cohort' and population.in_reach >= $at_nth and {n}"
_APART = "$at_kind not in ('all', 'cohort') and population.kind = $at_kind"
_BOUGHT = "population.nth = $at_nth and population.in_purchases = 1"
_SCHEMA: dict[str, Any] = {
    "kind": pl.String, "cohort": pl.Date, "nth": pl.Int64, "bucket": pl.Date, "size": pl.Int64, "customers": pl.Int64,
    "amount": pl.Float64, "cumulative": pl.Float64, "is_partial": pl.Boolean,
}  # fmt: skip


def cohorts(measure_id: str, grain: str, view: View, most: int | None = None) -> Query:
    """The latest cohorts up to the view's day, each followed until then.

    One row per cell: `kind` (KINDS), `cohort` and `bucket` (first days; of all together null), `nth` (n), `size`,
    `customers`, `retained` with `.low .high .n`, `amount`, `cumulative`, `per_customer`, `is_partial`, `is_small`.
    Cells of one cohort follow each other. `rows("customers", kind=…, cohort=…, nth=…)` are their order lines or deals.

    Args:
        measure_id: "revenue" (orders) or "won_amount" (deals won). grain: of purchases.GRAINS.
        view: its day (the end of its period) and filters; where its period begins does not matter.
        most: how many cohorts; by default MOST.

    Raises:
        NotShared: another measure. UnknownDimension: no such grain.
    """
    first = bucket_next(purchases.start_of(view.at, grain, view), grain, 1 - max(1, most or MOST[grain]))
    asked = purchases.asked(
        "cohorts", measure_id, view, grain=grain, first=first, day=view.at, running=purchases.running(grain, view)
    )
    columns = (
        *(Column(name, "by") for name in ("kind", "cohort", "nth")),
        *(Column(name, "detail") for name in ("customer_key", "rep_key", "product_key")),
        Column("size", "value", unit="count", where=_cells("population.nth = 0 and population.in_purchases = 1")),
        Column("customers", "value", unit="count", where=_cells(_BOUGHT)),
        Column("retained", "value", unit="share", where=_cells(_BOUGHT)),
        Column("retained.low", "low", unit="share"), Column("retained.high", "high", unit="share"),
        Column("amount", "value", unit="money", where=_cells("population.nth = $at_nth")),
        *(Column(name, "value", unit="money", where=_cells("population.nth >= 0 and population.nth <= $at_nth"))
          for name in ("cumulative", "per_customer")),
        Column("is_partial", "flag"), Column("is_small", "flag"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("kind", "cohort", "nth"), finish="cohorts")


def outside(measure_id: str, grain: str, view: View, most: int | None = None) -> Query:
    """What the cohorts shown hold together, and what is in none of them: with their rows it adds up to the measure.

    One row per `kind` ("cohort", then those of KINDS that occur): `customers`, `amount`. `rows("amount", kind=…)` are
    the order lines or deals. Args and errors: as `cohorts`.
    """
    asked = cohorts(measure_id, grain, view, most)
    columns = (
        Column("kind", "by"), *(Column(name, "detail") for name in ("customer_key", "rep_key", "product_key")),
        Column("customers", "value", unit="count"), Column("amount", "value", unit="money"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("kind",), finish="cohorts_outside")


def _cells(where: str) -> str:
    """Rows of a cell of one cohort, of all cohorts together, or of what is in none."""
    one = _COHORT.format(n=where)
    return f"($at_kind = 'cohort' and {one}) or ({_ALL.format(n=where)}) or ({_APART})"


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The triangle, all cohorts together above it and what is in none below."""
    raw, given = frames[0], dict(query.params)
    first, day, running = given["first"], given["day"], given["running"]
    view = query.view
    begun = raw.get_column("begun_on").min()
    if view is None or not (isinstance(first, date) and isinstance(day, date) and isinstance(running, date)):
        return raw
    grain = str(given["grain"])
    since = first if not isinstance(begun, date) else max(first, purchases.start_of(min(begun, day), grain, view))
    starts = buckets(since, day, grain, view.fiscal_start, view.week_start)
    cells = _triangle(raw.filter(pl.col("kind") == "cohort"), starts, running)
    apart = _apart(raw)
    _said(notes, cells, apart, view, begun if isinstance(begun, date) and begun >= first else None)
    first_known = starts[0] if isinstance(begun, date) and begun >= first else None
    rows = (
        [*_together([cell for cell in cells if cell["cohort"] != first_known]), *cells, *apart]
        if any(cell["size"] for cell in cells)
        else apart
    )
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    if _falls_by_others(frame):
        notes.append(note("cohorts_others"))
    is_followed = pl.col("nth").is_not_null() & (pl.col("size") > 0)
    count = pl.when(is_followed).then("size")
    low, high = wilson(pl.col("customers"), count)
    return frame.with_columns(
        pl.when(is_followed).then(pl.col("customers") / pl.col("size")).alias("retained"),
        pl.when(pl.col("nth") > 0).then(low).alias("retained.low"),
        pl.when(pl.col("nth") > 0).then(high).alias("retained.high"), count.alias("retained.n"),
        per_customer=pl.when(is_followed).then(pl.col("cumulative") / pl.col("size")),
        is_small=is_followed & (pl.col("size") < SMALL),
    ).select("kind", "cohort", "nth", "bucket", "size", "customers", "retained", "retained.low", "retained.high",
             "retained.n", "amount", "cumulative", "per_customer", "is_partial", "is_small")  # fmt: skip


def finished_outside(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """All cohorts shown as one row, and every other kind."""
    frame = finished(query, frames, notes)
    notes.clear()  # they stand beside the triangle
    apart = frame.filter(~pl.col("kind").is_in(["all", "cohort"])).select("kind", "customers", "amount")
    inside = frame.filter(pl.col("kind") == "cohort")
    people, money = inside.filter(pl.col("nth") == 0).get_column("size").sum(), inside.get_column("amount").sum()
    rows = [("cohort", int(people), float(money))] if inside.height else []
    return pl.concat([pl.DataFrame(rows, schema=apart.schema, orient="row"), apart])


def _triangle(raw: pl.DataFrame, starts: list[date], running: date) -> list[dict[str, Any]]:
    """Every cell up to the last bucket; 0 where nobody bought."""
    told = {(row["cohort"], row["nth"]): row for row in raw.iter_rows(named=True)}
    cells = []
    for place, cohort in enumerate(starts):
        begun = told.get((cohort, 0))
        size, added = int(begun["customers"]) if begun else 0, 0.0
        for n, bucket in enumerate(starts[place:]):
            cell = told.get((cohort, n))
            added += float(cell["amount"] or 0) if cell else 0.0
            cells.append({
                "kind": "cohort", "cohort": cohort, "nth": n, "bucket": bucket, "size": size,
                "customers": int(cell["customers"]) if cell else 0,
                "amount": float(cell["amount"] or 0) if cell else 0.0, "cumulative": added,
                "is_partial": bucket >= running,
            })  # fmt: skip
    return cells


def _falls_by_others(frame: pl.DataFrame) -> bool:
    """Whether a customer of all together has brought less by some n than by the one before, without any net returns."""
    every = frame.filter((pl.col("kind") == "all") & (pl.col("size") > 0))
    brought = every.select("amount", average=pl.col("cumulative") / pl.col("size")).rows()
    return any(amount >= 0 and average < before for (_, before), (amount, average) in pairwise(brought))


def _together(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At each n, the cohorts whose n-th bucket is over."""
    rows, n = [], 0
    while over := [cell for cell in cells if cell["nth"] == n and not cell["is_partial"] and cell["size"]]:
        sums = {name: sum(cell[name] for cell in over) for name in ("size", "customers", "amount", "cumulative")}
        rows.append({"kind": "all", "cohort": None, "nth": n, "bucket": None, **sums, "is_partial": False})
        n += 1
    return rows


def _apart(raw: pl.DataFrame) -> list[dict[str, Any]]:
    """What is in no cohort shown: its customers and its money."""
    rest = raw.filter(pl.col("kind") != "cohort").rows(named=True)
    made = [
        {
            "kind": row["kind"], "cohort": None, "nth": None, "bucket": None, "size": None,
            "customers": None if row["kind"] == "unassigned" else int(row["met"]),
            "amount": float(row["amount"] or 0), "cumulative": None, "is_partial": False,
        }
        for row in rest
    ]  # fmt: skip
    return sorted(made, key=lambda row: KINDS.index(row["kind"]))


def _said(
    notes: list[Note], cells: list[dict[str, Any]], apart: list[dict[str, Any]], view: View, begun: date | None
) -> None:
    if view.is_filtered:
        notes.append(note("cohorts_filtered"))
    if begun is not None:
        notes.append(note("cohorts_begun", day=begun))
    if any(cell["is_partial"] for cell in cells):
        notes.append(note("cohorts_running"))
    if any(0 < cell["size"] < SMALL for cell in cells):
        notes.append(note("cohorts_small", least=SMALL))
    for row in apart:
        if row["kind"] in ("only_returns", "earlier", "later"):
            notes.append(note(f"cohorts_{row['kind']}", count=row["customers"]))
        elif row["kind"] in ("unassigned", "undated"):
            notes.append(note(f"cohorts_{row['kind']}"))
