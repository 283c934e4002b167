"""Sets of products: published tables and lifts, hand-worked orders, an independent count, and nothing out of chance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

import duckdb
import numpy as np
import pytest

from data.store import Snapshot
from metrics.basket_sets import LEAST_HELD, NAMES, basket_sets, without_interaction
from metrics.baskets import baskets, lift
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.sold import Sale, key, sell
from tests.small import small_store

DAY = date(2026, 2, 10)


@pytest.mark.parametrize(
    ("both", "other", "published"),
    [(551, 1372, 1.571735), (736, 1903, 1.513634), (557, 1809, 1.205032)],
    ids=["yogurt", "other vegetables", "rolls/buns"],
)
def test_lifts_of_groceries_with_whole_milk(both: int, other: int, published: float) -> None:
    """As R's arules prints them of its Groceries: 9,835 orders, 2,513 with whole milk. Its orders are not at hand."""
    assert float(lift(both, other, 2513, 9835)[0]) == pytest.approx(published, abs=5e-7)


def test_bartletts_table() -> None:
    """His plum roots (1935): 480 long and 480 short cuttings, planted at once or in spring; fitted 161.1, χ² 2.27."""
    table = {0b000: 209, 0b001: 156, 0b010: 133, 0b011: 84, 0b100: 31, 0b101: 84, 0b110: 107, 0b111: 156}
    margins = {
        mask: np.array([float(sum(count for cell, count in table.items() if cell & mask == mask))]) for mask in range(7)
    }
    expected, variance = without_interaction(margins, 3)
    assert expected[0] == pytest.approx(161.1, abs=0.05)
    assert (table[0b111] - expected[0]) ** 2 / variance[0] == pytest.approx(2.27, abs=0.01)


def test_two_are_expected_as_often_as_their_shares_say() -> None:
    expected, variance = without_interaction({0: np.array([80.0]), 1: np.array([40.0]), 2: np.array([40.0])}, 2)
    assert (expected[0], variance[0]) == (pytest.approx(20), pytest.approx(5))  # 1 ÷ four cells of 1/20


def _orders(contents: dict[str, int]) -> list[Sale]:
    """So many orders with these products, each of a customer of its own."""
    found, number = [], 0
    for products, count in contents.items():
        for _ in range(count):
            number += 1
            found += [(f"o{number}", f"c{number}", product, DAY) for product in products]
    return found


def test_a_set_of_three_by_hand(empty: duckdb.DuckDBPyConnection) -> None:
    """A and B and C always together in 60 orders; each pair alone as often: their pairs do not explain it."""
    sell(empty, _orders({"ABC": 60, "ABD": 20, "ACD": 20, "BCD": 20, "DEF": 200, "AEF": 40, "BEF": 40, "CEF": 40}))
    result = answered(empty, basket_sets(view()))
    row = next(one for one in result.frame.to_dicts() if {one[name] for name in NAMES} == {"A", "B", "C", None})
    # All of three are equally often (140), so the names decide: A and B speak for C.
    assert [row[name] for name in NAMES] == ["A", "B", "C", None]
    counts = ("held_by", "held_rest", "held_last", "held_all")
    assert [row[name] for name in counts] == [60, 80, 140, 440]
    assert row["support"] == pytest.approx(60 / 440)
    assert row["confidence"] == pytest.approx(60 / 80)
    assert row["lift"] == pytest.approx(60 * 440 / (80 * 140))
    assert row["lift.low"] < row["lift"] < row["lift.high"]
    at = {name: row[name] for name in NAMES}
    behind = answered(empty, result.query.rows("held_by", **at)).frame
    assert behind["holder"].n_unique() == row["held_by"]
    assert behind.height == 3 * row["held_by"]
    assert answered(empty, basket_sets(view()), Viewer(scope="rep", rep_keys=(2,))).frame.is_empty()


def test_what_pairs_explain_is_no_set(empty: duckdb.DuckDBPyConnection) -> None:
    """A with B, and B with C, far beyond chance; the three together just as often as follows from that."""
    rng = np.random.default_rng(3)
    sales: list[Sale] = []
    for number in range(4_000):
        a, other = rng.random() < 0.3, rng.random(6) < 0.3
        b = rng.random() < (0.8 if a else 0.1)
        c = rng.random() < (0.8 if b else 0.1)
        has = [name for name, is_in in zip("ABCDEFGHI", (a, b, c, *other), strict=True) if is_in]
        sales += [(f"o{number}", None, name, DAY) for name in has]
    sell(empty, sales)
    frame = answered(empty, basket_sets(view())).frame
    stand = [{row[name] for name in NAMES} - {None} for row in frame.filter("is_beyond_chance").to_dicts()]
    assert {"A", "B"} in stand
    assert {"B", "C"} in stand
    assert all(len(one) == 2 for one in stand)


