"""Complaints by hand: rates over orders and over deals, who stands out, how long they last, which are open longest."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from metrics.complaints import _chance, _range, complaints, open_longest, time_to_close
from metrics.cuts import total
from tests.metrics.conftest import answered, view

TICKETS = """
insert into crm.products (product_key, product, is_implied) values
    (1, 'Pump', false), (2, 'Valve', false), (3, 'Old', false);
insert into crm.customers (customer_key, customer, is_implied) select n, 'C' || n, false from range(100) as numbers(n);
insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, product_key, quantity, amount, is_return)
select 'o' || n, 1, date '2026-02-01', n % 100, case when n < 200 then 1 else 2 end, 1, 10, false
from range(1000) as numbers(n);
-- Twenty complaints about pumps, twenty about valves, two about what is not sold, one about nothing; and a question.
insert into crm.tickets (ticket_id, opened_on, closed_on, customer_key, product_key, kind, severity, status)
select 'p' || n, date '2026-02-10', case when n < 15 then date '2026-02-14' end, n, 1, 'Complaint', 'high', 'x'
from range(20) as numbers(n);
insert into crm.tickets (ticket_id, opened_on, closed_on, customer_key, product_key, kind, severity, status)
select 'v' || n, date '2026-02-10', date '2026-02-12', 50 + n, 2, '客户投诉', 'low', 'x' from range(20) as numbers(n);
insert into crm.tickets (ticket_id, opened_on, closed_on, customer_key, product_key, kind, severity, status) values
    ('u1', '2026-02-10', '2026-02-11', 1, 3, 'Complaint', 'low', 'x'),
    ('u2', '2026-02-10', '2026-02-09', 1, 3, 'complaint', 'low', 'x'),
    ('n', '2026-02-10', '2026-02-11', 1, null, 'Complaint', null, 'x'),
    ('q', '2026-02-10', null, 1, 1, 'Question', 'low', 'x'),
    ('later', '2026-04-10', null, 1, 1, 'Complaint', 'low', 'x');
