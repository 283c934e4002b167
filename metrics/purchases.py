"""What counts as buying: order lines that are no returns, or deals won; and the grains by which it is followed.

Questions about who comes back exist for both (metrics/sql/<question>_orders.sql and _won.sql) and say which they are
of. A purchase belongs to the day it was ordered or won on. Money is all of the measure's, returns net.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from metrics import shares
from metrics.catalog import dimension, measure, table
from metrics.errors import NotShared, UnknownDimension, nearest
from metrics.notes import Note, note
from metrics.period import DAY, bucket_next, bucket_start
from metrics.query import Query, from_file
from metrics.view import View

OF = {"revenue": "orders", "won_amount": "won"}
"""The measures of which there are such questions, and what their files are called after."""
GRAINS = ("week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")


def asked(question: str, measure_id: str, view: View, **params: object) -> Query:
    """The question of `metrics/sql/<question>_orders.sql`, or of `_won.sql`.

    Raises:
        NotShared: a measure that is not of OF.
    """
    if measure_id not in OF:
        raise NotShared(measure=measure(measure_id).id, known=", ".join(OF))
    query = from_file(f"{question}_{OF[measure_id]}", view, **params)
    notes = unfiltered(str(measure(measure_id).table), view, measure=measure_id)
    return replace(query, notes=notes, **shares.split(measure(measure_id), (name for name, _ in view.filters)))


def unfiltered(name: str, view: View, code: str = "not_filtered_by", **params: object) -> tuple[Note, ...]:
    """A note for each filter that a table has no column for, so that it does not hold for its rows."""
    of = table(name)
    kept = (one for one, values in view.filters if values and not of.has(dimension(one)))
    return tuple(note(code, dimension=one, **params) for one in kept)


def splits(name: str, view: View) -> bool:
    """Whether a filter may keep some rows of a customer and hide others: any but those by what customers are."""
    of = table(name)
    kept = (dimension(one) for one, values in view.filters if values)
    return any(of.has(one) and (one.via is None or one.via.table != "customers") for one in kept)


def start_of(day: date, grain: str, view: View) -> date:
    """First day of the bucket that holds `day`.

    Raises:
        UnknownDimension: no such grain.
    """
    if grain not in GRAINS:
        raise UnknownDimension(name=dimension(grain).id, suggestion=nearest(grain, GRAINS))
    return bucket_start(day, grain, view.fiscal_start, view.week_start)


def running(grain: str, view: View) -> date:
    """First day of the bucket that is not over on the view's day; where it ends on that day, of the next one."""
    start = start_of(view.at, grain, view)
    following = bucket_next(start, grain)
    return following if following - DAY <= view.at else start
