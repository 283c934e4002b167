"""Products bought together: how often two are in one order, and whether more often than the sizes of orders explain.

Support is the share of all orders that hold both; confidence the share of those with one that hold the other too; lift
= P(ab) ÷ (P(a) · P(b)), with its interval at 95 %. Lift alone misleads: where some orders are large and most are small,
any two products meet more often than independence says. So each pair is also held against what orders of the same
sizes would hold if products were in them by chance, as often as each is in orders of that size:

    expected = Σ over sizes  N · p(a) · p(b) · (1 − (1 − p(a)) (1 − p(b)) ÷ d),   d = Σ p (1 − p)

the bracket because an order of a given size that has one product has less room for the other. Orders of a size that all
hold the same products are what chance would hold, too, and tell nothing. A pair is said to be
bought together where it is in more orders than expected beyond chance, with all pairs counted that could have been
said so (Benjamini and Hochberg): those of the same MOST_PRODUCTS most ordered products, seen together or not.

Sources: R. Agrawal, T. Imieliński, A. Swami (1993), Mining association rules between sets of items in large databases,
SIGMOD (support, confidence); S. Brin et al. (1997), Dynamic itemset counting, SIGMOD (lift, there "interest");
J. Hájek (1964), Asymptotic theory of rejective sampling, Ann. Math. Statist. 35:1491–1523 (pairs at a given size).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import polars as pl

from metrics.intervals import Z
from metrics.notes import Note, note
from metrics.period import FIRST
from metrics.proportions import discoveries
from metrics.query import Column, Query, from_file
from metrics.scores import two_sided
from metrics.view import View

Counts = float | np.ndarray
LEAST_ORDERS = 20
"""Orders that must hold both for a pair to be shown."""
MOST_PRODUCTS = 200
"""The most ordered products, among which pairs are looked for."""
_MOST_SIZES = 12
"""Orders with so many different products or more are told apart by doubling their size only."""
_WHERE = (
    "(population.product = $at_product or population.product = $at_other_product)"
    " and population.order_id in (select h.order_id from held as h where h.product = $at_product)"
    " and population.order_id in (select h.order_id from held as h where h.product = $at_other_product)"
)
_SCHEMA: dict[str, Any] = {
    "product": pl.String,
    "other_product": pl.String,
    **dict.fromkeys(("orders", "product_orders", "other_orders", "all_orders"), pl.Int64),
    **dict.fromkeys(
        ("support", "confidence", "lift", "lift.low", "lift.high", "expected_orders", "excess"), pl.Float64
    ),
    "is_beyond_chance": pl.Boolean,
}


def baskets(view: View) -> Query:
    """Pairs of products that at least LEAST_ORDERS orders hold, those furthest above what is expected first.

    Columns: `product`, `other_product` (of the two the rarer one is `product`, so that `confidence` reads: of the
    orders with `product` so many hold `other_product`), `orders` (with both), `product_orders`, `other_orders`,
    `all_orders`, `support`, `confidence`, `lift` with `.low .high`, `expected_orders` (orders, given the sizes of
    orders), `excess` (orders ÷ expected), `is_beyond_chance`. `rows("orders", product=…, other_product=…)` are the
    lines of both in these orders.

    Args:
        view: period and filters; returns are left out. A filter of products chooses pairs with one of them, not what
            else an order holds (docs/decisions/0009).
    """
    days = view.period
    asked = from_file(
        "baskets", view, from_on=days.from_on if days else FIRST, to_on=view.at,
        least_orders=LEAST_ORDERS, most_products=MOST_PRODUCTS,
    )  # fmt: skip
    columns = (
        *(Column(name, "by") for name in ("product", "other_product")),
        *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("orders", "value", unit="count", where=_WHERE),
        *(Column(name, "value", unit="count") for name in ("product_orders", "other_orders", "all_orders",
        "expected_orders")), *(Column(name, "value", unit="share") for name in ("support", "confidence")),
        Column("lift", "value", unit="number"), Column("lift.low", "low"), Column("lift.high", "high"), Column("excess",
        "value", unit="number"), Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("product", "other_product"), finish="baskets")


def lift(both: Counts, one: Counts, other: Counts, of: Counts) -> tuple[Counts, Counts, Counts]:
    """Lift of two products and its interval at 95 %, of one pair or of many at once.

    Args:
        both, one, other: orders that hold both, the one, the other. of: all orders.

    Returns:
        Lift, lower and upper end: of its logarithm the variance by the delta method over the four kinds of orders is
        1/both − 1/one − 1/other + (2 · lift − 1)/of.
    """
    value = both * of / (one * other)
    spread = Z * np.sqrt(np.maximum(0.0, 1 / both - 1 / one - 1 / other + (2 * value - 1) / of))
    return value, value * np.exp(-spread), value * np.exp(spread)


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The pairs with enough support, and which of them are bought together."""
    raw = frames[0]
    filters = {name: values for name, values in (query.view.filters if query.view else ()) if values}
    chosen = {name: list(values) for name, values in filters.items() if name in ("product", "category")}
    if chosen:
        notes.append(note("baskets_whole"))
    is_pair = pl.col("other_product").is_not_null()
    held = raw.filter(~is_pair & pl.col("product").is_not_null())
    orders = _of_sizes(raw.filter(~is_pair & pl.col("product").is_null()), ("size",))
    whole = int(orders.get_column("orders").sum() or 0)
    names = held.get_column("product").unique().sort().to_list()
    pairs = raw.filter(is_pair).select("product", "other_product", pl.col("orders").cast(pl.Int64)).rows()
    if len(names) == MOST_PRODUCTS:
        notes.append(note("baskets_most", count=MOST_PRODUCTS))
    if not pairs:
        return pl.DataFrame(schema=_SCHEMA)
    of = dict(held.group_by("product").agg(pl.col("orders").cast(pl.Int64).sum()).iter_rows())
    expected, spread = expectations(names, held, orders)
    place = {name: at for at, name in enumerate(names)}
    beyond = _together(pairs, place, expected, spread)
    found = _frame(pairs, of, whole, expected[_places(pairs, place)], beyond).filter(pl.col("orders") >= LEAST_ORDERS)
    for name, values in chosen.items():
        is_asked = pl.col(name).is_in(pl.Series(values, dtype=pl.String), nulls_equal=True)
        asked = held.filter(is_asked).get_column("product").unique().to_list()
        found = found.filter(pl.col("product").is_in(asked) | pl.col("other_product").is_in(asked))
    return found.sort("is_beyond_chance", "excess", "product", "other_product", descending=[True, True, False, False])


