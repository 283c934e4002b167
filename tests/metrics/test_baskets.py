"""Pairs bought together: a textbook's lift, whole orders, and what large orders alone explain."""

from __future__ import annotations

from itertools import combinations

import duckdb
import pytest

from metrics.baskets import baskets, lift
from metrics.viewer import Viewer
from tests.metrics.conftest import answered
from tests.metrics.test_products import FEBRUARY, NOW, put


def test_lift_of_a_textbook_example() -> None:
    """Tea and coffee (Brin et al., 1997): 20 of 25 tea drinkers and 90 of 100 people drink coffee: lift 0.89."""
    value, low, high = lift(20, 25, 90, 100)
    assert value == pytest.approx(0.8889, abs=1e-4)
    assert low < value < 1 < high
    assert lift(50, 50, 100, 100)[0] == 1


def test_pairs_by_hand_and_an_order_of_two_lines_of_one_product(empty: duckdb.DuckDBPyConnection) -> None:
    for number in range(100):
        put(empty, *((f"o{number}", product, NOW, 1, 5) for product in ("AA", "B")[: 2 if number < 30 else 1]))
        if 30 <= number < 50:
            put(empty, (f"o{number}", "C", NOW, 1, 5), (f"o{number}", "C", NOW, 1, 5))
    put(empty, ("o60", "B", NOW, -1, -5), is_return=True)
    result = answered(empty, baskets(FEBRUARY))
    named = ("product", "other_product", "orders", "product_orders", "other_orders", "all_orders")
    assert result.frame.select(named).rows() == [
        ("B", "AA", 30, 30, 100, 100), ("C", "AA", 20, 20, 100, 100),
    ]  # fmt: skip
    first = result.frame.row(0, named=True)
    assert (first["support"], first["confidence"], first["lift"]) == (0.3, 1.0, 1.0)
    assert not result.frame["is_beyond_chance"].any()  # AA is in every order
    assert answered(empty, result.query.rows("orders", product="B", other_product="AA")).frame.height == 60
    assert answered(empty, baskets(FEBRUARY), Viewer(scope="rep", rep_keys=(2,))).frame.is_empty()


def test_a_filter_of_products_chooses_pairs_and_leaves_orders_whole(empty: duckdb.DuckDBPyConnection) -> None:
    """30 orders of A and B, 20 of A and C; chosen is C: one pair, of the same 60 orders."""
    for number in range(60):
        others = ("A", "B") if number < 30 else ("A", "C") if number < 50 else ("A",)
        put(empty, *((f"o{number}", product, NOW, 1, 5) for product in others))
    empty.execute("update crm.products set category = 'X' where product = 'C'")
    for name, value in (("product", "C"), ("category", "X")):
        result = answered(empty, baskets(FEBRUARY.with_filter(name, (value,))))
        assert result.frame.select("product", "other_product", "orders", "all_orders").rows() == [("C", "A", 20, 60)]
        assert "baskets_whole" in [said.code for said in result.notes]
        rows = answered(empty, result.query.rows("orders", product="C", other_product="A"))
        assert rows.frame.height == 40


def test_large_orders_alone_bring_no_two_products_together(empty: duckdb.DuckDBPyConnection) -> None:
    """Ten products: 60 orders hold five of them in turn, 400 hold one. Every lift is high, and nothing is claimed.

    Then two of them are bought together in 40 more orders.
    """
    names = [f"p{number}" for number in range(10)]
    rows = [(f"o{order}", names[(order * step + shift) % 10], NOW, 1.0, 5.0)
            for order in range(60) for step, shift in ((1, 0), (1, 1), (3, 2), (7, 5), (9, 8))]  # fmt: skip
    rows = list(dict.fromkeys(rows)) + [(f"s{order}", names[order % 10], NOW, 1.0, 5.0) for order in range(400)]
    pairs = list(combinations(names, 2)) * 5  # so that what is in orders of two is told by more than one pair
    rows += [(f"t{order}", name, NOW, 1.0, 5.0) for order, pair in enumerate(pairs) for name in pair]
    put(empty, *rows)
    frame = answered(empty, baskets(FEBRUARY)).frame
    assert not frame["is_beyond_chance"].any()
    put(empty, *((f"x{order}", name, NOW, 1.0, 5.0) for order in range(40) for name in ("p1", "p2")))
    beyond = answered(empty, baskets(FEBRUARY)).frame.filter("is_beyond_chance")
    assert beyond.select("product", "other_product").rows() in ([("p1", "p2")], [("p2", "p1")])
