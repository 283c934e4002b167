"""Which few customers bring most: classes A, B and C, how concentrated it is, and whether tiers fit what they bring.

Classes and the index are those of metrics/pareto.py, worked out by the store, so that half a million customers are as
quick as fifty: A until 80 % of what all bring, B until 95 %, who crosses a cut belongs to the class before it, and
customers with the same amount share a class. Who brings nothing (no amount, or more came back than was sold) is C. What
has no customer is left out of the shares and said.

A tier does not fit where a customer of class A is in the lower half of the tiers or in none, or one of class C (or
without a purchase) in the upper half; of an odd number of tiers the middle one fits everybody. Tiers are in the order
of metrics/tiers.toml where all of them are known there, else in that of the median amount of their customers; those on
one rung are in one half. Who bought, but only what the viewer may not see, is told apart and not judged.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from metrics import rfm
from metrics.notes import Note, note
from metrics.pareto import CUTS, level
from metrics.query import Column, Query
from metrics.view import View

POINTS = 199
"""Steps of the curve, which so has at most 200 points."""
TOPS = ("top_1", "top_5", "top_10", "top_20", "percent_1", "percent_5", "percent_10", "percent_20")
"""The largest few customers, by number and by per cent of all, rounded; of so many as there are."""
MOST = 200
"""Customers listed of each tier and class."""
MOST_TIERS = 12
"""Tiers beyond which the column is not one of tiers."""
_EXACT = 1e-9
_LARGEST = "population.place <= $at_largest and population.brings > 0"
"""Who brings less than nothing adds nothing to the curve, and is not behind its points."""
_DETAILS = tuple(Column(name, "detail") for name in ("rep_key", "product_key"))


def _asked(of: str, view: View) -> Query:
    cuts = {f"cut_{name.lower()}": cut - _EXACT for name, cut in CUTS.items()}
    return rfm.asked("customer_shares", of, view, **cuts, points=POINTS)


def classes(of: str, view: View) -> Query:
    """Classes A, B and C: `class`, `customers`, `share_customers`, `amount`, `share`, `average`.

    Notes tell the concentration. `rows("amount", class="A")` are the purchases of their customers.

    Args:
        of: one of rfm.OF. view: days and filters.

    Raises:
        NotShared: another measure.
    """
    columns = (
        Column("class", "by"), *_DETAILS, Column("customers", "value", unit="count"),
        Column("share_customers", "value", unit="share"), Column("amount", "value", unit="money"),
        Column("share", "value", unit="share"), Column("average", "value", unit="money"),
    )  # fmt: skip
    return replace(_asked(of, view), columns=columns, by=("class",), finish="customer_classes")


def curve(of: str, view: View) -> Query:
    """What the largest customers bring together: at most POINTS + 1 points, and TOPS.

    Columns: `top` (null: a point of the curve), `largest` (so many customers), `share_customers`, `amount`, `share`.
    `rows("amount", largest=5)` are the purchases of the five largest. Args and errors: as `classes`.
    """
    columns = (
        Column("largest", "by"), *_DETAILS,
        *(Column(name, "value", unit="share") for name in ("share_customers", "share")),
        Column("amount", "value", unit="money", where=_LARGEST),
    )  # fmt: skip
    return replace(_asked(of, view), columns=columns, by=("largest",), finish="customer_curve")


_TIERS = f"""select told.*
from (
  select 'cell' as kind, members.tier, case when grouping(members.class) = 0 then members.class end as class,
    count(*) as customers, sum(members.amount) as amount, median(cast(members.amount as double)) as median_amount,
    cast(null as varchar) as customer, cast(null as varchar) as region, cast(null as varchar) as rep
  from members
  group by grouping sets ((members.tier, members.class), (members.tier))
  union all
  select 'customer' as kind, listed.tier, listed.class, 1 as customers, listed.amount,
    cast(null as double) as median_amount, listed.customer, listed.region, reps.rep
  from (
    select members.*, row_number() over (
      partition by members.tier, members.class order by members.amount desc, members.customer_key
    ) as number
    from members
    where members.class in ('A', 'C', 'none')
  ) as listed
  left join reps on reps.rep_key = listed.rep_key
  where listed.number <= {MOST}
) as told"""
"""Tiers and classes, and of each the customers that may not fit: one statement, which both questions finish."""


def tiers(of: str, view: View) -> Query:
    """Tiers beside classes: one row per `tier` (null: none) and `class`, the best tier first.

    `class` is "none" of who bought nothing in these days, "others" of who bought only what the viewer may not see.
    Columns besides: `customers`, `share` of the tier's customers, `amount`, `median_amount` of the tier's customers
    with a purchase, `is_high` and `is_low` (the half the tier is in), `fit` ("low": class A below its worth, "high":
    class C or nothing above it). `rows("amount", tier=…, class=…)` are their purchases. Args and errors: as `classes`.
    """
    columns = (
        Column("tier", "by"), Column("class", "by"), *_DETAILS, Column("customers", "value", unit="count"),
        Column("share", "value", unit="share"), Column("amount", "value", unit="money"),
        Column("median_amount", "value", unit="money"),
    )  # fmt: skip
    asked = _asked(of, view)
    return replace(
        asked, answer=_TIERS, tables=(*asked.tables, "reps"), columns=columns, by=("tier", "class"),
        finish="customer_tiers",
    )  # fmt: skip


def misfits(of: str, view: View) -> Query:
    """Customers whose tier does not fit what they bring, first those below their worth, most money first.

    Columns: `customer`, `fit` (as of `tiers`), `tier`, `class`, `amount`, `region`, `rep`; at most MOST of each tier
    and class. `rows("amount", customer=…)` are their purchases. Args and errors: as `classes`.
    """
    columns = (Column("customer", "by"), *_DETAILS, Column("amount", "value", unit="money"))
    return replace(tiers(of, view), columns=columns, by=("customer",), finish="customer_misfits")


# ---------------------------------------------------------------------------------------------------------- finishing


def finished_classes(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The classes, A first, and what there is to say of all."""
    raw, of = frames[0], rfm.of_query(query)
    rfm.undated(query, frames, notes)
    whole = raw.filter(pl.col("kind") == "whole")
    if whole.height:
        row = whole.row(0, named=True)
        found = {"measure": of, "dimension": "customer"}
        known = note("hhi_unknown", **found) if row["hhi"] is None else None
        notes.append(known or note(f"hhi_{level(row['hhi'])}", hhi=f"{row['hhi']:,.1f}", **found))
        if row["below"]:
            notes.append(note("pareto_below", count=int(row["below"]), measure=of))
    if raw.filter(pl.col("kind") == "unassigned").height:
        notes.append(note("pareto_unnamed", measure=of, dimension="customer"))
    frame = raw.filter(pl.col("kind") == "class").sort("class")
    brought, count = pl.col("brought").cast(pl.Float64), pl.col("customers").cast(pl.Int64)
    return frame.select(
        "class", customers=count, share_customers=count / count.sum(), amount=pl.col("amount").cast(pl.Decimal(38, 4)),
        share=brought / pl.when(brought.sum() > 0).then(brought.sum()),
        average=pl.col("amount").cast(pl.Float64) / count,
    )  # fmt: skip


