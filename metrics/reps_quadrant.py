"""Results beside the work that brings the next ones: who reaches the goal, and who has the pipeline to do so again.

Result is what was reached ÷ what is due by now (the part of the target that falls on the working days gone by); where
nobody has a target, what was reached ÷ the mean of the peers. From 1 on it is strong. Process is the share of the peers
that somebody is ahead of, the mean over the measures of the process; equal ones count half. From a half on it is
strong. So who reached the goal by one large deal, with few new ones and little open, is strong in results only.

As how many deals of one size the amount counts is (Σa)² ÷ Σa²: Kish's effective number.

Source: L. Kish (1965), Survey Sampling, §11.7.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from metrics.catalog import Measure, measure
from metrics.held import remembered
from metrics.notes import Note, note
from metrics.query import Column, Query
from metrics.reps import PEERS, PROCESS, Peers, asked_of, columns_of, compared, made, measures_of
from metrics.reps_evidence import counted, evidence
from metrics.view import View

POSITIONS = ("both", "result_only", "process_only", "neither")
STRONG_RESULT, STRONG_PROCESS = 1.0, 0.5


def quadrant(
    view: View, result: str = "attainment", process: Sequence[str] = PROCESS, peers: Peers = "company"
) -> Query:
    """One row per salesperson: `rep`, `team`, `is_partly`, the measures, and where they stand.

    Columns: `result` (reached ÷ due, or ÷ the mean of the peers), `process` (0–1), `stands_in` (POSITIONS; null where
    either is not known), `deals_alike` (as how many deals of one size the result counts; null where that is not known),
    `is_thin` (some of the process lies below the others beyond chance, and none above) and each measure with `.rank`
    and `.is_apart`.

    Args:
        result: an attainment, or a measure that adds up. process: measures of the work. peers: who is compared.

    Raises:
        UnknownMeasure. MeasureNotBy: none is by salesperson. NothingAsked.
    """
    first = measure(result)
    spare = (counted(first, view),) if first.goal_of is not None else ()
    asked = measures_of((first, *spare, *process))
    inner = asked_of(asked, view)
    columns = [Column("rep", "by"), Column("team", "detail"), Column("is_partly", "detail")]
    columns += [Column("result", "value", unit="share"), Column("process", "value", unit="share")]
    columns += [Column("stands_in", "detail"), Column("deals_alike", "value", unit="number"), Column("is_thin", "flag")]
    for one in asked:
        kept = ("", ".rank", ".is_apart", ".target", ".n")
        columns += [column for column in columns_of(one, inner) if column.name.removeprefix(one.id) in kept]
    return made(inner, asked, view, columns, f"rep_quadrant_{peers}")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Everybody with results and process, the strongest results first."""
    frame = compared(query, frames, notes)
    view = query.view or View(as_of=date.max)
    first, *rest = query.measures
    result = _result(frame, first, rest, view, notes)
    process = _process_of(query.measures, view)
    frame = frame.with_columns(result.alias("result"), _ahead(frame, process, query.finish.rpartition("_")[2]))
    strong, busy = pl.col("result") >= STRONG_RESULT, pl.col("process") >= STRONG_PROCESS
    place = (
        pl.when(strong & busy).then(pl.lit("both")).when(strong & ~busy).then(pl.lit("result_only"))
        .when(~strong & busy).then(pl.lit("process_only")).when(~strong & ~busy).then(pl.lit("neither"))
    )  # fmt: skip
    known = evidence(counted(first, view), frame, view)
    value, squares = (pl.Series(part, nan_to_null=True) for part in (known.value, known.squares))
    alike = pl.DataFrame({"value": value, "squares": squares}).select(
        pl.when((pl.col("value") > 0) & (pl.col("squares") > 0)).then(pl.col("value") ** 2 / pl.col("squares"))
    )
    frame = frame.with_columns(
        place.alias("stands_in"), alike.to_series().alias("deals_alike"), _is_thin(process).alias("is_thin")
    )
    frame = frame.filter(pl.col("rep").is_not_null())
    frame = frame.sort("result", "rep", descending=[True, False], nulls_last=True)
    return frame.select(column.name for column in query.columns)


def _process_of(asked: Sequence[Measure], view: View) -> list[Measure]:
    """The measures of the process: all but the result, and what an attainment counts."""
    first = asked[0]
    return [one for one in asked[1:] if one != counted(first, view)]


def _result(frame: pl.DataFrame, first: Measure, rest: Sequence[Measure], view: View, notes: list[Note]) -> pl.Series:
    """What was reached ÷ what is due by now, else ÷ the mean of the peers."""
    if first.goal_of is not None and frame.get_column(first.id).null_count() < frame.height:
        pace = frame.get_column(f"{first.id}.pace")
        return pace if pace.null_count() < frame.height else frame.get_column(first.id)
    of = counted(first, view)
    if first.goal_of is not None and of in rest:
        told = {"no_target", "no_target_of_all", "no_target_by", "target_needs_period"}
        notes[:] = [said for said in notes if said.code not in told]
        notes.append(note("quadrant_no_targets", measure=of.id))
    usual = pl.when(pl.col(f"{of.id}.peers") > 0).then(f"{of.id}.peers")
    return frame.select((pl.col(of.id).cast(pl.Float64) / usual).alias("result")).to_series()


def _ahead(frame: pl.DataFrame, process: Sequence[Measure], peers: str) -> pl.Series:
    """The share of the peers that each is ahead of, the mean over the measures; null for nobody's peers."""
    named = frame.get_column("rep").is_not_null() & ~frame.get_column("has_nothing")
    group = pl.lit("") if peers == "company" else pl.col(peers)
    found = frame.select(pl.when(named).then(group).alias("peers"), *(one.id for one in process))
    shares = []
    for one in process:
        value = pl.col(one.id).cast(pl.Float64) * (-1 if one.better == "lower" else 1)
        value = pl.when(pl.col("peers").is_not_null()).then(value)
        before = value.rank("average", descending=False).over("peers") - 1
        others = value.count().over("peers") - 1
        shares.append((before / pl.when(others > 0).then(others)).alias(one.id))
    mean = found.select(pl.mean_horizontal(shares) if shares else pl.lit(None, pl.Float64)).to_series()
    return pl.Series("process", np.where(named, mean.fill_null(np.nan).to_numpy(), np.nan), nan_to_null=True)


def _is_thin(process: Sequence[Measure]) -> pl.Expr:
    """Whether some of the process lies behind the others beyond chance, and none ahead of them."""
    behind, ahead = [], []
    for one in process:
        sign = -1 if one.better == "lower" else 1
        gap = sign * (pl.col(one.id).cast(pl.Float64) - pl.col(f"{one.id}.others"))
        apart = pl.col(f"{one.id}.is_apart").fill_null(value=False)
        behind.append(apart & (gap < 0).fill_null(value=False))
        ahead.append(apart & (gap > 0).fill_null(value=False))
    return pl.any_horizontal(behind) & ~pl.any_horizontal(ahead) if behind else pl.lit(value=False)


FINISHES = dict.fromkeys((f"rep_quadrant_{peers}" for peers in PEERS), remembered(finished))
"""By the name that a question gives its finish (metrics/finish.py)."""
