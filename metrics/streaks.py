"""Streaks: months in a row over the own target (without targets, over the own median), and deals won in a row.

A streak is worth naming where chance alone seldom brings one: `luck` is how likely so long a streak is somewhere
among as many months (deals), each over the target (won) as often as the member's really are (metrics/runs.py). With
many members somebody has a long one, so that claims are weighed together (Benjamini and Hochberg, 5 %).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from metrics.by_person import people
from metrics.catalog import Measure
from metrics.cuts import cut, in_any_order
from metrics.errors import UnknownDimension, nearest
from metrics.notes import Note, note
from metrics.period import DAY, add_months, bucket_next, bucket_start
from metrics.proportions import discoveries
from metrics.query import Column, Query, from_file
from metrics.records import LEAST, LEVELS, adding_up
from metrics.runs import run_chance
from metrics.together import answers, over, together
from metrics.view import View

MOST_MONTHS = 60
"""Months that are looked at: who has been over the target for five years needs no more."""
LEAST_DEALS = 10
"""Closed deals without which nothing is said of a streak of wins."""
_OF_MONTHS = ("member", "whose", "from_on", "to_on")


def streaks(asked: str | Measure, by: str, view: View) -> Query:
    """Months in a row over the own target or median, of each `rep` or `team` or the `company`.

    Only months that are over count; a month without a target breaks a streak of targets. One row per member, who is on
    the longest streak first: `held_against` (`target` or `median`), `months_judged`, `months_over` it, `longest` with
    `from_on` and `to_on`, `running` (the streak that lasts until the last month that is over, else 0; 0 for whoever
    has left) since `running_from`, `luck` (the chance of it) and `is_beyond_chance`. `rows` are those of the longest.

    Raises:
        UnknownMeasure, MeasureNotAddedUp. UnknownDimension: `by` is none of these three.
    """
    one = adding_up(asked)
    if by not in LEVELS:
        raise UnknownDimension(name=by, suggestion=nearest(by, LEVELS))
    last = _last_whole(view)
    seen = over(view, add_months(last + DAY, -MOST_MONTHS), last)
    months = cut((one, f"attainment:{one.id}"), ("month",) if by == "company" else ("month", by), seen)
    inner = {"months": in_any_order(months)} | ({"people": people(view)} if by == "rep" else {})
    columns = [
        *(Column(name, "by") for name in _OF_MONTHS), Column("held_against", "detail"),
        *(Column(name, "detail", unit="count") for name in ("months_judged", "months_over")),
        Column("longest", "value", one.id, "count"), Column("running", "detail", one.id, "count"),
        Column("running_from", "detail"), Column("luck", "detail", unit="share"), Column("is_beyond_chance", "flag"),
    ]  # fmt: skip
    return together(inner, view, of=one, by=_OF_MONTHS, columns=columns, finish="streaks")


def _last_whole(view: View) -> date:
    """The last day of the last month that is over on the view's day."""
    following = bucket_next(bucket_start(view.at, "month"), "month")
    return view.at if view.at + DAY == following else bucket_start(view.at, "month") - DAY


