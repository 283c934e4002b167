"""The questions about what to offer to whom, and what finishes their answers (metrics/finish.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from metrics import basket_sets, look_alikes, next_judged, next_product
from metrics.notes import Note
from metrics.query import Query

FINISHES: dict[str, Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]] = {
    "basket_sets": basket_sets.finished,
    "best_traits": look_alikes.finished_traits,
    "held_out": look_alikes.finished_held_out,
    "lead_look_alikes": look_alikes.finished_leads,
    "look_alikes": look_alikes.finished,
    "next_past": next_product.finished_past,
    "next_product": next_product.finished,
    "next_rules": next_product.finished_rules,
    **next_judged.FINISHES,
}
"""By the name that a question gives its finish."""
