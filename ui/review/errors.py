"""What can go wrong on the stage; texts in errors.toml."""

from __future__ import annotations

from metrics.errors import SalesError


class NumbersOfBefore(SalesError):
    """Rows are asked for behind a number of an earlier version of the store."""
