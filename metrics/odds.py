"""What open deals are worth by the company's own history: the share won of those that were in the same stage as long.

A deal that has stood in a stage for a days is like those that stood there for at least a days: of these, those that
were won in the end. Ages are looked at in steps (AGES). Small cells lean on larger ones: an age on its stage, a stage
on its pipeline (as if PRIOR deals more had ended like those), so that three lucky deals are no certainty. A pipeline
of fewer than LEAST_DECIDED decided deals has no odds, nor has one of which too few are known by their stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from metrics import shares
from metrics.catalog import measure
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.own_part import usual
from metrics.period import FIRST, LAST, Period
from metrics.query import Column, Query, from_file
from metrics.view import View

AGES = (0, 7, 14, 30, 60, 90, 180)
"""Days in a stage from which on a deal is held against others of at least that age."""
PRIOR = 10
"""Deals that a cell borrows from the one above it."""
LEAST_DECIDED, LEAST_KNOWN = 30, 0.9
"""Deals that a pipeline must have decided, and the part of them whose stages must be known."""


def odds(view: View, until: date | None = None) -> Query:
    """The share won by stage and age in it.

    One row per pipeline, stage and age: `from_days`, `decided`, `won`, `share` with `.low .high` as counted, `odds` as
    used, leaning on larger cells (null without enough history), `whole`, the share won of the pipeline's deals.

    Args:
        view: whose filters apply. until: only what was decided by then; by default the view's day.
    """
    last = until or view.at
    asked, whole = from_file("odds", view, until=last), from_file("odds_deals", view, until=last)
    return replace(asked, finish="odds", by=("pipeline", "stage", "from_days"), others=(whole,))


def weighted(view: View, day: date | None = None, due: Period | None = None, beside: Period | None = None) -> Query:
    """The open deals of a day by stage, weighted by history and by the CRM's own probabilities.

    One row per pipeline and stage, in their order: `deals`, `amount`, `by_history`, `by_crm` (null where the CRM says a
    probability for less than LEAST_KNOWN of the money), and the stage's labels. History is what was decided before
    that day, of everybody: neither filters nor a row scope choose odds.

    Args:
        view: whose filters apply. day: by default the day the view's stocks are read at.
        due: only deals expected to close in these days; by default all.
        beside: where all are asked about, the days whose coverage is asked beside them: one statement tells both.
    """
    at, told = day or view.at, due or beside or Period(FIRST, LAST)
    money = measure("open_amount")
    asked = from_file(
        "standing", view, day=at, is_bounded=due is not None, due_from=told.from_on, due_to=told.to_on
    )  # fmt: skip
    history = usual(odds(View(as_of=view.as_of), at - timedelta(days=1)))
    columns = (
        Column("pipeline", "by"),
        Column("stage", "by"),
        Column("deals", "value", "open_deals", "count", "count"),
        *(Column(name, "value", money.id, "money") for name in ("amount", "by_history", "by_crm")),
    )
    return replace(
        asked,
        finish="weighted",
        columns=columns,
        by=("pipeline", "stage"),
        others=(*history.parts, from_file("funnel_stages", view)),
        **shares.split(money, (name for name, _ in view.filters)),
    )


# ---------------------------------------------------------------------------------------------------------- finishing


def finished_odds(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Counted per day of age, read as "at least so long"."""
    low, high = wilson(pl.col("won"), pl.col("decided"))
    return table_of(*frames).with_columns(
        share=pl.col("won") / pl.when(pl.col("decided") > 0).then("decided"), **{"share.low": low, "share.high": high}
    )


