"""Goals whose columns are called nothing: a column of names, one of months or quarters and one of numbers."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from data.ingest.names import normal
from data.ingest.numbers import numbers
from data.ingest.recognise import known_headers
from data.ingest.spans import spans
from data.ingest.texttable import TextTable

_DAY = r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,2}"
_PLAIN_NUMBER = r"^\d+$"


class Roles(NamedTuple):
    """Which column names whose goal it is, which the period, which holds the number."""

    names: int
    period: int
    value: int


def by_values(table: TextTable) -> Roles | None:
    """The three columns of a list that no name explains; None where it has others, or one of them is known by name."""
    if len(table.headers) != len(Roles._fields) or any(normal(header) in known_headers() for header in table.headers):
        return None
    columns = {at: table.column(at).drop_nulls() for at in range(len(table.headers))}
    if any(filled.is_empty() for filled in columns.values()):
        return None
    periods = [at for at, filled in columns.items() if _are_periods(filled)]
    values = [at for at, filled in columns.items() if at not in periods and _are_numbers(filled)]
    names = [at for at in columns if at not in (*periods, *values)]
    if len(periods) != 1 or len(values) != 1 or not _are_names(columns[names[0]]):
        return None
    return Roles(names[0], periods[0], values[0])


def _are_periods(filled: pl.Series) -> bool:
    """Whether all cells say a month, a quarter or a year in words, and none a day or a mere number."""
    if filled.str.contains(_DAY).any() or filled.str.contains(_PLAIN_NUMBER).any():
        return False
    said = filled.unique().to_list()
    read = spans(said, 0)
    return read is not None and len(read) == len(said)


def _are_numbers(filled: pl.Series) -> bool:
    return bool(numbers(filled, money=True).values.is_not_null().all())


def _are_names(filled: pl.Series) -> bool:
    return bool(filled.str.contains(r"\p{L}").all())
