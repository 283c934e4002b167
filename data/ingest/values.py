"""Columns whose names say nothing: what their values are, and which field that could be. Never taken without asking."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from data.ingest import dates, numbers
from data.ingest.match import Match
from data.ingest.names import normal
from data.ingest.texttable import TextTable
from data.ingest.words import dictionary
from data.tables import tables

if TYPE_CHECKING:
    from data.store import Snapshot

_SAMPLE = 2_000
_SURE = 0.9  # of the filled cells must be what the field holds
_NAMES = 0.5  # names that the store knows: a new file brings new ones too
_EMAIL = r"^[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}$"
_SMALL = 100  # numbers below it are rather counts and shares than amounts


@dataclass(frozen=True)
class Members:
    """Names that the store knows, normalised."""

    reps: AbstractSet[str] = field(default_factory=frozenset)
    products: AbstractSet[str] = field(default_factory=frozenset)
    customers: AbstractSet[str] = field(default_factory=frozenset)


def suggest(table: TextTable, match: Match, known: Members, today: date) -> dict[int, tuple[str, int]]:
    """What columns without a field look like: their index -> our field and how sure, in per cent.

    Args:
        table: the file.
        match: the table it is (or may be), with the columns that names settled.
        known: names that the store knows.
        today: for what is a plausible date.
    """
    settled = set(match.columns.values()) | {index for parts in match.joined.values() for index in parts}
    found: dict[int, tuple[str, int]] = {}
    wanted = [ours for ours in _TESTS if ours not in match.columns and ours in _fields(match)]
    for index in range(len(table.headers)):
        filled = table.column(index).drop_nulls().head(_SAMPLE)
        if index in settled or filled.is_empty():
            continue
        shares = {ours: _share(ours, filled, match, known, today) for ours in wanted}
        best = max(shares, key=lambda ours: shares[ours], default=None)
        if best is not None and shares[best] >= _TESTS[best]:
            found[index] = (best, round(100 * shares[best]))
            wanted.remove(best)
    return found


_TESTS: Mapping[str, float] = {
    "status": _SURE,
    "email": _SURE,
    "rep": _NAMES,
    "product": _NAMES,
    "customer": _NAMES,
    "created_on": _SURE,
    "closed_on": _SURE,
    "ordered_on": _SURE,
    "paid_on": _SURE,
    "amount": _SURE,
    "deal_id": 1.0,
    "deal": _SURE,
}
"""What is looked for, most telling first -> the share of cells that must agree."""


def _fields(match: Match) -> set[str]:
    return set(tables()[match.table].fields)


def members(seen: Snapshot | None) -> Members:
    """The names in a store."""
    if seen is None:
        return Members()
    lists = {"reps": "rep", "products": "product", "customers": "customer"}
    found = {
        kind: frozenset(normal(name) for name in seen.frame(f"select {field} from crm.{kind}")[field])
        for kind, field in lists.items()
    }
    return Members(**found)


def _share(ours: str, filled: pl.Series, match: Match, known: Members, today: date) -> float:
    """The share of the cells that could be this field."""
    if ours == "email":
        return float(filled.str.contains(_EMAIL).mean() or 0)  # type: ignore[arg-type]
    if ours == "status":
        return _known(filled, set(dictionary(match, "status"))) if match.table == "deals" else 0.0
    if ours in ("rep", "product", "customer"):
        return _known(filled, {"rep": known.reps, "product": known.products, "customer": known.customers}[ours])
    if ours.endswith("_on"):
        return _dated(filled, today)
    if ours in ("deal_id", "deal"):
        return _telling(filled, is_id=ours == "deal_id")
    return _money(filled)


def _known(filled: pl.Series, names: AbstractSet[str]) -> float:
    return sum(1 for text in filled if normal(text) in names) / len(filled)


def _dated(filled: pl.Series, today: date) -> float:
    """Dates with separators; a column of plain numbers is rather an id or an amount."""
    written = filled.filter(filled.str.contains(r"\D"))
    return dates.readings(written, today, "UTC").share * len(written) / len(filled) if len(written) else 0.0


def _telling(filled: pl.Series, *, is_id: bool) -> float:
    """How well a column tells rows apart: an id is one word, a name has letters."""
    fits = not filled.str.contains(r"\s").any() if is_id else bool(filled.str.contains(r"\p{L}{2}").all())
    return filled.n_unique() / len(filled) if fits and len(filled) > 1 else 0.0


def _money(filled: pl.Series) -> float:
    read = numbers.numbers(filled, money=True)
    values = read.values.drop_nulls().cast(pl.Float64)
    if values.is_empty() or filled.str.contains(r"^0\d").any():
        return 0.0
    is_money = bool(read.currencies) or bool(((values % 1) != 0).any()) or float(values.abs().median() or 0) >= _SMALL  # type: ignore[arg-type]
    return len(values) / len(filled) if is_money else 0.0
