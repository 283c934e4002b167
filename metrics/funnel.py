"""Where deals are lost: the way of a cohort through the stages, what was skipped or went back, and how long it took.

Of every stage, entered = moved on + lost there + still there, whatever is filtered. Deals that skipped a stage count as
having passed it ("reached or beyond"), steps back do not undo that but are counted. Two shares are kept apart by name:
of the deals that entered, those that moved on so far (`conversion`), and of those decided, moved on or lost
(`decided`). The other bases, what was done in a period and what stands in the stages on a day, are in
metrics/funnel_bases.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.catalog import Dimension, dimension, table
from metrics.errors import MeasureNotBy
from metrics.intervals import wilson
from metrics.members import with_member
from metrics.notes import Note, note
from metrics.period import LAST
from metrics.query import Column, Query, Role, from_file
from metrics.survival import kaplan_meier, lasting
from metrics.view import View

LEAST_KNOWN = 0.9
"""Of the lost deals, the part whose stage (and amount) must be known for a conversion (by amount) to mean something."""

_BEHIND = {  # a number of a stage: its rows in the population of the question
    "entered": "population.furthest >= $at_place",
    "moved_on": (
        "population.furthest > $at_place or (population.furthest = $at_place and population.status_then = 'won')"
    ),
    "lost": "population.furthest = $at_place and population.status_then = 'lost'",
    "still_there": "population.furthest = $at_place and population.status_then = 'open'",
}
_DECIDED = "population.furthest > $at_place or (population.furthest = $at_place and population.status_then <> 'open')"
_NOT_BY = ("stage", "status", "pipeline", "lost_reason", "competitor")
"""What a deal's way itself decides: a split by it would say nothing."""
_RATES = ("conversion", "decided", "conversion_amount")
_ENDS: tuple[Role, ...] = ("low", "high", "n")


def funnel(view: View, by: str | Dimension | None = None) -> Query:
    """The deals created in the view's period, stage by stage; without a period all deals.

    One row per pipeline, value of `by` and open stage: `pipeline`, `place` (1 is the first), `stage`, then for each of
    entered, moved_on, lost, still_there the deals, and their money in `<it>_amount`; `skipped` and `moved_back`;
    `conversion` (moved on ÷ entered) and `decided` (moved on ÷ decided) with `.low .high .n`; `conversion_amount`;
    `median_days` and `p75_days` of a visit (Kaplan–Meier, visits that go on are censored). Deals lost nobody knows
    where have a row with `place` null. `rows("lost", place=3)` are the deals behind a number.

    Args:
        view: whose period (by creation) and filters apply.
        by: also split by this dimension; times, skips and steps back are then of all together, and left out.

    Raises:
        MeasureNotBy: deals cannot be cut by this dimension.
    """
    values = {
        "has_period": view.period is not None,
        "from_on": view.period.from_on if view.period else view.as_of,
        "to_on": view.period.to_on if view.period else view.as_of,
        "as_of": view.as_of,
        "until": view.as_of if view.is_past else LAST,
        "is_past": view.is_past,
    }
    dim = dimension(by) if by is not None else None
    asked = from_file("funnel", view, **values)
    if dim is not None:
        asked = split_by(asked, dim)
    visits = () if dim is not None else (from_file("funnel_visits", view, **values), _gone_back(view, values))
    names = (dim.id,) if dim is not None else ()
    return replace(
        asked,
        columns=split_columns(*names),
        by=("pipeline", *names, "place"),
        finish="funnel",
        others=(from_file("funnel_stages", view), *visits),
        notes=(note("as_known_now"),) if view.is_past else (),
    )


def split_columns(*names: str) -> tuple[Column, ...]:
    """The columns of the answer, split by these; those of times, skips and steps back are not asked for by rows."""
    return (
        *(Column(name, "by") for name in ("pipeline", *names, "place")),
        *(Column(name, "detail") for name in ("stage", "rep_key", "customer_key")),
        *(Column(name, "value", unit="count", agg="count", where=where) for name, where in _BEHIND.items()),
        *(Column(name, "value", unit="share", where=_DECIDED if name == "decided" else None) for name in _RATES),
        *(Column(f"{name}.{end}", end) for name in _RATES[:2] for end in _ENDS),
    )


def split_by(query: Query, dim: Dimension) -> Query:
    """The same question with the value of a dimension in its population, and in its answer."""
    deals = table("deals")
    if dim.kind == "grain" or dim.id in _NOT_BY or not deals.has(dim):
        raise MeasureNotBy(measure="created_deals", dimension=dim.id)
    is_own = dim.id in deals.own or dim.via is None
    return (query if is_own else with_member(query, dim)).cut_by(dim.id)


