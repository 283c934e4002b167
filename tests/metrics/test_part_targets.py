"""Nobody is held against a target that is for some of the days only: contests, streaks, bands of tenure, the landing.

The company of the tests of contests: Ann and Bob of North sold once a month; it is 15 March 2026.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from metrics.catalog import measure
from metrics.contests import checked, standing
from metrics.coverage import coverage
from metrics.landing import landing
from metrics.period import Period
from metrics.reps_tenure import tenure
from metrics.streaks import _without_gaps
from tests.metrics.conftest import answered, view
from tests.metrics.test_contests import rows, sales

__all__ = ["sales"]
QUARTER = {"from_on": date(2026, 1, 1), "to_on": date(2026, 3, 31)}


def _target(at: duckdb.DuckDBPyConnection, scope: str, name: str | None, starts: str, ends: str, value: int) -> None:
    at.execute("insert into crm.targets values ('won_amount',?,?,?,?,?,1,null,null)",
               [scope, name, starts, ends, value])  # fmt: skip


def test_a_contest_by_target_is_of_its_own_days(sales: duckdb.DuckDBPyConnection) -> None:
    """Ann has a target for the quarter, Bob for March, Cid for the days since he came: 2 March."""
    sales.execute("update crm.reps set hired_on = '2026-03-02' where rep = 'Cid'")
    for name, starts in (("Ann", "2026-01-01"), ("Bob", "2026-03-01"), ("Cid", "2026-03-02")):
        _target(sales, "rep", name, starts, "2026-03-31", 110_000)
    told = {"name": "Q1", "measure": "won_amount", "rule": "target", **QUARTER}
    stands = rows(sales, standing(checked(told), view()), "rep")
    assert {name: row["yardstick"] for name, row in stands.items()} == {"Ann": 110_000, "Bob": None, "Cid": 110_000}
    assert (stands["Ann"]["standing_rank"], stands["Ann"]["score"], stands["Bob"]["standing_rank"]) == (1, 0.5, None)


def test_bands_of_tenure_add_up_what_is_held_against_something(sales: duckdb.DuckDBPyConnection) -> None:
    _target(sales, "rep", "Ann", "2026-01-01", "2026-03-31", 110_000)
    _target(sales, "rep", "Bob", "2026-03-01", "2026-03-31", 110_000)
    (band,) = answered(sales, tenure(view(**QUARTER))).frame.to_dicts()
    assert (band["target"], band["actual"], band["attainment"]) == (110_000, 55_000, 0.5)


def test_a_month_with_a_target_for_a_week_of_it_is_not_judged() -> None:
    months = pl.DataFrame({
        "member": ["Ann"] * 3, "month": [date(2026, month, 1) for month in (1, 2, 3)], "won_amount": [20.0, 20.0, 0.0],
        "attainment:won_amount": [2.0, None, 0.0], "attainment:won_amount.target": [10.0, 2.0, 10.0],
    })  # fmt: skip
    full = _without_gaps(months, measure("won_amount"), date(2026, 3, 31))
    assert full["target"].to_list() == [10.0, None, 10.0]


def test_where_the_quarter_ends_is_held_against_no_month(sales: duckdb.DuckDBPyConnection) -> None:
    _target(sales, "company", None, "2026-03-01", "2026-03-31", 110_000)
    ends = answered(sales, landing(view()))
    assert ends.frame.filter(pl.col("part") == "landing")["target"].item() is None
    assert "target_partly" in [note.code for note in ends.notes]
    due = answered(sales, coverage(view(), Period(date(2026, 1, 1), date(2026, 3, 31))))
    assert (due.frame["target"].item(), due.frame["remaining"].item()) == (None, None)
    assert "target_partly" in [note.code for note in due.notes]
