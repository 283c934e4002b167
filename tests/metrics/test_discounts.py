"""Discounts: margins and win rates by depth, gifts, premiums, and what tells of none."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from metrics import discounts
from tests.metrics.conftest import answered
from tests.metrics.test_products import FEBRUARY, NOW, put


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


def test_where_not_one_unquoted_deal_was_won_they_say_nothing_of_discounts(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute("insert into crm.products (product_key, product, list_price, is_implied) values (7, 'A', 100, false)")
    for number in range(discounts.LEAST_DEALS):
        _decided(empty, f"lost {number}", 90, status="lost")
    empty.execute(
        "insert into crm.quotes (quote_id, deal_id, issued_on, discount) values ('q', 'd', '2026-01-10', 0.1)"
    )
    for status, shown in (("lost", ["quote", "list"]), ("won", ["quote"])):
        empty.execute("delete from crm.deals where deal_id = 'd'")
        _decided(empty, "d", status=status)
        result = answered(empty, discounts.wins(FEBRUARY))
        assert result.frame["discount_from"].to_list() == shown
        assert ("discount_one_outcome" in {said.code for said in result.notes}) is (len(shown) == 1)


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
