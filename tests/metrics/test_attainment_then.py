"""Attainment of the days compared with: by the same rule as of the days asked, counted by hand."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from metrics.cuts import breakdown, total, trend
from tests.metrics.conftest import answered, view
from tests.metrics.test_attainment import codes, row

# 2026: January has 22 working days, February 20, March 22; by 15 March (a Sunday) 10 of March's have gone by, and by
# 15 February (a Sunday, too) 10 of February's.
BESIDE = view(preset="this_month", compare="previous")


def set_target(store: duckdb.DuckDBPyConnection, starts: str, ends: str, value: int, rep: str | None = None) -> None:
    scope = "company" if rep is None else "rep"
    store.execute(
        "insert into crm.targets values ('won_amount', ?, ?, ?, ?, ?, 1, null, null)", [scope, rep, starts, ends, value]
    )


@pytest.fixture
def won(people: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Ann won 60 on 5 February, 50 on 25 February and 40 on 3 March, and has 220 to reach in March."""
    people.execute(
        "insert into crm.deals (deal_id, rep_key, status, amount, closed_on, push_count, is_gone) values"
        " ('z', 1, 'lost', 0, '2025-12-01', 0, false),"
        " ('a', 1, 'won', 60, '2026-02-05', 0, false), ('b', 1, 'won', 50, '2026-02-25', 0, false),"
        " ('c', 1, 'won', 40, '2026-03-03', 0, false)"
    )
    for rep in (None, "Ann"):
        set_target(people, "2026-03-01", "2026-03-31", 220, rep)
    return people


def test_a_target_that_begins_within_the_days_compared_with_is_held_against_nothing(
    won: duckdb.DuckDBPyConnection,
) -> None:
    """A target for 9–28 February covers 5 of the 10 working days: 60 was won before it began, and 60 ÷ 150 is no rate.

    With 50 more for the week before, all days have one: 60 of 200.
    """
    set_target(won, "2026-02-09", "2026-02-28", 150)
    told = answered(won, total("attainment", BESIDE))
    assert (row(told)["attainment"], row(told)["attainment.before"]) == (pytest.approx(40 / 220), None)
    (one,) = told.notes
    assert (one.code, one["covered"], one["days"]) == ("target_partly_then", 5, 10)
    set_target(won, "2026-02-01", "2026-02-08", 50)
    told = answered(won, total("attainment", BESIDE))
    assert row(told)["attainment.before"] == pytest.approx(60 / 200)
    assert told.notes == ()


def test_days_not_gone_by_then_need_no_target(won: duckdb.DuckDBPyConnection) -> None:
    """As of the period itself: a target for 1–15 February alone covers all that is compared with."""
    set_target(won, "2026-02-01", "2026-02-15", 100)
    assert row(answered(won, total("attainment", BESIDE)))["attainment.before"] == pytest.approx(60 / 100)
    whole = view(as_of=date(2026, 3, 31), preset="this_month", compare="previous")
    told = answered(won, total("attainment", whole))
    assert (row(told)["attainment.before"], codes(told)) == (None, ["target_partly_then"])


def test_without_any_target_then_it_is_said(won: duckdb.DuckDBPyConnection) -> None:
    told = answered(won, total("attainment", BESIDE))
    assert (row(told)["attainment.before"], codes(told)) == (None, ["no_target_then"])


def test_rows_of_people_and_of_months_follow_the_same_rule(won: duckdb.DuckDBPyConnection) -> None:
    """January has a target for all its days, February for 10 of 20; Ann for 10 of February's first 10."""
    set_target(won, "2026-02-02", "2026-02-13", 100, "Ann")
    told = answered(won, breakdown("attainment", "rep", BESIDE))
    assert told.frame.select("rep", "attainment.before").row(0) == ("Ann", pytest.approx(60 / 100))
    set_target(won, "2026-01-01", "2026-01-31", 100)
    set_target(won, "2026-02-02", "2026-02-13", 100)
    months = view(from_on=date(2026, 3, 1), to_on=date(2026, 3, 31), compare="previous", as_of=date(2026, 3, 31))
    told = answered(won, trend("attainment", "month", months))
    assert told.frame.select("attainment.before").to_series().to_list() == [None]
    (one,) = told.notes
    assert one.text("en").startswith("One row has no attainment to compare with")
