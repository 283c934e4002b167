"""Answers made by hand, for what draws and words them."""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.query import Column, Query, Result
from ui.look import Look
from ui.theme import palette

EN = Look(palette("light"), "en", now="Q2 2026", before="Q1 2026")
ZH = Look(palette("dark"), "zh-CN", now="二季度", before="一季度")
UNITS = {"won_amount": "money", "win_rate": "share", "won_deals": "count", "open_amount": "money", "cycle_days": "days"}
ROLES = {"low": "low", "high": "high", "n": "n", "before": "before", "before.n": "before_n"}


def answer(columns: dict[str, list[object]], **schema: pl.DataType) -> Result:
    """A Result whose columns are told apart by name: `<measure>`, `<measure>.low`…, flags, and what it is cut by."""
    return Result(
        pl.DataFrame(columns, schema_overrides=schema), pl.DataFrame(), Query((), "", columns=_columns(columns))
    )


def _columns(columns: dict[str, list[object]]) -> tuple[Column, ...]:
    made = []
    for name in columns:
        measure, _, role = name.partition(".")
        if measure in UNITS:
            made.append(Column(name, ROLES.get(role, "value"), measure, UNITS[measure]))
        else:
            made.append(Column(name, "flag" if name.startswith("is_") else "by"))
    return tuple(made)


def months(count: int, year: int = 2025) -> list[date]:
    """The first days of so many months."""
    return [date(year + at // 12, at % 12 + 1, 1) for at in range(count)]
