"""Where the running quarter will end, by both forecasts: the open deals (metrics/landing.py) and its past months.

They know different things. The landing knows every open deal and nothing of seasons; the months know seasons, growth
and the calendar, and nothing of deals. Neither tells less than is won already. Which one is believed is decided by the
ended quarters: the one that lay closer by more than a standard error of the paired differences, told as many days
before their end as are left of this one. That asks a landing for each of them; of too few, or where the difference is
less, neither is. Then the landing leads, since its deals can be looked at, and a target is called missed or reached
only where both say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import mean, stdev

import polars as pl

from metrics.ahead import Series, ahead, read, remarks
from metrics.landing import landing, span_of
from metrics.notes import Note, note
from metrics.period import DAY, Period, add_months, bucket_start, buckets
from metrics.query import Column, Query
from metrics.running import Told, carried, left
from metrics.view import View

GRAIN = "fiscal_quarter"
QUARTERS = 4
"""Ended quarters on which both are compared."""
LEAST_QUARTERS = 4
"""Of so many both must have spoken, for one of them to be believed."""
SOURCES = ("landing", "months")
_MONEY = ("amount", "at_least", "at_most")
_OWN = 4
"""Frames of the months' own question: course, calendar, first day, days."""


def both_forecasts(view: View, *, tried: bool = True) -> Query:
    """The won amount of the running quarter by `landing` and by its `months`.

    One row each: `amount` with `at_least` and `at_most` (four of five outcomes lie between), `off` (how far forecasts
    of ended quarters lay off on average, as a share of what came; null where not tried) of so many `quarters`,
    `is_believed` (neither, with a note, where too few could be compared or neither lay surely closer); and of the
    quarter `target` and `won` so far.

    Args:
        view: whose filters and day apply; its period does not. tried: on ended quarters.
    """
    view = view.with_period("all").with_compare("none")  # which `finished` finds in the question
    course = ahead(view, "won_amount")
    span = span_of(view, GRAIN)
    asked = _landings(view, _days(view, span) if tried else [])
    columns = (
        Column("source", "by"),
        *(Column(name, "value", unit="money") for name in (*_MONEY, "target")),
        Column("won", "value", "won_amount", "money"),
        Column("off", "value", unit="share"),
        Column("quarters", "value", unit="count"),
        Column("is_believed", "flag"),
    )
    return replace(
        course, columns=columns, by=(), finish="both_forecasts",
        others=(*course.others, *(part for one in asked for part in one.parts)),
    )  # fmt: skip


def _landings(view: View, days: list[tuple[date, Period]]) -> list[Query]:
    """The landing of today, then those of the days of ended quarters."""
    return [landing(view, GRAIN), *(landing(view.seen_on(day), GRAIN) for day, _ in days)]


