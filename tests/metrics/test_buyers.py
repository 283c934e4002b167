"""Which customers a change came from: every kind by hand, lifetime facts under filters, regular ones who stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest

from data.store import Snapshot
from metrics.buyers import LEAST_ORDERS, OF, lapsed, most_moved, moved
from metrics.cuts import total
from metrics.errors import NotShared
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.small import small_store

OLD, THEN, NOW = date(2025, 12, 1), date(2026, 1, 10), date(2026, 2, 10)
FEBRUARY = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28), compare="previous")
Lines = dict[str, list[tuple[date, float]]]
BOUGHT: Lines = {
    "new": [(NOW, 10)],
    "returned": [(OLD, 5), (NOW, 20)],
    "expanding": [(OLD, 1), (THEN, 30), (NOW, 35)],
    "steady": [(THEN, 40), (NOW, 40)],
    "shrinking": [(THEN, 50), (NOW, 45)],
    "lost": [(THEN, 60)],
    "corrected": [(OLD, 9), (NOW, -9)],
}


def _put(connection: duckdb.DuckDBPyConnection, bought: Lines, product: int = 1) -> None:
    """Customers named by their kind, with order lines; negative ones are returns."""
    for key, (name, lines) in enumerate(bought.items(), 1):
        first = min(day for day, amount in lines if amount > 0)
        connection.execute(
            "insert into crm.customers (customer_key, customer, first_order_on, first_won_on, is_implied)"
            " values (?, ?, ?, ?, false)",
            [key, name, first, first],
        )
        for number, (day, amount) in enumerate(lines):
            values = [f"{name}{day}", number, day, key, product, amount, amount < 0, key]
            connection.execute(
                "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, product_key, amount,"
                " is_return, rep_key) values (?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )


def test_every_kind_by_hand(empty: duckdb.DuckDBPyConnection) -> None:
    _put(empty, BOUGHT)
    empty.execute(
        "insert into crm.order_lines (order_id, line_no, ordered_on, amount, is_return) values ('?', 1, ?, 3, false)",
        [NOW],
    )
    result = answered(empty, moved("revenue", FEBRUARY))
    assert result.frame.rows() == [
        ("start", 180, 4), ("new", 10, 1), ("returned", 20, 1), ("expanding", 5, 1), ("steady", 0, 1),
        ("shrinking", -5, 1), ("lost", -60, 1), ("corrected", -9, 1), ("unassigned", 3, None), ("end", 144, 5),
    ]  # fmt: skip
    for name, count in {"start": 4, "lost": 1, "expanding": 2, "unassigned": 1, "end": 7}.items():
        assert answered(empty, result.query.rows("amount", buying=name)).frame.height == count, name
    listed = answered(empty, most_moved("revenue", FEBRUARY)).frame
    assert listed["customer"].to_list() == ["lost", "returned", "new", "corrected", "expanding", "shrinking"]
    assert listed["change"].to_list() == [-60, 20, 10, -9, 5, -5]
    of_one = Viewer(scope="rep", rep_keys=(2,))
    assert answered(empty, moved("revenue", FEBRUARY), of_one).frame["buying"].to_list() == ["start", "returned", "end"]
    with pytest.raises(NotShared, match="revenue"):
        moved("win_rate", FEBRUARY)


def test_who_bought_other_things_before_is_not_new_under_a_filter(empty: duckdb.DuckDBPyConnection) -> None:
    _put(empty, {"A": [(OLD, 5), (THEN, 7)], "B": [(NOW, 3)], "0": [(OLD, 1)]})
    empty.execute(
        "insert into crm.products (product_key, product, is_implied) values (1, 'one', false), (2, 'two', false)"
    )
    empty.execute("update crm.order_lines set product_key = 2 where ordered_on >= ?", [NOW])
    empty.execute(
        "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, product_key, amount, is_return)"
        " values ('x', 1, ?, 1, 2, 9, false)",
        [NOW],
    )
    frame = answered(empty, moved("revenue", FEBRUARY.with_filter("product", "two"))).frame
    assert frame.rows() == [("start", 0, 0), ("new", 3, 1), ("returned", 9, 1), ("end", 12, 2)]


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


@pytest.mark.parametrize("of", list(OF))
@pytest.mark.parametrize("filtered", [None, ("team", 0), ("product", 1), ("rep", 2)])
def test_the_kinds_add_up_to_the_change(seen: Snapshot, of: str, filtered: tuple[str, int] | None) -> None:
    """Of a whole company, filters that share the money of deals out included."""
    assert seen.as_of is not None
    asked = View(as_of=seen.as_of, preset="this_year", compare="last_year")
    if filtered:
        asked = asked.with_filter(filtered[0], seen.values(filtered[0], EVERYTHING)[filtered[1]])
    steps = dict(seen.ask(moved(of, asked), EVERYTHING).frame.select("buying", "amount").iter_rows())
    raw = seen.ask(total(of, asked), EVERYTHING).raw.row(0, named=True)
    assert (steps.pop("start"), steps.pop("end")) == (raw[f"{of}_before"], raw[of])
    assert sum(steps.values()) == raw[of] - raw[f"{of}_before"]


def _orders(connection: duckdb.DuckDBPyConnection, key: int, days: list[date]) -> None:
    connection.execute(
        "insert into crm.customers (customer_key, customer, is_implied) values (?, ?, false)", [key, f"customer {key}"]
    )
    for number, day in enumerate(days, 1):
        connection.execute(
            "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, is_return, order_no,"
            " previous_on) values (?, 1, ?, ?, 10, false, ?, ?)",
            [f"{key} {number}", day, key, number, days[number - 2] if number > 1 else None],
        )


def test_regular_customers_who_stopped(empty: duckdb.DuckDBPyConnection) -> None:
    """Who ordered every four weeks is missed after eight; who always paused long, or ordered seldom, is not."""
    today = view().as_of
    every_four = [today - timedelta(days=60 + 28 * back) for back in range(LEAST_ORDERS, -1, -1)]
    _orders(empty, 1, every_four)  # silent for 60 days, never longer than 28
    _orders(empty, 2, [day - timedelta(days=40) if at < 3 else day for at, day in enumerate(every_four)])  # once 68
    _orders(empty, 3, every_four[-5:])  # seldom
    _orders(empty, 4, [day + timedelta(days=20) for day in every_four])  # 40 days only
    result = answered(empty, lapsed(view()))
    assert result.frame.rows() == [
        ("customer 1", None, every_four[-1], 60, 28, LEAST_ORDERS + 1, 10 * (LEAST_ORDERS + 1))
    ]
    assert answered(empty, result.query.rows("orders", customer="customer 1")).frame.height == LEAST_ORDERS + 1


def test_who_orders_through_another_has_not_stopped(empty: duckdb.DuckDBPyConnection) -> None:
    """Filters choose who is listed; only a row scope, which must not be seen around, hides the orders of others."""
    today = view().as_of
    empty.execute("insert into crm.reps (rep_key, rep, is_implied) values (1, 'Ann', false), (2, 'Bob', false)")
    monthly = [today - timedelta(days=60 + 28 * back) for back in range(2 * LEAST_ORDERS - 1, -1, -1)]
    _orders(empty, 1, [*monthly, today - timedelta(days=9)])  # the last one through Bob
    _orders(empty, 2, monthly)
    _orders(empty, 3, monthly)
    empty.execute("update crm.order_lines set rep_key = case when ordered_on > ? then 2 else 1 end", [monthly[-1]])
    empty.execute("update crm.order_lines set rep_key = 2 where customer_key = 3")
    of_ann = view().with_filter("rep", "Ann")
    result = answered(empty, lapsed(of_ann))
    assert result.frame.select("customer", "orders").rows() == [("customer 2", 2 * LEAST_ORDERS)]
    assert answered(empty, result.query.rows("orders", customer="customer 2")).frame.height == 2 * LEAST_ORDERS
    own = answered(empty, lapsed(of_ann), Viewer(scope="rep", rep_keys=(1,))).frame
    assert own.select("customer", "ordered_on").rows() == [("customer 1", monthly[-1]), ("customer 2", monthly[-1])]


def test_pauses_within_a_scope_are_those_that_it_may_see(empty: duckdb.DuckDBPyConnection) -> None:
    """Who buys from two in turn every 20 days pauses for 40 with each: 45 days are no silence of one of them."""
    today = view().as_of
    turns = [today - timedelta(days=45 + 20 * back) for back in range(2 * LEAST_ORDERS + 1, -1, -1)]
    _orders(empty, 1, turns)
    empty.execute("update crm.order_lines set rep_key = 1 + order_no % 2")
    assert answered(empty, lapsed(view())).frame["longest_pause"].to_list() == [20]
    for rep in (1, 2):
        assert answered(empty, lapsed(view()), Viewer(scope="rep", rep_keys=(rep,))).frame.is_empty()