def _gone_back(view: View, values: dict[str, object]) -> Query:
    """How many deals went back from each stage."""
    asked = from_file("funnel_visits", view, **values)
    answer = (
        "select pipeline, place, count(distinct deal_id) as moved_back\n"
        "from population where went = 'back'\ngroup by pipeline, place"
    )
    return replace(asked, answer=answer)


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The stages in order, every one of them, with what reached them and where it went."""
    reached, stages, *visits = frames
    keys = list(query.by[:-1])
    known = reached.filter(pl.col("furthest").is_not_null())
    cuts = reached.select(keys).unique(maintain_order=True).sort(keys, nulls_last=True)
    frame = cuts.join(stages, on="pipeline", nulls_equal=True, maintain_order="left_right")
    frame = frame.join(_counted(known, frame.select(*keys, "place")), on=[*keys, "place"], nulls_equal=True, how="left")
    if visits:
        frame = _with_visits(frame, *visits)
        if frame.filter(pl.col("skipped").is_null() & (pl.col("entered") > 0)).height:
            notes.append(note("way_unknown"))
    unknown = _unknown(reached, keys)
    frame = _rates(frame)
    if unknown.height:
        nowhere = int(unknown.get_column("lost").sum())
        lost = int(reached.filter(pl.col("status") == "lost").get_column("deals").sum())
        frame = without_rates(frame, unknown, keys)
        notes.append(note("lost_somewhere", count=nowhere, of=lost))
        frame = pl.concat([frame, unknown], how="diagonal_relaxed")
    order = [*keys, "place"]
    return frame.sort(order, nulls_last=True, maintain_order=True)


def _counted(known: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Deals and money of each stage, from how many came how far."""
    keys = [name for name in places.columns if name != "place"]
    met = places.join(known, on=keys, how="left", nulls_equal=True)
    here, beyond = pl.col("furthest") == pl.col("place"), pl.col("furthest") > pl.col("place")
    won = pl.col("status") == "won"
    which = {
        "entered": here | beyond,
        "moved_on": beyond | (here & won),
        "lost": here & (pl.col("status") == "lost"),
        "still_there": here & (pl.col("status") == "open"),
    }
    deals = [pl.col("deals").filter(kept).sum().alias(name) for name, kept in which.items()]
    money = [pl.col("amount").filter(kept).sum().alias(f"{name}_amount") for name, kept in which.items()]
    priced = pl.col("priced").filter(which["lost"]).sum().alias("lost_priced")
    return met.group_by([*keys, "place"], maintain_order=True).agg(*deals, *money, priced)


def _with_visits(frame: pl.DataFrame, visits: pl.DataFrame, gone_back: pl.DataFrame) -> pl.DataFrame:
    """Skips, steps back, and how long a visit takes; null in pipelines of which no way is known."""
    times = []
    for (pipeline, place), part in visits.group_by(["pipeline", "place"]):
        curve = kaplan_meier(part.select("days", "is_over", n="visits"))
        visited = int(part.get_column("first_visits").sum())
        times.append((pipeline, place, visited, lasting(curve), lasting(curve, 0.75)))
    schema = pl.Schema({"pipeline": pl.String, "place": pl.Int64, "visited": pl.Int64})
    lasted = pl.DataFrame(times, schema | pl.Schema({"median_days": pl.Int64, "p75_days": pl.Int64}), orient="row")
    for part in (lasted, gone_back):
        frame = frame.join(part, on=["pipeline", "place"], how="left", nulls_equal=True)
    is_known = pl.col("visited").sum().over("pipeline") > 0
    frame = frame.with_columns(pl.col("visited", "moved_back").fill_null(0)).with_columns(
        pl.when(is_known).then("moved_back").alias("moved_back"),
        skipped=pl.when(is_known).then(pl.col("entered") - pl.col("visited")),
    )
    return frame.drop("visited")


def _rates(frame: pl.DataFrame) -> pl.DataFrame:
    """Conversions with their intervals; by amount only where lost deals have amounts."""
    moved, entered, decided = pl.col("moved_on"), pl.col("entered"), pl.col("moved_on") + pl.col("lost")
    columns = []
    for name, of in (("conversion", entered), ("decided", decided)):
        low, high = wilson(moved, of)
        share = moved / pl.when(of > 0).then(of)
        columns += [share.alias(name), low.alias(f"{name}.low"), high.alias(f"{name}.high"), of.alias(f"{name}.n")]
    money, through = pl.col("entered_amount").cast(pl.Float64), pl.col("moved_on_amount").cast(pl.Float64)
    is_part = (money > 0) & (through >= 0) & (through <= money)  # credits make it none
    has_amounts = is_part & (pl.col("lost_priced") >= LEAST_KNOWN * pl.col("lost"))
    return frame.with_columns(*columns, conversion_amount=pl.when(has_amounts).then(through / money)).drop(
        "lost_priced"
    )


def _unknown(reached: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Deals lost in a stage that nobody knows: no visit, no earlier upload shows them."""
    lost = reached.filter(pl.col("furthest").is_null() & (pl.col("status") == "lost"))
    return lost.group_by(keys, maintain_order=True).agg(
        entered=pl.col("deals").sum(), moved_on=pl.lit(0), lost=pl.col("deals").sum(), still_there=pl.lit(0),
        entered_amount=pl.col("amount").sum(), lost_amount=pl.col("amount").sum(),
    )  # fmt: skip


def without_rates(frame: pl.DataFrame, unknown: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Where too many were lost nobody knows where, every conversion would be too high: there is none."""
    known = frame.group_by(keys).agg(known=pl.col("lost").sum())
    lost = known.join(unknown.select(*keys, nowhere="lost"), on=keys, nulls_equal=True)
    too_many = lost.filter(pl.col("nowhere") > (1 - LEAST_KNOWN) * (pl.col("nowhere") + pl.col("known")))
    marked = frame.join(too_many.select(*keys, is_void=True), on=keys, how="left", nulls_equal=True)
    names = [name for name in frame.columns if name.startswith(("conversion", "decided"))]
    kept = pl.col("is_void").is_null()
    return marked.with_columns(pl.when(kept).then(name).alias(name) for name in names).drop("is_void")
