"""The questions about customers by what they bought, and what finishes their answers (metrics/finish.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from metrics import customer_shares, rfm, rfm_moves
from metrics.notes import Note
from metrics.query import Query

FINISHES: dict[str, Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]] = {
    **rfm.FINISHES,
    **rfm_moves.FINISHES,
    **customer_shares.FINISHES,
}
"""By the name that a question gives its finish."""
