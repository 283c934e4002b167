"""How far a month, quarter or year has come: day by day added up, beside its target and last year's.

The target of a day is its share of the targets that hold (metrics/attainment.py): by working days, so that the line
stands still where nobody works. Last year's is that after as many working days, not on the same date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from metrics.catalog import ATTAINMENT, Measure, measure
from metrics.cuts import trend
from metrics.errors import MeasureNotAddedUp
from metrics.known import added_up, partly, summed, then_of, unevenly_known
from metrics.notes import Note, note
from metrics.period import DAY, Period, add_months, bucket_next, bucket_start
from metrics.query import Column, Query
from metrics.together import answers, begins, first_day, over, together
from metrics.trends import WHEN, asked_of
from metrics.view import View
from metrics.workdays import Workdays, calendar

WITHIN = ("fiscal_year", "fiscal_quarter", "month")


def cumulative(asked: str | Measure, within: str, view: View) -> Query:
    """A measure added up from the first day of the month, quarter or year in which the view ends.

    One row per `day` of it, to its end: `from_on` and `to_on`, the measure (null after the view's day), `target_due`
    (null where none is set), `last_year` after as many working days with `last_year.from_on` and `.to_on`, and
    `workdays` gone by.

    Raises:
        UnknownMeasure, NotABucket, MeasureNotOverTime. MeasureNotAddedUp: rates, averages and stocks add up to nothing.
    """
    one = asked_of(asked, within)
    if one.additive != "all":
        raise MeasureNotAddedUp(measure=one.id)
    span = span_within(view, within)
    goal = f"{ATTAINMENT}:{one.id}"
    inner = {
        "now": trend([one, goal], "day", over(view, span.from_on, span.to_on)),
        "last_year": trend(one, "day", over(view, *_year_before(span))),
    }
    inner |= begins(inner["last_year"], one, view) | {"calendar": calendar(view)}
    columns = [
        Column("day", "by"), Column("from_on", "detail"), Column("to_on", "detail"),
        Column(one.id, "value", one.id, one.unit, one.agg, one.of, one.where),
        Column("target_due", "detail", unit=one.unit), Column("last_year", "before", one.id, one.unit),
        *(Column(f"last_year.{end}", "detail") for end in ("from_on", "to_on")),
        Column("workdays", "detail", unit="count"),
    ]  # fmt: skip
    return together(inner, view, of=one, by=("day",), columns=columns, finish="cumulative")


def span_within(view: View, within: str) -> Period:
    """The month, quarter or year in which the view ends."""
    start = bucket_start(view.at, within, view.fiscal_start, view.week_start)
    return Period(start, bucket_next(start, within) - DAY)


def _year_before(span: Period) -> tuple[date, date]:
    return add_months(span.from_on, -12), add_months(span.to_on + DAY, -12) - DAY


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Running sums, day by day."""
    answered = answers(query, frames)
    one, now = query.measures[0], answered["now"]
    view, first = now.query.view, first_day(answered)
    if view is None or view.period is None or query.view is None:
        return pl.DataFrame(schema=[column.name for column in query.columns])
    span, at = view.period, query.view.at
    worked = Workdays.of(answered["calendar"].frame)
    notes += [said for said in now.notes if said.code not in ("no_target", "partly_known_there")]
    known = _known_until(now.raw, one, at)
    notes += partly(one, replace(query, by=()), known)  # of the sum; its days need not be named one by one
    days = pl.DataFrame({"day": pl.date_range(span.from_on, span.to_on, eager=True)})
    frame = days.join(now.frame, on="day", how="left", maintain_order="left")
    goal = f"{ATTAINMENT}:{one.id}.target"
    amount = added_up(one, pl.col(one.id).cast(pl.Float64))
    frame = frame.select(
        "day", from_on=pl.lit(span.from_on), to_on=pl.col("day"),
        target_due=_target(frame, goal, _days_with(now.raw, one), worked, one, notes),
        **{one.id: pl.when(pl.col("day") <= at).then(amount)},
    )  # fmt: skip
    rows = _last_year(answered["last_year"].frame, one, span, worked, first)
    if rows is None:
        notes.append(note("nothing_then", measure=one.id, when=WHEN["last_year"]))
    elif apart := _unlike(answered["last_year"].raw, known, rows, one, at):
        rows = None
        notes += apart
    frame = frame.join(rows if rows is not None else _NOBODY, on="day", how="left", maintain_order="left")
    gone = pl.Series([worked.between(span.from_on, day) for day in frame.get_column("day")])
    return frame.with_columns(workdays=gone).select([column.name for column in query.columns])


_NOBODY = pl.DataFrame(
    schema={"day": pl.Date, "last_year": pl.Float64, "last_year.from_on": pl.Date, "last_year.to_on": pl.Date}
)


def _days_with(raw: pl.DataFrame, one: Measure) -> set[date]:
    """The working days that have a target, or on which whoever it is about was not there to have one."""
    days = f"{one.id}_goal_days"
    return set(raw.filter(pl.col(days) > 0).get_column("day")) if days in raw.columns else set()


def _target(
    frame: pl.DataFrame, goal: str, held: set[date], worked: Workdays, one: Measure, notes: list[Note]
) -> pl.Series:
    """The target due by the end of each day; null without one, and from the first working day on that has none."""
    shares = frame.get_column(goal) if goal in frame.columns else pl.Series([None] * frame.height, dtype=pl.Float64)
    if not shares.count():
        known = any(said.code == "no_target_of_all" for said in notes)
        notes += [] if known else [note("no_target", measure=one.id)]
        return pl.Series("target_due", [None] * frame.height, dtype=pl.Float64)
    is_bare = [day not in held and worked.between(day, day) > 0 for day in frame.get_column("day")]
    if any(is_bare):
        every = worked.between(*frame.select(first=pl.col("day").min(), last=pl.col("day").max()).row(0))
        notes.append(note("target_partly", measure=one.id, covered=shares.count(), days=every))
    due = shares.cast(pl.Float64).fill_null(0).cum_sum().round(2)  # the day's share is kept to 4 places
    # What some of the days should have brought is not held against what all of them did.
    return (
        due.to_frame("due")
        .select(
            pl.when(pl.Series(is_bare, dtype=pl.Boolean).cast(pl.Int8).cum_max() == 0).then("due").alias("target_due")
        )
        .to_series()
    )


def _last_year(
    frame: pl.DataFrame, one: Measure, span: Period, worked: Workdays, first: date | None
) -> pl.DataFrame | None:
    """What last year had come to after as many working days; None where the data begin later than it did."""
    from_on, to_on = _year_before(span)
    if first is None or first > from_on + (to_on - from_on) / 10:
        return None
    sums = dict(frame.select("day", added_up(one, pl.col(one.id).cast(pl.Float64))).iter_rows())
    days = pl.date_range(span.from_on, span.to_on, eager=True).to_list()
    ends = [worked.as_far(span.from_on, day, from_on, to_on) for day in days]
    return pl.DataFrame({
        "day": days, "last_year": [None if end is None else sums.get(end, 0.0) for end in ends],
        "last_year.from_on": [None if end is None else from_on for end in ends], "last_year.to_on": ends,
    }, schema=_NOBODY.schema)  # fmt: skip


def _known_until(raw: pl.DataFrame, one: Measure, day: date | None) -> pl.DataFrame:
    """What the days until one say of how much of the measure is known, as one row."""
    return summed(one, raw.filter(pl.col("day") <= day) if day else raw.clear()) if one.coverage else pl.DataFrame()


def _unlike(then: pl.DataFrame, known: pl.DataFrame, rows: pl.DataFrame, one: Measure, at: date) -> list[Note]:
    """That last year's sum, after as many working days, stands on another part of what was sold than this year's."""
    until = rows.filter(pl.col("day") <= at).get_column("last_year.to_on").max()
    there = _known_until(then, one, until if isinstance(until, date) else None)
    return unevenly_known(one, pl.concat([known, then_of(there)], how="horizontal"), WHEN["last_year"])


def is_addable(asked: str | Measure) -> bool:
    """Whether days of the measure add up to longer spans."""
    return measure(asked).additive == "all"
