"""Columns whose names say nothing: what their values are, and which field that could be. Never taken without asking."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING

import polars as pl

from data.ingest import dates, numbers
from data.ingest.currencies import code_of, is_currency
from data.ingest.documents import AGREEMENT, in_time, is_numbered, states
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
_PHONE = r"^(\+?86[- ]?)?1[3-9]\d{9}$|^\+\d[\d\s().-]{6,18}$|^\(?0?\d{2,4}\)?[ -]\d{3,4}[ -]?\d{4}$"
_COMPANY = r"(?i)(有限公司|股份|集团|公司|\b(inc|ltd|llc|gmbh|corp|co|plc|s\.?a|b\.?v|pty|ag)\.?)$"
_SMALL = 100  # numbers below it are rather counts and shares than amounts
_LASTING = re.compile(
    r"duration|elapsed|\b(milli|micro)?sec(ond)?s?\b|\bms\b|\bminutes?\b|\bhours?\b|\bdays\b|时长|耗时|秒|分钟|小时|天数",
    re.IGNORECASE,
)
"""Names of columns that say how long something took: never money, however large the numbers are."""
_TRIED = 6  # columns of numbers among which a product is looked for
_MOST = 100
"""So many columns are judged by their values, the first ones: a list of thousands would take minutes, and has names."""


@dataclass(frozen=True)
class Members:
    """Names that the store knows, normalised."""

    reps: AbstractSet[str] = field(default_factory=frozenset)
    products: AbstractSet[str] = field(default_factory=frozenset)
    customers: AbstractSet[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class _Column:
    """A column, and what its cells are whichever field they are held against: read once for all fields and tables."""

    table: TextTable
    index: int
    today: date

    @cached_property
    def filled(self) -> pl.Series:
        """The first filled cells."""
        return self.table.column(self.index).drop_nulls().head(_SAMPLE)

    @cached_property
    def dated(self) -> float:
        """Dates with separators; a column of plain numbers is rather an id or an amount."""
        written = self.filled.filter(self.filled.str.contains(r"\D"))
        share = dates.readings(written, self.today, "UTC").share if len(written) else 0.0
        return share * len(written) / len(self.filled)

    @cached_property
    def money(self) -> float:
        """Amounts: numbers that are large, have a fraction or name their currency, and count neither rows nor time."""
        filled = self.filled
        if _LASTING.search(self.table.headers[self.index]):
            return 0.0
        read = numbers.numbers(filled, money=True)
        values = read.values.drop_nulls().cast(pl.Float64)
        if values.is_empty() or filled.str.contains(r"^0\d").any() or _is_numbering(filled):
            return 0.0
        middle = values.abs().median()
        is_large = isinstance(middle, float) and middle >= _SMALL
        is_money = bool(read.currencies) or bool(((values % 1) != 0).any()) or is_large
        return len(values) / len(filled) if is_money else 0.0

    @cached_property
    def figures(self) -> pl.Series | None:
        """Its numbers, where nearly all of its cells are some, and not always the same two."""
        values = numbers.numbers(self.table.column(self.index).head(_SAMPLE), money=True).values.cast(pl.Float64)
        return values if values.null_count() < (1 - _SURE) * len(values) and values.n_unique() > 2 else None


@dataclass(frozen=True)
class _Seen:
    """What a column is judged by."""

    column: _Column
    match: Match
    known: Members

    @property
    def filled(self) -> pl.Series:
        return self.column.filled


class Columns:
    """The columns of a file, to be held against one table after another."""

    def __init__(self, table: TextTable, today: date) -> None:
        """Of a file that is read on a day, from which it follows what is a plausible date."""
        self.table, self.today = table, today
        self._all = [_Column(table, index, today) for index in range(len(table.headers))]

    def left(self, settled: AbstractSet[int]) -> dict[int, _Column]:
        """The first that hold something and are not settled."""
        found = [one for one in self._all if one.index not in settled and not one.filled.is_empty()]
        return {one.index: one for one in found[:_MOST]}


def suggest(columns: Columns, match: Match, known: Members) -> dict[int, tuple[str, int]]:
    """What columns without a field look like: their index -> our field and how sure, in per cent.

    Args:
        columns: those of the file.
        match: the table it is (or may be), with the columns that names settled.
        known: names that the store knows.
    """
    settled = set(match.columns.values()) | {index for parts in match.joined.values() for index in parts}
    fields, key = tables()[match.table].fields, tables()[match.table].key
    wanted = [ours for ours in _TESTS if ours not in match.columns and ours in fields]
    wanted = [ours for ours in wanted if ours in key or not ours.endswith("_id")]  # whose id, values do not tell
    left = columns.left(settled)
    found: dict[int, tuple[str, int]] = {}
    if {"quantity", "unit_price", "amount"} <= fields.keys() and "amount" not in match.columns:
        found = _product(left)
        wanted = [ours for ours in wanted if ours not in {ours for ours, _ in found.values()}]
    for index, column in left.items():
        if index in found:
            continue
        seen = _Seen(column, match, known)
        shares = {ours: _TESTS[ours].share(seen, ours) for ours in wanted}
        best = max(shares, key=lambda ours: shares[ours] if shares[ours] >= _TESTS[ours].least else 0.0, default=None)
        if best is not None and shares[best] >= _TESTS[best].least:
            found[index] = (best, round(100 * shares[best]))
            wanted.remove(best)
    return in_time(columns.table, match, found, columns.today)


def telling(table: TextTable, match: Match, guessed: Mapping[int, tuple[str, int]]) -> int:
    """How much of what was guessed speaks for this very table, and not for any list: fields, and how it is numbered."""
    found = {ours: index for index, (ours, _) in guessed.items()}
    return is_numbered(table, match, found) + sum(1 for told in TELLING[match.table] if set(told) <= set(found))


TELLING: Mapping[str, Sequence[Sequence[str]]] = {
    "deals": [["status"]],
    "activities": [["kind"]],
    "leads": [["status"]],
    "order_lines": [["quantity", "unit_price", "amount"], ["product", "order_id"]],
    "payments": [["customer", "paid_on", "amount"]],
    "contacts": [["email", "phone"], ["email", "contact"]],
    "reps": [["rep", "email"]],
    "products": [["product", "list_price"]],
    "customers": [["customer", "customer_id"]],
    "invoices": [["status"], ["issued_on", "due_on"]],
    "contracts": [["status"], ["contract"], ["starts_on", "ends_on"]],
    "quotes": [["status"]],
}
"""The tables that values may give away, and the fields that do so, together."""


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


# ------------------------------------------------------------------------------------------------------------- tests


def _words(seen: _Seen, ours: str) -> float:
    """Words of a status or a kind that somebody's list knows."""
    if words := states(seen.match.table):
        return _known(seen.filled, words)
    apt = {"status": "deals", "kind": "activities"}
    return _known(seen.filled, set(dictionary(seen.match, ours))) if apt.get(ours) == seen.match.table else 0.0


