"""What leavers leave behind: found with its totals, and the company's totals as before."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from metrics.cuts import total
from metrics.leavers import leavers
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

TOTALS = ("open_deals", "open_amount", "outstanding", "overdue")


@pytest.fixture
def left(company: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Ann left on 10 March; Cem is named by rows but no longer on the list; two payments are planned with Ann."""
    company.execute("update crm.reps set left_on = '2026-03-10' where rep = 'Ann'")
    company.execute("update crm.reps set is_implied = true where rep = 'Cem'")
    company.execute(
        "insert into crm.payment_plans (plan_id, planned_on, rep_key, customer_key, amount) values"
        " ('n1', '2026-04-01', 1, 11, 25), ('n2', '2026-03-01', 1, 11, 99), ('n3', '2026-05-01', 2, 11, 7)"
    )
    return company


def test_what_leavers_leave_behind(left: duckdb.DuckDBPyConnection) -> None:
    result = answered(left, leavers(view()))
    numbers = ("open_deals", "open_amount", "planned", "outstanding", "overdue")
    assert result.frame.select("rep", "left_on", *numbers).rows() == [
        ("Ann", date(2026, 3, 10), 1, 90, 25, 50, 50),
        ("Cem", None, 1, 70, 0, 0, 0),
        (None, None, 1, 30, 0, 0, 0),
    ]  # fmt: skip
    assert [note.code for note in result.notes] == ["leavers_in_totals"]
    assert answered(left, leavers(view()).rows("open_amount", rep="Ann")).frame.get_column("deal_id").to_list() == [
        "d10"
    ]
    owed = answered(left, leavers(view()).rows("overdue", rep="Ann")).frame
    assert owed.select("document_id", "customer").rows() == [("i1", "Acme")]


def test_the_company_has_as_much_as_before(company: duckdb.DuckDBPyConnection) -> None:
    before = answered(company, total(TOTALS, view())).frame.row(0)
    assert answered(company, leavers(view())).frame.get_column("rep").to_list() == [None]
    company.execute("update crm.reps set left_on = '2026-03-10' where rep = 'Ann'")
    assert answered(company, total(TOTALS, view())).frame.row(0) == before
    frame = answered(company, leavers(view())).frame
    assert frame.select(TOTALS).row(0) == (1, 90, 50, 50)


def test_before_somebody_left_nothing_is_to_be_handed_over(left: duckdb.DuckDBPyConnection) -> None:
    assert "Ann" not in answered(left, leavers(view(), date(2026, 3, 9))).frame.get_column("rep").to_list()


def test_without_a_list_nobody_is_missing_from_it(left: duckdb.DuckDBPyConnection) -> None:
    left.execute("update crm.reps set is_implied = true, left_on = null")
    assert answered(left, leavers(view())).frame.get_column("rep").to_list() == [None]


def test_a_manager_sees_the_leavers_of_the_team(left: duckdb.DuckDBPyConnection) -> None:
    north = Viewer(scope="teams", teams=("North",), rep_keys=(1, 2))
    assert answered(left, leavers(view()), north).frame.get_column("rep").to_list() == ["Ann"]
    assert answered(left, leavers(view()), Viewer(scope="rep", rep_keys=(2,))).frame.is_empty()
    assert answered(left, leavers(view(filters=(("team", ("South",)),)))).frame.get_column("rep").to_list() == ["Cem"]
