"""Divisions without a target of their own stand with the sum of their teams', as attainment has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import pytest

from metrics.cuts import total
from metrics.query import Result
from metrics.target import Span
from metrics.target_standing import standing
from metrics.viewer import EVERYTHING, Viewer
from metrics.workdays import Workdays, calendar
from tests.metrics.conftest import answered, view

MARCH = Span(date(2026, 3, 1), date(2026, 3, 31))
TREE = [("All", None), ("North", "All"), ("North A", "North"), ("North B", "North"), ("South", "All")]
SET = {"North A": 400, "North B": 150, "South": 100}
WON = {"North A": 200, "North B": 100, "South": 50}


@pytest.fixture
def divided(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """All holds North, with two teams, and South; only those at the bottom have people and targets."""
    for place, (team, parent) in enumerate(TREE):
        empty.execute("insert into crm.teams values (?, ?)", [team, parent])
        if team in SET:
            _aim(empty, team, SET[team])
            empty.execute("insert into crm.reps (rep_key, rep, team, is_implied) values (?, ?, ?, false)",
                          [place, team, team])  # fmt: skip
            empty.execute("insert into crm.deals (deal_id, status, amount, closed_on, team, push_count, is_gone)"
                          " values (?, 'won', ?, '2026-03-03', ?, 0, false)", [team, WON[team], team])  # fmt: skip
    return empty


def _aim(connection: duckdb.DuckDBPyConnection, team: str, value: float, span: Span = MARCH, version: int = 1) -> None:
    connection.execute("insert into crm.targets values ('won_amount','team',?,?,?,?,?,null,null)",
                       [team, *span, value, version])  # fmt: skip


def _stand(connection: duckdb.DuckDBPyConnection, divisions: Sequence[str], viewer: Viewer = EVERYTHING) -> Result:
    days = Workdays.of(answered(connection, calendar(view(preset="this_month"))).frame)
    return answered(connection, standing("won_amount", MARCH, view(), days, ("team",), divisions), viewer)


def _targets(result: Result) -> dict[str, float]:
    return dict(result.frame.select("name", "target").rows())


def test_a_division_stands_with_the_sum_and_it_is_said(divided: duckdb.DuckDBPyConnection) -> None:
    result = _stand(divided, ("All", "North"))
    told = result.frame.select("name", "parent", "depth", "target", "original", "actual", "of_teams").rows()
    assert told[:3] == [("All", None, 1, 650, 650, 350, 3), ("North", "All", 2, 550, 550, 300, 2),
                        ("North A", "North", 3, 400, 400, 200, None)]  # fmt: skip
    assert [(one.code, one["count"], one["names"]) for one in result.notes] == [("targets_summed", 2, ("All", "North"))]
    for name, below in (("All", [team for team, _ in TREE]), ("North", ["North", "North A", "North B"])):
        asked = view(preset="this_month").with_filter("team", tuple(below))
        assert answered(divided, total("attainment", asked)).frame["attainment.target"].item() == _targets(result)[name]


def test_a_changed_target_changes_the_sum_and_leaves_the_first(divided: duckdb.DuckDBPyConnection) -> None:
    _aim(divided, "South", 200, version=2)
    rows = _stand(divided, ("All",)).frame.select("name", "target", "original", "versions").rows()
    assert rows[0] == ("All", 750, 650, 2)


@pytest.mark.parametrize("why", ["own", "without", "worked", "months", "withdrawn"])
def test_no_sum_where_it_would_say_something_else(divided: duckdb.DuckDBPyConnection, why: str) -> None:
    """One of its own, also for other days of these; a team without any, with only others, or without one any more."""
    week = Span(date(2026, 3, 2), date(2026, 3, 8))
    if why == "own":
        _aim(divided, "North", 99, week)
    elif why == "worked":
        divided.execute("insert into crm.reps (rep_key, rep, team, is_implied) values (9, 'Ann', 'North', false)")
    elif why == "withdrawn":
        _aim(divided, "North B", 0, version=2)
    else:
        divided.execute("delete from crm.targets where scope_value = 'North B'")
    if why == "months":
        _aim(divided, "North B", 150, week)
    assert "North" not in _targets(_stand(divided, ("North",)))


def test_a_lead_has_the_sum_of_what_is_theirs(divided: duckdb.DuckDBPyConnection) -> None:
    lead = Viewer(scope="teams", teams=("North", "North A", "North B"), above=("All",))
    assert _targets(_stand(divided, ("North",), lead)) == {"North": 550, "North A": 400, "North B": 150}
