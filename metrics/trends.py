"""A measure over time beside other times: the period before, the same of last year and the year before, all at once.

`course` has a row for each bucket of the period, with those that it is compared with. `so_far` compares
the bucket that runs with earlier ones after as many working days (metrics/workdays.py). What lies before the first day
of the data is not known, and never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from metrics import period as spans
from metrics.catalog import GRAINS, Measure, Text, dimension, measure
from metrics.cuts import total, trend
from metrics.errors import MeasureNotOverTime, NotABucket
from metrics.known import LEAST_COVERED, UNTOLD, is_uneven, then_of, uneven_there, unevenly_known
from metrics.notes import Note, note
from metrics.period import DAY, FIRST, Period, add_months, bucket_next, bucket_start, buckets
from metrics.population import raw as raw_name
from metrics.query import Column, Query, Role
from metrics.together import answers, begins, first_day, over, together
from metrics.view import View
from metrics.workdays import Workdays, calendar

AGAINST = ("previous", "last_year", "two_years")
"""What a course is compared with: the time before, and the same buckets of the last years."""
IN_YEAR = {"day": 364, "week": 52, "month": 12, "quarter": 4, "year": 1, "fiscal_quarter": 4, "fiscal_year": 1}
"""Buckets from one to the same of the year before; days and weeks are 52 weeks earlier, so that weekdays meet."""
WHEN = {
    "previous": Text.model_validate({"en": "the time before", "zh-CN": "上一期"}),
    "last_year": Text.model_validate({"en": "last year", "zh-CN": "去年同期"}),
    "two_years": Text.model_validate({"en": "the year before last", "zh-CN": "前年同期"}),
}
SHOWN = {"day": 60, "week": 52, "month": 24, "quarter": 12, "year": 10, "fiscal_quarter": 12, "fiscal_year": 10}
"""Buckets that are looked at where no period says which."""
MOST_BUCKETS = 400
_ENDS: tuple[Role, ...] = ("low", "high", "n")
_FITS = {"day": 35, "week": 190, "month": 1250}
"""The longest period in days whose buckets of a grain can be told apart; quarters of longer ones."""


def grain_for(view: View) -> str:
    """The grain by which a period is seen best, where nobody has chosen one."""
    if view.period is None or view.period.from_on <= FIRST:
        return "month"
    return next((grain for grain, days in _FITS.items() if view.period.days <= days), "quarter")


def asked_of(asked: str | Measure, grain: str) -> Measure:
    """The measure that is looked at over time.

    Raises:
        UnknownMeasure, NotABucket. MeasureNotOverTime: an attainment is of a whole period.
    """
    if grain not in GRAINS:
        raise NotABucket(dimension=dimension(grain).id, grains=", ".join(GRAINS))
    one = measure(asked)
    if one.goal_of is not None:
        raise MeasureNotOverTime(measure=one.id)
    return one


def span_of(view: View, grain: str, least: int = 0) -> Period:
    """The days looked at: the period, or the last SHOWN buckets where there is none, and at least `least` of them."""
    at = view.at
    last = bucket_start(at, grain, view.fiscal_start, view.week_start)
    if view.period is None or view.period.from_on <= FIRST:
        from_on = bucket_next(last, grain, 1 - max(least, SHOWN[grain]))
        return spans.period(from_on, bucket_next(last, grain) - DAY, view.as_of)
    from_on = view.period.from_on
    if least:
        from_on = min(from_on, bucket_next(last, grain, 1 - least))
    return spans.period(max(from_on, bucket_next(last, grain, 1 - MOST_BUCKETS)), view.period.to_on, view.as_of)


def then(span: Period, grain: str, against: str, view: View) -> Period:
    """The days that those of a span are compared with: as many buckets, in the same order.

    The time before is as many buckets earlier as the span has; one that begins and ends within buckets has one less, as
    its first and last make one together: from 18 June to 17 June is twelve months. Where the span cuts its first or
    last bucket, the other one is cut alike: 13 days of a June are no fall against all of the June before. What is only
    not over yet is held against the whole, which says what is to come (`so_far` compares as many working days).
    """
    here = _buckets(view, span.from_on, span.to_on, grain)
    if against == "previous":
        back = max(1, len(here) - (span.from_on > here[0]))
    else:
        back = IN_YEAR[grain] * AGAINST.index(against)
    first, last = bucket_next(here[0], grain, -back), bucket_next(here[-1], grain, -back)
    is_whole = span.to_on + DAY >= bucket_next(here[-1], grain)
    to_on = bucket_next(last, grain) - DAY if is_whole else _as_far(span.to_on, here[-1], last, grain)
    return Period(_as_far(span.from_on, here[0], first, grain), max(to_on, last))


def _as_far(day: date, start: date, other: date, grain: str) -> date:
    """The day of the bucket that begins on `other` that is as far into it as `day` into the one of `start`."""
    if grain in ("day", "week"):
        return other + (day - start)
    months = (other.year - start.year) * 12 + other.month - start.month
    if (day + DAY).day == 1:  # the last day of a month is as far as the last of any other
        return add_months(day + DAY, months) - DAY
    return add_months(day, months)


def value_columns(one: Measure, name: str | None = None) -> list[Column]:
    """The columns of a measure in an answer over spans: its value, and its interval where it has one."""
    agg = "ratio" if one.ratio or one.times else one.agg
    found = [Column(name or one.id, "value", one.id, one.unit, agg, one.of, one.where)]
    if one.interval == "wilson" and name is None:
        found += [Column(f"{one.id}.{end}", end, one.id, "count" if end == "n" else one.unit) for end in _ENDS]
    return found


# ------------------------------------------------------------------------------------------------------------- course


def course(asked: str | Measure, grain: str, view: View, against: Sequence[str] = ()) -> Query:
    """A measure by buckets of a period, beside the buckets of other periods.

    One row per bucket (of all time since the data begin), to the end of the period where it is compared: the bucket
    by its first day, `from_on` and `to_on` (the days of it that are counted), the measure, `is_partial` (not all of
    the bucket is counted, or has data), and for each of `against` its value and the first and last day of the bucket
    it is of (`previous`, `previous.from_on`, `previous.to_on`). Stocks stand at the end of each bucket.

    Raises:
        UnknownMeasure, NotABucket, MeasureNotOverTime.
    """
    one = asked_of(asked, grain)
    span = span_of(view, grain)
    inner = {"now": trend(one, grain, over(view, span.from_on, span.to_on))}
    for name in ("last_year", "two_years", "previous"):
        if name in against:
            days = then(span, grain, name, view)
            asked_then = trend(one, grain, over(view, days.from_on, days.to_on))
            if asked_then not in inner.values():  # before a year comes last year
                inner[name] = asked_then
    inner |= begins(inner["now"], one, view)
    columns = [
        Column(grain, "by"), Column("from_on", "detail"), Column("to_on", "detail"), *value_columns(one),
        *(column for name in inner if name in AGAINST for column in
          (Column(name, "before", one.id, one.unit), Column(f"{name}.from_on", "detail"),
           Column(f"{name}.to_on", "detail"))),
        Column("is_partial", "flag"),
    ]  # fmt: skip
    return together(inner, view, of=one, by=(grain,), columns=columns, finish="course")


def finished_course(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The buckets of the period, and beside each the value of the bucket at its place in the others."""
    answered = answers(query, frames)
    grain, one, view = query.by[0], query.measures[0], _view(query)
    first = first_day(answered)
    notes += answered["now"].notes
    names = [name for name in AGAINST if name in answered]
    span = span_of(view, grain)
    here = _buckets(view, span.from_on, span.to_on if names else min(span.to_on, view.as_of), grain)
    frame = with_days(answered["now"].frame, grain, here, span, view, first, one)
    for name in names:
        days = then(span, grain, name, view)
        there = _buckets(view, days.from_on, days.to_on, grain)
        other = with_days(answered[name].frame, grain, there, days, view, first, one)
        notes += [said for said in answered[name].notes if said.code in UNTOLD]
        known = other.filter(~pl.col("is_late")).select(
            "place", pl.col(one.id).alias(name), *(pl.col(end).alias(f"{name}.{end}") for end in ("from_on", "to_on"))
        )
        both = _places(query, answered["now"].raw, answered[name].raw, here, there)
        if uneven := both.filter(is_uneven(one, both)).get_column("place").to_list():
            notes += uneven_there(one, query, both) or unevenly_known(one, both, WHEN[name])
        known = known.with_columns(pl.when(~pl.col("place").is_in(uneven)).then(name).alias(name))
        frame = frame.join(known, on="place", how="left", maintain_order="left")
        if known.get_column(name).is_null().all() and not uneven:
            notes.append(_why_none(one, name, other))
    # Where filters leave no row, the buckets are not 0 but nothing to look at.
    is_left_out = view.is_filtered and all(answered[name].raw.is_empty() for name in ("now", *names))
    if is_left_out or frame.select(pl.all_horizontal(pl.col(one.id, *names).is_null().all())).item():
        return frame.clear().select([column.name for column in query.columns])  # of empty buckets nothing can be said
    if first and view.begins_on is None:  # nobody asked for days before the data
        frame = frame.filter(pl.col("to_on") >= first)
    has_more = view.period is None or view.period.from_on < span.from_on
    if has_more and (first is None or first < span.from_on):  # else nothing came before
        notes.append(note("drawn_from", from_on=span.from_on))
    notes += unfinished(frame, view)
    return frame.select([column.name for column in query.columns])


