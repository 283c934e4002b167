"""Discounts written as what is left to pay: `8.5折` and 85 % are 15 % off in China, where a list says so or proves it.

Proved by quantity × price × share = amount, row by row; a list in which 1 − share fits instead says what is taken off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.ingest.remarks import Remark

if TYPE_CHECKING:
    from data.ingest.map import Mapped
    from data.ingest.parsed import Parsed

_FOLD = r"^(\d+(?:\.\d+)?)\s*折$"
_PARTS = ("quantity", "unit_price", "amount", "discount")
_SURE, _NEAR = 0.95, 1e-4
_CENT = 0.011


def folds_as_percent(mapped: Mapped) -> bool:
    """Write `8.5折` and `85折` as 85 %; whether the column has any: then all of it says what is left to pay."""
    texts = mapped.texts.get("discount")
    if texts is None or not texts.str.contains(_FOLD).any():
        return False
    said = pl.col("discount").str.extract(_FOLD, 1).cast(pl.Float64, strict=False)
    share = pl.when(said <= len("1234567890")).then(said * 10).otherwise(said).round(4)
    written = pl.when(said.is_not_null()).then(pl.format("{}%", share)).otherwise("discount")
    mapped.texts["discount"] = texts.alias("discount").to_frame().select(written.alias("discount")).to_series()
    return True


def turn_paid(mapped: Mapped, parsed: Parsed, *, is_said: bool) -> list[Remark]:
    """Take what is left to pay from 1, where the list says or proves that its discounts are that.

    Args:
        mapped: a list under our names.
        parsed: the same, typed; its discounts are changed.
        is_said: its words say so.
    """
    discount = parsed.columns.get("discount")
    if discount is None or not (is_said or _is_proved(parsed)):
        return []
    parsed.columns["discount"] = (1 - discount).round(6).alias("discount")
    return [Remark(code="discount_paid", params={"column": mapped.sources["discount"][0]})]


def _is_proved(parsed: Parsed) -> bool:
    if any(name not in parsed.columns for name in _PARTS):
        return False
    rows = pl.DataFrame([parsed.columns[name].cast(pl.Float64).alias(name) for name in _PARTS]).drop_nulls()
    share, whole = pl.col("discount"), pl.col("quantity") * pl.col("unit_price")
    telling = rows.filter((share > 0) & (share < 1) & ((share - 0.5).abs() > _NEAR) & (pl.col("amount") != 0))
    if telling.is_empty():
        return False
    near = pl.max_horizontal(pl.lit(_CENT), pl.col("amount").abs() * _NEAR)
    fits = [((whole * part - pl.col("amount")).abs() <= near).mean() for part in (share, 1 - share)]
    paid, taken_off = telling.select(fits[0].alias("paid"), fits[1].alias("off")).row(0)
    return bool(paid >= _SURE and taken_off <= 1 - _SURE)