"""


@pytest.fixture
def complained(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    empty.execute(TICKETS)
    return empty


def test_rates_are_over_orders_of_the_product(complained: duckdb.DuckDBPyConnection) -> None:
    """Of 40 complaints 8 are to be expected of pumps, a fifth of the orders; there are 20."""
    query = complaints(view())
    result = answered(complained, query)
    told = {row["member"]: row for row in result.frame.iter_rows(named=True)}
    pump, valve = told["Pump"], told["Valve"]
    assert (pump["tickets"], pump["of"], pump["rate"], pump["expected"]) == (20, 200, 0.1, pytest.approx(8))
    assert (pump["others_rate"], pump["still_open"], pump["per"]) == (pytest.approx(20 / 800), 5, "lines")
    assert (pump["is_beyond_chance"], valve["is_beyond_chance"]) == (True, True)
    assert (told["Old"]["rate"], told["Old"]["tickets"], told[None]["tickets"]) == (None, 2, 1)
    codes = [(note.code, dict(note.params).get("count")) for note in result.notes]
    assert codes == [("complaints_per_lines", None), ("complaints_unsold", 2), ("complaints_unnamed", 1)]
    for member, row in told.items():
        assert answered(complained, query.rows("tickets", member=member)).frame.height == row["tickets"]
    assert answered(complained, query.rows("still_open", member="Pump")).frame.height == 5


def test_by_kind_and_severity_all_orders_are_the_denominator(complained: duckdb.DuckDBPyConnection) -> None:
    kinds = answered(complained, complaints(view(), "kind")).frame
    assert dict(kinds.select("member", "tickets").iter_rows()) == {
        "Complaint": 22,
        "客户投诉": 20,
        "complaint": 1,
        "Question": 1,
    }
    assert set(kinds["of"]) == {1000}
    severity = answered(complained, complaints(view(), "severity")).frame
    assert dict(severity.select("member", "tickets").iter_rows()) == {"low": 22, "high": 20, None: 1}
    row = answered(complained, total(("complaints", "complaint_rate"), view())).frame.row(0, named=True)
    assert (row["complaints"], row["complaint_rate"]) == (44, 0.044)  # without a period the one of April counts, too


def test_what_a_filter_does_not_reach_is_said(complained: duckdb.DuckDBPyConnection) -> None:
    told = answered(complained, complaints(view(filters=(("kind", ("Complaint",)), ("source", ("web",))))))
    assert [note.code for note in told.notes][:2] == ["tickets_not_filtered", "orders_not_filtered"]


def test_ten_complaints_of_one_customer_are_worth_less(complained: duckdb.DuckDBPyConnection) -> None:
    complained.execute("update crm.tickets set customer_key = 7 where ticket_id like 'p%'")
    pump = answered(complained, complaints(view())).frame.filter(pl.col("member") == "Pump").row(0, named=True)
    assert (pump["tickets"], pump["is_beyond_chance"]) == (20, False)
    assert _range(20, 20, 200) == (pytest.approx(0.0611, abs=2e-4), pytest.approx(0.1544, abs=2e-4))  # exact: 12.2–30.9
    assert _range(20, 400, 200)[1] == pytest.approx(0.1 * 5.57, abs=0.01)  # as of one single complaint
    assert _range(0, 0, 200) == (None, None)


def test_the_exact_test_of_a_part() -> None:
    """Of 10, all where a half is expected: 2 ÷ 1024. As many as expected is nothing; large numbers agree with small."""
    assert _chance(10, 10, 0.5, 1) == pytest.approx(2 / 1024)
    assert _chance(5, 10, 0.5, 1) == 1
    assert _chance(2, 4, 0.1, 1) is None
    assert _chance(2100, 4000, 0.5, 1) == pytest.approx(0.00164, abs=2e-4)
    assert _chance(700, 1400, 0.5, 1) == 1


def test_without_orders_deals_are_the_denominator_and_without_a_kind_all_count(
    complained: duckdb.DuckDBPyConnection,
) -> None:
    complained.execute("delete from crm.order_lines; update crm.tickets set kind = 'Case'")
    complained.execute(
        "insert into crm.deals (deal_id, status, closed_on, product_key, is_gone, push_count)"
        " select 'd' || n, 'won', date '2026-02-01', 1, false, 0 from range(50) as numbers(n)"
    )
    result = answered(complained, complaints(view(), "severity"))
    assert set(result.frame["of"]) == {50}
    assert result.frame["tickets"].sum() == 44
    assert [note.code for note in result.notes] == ["no_complaint_kind", "complaints_per_deals"]


def test_how_long_they_last_counts_those_still_open(complained: duckdb.DuckDBPyConnection) -> None:
    """42 complaints: 2 closed after one day, 20 after 2, 15 after 4, 5 still open; one closed before it was opened."""
    query = time_to_close(view())
    result = answered(complained, query)
    whole = result.frame.filter(pl.col("severity").is_null())
    assert whole.select("days", "at_risk", "ended").rows() == [(1, 42, 2), (2, 40, 20), (4, 20, 15)]
    assert whole.row(0, named=True)["median_days"] == 2
    assert (whole["tickets"][0], whole["still_open"][0], whole["p75_days"][0]) == (42, 5, 4)
    assert whole["share"].to_list() == [pytest.approx(40 / 42), pytest.approx(20 / 42), pytest.approx(5 / 42)]
    assert set(result.frame["severity"].drop_nulls()) == {"high", "low"}
    assert [note.code for note in result.notes] == ["closed_before_opened"]
    assert answered(complained, query.rows("still_open")).frame.height == 5
    assert answered(complained, query.rows("tickets", severity="high")).frame.height == 20
    complained.execute("update crm.tickets set closed_on = null")
    never = answered(complained, time_to_close(view()))
    assert (never.frame.height, [note.code for note in never.notes]) == (0, ["no_closing_days"])


def test_the_longest_open_come_first(complained: duckdb.DuckDBPyConnection) -> None:
    complained.execute("update crm.tickets set opened_on = date '2026-01-01' where ticket_id = 'p19'")
    frame = answered(complained, open_longest(view())).frame
    assert frame.height == 5
    assert frame.row(0, named=True)["ticket_id"] == "p19"
    assert frame["days_open"].to_list() == [73, 33, 33, 33, 33]
    row = answered(complained, total("open_tickets", view(to_on="2026-03-15", from_on="2026-03-01"))).frame
    assert row.item() == 6  # the question, too


def test_nothing_is_an_empty_answer(empty: duckdb.DuckDBPyConnection) -> None:
    for query in (complaints(view()), time_to_close(view()), open_longest(view())):
        assert answered(empty, query).frame.is_empty()