def finished_streaks(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The streaks of all members with enough months."""
    answered, one, view = answers(query, frames), query.measures[0], query.view
    months = answered["months"].frame.filter(pl.col("month").is_not_null())
    level = next((name for name in ("rep", "team") if name in months.columns), "company")
    if view is None or months.is_empty():
        return pl.DataFrame(schema=[column.name for column in query.columns])
    member = pl.lit("") if level == "company" else pl.col(level)
    known = months.with_columns(member=member).filter(pl.col("member").is_not_null())
    last = _last_whole(view)
    judged = _judged(_without_gaps(known, one, last), one)
    notes.append(note("streaks_need", months=LEAST["month"]))
    if judged.is_empty():
        return pl.DataFrame(schema=[column.name for column in query.columns])
    longest = _longest(judged, last)
    if "people" in answered:
        longest = _of_those_here(longest, answered["people"].frame, view.at)
    frame = _with_chance(longest, "months_judged", "months_over").with_columns(whose=pl.lit(level))
    rules = set(frame.get_column("held_against"))
    notes += [note("streaks_without_target", measure=one.id)] if "median" in rules else []
    order = frame.sort(["running", "longest", "member"], descending=[True, True, False])
    return order.select([column.name for column in query.columns])


def _without_gaps(months: pl.DataFrame, one: Measure, last: date) -> pl.DataFrame:
    """Every month of a member from the first that has anything on: what nobody sold is 0."""
    goal, value = f"attainment:{one.id}", pl.col(one.id).cast(pl.Float64).fill_null(0)
    # Nothing is reached of a target for some of the month's days; nor where less is better and there is nothing.
    is_held = pl.col(goal).is_not_null() | ((value == 0) & (one.better == "lower"))
    target = pl.when(is_held).then(pl.col(f"{goal}.target").cast(pl.Float64))
    own = months.select("member", "month", value=value, target=target)
    begun = own.filter(pl.col("value") != 0).group_by("member").agg(pl.col("month").min().alias("begun"))
    grid = begun.with_columns(month=pl.date_ranges("begun", pl.lit(last).dt.truncate("1mo"), "1mo")).explode("month")
    full = grid.join(own, on=["member", "month"], how="left", maintain_order="left")
    return full.with_columns(pl.col("value").fill_null(0)).sort("member", "month")


def _judged(months: pl.DataFrame, one: Measure) -> pl.DataFrame:
    """Which months are over the target, of whom enough have one; else over the median of all of the member's months."""
    value = pl.col("value") * (-1 if one.better == "lower" else 1)
    target = pl.col("target") * (-1 if one.better == "lower" else 1)
    has_targets = pl.col("target").is_not_null().sum().over("member") >= LEAST["month"]
    told = months.with_columns(
        held_against=pl.when(has_targets).then(pl.lit("target")).otherwise(pl.lit("median")),
        is_over=pl.when(has_targets).then(value >= target).otherwise(value > value.median().over("member")),
    )
    told = told.filter((pl.col("held_against") == "median") | pl.col("target").is_not_null())
    return told.filter(pl.len().over("member") >= LEAST["month"])


def _longest(judged: pl.DataFrame, until: date) -> pl.DataFrame:
    """Each member's longest streak, of several the first, and the one that lasts until the month of `until`."""
    number = pl.col("month").dt.year().cast(pl.Int64) * 12 + pl.col("month").dt.month()
    hits = judged.filter("is_over").with_columns(stretch=number - number.rank("ordinal").over("member"))
    runs = hits.group_by("member", "stretch").agg(
        length=pl.len().cast(pl.Int64), from_on=pl.col("month").min(), last=pl.col("month").max()
    )
    best = runs.sort("length", "from_on", descending=[True, False]).group_by("member", maintain_order=True).first()
    whole = judged.group_by("member").agg(
        held_against=pl.col("held_against").first(), months_judged=pl.len().cast(pl.Int64),
        months_over=pl.col("is_over").sum().cast(pl.Int64),
    )  # fmt: skip
    # Whoever left, or has no target since, is on none: their last judged month is not the last there is.
    lasting = runs.filter(pl.col("last") == until.replace(day=1))
    running = lasting.select("member", running="length", running_from="from_on")
    told = best.select("member", "from_on", longest="length", to_on=pl.col("last").dt.month_end())
    found = whole.join(told, on="member", how="left").join(running, on="member", how="left")
    return found.with_columns(pl.col("longest", "running").fill_null(0))


def _of_those_here(found: pl.DataFrame, staff: pl.DataFrame, day: date) -> pl.DataFrame:
    """Whoever has left is on no streak, also where deals of theirs are closed afterwards."""
    gone = staff.filter(pl.col("left_on") <= day).get_column("rep").to_list()
    is_here = ~pl.col("member").is_in(gone)
    return found.with_columns(
        running=pl.when(is_here).then("running").otherwise(0), running_from=pl.when(is_here).then("running_from")
    )


def _with_chance(frame: pl.DataFrame, tries: str, hits: str) -> pl.DataFrame:
    """How likely so long a streak is at the own rate, and for whom it is no more than luck."""
    chance = run_chance(frame[tries], (frame[hits] / frame[tries]).to_numpy(), frame["longest"])
    return frame.with_columns(luck=chance, is_beyond_chance=pl.Series(discoveries(chance.tolist()), dtype=pl.Boolean))


# ------------------------------------------------------------------------------------------------------ deals in a row


def won_streaks(view: View) -> Query:
    """Deals won in a row by each salesperson, until the view's day, the longest first.

    One row per `rep` and `stretch` (of the longest streak): `closed` deals, `win_rate`, `longest` with `from_on` and
    `to_on`, `running` (the wins since the last loss; 0 for whoever has left) since `running_from`, `luck` and
    `is_beyond_chance`. Of one day nobody knows the order: a day with a loss ends a row, and its wins belong to none. A
    deal of several people is its owner's. `rows` are the deals of the longest streak.
    """
    asked = from_file("won_streaks", view.with_compare("none"), until=view.at)
    columns = (
        Column("rep", "by"), Column("stretch", "by"), Column("customer_key", "detail"),
        Column("closed", "detail", unit="count"), Column("win_rate", "detail", unit="share"),
        Column("longest", "value", unit="count", where="population.status = 'won' and not population.is_broken"),
        Column("from_on", "detail"), Column("to_on", "detail"), Column("running", "detail", unit="count"),
        Column("running_from", "detail"), Column("luck", "detail", unit="share"), Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("rep", "stretch"), finish="won_streaks")


def finished_won(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Everybody with enough closed deals."""
    frame = frames[0].filter(pl.col("closed") >= LEAST_DEALS)
    notes.append(note("won_streaks_need", deals=LEAST_DEALS))
    names = [column.name for column in query.columns if column.role != "detail" or column.name != "customer_key"]
    if frame.is_empty():
        return pl.DataFrame(schema=names)
    told = _with_chance(frame, "closed", "won").with_columns(win_rate=pl.col("won") / pl.col("closed"))
    return told.sort("longest", "luck", "rep", descending=[True, False, False]).select(names)
