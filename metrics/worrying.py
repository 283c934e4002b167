"""Open deals that show a reason to worry, and what of the running period hangs on them.

A reason is any sign of metrics/signals.py. A deal is one of the period when it is expected to close by its last day:
also one whose day has passed. What is at stake is the money that it is expected to bring: its amount × the share won of
those that stood in its stage for as long (metrics/odds.py). Where history is too short for that, it is the amount.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from metrics.odds import odds, with_odds
from metrics.own_part import usual
from metrics.query import Column, Query
from metrics.signals import SIGNALS, signals
from metrics.view import View

ANY = " or ".join(f"coalesce(population.{one.flag}, false)" for one in SIGNALS)
"""SQL: whether a deal shows any sign."""


@dataclass(frozen=True)
class Staked:
    """Open deals with what is at stake on each.

    Attributes:
        frame: as of `signals`, with `odds` (null without history) and `stake`, the most at stake first.
        is_expected: whether the stake is amount × odds; else it is the amount.
    """

    frame: pl.DataFrame
    is_expected: bool


def worrying(view: View, soon_on: date | None = None) -> Query:
    """The open deals with their signs, as `signals`, with numbers to look behind.

    `rows("worrying")`: those that show any sign; `rows("due")`: those expected to close by the last day of the view's
    period (without a period: on any day); `rows("due_worrying")`: both; `rows("soon")`: those expected to close from
    the view's day on, until `soon_on`.
    """
    asked, soon = signals(view), (soon_on or view.at).isoformat()
    due, on = _due(view), "population.expected_close_on"
    flags = {
        "worrying": ANY, "due": due, "due_worrying": f"({ANY}) and {due}",
        "soon": f"{on} >= $day and {on} <= date '{soon}'",
    }  # fmt: skip
    columns = tuple(Column(name, "flag", where=where) for name, where in flags.items())
    return replace(asked, columns=(*asked.columns, *columns))


def is_due(view: View) -> pl.Expr:
    """Whether a deal is expected to close by the last day of the view's period; without a period: on any day."""
    day = pl.col("expected_close_on")
    return day.is_not_null() if view.period is None else (day <= view.period.to_on).fill_null(value=False)


def _due(view: View) -> str:
    on = "population.expected_close_on"
    return f"{on} is not null" if view.period is None else f"{on} <= date '{view.period.to_on.isoformat()}'"


def chances(view: View) -> Query:
    """The share won by stage and age, as the weighted pipeline of the view's day takes it."""
    return usual(odds(View(as_of=view.as_of), view.at - timedelta(days=1)))


def staked(deals: pl.DataFrame, table: pl.DataFrame) -> Staked:
    """The deals with what is at stake on each.

    Args:
        deals: as of `signals`. table: as of `chances`.
    """
    aged = deals.with_columns(age=pl.col("stage_days"))
    known = with_odds(aged, table) if table.height else aged.with_columns(odds=pl.lit(None, pl.Float64))
    amount = pl.col("amount").cast(pl.Float64).fill_null(0)
    is_expected = known.height > 0 and not known.get_column("odds").is_null().any()
    stake = amount * pl.col("odds") if is_expected else amount
    frame = known.drop("age").with_columns(stake=stake)
    return Staked(
        frame.sort("stake", "amount", "deal_id", descending=[True, True, False], nulls_last=True), is_expected
    )