def _why_none(one: Measure, name: str, other: pl.DataFrame) -> Note:
    """Why nothing is compared with: the buckets then have not come either, began before the data, or have no value."""
    if other.item(0, "is_ahead"):
        code = "nothing_then_yet"
    else:
        code = "nothing_then" if other.select((pl.col("is_late") | pl.col("is_ahead")).all()).item() else "none_then"
    return note(code, measure=one.id, when=WHEN[name])


def _places(
    query: Query, now: pl.DataFrame, then: pl.DataFrame, here: Sequence[date], there: Sequence[date]
) -> pl.DataFrame:
    """What a statement answers of each bucket that has rows, and beside it that of the bucket at its place then."""
    grain, count = query.by[0], min(len(here), len(there))
    places = pl.DataFrame({grain: here[:count], "then": there[:count], "place": range(count)})
    both = places.join(now, on=grain).join(then_of(then), left_on="then", right_on=raw_name(grain, before=True))
    return both.sort("place")


def unfinished(frame: pl.DataFrame, view: View) -> list[Note]:
    """That the last bucket is not over or goes on after the period, or the first began before it: which days count."""
    found = []
    grain = frame.columns[0]
    cut = frame.head(1).filter(pl.col("from_on") > pl.col(grain))
    if cut.height:
        found.append(note("begun_before", from_on=cut.item(0, "from_on")))
    running = frame.filter(pl.col("is_partial") & (pl.col("to_on") == view.as_of))
    if running.height:
        found.append(note("unfinished", to_on=view.as_of))
    for start, to_on in frame.filter(pl.col("to_on") < view.as_of).tail(1).select(grain, "to_on").iter_rows():
        if to_on < bucket_next(start, grain) - DAY:
            found.append(note("ended_within", to_on=to_on))
    return found


