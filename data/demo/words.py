"""The words of the demo company in one language, and the columns made of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[Any]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LANGS = ("en", "zh-CN")


@cache
def facts() -> dict[str, Any]:
    """Read `names.toml`: pairs (English, Chinese), and the numbers that belong to them."""
    return tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))


def numbers(section: str, field: str) -> Floats:
    """One number of every entry of a section, in order, like the `list` price of all `products`."""
    return np.array([entry.get(field, 0) for entry in facts()[section]], dtype=np.float64)


@dataclass(frozen=True)
class Words:
    """Everything with a name, in one language. The same index names the same member in both languages."""

    lang: str

    @property
    def _side(self) -> int:
        return LANGS.index(self.lang)

    def one(self, pair: list[str]) -> str:
        """Take this language's half of a pair."""
        return pair[self._side]

    def of(self, section: str, field: str = "name") -> list[str]:
        """Names of the entries of a section, or another named `field` of those that have it."""
        return [self.one(entry[field]) for entry in facts()[section] if field in entry]

    def pairs(self, name: str, section: str = "words") -> list[str]:
        """A plain list of pairs, like the `lost_reasons`."""
        return [self.one(pair) for pair in facts()[section][name]]

    def people(self, index: Ints, shift: int = 0) -> list[str]:
        """Names of people, different for every index below 1,600. A loop over people, of whom there are few."""
        surnames, given = self._people()
        return [self._full(surnames[i % 40], given[(7 * i + i // 40 + shift) % 40]) for i in map(int, index)]

    def _people(self) -> tuple[list[str], list[str]]:
        return [self.one(pair) for pair in facts()["surnames"]], [self.one(pair) for pair in facts()["given"]]

    def _full(self, surname: str, given: str) -> str:
        return f"{given} {surname}" if self.lang == "en" else surname + given

    def person_column(self, index: Ints) -> pl.Series:
        """Names of many people (contacts), which may occur twice, as in life."""
        surnames, given = self._people()
        last, first = column(surnames, index % 40), column(given, index // 40 % 40)
        return first + " " + last if self.lang == "en" else last + first


def column(values: list[str], index: Ints) -> pl.Series:
    """The words at `index`; a negative index is an empty cell."""
    padded = pl.Series([*values, None], dtype=pl.String)
    return padded.gather(np.where(index < 0, len(values), index).astype(np.uint32))


def ids(prefix: str, index: Ints, width: int = 6) -> pl.Series:
    """CRM-like ids from integers, `D000123`; a negative index is an empty cell. Repeated ones are made once."""
    if not (known := index[index >= 0]).size:
        return pl.Series([None], dtype=pl.String).new_from_index(0, index.size)
    low, high = int(known.min()), int(known.max())
    if 2 * (high - low) < index.size:
        made = _numbered(prefix, np.arange(low, high + 1), width).append(pl.Series([None], dtype=pl.String))
        return made.gather(np.where(index < 0, high - low + 1, index - low).astype(np.uint32))
    return blank(_numbered(prefix, index, width), index < 0)


def _numbered(prefix: str, index: Ints, width: int) -> pl.Series:
    number = pl.Series(index + 1, dtype=pl.Int64)
    if index.size and index.max() + 1 >= 10**width:
        digits = number.cast(pl.String).str.zfill(width)
    else:  # several times as quick
        digits = (number + 10**width).cast(pl.String).str.slice(1)
    return prefix + digits


def dates(days: Ints) -> pl.Series:
    """Days since 1970 as dates; a day above the year 9000 or below zero is an empty cell."""
    made = pl.Series(days.astype(np.int32)).cast(pl.Date)
    return blank(made, (days < 0) | (days > 2_500_000))


def moments(days: Ints, minutes: Ints) -> pl.Series:
    """Days and minutes of the day as timestamps."""
    micros = (days.astype(np.int64) * 1440 + minutes.astype(np.int64)) * 60_000_000
    return blank(pl.Series(micros).cast(pl.Datetime("us")), days < 0)


def money(values: Floats | Ints) -> pl.Series:
    """Amounts as DECIMAL(18,4); NaN is an empty cell."""
    return pl.Series(np.asarray(values, dtype=np.float64)).fill_nan(None).cast(pl.Decimal(18, 4))


def blank(values: pl.Series, where: Flags) -> pl.Series:
    """Empty the cells where a flag is set."""
    if not where.any():
        return values
    return values.zip_with(pl.Series(~where), pl.Series([None], dtype=values.dtype).new_from_index(0, len(values)))