def table_of(history: pl.DataFrame, deals: pl.DataFrame) -> pl.DataFrame:
    """pipeline, stage, from_days, decided, won, odds, and `whole`, the share won of the pipeline's decided deals.

    Args:
        history: pipeline, stage, days (null: nobody knows how long), decided, won: visits by their length; `furthest`,
            how many of them are the furthest of their deal: as many deals are known by their stages.
        deals: pipeline, decided, won: deals.
    """
    keys = ["pipeline", "stage"]
    at_least = [
        history.filter((pl.col("days") >= age) | (pl.lit(age == 0) & pl.col("days").is_null()))
        .group_by(keys)
        .agg(pl.col("decided", "won").sum().cast(pl.Int64))
        .with_columns(from_days=pl.lit(age, pl.Int64))
        for age in AGES
    ]
    is_enough = (pl.col("decided") >= LEAST_DECIDED) & (pl.col("known") >= LEAST_KNOWN * pl.col("decided"))
    known = history.group_by("pipeline").agg(known=pl.col("furthest").sum())
    told = deals.join(known, on="pipeline", how="left", nulls_equal=True).with_columns(pl.col("known").fill_null(0))
    whole = told.select("pipeline", whole=pl.when(is_enough).then(pl.col("won") / pl.col("decided")))
    table = pl.concat(at_least).join(whole, on="pipeline", how="left", nulls_equal=True)
    of_stage = (pl.col("won") + PRIOR * pl.col("whole")) / (pl.col("decided") + PRIOR)
    stages = table.filter(pl.col("from_days") == 0).select(*keys, of_stage=of_stage)
    leaning = (pl.col("won") + PRIOR * pl.col("of_stage")) / (pl.col("decided") + PRIOR)
    return (
        table.join(stages, on=keys, nulls_equal=True)
        .with_columns(odds=pl.when(pl.col("from_days") == 0).then("of_stage").otherwise(leaning))
        .select(*keys, "from_days", "decided", "won", "odds", "whole")
        .sort(*keys, "from_days", nulls_last=True)
    )


def with_odds(standing: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Rows with `pipeline`, `stage` and `age` (days, null: unknown), and the `odds` that history gives them.

    A stage that nobody has ever left has the odds of its pipeline; without enough history `odds` is null.
    """
    aged = standing.with_columns(pl.col("age").fill_null(0).clip(0).cast(pl.Int64))
    stages = table.filter(pl.col("from_days") == 0).select("pipeline", "stage", of_stage="odds")
    return looked_up(aged, pl.col("age"), table, "odds", stages)


def stepped(days: pl.Expr) -> pl.Expr:
    """The step of AGES that an age in days belongs to; unknown ages belong to the first."""
    known = days.fill_null(0).clip(0)
    return pl.max_horizontal(pl.when(known >= age).then(pl.lit(age, pl.Int64)) for age in AGES)


def looked_up(rows: pl.DataFrame, days: pl.Expr, table: pl.DataFrame, value: str, stages: pl.DataFrame) -> pl.DataFrame:
    """Rows with the `value` of their pipeline, stage and age; else that of the stage, else `whole`, of the pipeline.

    Args:
        rows: with pipeline and stage. days: their age.
        table: pipeline, stage, from_days, the value, whole. stages: pipeline, stage, of_stage.
    """
    keys = ["pipeline", "stage"]
    joined = (
        rows.with_row_index("row")
        .with_columns(from_days=stepped(days))
        .join(table.select(*keys, "from_days", value), on=[*keys, "from_days"], how="left", nulls_equal=True)
        .join(stages, on=keys, how="left", nulls_equal=True)
        .join(table.select("pipeline", "whole").unique(), on="pipeline", how="left", nulls_equal=True)
    )
    known = {value: pl.coalesce(value, "of_stage", "whole")}
    return joined.sort("row").with_columns(**known).drop("row", "from_days", "of_stage", "whole")


def finished_weighted(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Money times odds, by stage."""
    return by_stage(frames, notes)


def by_stage(frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Money times odds, by stage, from open deals, the two of history, and the stages in their order."""
    standing, history, deals, stages = frames
    weighed = with_odds(standing, table_of(history, deals)).with_columns(
        by_history=pl.col("amount").cast(pl.Float64) * pl.col("odds")
    )
    if weighed.height and weighed.get_column("odds").null_count():
        notes.append(note("no_odds", least=LEAST_DECIDED))
    if weighed.height and weighed.get_column("rebuilt").sum():
        notes.append(note("reconstructed", measure="open_amount"))
    worded, amount = (float(weighed.get_column(name).sum() or 0) for name in ("amount_with_probability", "amount"))
    has_word = worded > 0 and worded >= LEAST_KNOWN * amount
    summed = weighed.group_by("pipeline", "stage").agg(
        pl.col("deals").sum(),
        pl.col("amount").sum(),
        pl.when(pl.col("odds").is_not_null().all()).then(pl.col("by_history").sum()).alias("by_history"),
        pl.when(pl.lit(has_word)).then(pl.col("by_crm").sum()).alias("by_crm"),
    )
    named = summed.join(stages, on=["pipeline", "stage"], how="left", nulls_equal=True)
    return named.sort("pipeline", "place", "stage", nulls_last=True)


def brier(odds_of: pl.Expr, is_won: pl.Expr) -> pl.Expr:
    """The mean squared distance between odds and what came: 0 is certainty, 0.25 a coin. Source: G. W. Brier (1950)."""
    return ((odds_of - is_won.cast(pl.Float64)) ** 2).mean()
