"""Whether there is enough in the pipeline: open money due in a period against what is still missing to its target.

Needed are 1 ÷ win rate times what is missing, by the deals closed in the year before, and not a flat three times.
Weighted by the company's own history (metrics/odds.py), or by the CRM, the same money should come to once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from metrics import odds
from metrics.catalog import measure
from metrics.cuts import total
from metrics.landing import coverage as covers
from metrics.notes import Note, note
from metrics.period import Period
from metrics.query import Column, Query
from metrics.view import View

LEAST_CLOSED = 20
"""Deals closed in the year before, below which nobody knows what is needed."""
_YEAR = timedelta(days=365)
_AMOUNTS = ("target", "actual", "remaining", "open_amount", "by_history", "by_crm")


def coverage(view: View, due: Period, day: date | None = None, *, is_beside: bool = False) -> Query:
    """One row: how often the open money due in a period covers what is missing to its target.

    Columns: `target`, `actual`, `remaining` (target − actual, not below 0), `open_amount` (due in the period),
    `by_history`, `by_crm` (the same, weighted), `coverage`, `coverage_by_history`, `coverage_by_crm` (÷ remaining),
    `needed` (1 ÷ win rate of the year before). Without a target, or with nothing missing, shares are null.

    Args:
        view: whose filters apply, and whose headline measure the target is of (of the won amount, if that is no money).
        due: the period. day: by default the day the view's stocks are read at.
        is_beside: the open deals of all periods are weighted beside it (odds.weighted): one statement tells both.
    """
    at = day or view.at
    standing = odds.weighted(view, at, beside=due) if is_beside else odds.weighted(view, at, due)
    seen = view.seen_on(min(at, view.as_of)).model_copy(update={"is_past": True})  # what is won later is not reached
    measured = "attainment" if measure(view.headline).unit == "money" else "attainment:won_amount"
    goal = total(measured, seen.with_compare("none").with_period(from_on=due.from_on, to_on=due.to_on))
    rate = total("win_rate", seen.with_compare("none").with_period(from_on=at - _YEAR, to_on=at))
    amounts = (Column(name, "value", "open_amount" if name == "open_amount" else None, "money") for name in _AMOUNTS)
    times = (Column(name, "value", unit="number") for name in (*_TIMES, "needed"))
    return replace(
        standing, columns=(*amounts, *times), by=(), finish="coverage", notes=(),
        others=(*standing.others, *goal.parts, *rate.parts),
    )  # fmt: skip


_TIMES = {"coverage": "open_amount", "coverage_by_history": "by_history", "coverage_by_crm": "by_crm"}


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """What is open beside what is missing."""
    parts = list(query.parts)
    goal_at = next(at for at, part in enumerate(parts) if part.measures and part.measures[0].goal_of is not None)
    rate_at = next(at for at, part in enumerate(parts) if part.measures and part.measures[0].id == "win_rate")
    goal = parts[goal_at].finished(frames[goal_at:rate_at])
    rate = parts[rate_at].finished(frames[rate_at:]).frame.row(0, named=True)
    standing = odds.by_stage([_due(frames[0]), *frames[1:goal_at]], notes)
    why = [said for said in goal.notes if said.code.startswith("no_target")
           or said.code in ("target_needs_period", "target_partly")]  # fmt: skip
    notes += why
    told, measured = goal.frame.row(0, named=True), parts[goal_at].measures[0].id
    target, actual = None if why else told.get(f"{measured}.target"), float(told.get(f"{measured}.actual") or 0)
    remaining = None if target is None else max(float(target) - actual, 0.0)
    row: dict[str, float | None] = {
        "target": target, "actual": actual, "remaining": remaining,
        "open_amount": float(standing.get_column("amount").sum() or 0),
    } | {name: _whole(standing, name) for name in ("by_history", "by_crm")}  # fmt: skip
    row |= {name: _times(row[of], target, actual) for name, of in _TIMES.items()}
    is_known = (rate["win_rate.n"] or 0) >= LEAST_CLOSED and rate["win_rate"]
    row["needed"] = 1 / rate["win_rate"] if is_known else None
    if not is_known:
        notes.append(note("no_needed_coverage", least=LEAST_CLOSED))
    return pl.DataFrame([row], schema=dict.fromkeys(row, pl.Float64))


def rows(query: Query, column: str | None, at: Mapping[str, object]) -> Query:
    """The open deals due in the period, also where those of all periods were asked about."""
    bounded = tuple((name, name == "is_bounded" or value) for name, value in query.params)
    return replace(query, params=bounded, finish="weighted").rows(column, **at)


def _due(standing: pl.DataFrame) -> pl.DataFrame:
    """The open deals that are due, of all that were asked about."""
    told = {"deals": "due", "amount_with_probability": "due_with_probability"}
    told |= {name: f"due_{name}" for name in ("amount", "by_crm", "rebuilt")}
    return standing.filter(pl.col("due") > 0).with_columns(**told)


def _whole(standing: pl.DataFrame, name: str) -> float | None:
    """The sum over all stages, where every one of them has a value."""
    column = standing.get_column(name)
    return None if column.null_count() else float(column.sum() or 0)


def _times(amount: float | None, target: float | None, actual: float) -> float | None:
    return None if amount is None or target is None else covers(amount, float(target), actual)
