"""What the first page asks, where the page and the warm-up of the server (ui/warm.py) find the same."""

from __future__ import annotations

from metrics.cuts import breakdowns, trend
from metrics.query import Query
from metrics.view import View

RESULTS = ("won_amount", "attainment", "win_rate", "average_won_amount", "collected", "revenue")
PROCESS = ("created_deals", "open_amount", "open_deals", "cycle_days", "activities", "lead_conversion")
NUMBERS = (*RESULTS, *PROCESS)
UNITS = ("team", "manager", "region", "source", "product", "industry")
"""What the company is divided by, best first: the first by which its rows differ is drawn."""


def over_time(run_up: View) -> Query:
    """Results and process by month."""
    return trend(("won_amount", "created_deals", "win_rate"), "month", run_up)


def by_all(view: View) -> Query:
    """Results by everything the company is divided by, and by person."""
    return breakdowns(("won_amount", "win_rate"), (*UNITS, "rep"), view)
