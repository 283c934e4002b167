"""What finishes the answers about one customer, and about those who need attention (metrics/finish.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from metrics import customer, customer_actions, customer_signals
from metrics.held import remembered
from metrics.notes import Note
from metrics.query import Query

FINISHES: dict[str, Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]] = {
    "customer_actions": customer_actions.finished,
    "customer_family": customer.finished_family,
    "customer_rhythm": customer.finished_rhythm,
    "customer_signals": remembered(customer_signals.finished),
}
"""By the name that a question gives its finish."""