def with_days(
    frame: pl.DataFrame, grain: str, starts: Sequence[date], span: Period, view: View, first: date | None, one: Measure
) -> pl.DataFrame:
    """A row for each bucket: its place, which of its days are counted, whether all are; nothing before the data.

    `is_late`: the data begin after more than a tenth of the days that are counted.
    """
    rows = []
    for place, start in enumerate(starts):
        end = bucket_next(start, grain) - DAY
        from_on, to_on = max(start, span.from_on), min(end, span.to_on, view.as_of)
        days = (to_on - from_on).days + 1
        have = max(0, (to_on - max(from_on, first)).days + 1) if first else 0
        is_late = days > 0 and (have == 0 if one.stock else have < LEAST_COVERED * days)
        is_partial = from_on > start or to_on < end or (is_late and have > 0)
        rows.append((start, place, from_on, to_on if days > 0 else end, days <= 0, have == 0, is_partial, is_late))
    names = (grain, "place", "from_on", "to_on", "is_ahead", "is_void", "is_partial", "is_late")
    types = dict.fromkeys((grain, *names[2:4]), pl.Date) | dict.fromkeys(names[4:], pl.Boolean)  # of no bucket, too
    grid = pl.DataFrame(rows, schema=list(names), orient="row", schema_overrides=types)
    values = [name for name in frame.columns if name.partition(".")[0] == one.id]
    full = grid.join(frame.select(grain, *values), on=grain, how="left", maintain_order="left")
    known = ~(pl.col("is_ahead") | pl.col("is_void"))
    return full.with_columns(*(pl.when(known).then(name).alias(name) for name in values))


