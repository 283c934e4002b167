"""One customer: whose lists add up to the measures of any page, whose family ends where accounts name each other."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.customer import DETAILS, NUMBERS, details, family, numbers, of_customer, profile, rhythm, timeline, told
from metrics.cuts import total
from metrics.viewer import Viewer
from tests.metrics.conftest import Ask, answered, view

ANN = Viewer(email="ann@example.com", scope="rep", rep_keys=(1,))
CEM = Viewer(email="cem@example.com", scope="rep", rep_keys=(3,))


def test_who_it_is_by_name_or_by_id(company: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    company.execute("update crm.customers set customer_id = 'C-11' where customer = 'Acme'")
    assert ask(profile("Acme")).frame.select("customer", "tier", "rep").rows() == [("Acme", "A", "Ann")]
    assert ask(profile("C-11")).frame.item(0, "customer") == "Acme"
    assert ask(profile("'; drop table crm.deals")).frame.is_empty()


def test_an_owner_out_of_sight_is_not_named(company: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    """Bolt is Cem's; Ann lost d03 there, so she may see that it is there, but not whose it is."""
    assert ask(profile("Bolt"), ANN).frame.select("customer", "rep").rows() == [("Bolt", None)]
    assert ask(profile("Acme"), CEM).frame.item(0, "customer") == "Acme", "he booked a payment of Acme"
    assert ask(profile("Lone"), CEM).frame.is_empty()
    company.execute("delete from crm.payments where rep_key = 3")
    assert ask(profile("Acme"), CEM).frame.is_empty()


def test_lists_add_up_to_the_measures(ask: Ask) -> None:
    """Acme: won 100 + 250.55 + 40, open 90; ordered 100; invoiced 100, of which 30 + 20 paid, so 50 are overdue."""
    seen = of_customer(view(), "Acme")
    lists = {name: ask(query).frame for name, query in details("Acme", seen).items()}
    asked = ask(numbers(seen)).frame.row(0, named=True)
    deals = lists["deals"]
    assert asked["won_amount"] == float(deals.filter(status="won")["amount"].sum()) == pytest.approx(390.55)
    assert asked["open_amount"] == deals.filter(status="open")["amount"].sum() == 90
    assert asked["lost_deals"] == deals.filter(status="lost").height == 0
    assert asked["revenue"] == lists["orders"]["amount"].sum() == 100
    assert asked["activities"] == lists["activities"].height == 2
    assert asked["outstanding"] == lists["invoices"]["owed"].sum() == 50
    assert asked["overdue"] == lists["invoices"].filter(pl.col("late_days") > 0)["owed"].sum() == 50
    assert asked["collected"] == lists["payments"]["amount"].sum() == 50
    assert set(lists) == set(DETAILS)


@pytest.mark.parametrize("viewer", [ANN, CEM])
def test_a_viewer_reads_own_rows_only(ask: Ask, viewer: Viewer) -> None:
    seen = of_customer(view(), "Acme")
    lists = {name: ask(query, viewer).frame for name, query in details("Acme", seen).items()}
    asked = ask(total(NUMBERS, seen), viewer).frame.row(0, named=True)
    assert float(lists["deals"].filter(status="won")["amount"].sum()) == float(asked["won_amount"] or 0)
    assert float(lists["payments"]["amount"].sum()) == float(asked["collected"] or 0) == (20 if viewer is ANN else 30)
    assert lists["activities"].height == (2 if viewer is ANN else 0)


def test_a_period_holds_for_what_is_dated(ask: Ask) -> None:
    seen = of_customer(view(from_on="2026-02-01", to_on="2026-02-28"), "Acme")
    lists = {name: ask(query).frame for name, query in details("Acme", seen).items()}
    found = lists["deals"].select("deal_id", "status").rows()
    assert found == [("d04", "open"), ("d02", "won")], "d04 was won in March, d10 not there yet"
    assert lists["orders"].is_empty()
    assert lists["invoices"].select("invoice_id", "paid", "owed").rows() == [("i1", 30, 70)]
    assert lists["payments"]["payment_id"].to_list() == ["p1"]


def test_the_rows_of_an_order_are_its_lines(ask: Ask) -> None:
    query = details("Acme", of_customer(view(), "Acme"))["orders"]
    assert ask(query.rows(order_id="o1")).frame.height == 2


def test_everything_is_on_the_timeline_once(ask: Ask) -> None:
    """Acme: d01, d02, d04, d10 begun, three of them won; one order, two activities, one invoice, its two payments."""
    found = ask(timeline(of_customer(view(), "Acme"))).frame
    counts = dict(found.group_by("lane").len().iter_rows())
    assert counts == {"created": 4, "won": 3, "order": 1, "activity": 2, "invoice": 1, "payment": 2}
    assert found["day"].to_list() == sorted(found["day"].to_list(), reverse=True)
    assert ask(timeline(of_customer(view(), "Acme")).rows(lane="won")).frame.height == 3


