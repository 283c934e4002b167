"""What every question about a change between two spans of time needs: both, and whether they can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from metrics import beside
from metrics.catalog import measure
from metrics.cuts import total
from metrics.errors import NoPeriod
from metrics.notes import Note
from metrics.query import Query
from metrics.view import View

START, END = "start", "end"
"""The two levels between which contributions lie."""


def spans(view: View) -> dict[str, date]:
    """First and last day of the period, of the days compared with, and of both together, to be bound.

    Raises:
        NoPeriod: the view compares nothing.
    """
    now, then = view.period, view.before
    if now is None or then is None:
        raise NoPeriod
    last = min(now.to_on, view.as_of)
    return {
        "from_on": now.from_on, "to_on": last, "before_from": then.from_on, "before_to": then.to_on,
        "span_from": min(now.from_on, then.from_on), "span_to": max(last, then.to_on),
    }  # fmt: skip


def asides(measure_id: str, view: View) -> tuple[Query, ...]:
    """What is asked beside: rows without a day, and since when there are data."""
    return tuple(part for part in total(measure_id, view).parts if part.is_aside)


def is_comparable(query: Query, measure_id: str, frames: Sequence[pl.DataFrame], notes: list[Note]) -> bool:
    """Whether both spans have data, from what was asked beside; what it says goes to `notes`.

    Where the data begin within the days compared with, a change is the record's and not the company's.
    """
    answered = [(part, frame) for part, frame in zip(query.parts, frames, strict=True) if part.is_aside]
    about = total(measure(measure_id), query.view) if query.view else query
    said = beside.remarks(about, answered)
    notes += said
    return not any(remark.code in {"nothing_before", "begins"} for remark in said)
