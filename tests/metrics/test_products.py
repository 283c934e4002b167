"""Products: growth beside share, what came back, and what is claimed of them, by hand and of a whole company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import md5

import duckdb
import pytest

from data.store import Snapshot
from metrics.baskets import baskets
from metrics.cuts import breakdown
from metrics.errors import NoPeriod
from metrics.product_plan import against_plan
from metrics.sold import quadrant, returned
from metrics.standing_out import LEAST, Sums, stand_out
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.metrics.conftest import answered, view
from tests.small import small_store

THEN, NOW = date(2025, 2, 2), date(2026, 2, 10)
FEBRUARY = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28), compare="last_year")
Line = tuple[str, str | None, date, float, float]


def _digest(name: str) -> int:
    """A key as the fold makes them, of one customer for each order."""
    return int.from_bytes(md5(name.encode()).digest()[:8]) >> 1


def put(connection: duckdb.DuckDBPyConnection, *lines: Line, is_return: bool = False, **more: object) -> None:
    """Order lines: order, product, day, quantity, amount."""
    for order, product, day, quantity, amount in lines:
        key = None if product is None else int.from_bytes(product.encode())
        if product and not connection.execute("from crm.products where product_key = ?", [key]).fetchone():
            connection.execute(
                "insert into crm.products (product_key, product, is_implied) values (?, ?, false)", [key, product]
            )
        fields = {
            "order_id": order, "line_no": 1, "ordered_on": day, "product_key": key, "quantity": quantity,
            "amount": amount, "is_return": is_return, "customer_key": _digest(order), "rep_key": 1, **more,
        }  # fmt: skip
        connection.execute(
            f"insert into crm.order_lines ({', '.join(fields)}) values ({', '.join('?' * len(fields))})",
            list(fields.values()),
        )


def many(connection: duckdb.DuckDBPyConnection, product: str, day: date, count: int, amount: float) -> None:
    put(connection, *((f"{product}{day}{number}", product, day, 1.0, amount) for number in range(count)))


def test_each_place_of_growth_beside_share(empty: duckdb.DuckDBPyConnection) -> None:
    """100 then and 130 now: the whole grew by 30 %, an even share of five products is 20 %."""
    put(empty, ("1", "A", THEN, 1, 30), ("2", "B", THEN, 1, 50), ("3", "C", THEN, 1, 5), ("4", "D", THEN, 1, 15))
    put(empty, ("6", "A", NOW, 1, 60), ("7", "B", NOW, 1, 35), ("8", "C", NOW, 1, 10), ("9", "D", NOW, 1, 5))
    put(empty, ("10", "E", NOW, 1, 20), ("11", None, NOW, 1, 70))
    result = answered(empty, quadrant(FEBRUARY))
    told = {row["product"]: row for row in result.frame.iter_rows(named=True)}
    assert {name: row["position"] for name, row in told.items()} == {
        "A": "leader", "B": "pillar", "C": "rising", "D": "tail", "E": "new", None: None,
    }  # fmt: skip
    assert told["A"]["growth"] == pytest.approx(1)
    assert told["A"]["share"] == pytest.approx(60 / 130)
    assert (told["A"]["whole_growth"], told["A"]["even_share"]) == (pytest.approx(0.3), pytest.approx(0.2))
    assert not result.frame["is_beyond_chance"].any()  # two lines each say nothing
    assert answered(empty, result.query.rows("amount_now", product="A")).frame["order_id"].to_list() == ["6"]
    with pytest.raises(NoPeriod):
        quadrant(view())


def test_what_came_back_for_more_was_sold_all_the_same(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, ("1", "A", THEN, 1, 30), ("2", "B", THEN, 1, 50), ("3", "C", THEN, 1, 5))
    put(empty, ("6", "A", NOW, 1, 60), ("7", "B", NOW, 1, 35))
    put(empty, ("8", "B", NOW, -1, -36), ("9", "C", NOW, -1, -5), is_return=True)
    result = answered(empty, quadrant(FEBRUARY))
    places = dict(result.frame.select("product", "position").iter_rows())
    assert places == {"A": "leader", "B": None, "C": "gone"}, "B sold in both, and C before only"
    (said,) = [one for one in result.notes if one.code == "products_came_back"]
    assert (said["count"], said["names"]) == (1, ("B",))


def test_nobody_stands_out_of_what_is_usual() -> None:
    """One of eight that halves stands out where the others keep; not where all of them swing as much."""
    calm = [Sums(100 + swing, 100, 100, 100, 100) for swing in (-9, -6, -3, 0, 3, 6, 9)]
    fallen = Sums(30, 100, 40, 100, 100)
    assert stand_out([*calm, fallen]) == [False] * 7 + [True]
    assert not any(stand_out([*calm, fallen._replace(reached_squares=901)]))  # one customer alone
    wild = [Sums(100 * 3.0**power, 100, 100, 100, 100) for power in (-1, 1, -1, 1, -1, 1, 0)]
    assert not any(stand_out([*wild, fallen]))
    assert not any(stand_out([fallen, *calm[: LEAST - 2]]))  # too few to say what is usual
    assert not any(stand_out([*calm, fallen._replace(lines=29)]))


def test_what_came_back(empty: duckdb.DuckDBPyConnection) -> None:
    for product, sold, back in (("A", 60, 12), ("B", 60, 3), ("C", 60, 3)):
        many(empty, product, NOW, sold, 10)
        put(empty, *((f"r{product}{number}", product, NOW, -1.0, -10.0) for number in range(back)), is_return=True)
    result = answered(empty, returned(FEBRUARY))
    named = ("product", "sold_lines", "returned_lines", "returned_amount", "is_beyond_chance")
    assert result.frame.select(named).rows() == [
        ("A", 60, 12, 120, True), ("B", 60, 3, 30, False), ("C", 60, 3, 30, False),
    ]  # fmt: skip
    many(empty, "D", NOW, 9, 10)
    kept = {row["product"]: row["returned_amount"] for row in answered(empty, returned(FEBRUARY)).frame.to_dicts()}
    assert str(kept["D"]) == "0.0", "not −0"
    first = result.frame.row(0, named=True)
    assert (first["share.low"], first["share.high"]) == pytest.approx((0.1183, 0.3178), abs=1e-4)  # Wilson, 12 of 60
    assert answered(empty, result.query.rows("returned_lines", product="A")).frame.height == 12
    empty.execute("delete from crm.order_lines where is_return")
    result = answered(empty, returned(FEBRUARY))
    assert result.frame.is_empty()
    assert "no_returns" in [said.code for said in result.notes]


def test_what_came_back_of_what_did_not_sell_in_the_period(empty: duckdb.DuckDBPyConnection) -> None:
    """No share of it, and so no end of one: 3 ÷ 0 is not infinite. Of B 2 lines sold and 5 came back: 250 %."""
    put(empty, ("1", "B", NOW, 1, 5), ("2", "B", NOW, 1, 5))
    for product, back in (("A", 3), ("B", 5)):
        put(empty, *((f"r{product}{number}", product, NOW, -1, -5) for number in range(back)), is_return=True)
    result = answered(empty, returned(FEBRUARY))
    ends = [f"share{end}" for end in ("", ".low", ".high")]
    rows = dict(zip(result.frame["product"], result.frame.select(ends).rows(), strict=True))
    assert rows["A"] == (None, None, None)
    assert rows["B"] == (2.5, None, None), "no part of a whole, so no interval, and no place before those with one"
    told = {said.code: dict(said.params) for said in result.notes}
    assert told["returns_unsold"] == {"count": 3, "products": 1}
    assert told["returns_above"] == {"count": 1}


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


def test_what_products_sold_is_what_they_are_asked_for(seen: Snapshot) -> None:
    """Each product's money is that of the measure, filters included; contributions add up to its change."""
    assert seen.as_of is not None
    asked = View(as_of=seen.as_of, preset="this_year", compare="last_year")
    for filtered in (asked, asked.with_filter("team", seen.values("team", EVERYTHING)[1])):
        frame = seen.ask(quadrant(filtered), EVERYTHING).frame
        known = seen.ask(breakdown("revenue", "product", filtered), EVERYTHING).frame
        both = frame.join(known, on="product")
        assert both.height == frame.height
        assert both["amount_now"].to_list() == pytest.approx(both["revenue"].to_list())
        assert both["amount_then"].to_list() == pytest.approx(both["revenue.before"].to_list())
        plan = seen.ask(against_plan(filtered), EVERYTHING).frame
        for row in plan.iter_rows(named=True):
            change = row["amount_now"] - row["amount_then"]
            assert row["price"] + row["volume"] + row["mix"] + row["other_effects"] == pytest.approx(change, abs=0.02)


def test_pairs_of_a_whole_company_as_an_independent_query_counts_them(seen: Snapshot) -> None:
    sql = """
        with held as (select order_id, list_sort(list(distinct product)) as products from crm.order_lines
            join crm.products using (product_key) where not is_return group by order_id),
        pairs as (select unnest(products) as one, products from held)
        select one, other, count(*) as orders from (select one, unnest(products) as other from pairs)
        where one < other group by all having count(*) >= 20"""
    assert seen.as_of is not None
    frame = seen.ask(baskets(View(as_of=seen.as_of)), EVERYTHING).frame
    counted = {frozenset((one, other)): orders for one, other, orders in seen.frame(sql).iter_rows()}
    assert {
        frozenset(row[:2]): row[2] for row in frame.select("product", "other_product", "orders").iter_rows()
    } == counted
    of = dict(
        seen.frame(
            "select product, count(distinct order_id) from crm.order_lines join crm.products using (product_key)"
            " where not is_return group by all"
        ).iter_rows()
    )
    assert all(of[row["product"]] == row["product_orders"] for row in frame.iter_rows(named=True))