def _buckets(view: View, from_on: date, to_on: date, grain: str) -> list[date]:
    return buckets(from_on, max(to_on, from_on), grain, view.fiscal_start, view.week_start)


def _view(query: Query) -> View:
    if query.view is None:
        msg = "a question over time has a view"
        raise TypeError(msg)
    return query.view


# ------------------------------------------------------------------------------------------------------------- so far


def so_far(asked: str | Measure, grain: str, view: View, days: Workdays) -> Query:
    """The bucket that the view ends in, beside the one before and that of last year after as many working days.

    One row per `series` (`now`, `previous`, `last_year`) and bucket: `from_on`, `to_on`, the measure, `workdays`
    gone by, and `change` of now against it: relative, of shares in points. A bucket
    that is over is compared with whole ones.

    Args:
        days: of the company's calendar, which `workdays.calendar` asks for.

    Raises:
        UnknownMeasure, NotABucket, MeasureNotOverTime.
    """
    one = asked_of(asked, grain)
    inner = {name: total(one, over(view, *ends)) for name, ends in far_spans(grain, view, days).items()}
    inner |= begins(inner["now"], one, view) | {"calendar": calendar(view)}
    columns = [
        Column("series", "by"), Column(grain, "by"), Column("from_on", "detail"), Column("to_on", "detail"),
        *value_columns(one), Column("workdays", "detail", unit="count"),
        Column("change", "value", unit=_APART.get(one.unit, "share")), Column("is_partial", "flag"),
    ]  # fmt: skip
    return together(inner, view, of=one, by=("series", grain), columns=columns, finish="so_far")


_APART = {"share": "difference", "points": "points"}
"""Units of what is held against another by its difference; of all others it is relative."""


def far_spans(grain: str, view: View, days: Workdays) -> dict[str, tuple[date, date]]:
    """First and last day of the bucket that the view ends in, and as far into those that it is compared with."""
    at = view.at
    start = bucket_start(at, grain, view.fiscal_start, view.week_start)
    found = {"now": (start, at)}
    is_over = bucket_next(start, grain) - DAY <= at
    for name, other in (
        ("previous", bucket_next(start, grain, -1)),
        ("last_year", bucket_next(start, grain, -IN_YEAR[grain])),
    ):
        end = bucket_next(other, grain) - DAY
        last = end if is_over or grain == "day" else days.as_far(start, at, other, end)
        if last is not None and (other, last) not in found.values():
            found[name] = (other, last)
    return found


def finished_so_far(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """One row for each span; those that begin before the data are left out, and said."""
    answered = answers(query, frames)
    one, first, view = query.measures[0], first_day(answered), _view(query)
    grain = query.by[1]
    worked = Workdays.of(answered["calendar"].frame)
    notes += answered["now"].notes
    rows, uneven = [], list[str]()
    for name in ("now", *AGAINST):
        of = answered[name].query.view if name in answered else None
        if of is None or (days := of.period) is None:
            continue
        known = first is not None and (days.to_on >= first if one.stock else _covered(days, first) >= LEAST_COVERED)
        if not known and name != "now":
            notes.append(note("nothing_then", measure=one.id, when=WHEN[name]))
            continue
        both = pl.concat([answered["now"].raw, then_of(answered[name].raw)], how="horizontal")
        if said := unevenly_known(one, both, WHEN.get(name)):
            uneven.append(name)
            notes += said
        bucket = bucket_start(days.from_on, grain, view.fiscal_start, view.week_start)
        rows.append({
            "series": name, grain: bucket, "from_on": days.from_on, "to_on": days.to_on,
            **answered[name].frame.row(0, named=True), "workdays": worked.between(days.from_on, days.to_on),
            "is_partial": days.to_on < bucket_next(bucket, grain) - DAY,
        })  # fmt: skip
    frame = pl.DataFrame(rows, infer_schema_length=None)
    now = frame.item(0, one.id)
    value = pl.col(one.id).cast(pl.Float64)
    so_far = pl.lit(None if now is None else float(now), pl.Float64)
    change = so_far - value if one.unit in ("share", "points") else so_far / pl.when(value > 0).then(value) - 1
    change = pl.when(~pl.col("series").is_in(["now", *uneven])).then(change)
    return frame.with_columns(change=change).select([column.name for column in query.columns])


def _covered(days: Period, first: date) -> float:
    return max(0, (days.to_on - max(days.from_on, first)).days + 1) / days.days