FAMILY = """
insert into crm.customers (customer_key, customer, parent, is_implied) values
    (1, 'Top', null, false), (2, 'Mid', 'Top', false), (3, 'Low', 'Mid', false), (4, 'Side', 'Top', false),
    (5, 'Round', 'Trip', false), (6, 'Trip', 'Round', false), (7, 'Self', 'Self', false), (8, 'Orphan', 'Gone', false),
    (10, 'n0', null, false);
insert into crm.customers (customer_key, customer, parent, is_implied)
select 10 + n, 'n' || n, 'n' || (n - 1), false from range(1, 9) as numbers(n);
"""


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("Mid", {"Top": -1, "Mid": 0, "Low": 1}),
        ("Top", {"Top": 0, "Mid": 1, "Side": 1, "Low": 2}),
        ("Round", {"Round": 0, "Trip": -1}),
        ("Self", {"Self": 0}),
        ("Orphan", {"Orphan": 0}),
    ],
)
def test_accounts_above_and_below(empty: duckdb.DuckDBPyConnection, name: str, levels: dict[str, int]) -> None:
    empty.execute(FAMILY)
    found = answered(empty, family(name))
    assert dict(found.frame.select("customer", "level").iter_rows()) == levels
    assert not found.notes


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("By id", {"Beta": -1, "By id": 0}),  # C2 is Beta's id, and the name of another
        ("Beta", {"Beta": 0, "By id": 1}),
        ("By name", {"By name": 0}),  # two are called Twin
        ("By both", {"Twin (C5)": -1, "By both": 0}),
    ],
)
def test_a_parent_is_told_by_its_id_or_by_its_name(
    empty: duckdb.DuckDBPyConnection, name: str, levels: dict[str, int]
) -> None:
    empty.execute("""
        insert into crm.customers (customer_key, customer_id, customer, parent, is_implied) values
            (1, 'C1', 'C2', null, false), (2, 'C2', 'Beta', null, false), (3, 'C3', 'By id', 'C2', false),
            (4, 'C4', 'Twin (C4)', null, false), (5, 'C5', 'Twin (C5)', null, false),
            (6, 'C6', 'By name', 'Twin', false), (7, null, 'By both', 'Twin (C5)', false)
    """)
    assert dict(answered(empty, family(name)).frame.select("customer", "level").iter_rows()) == levels
    parent = answered(empty, profile(name)).frame.item(0, "parent")
    assert parent == next((one for one, level in levels.items() if level < 0), "Twin" if name == "By name" else None)


def test_a_deep_family_says_that_it_is_cut(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(FAMILY)
    found = answered(empty, family("n4"))
    assert found.frame["level"].to_list() == list(range(-4, 5))
    assert [one.code for one in found.notes] == ["family_deep"]


def test_pauses_until_the_next_purchase_and_until_now(empty: duckdb.DuckDBPyConnection) -> None:
    """Bought on 1, 11, 21, 31 January and 10 February, twice on the last: five days, ten days apart; then 33 days."""
    empty.execute("""
        insert into crm.customers (customer_key, customer, is_implied) values (1, 'Acme', false);
        insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, is_return)
        select 'o' || n, 1, date '2026-01-01' + cast(10 * n as integer), 1, 100, false from range(5) as numbers(n);
        insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, is_return)
        values ('o9', 1, '2026-02-10', 1, 50, false), ('o9', 2, '2026-03-01', 1, -50, true)
    """)
    result = answered(empty, rhythm("Acme", view()))
    assert result.frame["pause"].to_list() == [10, 10, 10, 10, 33]
    assert result.frame.row(-1, named=True) | {} == {
        "day": date(2026, 2, 10), "bought_by": "orders", "purchases": 2, "amount": 150, "pause": 33, "is_running": True,
    }  # fmt: skip
    found = told(result)
    assert found is not None
    assert (found.usual_pause, found.longest_pause, found.days_since, found.is_late) == (10, 10, 33, True)
    assert told(answered(empty, rhythm("Nobody", view()))) is None


def test_where_nothing_was_ordered_deals_won_are_the_rhythm(company: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    company.execute("delete from crm.order_lines")
    found = ask(rhythm("Acme", view())).frame
    assert found.select("day", "bought_by").rows() == [
        (date(2026, 1, 20), "won"), (date(2026, 2, 14), "won"), (date(2026, 3, 2), "won"),
    ]  # fmt: skip
