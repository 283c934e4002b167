"""Questions made of questions: the same measure over several spans of time, answered and drawn together.

Each inner question is asked as it would be by itself, so that what one page says of a month and another of the same
month is the same number; the finish puts the answers beside each other. A number of such an answer is a measure over
the days `from_on` to `to_on` of its row, and so are the rows behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from metrics import beside
from metrics.catalog import Measure, catalog, measure
from metrics.query import Column, Query, Result
from metrics.view import View

BEGINS = "begins"
"""The inner questions of this name, and those that it begins the names of, ask for the first day of the data."""


def together(
    inner: Mapping[str, Query], view: View, *, of: Measure, by: tuple[str, ...], columns: Sequence[Column], finish: str
) -> Query:
    """One question whose parts are all parts of the inner ones, the first of which is what it is about.

    Args:
        inner: questions by the name that the finish knows them by.
        view: what is looked at. of: the measure of them all.
        by: what a row of the answer is of. columns: of the answer. finish: the name in metrics/finish.py.
    """
    first, *rest = [part for one in inner.values() for part in (replace(one, others=()), *one.others)]
    return replace(
        first, view=view, others=tuple(rest), inner=tuple(inner.items()), measures=(of,), by=by, columns=tuple(columns),
        finish=finish, limit=None, notes=(),
    )  # fmt: skip


def answers(query: Query, frames: Sequence[pl.DataFrame]) -> dict[str, Result]:
    """The answers to the inner questions, from the frames of all their parts."""
    found, at = {}, 0
    for name, one in query.inner:
        count = len(one.parts)
        found[name] = one.finished(frames[at : at + count])
        at += count
    return found


def over(view: View, from_on: date, to_on: date) -> View:
    """The same view of other days, compared with nothing."""
    return view.with_compare("none").with_period(from_on=from_on, to_on=to_on)


def begins(asked: Query, one: Measure, view: View) -> dict[str, Query]:
    """Since when there are data, asked of each table that `asked` counts: before that, nothing is known to be 0."""
    compared = over(view, view.as_of, view.as_of).with_compare("last_year")  # which days does not matter
    found = dict.fromkeys(
        aside for part in asked.parts if part.population and (aside := beside.begins(part, (one,), compared))
    )
    return {f"{BEGINS}{place or ''}": replace(aside, finish="plain") for place, aside in enumerate(found)}


def first_day(answered: Mapping[str, Result]) -> date | None:
    """The first day of the data of all tables that are counted, from the answers to `begins`."""
    days = [result.frame.item() for name, result in answered.items() if name.startswith(BEGINS)]
    return max((day for day in days if isinstance(day, date)), default=None)


def rows(query: Query, column: str | None, at: Mapping[str, object]) -> Query:
    """The rows behind a number: those of its measure over its days.

    Args:
        query: the question. column: any of its columns; all are of one measure.
        at: `from_on` and `to_on`, days or ISO texts; without them all days that the first inner question is about. A
            row may also be of one value of a dimension, or of the `member` of one that it names as `whose`.
    """
    from metrics.cuts import total

    if (inside := _holding(query, column, at)) is not None:
        return inside.rows(column, **at)
    one, view = query.measures[0], query.view
    inner = query.inner[0][1].view
    if view is None or inner is None:
        msg = "a question over spans of time has a view"
        raise TypeError(msg)
    if "from_on" in at:
        view = over(view, *(_day(at[name]) for name in ("from_on", "to_on")))
    elif inner.period is not None:
        view = over(view, inner.period.from_on, inner.period.to_on)
    for name, value in _whose(at):
        view = view.with_filter(name, value)
    named = column if column and any(part.id == column for part in one.parts) else one.id
    asked = measure(named)
    return total(asked, view).rows(asked.id)


def _holding(query: Query, column: str | None, at: Mapping[str, object]) -> Query | None:
    """The inner question that has a number of this name, and rows by which `at` names one."""
    for _, one in query.inner:
        if at and set(at) <= set(one.by) and any(known.name == column for known in one.columns):
            return one
    return None


def _whose(at: Mapping[str, object]) -> list[tuple[str, str | None]]:
    """Dimensions and the values of them that a row is about."""
    told = {**at, str(at["whose"]): at.get("member")} if "whose" in at else at
    known = catalog().dimensions
    return [
        (name, None if value is None else str(value))
        for name, value in told.items()
        if name in known and known[name].kind == "value"
    ]


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
