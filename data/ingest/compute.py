"""Fields that a file has only as two columns: quantity times price, sales less profit; and signs turned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from data.ingest.names import normal
from data.ingest.numbers import MONEY, Decimal, Numbers, numbers

if TYPE_CHECKING:
    from data.ingest.map import Mapped

Sign = Literal["*", "-"]
_EXACT = 2.0**39
"""Below it a double tells four places after the point apart; above it only whole numbers are exact."""


def compute(mapped: Mapped, decimal: Decimal | None = None) -> None:
    """Fill what the section computes, as text like every other cell. A row in which a column is blank stays blank."""
    spec = mapped.match.spec
    signs: tuple[tuple[dict[str, list[str]], Sign], ...] = ((spec.times, "*"), (spec.minus, "-"))
    for words, sign in signs:
        for ours, columns in words.items():
            found = [_column(mapped, column) for column in columns]
            if ours not in mapped.texts and all(column is not None for column in found):
                first, second = (texts for texts in found if texts is not None)
                mapped.texts[ours] = _computed(mapped, first, second, sign, decimal).alias(ours)
                mapped.computed.add(ours)
                mapped.sources[ours] = [_header(mapped, column) for column in columns]
    for ours in spec.negate:
        if ours in mapped.texts:
            told = _numbers(mapped, mapped.texts[ours], decimal)
            mapped.texts[ours] = _written(-told.values, told.unreadable, mapped.texts[ours]).alias(ours)
            mapped.computed.add(ours)


def _column(mapped: Mapped, name: str) -> pl.Series | None:
    headers = [normal(header) for header in mapped.table.headers]
    return mapped.table.column(headers.index(normal(name))) if normal(name) in headers else None


def _header(mapped: Mapped, name: str) -> str:
    return next(header for header in mapped.table.headers if normal(header) == normal(name))


def _numbers(mapped: Mapped, texts: pl.Series, decimal: Decimal | None) -> Numbers:
    return numbers(texts, money=False, decimal=decimal, continental=mapped.table.delimiter == ";")


def _computed(mapped: Mapped, first: pl.Series, second: pl.Series, sign: Sign, decimal: Decimal | None) -> pl.Series:
    one, other = (_numbers(mapped, texts, decimal) for texts in (first, second))
    values = one.values * other.values if sign == "*" else one.values - other.values
    texts = pl.DataFrame([first.alias("first"), second.alias("second")])
    asked = texts.select(pl.concat_str("first", pl.lit(f" {sign} "), "second")).to_series()
    return _written(values, one.unreadable | other.unreadable, asked)


def _written(values: pl.Series, unreadable: pl.Series, asked: pl.Series) -> pl.Series:
    """As text, with four places. What no double can hold to the last of them says what was asked of it instead.

    Such a text is no number, so its row is refused by it: half of what a sum is made of is never taken for blank.
    """
    written = values.round(4).cast(MONEY, strict=False).cast(pl.String)
    is_exact = (values.abs() < _EXACT) | (values.round() == values)
    frame = pl.DataFrame(
        [written.alias("written"), asked.alias("asked"), unreadable.alias("is_bad"), is_exact.alias("is_exact")]
    ).with_columns(values.is_not_null().alias("has_value"))
    is_lost = pl.col("is_bad") | (pl.col("has_value") & (pl.col("written").is_null() | ~pl.col("is_exact")))
    return frame.select(pl.when(is_lost).then("asked").otherwise("written")).to_series()
