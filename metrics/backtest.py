"""The forecasts of the past beside what came: whether the landing of a period (metrics/landing.py) may be trusted.

Each forecast stands on the deals as they were seen on its day, and on history until then; of that history, what is
known now. Beside it two that anybody could make: what the CRM's probabilities said, and the run rate, what was won so
far divided by the part of the period gone by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import polars as pl

from metrics.cuts import total
from metrics.landing import landing, span_of
from metrics.notes import Note
from metrics.period import DAY, FIRST, Period, bucket_start
from metrics.query import Column, Query, from_file
from metrics.view import View

WEEKS = (8, 6, 4, 2)
"""How long before the end of a period its forecast is looked at again."""
LEAST_ENDS = 4
"""Ended periods from which on forecasts are judged beside others: of two or three, either is closer by luck."""
_SAID = ("landing", "at_least", "at_most", "crm", "run_rate", "came_in")


def backtest(view: View, grain: str = "quarter", ends: int = 4) -> Query:
    """What was forecast of ended periods, and what came.

    One row per ended period and weeks before its end: `ends_on`, `weeks`, then in money `landing` with `at_least` and
    `at_most`, `crm` (null where the CRM gave no probabilities), `run_rate`, and `came_in`; `is_inside`: whether that
    lay between both. Forecasts that were refused are left out.

    Args:
        view: whose filters apply.
        grain: as for `landing`. ends: how many ended periods.
    """
    asked: list[Query] = []
    last = span_of(view, grain).from_on - DAY
    for _ in range(ends):
        span = Period(bucket_start(last, grain, view.fiscal_start, view.week_start), last)
        asked.append(total("won_amount", view.with_period(None, span.from_on, span.to_on)))
        days = [span.to_on - timedelta(weeks=weeks) for weeks in WEEKS]
        asked += [landing(view.seen_on(day), grain) for day in days if day >= span.from_on]
        last = span.from_on - DAY
    day, before = view.as_of, view.as_of - timedelta(days=365)
    columns = (
        Column("ends_on", "by"),
        Column("weeks", "by"),
        *(Column(name, "value", "won_amount", "money") for name in _SAID),
        Column("is_inside", "value"),
    )
    return replace(
        from_file("landing_known", View(as_of=day), day=day, year_before=before),
        columns=columns,
        finish="backtest",
        others=tuple(part for one in asked for part in one.parts),
    )


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Each ended period with its forecasts."""
    rows: list[dict[str, object]] = []
    actual, span = 0.0, Period(FIRST, FIRST)
    for one, frame in _answers(query, frames):
        if one.view is None:
            continue
        if one.finish == "landing":
            rows.append(_beside(frame, one.view, span, actual))
        elif one.view.period is not None:
            actual, span = float(frame.item(0, "won_amount") or 0), one.view.period
    schema = {"ends_on": pl.Date, "weeks": pl.Int64} | dict.fromkeys(_SAID, pl.Float64) | {"is_inside": pl.Boolean}
    told = pl.DataFrame(rows, schema).filter(pl.col("landing").is_not_null())
    return told.sort("ends_on", "weeks", descending=[False, True])


def _answers(query: Query, frames: Sequence[pl.DataFrame]) -> Iterator[tuple[Query, pl.DataFrame]]:
    """The questions that this one is made of, each with its answer."""
    place = 0
    while place < len(query.others):
        one = query.others[place]
        after = place + len(one.parts)
        yield one, one.finished(frames[place + 1 : after + 1], None).frame
        place = after


def _beside(told: pl.DataFrame, view: View, span: Period, actual: float) -> dict[str, object]:
    """One forecast, the run rate of its day, and what came."""
    parts = {row["part"]: row for row in told.iter_rows(named=True)}
    whole, won, day = parts["landing"], float(parts["won"]["amount"] or 0), view.as_of
    elapsed = ((day - span.from_on).days + 1) / span.days
    low, high = whole["at_least"], whole["at_most"]
    return {
        "ends_on": span.to_on, "weeks": (span.to_on - day).days // 7, "landing": whole["amount"], "at_least": low,
        "at_most": high, "crm": whole["crm"], "run_rate": round(won / elapsed), "came_in": round(actual, 2),
        "is_inside": None if low is None else low <= actual <= high,
    }  # fmt: skip


def errors(told: pl.DataFrame) -> dict[str, float]:
    """How far forecasts lay off: mean distance of `landing`, `crm` and `run_rate` from what came, as a share of that.

    A forecast that spoke in less than half of the rows is left out: a mean over others would be no comparison.

    Args:
        told: the answer of `backtest`.
    """
    known = told.filter(pl.col("came_in") > 0)
    names = [name for name in ("landing", "run_rate", "crm") if known.get_column(name).count() * 2 > known.height]
    spoken = known.drop_nulls(names)
    return {name: _apart(spoken, name) for name in names}


def _apart(told: pl.DataFrame, name: str) -> float:
    return float(told.select(((pl.col(name) - pl.col("came_in")).abs() / pl.col("came_in")).mean()).item())
