"""When somebody does what: activities by kind, week and day of the week."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from metrics.query import Column, Query, from_file
from metrics.view import View

WEEKS = 26
"""Weeks that are looked at: those before the view's day, as far as they lie in its period."""


def rhythm(view: View) -> Query:
    """What those in view did in the last WEEKS weeks of the period, or of all.

    One row per `kind`, `week` (its first day) and `weekday` (0 is the day on which weeks begin): `activities`.
    `rows("activities", kind=…, weekday=…)` are they.
    """
    first = view.at - timedelta(days=7 * WEEKS - 1)
    from_on = max(first, view.period.from_on) if view.period else first
    asked = from_file("rep_rhythm", view, from_on=from_on, to_on=view.at)
    columns = (
        *(Column(name, "by") for name in ("kind", "week", "weekday")),
        *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("activities", "value", unit="count", agg="count"),
    )
    return replace(asked, columns=columns, by=("kind", "week", "weekday"))
