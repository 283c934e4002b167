"""A measure around the Spring Festival, with the festivals of all years laid on each other.

The festival wanders between 21 January and 20 February, so that January and February of two years cannot be compared.
Weeks are counted from its first day: week 0 are the seven days that begin with it, week −1 those before. What adds up
is divided by the working days of the week (with make-up days, 调休), since a week of holidays would else always be a
fall; weeks with fewer than LEAST_WORKDAYS of them are not judged.

Two things are judged, by the limits of metrics/xmr.py. A fall: a week near the festival in which the mean course of
all years lies under what calm weeks let expect and under half of them, two of them at least. And a difference: a week
in which the last festival lies further from the mean of those before than the other weeks let expect.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from metrics import xmr
from metrics.catalog import Measure
from metrics.cuts import trend
from metrics.errors import MeasureNotAddedUp
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.period import DAY
from metrics.query import Column, Query
from metrics.together import answers, begins, first_day, over, together
from metrics.trends import asked_of, value_columns
from metrics.view import View
from metrics.workdays import MOST_YEARS, Workdays, calendar

BEFORE, AFTER, NEAR = 8, 12, 3
"""Weeks before and after the festival that are looked at, and those that may be part of its fall."""
LEAST_WORKDAYS = 3
"""Working days without which a week says nothing: of one or two, chance makes any number."""
LEAST_FALL = 0.5
"""What a fall comes to at most, of calm weeks. Days made up for at weekends count as working days but bring less, and
those before holidays do, too: in companies without any story that alone makes a third, just beside the festival."""
LEAST_CALM = 8
"""Calm weeks without which nothing is judged: as for other limits (metrics/xmr.py)."""
APART = 3.0
"""Mean moving ranges beyond which a week differs: with 2.66 one company in eleven would be told so of nothing, as the
limits come from some fourteen weeks and are asked of nineteen; with this one in twenty."""
STEPS = {"week": 7, "day": 1}
_NEAR = pl.col("step").is_between(-NEAR, NEAR - 1)


def is_alignable(one: Measure) -> bool:
    """Whether weeks of the measure can be made of its days: sums and counts, and what is divided of these."""
    return all(part.additive == "all" for part in one.parts) and not one.times


def festival(asked: str | Measure, view: View, step: str = "week") -> Query:
    """A measure by weeks (or days) counted from the Spring Festival, for all festivals in the data.

    One row per `year` (of the festival) and `step` (weeks or days from it): `from_on`, `to_on`, the measure,
    `workdays` and `per_day` (of what adds up; else the measure), `is_partial` (not over, or before the data). Of
    weeks also `level` (per_day ÷ that of the calm weeks of the same festival; of rates the rate), `earlier` (its mean
    over earlier festivals), `all_years` (over all), and which weeks `is_low` and `is_other`: see the module.

    Raises:
        UnknownMeasure. MeasureNotAddedUp: weeks of the measure are not made of its days.
    """
    one = asked_of(asked, "day")
    if not is_alignable(one):
        raise MeasureNotAddedUp(measure=one.id)
    first = view.at - timedelta(days=366 * (MOST_YEARS - 1))
    parts = list(one.parts)
    inner = {"now": trend([one, *(part for part in parts if part != one)], "day", over(view, first, view.at))}
    inner |= begins(inner["now"], one, view) | {"calendar": calendar(view)}
    columns = [
        Column("year", "by"), Column("step", "by"), Column("from_on", "detail"), Column("to_on", "detail"),
        *value_columns(one), Column("workdays", "detail", unit="count"),
        Column("per_day", "value", unit="number" if one.unit == "count" else one.unit),
        *(Column(name, "detail", unit="share") for name in ("level", "earlier", "all_years")),
        *(Column(name, "flag") for name in ("is_partial", "is_low", "is_other")),
    ]  # fmt: skip
    name = "festival" if step == "week" else "festival_days"
    return together(inner, view, of=one, by=("year", "step"), columns=columns, finish=name)


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Weeks of all festivals, judged."""
    found = _laid(query, frames, notes, 7)
    return judged(found, query.measures[0]).select([column.name for column in query.columns])


