"""What salespeople do: how much each week, how often a deal is touched, and which deals and customers nobody touches.

Filters and row scope choose whose activity is counted week by week. Where it is asked what was done for deals and for
customers they choose those: a deal of Ann's that Bob called has been called (metrics/base.py).

Counts are also given per working day, since weeks differ. Nothing here says that more activity is better: what it has
to do with winning is looked at in metrics/landmark.py, with care.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from metrics import shares
from metrics.base import Step
from metrics.catalog import measure
from metrics.notes import Note, note
from metrics.period import FIRST, bucket_start
from metrics.query import Column, Query, from_file
from metrics.view import View

MOST_WEEKS = 13
"""Weeks of the field of salespeople and weeks: a quarter, which is what a screen holds."""
TOUCHES = ("0", "1-2", "3-5", "6-10", "11+")
SILENT = ("0-7", "8-14", "15-29", "30-60", "61-90", "91+", "never")
"""Bands of touches per deal, and of days without any."""
LONG_SILENT = ("30-60", "61-90", "91+", "never")
"""Bands that the finding counts as long silent: from metrics.signals.SILENT_DAYS on, the day that makes it a sign."""
LEAST_TOUCHES, LEAST_SPAN, LEAST_SILENT, TIMES_AS_LONG = 20, 180, 45, 2.0
"""A customer was touched regularly: on so many days of the year up to the last one, over at least so many days. It has
gone quiet: for at least so many days, and for so many times its longest pause in that year. Of some 300 such customers
of eight made-up companies without stories none was called quiet."""
FAR, MEDIAN_TO_SIGMA, LEAST_WEEKS, LEAST_WORKDAYS = 3.0, 1.4826 / 2**0.5, 8, 3
"""A week is low when it lies further under the usual one than this many standard deviations, as moves from week to week
let expect (by their median, which one bad month does not widen); of at least so many weeks. Two low weeks running are a
quiet spell: one alone is often a bridged holiday. Weeks with fewer working days are passed over. In the last
year of eight made-up companies without stories no week was called quiet; their first weeks, before work was in full
swing, were."""


def by_week(view: View, *, most: int | None = MOST_WEEKS) -> Query:
    """What each salesperson did in each week of the view's period, those included who did nothing.

    One row per `week` and `rep`: `activities`, `workdays` (of that person in that week) and `per_day`. Who has neither
    activities nor open deals is not there. `rows(week=…, rep=…)` are the activities.

    Args:
        view: whose period and filters apply; a filter of the kind gives one kind.
        most: the last so many weeks; None for the whole period, or twelve months without one.
    """
    first, last = days_of(view, most)
    values = {"from_on": first, "to_on": last}
    asked, days = (from_file(f"activity_{name}", view, **values) for name in ("weeks", "days"))
    asked = replace(asked, answer=_BY_REP)
    columns = (
        Column("week", "by"),
        Column("rep", "by"),
        Column("activities", "value", measure("activities").id, "count", "count"),
        Column("workdays", "n", unit="count"),
        Column("per_day", "value", unit="number"),
    )
    return replace(asked, columns=columns, by=("week", "rep"), finish="activity_weeks", others=(days,))


_BY_REP = "select week, rep, cast(sum(n) as bigint) as activities from counted group by week, rep"
"""Without the kinds, of which there are several times as many rows: those of thousands of people are remembered."""


def pace(view: View) -> Query:
    """What was done in each week by kind, per working day, and which weeks are a quiet spell.

    One row per `week` and `kind`, those in which nothing was done included, from the first day on which those in view
    did anything to the last on which activity is on record, or the last of them left: `activities`, `workdays` of the
    calendar, `per_day`; `is_quiet` and `usual` (per day, all kinds) belong to the week. Unfinished weeks are measured
    by the days gone by, and never called quiet.
    """
    first, last = days_of(view)
    asked = from_file("activity_weeks", view, from_on=first, to_on=last)
    weeks = from_file("activity_span", view, from_on=first, to_on=last)
    columns = (
        Column("week", "by"),
        Column("kind", "by"),
        Column("activities", "value", measure("activities").id, "count", "count"),
        Column("workdays", "n", unit="count"),
        *(Column(name, "value", unit="number") for name in ("per_day", "usual")),
        Column("is_quiet", "flag"),
    )
    return replace(asked, columns=columns, by=("week", "kind"), finish="activity_pace", others=(weeks,))


def days_of(view: View, most: int | None = None) -> tuple[date, date]:
    """First and last day of the weeks looked at: the period, or without one a year; at most the last `most` weeks.

    Of a period that has not begun the last day lies before the first: there is nothing to look at yet.
    """
    last = view.at
    first = view.begins_on or last - timedelta(days=364)
    if most is not None:
        first = max(first, bucket_start(last, "week", week_start=view.week_start) - timedelta(weeks=most - 1))
    return first, last


def touches(view: View) -> Query:
    """How often deals closed in the period were touched before they were closed: won ones beside lost ones.

    Touches are those of anybody. Only deals created since activities of deals are on record count: of older ones nobody
    knows. One row per `status` and `band` (TOUCHES): `deals`, `share` of those deals of that status, and of all of them
    `median`, `p75` and `of_all` (how many). `rows(status=…, band=…)` are the deals.
    """
    first, last = (view.period.from_on, view.at) if view.period else (FIRST, view.at)
    asked = from_file("touches", view, from_on=first, to_on=last, of_kind=_is_of_kind(view))
    columns = (
        *(Column(name, "by") for name in ("status", "band")),
        *(Column(name, "detail") for name in ("rep_key", "customer_key")),
        Column("deals", "value", unit="count", agg="count"),
        Column("share", "value", unit="share"),
        *(Column(name, "value", unit="number") for name in ("median", "p75")),
        Column("of_all", "n", unit="count"),
    )
    return replace(asked, columns=columns, by=("status", "band"), finish="touches")


def silence(view: View) -> Query:
    """For how long nobody has touched the deals that are open on the view's day.

    One row per `band` (SILENT): `deals`, `amount`. Together they are the open deals and the open amount of that day:
    of a deal shared out, every part counts for its money, and the owner's for the deal.
    """
    asked = _standing(view)
    columns = (
        Column("band", "by"),
        *(Column(name, "detail") for name in ("rep_key", "customer_key")),
        Column("deals", "value", "open_deals", "count", "count", where="population.is_main"),
        Column("amount", "value", "open_amount", "money"),
    )
    return replace(asked, columns=columns, by=("band",), finish="silence")


def longest_silent(view: View, most: int = 50) -> Query:
    """The open deals that nobody has touched for longest, with their money; those never touched by their age."""
    listed = silence(view).rows("deals")
    order = "order by population.silent_days desc, population.amount desc nulls last, population.deal_id"
    # The names of these alone: of tens of thousands of deals few are shown.
    kept = f"select population.* from population where population.is_main\n{order}\nlimit {int(most)}"
    answer = f"{listed.answer.replace('from population', 'from longest as population', 1)}\n{order}"
    shown = replace(listed, steps=(*listed.steps, Step("longest", kept)), answer=answer)
    columns = (Column("silent_days", "value", unit="days"), Column("amount", "value", unit="money"))
    return replace(shown, columns=columns, finish="longest_silent")


def _standing(view: View) -> Query:
    shared = shares.among((measure("open_amount"),), (name for name, _ in view.filters))
    of_kind = _is_of_kind(view)
    asked = from_file("silence", view, day=view.at, of_kind=of_kind)
    if of_kind:
        untold = [replace(step, sql=_UNTOLD) if step.name == "told_touched" else step for step in asked.steps]
        asked = replace(asked, steps=tuple(untold))
    if not shared:
        return asked
    steps = tuple(replace(step, sql=step.sql.replace(_WHOLE, _PART)) for step in asked.steps)
    return replace(asked, steps=steps, shared=shared)


def _is_of_kind(view: View) -> bool:
    return any(name == "kind" for name, _ in view.filters)


_UNTOLD = """
select open_then.deal_id, cast(null as date) as last_activity_on, false as is_settled
from open_then group by open_then.deal_id
"""
"""Instead of the step `told_touched` where a kind is chosen: what the fold keeps is of any kind."""
_WHOLE, _PART = "TRUE AS is_main", "deals_seen.is_main"
"""How the step says at which of its rows a deal itself is counted; only deals shared out have a column for it."""


def quiet(view: View, *, of_all: bool = False) -> Query:
    """Customers with open deals who were touched regularly and have gone quiet (LEAST_TOUCHES and what follows).

    One row per customer, those with most at stake first: `customer`, `touched_on` (last), `silent_days`,
    `longest_pause` (in the year before the last touch), `touch_days` in it, and the open `deals` and `amount`.

    Args:
        view: its day and filters. of_all: `Result.raw` has all who were touched regularly, not only those long silent.
    """
    since = view.at if of_all else view.at - timedelta(days=LEAST_SILENT)
    asked = from_file("quiet", view, day=view.at, least_touches=LEAST_TOUCHES, quiet_since=since)
    columns = (
        Column("customer", "by"),
        *(Column(name, "value", unit="days") for name in ("silent_days", "longest_pause")),
        Column("touch_days", "value", unit="count"),
        Column("deals", "value", unit="count"),
        Column("amount", "value", unit="money"),
    )
    return replace(asked, columns=columns, by=("customer",), finish="quiet")


# ---------------------------------------------------------------------------------------------------------- finishing


def finished_weeks(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Every week of everybody who was there; 0 where nothing was done."""
    done, there = frames
    counted = done.group_by("week", "rep").agg(pl.col("activities").sum())
    frame = there.join(counted, on=["week", "rep"], how="full", coalesce=True, nulls_equal=True)
    frame = frame.with_columns(pl.col("activities", "workdays").fill_null(0))
    return frame.select("week", "rep", "activities", "workdays", per_day=_per_day()).sort(
        "week", "rep", nulls_last=True
    )


