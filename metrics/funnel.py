"""Where deals are lost: the way of a cohort through the stages, what was skipped or went back, and how long it took.

Of every stage, entered = moved on + lost there + still there, whatever is filtered. Deals that skipped a stage count as
having passed it ("reached or beyond"), steps back do not undo that but are counted. Deals of which nobody knows a stage
have a row of their own, for which the same holds. Nothing after the view's day is counted: what is dated later is still
open. Two shares are kept apart by name: of the deals that entered, those that moved on so far (`conversion`), and of
those decided, moved on or lost (`decided`). The other bases, what was done in a period and what stands in the stages on
a day, are in metrics/funnel_bases.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.catalog import Dimension, dimension, table
from metrics.errors import MeasureNotBy
from metrics.intervals import by_amount, wilson
from metrics.members import with_member
from metrics.notes import Note, note
from metrics.query import Column, Query, Role, from_file
from metrics.survival import kaplan_meier, lasting
from metrics.view import View

LEAST_KNOWN = 0.9
"""Of the lost deals, the part whose stage (and amount) must be known for a conversion (by amount) to mean something."""

HERE = "population.furthest is not distinct from $at_place"
"""The deals that came to a stage and no further; with no place given those of which nobody knows a stage."""
_BEHIND = {  # a number of a stage: its rows in the population of the question
    "entered": f"population.furthest >= $at_place or {HERE}",
    "moved_on": f"population.furthest > $at_place or ({HERE} and population.status_then = 'won')",
    "lost": f"{HERE} and population.status_then = 'lost'",
    "still_there": f"{HERE} and population.status_then = 'open'",
}
_DECIDED = "population.furthest > $at_place or (population.furthest = $at_place and population.status_then <> 'open')"
_NOT_BY = ("stage", "status", "pipeline", "lost_reason", "competitor")
"""What a deal's way itself decides: a split by it would say nothing."""
_RATES = ("conversion", "decided", "conversion_amount")
WAYS = ("moved_on", "lost", "still_there")
"""Where what entered a stage is now: the three add up to it."""
_ENDS: tuple[Role, ...] = ("low", "high", "n")


