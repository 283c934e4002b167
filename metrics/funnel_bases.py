"""The funnel on its two other bases: what was done within a period, and what stands in the stages on a day.

Three shares look alike and say different things, so each has a question and a name of its own:

- cohort (`metrics.funnel.funnel`): of the deals created in a period, those that have moved on since;
- period (`moved`): of the deals decided in a stage within a period, whenever they were created, those that moved on;
- snapshot (`standing`): what stands in a stage today for each deal in the stage before. That is no conversion: it says
  how long deals stay, and multiplied along the stages it says nothing at all.

Over all time the period's shares are the cohort's of decided deals. On every basis deals of which nobody knows a stage
have a row of their own, and nothing after the view's day is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.catalog import Dimension, dimension
from metrics.funnel import HERE, said_of_no_stage, split_by, without_rates
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.period import FIRST, LAST
from metrics.query import Column, Query, Role, from_file
from metrics.view import View

_DATED = "not population.is_undated"
_BEHIND = {  # a number of a stage: its rows in the population of the question
    "at_start": "population.was = $at_place and population.furthest is not null"
    f" or ($at_place is null and {HERE} and population.was > 0)",
    "entered": "population.was < $at_place and population.furthest >= $at_place"
    f" or ($at_place is null and {HERE} and population.was = 0)",
    "moved_on": "population.was <= $at_place and population.furthest > $at_place"
    f" or ($at_place is null and {HERE} and population.status_then = 'won')",
    "lost": f"{HERE} and population.status_then = 'lost'",
    "at_end": f"{HERE} and population.status_then = 'open'",
}
_DECIDED = (
    "population.was <= $at_place and (population.furthest > $at_place"
    " or (population.furthest = $at_place and population.status_then = 'lost'))"
)
_ENDS: tuple[Role, ...] = ("low", "high", "n")


def moved(view: View, by: str | Dimension | None = None) -> Query:
    """What was done in each stage within the view's period, by deals of any age; without a period in all time.

    One row per pipeline, value of `by` and open stage: `pipeline`, `place`, `stage`, then the deals `at_start` (open,
    got this far before), `entered`, `moved_on`, `lost` (each within the period) and `at_end`; at_start + entered =
    moved_on + lost + at_end. `entered_amount`…: their money. `decided`: moved on ÷ (moved on + lost), with
    `.low .high .n`. Deals of which nobody knows a stage have a row with `place` null.

    Raises:
        MeasureNotBy: deals cannot be cut by this dimension.
    """
    asked = moves_of(view)
    dim = dimension(by) if by is not None else None
    if dim is not None:
        asked = split_by(asked, dim)
    names = (dim.id,) if dim is not None else ()
    behind = {name: f"{_DATED} and ({where})" for name, where in _BEHIND.items()}
    columns = (
        *(Column(name, "by") for name in ("pipeline", *names, "place")),
        *(Column(name, "detail") for name in ("stage", "rep_key", "customer_key")),
        *(Column(name, "value", unit="count", agg="count", where=where) for name, where in behind.items()),
        Column("decided", "value", unit="share", where=f"{_DATED} and {_DECIDED}"),
        *(Column(f"decided.{end}", end) for end in _ENDS),
        *(Column(f"{name}_amount", "value", unit="money") for name in _BEHIND),
    )
    return replace(
        asked,
        columns=columns,
        by=("pipeline", *names, "place"),
        finish="funnel_moved",
        others=(from_file("funnel_stages", view),),
        notes=(note("as_known_now"),) if view.is_past else (),
    )


def moves_of(view: View) -> Query:
    """The deals that were open on some day of the period: where they were at its start, and how far they came."""
    period = view.period
    last = min(period.to_on, view.as_of) if period else view.as_of
    return from_file(
        "funnel_period", view, has_period=period is not None, from_on=period.from_on if period else FIRST, to_on=last
    )


def standing(view: View) -> Query:
    """The open deals of the view's day by the stage they stand in: no conversion.

    One row per pipeline and open stage: `pipeline`, `place`, `stage`, `deals`, `amount`, and `ratio`: these ÷ those in
    the stage before (null in the first, and after an empty one). Deals whose stage nobody knows have a row with `place`
    null. Each deal counts in the one stage where it stands, however far it was before.
    """
    asked = from_file("standing", view, day=view.at, is_bounded=False, due_from=FIRST, due_to=LAST)
    columns = (
        *(Column(name, "by") for name in ("pipeline", "stage")),
        Column("deals", "value", unit="count", agg="count"),
        Column("amount", "value", unit="money", agg="sum", of="amount"),
        Column("ratio", "value", unit="share"),
    )
    return replace(
        asked,
        columns=columns,
        by=("pipeline", "stage"),
        finish="funnel_standing",
        others=(from_file("funnel_stages", view),),
    )


# ---------------------------------------------------------------------------------------------------------- finishing


def finished_moved(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Every stage in its order, with what was done in it."""
    raw, stages = frames
    keys = list(query.by[:-1])
    undated = int(raw.filter("is_undated").get_column("deals").sum())
    if undated:
        notes.append(note("moves_undated", count=undated))
    done = raw.filter(~pl.col("is_undated"))
    places = done.select(keys).unique(maintain_order=True).sort(keys, nulls_last=True)
    frame = places.join(stages, on="pipeline", nulls_equal=True, maintain_order="left_right")
    known = done.filter(pl.col("furthest").is_not_null())
    counted = _counted(known, frame.select(*keys, "place"))
    frame = _with_shares(frame.join(counted, on=[*keys, "place"], nulls_equal=True, how="left"))
    unknown = _of_no_stage(done, keys)
    if unknown.height:
        notes += said_of_no_stage(done, unknown.rename({"at_end": "still_there"}))
        frame = pl.concat([without_rates(frame, unknown, keys), unknown], how="diagonal_relaxed")
    return frame.sort([*keys, "place"], nulls_last=True, maintain_order=True)


