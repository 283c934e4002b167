"""Records: the best month, the best quarter and the largest single deal of each person, team and the company.

A record needs a past to be one: LEAST buckets from the first that has anything to the last, or as many single things.
It stands where it was first reached; what equals it later is a tie. Where all months of a person were alike, the best
of n months would lie in any of them equally often: so many new records chance alone brings, and the answer says so.

Money of deals that several people share counts with each person's part, for the company whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.catalog import Measure, measure, table
from metrics.cuts import in_any_order, pivot, total
from metrics.errors import MeasureNotAddedUp
from metrics.notes import Note, note
from metrics.period import MONTHS_IN, bucket_next
from metrics.population import flag
from metrics.query import Column, Query
from metrics.together import answers, together
from metrics.view import View

LEVELS = ("rep", "team", "company")
LEAST = {"month": 6, "quarter": 4, "largest": 10}
"""Months, quarters and single things of which the best is called a record."""


def adding_up(asked: str | Measure) -> Measure:
    """The measure, if it is counted or summed day by day.

    Raises:
        UnknownMeasure. MeasureNotAddedUp: the best month of a rate would be its emptiest.
    """
    one = measure(asked)
    if one.additive != "all" or one.agg not in ("count", "sum") or one.stock or one.on is None or "rep" in one.not_by:
        raise MeasureNotAddedUp(measure=one.id)
    return one


def until_now(view: View) -> View:
    """All time up to the view's day: what is later has not happened yet."""
    return view.with_compare("none").with_period(to_on=view.at)


def records(asked: str | Measure, view: View) -> Query:
    """The records of everybody, new ones first.

    One row per `member`, `whose` (`rep`, `team`, `company`) and `record` (`month`, `quarter`, `largest`), `from_on` and
    `to_on` of the record: `value`; `what`, the name of the largest deal; `best_before`, the record that it has beaten,
    and `of_many`, how many months, quarters or things it is the best of; `ties`, how many have equalled it since;
    `is_new`, set in the view's period; `is_partial`, its month is not over. `rows` are those of its days.

    Raises:
        UnknownMeasure, MeasureNotAddedUp.
    """
    one, seen = adding_up(asked), until_now(view)
    inner = {"months": in_any_order(pivot(one, ("month", "rep", "team"), seen))}
    if one.agg == "sum":
        inner |= {"largest": _largest(one, inner["months"]), "largest_of_all": _largest(one, total(one, seen))}
    columns = [
        *(Column(name, "by") for name in ("member", "whose", "record", "from_on", "to_on")),
        Column("value", "value", one.id, one.unit), Column("what", "detail"),
        Column("best_before", "detail", one.id, one.unit), Column("of_many", "detail", unit="count"),
        Column("ties", "detail", unit="count"), Column("is_new", "flag"), Column("is_partial", "flag"),
    ]  # fmt: skip
    by = ("member", "whose", "record", "from_on", "to_on")
    return together(inner, view, of=one, by=by, columns=columns, finish="records")


def _largest(one: Measure, counted: Query) -> Query:
    """The largest single thing of each salesperson and team, or of all; all of them where several are as large.

    `rep`, `team`, `on_day`, `what`, `value`, and `things` counted there.
    """
    spec = table(str(one.table))
    what = "deal" if "deal" in spec.shown else spec.id[0]
    cut = [name for name in ("rep", "team") if name in counted.by]
    whose = [f'population."{name}"' if name in cut else f"cast(null as varchar) as {name}" for name in ("rep", "team")]
    named, counts = [f'population."{name}"' for name in cut], f"population.{flag(one)}"
    met = [f'population."{name}" is not distinct from tops."{name}"' for name in cut]
    tops = (
        f"select {', '.join([*named, f'max({one.of}) as most', 'count(*) as things'])} from population where {counts}"
    )
    grouped = f" group by {', '.join(named)}" if cut else ""
    answer = (
        f"select {', '.join(whose)}, population.{one.on} as on_day, population.{what} as what, {one.of} as value,"
        f" tops.things\nfrom population\njoin (\n{tops}{grouped}\n) as tops\n"
        f"    on {' and '.join([*met, f'{one.of} = tops.most'])}\nwhere {counts} and tops.most > 0"
    )
    read = tuple((name, (*columns, what) if name == one.table else columns) for name, columns in counted.reads)
    return replace(
        counted, answer=answer, reads=read, columns=(), measures=(), by=(), others=(), notes=(), finish="plain"
    )


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """All records side by side; new ones first, the company before teams before people."""
    answered, view, one = answers(query, frames), query.view, query.measures[0]
    if view is None:
        return pl.DataFrame()
    notes += [said for said in answered["months"].notes if said["measure"] in (one.id, None)]
    months = answered["months"].frame.filter(pl.col("month").is_not_null())
    of_levels = {level: _by_level(months, level, one.id) for level in LEVELS}
    found = [_best(frame, level, grain, view) for level, frame in of_levels.items() for grain in ("month", "quarter")]
    if one.agg == "sum":
        singles, of_all = answered["largest"].frame, answered["largest_of_all"].frame
        found += [_singles(of_all if level == "company" else singles, level, view) for level in LEVELS]
    frame = pl.concat([part for part in found if part.height] or [found[0]], how="diagonal_relaxed")
    notes.append(note("records_need", months=LEAST["month"], quarters=LEAST["quarter"], things=LEAST["largest"]))
    if view.period is not None and frame.height:
        notes += _by_chance(frame, of_levels["rep"], view)
    places = {level: place for place, level in enumerate(reversed(LEVELS))}
    order = frame.with_columns(place=pl.col("whose").replace_strict(places, default=9))
    order = order.sort(["is_new", "place", "member", "record"], descending=[True, False, False, False], nulls_last=True)
    return order.select([column.name for column in query.columns])


