"""Small sets of products, two to four: in one order, or bought by one customer over the period.

Support is the share of all orders (or customers) that hold the whole set; confidence the share of those with all of it
but the most held product that hold that one too; lift that share against the share of all that hold it, with its
interval at 95 % (metrics/baskets.py). Where a company has no orders, won deals and the products in them are read.

A set of three is in many orders already because its pairs are. So each set is held against what all smaller sets within
it explain: the table of its products (each in or not) with the very counts of all smaller sets, and nothing of its own
beyond them. One number of such a table is free; it is the one at which the products of the even and of the odd cells
are equal (no interaction of the highest order, Bartlett 1935). It is worked out for each size of orders by itself, so
that large orders do not pass for a bond between products, and added up; its variance is 1 ÷ Σ 1/cell. Pairs are held
against what the sizes of orders explain, as on the page of products. A set stands where it is in more orders than
expected beyond chance, with all sets of that many products counted that could have been said so (Benjamini and
Hochberg); larger ones than pairs by a tenth at least, too: the table is exact only where orders hold few of many.

Checked against the lifts that R's arules prints of its Groceries, whose counts of orders are published (the orders are
not, so that nothing else of them can be), and against Bartlett's own table.

Sources: R. Agrawal and R. Srikant (1994), Fast algorithms for mining association rules, VLDB (a set is frequent only if
all smaller ones are); M. S. Bartlett (1935), Contingency table interactions, J. R. Stat. Soc. Suppl. 2:248–252.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache, reduce
from itertools import combinations
from math import comb, erfc, sqrt
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from metrics.baskets import LEAST_ORDERS, expectations, lift, size_bands
from metrics.notes import Note, note
from metrics.period import FIRST
from metrics.proportions import discoveries
from metrics.query import Column, Query, from_file
from metrics.view import View
from metrics.worked_out import Asked

Floats = NDArray[np.float64]
Of = Literal["order", "customer"]
LEAST_HELD = LEAST_ORDERS
"""Orders or customers that must hold a set for it to be shown."""
MOST_PRODUCTS = 50
"""The most held products, among which sets are looked for."""
MOST_OF_FOUR_FROM = 100
"""Sets of four are looked for among those that add a product to so many of the sets of three, the firmest first."""
LEAST_EXCESS = 1.1
"""A set of three or four in fewer than so many times the expected orders is not said to stand."""
MOST_LISTED = 300
"""Sets listed of each number of products."""
_ROUNDS = 40
"""Halvings until the free number of a table is known to a millionth of a millionth of its room."""
NAMES = ("product", "other_product", "third_product", "fourth_product")
_WHERE = f"population.product in ({', '.join(f'$at_{name}' for name in NAMES)}) and " + " and ".join(
    f"(cast($at_{name} as varchar) is null or population.holder in"
    f" (select m.holder from met as m where m.product = $at_{name}))"
    for name in NAMES
)
_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(NAMES, pl.String),
    **dict.fromkeys(("products", "held_by", "held_rest", "held_last", "held_all"), pl.Int64),
    **dict.fromkeys(("support", "confidence", "lift", "lift.low", "lift.high", "expected_held", "excess"), pl.Float64),
    "is_beyond_chance": pl.Boolean,
}


def basket_sets(view: View, of: Of = "order") -> Query:
    """Sets of two to four products that at least LEAST_HELD orders or customers hold.

    Columns: `product`, `other_product`, `third_product`, `fourth_product` (the least held first, the last one being
    what the others speak for), `products` (how many), `held_by` (orders or customers with all), `held_rest` (with all
    but the last), `held_last`, `held_all` (of all), `support`, `confidence`, `lift` with `.low .high`, `expected_held`,
    `excess` (times expected), `is_beyond_chance`. First those beyond chance. `rows("held_by", product=…, …)` are the
    lines of these products in these orders.

    Args:
        view: period and filters; a filter of products does not take anything out of orders.
        of: what holds products: an "order" (won deal), or a "customer" over the whole period.
    """
    days = view.period
    asked = from_file(
        "basket_sets", view, from_on=days.from_on if days else FIRST, to_on=view.at, by_customer=of == "customer",
        least_orders=LEAST_HELD, most_products=MOST_PRODUCTS,
    )  # fmt: skip
    columns = (
        *(Column(name, "by") for name in NAMES), *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("held_by", "value", unit="count", where=_WHERE),
        *(Column(name, "value", unit="count") for name in ("products", "held_rest", "held_last", "held_all")),
        *(Column(name, "value", unit="share") for name in ("support", "confidence")),
        Column("lift", "value", unit="number"), Column("lift.low", "low"), Column("lift.high", "high"),
        *(Column(name, "value", unit="number") for name in ("expected_held", "excess")),
        Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=NAMES, finish="basket_sets")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The sets with enough support, those beyond chance first, and which of them are."""
    frame, said = _worked_out(Asked(query, frames[0]))
    notes += said
    return frame


