"""Why a measure changed, told by the factors of a KPI tree (metrics/kpi_tree.py), all asked in one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.catalog import measure
from metrics.cuts import total
from metrics.errors import NoPeriod
from metrics.known import UNTOLD
from metrics.kpi_tree import Explained, Readings, Tree, explained, tree, trees
from metrics.notes import Note, note
from metrics.number import number
from metrics.query import Column, Query
from metrics.two_spans import END, START
from metrics.view import View

_OF_SPANS = {"begins", "nothing_before", *UNTOLD}
"""Notes on how much of both spans is known."""
_SCHEMA = {"driver": pl.String, **dict.fromkeys(("then", "now", "amount", "by_shapley"), pl.Float64)}


def factors(tree_id: str, view: View) -> Query:
    """From the result of the days compared with to that of the period, factor by factor.

    Columns: `driver` (start, the ids of the factors in their order, end); `then` and `now` (what is read of a factor);
    `amount` (what it brought; of start and end the result) and `by_shapley` (the same by the other method). Empty, with
    the reason in a note, where there is nothing to explain. `rows("win_rate")` are the rows behind a factor.

    Raises:
        NoPeriod: the view compares nothing. UnknownTree: with a suggestion.
    """
    of = tree(tree_id)
    if view.before is None:
        raise NoPeriod
    asked = total(of.asks, view)
    columns = (
        Column("driver", "by"),
        *(Column(name, "value", unit=of_unit(of)) for name in ("amount", "by_shapley")),
        *(Column(name, "value") for name in ("then", "now")),
        *asked.columns,  # so that each measure finds its rows
    )
    return replace(asked, columns=columns, by=("driver",), finish="factors")


def of_unit(of: Tree) -> str:
    """The unit of the tree's result."""
    return measure(of.result).unit


def tree_of(query: Query) -> Tree:
    """The tree that a question is about: no two ask the same measures."""
    asked = tuple(one.id for one in query.measures)
    return next(one for one in trees().values() if one.asks == asked)


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Start, what each factor brought, end."""
    of, empty = tree_of(query), pl.DataFrame(schema=_SCHEMA)
    if query.view is None:
        return empty
    whole = total(of.asks, query.view).finished(frames)
    spoken = {remark.code for remark in whole.notes if remark["measure"] == of.result}
    notes += [  # what is said of the result need not be said of each factor as well
        one for one in whole.notes if one["measure"] == of.result or one.code not in _OF_SPANS & spoken
    ]
    if any(remark.code in {"nothing_before", "begins", "uneven_known"} for remark in whole.notes):
        return empty
    row = whole.frame.row(0, named=True)
    now = of.readings({name: number(row[name]) for name in of.asks})
    then = of.readings({name: number(row[f"{name}.before"]) for name in of.asks})
    told = explained(of, then, now)
    first, last = number(row[f"{of.result}.before"]), number(row[of.result])
    if told is None or first is None or last is None:
        notes.append(note("factors_unread", measure=of.result))
        return empty
    notes += _remarks(of, told, then, now, max(abs(first), abs(last)))
    rows: list[tuple[object, ...]] = [(START, first, None, first, first)]
    rows += [(one.id, then[one.id], now[one.id], told.amounts[one.id], told.by_shapley[one.id]) for one in of.factors]
    rows.append((END, None, last, last, last))
    return pl.DataFrame(rows, _SCHEMA, orient="row")


def _written(percent: float) -> str:
    """A small part of a hundred: with a decimal below one."""
    return "< 0.1 %" if percent < 0.05 else f"{percent:.1f} %" if percent < 1 else f"{percent:.0f} %"


def _remarks(of: Tree, told: Explained, then: Readings, now: Readings, size: float) -> list[Note]:
    """Which method it is and why, and by how much the other one differs."""
    said = [
        note("factor_unchanged", measure=of.result, factor=one.label) for one in of.factors if one.id in told.unread
    ]
    if told.method == "shapley":
        low = [one for one in of.factors for at in (then, now) if (value := at[one.id]) is not None and value <= 0]
        said += [note("factor_not_positive", factor=one.label) for one in dict.fromkeys(low)]
        return [note("factors_by_shapley"), *said]
    apart = max(abs(told.amounts[one] - told.by_shapley[one]) for one in told.amounts)
    return (
        [*said, note("factors_apart", measure=of.result, share=_written(100 * apart / size))]
        if size and apart
        else said
    )
