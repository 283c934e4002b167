"""What open deals are worth by the company's own history: the share won of those that were in the same stage as long.

A deal that has stood in a stage for a days is like those that stood there for at least a days: of these, those that
were won in the end. Ages are looked at in steps (AGES). Small cells lean on larger ones: an age on its stage, a stage
on the whole (as if PRIOR deals more had ended like those), so that three lucky deals are no certainty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from metrics import shares
from metrics.catalog import measure
from metrics.intervals import wilson
from metrics.notes import Note
from metrics.query import Column, Query, from_file
from metrics.view import View

AGES = (0, 7, 14, 30, 60, 90, 180)
"""Days in a stage from which on a deal is held against others of at least that age."""
PRIOR = 10
"""Deals that a cell borrows from the one above it."""


def odds(view: View, until: date | None = None) -> Query:
    """The share won by stage and age in it.

    One row per pipeline, stage and age: `from_days`, `decided`, `won`, `share` with `.low .high` as counted, `odds` as
    used, leaning on larger cells.

    Args:
        view: whose filters apply. until: only what was decided by then; by default the view's day.
    """
    return replace(
        from_file("odds", view, until=until or view.at), finish="odds", by=("pipeline", "stage", "from_days")
    )


def weighted(view: View, day: date | None = None) -> Query:
    """The open deals of a day by stage, weighted by history and by the CRM's own probabilities.

    One row per pipeline and stage, in their order: `deals`, `amount`, `by_history`, `by_crm` (null where the CRM says
    none), and the stage's labels. History is what was decided before that day, of everyone in the viewer's scope: the
    view's filters choose deals, not odds.

    Args:
        view: whose filters apply. day: by default the day the view's stocks are read at.
    """
    at = day or view.at
    money = measure("open_amount")
    asked = from_file("standing", view, day=at)
    history = odds(View(as_of=view.as_of), at - timedelta(days=1))
    columns = (
        Column("pipeline", "by"),
        Column("stage", "by"),
        Column("deals", "value", "open_deals", "count", "count"),
        *(Column(name, "value", money.id, "money") for name in ("amount", "by_history", "by_crm")),
    )
    shared = shares.among((money,), (name for name, _ in view.filters))
    return replace(
        asked,
        finish="weighted",
        columns=columns,
        by=("pipeline", "stage"),
        others=(history, from_file("funnel_stages", view)),
        shared=shared,
    )


# ---------------------------------------------------------------------------------------------------------- finishing


def finished_odds(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Counted per day of age, read as "at least so long"."""
    low, high = wilson(pl.col("won"), pl.col("decided"))
    return table_of(frames[0]).with_columns(
        share=pl.col("won") / pl.when(pl.col("decided") > 0).then("decided"), **{"share.low": low, "share.high": high}
    )


def table_of(history: pl.DataFrame) -> pl.DataFrame:
    """pipeline, stage, from_days, decided, won, odds: from visits counted per day of their length.

    Args:
        history: pipeline, stage, days (null: nobody knows how long), decided, won.
    """
    keys = ["pipeline", "stage"]
    at_least = [
        history.filter((pl.col("days") >= age) | (pl.lit(age == 0) & pl.col("days").is_null()))
        .group_by(keys)
        .agg(pl.col("decided", "won").sum().cast(pl.Int64))
        .with_columns(from_days=pl.lit(age, pl.Int64))
        for age in AGES
    ]
    table = pl.concat(at_least)
    first = table.filter(pl.col("from_days") == 0)
    decided, won = (int(first.get_column(name).sum()) for name in ("decided", "won"))
    whole = won / decided if decided else 0.0
    stages = first.select(*keys, of_stage=(pl.col("won") + PRIOR * whole) / (pl.col("decided") + PRIOR))
    leaning = (pl.col("won") + PRIOR * pl.col("of_stage")) / (pl.col("decided") + PRIOR)
    return (
        table.join(stages, on=keys, nulls_equal=True)
        .with_columns(odds=pl.when(pl.col("from_days") == 0).then("of_stage").otherwise(leaning))
        .select(*keys, "from_days", "decided", "won", "odds")
        .sort(*keys, "from_days", nulls_last=True)
    )


def with_odds(standing: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Rows with `pipeline`, `stage` and `age` (days, null: unknown), and the `odds` that history gives them.

    A stage that nobody has ever left has the odds of all; without any history `odds` is null.
    """
    decided = table.filter(pl.col("from_days") == 0).select(pl.col("decided", "won").sum())
    whole = decided.item(0, "won") / decided.item(0, "decided") if table.height and decided.item(0, "decided") else None
    aged = standing.with_row_index("row").with_columns(pl.col("age").fill_null(0).clip(0).cast(pl.Int64))
    step = pl.max_horizontal(pl.when(pl.col("age") >= age).then(age) for age in AGES).cast(pl.Int64)
    joined = aged.with_columns(from_days=step).join(
        table.select("pipeline", "stage", "from_days", "odds"), on=["pipeline", "stage", "from_days"], how="left",
        nulls_equal=True,
    )  # fmt: skip
    stages = table.filter(pl.col("from_days") == 0).select("pipeline", "stage", of_stage="odds")
    joined = joined.join(stages, on=["pipeline", "stage"], how="left", nulls_equal=True)
    known = pl.coalesce("odds", "of_stage", pl.lit(whole, pl.Float64))
    return joined.sort("row").with_columns(odds=known).drop("row", "from_days", "of_stage")


def finished_weighted(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Money times odds, by stage."""
    standing, history, stages = frames
    weighed = with_odds(standing, table_of(history)).with_columns(
        by_history=pl.col("amount").cast(pl.Float64) * pl.col("odds")
    )
    has_odds = pl.col("amount_with_probability").fill_null(0) > 0
    summed = weighed.group_by("pipeline", "stage").agg(
        pl.col("deals").sum(),
        pl.col("amount").sum(),
        pl.when(pl.col("odds").is_not_null().all()).then(pl.col("by_history").sum()).alias("by_history"),
        pl.when(has_odds.any()).then(pl.col("by_crm").sum()).alias("by_crm"),
    )
    named = summed.join(stages, on=["pipeline", "stage"], how="left", nulls_equal=True)
    return named.sort("pipeline", "place", "stage", nulls_last=True)


def brier(odds_of: pl.Expr, is_won: pl.Expr) -> pl.Expr:
    """The mean squared distance between odds and what came: 0 is certainty, 0.25 a coin. Source: G. W. Brier (1950)."""
    return ((odds_of - is_won.cast(pl.Float64)) ** 2).mean()