def _pattern(pattern: str) -> Callable[[_Seen, str], float]:
    return lambda seen, _: share_of(seen.filled.str.contains(pattern))


def _member(seen: _Seen, ours: str) -> float:
    """Names that the store knows; companies also by how companies are called."""
    known = {"rep": seen.known.reps, "product": seen.known.products, "customer": seen.known.customers}[ours]
    by_name = share_of(seen.filled.str.contains(_COMPANY)) if ours == "customer" else 0.0
    return max(_known(seen.filled, known), by_name)


def _currency(seen: _Seen, _: str) -> float:
    return sum(1 for text in seen.filled if is_currency(code_of(text))) / len(seen.filled)


def _dated(seen: _Seen, _: str) -> float:
    return seen.column.dated


def _money(seen: _Seen, _: str) -> float:
    return seen.column.money


def _id(seen: _Seen, _: str) -> float:
    """One word that tells rows apart."""
    return 0.0 if seen.filled.str.contains(r"\s").any() else _distinct(seen.filled)


def _order(seen: _Seen, _: str) -> float:
    """The id of an order: one word with a digit, the same on a few lines and not on many."""
    filled = seen.filled
    is_word = bool(filled.str.contains(r"^[\w/-]*\d[\w/-]*$").all()) and seen.column.dated < _SURE
    return (
        1.0 if is_word and len(filled) > 1 and filled.n_unique() * 20 > len(filled) and seen.column.money == 0 else 0.0
    )