def funnel(view: View, by: str | Dimension | None = None) -> Query:
    """The deals created in the view's period, stage by stage; without a period all deals.

    One row per pipeline, value of `by` and open stage: `pipeline`, `place` (1 is the first), `stage`, then for each of
    entered, moved_on, lost, still_there the deals, and their money in `<it>_amount`; `skipped` and `moved_back`;
    `conversion` (moved on ÷ entered) and `decided` (moved on ÷ decided) with `.low .high .n`; `conversion_amount`, by
    money, with the same; `median_days` and `p75_days` of a visit (Kaplan–Meier, visits that go on are censored). Deals
    of which nobody knows a stage have a row with `place` null. `rows("lost", place=3)` are the deals behind a number.

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
        "until": view.as_of,
    }
    dim = dimension(by) if by is not None else None
    asked = from_file("funnel", view, **values)
    if dim is not None:
        asked = split_by(asked, dim)
    visits = () if dim is not None else (_visits(view, values), _gone_back(view, values))
    names = (dim.id,) if dim is not None else ()
    return replace(
        asked,
        columns=split_columns(*names),
        by=("pipeline", *names, "place"),
        finish="funnel",
        others=(_stages(view) if dim is None else from_file("funnel_stages", view), *visits),
        notes=(note("as_known_now"),) if view.is_past else (),
    )


def _stages(view: View) -> Query:
    """The open stages, and which of them stand where they do because somebody said so."""
    asked = from_file("funnel_stages", view)
    return replace(asked, answer="select population.* from population order by pipeline nulls first, place")


def split_columns(*names: str) -> tuple[Column, ...]:
    """The columns of the answer, split by these; those of times, skips and steps back are not asked for by rows."""
    return (
        *(Column(name, "by") for name in ("pipeline", *names, "place")),
        *(Column(name, "detail") for name in ("stage", "rep_key", "customer_key")),
        *(Column(name, "value", unit="count", agg="count", where=where) for name, where in _BEHIND.items()),
        *(Column(name, "value", unit="share", where=_DECIDED if name == "decided" else None) for name in _RATES),
        *(Column(f"{name}.{end}", end) for name in _RATES for end in _ENDS),
    )


def split_by(query: Query, dim: Dimension) -> Query:
    """The same question with the value of a dimension in its population, and in its answer."""
    deals = table("deals")
    if dim.kind == "grain" or dim.id in _NOT_BY or not deals.has(dim):
        raise MeasureNotBy(measure="created_deals", dimension=dim.id)
    is_own = dim.id in deals.own or dim.via is None
    return (query if is_own else with_member(query, dim)).cut_by(dim.id)


def _visits(view: View, values: dict[str, object]) -> Query:
    """How long visits took."""
    return from_file("funnel_visits", view, **values, only_back=False)


def _gone_back(view: View, values: dict[str, object]) -> Query:
    """How many deals went back from each stage."""
    asked = from_file("funnel_visits", view, **values, only_back=True)
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
    if "is_told" in stages.columns:
        notes += _guessed(stages, set(reached.get_column("pipeline")))
        stages = stages.drop("is_told")
    known = reached.filter(pl.col("furthest").is_not_null())
    cuts = reached.select(keys).unique(maintain_order=True).sort(keys, nulls_last=True)
    frame = cuts.join(stages, on="pipeline", nulls_equal=True, maintain_order="left_right")
    frame = frame.join(_counted(known, frame.select(*keys, "place")), on=[*keys, "place"], nulls_equal=True, how="left")
    if visits:
        frame = _with_visits(frame, *visits)
        if frame.filter(pl.col("skipped").is_null() & (pl.col("entered") > 0)).height:
            notes.append(note("way_unknown"))
    frame = _rates(frame)
    unknown = of_no_stage(reached, keys)
    if unknown.height:
        frame = pl.concat([without_rates(frame, unknown, keys), unknown], how="diagonal_relaxed")
        notes += said_of_no_stage(of_now(reached), of_now(unknown))
    notes += _closed_later(query, of_now(reached))
    order = [*keys, "place"]
    return frame.sort(order, nulls_last=True, maintain_order=True)


def of_now(frame: pl.DataFrame) -> pl.DataFrame:
    """Of two cohorts the later one: how many of the earlier stood in no stage was so on a day of the past."""
    return frame.filter(pl.col("span") == "now") if "span" in frame.columns else frame


def _guessed(stages: pl.DataFrame, lines: set[str | None]) -> list[Note]:
    """The stages whose place nobody told, in pipelines with several: it follows from what deals show."""
    several = stages.filter(pl.col("place").max().over("pipeline") > 1, ~pl.col("is_told"))
    names = [row["stage"] for row in several.iter_rows(named=True) if row["pipeline"] in lines]
    return [note("order_guessed", stages=", ".join(dict.fromkeys(names)))] if names else []


def _closed_later(query: Query, reached: pl.DataFrame) -> list[Note]:
    """How many deals are closed on a day that has not come yet; from an earlier day that is what one would expect."""
    if query.view is None or query.view.is_past or "closed_later" not in reached.columns:
        return []
    later = int(reached.get_column("closed_later").sum())
    return [note("closed_later", count=later, day=query.view.as_of)] if later else []


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
    for_rates = [
        pl.col(of).filter(which[name]).sum().alias(f"{name}_{of}")
        for name in ("entered", "moved_on", "lost") for of in ("priced", "squares")
    ]  # fmt: skip
    return met.group_by([*keys, "place"], maintain_order=True).agg(*deals, *money, *for_rates)


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
    columns: list[pl.Expr | pl.Series] = []
    for name, of in (("conversion", entered), ("decided", decided)):
        low, high = wilson(moved, of)
        share = moved / pl.when(of > 0).then(of)
        columns += [share.alias(name), low.alias(f"{name}.low"), high.alias(f"{name}.high"), of.alias(f"{name}.n")]
    money, through = pl.col("entered_amount").cast(pl.Float64), pl.col("moved_on_amount").cast(pl.Float64)
    is_part = (money > 0) & (through >= 0) & (through <= money)  # credits make it none
    has_amounts = is_part & (pl.col("lost_priced") >= LEAST_KNOWN * pl.col("lost"))
    priced, squares = (pl.when(has_amounts).then(f"entered_{name}") for name in ("priced", "squares"))
    sums = frame.select(some=through, of=money, some_squares="moved_on_squares", of_squares=squares, deals=priced)
    ends = by_amount(sums)
    columns += [
        pl.when(has_amounts).then(through / money).alias("conversion_amount"),
        ends.get_column("low").alias("conversion_amount.low"), ends.get_column("high").alias("conversion_amount.high"),
        priced.alias("conversion_amount.n"),
    ]  # fmt: skip
    return frame.with_columns(columns).drop(pl.selectors.ends_with("_priced", "_squares"))


def of_no_stage(reached: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Deals of which nobody knows a stage: no visit, no earlier upload, no stage of their pipeline shows one.

    Args:
        reached: `furthest` (null: unknown), `status`, `deals`, `amount`. keys: what tells funnels apart.
    """
    nowhere = reached.filter(pl.col("furthest").is_null())
    which = dict(zip(WAYS, ("won", "lost", "open"), strict=True))
    parts = [
        pl.col(of).filter(pl.col("status") == status).sum().alias(f"{name}{kind}")
        for of, kind in (("deals", ""), ("amount", "_amount")) for name, status in which.items()
    ]  # fmt: skip
    whole = [pl.col("deals").sum().alias("entered"), pl.col("amount").sum().alias("entered_amount")]
    return nowhere.group_by(keys, maintain_order=True).agg(*whole, *parts)


def said_of_no_stage(reached: pl.DataFrame, unknown: pl.DataFrame) -> list[Note]:
    """How many of the lost, and of the open deals, that are."""
    found = []
    for status, code, name in (("lost", "lost_somewhere", "lost"), ("open", "open_nowhere", "still_there")):
        count = int(unknown.get_column(name).sum())
        of = int(reached.filter(pl.col("status") == status).get_column("deals").sum())
        if count:
            found.append(note(code, count=count, of=of))
    return found


def without_rates(frame: pl.DataFrame, unknown: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Where too many were lost nobody knows where, every share would be too high: there is none.

    Where too many stand nobody knows where, there are none of all that entered; those of decided deals stand.
    """
    most = pl.col("entered").max().alias("known_entered")
    met = frame.group_by(keys).agg(pl.col("lost").sum().alias("known_lost"), most)
    met = met.join(unknown, on=keys, nulls_equal=True)

    def too_many(name: str, of: str) -> pl.Expr:
        return pl.col(name) > (1 - LEAST_KNOWN) * (pl.col(name) + pl.col(of))

    void = {"decided": too_many("lost", "known_lost")}
    if "conversion" in frame.columns:
        void["conversion"] = void["decided"] | too_many("still_there", "known_entered")
    marks = met.select(*keys, **{f"{start}_is_void": condition for start, condition in void.items()})
    marked = frame.join(marks, on=keys, how="left", nulls_equal=True)
    columns = [
        pl.when(~pl.col(f"{start}_is_void").fill_null(value=False)).then(name).alias(name)
        for start in void for name in frame.columns if name.startswith(start)
    ]  # fmt: skip
    return marked.with_columns(columns).select(frame.columns)
