"""What can go wrong with a review; texts in errors.toml."""

from __future__ import annotations

from metrics.errors import SalesError


class AgendaInvalid(SalesError):
    """An agenda names a step or a value that cannot be. Params: what."""


class AgendaNotYours(SalesError):
    """Only those who see everything change what all see."""
