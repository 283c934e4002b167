"""What is usual of a measure, bucket by bucket, and what is more than that: the rules of metrics/xmr.py over a trend.

Only buckets that are over and have data throughout take part; of days only working days do, and of weeks those with
three of them. A rate whose cases are counted has limits that follow them; what else is divided (an average, a margin)
is looked at only while no bucket weighs more than twice as much as another. A stock carries over from one bucket to the
next, so that its moves say nothing of chance: it has no limits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from metrics import xmr
from metrics.catalog import Measure, measure
from metrics.cuts import trend
from metrics.known import is_unknown, refused_throughout, usual_part
from metrics.notes import Note, note
from metrics.period import DAY, bucket_next, buckets
from metrics.query import Column, Query
from metrics.together import answers, begins, first_day, over, together
from metrics.trends import SHOWN, asked_of, span_of, unfinished, value_columns, with_days
from metrics.view import View
from metrics.workdays import Workdays, calendar

LEAST_ALIKE = 2.0
"""How many times as much one bucket of an average may weigh as another: its limits are wrong by a fifth at most."""
LOOKED_AT = {grain: max(xmr.LEAST * 2, count) for grain, count in SHOWN.items()}
"""Buckets up to the period's end that are looked at, also where it is shorter: limits need a past."""
WORKED = {"day": 1, "week": 3}
"""Working days without which a day or a week takes no part: holidays are more than chance, and no news."""
_LIMITS = ("centre", "lower", "upper", "away", "move", "most")