def test_customers_hold_what_they_bought_over_time(empty: duckdb.DuckDBPyConnection) -> None:
    """Never in one order, always by the same 30 customers; lines without a customer are nobody's."""
    sell(empty, [(f"{name}{at}", f"c{at}", name, DAY) for name in "AB" for at in range(30)])
    sell(empty, [(f"x{at}", f"d{at}", "C", DAY) for at in range(60)] + [("y", None, "A", DAY)])
    assert answered(empty, basket_sets(view())).frame.is_empty()
    result = answered(empty, basket_sets(view(), "customer"))
    assert result.frame.select("product", "other_product", "held_by", "held_all").rows() == [("A", "B", 30, 90)]
    at = dict(zip(NAMES, ("A", "B", None, None), strict=True))
    assert answered(empty, result.query.rows("held_by", **at)).frame.height == 60


def test_won_deals_where_there_are_no_orders(empty: duckdb.DuckDBPyConnection) -> None:
    for name in "AB":
        empty.execute(
            "insert into crm.products (product_key, product, is_implied) values (?, ?, false)", [key(name), name]
        )
    for at in range(25):
        empty.execute(
            "insert into crm.deals (deal_id, status, closed_on, customer_key, rep_key, amount, push_count, is_gone)"
            " values (?, ?, ?, 1, 1, 10, 0, false)", [f"d{at}", "won" if at < 21 else "lost", DAY],
        )  # fmt: skip
        for name in "AB":
            empty.execute(
                "insert into crm.deal_lines (deal_id, line_no, product_key, amount) values (?, 1, ?, 5)",
                [f"d{at}", key(name)],
            )
    result = answered(empty, basket_sets(view()))
    assert result.frame.select("product", "other_product", "held_by").rows() == [("A", "B", 21)]
    assert "sold_by_deals" in [said.code for said in result.notes]


def test_a_filter_of_products_chooses_sets(empty: duckdb.DuckDBPyConnection) -> None:
    sell(empty, _orders({"ABC": 30, "DE": 30}))
    result = answered(empty, basket_sets(view().with_filter("product", ("C",))))
    assert [row[:3] for row in result.frame.select(NAMES).rows()] == [
        ("A", "B", "C"),
        ("A", "C", None),
        ("B", "C", None),
    ]
    assert set(result.frame["held_all"]) == {60}
    assert "baskets_whole" in [said.code for said in result.notes]


@pytest.mark.parametrize("of", ["order", "customer"])
def test_shuffled_products_make_no_set(empty: duckdb.DuckDBPyConnection, of: str) -> None:
    """Orders and customers of very different sizes, products by chance: nothing is beyond it."""
    for seed in range(2):
        rng = np.random.default_rng(seed)
        share = rng.dirichlet(np.full(14, 3.0))
        sales: list[Sale] = []
        for number in range(2_500):
            drawn = rng.choice(14, size=1 + rng.poisson(rng.choice([1, 3, 6])), p=share)
            sales += [(f"o{number}", f"c{int(number**0.9)}", f"p{at}", DAY) for at in drawn]
        empty.execute("delete from crm.order_lines")
        sell(empty, sales)
        frame = answered(empty, basket_sets(view(), "order" if of == "order" else "customer")).frame
        assert frame.height > 100
        assert not frame["is_beyond_chance"].any(), seed


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


def test_sets_of_a_whole_company_as_an_independent_query_counts_them(seen: Snapshot) -> None:
    assert seen.as_of is not None
    asked = View(as_of=seen.as_of)
    frame = seen.ask(basket_sets(asked), EVERYTHING).frame
    sql = """
        select list_sort(list(distinct product)) as products from crm.order_lines
        join crm.products using (product_key) where not is_return group by order_id"""
    counted: dict[frozenset[str], int] = {}
    for (products,) in seen.frame(sql).iter_rows():
        for many in (2, 3, 4):
            for one in combinations(products, many):
                counted[frozenset(one)] = counted.get(frozenset(one), 0) + 1
    for row in frame.to_dicts():
        assert counted[frozenset(row[name] for name in NAMES) - {None}] == row["held_by"] >= LEAST_HELD
    pairs = {frozenset(row[:2]): row[2:] for row in frame.select(*NAMES[:2], "held_by", "lift", "expected_held").filter(
        frame["products"] == 2).iter_rows()}  # fmt: skip
    page = seen.ask(baskets(asked), EVERYTHING).frame
    for *names, orders, value, expected in page.select(
        "product", "other_product", "orders", "lift", "expected_orders"
    ).iter_rows():  # the page of products says the same of pairs
        assert pairs[frozenset(names)] == pytest.approx((orders, value, expected))


def test_where_nothing_can_be_held_together_the_reason_is_said(empty: duckdb.DuckDBPyConnection) -> None:
    for count, sales in enumerate(([], [(f"o{at}", f"c{at}", "A", DAY) for at in range(40)])):
        sell(empty, sales)
        result = answered(empty, basket_sets(view()))
        assert result.frame.is_empty()
        assert [(said.code, said["count"]) for said in result.notes] == [("sets_no_products", count)]
