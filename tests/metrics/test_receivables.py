"""Long overdue money by hand: how much for how long, beside what is invoiced in a month."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from metrics.receivables import receivables
from tests.metrics.conftest import answered, view


@pytest.fixture
def owed(company: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Acme owes 50 of i1 since 24 February, and 500 and 30 more; Bolt 60 that is due tomorrow; nobody 7."""
    company.execute(
        "insert into crm.invoices (invoice_id, issued_on, due_on, customer_key, rep_key, amount) values"
        " ('a', '2025-09-16', '2025-10-01', 11, 1, 500), ('b', '2026-02-01', '2026-02-13', 11, 2, 30),"
        " ('c', '2026-02-10', '2026-03-16', 12, 3, 60), ('d', '2025-11-01', '2025-12-01', null, 1, 7)"
    )
    return company


def test_what_is_overdue_for_how_long(owed: duckdb.DuckDBPyConnection) -> None:
    """On 15 March: i1 for 19 days, b for 30, a for 165. Invoiced since 16 September: 897.55 in 181 days."""
    frame = answered(owed, receivables(view())).frame
    first = frame.row(0, named=True)
    assert (first["customer"], first["overdue"], first["late"], first["days"]) == ("Acme", 580, 530, 165)
    assert first["outstanding"] == 580
    month = 897.55 / (181 / (365 / 12))
    assert (first["month"], first["share"]) == (pytest.approx(month), pytest.approx(530 / month))
    assert frame.get_column("customer").to_list() == ["Acme", None], "what is not due yet is nobody's fault"
    other = answered(owed, receivables(view(), 31)).frame.row(0, named=True)
    assert (other["late"], other["overdue"]) == (500, 580)
    rows = answered(owed, receivables(view()).rows("late", customer="Acme")).frame
    assert set(rows.get_column("invoice_id")) == {"a", "b"}


def test_a_pause_does_not_make_a_month_larger(owed: duckdb.DuckDBPyConnection) -> None:
    """The first invoice is older than a year: what the last 365 days brought is of 12 months, however late it came."""
    owed.execute("insert into crm.invoices (invoice_id, issued_on, due_on, customer_key, rep_key, amount)"
                 " values ('old', '2023-01-10', '2023-02-10', 12, 3, 1000)")  # fmt: skip
    found = {row["customer"]: row for row in answered(owed, receivables(view())).frame.iter_rows(named=True)}
    assert found["Acme"]["month"] == pytest.approx(897.55 / 12)
    assert found["Bolt"]["share"] == pytest.approx(1000 / (897.55 / 12))


def test_what_was_not_overdue_then_is_not_told(owed: duckdb.DuckDBPyConnection) -> None:
    then = view().seen_on(date(2026, 2, 24))
    told = answered(owed, receivables(then)).frame.row(0, named=True)
    assert (told["customer"], told["late"], told["overdue"]) == ("Acme", 500, 530), "i1 is due on that day itself"


def test_where_nothing_is_owed_nothing_is_told(empty: duckdb.DuckDBPyConnection) -> None:
    assert answered(empty, receivables(view())).frame.is_empty()