def _name(seen: _Seen, _: str) -> float:
    """Words that tell rows apart."""
    return _distinct(seen.filled) if bool(seen.filled.str.contains(r"\p{L}{2}").all()) else 0.0


def _known(filled: pl.Series, names: AbstractSet[str]) -> float:
    return sum(1 for text in filled if normal(text) in names) / len(filled)


def _distinct(filled: pl.Series) -> float:
    return filled.n_unique() / len(filled) if len(filled) > 1 else 0.0


def share_of(found: pl.Series) -> float:
    """Of how many of the cells something holds, 0 to 1."""
    return int(found.sum()) / len(found)


def _is_numbering(filled: pl.Series) -> bool:
    """Whether whole numbers count rows or name records: they only grow, and are all as long or all different."""
    if len(filled) < 2 or not filled.str.contains(r"^\d{1,18}$").all():
        return False
    values = filled.cast(pl.Int64)
    is_even = filled.str.len_bytes().n_unique() == 1 and len(filled[0]) > 3
    return bool(values.is_sorted()) and (values.n_unique() == len(values) or is_even)


def _product(left: Mapping[int, _Column]) -> dict[int, tuple[str, int]]:
    """Three columns of which one is the product of the others: whole pieces, a price, an amount."""
    read = {index: column.figures for index, column in left.items() if column.figures is not None}
    for pieces, price, amount in permutations(list(read)[:_TRIED], 3):
        if (read[pieces] % 1 != 0).any() or read[price].equals(read[amount]):
            continue
        gap = (read[pieces] * read[price] - read[amount]).abs()
        fits = share_of((gap <= 0.011 * read[pieces].abs().clip(lower_bound=1)).fill_null(value=False))
        if fits >= _SURE and (read[pieces] != 1).mean():
            sure = round(100 * fits)
            return {pieces: ("quantity", sure), price: ("unit_price", sure), amount: ("amount", sure)}
    return {}


@dataclass(frozen=True)
class _Test:
    """`share`: how many of the cells could be the field; `least`: how many must."""

    share: Callable[[_Seen, str], float]
    least: float


_TESTS: Mapping[str, _Test] = {
    "status": _Test(_words, _SURE),
    "kind": _Test(_words, _SURE),
    "email": _Test(_pattern(_EMAIL), _SURE),
    "phone": _Test(_pattern(_PHONE), _SURE),
    "currency": _Test(_currency, 1.0),
    "rep": _Test(_member, _NAMES),
    "product": _Test(_member, _NAMES),
    "customer": _Test(_member, _NAMES),
    **{
        ours: _Test(_dated, _SURE)
        for ours in (
            *("created_on", "closed_on", "ordered_on", "paid_on", "done_at", "created_at"),
            *("issued_on", "due_on", "signed_on", "starts_on", "ends_on"),
        )
    },
    "contract": _Test(_pattern(AGREEMENT), _NAMES),
    "amount": _Test(_money, _SURE),
    "list_price": _Test(_money, _SURE),
    **{
        ours: _Test(_id, 1.0)
        for ours in (
            *("deal_id", "payment_id", "customer_id", "product_id", "contact_id", "lead_id", "activity_id"),
            *("invoice_id", "contract_id", "quote_id"),
        )
    },
    "order_id": _Test(_order, 1.0),
    **{ours: _Test(_name, _SURE) for ours in ("deal", "contact", "lead", "subject")},
}
"""What is looked for, most telling first."""
