"""Products over their life: stages, cover, and records that begin where they begin."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl

from metrics.levels import told_of
from metrics.life import life
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.test_products import NOW, many, put


def test_stages_and_cover(empty: duckdb.DuckDBPyConnection) -> None:
    today = view().as_of
    last, before = today - timedelta(days=100), today - timedelta(days=500)
    for number in range(8):  # a week between each, and then nothing for more than two years
        put(empty, (f"0{number}", "old", today - timedelta(days=1000 - 7 * number), 1, 5))
    put(empty, ("0", "rare", today - timedelta(days=900), 1, 5), ("00", "rare", today - timedelta(days=400), 1, 5))
    put(empty, ("1", "new", today - timedelta(days=20), 9, 5))
    for product, then, now in (("up", 40, 80), ("down", 80, 40), ("same", 60, 61)):
        many(empty, product, before, then, 10)
        many(empty, product, last, now, 10)
    put(empty, ("2", "up", today, 90, 10))
    for product, quantity, day in (("up", 30, 3), ("up", 99, 40), ("same", 5, 3)):
        empty.execute(
            "insert into crm.stock (product_key, counted_on, quantity, warehouse) values (?, ?, ?, 'w')",
            [int.from_bytes(product.encode()), today - timedelta(days=day), quantity],
        )
    result = answered(empty, life(view()))
    told = {row["product"]: row for row in result.frame.iter_rows(named=True)}
    assert {name: row["life"] for name, row in told.items()} == {
        "old": "ended", "rare": "unknown", "new": "new", "up": "growing", "down": "declining", "same": "mature",
    }  # fmt: skip
    assert (told["up"]["stock"], told["up"]["cover_days"], told["up"]["is_overstocked"]) == (30, 30, False)
    assert (told["same"]["cover_days"], told["same"]["is_overstocked"]) == (None, True)  # nothing sold in 90 days
    assert told["down"]["stock"] is None
    assert answered(empty, result.query.rows("amount_then", product="up")).frame.height == 40
    empty.execute("delete from crm.stock")
    unstocked = answered(empty, life(view()))
    assert "no_stock" in [said.code for said in unstocked.notes]
    part = told_of(Viewer(email="x@example.com", scope="rep", rep_keys=(1,)), unstocked.query, unstocked)
    codes = [said.code for said in part.notes]
    assert "stock_untold" in codes
    assert "no_stock" not in codes, "what one may not see is not said to be unknown"
    assert told_of(EVERYTHING, unstocked.query, unstocked) is unstocked


def test_without_products_no_days_of_record_are_said(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute("insert into crm.order_lines (order_id, line_no, ordered_on, quantity, amount, is_return)"
                  " values ('1', 1, '2024-01-02', 1, 5, false), ('2', 1, '2026-03-02', 1, 5, false)")  # fmt: skip
    codes = [said.code for said in answered(empty, life(view())).notes]
    assert "life_no_products" in codes
    assert "life_short" not in codes


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


def test_no_growth_is_told_of_more_that_came_back_than_was_sold(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, ("1", "A", date(2023, 1, 1), 1, 10), ("2", "A", date(2024, 9, 1), 1, 100), ("3", "A", NOW, 1, 10))
    put(empty, ("4", "A", NOW, -1, -20), is_return=True)
    (row,) = answered(empty, life(view())).frame.to_dicts()
    assert (row["amount_now"], row["amount_then"], row["growth"]) == (-10, 100, None)


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