def finished_curve(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The largest few, then the points of the curve; nothing where nobody brings anything."""
    raw = frames[0]
    rfm.undated(query, frames, notes)
    whole = raw.filter(pl.col("kind") == "whole")
    of_all, of_whole = (float(whole.get_column(name).sum() or 0) for name in ("customers", "brought"))
    told = raw.filter(pl.col("kind").is_in(["top", "point"]), pl.lit(of_whole > 0))
    order = {name: number for number, name in enumerate(TOPS)}
    return (
        told.with_columns(number=pl.col("class").replace_strict(order, default=len(TOPS), return_dtype=pl.Int64))
        .sort("number", "customers")
        .select(
            top="class", largest=pl.col("customers").cast(pl.Int64),
            share_customers=pl.col("customers").cast(pl.Float64) / of_all if of_all else pl.lit(None, pl.Float64),
            amount=pl.col("brought").cast(pl.Decimal(38, 4)),
            share=pl.col("brought").cast(pl.Float64) / of_whole if of_whole else pl.lit(None, pl.Float64),
        )
    )  # fmt: skip


@cache
def _ladder() -> dict[str, int]:
    told = tomllib.loads(Path(__file__).with_name("tiers.toml").read_text("utf-8"))["ladder"]
    return {name: place for place, names in enumerate(told) for name in names}


def rungs_of(medians: Mapping[str, float | None]) -> list[list[str]]:
    """Tiers, the best first, those that stand alike together.

    As the names say where all are known, else by the median amount of their customers.
    """
    ladder = _ladder()
    is_known = all(name.strip().lower() in ladder for name in medians)
    at = {name: ladder[name.strip().lower()] if is_known else -(median or 0) for name, median in medians.items()}
    return [sorted(name for name in medians if at[name] == rung) for rung in sorted(set(at.values()))]


def halves(rungs: Sequence[Sequence[str]]) -> tuple[set[str], set[str]]:
    """The tiers on the upper and on the lower half of the rungs."""
    half = len(rungs) // 2
    high, low = rungs[:half], rungs[len(rungs) - half :]
    return {name for rung in high for name in rung}, {name for rung in low for name in rung}


def _ordered(raw: pl.DataFrame, notes: list[Note]) -> list[list[str]]:
    """The tiers in their order, by rungs; none, with the reason, where they cannot be put in one."""
    whole = raw.filter(pl.col("class").is_null(), pl.col("tier").is_not_null())
    if whole.is_empty():
        notes.append(note("no_tiers"))
        return []
    if whole.height > MOST_TIERS:
        notes.append(note("many_tiers", count=whole.height, most=MOST_TIERS))
        return []
    medians = dict(whole.select("tier", "median_amount").iter_rows())
    is_known = all(name.strip().lower() in _ladder() for name in medians)
    rungs = rungs_of(medians)
    order = " > ".join(" = ".join(rung) for rung in rungs)
    notes.append(note("tiers_known" if is_known else "tiers_by_median", order=order))
    return rungs


_SCHEMA: dict[str, Any] = {
    "tier": pl.String, "class": pl.String, "customers": pl.Int64, "share": pl.Float64, "amount": pl.Decimal(38, 4),
    "median_amount": pl.Float64, "is_high": pl.Boolean, "is_low": pl.Boolean, "fit": pl.String,
}  # fmt: skip


def finished_tiers(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Tiers and classes, the best tier first, those without a tier last."""
    raw = frames[0].filter(pl.col("kind") == "cell")
    rfm.undated(query, frames, notes)
    order = _ordered(raw, notes)
    if not order:
        return pl.DataFrame(schema=_SCHEMA)
    medians = raw.filter(pl.col("class").is_null()).select("tier", whole="customers", median_amount="median_amount")
    cells = raw.filter(pl.col("class").is_not_null()).drop("median_amount")
    frame = cells.join(medians, on="tier", how="left", nulls_equal=True, maintain_order="left")
    places = {name: number for number, name in enumerate(name for rung in order for name in rung)}
    frame = _fitting(frame, order).with_columns(
        share=pl.col("customers") / pl.col("whole"),
        number=pl.col("tier").replace_strict(places, default=len(places), return_dtype=pl.Int64),
    )
    return frame.sort("number", "class").select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _fitting(frame: pl.DataFrame, order: Sequence[Sequence[str]]) -> pl.DataFrame:
    """`is_high`, `is_low` and `fit` for rows with a tier and a class."""
    high, low = (pl.col("tier").is_in(sorted(half)).fill_null(value=False) for half in halves(order))
    below = (pl.col("class") == "A") & (low | pl.col("tier").is_null())
    above = pl.col("class").is_in(["C", "none"]) & high
    fit = pl.when(below).then(pl.lit("low")).when(above).then(pl.lit("high"))
    return frame.with_columns(is_high=high, is_low=low, fit=fit.otherwise(pl.lit(None, pl.String)))


def finished_misfits(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Those whose tier does not fit, and how many there are in all."""
    rfm.undated(query, frames, notes)
    by_kind = {name: frames[0].filter(pl.col("kind") == name) for name in ("cell", "customer")}
    order = _ordered(by_kind["cell"], notes)
    listed = by_kind["customer"] if order else by_kind["customer"].clear()
    fits = pl.col("fit").is_not_null()
    cells = _fitting(by_kind["cell"].filter(pl.col("class").is_not_null()), order).filter(fits)
    frame = _fitting(listed, order).filter(fits)
    count = int(cells.get_column("customers").sum()) if order else 0
    if count > frame.height:
        notes.append(note("misfits_most", count=count, shown=frame.height, most=MOST))
    down = [True, True, False]
    return frame.sort("fit", "amount", "customer", descending=down, nulls_last=True).select(*_LISTED)


_LISTED = ("customer", "fit", "tier", "class", "amount", "region", "rep")
FINISHES = {
    "customer_classes": finished_classes, "customer_curve": finished_curve, "customer_misfits": finished_misfits,
    "customer_tiers": finished_tiers,
}  # fmt: skip
"""By the name that a question gives its finish."""
