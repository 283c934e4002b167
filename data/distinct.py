"""Whether values repeat, without gathering millions of texts where none does."""

from __future__ import annotations

import polars as pl


def are_distinct(values: pl.Series) -> bool:
    """Whether no value occurs twice; a null is a value.

    Values with other hashes are other values: the texts themselves are compared only where two hashes are the same.
    """
    return values.hash().n_unique() == values.len() or values.n_unique() == values.len()
