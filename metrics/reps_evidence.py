"""How much is known of each person's number: from how many cases, and how far chance alone may have moved it.

    rate    successes out of cases
    sum     a number of amounts that itself comes by chance: its variance is the sum of the squares, so that one large
            deal says less than many small ones of the same sum; of a count it is the count
    mean    the variance of single values, alike for all, ÷ how many values the person has; of a median π/2 times that

Other numbers (ratios of two sums, products of several measures) have no range here.

Sources: W. Feller (1968), An Introduction to Probability Theory and Its Applications, vol. 1, XII.2 (sums of a random
number of terms); H. Cramér (1946), Mathematical Methods of Statistics, §28.5 (variance of a median).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import Literal

import numpy as np
import polars as pl

from metrics import attainment
from metrics.catalog import Measure
from metrics.shrinkage import Floats
from metrics.view import View

Kind = Literal["rate", "sum", "mean", "none"]


@dataclass(frozen=True)
class Evidence:
    """What is known of one measure, by person; NaN where there is nothing.

    Attributes:
        value: the measure. cases: what it stands on.
        some: successes (rates). squares: sums of squares (sums). goal: the target, of an attainment.
        factor: of the variance of a mean (means); totals, squares: of the single values.
    """

    kind: Kind
    value: Floats
    cases: Floats
    some: Floats
    squares: Floats
    totals: Floats
    goal: Floats
    factor: float = 1.0


def counted(one: Measure, view: View) -> Measure:
    """The measure whose rows are counted: of an attainment, the one whose target it is."""
    return one if one.goal_of is None else attainment.goal_of(one, view)


def kind_of(one: Measure) -> Kind:
    """How chance moves a measure."""
    if one.interval == "wilson":
        return "rate"
    if one.agg == "median" or _is_mean(one):
        return "mean"
    return "sum" if one.agg in {"sum", "count", "distinct"} else "none"


def _is_mean(one: Measure) -> bool:
    """Whether a ratio is a sum over rows ÷ the number of the same rows."""
    if one.ratio is None:
        return False
    over, under = one.parts
    alike = (over.table, over.on, over.stock, over.where) == (under.table, under.on, under.stock, under.where)
    return alike and over.agg == "sum" and under.agg == "count"


def companions(one: Measure, view: View) -> tuple[Measure, ...]:
    """What is asked beside a measure to know how chance moves it: how many rows, and sums of squares."""
    of = counted(one, view)
    if of.agg == "sum":
        return _rows(of), _squares(of)
    if of.agg == "median":
        return _rows(of), _total(of), _squares(of)
    if _is_mean(of):
        return of.parts[1], of.parts[0], _squares(of.parts[0])
    return of.parts if one.goal_of is not None else ()


def _rows(of: Measure) -> Measure:
    return of.model_copy(
        update={"id": f"{of.id}_rows", "agg": "count", "of": None, "unit": "count", "refuse_when": None}
    )


def _total(of: Measure) -> Measure:
    text = f"cast({of.of} as double)"
    return of.model_copy(update={"id": f"{of.id}_total", "agg": "sum", "of": text, "refuse_when": None})


def _squares(of: Measure) -> Measure:
    text = f"cast({of.of} as double) * cast({of.of} as double)"
    return of.model_copy(update={"id": f"{of.id}_squares", "agg": "sum", "of": text, "refuse_when": None})


def evidence(one: Measure, frame: pl.DataFrame, view: View) -> Evidence:
    """What an answer cut by person knows of a measure.

    Args:
        one: the measure. frame: its answer, with those of its companions. view: what was asked for.
    """
    of = counted(one, view)
    kind, nothing = kind_of(of), np.full(frame.height, np.nan)
    value, goal = _column(frame, one.id), nothing
    if one.goal_of is not None:
        goal = _column(frame, f"{one.id}.target")
        if of.better == "lower" or kind == "mean":  # a target ÷ what was reached: no sum of anything
            kind = "none"
    if kind == "rate":
        cases = _column(frame, of.parts[1].id if one.goal_of is not None else f"{of.id}.n")
        share = value * goal if one.goal_of is not None else value
        return Evidence(kind, value, cases, np.round(share * cases), nothing, nothing, goal)
    if kind == "mean":
        parts = companions(of, view)
        cases, totals, squares = (_column(frame, part.id) for part in parts)
        return Evidence(kind, value, cases, nothing, squares, totals, goal, pi / 2 if of.agg == "median" else 1.0)
    if kind == "sum":
        actual = value * goal if one.goal_of is not None else value
        cases = _column(frame, f"{of.id}_rows") if of.agg == "sum" else actual
        squares = _column(frame, f"{of.id}_squares") if of.agg == "sum" else actual
        return Evidence(kind, value, cases, nothing, squares, nothing, goal)
    return Evidence(kind, value, nothing, nothing, nothing, nothing, goal)


def _column(frame: pl.DataFrame, name: str) -> Floats:
    if name not in frame.columns:
        return np.full(frame.height, np.nan)
    return frame.get_column(name).cast(pl.Float64).fill_null(np.nan).to_numpy().astype(np.float64)
