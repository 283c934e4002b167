"""Who came or left within the days asked is held against their target of the days at work, worked out by hand.

Bob came on Wednesday 11 March 2026. By 15 March 52 of the quarter's 64 working days have gone by, 3 of the 15 since he
came; his target of 150 is 10 a day.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.cumulative import cumulative
from metrics.cuts import breakdown, cut, total, trend
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.test_attainment import codes, row

QUARTER = {"from_on": date(2026, 1, 1), "to_on": date(2026, 3, 31)}
OWN = Viewer(scope="rep", rep_keys=(2,))


def _target(people: duckdb.DuckDBPyConnection, rep: str, starts: str, ends: str, value: int) -> None:
    people.execute("insert into crm.targets values ('won_amount','rep',?,?,?,?,1,null,null)",
                   [rep, starts, ends, value])  # fmt: skip


def _won(people: duckdb.DuckDBPyConnection, key: int, on: str, amount: int) -> None:
    people.execute("insert into crm.deals (deal_id, rep_key, status, amount, closed_on, push_count, is_gone)"
                   " values (?, ?, 'won', ?, ?, 0, false)", [f"{key} {on}", key, amount, on])  # fmt: skip


@pytest.fixture
def joiner(people: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Bob's target begins on the day he came; Ann has one of 640 for the quarter, 10 a day."""
    _target(people, "Bob", "2026-03-11", "2026-03-31", 150)
    _target(people, "Ann", "2026-01-01", "2026-03-31", 640)
    _won(people, 2, "2026-03-12", 60)
    _won(people, 1, "2026-02-12", 128)
    return people


@pytest.mark.parametrize("viewer", [EVERYTHING, OWN], ids=["boss", "himself"])
def test_a_joiners_target_is_for_the_days_since(joiner: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    quarter = view(**QUARTER)
    asked = quarter if viewer is OWN else quarter.with_filter("rep", "Bob")
    told = answered(joiner, total("attainment", asked), viewer)
    found = row(told)
    assert (found["attainment.target"], found["attainment"]) == (150, pytest.approx(0.4))
    assert found["attainment.pace"] == pytest.approx(60 / 30)
    assert codes(told) == ["target_at_work"]
    assert (told.notes[0]["covered"], told.notes[0]["days"]) == (15, 64)
    due = answered(joiner, cumulative("won_amount", "fiscal_quarter", asked), viewer).frame
    line = dict(due.select("day", "target_due").iter_rows())
    assert [line[date(2026, 3, day)] for day in (10, 11, 15, 31)] == [0, 10, 30, 150]


def test_the_leaderboard_says_the_same(joiner: duckdb.DuckDBPyConnection) -> None:
    told = answered(joiner, breakdown("attainment", "rep", view(**QUARTER)))
    assert dict(told.frame.select("rep", "attainment").iter_rows()) == pytest.approx({"Bob": 0.4, "Ann": 0.2})
    assert codes(told) == ["target_of_those_there"]


def test_of_several_the_absent_ask_nothing(joiner: duckdb.DuckDBPyConnection) -> None:
    """Until 10 March only Ann's 49 days count; 640 + 150 in all, 520 + 30 due."""
    told = answered(joiner, total("attainment", view(**QUARTER).with_filter("rep", ("Ann", "Bob"))))
    found = row(told)
    assert (found["attainment.target"], found["attainment"]) == (790, pytest.approx(188 / 790))
    assert found["attainment.pace"] == pytest.approx(188 / 550)
    assert codes(told) == ["target_of_those_there"]


def test_months_before_somebody_came_are_not_named_as_without_a_target(joiner: duckdb.DuckDBPyConnection) -> None:
    told = answered(joiner, trend("attainment", "month", view(**QUARTER).with_filter("rep", "Bob")))
    assert told.frame["attainment.target"].to_list() == [None, None, 150]
    assert told.frame["attainment"].to_list() == [None, None, pytest.approx(0.4)]
    assert codes(told) == ["target_of_those_there"]
    by_both = answered(joiner, cut("attainment", ("rep", "month"), view(**QUARTER)))
    assert by_both.frame.filter(pl.col("rep") == "Bob").select("month", "attainment").rows() == [
        (date(2026, 3, 1), pytest.approx(0.4))
    ]


def test_working_days_at_work_without_a_target_still_leave_nothing(people: duckdb.DuckDBPyConnection) -> None:
    """Bob came on the 11th; his target is from Monday 16 March: on three days at work he had none."""
    _target(people, "Bob", "2026-03-16", "2026-03-31", 120)
    _won(people, 2, "2026-03-12", 60)
    late = view(**QUARTER, as_of=date(2026, 3, 20)).with_filter("rep", "Bob")
    told = answered(people, total("attainment", late))
    assert row(told)["attainment"] is None
    assert codes(told) == ["target_partly"]
    assert (told.notes[0]["covered"], told.notes[0]["days"]) == (12, 64), "days of absence have no target either"
    together = answered(people, breakdown("attainment", "rep", late)).frame
    assert together["attainment"].to_list() == [None]


def test_a_target_over_the_day_of_coming_holds_as_it_was_set(people: duckdb.DuckDBPyConnection) -> None:
    """March's 220 are 10 a day, those before Bob came too; January and February ask nothing."""
    _target(people, "Bob", "2026-03-01", "2026-03-31", 220)
    _won(people, 2, "2026-03-12", 55)
    told = answered(people, total("attainment", view(**QUARTER).with_filter("rep", "Bob")))
    found = row(told)
    assert (found["attainment.target"], found["attainment"], found["attainment.pace"]) == (220, 0.25, 0.55)
    assert told.notes[0]["covered"] == 22


def test_a_leavers_target_ends_with_them(people: duckdb.DuckDBPyConnection) -> None:
    """Ann left on Friday 13 February: January's 220 and 100 of the ten days until then; both are due."""
    people.execute("update crm.reps set left_on = '2026-02-13' where rep_key = 1")
    _target(people, "Ann", "2026-01-01", "2026-01-31", 220)
    _target(people, "Ann", "2026-02-01", "2026-02-13", 100)
    _won(people, 1, "2026-02-12", 80)
    told = answered(people, total("attainment", view(**QUARTER).with_filter("rep", "Ann")))
    found = row(told)
    assert (found["attainment.target"], found["attainment"], found["attainment.pace"]) == (320, 0.25, 0.25)
    assert (told.notes[0].code, told.notes[0]["covered"], told.notes[0]["days"]) == ("target_at_work", 32, 64)


def test_where_nobody_has_a_target_each_of_several_has_none(people: duckdb.DuckDBPyConnection) -> None:
    """Cut by person nobody is added up: it is not said that some of them have a target."""
    _won(people, 2, "2026-03-12", 60)
    both = view(**QUARTER).with_filter("rep", ("Ann", "Bob"))
    assert codes(answered(people, breakdown("attainment", "rep", both))) == ["no_target"]


def test_who_has_no_target_of_these_days_has_none(joiner: duckdb.DuckDBPyConnection) -> None:
    """In February Bob was not there, and nobody asks anything of him."""
    february = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28))
    assert codes(answered(joiner, total("attainment", february.with_filter("rep", "Bob")))) == ["no_target"]
    assert answered(joiner, breakdown("attainment", "rep", february)).frame["rep"].to_list() == ["Ann"]