def finished_days(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Days of all festivals, four weeks before and after; single days are not judged."""
    found = _laid(query, frames, notes, 1).filter(pl.col("step").is_between(-28, 28))
    empty = [pl.lit(None, pl.Float64).alias(name) for name in ("level", "earlier", "all_years")]
    found = found.with_columns(*empty, *(pl.lit(value=False).alias(name) for name in ("is_low", "is_other")))
    return found.select([column.name for column in query.columns])


def _laid(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note], step: int) -> pl.DataFrame:
    """A row for every festival and step around it, with the measure of its days."""
    answered = answers(query, frames)
    one, at = query.measures[0], query.view.at if query.view else date.max
    worked, first = Workdays.of(answered["calendar"].frame), first_day(answered)
    notes += [said for said in answered["now"].notes if said["measure"] == one.id]
    rows = [
        (held.year, place, held + place * step * DAY, held + (place + 1) * step * DAY - DAY)
        for held in worked.festivals if first is not None and first <= held <= at
        for place in range(-BEFORE * 7 // step, (AFTER + 1) * 7 // step)
    ]  # fmt: skip
    if not rows:
        notes.append(note("no_festival"))
    names = ["year", "step", "from_on", "to_on"]
    types = {"year": pl.Int64, "step": pl.Int64, "from_on": pl.Date, "to_on": pl.Date}
    grid = pl.DataFrame(rows, schema=types, orient="row").filter(pl.col("from_on") <= at)
    grid = grid.with_columns(
        is_partial=(pl.col("to_on") > at) | (pl.col("from_on") < pl.lit(first, pl.Date)),
        to_on=pl.min_horizontal("to_on", pl.lit(at)),
    )  # fmt: skip
    days = grid.select(*names[:2], pl.date_ranges("from_on", "to_on").alias("day")).explode("day")
    summed = days.join(answered["now"].frame, on="day", how="left").group_by(names[:2]).agg(_parts(one))
    frame = grid.join(summed, on=names[:2], how="left", maintain_order="left").with_columns(_value(one))
    return _per_day(frame, one, worked)


def _parts(one: Measure) -> list[pl.Expr]:
    """The sums of its days; of what cannot be told for all of them that were not empty, none."""
    found = []
    for at, part in enumerate(one.parts):
        value = pl.col(part.id).cast(pl.Float64)
        is_void = value.is_null().any() & ~(value.fill_null(0) != 0).any()
        summed = pl.when(~is_void).then(value.sum()) if part.refuse_when else value.sum()
        found.append(summed.alias(f"part.{at}"))
    return found


def _value(one: Measure) -> list[pl.Expr]:
    """The measure from its parts, with its interval where it has one."""
    over_, under = pl.col("part.0"), pl.col("part.1")
    if one.ratio is None:
        return [over_.alias(one.id)]
    found = [(over_ / pl.when(under != 0).then(under)).alias(one.id)]
    if one.interval == "wilson":
        low, high = wilson(over_, under)
        found += [low.alias(f"{one.id}.low"), high.alias(f"{one.id}.high"), under.alias(f"{one.id}.n")]
    return found


def _per_day(frame: pl.DataFrame, one: Measure, worked: Workdays) -> pl.DataFrame:
    counted = pl.Series([worked.between(*ends) for ends in frame.select("from_on", "to_on").rows()], dtype=pl.Int64)
    frame = frame.with_columns(workdays=counted)
    days = pl.when(pl.col("workdays") > 0).then("workdays")
    return frame.with_columns(per_day=pl.col(one.id) / days if one.additive == "all" else pl.col(one.id))


# ------------------------------------------------------------------------------------------------------------- judging


def judged(frame: pl.DataFrame, one: Measure) -> pl.DataFrame:
    """The level of each week, the fall that all festivals share, and where the last differs from those before."""
    is_told = ~pl.col("is_partial") & pl.col("per_day").is_not_null() & (pl.col("workdays") >= LEAST_WORKDAYS)
    is_calm = is_told & ~_NEAR
    calm = pl.col("per_day").filter(is_calm).mean().over("year")
    enough = is_calm.sum().over("year") >= LEAST_CALM
    level = pl.col("per_day") / pl.when(calm > 0).then(calm) if one.additive == "all" else pl.col("per_day")
    frame = frame.with_columns(level=pl.when(is_told & enough).then(level))
    last = frame.filter(pl.col("level").is_not_null()).get_column("year").max()
    earlier = pl.col("level").filter(pl.col("year") < last) if last is not None else pl.lit(None, pl.Float64)
    frame = frame.with_columns(earlier=earlier.mean().over("step"), all_years=pl.col("level").mean().over("step"))
    low, other = _low(frame), _other(frame, last)
    is_last = pl.col("year") == last if last is not None else pl.lit(value=False)
    return frame.with_columns(is_low=pl.col("step").is_in(low), is_other=is_last & pl.col("step").is_in(other))


def _low(frame: pl.DataFrame) -> list[int]:
    """The weeks near the festival in which the mean course lies under the limit of calm weeks: two, or none."""
    course = frame.select("step", "all_years").unique().drop_nulls().sort("step")
    calm = course.filter(~_NEAR).get_column("all_years").to_list()
    if len(calm) < LEAST_CALM:
        return []
    limits = xmr.individuals(calm)
    lower = min(float(limits.lower[0]), LEAST_FALL * float(limits.centre[0]))
    low: list[int] = course.filter(_NEAR & (pl.col("all_years") < lower)).get_column("step").to_list()
    return low if len(low) > 1 else []


def _other(frame: pl.DataFrame, last: object) -> list[int]:
    """The weeks in which the last festival differs from the mean of those before by more than other weeks do."""
    if last is None:
        return []
    both = frame.filter((pl.col("year") == last) & pl.col("level").is_not_null() & pl.col("earlier").is_not_null())
    both = both.sort("step").select("step", apart=pl.col("level") - pl.col("earlier"))
    calm = both.filter(~_NEAR).get_column("apart").to_list()
    if len(calm) < LEAST_CALM:
        return []
    limits = xmr.individuals(calm)  # weeks of a fall move less than others
    most = APART / xmr.TO_LIMIT * float(limits.upper[0] - limits.centre[0])
    places: list[int] = (
        both.filter((pl.col("apart") - float(limits.centre[0])).abs() > most).get_column("step").to_list()
    )
    return places
