"""Who buys again, and after how long: the first time, the second, and so on.

A pause runs from a day on which a customer bought to the next such day (two orders of one day are one purchase). Those
without a next one have not returned *yet*: they count as long as they have lasted (Kaplan and Meier,
metrics/survival.py), since to leave them out would make every pause too short and all customers loyal. Of the first
purchase on record, the second and so on, each by itself: who buys often would otherwise speak for everybody.

    repeat_rate   pauses that are over ÷ all (Wilson): what has happened so far, recent customers included
    median_days   by when half have bought again, p75_days three quarters; "—" where fewer have
    within_n      share that has bought again n days after; "—" where fewer than LEAST_FOLLOWED were followed so long

The interval of a median is where the band of the curve crosses the half.

Sources: E. L. Kaplan and P. Meier (1958), JASA 53:457–481; R. Brookmeyer and J. Crowley (1982), Biometrics 38:29–41
(interval of a median); log-log band by J. D. Kalbfleisch and R. L. Prentice (1980).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from metrics import purchases
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.query import Column, Query, Step
from metrics.survival import kaplan_meier_by, lasting
from metrics.view import View

MOST = 5
"""Pauses after the first to so many purchases."""
WITHIN = (30, 60, 90, 180, 365)
LEAST, LEAST_FOLLOWED = 20, 10
"""Pauses from which on a curve is drawn; pauses followed as long as a share is told for, where not all are over."""
_CURVE: dict[str, Any] = {
    "purchase": pl.Int64, "days": pl.Int64, "at_risk": pl.Int64, "again": pl.Float64, "again.low": pl.Float64,
    "again.high": pl.Float64,
}  # fmt: skip


def repeat(measure_id: str, view: View) -> Query:
    """After each of the first MOST purchases: how many bought again, and how long that took.

    One row per `purchase` (1: from the first to the second): `pauses`, `again`, `repeat_rate` with `.low .high .n`,
    `median_days` and `p75_days` with `.low .high`, `within_30` … `within_365` with `.low .high` (null beyond what has
    been followed). `rows("again", purchase=1)` are the pauses.

    Args:
        measure_id: "revenue" (orders) or "won_amount" (deals won).
        view: its day and filters, which choose the purchases that pauses begin with; what ends them, and their
            numbers, are of all that the viewer may see. Where its period begins does not matter.

    Raises:
        NotShared: another measure.
    """
    ended = "population.in_again = 1"
    columns = (
        Column("purchase", "by"), Column("customer_key", "detail"),
        Column("pauses", "value", unit="count"), Column("again", "value", unit="count", where=ended),
        Column("repeat_rate", "value", unit="share"), Column("repeat_rate.low", "low", unit="share"),
        Column("repeat_rate.high", "high", unit="share"), Column("repeat_rate.n", "n"),
        *(column for name in ("median_days", "p75_days") for column in _with_ends(name, "days")),
        *(column for days in WITHIN for column in _with_ends(f"within_{days}", "share")),
    )  # fmt: skip
    return replace(_asked(measure_id, view), columns=columns, by=("purchase",), finish="repeat")


def _with_ends(name: str, unit: str) -> tuple[Column, ...]:
    return (
        Column(name, "value", unit=unit), Column(f"{name}.low", "low", unit=unit),
        Column(f"{name}.high", "high", unit=unit),
    )  # fmt: skip


def curve(measure_id: str, view: View) -> Query:
    """The share that has bought again after each number of days, for each of the first MOST purchases.

    Columns: `purchase`, `days`, `at_risk`, `again` with `.low .high`. `rows("again", purchase=…)` are those who did.
    Args and errors: as `repeat`.
    """
    columns = (
        Column("purchase", "by"), Column("customer_key", "detail"),
        Column("again", "value", unit="share", where="population.in_again = 1"),
        Column("again.low", "low", unit="share"), Column("again.high", "high", unit="share"),
        Column("at_risk", "value", unit="count"),
    )  # fmt: skip
    return replace(_asked(measure_id, view), columns=columns, by=("purchase",), finish="repeat_curve")


def _asked(measure_id: str, view: View) -> Query:
    asked = purchases.asked("pauses", measure_id, view, day=view.at, most=MOST)
    if view.is_filtered:
        return asked
    every = Step("chosen", "select days.customer_key, days.bought_on from days")  # asked of millions of rows, once
    return replace(asked, steps=tuple(every if step.name == "chosen" else step for step in asked.steps))


# ---------------------------------------------------------------------------------------------------------- finishing


def _pauses(raw: pl.DataFrame, notes: list[Note], query: Query) -> pl.DataFrame:
    """Pauses as Kaplan and Meier take them; what has no customer is said."""
    nobody = raw.filter(pl.col("purchase").is_null()).get_column("silent").sum()
    if nobody:
        notes.append(note("pauses_unassigned", count=int(nobody)))
    if query.view is not None and query.view.is_filtered:
        notes.append(note("pauses_filtered"))
    elif isinstance(begun := raw.get_column("begun_on").min(), date):
        notes.append(note("pauses_begun", day=begun))
    known = raw.filter(pl.col("purchase").is_not_null())
    both = (
        known.select("purchase", "days", pl.lit(is_over).cast(pl.Int64).alias("is_over"), pl.col(name).alias("n"))
        for name, is_over in (("again", True), ("silent", False))
    )
    return pl.concat(both).filter(pl.col("n") > 0)


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """One row per purchase that anybody made."""
    times = _pauses(frames[0], notes, query)
    curves = kaplan_meier_by(times, ("purchase",)).sort("purchase", "days")
    rows = []
    for number in times.get_column("purchase").unique().sort().to_list():
        own, line = (frame.filter(pl.col("purchase") == number) for frame in (times, curves))
        again = int(own.filter(pl.col("is_over") == 1).get_column("n").sum())
        row: dict[str, Any] = {"purchase": number, "pauses": int(own.get_column("n").sum()), "again": again}
        row |= _by_when("median_days", line, 0.5) | _by_when("p75_days", line, 0.75)
        for days in WITHIN:
            row |= _within(f"within_{days}", line, own, days)
        rows.append(row)
    kinds = dict.fromkeys(("purchase", "pauses", "again"), pl.Int64) | {
        column.name: pl.Int64 if "days" in column.name else pl.Float64
        for column in query.columns
        if column.name.startswith(("median_days", "p75_days", "within_"))
    }
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    low, high = wilson(pl.col("again"), pl.col("pauses"))
    frame = frame.with_columns(
        (pl.col("again") / pl.col("pauses")).alias("repeat_rate"), low.alias("repeat_rate.low"),
        high.alias("repeat_rate.high"), pl.col("pauses").alias("repeat_rate.n"),
    )  # fmt: skip
    return frame.select(column.name for column in query.columns if column.name in frame.columns)


def _by_when(name: str, line: pl.DataFrame, over: float) -> dict[str, int | None]:
    """The day by which the share `over` has bought again, and where the band of the curve crosses it."""
    low = lasting(line.with_columns(share=pl.col("low").fill_null(pl.col("share"))), over)
    high = lasting(line.with_columns(share=pl.col("high").fill_null(1.0)), over)
    return {name: lasting(line, over), f"{name}.low": low, f"{name}.high": high}


def _within(name: str, line: pl.DataFrame, own: pl.DataFrame, days: int) -> dict[str, float | None]:
    """The share that has bought again by then; nothing where too few have been followed so long."""
    followed = int(own.filter(pl.col("days") >= days).get_column("n").sum())
    unknown = int(own.filter((pl.col("days") < days) & (pl.col("is_over") == 0)).get_column("n").sum())
    until = line.filter(pl.col("days") <= days)
    share, low, high = (1.0, None, None) if until.is_empty() else until.select("share", "low", "high").row(-1)
    if unknown and followed < LEAST_FOLLOWED:
        return dict.fromkeys((name, f"{name}.low", f"{name}.high"))
    ends = (None, None) if low is None else (1 - high, 1 - low)
    return {name: 1 - share, f"{name}.low": ends[0], f"{name}.high": ends[1]}


def finished_curve(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The curves of purchases with enough pauses."""
    times = _pauses(frames[0], notes, query)
    many = times.group_by("purchase").agg(pl.col("n").sum()).filter(pl.col("n") >= LEAST).get_column("purchase")
    lines = kaplan_meier_by(times.filter(pl.col("purchase").is_in(many.to_list())), ("purchase",))
    return (
        lines.sort("purchase", "days")
        .with_columns(again=1 - pl.col("share"), **{"again.low": 1 - pl.col("high"), "again.high": 1 - pl.col("low")})
        .select(pl.col(name).cast(kind) for name, kind in _CURVE.items())
    )
