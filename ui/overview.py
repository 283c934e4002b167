"""What the first page asks, where the page and the warm-up of the server (ui/warm.py) find the same."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from metrics.cuts import breakdowns, trend
from metrics.query import Query
from metrics.view import View
from ui import charts
from ui.charts import Draw

UNITS = ("team", "manager", "region", "source", "product", "industry")
"""What the company is divided by, best first: the first by which its rows differ is drawn."""


class Told(NamedTuple):
    """What the first page tells of a company.

    Attributes:
        results, process: its cards. amount: its result in money. counted, rate: what is drawn over time besides.
        cuts: which measure is drawn by which dimension, of several the first by which rows differ.
        by: everything the company is divided by, and by whom or what.
    """

    results: tuple[str, ...]
    process: tuple[str, ...]
    amount: str
    counted: str
    rate: str
    cuts: tuple[tuple[str, tuple[str, ...]], ...]
    by: tuple[str, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """All its cards."""
        return (*self.results, *self.process)


DEALS = Told(
    ("won_amount", "attainment", "win_rate", "average_won_amount", "collected", "revenue"),
    ("created_deals", "open_amount", "open_deals", "cycle_days", "activities", "lead_conversion"),
    "won_amount", "created_deals", "win_rate",
    (("won_amount", UNITS), ("won_amount", ("rep",)), ("win_rate", ("rep",))), (*UNITS, "rep"),
)  # fmt: skip
SALES = Told(
    ("revenue", "attainment", "average_order_value", "gross_margin", "gross_margin_rate", "collected"),
    ("orders", "active_customers", "units", "created_deals", "activities", "lead_conversion"),
    "revenue", "orders", "active_customers",
    (("revenue", ("team", "manager", "rep", "region", "source", "industry")), ("revenue", ("product",))),
    (*UNITS, "rep"),
)  # fmt: skip
"""Of a company that has uploaded what it sold, and no deals."""


def told(filled: AbstractSet[str]) -> Told:
    """What is told where these tables hold rows."""
    return SALES if "order_lines" in filled and "deals" not in filled else DEALS


def drawing(of: Told, measure: str) -> Draw:
    """How a measure is drawn by what it is cut by: a rate with its interval."""
    return charts.dots if measure == of.rate else charts.bars


def over_time(of: Told, run_up: View, present: Sequence[str]) -> Query:
    """Results and process by month: what the small lines of the cards ask too, so that it is answered once.

    Args:
        of: what the page tells. run_up: the months looked at. present: those of its numbers that there are data of.
    """
    return trend(dict.fromkeys((*present, of.amount, of.counted, of.rate)), "month", run_up)


def by_all(of: Told, view: View) -> Query:
    """Results by everything the company is divided by, and by person."""
    return breakdowns(tuple(dict.fromkeys(measure for measure, _ in of.cuts)), of.by, view)
