"""Recognition: records, streaks, who has improved, contests, what training has brought; and what finishes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from metrics import contests, improved, records, streaks, training
from metrics.held import remembered
from metrics.notes import Note
from metrics.query import Query

FINISHES: dict[str, Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]] = {
    "contest": contests.finished,
    "contest_race": contests.finished_race,
    "improved": improved.finished,
    "records": remembered(records.finished),
    "streaks": remembered(streaks.finished_streaks),
    "trained": training.finished,
    "won_streaks": streaks.finished_won,
}
"""By the name that a question gives its finish (metrics/finish.py)."""
