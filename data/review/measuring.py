"""Numbers that decisions are judged by: a salesperson's measure, and how far a target is reached, on any day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from data.settings import settings
from metrics.catalog import measure
from metrics.cuts import total
from metrics.hygiene import faulty
from metrics.number import number
from metrics.signals import signals
from metrics.target import Span
from metrics.target_standing import standing
from metrics.view import View
from metrics.viewer import EVERYTHING
from metrics.workdays import Workdays, calendar

if TYPE_CHECKING:
    from data.store import Snapshot


def measured(seen: Snapshot, id_: str, rep: str, from_on: date, day: date) -> float | None:
    """A salesperson's measure over the days up to one, or on it; None where the data refuse to tell.

    Args:
        seen: its rows are read with everything's eyes. from_on: the first day. day: the last, nothing later is known.
    """
    if day < from_on:
        return 0.0 if measure(id_).stock is None else None
    view = _view(seen, day).with_period(from_on=from_on, to_on=day).with_filter("rep", rep)
    return number(seen.ask(total(id_, view), EVERYTHING).frame.item(0, id_))


def with_faults(seen: Snapshot, rep: str, day: date) -> float:
    """A salesperson's open deals of a day whose records have any fault (metrics/hygiene.py)."""
    deals = faulty(seen.ask(signals(_view(seen, day)), EVERYTHING).frame)
    return float(deals.filter((pl.col("rep") == rep) & (pl.col("faults") > 0)).height)


def attained(seen: Snapshot, subject: str, from_on: date, to_on: date, day: date) -> float | None:
    """How much of the whole target for exactly these days was reached on a day; None without such a target.

    Args:
        subject: `measure`, `measure:team:NAME` or `measure:rep:NAME`.
    """
    of, scope, name = owner_of(subject)
    view = _view(seen, min(day, to_on))
    scopes = () if scope == "company" else (scope,)
    span = Span(from_on, to_on)
    here = view.with_period(from_on=from_on, to_on=to_on)
    days = Workdays.of(seen.ask(calendar(here), EVERYTHING).frame)
    found = seen.ask(standing(of, span, view, days, scopes), EVERYTHING).frame
    for row in found.iter_rows(named=True):
        if row["scope"] == scope and (scope == "company" or row["name"] == name):
            target, actual = number(row["target"]), number(row["actual"])
            return actual / target if target and actual is not None else None
    return None


def owner_of(subject: str) -> tuple[str, str, str | None]:
    """The measure of a target, its scope (company, team, rep) and whose it is."""
    of, _, rest = subject.partition(":")
    scope, _, name = rest.partition(":")
    return of, scope or "company", name or None


def _view(seen: Snapshot, day: date) -> View:
    told = settings()
    today = seen.as_of or day
    base = View(as_of=today, fiscal_start=told.fiscal_start, week_start=told.week_start, headline=told.headline_measure)
    return base.seen_on(day)
