"""Velocity and coverage: the published worked numbers, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest
from polars.testing import assert_frame_equal

from metrics.coverage import coverage
from metrics.cuts import breakdown, total
from metrics.odds import weighted
from metrics.period import Period
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.metrics.conftest import answered, view
from tests.metrics.test_activity import TODAY, _deal, _put

QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))


def _closed(connection: duckdb.DuckDBPyConnection, won: int, lost: int, *, amount: int, days: int) -> None:
    for number in range(won + lost):
        _deal(connection, f"closed{number}", status="won" if number < won else "lost", amount=amount,
              closed_on=date(2026, 2, 1), created_on=date(2026, 2, 1) - timedelta(days=days), cycle_days=days,
              seen_from=None, seen_to=None, stage=None)  # fmt: skip


def test_velocity_of_the_worked_example(empty: duckdb.DuckDBPyConnection) -> None:
    """100 open deals × 25 % × 40 ÷ 60 days = 16.667 a day."""
    _closed(empty, 5, 15, amount=40, days=60)
    for number in range(100):
        _deal(empty, f"open{number}")
    asked = view(preset="this_quarter")
    assert answered(empty, total("velocity", asked)).frame["velocity"].item() == pytest.approx(16.6667, abs=1e-4)
    rows = answered(empty, total("velocity", asked).rows()).frame
    assert rows.height == 100, "its rows are the open deals"
    from metrics.catalog import measure

    assert measure("velocity").formula("en") == "Open deals × Win rate × Average deal won ÷ Sales cycle"


def test_velocity_is_not_told_from_few_deals(empty: duckdb.DuckDBPyConnection) -> None:
    _closed(empty, 5, 14, amount=40, days=60)
    _deal(empty, "open")
    result = answered(empty, total("velocity", view()))
    assert result.frame["velocity"].item() is None
    assert [note.code for note in result.notes if note.code == "too_few"] == ["too_few"]
    by_rep = answered(empty, breakdown("velocity", "rep", view()))
    assert by_rep.frame["velocity"].null_count() == by_rep.frame.height


@pytest.fixture
def worked(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """550,000 open and due in the quarter, 249,500 weighted; 300,000 of a target of 500,000 reached."""
    _put(empty, "stages", pipeline="P", stage="talk", position=1, status="open")
    for name, amount, chance in (("a", 300_000, 0.5), ("b", 150_000, 0.55), ("c", 100_000, 0.17)):
        _deal(empty, name, amount=amount, probability=chance, expected_close_on=date(2026, 3, 25))
    _deal(empty, "later", amount=999, probability=0.5, expected_close_on=date(2026, 4, 25))
    _closed(empty, 8, 12, amount=37_500, days=40)
    _put(empty, "targets", measure="won_amount", scope="company", starts_on=QUARTER.from_on, ends_on=QUARTER.to_on,
         value=500_000, version=1)  # fmt: skip
    return empty


def test_coverage_of_the_worked_example(worked: duckdb.DuckDBPyConnection) -> None:
    row = answered(worked, coverage(view(), QUARTER)).frame.row(0, named=True)
    assert (row["target"], row["actual"], row["remaining"]) == (500_000, 300_000, 200_000)
    assert (row["open_amount"], row["by_crm"]) == (550_000, pytest.approx(249_500))
    assert row["coverage"] == pytest.approx(2.75)
    assert row["coverage_by_crm"] == pytest.approx(1.2475)
    assert row["needed"] == pytest.approx(1 / 0.4)
    assert answered(worked, coverage(view(), QUARTER).rows("open_amount")).frame.height == 3


def test_beside_the_open_deals_of_all_periods_it_is_the_same_of_one_statement(
    worked: duckdb.DuckDBPyConnection,
) -> None:
    _deal(worked, "unknown", amount=77, expected_close_on=None)
    alone, beside = coverage(view(), QUARTER), coverage(view(), QUARTER, is_beside=True)
    assert_frame_equal(answered(worked, alone).frame, answered(worked, beside).frame)
    of_all = weighted(view(), beside=QUARTER)
    assert [part.bound(EVERYTHING) for part in beside.parts[: len(of_all.parts)]] == [
        part.bound(EVERYTHING) for part in of_all.parts
    ], "so what is remembered of one answers the other"
    assert answered(worked, of_all).frame["amount"].sum() == 550_000 + 999 + 77
    for column in (None, "open_amount"):
        assert sorted(answered(worked, beside.rows(column)).frame["deal"]) == ["a", "b", "c"]


def test_what_is_won_after_the_last_day_of_the_data_is_still_missing(worked: duckdb.DuckDBPyConnection) -> None:
    """A win of 50,000 dated two days later is not reached yet, nor does it tell what coverage is needed."""
    _deal(worked, "tomorrow", status="won", amount=50_000, closed_on=TODAY + timedelta(days=2), seen_from=None,
          seen_to=None, stage=None)  # fmt: skip
    row = answered(worked, coverage(view(), QUARTER)).frame.row(0, named=True)
    assert (row["target"], row["actual"], row["remaining"]) == (500_000, 300_000, 200_000)
    assert row["needed"] == pytest.approx(1 / 0.4)


def test_without_a_target_or_history_nothing_is_said(empty: duckdb.DuckDBPyConnection) -> None:
    _deal(empty, "a", expected_close_on=TODAY)
    result = answered(empty, coverage(view(), QUARTER))
    row = result.frame.row(0, named=True)
    assert (row["target"], row["remaining"], row["coverage"], row["needed"]) == (None, None, None, None)
    assert {"no_target", "no_needed_coverage"} <= {note.code for note in result.notes}
    assert row["open_amount"] == 100


def test_a_target_that_is_reached_needs_no_cover(worked: duckdb.DuckDBPyConnection) -> None:
    worked.execute("update crm.targets set value = 200000")
    row = answered(worked, coverage(View(as_of=TODAY), QUARTER)).frame.row(0, named=True)
    assert (row["remaining"], row["coverage"]) == (0, None)