def _counted(done: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Deals and money of each stage, from where deals were and how far they came."""
    keys = [name for name in places.columns if name != "place"]
    met = places.join(done, on=keys, how="left", nulls_equal=True)
    was, then, place = pl.col("was"), pl.col("furthest"), pl.col("place")
    which = {
        "at_start": was == place,
        "entered": (was < place) & (then >= place),
        "moved_on": (was <= place) & (then > place),
        "lost": (then == place) & (pl.col("status") == "lost"),
        "at_end": (then == place) & (pl.col("status") == "open"),
    }
    deals = [pl.col("deals").filter(kept).sum().alias(name) for name, kept in which.items()]
    money = [pl.col("amount").filter(kept).sum().alias(f"{name}_amount") for name, kept in which.items()]
    return met.group_by([*keys, "place"], maintain_order=True).agg(*deals, *money)


def _with_shares(frame: pl.DataFrame) -> pl.DataFrame:
    some, of = pl.col("moved_on"), pl.col("moved_on") + pl.col("lost")
    low, high = wilson(some, of)
    share = some / pl.when(of > 0).then(of)
    return frame.with_columns(
        share.alias("decided"), low.alias("decided.low"), high.alias("decided.high"), of.alias("decided.n")
    )


def _of_no_stage(done: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Deals of which nobody knows a stage, with what they did within the period."""
    nowhere = done.filter(pl.col("furthest").is_null())
    status = pl.col("status")
    which = {
        "at_start": pl.col("was") > 0, "entered": pl.col("was") == 0, "moved_on": status == "won",
        "lost": status == "lost", "at_end": status == "open",
    }  # fmt: skip
    deals = [pl.col("deals").filter(kept).sum().alias(name) for name, kept in which.items()]
    money = [pl.col("amount").filter(kept).sum().alias(f"{name}_amount") for name, kept in which.items()]
    return nowhere.group_by(keys, maintain_order=True).agg(*deals, *money)


def finished_standing(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Every stage in its order, with what stands in it and how that compares with the stage before."""
    raw, stages = frames
    keys = list(query.by)
    if raw.is_empty():
        return stages.clear().with_columns(deals=pl.lit(0), amount=pl.lit(0.0), ratio=pl.lit(None, pl.Float64))
    counted = raw.group_by(keys).agg(pl.col("deals", "amount").sum())
    frame = stages.filter(pl.col("pipeline").is_in(raw.get_column("pipeline").unique().implode(), nulls_equal=True))
    frame = frame.join(counted, on=keys, how="left", nulls_equal=True).sort("pipeline", "place", nulls_last=True)
    frame = frame.with_columns(pl.col("deals", "amount").fill_null(0))
    before = pl.col("deals").shift(1).over("pipeline", order_by="place")
    frame = frame.with_columns(ratio=pl.col("deals") / pl.when(before > 0).then(before))
    nowhere = counted.join(stages, on=keys, how="anti", nulls_equal=True)
    if nowhere.height:
        count = int(nowhere.get_column("deals").sum())
        notes.append(note("standing_nowhere", count=count, of=int(counted.get_column("deals").sum())))
        frame = pl.concat([frame, nowhere], how="diagonal_relaxed")
    return frame.sort("pipeline", "place", nulls_last=True, maintain_order=True)
