"""Where deals go from each stage: on, over stages, back, to the win or the loss. Each move counts, a second one too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.intervals import wilson
from metrics.notes import Note
from metrics.period import FIRST
from metrics.query import Column, Query, from_file
from metrics.view import View

WENT = ("forward", "skipped", "back", "again", "won", "lost")
"""The kinds of moves, in the order in which they are shown."""


def moves(view: View) -> Query:
    """The moves made within the view's period; without a period all.

    One row per pipeline, stage (`place`, `stage`), kind (`went`, one of WENT) and stage moved to (`next_place`,
    `next_stage`; null for won and lost): `moves`, the `deals` that made them (one may do so twice), their `amount`,
    counted at each move, `share` of all moves out of the stage with `.low .high .n`, and `median_days` spent in it
    before. `rows("moves", place=2, went="back", next_place=1)` are the moves themselves.
    """
    period = view.period
    last = min(period.to_on, view.as_of) if period else view.as_of
    asked = from_file(
        "funnel_moves", view, has_period=period is not None, from_on=period.from_on if period else FIRST, to_on=last
    )
    columns = (
        *(Column(name, "by") for name in ("pipeline", "place", "went", "next_place")),
        *(Column(name, "detail") for name in ("stage", "next_stage", "rep_key", "customer_key")),
        Column("moves", "value", unit="count", agg="count"),
        Column("deals", "value", unit="count"),
        Column("amount", "value", unit="money", agg="sum", of="amount"),
        Column("share", "value", unit="share"),
        Column("share.low", "low", unit="share"),
        Column("share.high", "high", unit="share"),
        Column("share.n", "n", unit="count"),
        Column("median_days", "value", unit="days"),
    )
    return replace(
        asked,
        columns=columns,
        by=("pipeline", "place", "went", "next_place"),
        finish="moves",
        others=(from_file("funnel_stages", view),),
    )


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Stages in their order, in each the kinds in theirs, with names."""
    raw, stages = frames
    named = stages.with_columns(pl.col("place").cast(pl.Int64))
    frame = raw.with_columns(pl.col("place", "next_place", "moves", "deals").cast(pl.Int64))
    frame = frame.join(named, on=["pipeline", "place"], how="left", nulls_equal=True)
    nexts = named.select(
        "pipeline", *(pl.col(name).alias(f"next_{name}") for name in named.columns if name != "pipeline")
    )
    frame = frame.join(nexts, on=["pipeline", "next_place"], how="left", nulls_equal=True)
    out = pl.col("moves").sum().over("pipeline", "place")
    low, high = wilson(pl.col("moves"), out)
    frame = frame.with_columns(share=pl.col("moves") / out, **{"share.low": low, "share.high": high, "share.n": out})
    kind = pl.col("went").replace_strict({name: at for at, name in enumerate(WENT)}, return_dtype=pl.Int64)
    frame = frame.sort("pipeline", "place", kind, "next_place", nulls_last=True)
    labels = [f"{at}label_{lang}" for at in ("", "next_") for lang in ("en", "zh")]
    shown = ["share", "share.low", "share.high", "share.n", "median_days"]
    keys = ["pipeline", "place", "stage", "went", "next_place", "next_stage"]
    return frame.select(*keys, *labels, "moves", "deals", "amount", *shown)
