"""The questions about who comes back, and what finishes their answers (metrics/finish.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from metrics import buyers_over_time, cohorts, contract_retention, repeat
from metrics.notes import Note
from metrics.query import Query

FINISHES: dict[str, Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]] = {
    "buyers_over_time": buyers_over_time.finished,
    "cohorts": cohorts.finished,
    "cohorts_outside": cohorts.finished_outside,
    "contract_bridge": contract_retention.finished_bridge,
    "contract_rates": contract_retention.finished_rates,
    "repeat": repeat.finished,
    "repeat_curve": repeat.finished_curve,
}
"""By the name that a question gives its finish."""
