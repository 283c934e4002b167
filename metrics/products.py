"""The questions about products, and what finishes their answers (metrics/finish.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from metrics import baskets, discounts, life, pareto, product_plan, sold
from metrics.notes import Note
from metrics.query import Query

FINISHES: dict[str, Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]] = {
    "baskets": baskets.finished,
    "discount_margins": discounts.finished_margins,
    "discount_wins": discounts.finished_wins,
    "life": life.finished,
    "pareto": pareto.finished,
    "product_plan": product_plan.finished,
    "quadrant": sold.finished_quadrant,
    "returned": sold.finished_returned,
}
"""By the name that a question gives its finish."""