@lru_cache(maxsize=4)
def _worked_out(asked: Asked) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    notes: list[Note] = []
    kept = asked.frame.filter(pl.col("place").is_not_null()).sort("place")
    kinds = asked.frame.filter(pl.col("size").is_not_null())
    if kept.height and not kept.get_column("order_lines").max():
        notes.append(note("sold_by_deals"))
    if kept.height < 2:
        notes.append(note("sets_no_products", count=kept.height, least=LEAST_HELD))
        return pl.DataFrame(schema=_SCHEMA), tuple(notes)
    if kept.height == MOST_PRODUCTS:
        notes.append(note("baskets_most", count=MOST_PRODUCTS))
    names = kept.get_column("product").to_list()
    held = _Held.of(kinds, len(names))
    threes = _larger(held, [*combinations(range(len(names)), 3)], comb(len(names), 3))
    fours = _fours(threes)
    judged = (_pairs(held, names), threes, _larger(held, fours, len(fours)))
    own = _chosen(asked.query, kept, notes)
    listed = []
    for sets in judged:
        wanted = [one for one in sets if own is None or own & set(one.products)]
        listed += sorted(wanted, key=_firmness)[:MOST_LISTED]
    frame = _frame(listed, held, names)
    frame = frame.sort("is_beyond_chance", "excess", *NAMES, descending=[True, True, *[False] * 4])
    return frame, tuple(notes)


def _chosen(query: Query, kept: pl.DataFrame, notes: list[Note]) -> set[int] | None:
    """The places of the products that filters choose; None where they choose none."""
    filters = {name: values for name, values in (query.view.filters if query.view else ()) if values}
    found: set[int] | None = None
    for name in ("product", "category"):
        if name in filters:
            values = pl.Series(list(filters[name]), dtype=pl.String)
            rows = kept.with_row_index("at").filter(pl.col(name).is_in(values, nulls_equal=True))
            here = set(rows.get_column("at").to_list())
            found = here if found is None else found & here
    if found is not None:
        notes.append(note("baskets_whole"))
    return found


def _fours(threes: Sequence[_Set]) -> list[tuple[int, ...]]:
    """Sets of four that add a product to one of the firmest threes, and hold nothing but threes with enough support."""
    known = {one.products for one in threes}
    each = sorted({product for one in threes for product in one.products})
    firm = sorted(threes, key=_firmness)[:MOST_OF_FOUR_FROM]
    larger = {tuple(sorted((*one.products, more))) for one in firm for more in each if more not in one.products}
    return sorted(one for one in larger if all(part in known for part in combinations(one, 3)))


class _Set(NamedTuple):
    """A set, by the places of its products: how many hold it, how many were expected to."""

    products: tuple[int, ...]
    held_by: float
    expected: float
    is_beyond: bool

    @property
    def excess(self) -> float:
        return self.held_by / self.expected if self.expected > 0 else 0.0