def _by_level(months: pl.DataFrame, level: str, name: str) -> pl.DataFrame:
    """The value of each member's months; the company is one member, to whom what has no owner belongs, too."""
    member = pl.lit("", pl.String) if level == "company" else pl.col(level)
    frame = months.select(member.alias("member"), "month", pl.col(name).cast(pl.Float64).alias("value"))
    return frame.filter(pl.col("member").is_not_null()).group_by("member", "month").agg(pl.col("value").sum())


def _best(months: pl.DataFrame, level: str, grain: str, view: View) -> pl.DataFrame:
    """The best bucket of each member, and the best before it."""
    size, last = MONTHS_IN[grain], pl.lit(view.at).dt.truncate("1q" if grain == "quarter" else "1mo")
    buckets = months.rename({"month": "from_on"})  # one row each already
    if grain == "quarter":
        buckets = buckets.group_by("member", pl.col("from_on").dt.truncate("1q")).agg(pl.col("value").sum())
    number = pl.col("from_on").dt.year().cast(pl.Int64) * 12 + pl.col("from_on").dt.month()
    until = last.dt.year().cast(pl.Int64) * 12 + last.dt.month()
    buckets = buckets.sort("member", "from_on").with_columns(
        top=pl.col("value").max().over("member"), of_many=((until - number.min()) // size + 1).over("member"),
        beaten=pl.col("value").cum_max().shift(1).over("member"),
    )  # fmt: skip
    best = buckets.filter((pl.col("value") == pl.col("top")) & (pl.col("top") > 0)).group_by("member").agg(
        pl.col("from_on").first(), pl.col("value").first(), pl.col("beaten").first().alias("best_before"),
        pl.col("of_many").first(), ties=pl.len().cast(pl.Int64) - 1,
    )  # fmt: skip
    best = best.filter(pl.col("of_many") >= LEAST[grain])
    ends = [bucket_next(day, grain) for day in best.get_column("from_on")]
    best = best.with_columns(to_on=pl.Series(ends, dtype=pl.Date).dt.offset_by("-1d"))
    return _told(best.with_columns(what=pl.lit(None, pl.String)), level, grain, view)


def _singles(largest: pl.DataFrame, level: str, view: View) -> pl.DataFrame:
    """The largest single thing of each member: the first of those that are as large."""
    member = pl.lit("", pl.String) if level == "company" else pl.col(level)
    listed = largest.with_columns(member=member, value=pl.col("value").cast(pl.Float64)).filter(
        pl.col("member").is_not_null()
    )
    things = listed.unique(["member", "rep", "team"]).group_by("member").agg(of_many=pl.col("things").sum())
    top = listed.filter(pl.col("value") == pl.col("value").max().over("member")).sort("on_day", "what", nulls_last=True)
    best = top.group_by("member", maintain_order=True).agg(
        pl.col("on_day").first().alias("from_on"), pl.col("value").first(), pl.col("what").first(),
        ties=pl.len().cast(pl.Int64) - 1,
    )  # fmt: skip
    best = best.join(things, on="member").filter(pl.col("of_many") >= LEAST["largest"])
    best = best.with_columns(to_on=pl.col("from_on"), best_before=pl.lit(None, pl.Float64))
    return _told(best, level, "largest", view)


def _told(best: pl.DataFrame, level: str, kind: str, view: View) -> pl.DataFrame:
    """The columns that all kinds have."""
    period = view.period
    is_new = pl.lit(None, pl.Boolean)
    if period is not None:
        is_new = (pl.col("to_on") >= period.from_on) & (pl.col("from_on") <= period.to_on)
        if kind != "largest":  # a bucket that began before the period is its own
            is_new &= pl.col("from_on") >= pl.lit(period.from_on).dt.truncate("1q" if kind == "quarter" else "1mo")
    return best.with_columns(
        whose=pl.lit(level), record=pl.lit(kind), is_new=is_new, is_partial=pl.col("to_on") > view.at
    )


def _by_chance(frame: pl.DataFrame, months: pl.DataFrame, view: View) -> list[Note]:
    """How many people have their best month in the period, and how many would where all of their months were alike."""
    mine = frame.filter((pl.col("whose") == "rep") & (pl.col("record") == "month"))
    if view.period is None or mine.is_empty():
        return []
    first, last = pl.lit(view.period.from_on).dt.truncate("1mo"), pl.lit(min(view.period.to_on, view.at))
    begun = months.group_by("member").agg(pl.col("month").min().alias("begun"))
    known = mine.join(begun, on="member").select(
        share=(_months(pl.max_horizontal(first, "begun"), last) / pl.col("of_many")).clip(0, 1)
    )
    new, expected = mine.filter("is_new").height, float(known.get_column("share").sum())
    return [note("records_by_chance", new=new, of=mine.height, expected=f"{expected:.1f}")]


def _months(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """How many calendar months two days touch."""
    number = [day.dt.year().cast(pl.Int64) * 12 + day.dt.month() for day in (first, last)]
    return (number[1] - number[0] + 1).clip(0)
