"""What the first page asks, where the page and the warm-up of the server (ui/warm.py) find the same."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.cuts import breakdowns, trend
from metrics.query import Query
from metrics.view import View

RESULTS = ("won_amount", "attainment", "win_rate", "average_won_amount", "collected", "revenue")
PROCESS = ("created_deals", "open_amount", "open_deals", "cycle_days", "activities", "lead_conversion")
NUMBERS = (*RESULTS, *PROCESS)
DRAWN = ("won_amount", "created_deals", "win_rate")
"""What is drawn over time."""
UNITS = ("team", "manager", "region", "source", "product", "industry")
"""What the company is divided by, best first: the first by which its rows differ is drawn."""


def over_time(run_up: View, present: Sequence[str]) -> Query:
    """Results and process by month: what the small lines of the cards ask too, so that it is answered once.

    Args:
        run_up: the months looked at. present: those of NUMBERS that there are data of.
    """
    return trend(dict.fromkeys((*present, *DRAWN)), "month", run_up)


def by_all(view: View) -> Query:
    """Results by everything the company is divided by, and by person."""
    return breakdowns(("won_amount", "win_rate"), (*UNITS, "rep"), view)