def _firmness(one: _Set) -> tuple[bool, float, tuple[int, ...]]:
    """Those beyond chance first, then by how many times the expected hold them."""
    return not one.is_beyond, -one.excess, one.products


class _Held(NamedTuple):
    """What is held together, by size: `has` (kinds × products) and `often` (how many of a kind) of each size.

    `whole`: how many there are of each size. `one`, `two`, `three`: sizes × products, … : how many hold them.
    """

    sizes: list[int]
    whole: Floats
    has: list[Floats]
    often: list[Floats]
    one: Floats
    two: Floats
    three: Floats

    @classmethod
    def of(cls, kinds: pl.DataFrame, products: int) -> _Held:
        """From the kinds of the answer (size, bits, holders)."""
        kinds = size_bands(kinds)
        sizes = kinds.get_column("size").unique().sort().to_list()
        has, count = [], []
        for size in sizes:
            part = kinds.filter(pl.col("size") == size)
            has.append(unpacked(part.get_column("bits"), products))
            count.append(part.get_column("holders").cast(pl.Float64).to_numpy())
        one = np.stack([of @ one for one, of in zip(has, count, strict=True)])
        two = np.stack([one.T @ (one * of[:, None]) for one, of in zip(has, count, strict=True)])
        three = np.stack([_threes(one, of) for one, of in zip(has, count, strict=True)])
        return cls(sizes, np.array([of.sum() for of in count]), has, count, one, two, three)

    def holding(self, products: Sequence[int]) -> Floats:
        """How many of each size hold all of these."""
        if not products:
            return self.whole
        if len(products) <= 3:
            return _column((self.one, self.two, self.three)[len(products) - 1], *products)
        together = [one[:, list(products)].all(axis=1) for one in self.has]
        return np.array([of[there].sum() for there, of in zip(together, self.often, strict=True)])


def _column(table: Floats, *places: int | NDArray[np.intp]) -> Floats:
    """What a table of sizes × products × … says of these products, by size."""
    return np.asarray(table[(slice(None), *places)])


def unpacked(bits: pl.Series, products: int) -> Floats:
    """Which products each has, 0 or 1, from the bits of its number."""
    whole = bits.cast(pl.Int64).to_numpy()
    return ((whole[:, None] >> np.arange(products)) & 1).astype(np.float64)


def _threes(has: Floats, count: Floats) -> Floats:
    """How many hold each three products."""
    found = np.zeros((has.shape[1],) * 3)
    for one in range(has.shape[1]):
        rows = has[:, one] > 0
        inside = has[rows]
        found[one] = inside.T @ (inside * count[rows, None])
    return found


# ------------------------------------------------------------------------------------------------------------ judging


def _pairs(held: _Held, names: Sequence[str]) -> list[_Set]:
    """Pairs with enough support, held against what the sizes of orders explain."""
    held_rows = [
        {"product": name, "size": size, "orders": int(held.one[at, place])}
        for at, size in enumerate(held.sizes) for place, name in enumerate(names) if held.one[at, place]
    ]  # fmt: skip
    of_size = pl.DataFrame({"size": held.sizes, "orders": held.whole.astype(np.int64)})
    expected, variance = expectations(names, pl.DataFrame(held_rows), of_size)
    both = held.two.sum(axis=0)
    products = list(combinations(range(len(names)), 2))
    at = tuple(np.array(products).T)
    return _judged(products, both[at], expected[at], variance[at], len(products), 1.0)


