"""Why did it change: the questions about drivers, and what finishes their answers.

Four ways to tell one change, each adding up to it: by the factors of a KPI tree (metrics/factors.py), by price, volume
and mix (metrics/prices.py), by segments (metrics/segments.py), and by customers (metrics/buyers.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import polars as pl

from metrics import buyers, factors, prices, segments
from metrics.notes import Note
from metrics.query import Query

FINISHES: dict[str, Callable[[Query, Sequence[pl.DataFrame], list[Note]], pl.DataFrame]] = {
    "factors": factors.finished,
    "lapsed": buyers.finished_lapsed,
    "segments": segments.finished,
    **{f"moved_{of}": partial(buyers.finished, of=of) for of in buyers.OF},
    **{f"most_moved_{of}": partial(buyers.finished_most, of=of) for of in buyers.OF},
    **{f"prices_{one}": partial(prices.finished, convention=one) for one in prices.CONVENTIONS},
    **{f"prices_by_product_{one}": partial(prices.finished_by_product, convention=one) for one in prices.CONVENTIONS},
}
"""By the name that a question gives its finish (metrics/finish.py)."""
