"""Why deals are lost, and where: the lost deals of a period by stage and by reason or competitor.

They are the very deals that the funnel of the period counts as lost in each stage (metrics/funnel_bases.py): the stage
is the furthest that a deal reached. Deals without a reason, and those of which nobody knows the stage, have rows of
their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.base import Step
from metrics.errors import MeasureNotBy
from metrics.funnel_bases import moves_of
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.proportions import differ, discoveries
from metrics.query import Column, Query, Role, from_file
from metrics.view import View

WHY = ("lost_reason", "competitor")
"""What is said of a lost deal."""
LEAST_LOST = 30
"""Deals of a noted reason that a stage must have lost, and the others, for its shares to be held against theirs."""
_ENDS: tuple[Role, ...] = ("low", "high", "n")


def losses(view: View, by: str = "lost_reason") -> Query:
    """The deals lost within the view's period, by stage and reason; without a period all.

    One row per pipeline, stage and value of `by` that occurs: `place` (null: nobody knows), `stage`, the deals that
    were `lost`, their `lost_amount`; `share` of all that were lost in the stage, with `.low .high .n`; `elsewhere`,
    that share in all other stages of the pipeline; and `is_beyond_chance` (Benjamini–Hochberg over all cells of stages
    with at least LEAST_LOST deals lost for a noted reason). `rows(place=3, lost_reason=None)` are the deals of a cell.

    Args:
        view: whose period (by closing) and filters apply. by: one of WHY.

    Raises:
        MeasureNotBy: another dimension is no reason.
    """
    if by not in WHY:
        raise MeasureNotBy(measure="lost_deals", dimension=by)
    asked = moves_of(view)
    *before, last = asked.steps
    lost = "select did.*, did.furthest as place\nfrom did\nwhere did.status_then = 'lost' and not did.is_undated"
    answer = (
        f"select pipeline, place, {by}, count(*) as lost, sum(coalesce(amount, 0)) as lost_amount,"
        f" count(*) filter (where amount <> 0) as priced\nfrom population\ngroup by pipeline, place, {by}"
    )
    columns = (
        *(Column(name, "by") for name in ("pipeline", "place", by)),
        *(Column(name, "detail") for name in ("stage", "rep_key", "customer_key")),
        Column("lost", "value", unit="count", agg="count"),
        Column("lost_amount", "value", unit="money", agg="sum", of="amount"),
        *(Column(name, "value", unit="share") for name in ("share", "elsewhere")),
        *(Column(f"share.{end}", end) for end in _ENDS),
        Column("is_beyond_chance", "flag"),
    )
    return replace(
        asked,
        steps=(*before, Step("did", last.sql), Step("population", lost)),
        answer=answer,
        columns=columns,
        by=("pipeline", "place", by),
        finish="losses",
        others=(from_file("funnel_stages", view),),
    )


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Stages in their order, in each the most frequent reason first; and which stand out."""
    raw, stages = frames
    by = query.by[-1]
    lost, priced = (int(raw.get_column(name).sum()) for name in ("lost", "priced"))
    if priced < lost:
        notes.append(note("lost_unpriced", count=lost - priced, of=lost))
    frame = raw.drop("priced").with_columns(pl.col("lost").cast(pl.Int64), pl.col("place").cast(pl.Int64))
    frame = frame.join(stages, on=["pipeline", "place"], how="left", nulls_equal=True)
    of_stage, of_line = pl.col("lost").sum().over("pipeline", "place"), pl.col("lost").sum().over("pipeline")
    of_why = pl.col("lost").sum().over("pipeline", by)
    frame = frame.with_columns(**{"share.n": of_stage, "rest": of_line - of_stage, "some": of_why - pl.col("lost")})
    low, high = wilson(pl.col("lost"), pl.col("share.n"))
    frame = frame.with_columns(
        share=pl.col("lost") / pl.col("share.n"),
        elsewhere=pl.col("some") / pl.when(pl.col("rest") > 0).then("rest"),
        **{"share.low": low, "share.high": high},
    )
    frame = frame.with_columns(is_beyond_chance=pl.Series(_stand_out(frame, by), dtype=pl.Boolean))
    order = pl.col("place").is_null(), pl.col("place"), pl.col("lost"), pl.col(by)
    frame = frame.sort("pipeline", *order, descending=[False, False, False, True, False], nulls_last=True)
    named = ["pipeline", "place", "stage", "label_en", "label_zh", by, "lost", "lost_amount"]
    return frame.select(*named, "share", "share.low", "share.high", "share.n", "elsewhere", "is_beyond_chance")


def _stand_out(frame: pl.DataFrame, by: str) -> list[bool]:
    """Which cells differ from the other stages beyond chance, all looked at together; unassigned ones are no claim.

    Only deals of which the reason is noted are compared: where it is noted from some stage on, every one of them would
    else seem to decide there.
    """
    is_noted = pl.col(by).is_not_null()
    noted = pl.col("lost").filter(is_noted).sum()
    of = noted.over("pipeline", "place")
    counts = frame.select(
        "lost", of.alias("of"), "some", (noted.over("pipeline") - of).alias("rest"),
        (is_noted & pl.col("place").is_not_null()).alias("is_known"),
    ).rows()  # fmt: skip
    return discoveries([
        differ(lost, of, some, rest) if is_known and min(of, rest) >= LEAST_LOST else None
        for lost, of, some, rest, is_known in counts
    ])  # fmt: skip