def _larger(held: _Held, products: Sequence[tuple[int, ...]], could: int) -> list[_Set]:
    """Sets of three or four with enough support, held against what all smaller sets within them explain."""
    if not products:
        return []
    many = len(products[0])
    if many == 3:
        seen = _column(held.three, *np.array(products).T).sum(axis=0)
    else:
        seen = np.array([held.holding(one).sum() for one in products])
    products = [one for one, often in zip(products, seen, strict=True) if often >= LEAST_HELD]
    if not products:
        return []
    places = np.array(products)
    margins: dict[int, Floats] = {}
    for mask in range(2**many - 1):
        inside = [places[:, at] for at in range(many) if mask >> at & 1]
        table = (None, held.one, held.two, held.three)[len(inside)]
        margins[mask] = (
            np.repeat(held.whole[:, None], len(products), axis=1) if table is None
            else _column(table, *inside)
        )  # fmt: skip
    expected, variance = without_interaction(margins, many)
    return _judged(
        products, seen[seen >= LEAST_HELD], expected.sum(axis=0), variance.sum(axis=0), could, LEAST_EXCESS
    )  # fmt: skip


def without_interaction(margins: dict[int, Floats], many: int) -> tuple[Floats, Floats]:
    """How many would hold all of a set if nothing but its smaller sets were at work, and the variance of that number.

    Args:
        margins: how many hold a smaller set, by its products as bits (0: how many there are); tables side by side.
        many: products of the set, 2 to 4. Of two the answer is their product ÷ the whole.
    """
    full = 2**many - 1
    base, sign = {}, {}
    for cell in range(full + 1):
        above = [mask for mask in margins if mask & cell == cell]
        parts = [margins[mask] * (-1.0) ** (mask.bit_count() - cell.bit_count()) for mask in above]
        base[cell] = np.sum(parts, axis=0) if parts else np.zeros_like(margins[0])
        sign[cell] = (-1.0) ** (many - cell.bit_count())
    even, odd = ([cell for cell in base if sign[cell] == side] for side in (1, -1))
    low = np.max([-base[cell] for cell in even], axis=0)
    high = np.maximum(low, np.min([base[cell] for cell in odd], axis=0))
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        is_less = _product(base[cell] + middle for cell in even) < _product(base[cell] - middle for cell in odd)
        low, high = np.where(is_less, middle, low), np.where(is_less, high, middle)
    found = (low + high) / 2
    with np.errstate(divide="ignore"):
        inverse = np.sum([1 / np.maximum(base[cell] + sign[cell] * found, 0.0) for cell in base], axis=0)
    return found, 1 / inverse


def _product(tables: Iterable[Floats]) -> Floats:
    """Of tables side by side, number by number."""
    return reduce(np.multiply, tables)


def _judged(
    products: Sequence[tuple[int, ...]], seen: Floats, expected: Floats, variance: Floats, could: int, least: float
) -> list[_Set]:
    """Which stand beyond chance, of so many that could have."""
    chances = []
    for often, mean, spread in zip(seen, expected, variance, strict=True):
        above = (often - 0.5 - mean) / sqrt(spread) if spread > 0 else 0.0
        chances.append(erfc(above / sqrt(2)) if often >= LEAST_HELD and above > 0 and often >= least * mean else 1.0)
    stand = discoveries([*chances, *[1.0] * (could - len(products))])
    return [
        _Set(one, float(often), float(mean), stands)
        for one, often, mean, stands in zip(products, seen, expected, stand, strict=False) if often >= LEAST_HELD
    ]  # fmt: skip


def _frame(found: Sequence[_Set], held: _Held, names: Sequence[str]) -> pl.DataFrame:
    """The answer's columns, the least held product of each set first."""
    whole, often = float(held.whole.sum()), held.one.sum(axis=0)
    rows = []
    for one in found:
        placed = sorted(one.products, key=lambda at: (often[at], names[at]))
        rest, last = float(held.holding(placed[:-1]).sum()), float(often[placed[-1]])
        called = [*(names[at] for at in placed), *[None] * (len(NAMES) - len(placed))]
        value, low, high = lift(one.held_by, rest, last, whole)
        counts = (len(placed), one.held_by, rest, last, whole)
        rows.append((
            *called, *map(int, counts), one.held_by / whole, one.held_by / rest, float(value), float(low), float(high),
            one.expected, one.excess, one.is_beyond,
        ))  # fmt: skip
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")
