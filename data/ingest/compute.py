"""Fields that a file has only as two columns: quantity times price, sales less profit; and signs turned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.ingest.names import normal
from data.ingest.numbers import MONEY, Decimal, numbers

if TYPE_CHECKING:
    from data.ingest.map import Mapped


def compute(mapped: Mapped, decimal: Decimal | None = None) -> None:
    """Fill what the section computes, as text like every other cell. A row in which a column is blank stays blank."""
    spec = mapped.match.spec
    for words, sign in ((spec.times, "*"), (spec.minus, "-")):
        for ours, columns in words.items():
            found = [_column(mapped, column) for column in columns]
            if ours not in mapped.texts and all(column is not None for column in found):
                first, second = (_number(mapped, texts, decimal) for texts in found if texts is not None)
                value = first * second if sign == "*" else first - second
                mapped.texts[ours] = _written(value).alias(ours)
                mapped.computed.add(ours)
                mapped.sources[ours] = [_header(mapped, column) for column in columns]
    for ours in spec.negate:
        if ours in mapped.texts:
            mapped.texts[ours] = _written(-_number(mapped, mapped.texts[ours], decimal)).alias(ours)
            mapped.computed.add(ours)


def _column(mapped: Mapped, name: str) -> pl.Series | None:
    headers = [normal(header) for header in mapped.table.headers]
    return mapped.table.column(headers.index(normal(name))) if normal(name) in headers else None


def _header(mapped: Mapped, name: str) -> str:
    return next(header for header in mapped.table.headers if normal(header) == normal(name))


def _number(mapped: Mapped, texts: pl.Series, decimal: Decimal | None) -> pl.Series:
    return numbers(texts, money=False, decimal=decimal, continental=mapped.table.delimiter == ";").values


def _written(values: pl.Series) -> pl.Series:
    """As text; what is beyond any money stays what it is, and is refused with its row."""
    written = values.round(4).cast(MONEY, strict=False).cast(pl.String)
    return written.to_frame("money").select(pl.coalesce("money", values.cast(pl.String))).to_series()