def usual(asked: str | Measure, grain: str, view: View) -> Query:
    """A measure by buckets, with what is usual of each and which of them are signals.

    One row per bucket of the period, and of as many before it as limits need: `from_on`, `to_on`, the measure,
    `is_counted` (takes part), `centre`, `lower`, `upper`, `away` (from the mean, the limit being 3), `move` (from the
    one before) and `most` (the largest usual one); `rule` (`outside`, `near`, `run`) and `side` (1 above, −1 below)
    where it is part of a signal, of several rules the first; `festival`, the first day of a lunar year in it, which is
    more than chance and no news. Without limits these are null, and a note says why.

    Raises:
        UnknownMeasure, NotABucket, MeasureNotOverTime.
    """
    one = asked_of(asked, grain)
    span = span_of(view, grain, 0 if has_stock(one) else LOOKED_AT[grain])  # what has no limits needs no past
    weights = [measure(one.ratio[1])] if one.ratio and one.interval != "wilson" else []
    inner = {"now": trend([one, *weights], grain, over(view, span.from_on, span.to_on))}
    inner |= begins(inner["now"], one, view) | {"calendar": calendar(view)}
    columns = [
        Column(grain, "by"), Column("from_on", "detail"), Column("to_on", "detail"), *value_columns(one),
        Column("is_partial", "flag"), Column("is_counted", "flag"),
        *(Column(name, "detail", unit="number" if name == "away" else one.unit) for name in _LIMITS),
        Column("rule", "detail"), Column("side", "detail"), Column("festival", "detail"),
    ]  # fmt: skip
    return together(inner, view, of=one, by=(grain,), columns=columns, finish="usual")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The buckets since the data begin, their limits, and which of them are signals."""
    answered = answers(query, frames)
    grain, one, view = query.by[0], query.measures[0], query.inner[0][1].view
    span = view.period if view else None
    first = first_day(answered)
    notes += [said for said in answered["now"].notes if said["measure"] == one.id]
    empty = pl.DataFrame(schema=[column.name for column in query.columns])
    if view is None or span is None or first is None:
        return empty
    starts = buckets(span.from_on, min(span.to_on, view.as_of), grain, view.fiscal_start, view.week_start)
    starts = [start for start in starts if bucket_next(start, grain) - DAY >= first]
    trended = answered["now"].frame
    if view.is_filtered and answered["now"].raw.is_empty():
        return empty
    frame = with_days(trended, grain, starts, span, view, first, one)
    if frame.is_empty():
        return empty
    days = Workdays.of(answered["calendar"].frame)
    ends = [bucket_next(start, grain) for start in starts]
    least = WORKED.get(grain, 0)
    worked = [days.between(start, end - DAY) >= least for start, end in zip(starts, ends, strict=True)]
    held = [next((day for day in days.festivals if a <= day < b), None) for a, b in zip(starts, ends, strict=True)]
    raw = answered["now"].raw
    part = usual_part(one, raw, grain)
    unknown = [] if one.ratio else raw.filter(is_unknown(one, part)).get_column(grain).drop_nulls().to_list()
    out = frame.filter(~pl.col("is_partial") & pl.col(grain).is_in(unknown)).height
    if out and not refused_throughout(one, raw):  # then that is said, and which part is usual cannot be
        notes.append(note("usual_unknown", measure=one.id, count=out, usual=part.text()))
    frame = frame.with_columns(
        is_counted=~pl.col("is_partial")
        & pl.col(one.id).is_not_null()
        & pl.Series(worked, dtype=pl.Boolean)
        & ~pl.col(grain).is_in(unknown),
        festival=pl.Series(held, dtype=pl.Date),
    )
    whole = trended.join(frame.filter("is_counted").select(grain), on=grain, how="semi", maintain_order="left")
    limits, why = _limits(one, whole)
    notes += [*why, *unfinished(frame, view)]
    return _judged(frame, grain, limits).select([column.name for column in query.columns])


def _limits(one: Measure, whole: pl.DataFrame) -> tuple[xmr.Limits | None, list[Note]]:
    """What is usual of the buckets that take part, or why nobody can tell."""
    if has_stock(one):
        return None, [note("usual_stock", measure=one.id)]
    if whole.height < xmr.LEAST:
        return None, [note("usual_too_few", measure=one.id, count=whole.height, least=xmr.LEAST)]
    values = [float(value) for value in whole.get_column(one.id)]
    if one.interval == "wilson":
        cases = [float(count) for count in whole.get_column(f"{one.id}.n")]
        parts = [rate * count for rate, count in zip(values, cases, strict=True)]
        fewer = min(sum(parts), sum(cases) - sum(parts)) / whole.height
        if fewer < xmr.LEAST_CASES:
            return None, [note("usual_few_cases", measure=one.id, least=int(xmr.LEAST_CASES))]
        return xmr.rates(parts, cases), []
    if one.ratio is not None:
        weights = [abs(float(weight or 0)) for weight in whole.get_column(one.ratio[1])]
        if max(weights) > LEAST_ALIKE * min(weights):
            return None, [note("usual_unequal", measure=one.id, of=measure(one.ratio[1]).label)]
    if one.unit == "count" and sum(values) < xmr.LEAST_COUNT * len(values):
        return None, [note("usual_few", measure=one.id, least=int(xmr.LEAST_COUNT))]
    found = xmr.individuals(values)
    if min(values) >= 0:  # what was never below 0 cannot fall below it
        found = found._replace(lower=np.maximum(found.lower, 0.0))
    return found, []


def _judged(frame: pl.DataFrame, grain: str, limits: xmr.Limits | None) -> pl.DataFrame:
    """Every bucket with its limits and the first rule that calls it a signal."""
    if limits is None:
        empty = [pl.lit(None, pl.Float64).alias(name) for name in _LIMITS]
        return frame.with_columns(*empty, rule=pl.lit(None, pl.String), side=pl.lit(None, pl.Int64))
    count = limits.centre.size
    rules: list[str | None] = [None] * count
    sides: list[int | None] = [None] * count
    for rule in reversed(xmr.RULES):  # the first rule is the plainest, and holds
        for found in (one for one in xmr.signals(limits.away) if one.rule == rule):
            for at in range(found.first, found.last + 1):
                if rule == "near" and limits.away[at] * found.side <= xmr.NEARER:
                    continue  # the one of four that is not
                rules[at], sides[at] = rule, found.side
    known = frame.filter("is_counted").select(grain).with_columns(
        centre=limits.centre, lower=limits.lower, upper=limits.upper, away=limits.away,
        move=pl.Series(limits.moves).fill_nan(None), most=pl.lit(limits.most),
        rule=pl.Series(rules, dtype=pl.String), side=pl.Series(sides, dtype=pl.Int64),
    )  # fmt: skip
    return frame.join(known, on=grain, how="left", maintain_order="left")


def has_stock(one: Measure) -> bool:
    """Whether it says how things stand on a day."""
    return any(part.stock is not None for part in one.parts)


def signals(frame: pl.DataFrame) -> list[xmr.Signal]:
    """The signals of an answer; places are those of its rows that are counted."""
    away = frame.filter("is_counted").get_column("away").drop_nulls()
    return xmr.signals(away.to_list()) if away.len() else []