def _days(view: View, span: Period) -> list[tuple[date, Period]]:
    """Of each ended quarter the day that was as far from its end as today is from this one's."""
    found: list[tuple[date, Period]] = []
    left, last = (span.to_on - view.as_of).days, span.from_on - DAY
    for _ in range(QUARTERS):
        ended = Period(bucket_start(last, GRAIN, view.fiscal_start, view.week_start), last)
        found.append((max(last - timedelta(days=left), ended.from_on), ended))
        last = ended.from_on - DAY
    return found


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Both forecasts, the one that is believed, and what was expected before."""
    view = query.view or View(as_of=date.min)
    span, series = span_of(view, GRAIN), read(query, frames[:_OWN])
    whole = len(landing(view, GRAIN).parts)
    days = _days(view, span) if len(frames) > _OWN + whole else []
    now, *then = _landed(view, days, frames[_OWN:])
    rows = {"landing": now, "months": months_of(series, span, view.as_of, now["won"] or 0.0)}
    if view.as_of >= span.to_on:
        rows, days = {name: {} for name in SOURCES}, []
        notes.append(note("both_over", ended=span.to_on, won=round(now["won"] or 0.0)))
    else:
        notes += _unsaid(view, rows, series, frames[_OWN : _OWN + whole])
    off = _off(series, list(then)[: len(days)], days)
    count = len(off["landing"])
    means = {name: mean(values) for name, values in off.items() if count}
    has_both = all(rows[name].get("amount") is not None for name in SOURCES)
    believed = closer(off["landing"], off["months"]) if has_both else None
    if has_both and days and believed is None:
        is_few = count < LEAST_QUARTERS
        notes.append(
            note("both_untried", count=count, least=LEAST_QUARTERS) if is_few else note("both_alike", count=count)
        )
    told = [
        {"source": name, **{part: rows[name].get(part) for part in _MONEY}, "target": now["target"], "won": now["won"],
         "off": means.get(name), "quarters": count, "is_believed": name == believed}
        for name in SOURCES
    ]  # fmt: skip
    schema = {"source": pl.String, **dict.fromkeys((*_MONEY, "target", "won", "off"), pl.Float64),
              "quarters": pl.Int64, "is_believed": pl.Boolean}  # fmt: skip
    return pl.DataFrame(told, schema)


def _unsaid(
    view: View, rows: Mapping[str, Mapping[str, float | None]], series: Series, landed: Sequence[pl.DataFrame]
) -> list[Note]:
    """Why one of both says nothing, or neither."""
    found: list[Note] = []
    if rows["landing"]["amount"] is None:
        said = landing(view, GRAIN).finished(landed, None).notes
        found += [one for one in said if one.code in ("landing_short", "landing_thin", "landing_unknown")]
    if rows["months"]["amount"] is None and series.judged is None:
        found += remarks(series, "month", view)
    return found


def closer(landing_off: Sequence[float], months_off: Sequence[float]) -> str | None:
    """Which one lay closer beyond a standard error of the mean of paired differences; None where neither surely did.

    Args:
        landing_off, months_off: how far each lay off, quarter by quarter the same ones.
    """
    apart = [one - other for one, other in zip(landing_off, months_off, strict=True)]
    if len(apart) < LEAST_QUARTERS or abs(mean(apart)) <= stdev(apart) / len(apart) ** 0.5:
        return None
    return "landing" if mean(apart) < 0 else "months"


def _landed(
    view: View, days: list[tuple[date, Period]], frames: Sequence[pl.DataFrame]
) -> Iterator[dict[str, float | None]]:
    """What the landings say."""
    place = 0
    for one in _landings(view, days):
        after = place + len(one.parts)
        parts = {row["part"]: row for row in one.finished(frames[place:after], None).frame.iter_rows(named=True)}
        place = after
        yield {**{name: parts["landing"][name] for name in (*_MONEY, "target")}, "won": parts["won"]["amount"]}


def months_of(series: Series, span: Period, day: date, won: float) -> dict[str, float | None]:
    """What months say of a quarter on a day of it: the finished ones, the rest of the running one, and the others.

    Ranges are added up as if all months missed to the same side. As for one month, nothing lies below what is won.

    Args:
        won: what the quarter has brought until the day.
    """
    known = sum(add_months(start, 1) - DAY <= day for start in series.starts)
    finished = dict(zip(series.starts[:known], series.history.values[:known], strict=True))
    wanted = buckets(span.from_on, span.to_on, "month")
    told, sure = _told(series, known), sum(finished.get(start, 0.0) for start in wanted)
    can_fall = series.history.can_fall or won < 0
    sums = Told(sure, sure, sure)
    for start in wanted:
        if start in finished:
            continue
        if start not in told:
            return dict.fromkeys(_MONEY)
        month = told[start]
        if start <= day:
            share = left(series.is_workday, start, add_months(start, 1) - DAY, day)
            month = carried(month, won - sure, share, can_fall=can_fall)
        sums = Told(*(whole + part for whole, part in zip(sums, month, strict=True)))
    return dict(zip(_MONEY, sums if can_fall else sums.raised(won), strict=True))


def _told(series: Series, known: int) -> dict[date, Told]:
    """What was forecast of which month, before it began, when so many were known."""
    judged = series.judged
    if judged is None:
        return {}
    if known == len(series.starts):
        return dict(zip(series.later, judged.coming, strict=True))
    return {
        series.starts[one.known + one.step]: Told(one.told, one.at_least, one.at_most)
        for one in judged.past if one.known == known
    }  # fmt: skip


def _off(
    series: Series, landings: list[dict[str, float | None]], days: list[tuple[date, Period]]
) -> dict[str, list[float]]:
    """How far both lay off on the ended quarters of which both spoke, as shares of what came."""
    found: dict[str, list[float]] = {"landing": [], "months": []}
    values = dict(zip(series.starts, series.history.values, strict=True))
    for landed, (day, span) in zip(landings, days, strict=True):
        wanted = buckets(span.from_on, span.to_on, "month")
        came = sum(values[start] for start in wanted) if all(start in values for start in wanted) else 0.0
        months = months_of(series, span, day, landed["won"] or 0.0)
        said = {"landing": landed["amount"], "months": months["amount"]}
        if came and all(amount is not None for amount in said.values()):
            for name, amount in said.items():
                found[name].append(abs(float(amount or 0) - came) / abs(came))
    return found
