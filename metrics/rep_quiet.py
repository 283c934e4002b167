"""Whose activity broke off: fewer touches since a day than a person's own rhythm and the others' course explain.

The days since are held against the BACK stretches as long before, moved by whole weeks so that each has the same days
of the week, by working days. Activity comes in bursts: what a person's own stretches scattered beyond a Poisson course
widens the range (quasi-Poisson). Where all did less, nobody stands out for it: what is expected follows the others. All
people are judged together; on average at most 5 % of those named are named by chance. Nobody is judged of whom fewer
than LEAST touches were to be expected, or who is known for fewer than LEAST_BACK stretches.

Sources: P. McCullagh and J. A. Nelder (1989), Generalized Linear Models, 2nd ed., 6.2.3 (over-dispersion);
M. Abramowitz and I. Stegun (1964), Handbook of Mathematical Functions, 26.7.8 (Student's t as a normal score).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, sqrt

import numpy as np
import polars as pl

from metrics.cuts import cut
from metrics.period import DAY
from metrics.proportions import discoveries
from metrics.query import Query
from metrics.scores import two_sided
from metrics.view import View
from metrics.workdays import Workdays

BACK, LEAST_BACK = 12, 8
"""Stretches before that are looked at, and how many of them a person must have been there for."""
LEAST = 5
"""Touches to be expected for a claim; of all others together, LEAST_OTHERS for their course to be followed."""
LEAST_OTHERS = 100
SCHEMA = {
    "rep": pl.String, "count": pl.Int64, "expected": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "p_value": pl.Float64, "is_broken": pl.Boolean,
}  # fmt: skip
_Z = 1.2815515655446004
"""Four of five values lie within so many standard deviations."""


def touches(view: View, since: date) -> Query:
    """Everybody's activities by day, as far back as is looked at: `rep`, `day`, `activities`."""
    first = since + DAY - timedelta(weeks=_weeks(since, view.at) * BACK)
    asked = view.with_compare("none").with_period(from_on=first, to_on=view.at)
    return cut(("activities",), ("rep", "day"), asked)


def told_until(done: pl.DataFrame, since: date, at: date) -> date | None:
    """The last day with any activity: later ones may only not be loaded yet. None where there is none since."""
    days = done.filter((pl.col("activities") > 0) & (pl.col("day") > since) & (pl.col("day") <= at)).get_column("day")
    last: date | None = days.max()  # type: ignore[assignment]
    return last


def broken(done: pl.DataFrame, days: Workdays, since: date, until: date, came: dict[str, date | None]) -> pl.DataFrame:
    """Who did less, and whether beyond chance, the surest first.

    Args:
        done: of `touches`. days: the company's calendar. since: the day after which they are counted. until: the last
            day counted. came: by person, since when they are there.

    Returns:
        A row per person who is judged: `count` since, `expected` with `low` and `high` (four of five lie between),
        `p_value`, `is_broken` (less, beyond chance).
    """
    stretches = _stretches(since, until)
    worked = np.array([days.between(first, last) for first, last in stretches], dtype=float)
    if worked[0] == 0:
        return pl.DataFrame(schema=SCHEMA)
    known = done.filter(pl.col("rep").is_not_null() & pl.col("day").is_not_null())
    people = sorted(known.get_column("rep").unique())
    counts = _counted(known, people, stretches)
    there = _there(people, stretches, came, counts)
    rates, spread = _rhythms(counts, worked, there)
    usual = np.where(np.isfinite(rates), rates * worked[0], 0.0)
    rows = []
    for at, rep in enumerate(people):
        if there[at, 1:].sum() < LEAST_BACK or not np.isfinite(rates[at]) or rates[at] <= 0:
            continue
        others = usual.sum() - usual[at]
        done_by_others = counts[np.isfinite(rates), 0].sum() - counts[at, 0]
        course = done_by_others / others if others >= LEAST_OTHERS else 1.0
        expected = usual[at] * course
        if expected < LEAST:
            continue
        backed = worked[1:][there[at, 1:]].sum()
        error = sqrt(spread[at] * expected * (1 + worked[0] / backed))
        score = _score((counts[at, 0] - expected) / error, int(there[at, 1:].sum()) - 1)
        rows.append((rep, int(counts[at, 0]), expected, max(0.0, expected - _Z * error), expected + _Z * error,
                     two_sided(score), counts[at, 0] < expected))  # fmt: skip
    frame = pl.DataFrame(rows, SCHEMA, orient="row")
    stand = pl.Series(discoveries(frame["p_value"].to_list()), dtype=pl.Boolean)
    return frame.with_columns(is_broken=pl.col("is_broken") & stand).sort("p_value", "rep")


def _weeks(since: date, until: date) -> int:
    return max(1, ceil((until - since).days / 7))


def _stretches(since: date, until: date) -> list[tuple[date, date]]:
    """The one looked at first, then those before it."""
    back = timedelta(weeks=_weeks(since, until))
    return [(since + DAY - place * back, until - place * back) for place in range(BACK + 1)]


def _counted(known: pl.DataFrame, people: Sequence[str], stretches: list[tuple[date, date]]) -> np.ndarray:
    """Activities by person and stretch."""
    of = pl.col("activities").cast(pl.Float64)
    day = pl.col("day")
    sums = known.group_by("rep").agg(
        of.filter(day.is_between(first, last)).sum().alias(str(at)) for at, (first, last) in enumerate(stretches)
    )
    return pl.DataFrame({"rep": people}, {"rep": pl.String}).join(sums, on="rep", how="left").drop("rep").to_numpy()


def _there(
    people: Sequence[str], stretches: list[tuple[date, date]], came: dict[str, date | None], counts: np.ndarray
) -> np.ndarray:
    """Whether each was there in each stretch: from when they came; where nobody says, from the first activity on."""
    there = np.zeros(counts.shape, dtype=bool)
    for at, rep in enumerate(people):
        began = came.get(rep)
        if began is not None:
            there[at] = [first >= began for first, _ in stretches]
        else:
            seen = np.flatnonzero(counts[at])
            there[at, : (seen.max() + 1 if seen.size else 0)] = True
    return there


def _rhythms(counts: np.ndarray, worked: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By person: touches a working day before, and how much more than Poisson they scatter (at least 1)."""
    then = there[:, 1:] & (worked[1:] > 0)
    days = (worked[1:] * then).sum(axis=1)
    rates = np.where(days > 0, (counts[:, 1:] * then).sum(axis=1) / np.where(days > 0, days, 1.0), np.nan)
    usual = np.where(then & (rates[:, None] > 0), rates[:, None] * worked[1:], np.nan)
    away = np.where(then, (counts[:, 1:] - usual) ** 2 / usual, np.nan)
    freedom = np.maximum(then.sum(axis=1) - 1, 1)
    return rates, np.maximum(1.0, np.nansum(away, axis=1) / freedom)


def _score(student: float, freedom: int) -> float:
    """A value of Student's t as the normal score of the same chance."""
    return student * (1 - 1 / (4 * freedom)) / sqrt(1 + student**2 / (2 * freedom))