def size_bands(frame: pl.DataFrame) -> pl.DataFrame:
    """The large ones of column `size` in bands."""
    size = pl.col("size").cast(pl.Int64)
    band = _MOST_SIZES * 2 ** (size / _MOST_SIZES).log(2).floor().cast(pl.Int64)
    return frame.with_columns(size=pl.when(size < _MOST_SIZES).then(size).otherwise(band))


def _of_sizes(frame: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """Orders by size, the large ones in bands."""
    return size_bands(frame).group_by(by, maintain_order=True).agg(pl.col("orders").cast(pl.Int64).sum())


def expectations(names: Sequence[str], held: pl.DataFrame, orders: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Orders that would hold each pair by chance, given the sizes of orders, and the variance of that number.

    Args:
        names: the products. held: product, size, orders. orders: size, orders (of all).
    """
    by_size = _of_sizes(held, ("product", "size"))
    place = {name: at for at, name in enumerate(names)}
    expected = np.zeros((len(names), len(names)))
    variance = np.zeros_like(expected)
    for size, count in orders.iter_rows():
        if size < 2:
            continue
        share = np.zeros(len(names))
        for name, _, many in by_size.filter(pl.col("size") == size).iter_rows():
            share[place[name]] = many / count
        free = 1 - share
        room = max(float((share * free).sum()), _rest_of(size, share))
        pair = np.outer(share, share)
        if room:  # else every order of this size holds the very same products
            pair *= (1 - np.outer(free, free) / room).clip(0)
        expected += count * pair
        variance += count * pair * (1 - pair)
    return expected, variance


def _rest_of(size: int, share: np.ndarray) -> float:
    """About Σ p (1 − p) of all products: what those at hand leave of the size is in rare ones."""
    rest = max(0.0, size - float(share.sum()))
    return float((share * (1 - share)).sum()) + rest


def _together(
    pairs: Sequence[tuple[str, str, int]], place: dict[str, int], expected: np.ndarray, variance: np.ndarray
) -> list[bool]:
    """Which pairs are in more orders than expected; every pair that might have been counts as looked at."""
    chances = []
    for product, other, seen in pairs:
        at = place[product], place[other]
        above = (seen - 0.5 - expected[at]) / sqrt(variance[at]) if variance[at] > 0 else 0.0
        chances.append(two_sided(above) if seen >= LEAST_ORDERS and above > 0 else 1.0)
    unseen = len(place) * (len(place) - 1) // 2 - len(pairs)
    return discoveries([*chances, *[1.0] * unseen])[: len(pairs)]


def _places(pairs: Sequence[tuple[str, str, int]], place: dict[str, int]) -> tuple[list[int], list[int]]:
    """Where each pair stands in the matrix of expectations."""
    return [place[one] for one, _, _ in pairs], [place[other] for _, other, _ in pairs]


def _frame(
    pairs: Sequence[tuple[str, str, int]], of: dict[str, int], whole: int, expected: np.ndarray, beyond: Sequence[bool]
) -> pl.DataFrame:
    """The answer's columns, the rarer product of each pair first."""
    named = [sorted(pair[:2], key=lambda name: (of[name], name)) for pair in pairs]
    one, other = (np.array([of[names[side]] for names in named], dtype=float) for side in (0, 1))
    both = np.array([pair[2] for pair in pairs], dtype=float)
    value, low, high = lift(both, one, other, whole)
    columns = (
        [names[0] for names in named], [names[1] for names in named], both, one, other, np.full(len(both), whole),
        both / whole, both / one, value, low, high, expected, both / np.where(expected > 0, expected, np.nan), beyond,
    )  # fmt: skip
    made = pl.DataFrame(dict(zip(_SCHEMA, columns, strict=True)))
    return made.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items()).fill_nan(None)