def finished_pace(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Kinds by week per working day; quiet spells are marked."""
    done, there = frames
    kinds = done.group_by("week", "kind").agg(pl.col("activities").sum())
    total = there.join(kinds.group_by("week").agg(pl.col("activities").sum()), on="week", how="left")
    weeks = quiet_weeks(total.with_columns(pl.col("activities").fill_null(0)))
    grid = weeks.select("week", "workdays", "usual", "is_quiet").join(kinds.select("kind").unique(), how="cross")
    frame = grid.join(kinds, on=["week", "kind"], how="left", nulls_equal=True)
    frame = frame.with_columns(pl.col("activities").fill_null(0)).with_columns(per_day=_per_day())
    order = ["week", "kind", "activities", "workdays", "per_day", "usual", "is_quiet"]
    return frame.select(order).sort("week", "kind", nulls_last=True)


def _per_day() -> pl.Expr:
    return pl.col("activities") / pl.when(pl.col("workdays") > 0).then("workdays")


def quiet_weeks(weeks: pl.DataFrame) -> pl.DataFrame:
    """Weeks with `usual` (the median per working day) and `is_quiet`.

    Args:
        weeks: `week`, `activities`, `workdays`, `days` (of the week that were looked at).

    Source: D. J. Wheeler, Understanding Variation (XmR chart; limits by the median moving range).
    """
    is_whole = (pl.col("days") == 7) & (pl.col("workdays") >= LEAST_WORKDAYS)
    frame = weeks.sort("week").with_columns(per_day=_per_day(), is_whole=is_whole)
    whole = frame.filter("is_whole")
    usual, spread = (each.median() for each in (whole.get_column("per_day"), whole.get_column("per_day").diff().abs()))
    if whole.height < LEAST_WEEKS or not isinstance(usual, float) or not isinstance(spread, float):
        return frame.with_columns(usual=pl.lit(usual, pl.Float64), is_quiet=pl.lit(value=False))
    is_low = pl.col("per_day") < usual - FAR * MEDIAN_TO_SIGMA * spread
    spells = whole.select("week", is_quiet=is_low & (is_low.shift(1) | is_low.shift(-1)).fill_null(value=False))
    marked = frame.join(spells, on="week", how="left").with_columns(pl.col("is_quiet").fill_null(value=False))
    return marked.with_columns(usual=pl.lit(usual))


def finished_touches(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Every band of won and of lost deals, with the median of all of that status."""
    closed, parts = frames[0], []
    raw = closed.filter(pl.col("band").is_not_null())
    notes += _recorded(closed, raw)
    for status in ("won", "lost"):
        of = raw.filter(pl.col("status") == status)
        n = int(of.get_column("deals").sum() or 0)
        bands = pl.DataFrame({"status": status, "band": TOUCHES})
        counted = of.group_by("status", "band").agg(pl.col("deals").sum().cast(pl.Int64))
        parts.append(
            bands.join(counted, on=["status", "band"], how="left", maintain_order="left").with_columns(
                pl.col("deals").fill_null(0),
                share=pl.col("deals").fill_null(0) / n if n else pl.lit(None, pl.Float64),
                median=pl.lit(weighted_quantile(of, "touches", "deals", 0.5), pl.Float64),
                p75=pl.lit(weighted_quantile(of, "touches", "deals", 0.75), pl.Float64),
                of_all=pl.lit(n, pl.Int64),
            )
        )
    frame = pl.concat(parts)
    return frame if raw.filter(pl.col("touches") > 0).height else frame.clear()


def _recorded(closed: pl.DataFrame, known: pl.DataFrame) -> list[Note]:
    """What is said of deals older than the record of activity, or where there is nothing to be said of touches."""
    of, kept = (int(frame.get_column("deals").sum() or 0) for frame in (closed, known))
    since = closed.get_column("recorded_on").max()
    if since is not None and not kept and of:
        return [note("touches_unrecorded", since=since, count=of)]
    if of and not known.filter(pl.col("touches") > 0).height:
        return [note("no_touches")]
    return [note("touches_recorded", since=since, count=of - kept, of=of)] if of > kept else []


def weighted_quantile(frame: pl.DataFrame, value: str, weight: str, share: float) -> float | None:
    """The least value that at least this share of all lie at or under; at exactly half, the middle of two."""
    known = frame.filter(pl.col(value).is_not_null() & (pl.col(weight) > 0)).group_by(value).agg(pl.col(weight).sum())
    ordered = known.sort(value).with_columns(reached=pl.col(weight).cum_sum())
    if not ordered.height:
        return None
    wanted = share * float(ordered.get_column("reached")[-1])
    above = ordered.filter(pl.col("reached") >= wanted - 1e-9)
    at = float(above.item(0, value))
    is_between = above.height > 1 and abs(float(above.item(0, "reached")) - wanted) < 1e-9
    return (at + float(above.item(1, value))) / 2 if is_between else at


def finished_silence(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Every band in its order; nothing where no deal is open."""
    raw = frames[0].group_by("band").agg(pl.col("deals").sum().cast(pl.Int64), pl.col("amount").sum())
    order = pl.DataFrame({"band": SILENT})
    frame = order.join(raw, on="band", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col("deals").fill_null(0), pl.col("amount").fill_null(0))
    if raw.height == 1 and raw.item(0, "band") == "never":
        notes.append(note("never_touched"))
    if frames[0].get_column("reconstructed").sum():
        notes.append(note("reconstructed", measure="open_deals"))
    return frame if raw.height else frame.clear()


def finished_longest(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """As asked; where no touch of any deal is known, a list of the oldest deals would accuse for nothing."""
    frame = frames[0]
    if frame.height and frame.get_column("touched_on").null_count() == frame.height:
        notes.append(note("never_touched"))
        return frame.clear()
    if frame.get_column("is_reconstructed").any():
        notes.append(note("reconstructed", measure="open_deals"))
    return frame.drop("is_main", "is_reconstructed")


def finished_quiet(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Those who fall under the rule, most money first."""
    if frames[0].get_column("reconstructed").sum():
        notes.append(note("reconstructed", measure="open_deals"))
    long = pl.col("silent_days") >= pl.max_horizontal(
        pl.lit(LEAST_SILENT), TIMES_AS_LONG * pl.col("longest_pause").fill_null(0)
    )
    regular = pl.col("span_days") >= LEAST_SPAN
    kept = frames[0].filter(long & regular)
    names = ["customer", "tier", "touched_on", "silent_days", "longest_pause", "touch_days", "deals", "amount"]
    return kept.select(names).sort("amount", "silent_days", "customer", descending=[True, True, False])


FINISHES = {
    "activity_pace": finished_pace,
    "activity_weeks": finished_weeks,
    "longest_silent": finished_longest,
    "quiet": finished_quiet,
    "silence": finished_silence,
    "touches": finished_touches,
}
"""By the name that a question gives its finish (metrics/finish.py)."""
