"""Targets: last year's result of the same quarter and 15 % more, for the company, each team, each rep, each product."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from data.demo.around import quarter_starts
from data.demo.company import Reps
from data.demo.exports import QUARTERS
from data.demo.lists import rep_names
from data.demo.orders import Lines, Orders
from data.demo.process import WON, Deals
from data.demo.rhythm import AS_OF, NEVER, START, number
from data.demo.words import Floats, Ints, Words, column, dates, numbers

AHEAD = 2
"""Quarters after the present one that have targets already."""
STRETCH = 1.15
RAISED = 1.05
"""The key accounts' targets of the quarters ahead were raised once, after the half-year review: version 2."""
REVIEWED = AS_OF - timedelta(days=2)
"""The day of that review."""


_MONTHS = np.array(
    [
        number(date((START.year * 12 + month) // 12, (START.year * 12 + month) % 12 + 1, 1))
        for month in range(START.month - 1, 60)
    ]
)
"""First days of the months from START on."""


def quarter_of(days: Ints) -> Ints:
    """Count quarters: 0 for the quarter of START, 1 for the next."""
    months = np.asarray(days, dtype="datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months // 3 - int(np.datetime64(START, "M").astype(np.int64)) // 3)


class Results:
    """What was reached in each quarter, added up while the orders are made year by year."""

    def __init__(self, reps: Reps) -> None:
        self.reps = reps
        self.won = np.zeros((QUARTERS, reps.n))
        self.revenue = np.zeros((QUARTERS, reps.n))
        self.by_product = np.zeros((QUARTERS, len(numbers("products", "list"))))

    def add_deals(self, deals: Deals) -> None:
        """Add the amounts won."""
        won = np.flatnonzero(deals.status == WON)
        np.add.at(self.won, (quarter_of(deals.closed[won]), deals.rep[won]), deals.amount[won])

    def add_orders(self, orders: Orders, lines: Lines) -> None:
        """Add the revenue of one year's lines, returns taken off."""
        quarter = quarter_of(orders.day)[lines.order]
        np.add.at(self.revenue, (quarter, orders.rep[lines.order]), lines.amount)
        np.add.at(self.by_product, (quarter, lines.product), lines.amount)
        back = np.flatnonzero(lines.returned < NEVER)
        returned = quarter_of(lines.returned[back])
        np.add.at(self.revenue, (returned, orders.rep[lines.order[back]]), -lines.amount[back])
        np.add.at(self.by_product, (returned, lines.product[back]), -lines.amount[back])


def targets_frame(results: Results, words: Words) -> pl.DataFrame:
    """Every target, quarter by quarter; parents are the sums of what is below them."""
    teams = len(numbers("teams", "reps"))
    by_rep = _of_reps(results)
    member = (results.reps.team[:, None] == np.arange(teams)).astype(np.float64)
    won, revenue = by_rep @ member, _planned(results.revenue @ member)
    product = _planned(results.by_product)
    names, team_names = rep_names(results.reps.n, words), words.of("teams")
    ahead = np.zeros_like(won)
    ahead[QUARTERS:, teams - 1] = (won[QUARTERS:, teams - 1] * RAISED).round(-4)
    more = np.where(ahead > 0, ahead - won, 0).sum(axis=1, keepdims=True)
    whole = won.sum(axis=1, keepdims=True)
    raised = np.where(more > 0, whole + more, 0)
    reason = words.pairs("target_reason")[0]
    return pl.concat(
        [
            _rows("won_amount", "rep", names, by_rep),
            _rows("won_amount", "team", team_names, won),
            _rows("won_amount", "company", [None], whole),
            _rows("won_amount", "team", team_names, ahead, version=2, reason=reason, set_on=REVIEWED),
            _rows("won_amount", "company", [None], raised, version=2, reason=reason, set_on=REVIEWED),
            _rows("won_amount", "team", team_names, _monthly(won)),
            _rows("won_amount", "company", [None], _monthly(won).sum(axis=1, keepdims=True)),
            _rows("revenue", "team", team_names, revenue),
            _rows("revenue", "company", [None], revenue.sum(axis=1, keepdims=True)),
            _rows("revenue", "product", words.of("products"), product),
            _rows("win_rate", "company", [None], np.full((QUARTERS + AHEAD, 1), 0.3)),
        ]
    )


def _of_reps(results: Results) -> Floats:
    """Half what the rep won in that quarter of last year, half the team's average, both with the stretch."""
    planned = _planned(results.won)
    starts = np.array([number(day) for day in quarter_starts(QUARTERS + AHEAD)])
    here = (results.reps.hired[None, :] <= starts[:, None]) & (results.reps.left[None, :] > starts[:, None] + 60)
    team = (results.reps.team[:, None] == results.reps.team[None, :]).astype(np.float64)
    average = (planned @ team) / np.maximum(here.astype(np.float64) @ team, 1)
    return np.asarray(np.where(here, (planned + average) / 2, 0).round(-4))


def _planned(reached: Floats) -> Floats:
    """(quarters, members) reached -> (quarters and those ahead, members) planned, in whole ten thousands.

    The first year has no year before it: its plan is what was reached, rounded generously.
    """
    this = int(quarter_of(np.array([number(AS_OF)]))[0])
    planned = np.zeros((QUARTERS + AHEAD, reached.shape[1]))
    planned[4:] = reached[: this + AHEAD - 3] * STRETCH
    planned[:4] = reached[:4] * 1.02
    planned[4] = reached[4] * 1.02  # the quarter a year earlier was the first, when the pipeline was still filling
    return np.asarray(planned.round(-4))


def _monthly(quarterly: Floats) -> Floats:
    """(quarters and those ahead, members) -> (months so far, members): the last month of a quarter carries most."""
    so_far = quarterly[:QUARTERS]
    first = (so_far * 0.31).round(-4)
    second = (so_far * 0.32).round(-4)
    return np.stack([first, second, so_far - first - second], axis=1).reshape(-1, quarterly.shape[1])


def _rows(
    measure: str,
    scope: str,
    members: list[str] | list[None],
    values: Floats,
    *,
    version: int = 1,
    reason: str | None = None,
    set_on: date | None = None,
) -> pl.DataFrame:
    """One row per quarter, or month where there are more of them, and member whose value is above zero."""
    span, member = np.nonzero(values > 0)
    bounds = _MONTHS if len(values) > QUARTERS + AHEAD else _MONTHS[::3]
    return pl.DataFrame(
        {
            "measure": column([measure], np.zeros(len(span), dtype=int)),
            "scope": column([scope], np.zeros(len(span), dtype=int)),
            "scope_value": pl.Series(members, dtype=pl.String).gather(member),
            "starts_on": dates(bounds[span]),
            "ends_on": dates(bounds[span + 1] - 1),
            "value": values[span, member].astype(np.float64),
            "version": pl.Series(np.full(len(span), version), dtype=pl.Int32),
            "reason": pl.Series([reason], dtype=pl.String).new_from_index(0, len(span)),
            "set_on": pl.Series([set_on], dtype=pl.Date).new_from_index(0, len(span)),
        }
    )
