"""Results beside process, and results by tenure."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from metrics.query import Result
from metrics.reps_quadrant import quadrant
from metrics.reps_tenure import tenure
from tests.metrics.conftest import answered, view
from tests.metrics.test_reps import YEAR, by_rep, closed, write

NAMES = ("Lucky", "Solid", "Busy", "Slow", "Other", "Idle")
DEALS = [(1, "won", 9000), *closed(2, 60, 80), *closed(3, 20, 60), *closed(4, 5, 20), *closed(5, 30, 50)]


@pytest.fixture
def team(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Lucky reached the goal with one large deal, and has made two new ones; Solid works as much as all together."""
    write(empty, NAMES, DEALS)
    empty.execute("insert into crm.targets select 'won_amount', 'rep', rep, date '2026-01-01', date '2026-03-15',"
                  " 4000, 1, null, null from crm.reps where rep not in ('Other', 'Idle')")  # fmt: skip
    for rep, count in ((1, 4), (2, 90), (3, 70), (4, 20), (5, 40)):
        empty.execute(
            "insert into crm.activities (activity_id, rep_key, kind, done_on)"
            " select $rep || '-' || n, $rep, 'call', date '2026-02-03' from range($count) as t(n)",
            {"rep": rep, "count": count},
        )
        empty.execute(
            "insert into crm.deals"
            " (deal_id, rep_key, status, amount, created_on, push_count, is_gone, seen_from, seen_to)"
            " select 'o' || $rep || '-' || n, $rep, 'open', 100, date '2026-02-20', 0, false, date '2026-02-20',"
            " date '9999-12-31' from range($count) as t(n)",
            {"rep": rep, "count": count // 4},
        )
    return empty


def placed(connection: duckdb.DuckDBPyConnection, **changes: object) -> Result:
    return answered(connection, quadrant(view(**(YEAR | changes))))


def test_one_large_deal_and_a_thin_pipeline_are_strong_in_results_only(team: duckdb.DuckDBPyConnection) -> None:
    result = placed(team)
    assert by_rep(result, "stands_in") == {
        "Lucky": "result_only", "Solid": "both", "Busy": "process_only", "Slow": "neither", "Other": None, "Idle": None,
    }  # fmt: skip
    assert by_rep(result, "result")["Lucky"] == pytest.approx(9000 / 4000)
    assert by_rep(result, "deals_alike")["Lucky"] == pytest.approx(1)
    assert by_rep(result, "deals_alike")["Solid"] == pytest.approx(60)
    assert by_rep(result, "process") == {"Lucky": 0, "Solid": 1, "Busy": 0.75, "Other": 0.5, "Slow": 0.25, "Idle": None}
    thin = by_rep(result, "is_thin")
    assert (thin["Lucky"], thin["Solid"]) == (True, False)


def test_what_is_due_by_now_counts_and_not_the_whole_target(team: duckdb.DuckDBPyConnection) -> None:
    team.execute("update crm.targets set ends_on = date '2026-05-31', value = 8000")
    days = team.execute("select count(*) filter (where day <= '2026-03-15') / count(*) from crm.calendar"
                        " where is_workday and day between '2026-01-01' and '2026-05-31'").fetchall()[0][0]  # fmt: skip
    result = placed(team, to_on=date(2026, 5, 31))
    assert by_rep(result, "result")["Solid"] == pytest.approx(6000 / 8000 / days)
    assert by_rep(result, "stands_in")["Solid"] == "both"


def test_without_targets_the_mean_of_the_peers_is_the_line(team: duckdb.DuckDBPyConnection) -> None:
    team.execute("delete from crm.targets")
    result = placed(team)
    assert by_rep(result, "result")["Solid"] == pytest.approx(6000 / (20_500 / 5))
    assert by_rep(result, "stands_in")["Other"] == "process_only"
    assert "quadrant_no_targets" in [note.code for note in result.notes]


def test_rows_behind_a_place(team: duckdb.DuckDBPyConnection) -> None:
    rows = answered(team, quadrant(view(**YEAR)).rows("won_amount", rep="Lucky")).frame
    assert [float(amount) for amount in rows.get_column("amount")] == [9000]


def test_joiners_beside_old_hands(team: duckdb.DuckDBPyConnection) -> None:
    """A band's attainment is that of all its people together, and so is its win rate."""
    team.execute("update crm.reps set hired_on = case when rep_key in (3, 4) then date '2025-12-01'"
                 " when rep_key = 5 then null else date '2019-01-01' end")  # fmt: skip
    frame = answered(team, tenure(view(**YEAR))).frame
    assert frame.get_column("tenure").to_list() == ["under_half_year", "longer", None]
    new, old, unknown = frame.rows(named=True)
    assert (new["people"], new["target"], new["actual"]) == (2, 8000, 2500)
    assert new["attainment"] == pytest.approx(2500 / 8000)
    assert new["win_rate"] == 25 / 80
    assert old["win_rate"] == 61 / 81
    assert (new["is_apart"], old["is_apart"]) == (True, True)
    assert unknown["attainment"] is None, "Other has no target"
    assert sum(frame.get_column("won_amount")) == 20_500
