"""Numbers of answers as Python computes with them."""

from __future__ import annotations


def number(value: object) -> float | None:
    """A count, a sum of money or a share as a float, digit by digit; None where there is none."""
    return None if value is None else float(str(value))
