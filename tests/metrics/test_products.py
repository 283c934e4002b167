"""Products: published cut-offs and indices, twelve orders by hand, shares that add up, and what is claimed of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import md5
from itertools import combinations
from math import fsum

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store import Snapshot
from metrics import discounts
from metrics.baskets import baskets, lift
from metrics.cuts import breakdown
from metrics.errors import MeasureNotBy, NoPeriod
from metrics.life import life
from metrics.pareto import classes, hhi, level, pareto
from metrics.product_plan import against_plan, lever
from metrics.sold import quadrant, returned
from metrics.standing_out import LEAST, Sums, stand_out
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
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


# ------------------------------------------------------------------------------------------------------------- Pareto


def test_the_index_of_the_merger_guidelines() -> None:
    """Four firms with 30, 30, 20 and 20 % have 2,600, which is high; 1,800 itself is not."""
    assert hhi([30, 30, 20, 20]) == pytest.approx(2_600)
    assert hhi([5]) == 10_000
    assert hhi([0, -3]) is None  # nobody brings anything: not "low"
    assert [level(index) for index in (2_600, 1_800.1, 1_800, 1_000, 999.9)] == [
        "high",
        "high",
        *["moderate"] * 2,
        "low",
    ]


def test_who_crosses_a_cut_belongs_to_the_class_before_it() -> None:
    frame = classes(pl.DataFrame({"revenue": [70.0, 15.0, 8.0, 5.0, 2.0, 0.0, -1.0]}), "revenue")
    assert frame["class"].to_list() == ["A", "A", "B", "B", "C", "C", "C"]
    exact = classes(pl.DataFrame({"revenue": [50.0, 30.0, 15.0, 5.0]}), "revenue")  # 80 and 95 % to the point
    assert exact["class"].to_list() == ["A", "A", "B", "C"]


@given(st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=1, max_size=40))
def test_shares_add_up_and_a_brings_four_fifths(values: list[float]) -> None:
    frame = classes(pl.DataFrame({"revenue": sorted(values, reverse=True)}), "revenue")
    whole = fsum(values)
    if not whole:
        assert set(frame["class"]) == {"C"}
        return
    assert fsum(frame["share"]) == pytest.approx(1)
    assert frame["class"].to_list() == sorted(frame["class"].to_list())
    brought = fsum(frame.filter(pl.col("class") == "A")["share"])
    assert brought >= 0.8 - 1e-9
    last = frame.filter((pl.col("class") == "A") & (pl.col("share") > 0))["share"][-1]
    assert brought - last < 0.8  # none of A could be left out
    assert 10_000 / len(values) - 1e-6 <= (hhi(values) or 0) <= 10_000 + 1e-6


def test_products_ranked_with_those_that_bring_less_than_nothing(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, ("1", "A", NOW, 1, 90), ("2", "B", NOW, 1, 10), ("3", None, NOW, 1, 50), ("4", "C", NOW, 1, 5))
    put(empty, ("4", "C", NOW, -2, -9), is_return=True)
    result = answered(empty, pareto("revenue", "product", view()))
    assert result.frame.rows() == [
        ("A", 90, 0.9, 0.9, "A"), ("B", 10, 0.1, 1.0, "B"), ("C", -4, 0, 1.0, "C"), (None, 50, None, None, None),
    ]  # fmt: skip
    assert [said.code for said in result.notes] == ["hhi_high", "pareto_below", "pareto_unnamed"]
    assert dict(result.notes[0].params)["hhi"] == "8,200.0"
    assert answered(empty, result.query.rows("revenue", product="C")).frame.height == 2
    empty.execute("delete from crm.order_lines where amount > 0")
    assert [said.code for said in answered(empty, result.query).notes] == ["hhi_unknown", "pareto_below"]
    for of, by in (("win_rate", "product"), ("revenue", "stage")):
        with pytest.raises(MeasureNotBy):
            pareto(of, by, view())


# ------------------------------------------------------------------------------------------------- growth beside share


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


# --------------------------------------------------------------------------------------------------------------- plan


def _many(connection: duckdb.DuckDBPyConnection, product: str, day: date, count: int, amount: float) -> None:
    put(connection, *((f"{product}{day}{number}", product, day, 1.0, amount) for number in range(count)))


def test_one_product_under_its_plan_and_its_lever(empty: duckdb.DuckDBPyConnection) -> None:
    """Six products sold 100 pieces at 10, as their plans say again; one of them sells 40 now."""
    for product in "ABCDEF":
        _many(empty, product, THEN, 100, 10)
        _many(empty, product, NOW, 40 if product == "F" else 100, 10)
        empty.execute(
            "insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version)"
            " values ('revenue', 'product', ?, '2026-02-01', '2026-02-28', 1000, 1)",
            [product],
        )
    result = answered(empty, against_plan(FEBRUARY))
    first = result.frame.row(0, named=True)
    assert (first["product"], first["plan"], first["due_by_now"], first["gap"]) == ("F", 1000, 1000, -600)
    assert (first["attainment"], first["lever"], first["is_under"]) == (0.4, "mix", True)
    assert first["volume"] == pytest.approx(1000 * (540 / 600 - 1))
    assert first["price"] + first["volume"] + first["mix"] + first["other_effects"] == pytest.approx(-600)
    assert result.frame["is_under"].sum() == 1
    assert result.frame.filter(pl.col("product") == "A")["lever"].to_list() == [None]
    rows = answered(empty, result.query.rows("amount_now", product="F")).frame
    assert rows["amount"].sum() == 400
    others = answered(empty, against_plan(FEBRUARY), Viewer(scope="rep", rep_keys=(2,)))
    assert others.frame.is_empty()  # plans of products are for who sees everything


def test_due_of_a_plan_are_the_goals_of_the_days_gone_by(empty: duckdb.DuckDBPyConnection) -> None:
    """Months of 100, 100 and 1,000: by 15 March 200 + 1000 · 10/22 = 654.55 are due, as the line of trends says."""
    put(empty, ("1", "A", date(2026, 1, 10), 10, 100), ("2", "A", date(2025, 1, 10), 10, 120))
    for month, last, value in ((1, 31, 100), (2, 28, 100), (3, 31, 1000)):
        empty.execute(
            "insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version)"
            " values ('revenue', 'product', 'A', ?, ?, ?, 1)",
            [date(2026, month, 1), date(2026, month, last), value],
        )
    quarter = view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31), compare="last_year")
    found = answered(empty, against_plan(quarter)).frame.row(0, named=True)
    assert (found["plan"], found["due_by_now"]) == (1200, pytest.approx(654.5455, abs=1e-4))
    assert found["attainment"] == pytest.approx(100 / 654.5455, rel=1e-6)


def test_without_targets_it_is_said_which_file_brings_them(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, ("1", "A", THEN, 1, 30), ("2", "A", NOW, 1, 30))
    result = answered(empty, against_plan(FEBRUARY))
    assert result.frame.is_empty()
    assert "no_product_plan" in [said.code for said in result.notes]


@pytest.mark.parametrize(
    ("price", "volume", "mix", "conversion", "named"),
    [
        (-5, 1, -2, 0, "price"), (-1, -5, -2, 0, "volume"), (-1, -2, -5, -1, "mix"),
        (-1, -2, -5, -4, "conversion"),  # more than half of what fewer pieces cost
        (-9, -2, -5, -7, "price"),  # conversion lies inside the pieces, and those cost less than price
        (1, 2, 0, -9, None), (-1, 4, 2, -9, "price"),
    ],
)  # fmt: skip
def test_the_largest_lever(price: float, volume: float, mix: float, conversion: float, named: str | None) -> None:
    assert lever({"price": price, "volume": volume, "mix": mix, "conversion_effect": conversion}) == named
    assert lever({}) is None


# ---------------------------------------------------------------------------------- what is discounted, what came back


def test_margins_by_depth_of_discount(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, ("1", "A", NOW, 1, 100), discount=0.0, cost=60)
    put(empty, ("2", "A", NOW, 1, 90), ("3", "A", NOW, 2, 180), discount=0.1, cost=60)
    put(empty, ("4", "B", NOW, 1, 75), ("5", None, NOW, 1, 9))
    empty.execute("update crm.products set list_price = 100 where product = 'B'")
    frame = answered(empty, discounts.margins(FEBRUARY)).frame
    assert frame.select("depth_band", "lines", "revenue", "discount_worth").rows() == [
        ("none", 1, 100, 0), ("to_10", 2, 270, pytest.approx(30)), ("to_30", 1, 75, pytest.approx(25)),
        ("unknown", 1, 9, None),
    ]  # fmt: skip
    ten = frame.row(1, named=True)
    assert (ten["gross_margin_rate"], ten["gross_margin_rate.n"]) == (pytest.approx(150 / 270), 2)
    assert ten["gross_margin_rate.low"] < ten["gross_margin_rate"] < ten["gross_margin_rate.high"]
    query = discounts.margins(FEBRUARY)
    assert answered(empty, query.rows("lines", depth_band="to_10")).frame.height == 2


def test_gifts_are_worth_their_list_price_and_premiums_set_nothing_off(empty: duckdb.DuckDBPyConnection) -> None:
    """At a list price of 100: sold at 100, at 150, at 80, and two pieces given away, with and without saying so."""
    put(empty, ("1", "A", NOW, 1, 100), ("2", "A", NOW, 1, 150), ("3", "A", NOW, 1, 80), ("4", "A", NOW, 1, 0))
    put(empty, ("5", "A", NOW, 1, 0), discount=1.0)
    put(empty, ("6", "B", NOW, 1, 0), discount=1.0)  # nobody knows what it is worth
    empty.execute("update crm.products set list_price = 100 where product = 'A'")
    empty.execute("update crm.order_lines set cost = 10")
    result = answered(empty, discounts.margins(FEBRUARY))
    assert result.frame.select("depth_band", "lines", "discount_worth", "premium_worth").rows() == [
        ("none", 2, 0, pytest.approx(50)), ("to_20", 1, pytest.approx(20), 0), ("over_30", 3, pytest.approx(200), 0),
    ]  # fmt: skip
    assert [(said.code, dict(said.params)) for said in result.notes] == [("discount_unvalued", {"count": 1})]
    _decided(empty, "foreign", currency="USD", amount=630, amount_original=90)
    told = {said.code: dict(said.params) for said in answered(empty, discounts.margins(FEBRUARY)).notes}
    assert told["discount_list_currency"] == {"count": 4}


def test_win_rates_by_depth_of_discount(empty: duckdb.DuckDBPyConnection) -> None:
    """Of each deal its last quote tells it, where there is one; else what its lines lie under list price."""
    for number in range(120):
        won = number % 4 == 0 if number < 60 else number % 4 != 0
        empty.execute(
            "insert into crm.deals (deal_id, status, amount, closed_on, created_on, is_gone, push_count, rep_key)"
            " values (?, ?, 10, '2026-02-05', '2026-01-05', false, 0, 1)",
            [f"d{number}", "won" if won else "lost"],
        )
        empty.execute(
            "insert into crm.deal_lines (deal_id, line_no, product_key, quantity, amount) values (?, 1, 7, 1, ?)",
            [f"d{number}", 100 if number < 60 else 85],
        )
    empty.execute("insert into crm.products (product_key, product, list_price, is_implied) values (7, 'A', 100, false)")
    result = answered(empty, discounts.wins(FEBRUARY))
    assert result.frame.select("depth_band", "closed", "won", "is_beyond_chance", "discount_from").rows() == [
        ("none", 60, 15, True, "list"), ("to_20", 60, 45, True, "list"),
    ]  # fmt: skip
    assert result.frame["win_rate.low"][0] == pytest.approx(0.1578, abs=1e-4)  # Wilson, 15 of 60
    rows = answered(empty, result.query.rows("won", depth_band="to_20", discount_from="list"))
    assert rows.frame.height == 45
    for quote, day, depth in (("q1", "2026-01-01", 0.3), ("q2", "2026-01-09", 0.05)):
        empty.execute(
            "insert into crm.quotes (quote_id, deal_id, issued_on, discount, rep_key) values (?, 'd1', ?, ?, 1)",
            [quote, day, depth],
        )
    frame = answered(empty, discounts.wins(FEBRUARY)).frame
    assert frame.select("depth_band", "closed", "won", "discount_from").rows() == [
        ("to_5", 1, 0, "quote"), ("none", 59, 15, "list"), ("to_20", 60, 45, "list"),  # a quote tells of its own deal
    ]  # fmt: skip
    assert frame["rate_of_others"].to_list() == [None, 0.75, pytest.approx(15 / 59)]


def _decided(connection: duckdb.DuckDBPyConnection, deal: str, line: float | None = None, **more: object) -> None:
    """A deal won on 5 February; with one line of a product with list price 100 where `line` is given."""
    fields = {"deal_id": deal, "status": "won", "amount": 10, "closed_on": date(2026, 2, 5), "is_gone": False,
              "push_count": 0, "rep_key": 1, **more}  # fmt: skip
    connection.execute(
        f"insert into crm.deals ({', '.join(fields)}) values ({', '.join('?' * len(fields))})", list(fields.values())
    )
    if line is not None:
        connection.execute("insert into crm.deal_lines values (?, 1, 7, 1, ?, 1)", [deal, line])


def test_quotes_count_for_their_deal_once_they_are_issued(empty: duckdb.DuckDBPyConnection) -> None:
    """Two of four quotes are by another team; the one of 30 March says nothing on 15 March."""
    for number in range(4):
        _decided(empty, f"d{number}", team="Sales")
        empty.execute(
            "insert into crm.quotes (quote_id, deal_id, issued_on, discount, rep_key, team)"
            " values (?, ?, ?, 0.1, 2, ?)",
            [f"q{number}", f"d{number}", date(2026, 1, 10), "Presales" if number < 2 else "Sales"],
        )
    empty.execute(
        "insert into crm.quotes (quote_id, deal_id, issued_on, discount) values ('x', 'd3', '2026-03-30', 0.4)"
    )
    for asked in (FEBRUARY, FEBRUARY.with_filter("team", ("Sales",))):
        frame = answered(empty, discounts.wins(asked)).frame
        assert frame.select("depth_band", "closed", "won").rows() == [("to_10", 4, 4)]


def test_what_says_no_discount_is_counted_and_left_out(empty: duckdb.DuckDBPyConnection) -> None:
    """Lines for nothing, no lines, and 90 US dollars at 7 beside a list price of 100: of none of them a depth."""
    empty.execute("insert into crm.products (product_key, product, list_price, is_implied) values (7, 'A', 100, false)")
    _decided(empty, "known", 90)
    _decided(empty, "nothing", 0, status="lost")
    _decided(empty, "bare")
    _decided(empty, "foreign", 630, currency="USD", amount=630, amount_original=90)
    _decided(empty, "own", 100, currency="CNY", amount=100, amount_original=100)
    result = answered(empty, discounts.wins(FEBRUARY))
    assert result.frame.select("depth_band", "closed").rows() == [("none", 1), ("to_10", 1)]
    told = {said.code: dict(said.params) for said in result.notes}
    assert (told["discount_unpriced"]["count"], told["discount_foreign"]["count"]) == (2, 1)
    assert told["discount_by"] == {"quoted": 0, "listed": 2}


def test_what_came_back(empty: duckdb.DuckDBPyConnection) -> None:
    for product, sold, back in (("A", 60, 12), ("B", 60, 3), ("C", 60, 3)):
        _many(empty, product, NOW, sold, 10)
        put(empty, *((f"r{product}{number}", product, NOW, -1.0, -10.0) for number in range(back)), is_return=True)
    result = answered(empty, returned(FEBRUARY))
    named = ("product", "sold_lines", "returned_lines", "returned_amount", "is_beyond_chance")
    assert result.frame.select(named).rows() == [
        ("A", 60, 12, 120, True), ("B", 60, 3, 30, False), ("C", 60, 3, 30, False),
    ]  # fmt: skip
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
    assert (rows["B"][0], rows["B"][2]) == (2.5, 2.5)
    told = {said.code: dict(said.params) for said in result.notes}
    assert told["returns_unsold"] == {"count": 3, "products": 1}
    assert told["returns_above"] == {"count": 1}


# ------------------------------------------------------------------------------------------------------------ baskets


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


# --------------------------------------------------------------------------------------------------------------- life


def test_stages_and_cover(empty: duckdb.DuckDBPyConnection) -> None:
    today = view().as_of
    last, before = today - timedelta(days=100), today - timedelta(days=500)
    put(empty, ("0", "old", today - timedelta(days=1000), 1, 5), ("1", "new", today - timedelta(days=20), 9, 5))
    for product, then, now in (("up", 40, 80), ("down", 80, 40), ("same", 60, 61)):
        _many(empty, product, before, then, 10)
        _many(empty, product, last, now, 10)
    put(empty, ("2", "up", today, 90, 10))
    for product, quantity, day in (("up", 30, 3), ("up", 99, 40), ("same", 5, 3)):
        empty.execute(
            "insert into crm.stock (product_key, counted_on, quantity, warehouse) values (?, ?, ?, 'w')",
            [int.from_bytes(product.encode()), today - timedelta(days=day), quantity],
        )
    result = answered(empty, life(view()))
    told = {row["product"]: row for row in result.frame.iter_rows(named=True)}
    assert {name: row["life"] for name, row in told.items()} == {
        "old": "ended", "new": "new", "up": "growing", "down": "declining", "same": "mature",
    }  # fmt: skip
    assert (told["up"]["stock"], told["up"]["cover_days"], told["up"]["is_overstocked"]) == (30, 30, False)
    assert (told["same"]["cover_days"], told["same"]["is_overstocked"]) == (None, True)  # nothing sold in 90 days
    assert told["down"]["stock"] is None
    assert answered(empty, result.query.rows("amount_then", product="up")).frame.height == 40
    empty.execute("delete from crm.stock")
    assert "no_stock" in [said.code for said in answered(empty, life(view())).notes]


def _stocked(connection: duckdb.DuckDBPyConnection, product: str, quantity: float) -> None:
    connection.execute(
        "insert into crm.stock (product_key, counted_on, quantity, warehouse) values (?, '2026-03-10', ?, 'w')",
        [int.from_bytes(product.encode()), quantity],
    )


def test_stock_lasts_as_long_as_everybody_sells_it(empty: duckdb.DuckDBPyConnection) -> None:
    """1,000 in stock, 90 sold in the north and 810 in the south in 90 days: 100 days, and not 1,000 in the north."""
    for region, pieces in (("N", 90), ("S", 810)):
        put(empty, (region, "A", date(2026, 3, 1), pieces, pieces * 10), region=region)
    put(empty, ("x", "B", date(2026, 3, 1), 90, 90), region="S")
    for product, quantity in (("A", 1000), ("B", 7.77)):
        _stocked(empty, product, quantity)
    whole = answered(empty, life(view()))
    assert dict(whole.frame.select("product", "cover_days").rows()) == {"A": 100, "B": 7.8}
    north = answered(empty, life(view().with_filter("region", ("N",))))
    assert north.frame.select("product", "cover_days", "is_overstocked").rows() == [("A", 100, False)]
    assert "stock_of_all" in [said.code for said in north.notes]
    assert "stock_of_all" not in [said.code for said in whole.notes]


def test_a_record_begins_where_it_begins_whatever_is_filtered(empty: duckdb.DuckDBPyConnection) -> None:
    """B first sold 20 days ago in a record of years is new, also where only B is looked at."""
    today = view().as_of
    put(empty, ("0", "A", today - timedelta(days=1000), 1, 5), ("1", "B", today - timedelta(days=20), 1, 5))
    for asked in (view(), view().with_filter("product", ("B",))):
        result = answered(empty, life(asked))
        assert result.frame.filter(pl.col("product") == "B")["life"].to_list() == ["new"]
        assert "life_short" not in [said.code for said in result.notes]


def test_what_never_sold_has_not_ended(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, ("1", "A", date(2026, 3, 1), 1, 5))
    put(empty, ("2", "back", date(2026, 3, 1), -1, -5), is_return=True)
    put(empty, ("3", "shelf", date(2026, 3, 1), 1, 5))
    empty.execute("delete from crm.order_lines where order_id = '3'")
    _stocked(empty, "shelf", 5)
    told = dict(answered(empty, life(view())).frame.select("product", "life").rows())
    assert (told["back"], told["shelf"]) == ("unsold", "unsold")
    chosen = answered(empty, life(view().with_filter("product", ("A",)))).frame
    assert chosen["product"].to_list() == ["A"]


# ------------------------------------------------------------------------------------------------------ whole company


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
