"""When two frames are the same answer: same columns, same rows in any order, floats to nine digits."""

from __future__ import annotations

import math
from decimal import Decimal

import polars as pl

DIGITS = 1e-9


_KEYS_FROM = 2**53
"""Whole numbers beyond it are keys, no amounts: of many, two agree in their first digits."""


def differences(here: pl.DataFrame, there: pl.DataFrame) -> list[str]:
    """What differs between two answers, in words; empty when nothing does."""
    if here.columns != there.columns:
        return [f"columns {here.columns} and {there.columns}"]
    if here.height != there.height:
        return [f"{here.height} and {there.height} rows"]
    rows = zip(_sorted(here), _sorted(there), strict=True)
    return [
        f"{left} and {right}"
        for left, right in rows
        if not all(same(one, other) for one, other in zip(left, right, strict=True))
    ]


def same(one: object, other: object) -> bool:
    """Whether two values are the same, numbers by their value and not by their type."""
    if isinstance(one, _NUMBERS) and isinstance(other, _NUMBERS):
        one, other = float(one), float(other)
        return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=DIGITS, abs_tol=1e-12)
    return one == other


_NUMBERS = (int, float, Decimal)


def _sorted(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    """Rows in an order that does not depend on the last digits of floats."""
    return sorted(frame.rows(), key=lambda row: [_rounded(value) for value in row])


def _rounded(value: object) -> tuple[bool, str]:
    if isinstance(value, int) and abs(value) > _KEYS_FROM:
        return False, str(value)
    return value is None, f"{float(value):.6g}" if isinstance(value, _NUMBERS) else str(value)
