"""Targets of teams that have teams below them: whose they are, what is added up, and when nothing is."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from metrics.cuts import breakdown, total, trend
from metrics.target import Span
from metrics.target_standing import standing
from metrics.viewer import Viewer
from metrics.workdays import Workdays, calendar
from tests.metrics.conftest import answered, view
from tests.metrics.test_attainment import MARCH, codes, row

NESTED = [("North", None, 300, 1000), ("North A", "North", 200, 400), ("North B", "North A", 100, 150),
          ("South", None, 50, 100)]  # fmt: skip
"""Teams, the one each is part of, what their own people won in March, and their target."""


@pytest.fixture
def nested(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """North has North A below it, and that has North B."""
    for team, parent, amount, goal in NESTED:
        empty.execute("insert into crm.deals (deal_id, status, amount, closed_on, team, push_count, is_gone)"
                      " values (?, 'won', ?, '2026-03-03', ?, 0, false)", [team, amount, team])  # fmt: skip
        empty.execute("insert into crm.teams values (?, ?)", [team, parent])
        empty.execute("insert into crm.targets values ('won_amount','team',?,'2026-03-01','2026-03-31',?,1,null,?)",
                      [team, goal, date(2026, 3, 12)])  # fmt: skip
    return empty


@pytest.mark.parametrize(
    ("chosen", "target", "reached"),
    [
        (("North", "North A", "North B"), 1000, 600),  # those below are in North's: 1000, not 1550
        (("North A", "North B"), 400, 300),
        (("North", "North A", "North B", "South"), 1100, 650),
        (("North B",), 150, 100),
        (("North",), None, 300),  # its target is for 600 of work, of which half is chosen
        (("North", "North A"), None, 500),
    ],
)
def test_a_teams_target_is_for_the_teams_below_it(
    nested: duckdb.DuckDBPyConnection, chosen: tuple[str, ...], target: float | None, reached: float
) -> None:
    """The same number for the boss who chooses teams and for the lead whose teams they are."""
    result = answered(nested, total("attainment", view(**MARCH).with_filter("team", chosen)))
    found = row(result)
    assert (found["attainment.target"], found["attainment.actual"]) == (target, reached)
    assert codes(result) == ([] if target else ["targets_wider"])
    lead = Viewer(scope="teams", teams=chosen)
    if target:
        alone = row(answered(nested, total("attainment", view(**MARCH)), lead))
        assert (alone["attainment.target"], alone["attainment"]) == (target, found["attainment"])


def test_by_team_only_teams_without_others_below_are_held_against_theirs(nested: duckdb.DuckDBPyConnection) -> None:
    result = answered(nested, breakdown("attainment", "team", view(**MARCH)))
    assert dict(result.frame.select("team", "attainment.target").rows()) == {
        "North": None, "North A": None, "North B": 150, "South": 100
    }  # fmt: skip
    assert [(note.code, note["count"]) for note in result.notes] == [("targets_wider", 2)]
    days = Workdays.of(answered(nested, calendar(view(**MARCH))).frame)
    stood = answered(nested, standing("won_amount", Span(date(2026, 3, 1), date(2026, 3, 31)), view(), days)).frame
    assert dict(stood.select("name", "actual").rows()) == {"North": 600, "North A": 300, "North B": 100, "South": 50}


@pytest.mark.parametrize(
    ("without", "target", "said"),
    [
        (("North",), None, ["no_target_of_all"]),  # 300 of North's own 300 are in nobody's target
        (("North", "people"), 400, ["target_sum"]),  # none of its own people: North A's 400, which hold North B's
        (("North", "North A", "people"), 150, ["target_sum"]),
        (("North", "North B", "people"), 400, ["target_sum"]),  # North B's work is in North A's target
        (("North", "North A", "North B", "people"), None, ["no_target_of_all"]),
    ],
)
def test_a_team_without_a_target_has_the_sum_of_those_below(
    nested: duckdb.DuckDBPyConnection, without: tuple[str, ...], target: float | None, said: list[str]
) -> None:
    """The same for the boss who chooses the division and for its lead; nothing where only some below have one."""
    for place, team in enumerate(("North", "North A", "North B")):
        if team == "North B" or not (team in without and "people" in without):
            nested.execute("insert into crm.reps (rep_key, rep, team, is_implied) values (?, ?, ?, false)",
                           [place, team, team])  # fmt: skip
    nested.execute("delete from crm.targets where list_contains(?, scope_value)", [list(without)])
    teams = ("North", "North A", "North B")
    result = answered(nested, total("attainment", view(**MARCH).with_filter("team", teams)))
    assert (row(result)["attainment.target"], codes(result)) == (target, said)
    lead = answered(nested, total("attainment", view(**MARCH)), Viewer(scope="teams", teams=teams))
    assert row(lead)["attainment.target"] == target
    assert [code for code in codes(lead) if code == "target_sum"] == [code for code in said if target]


def test_the_teams_below_must_all_have_one(nested: duckdb.DuckDBPyConnection) -> None:
    """Beside North A stands North C, without a target: what all of North did is not held against North A's alone."""
    nested.execute("insert into crm.teams values ('North C', 'North')")
    nested.execute("delete from crm.targets where scope_value = 'North'")
    teams = ("North", "North A", "North B", "North C")
    result = answered(nested, total("attainment", view(**MARCH).with_filter("team", teams)))
    assert (row(result)["attainment"], codes(result)) == (None, ["no_target_of_all"])
    nested.execute("insert into crm.targets values"
                   " ('won_amount','team','North C','2026-03-01','2026-03-31',100,1,null,null)")  # fmt: skip
    months = answered(nested, trend("attainment", "month", view(**MARCH).with_filter("team", teams)))
    assert (row(months)["attainment.target"], [(one.code, one["count"]) for one in months.notes]) == (
        500, [("target_sum", 2)]
    )  # fmt: skip


def test_the_sum_counts_again_after_a_divisions_own_target_ended(nested: duckdb.DuckDBPyConnection) -> None:
    """North's own was for February: it is what February asks, and hides nothing that its teams are asked of March."""
    nested.execute(
        "update crm.targets set starts_on = '2026-02-01', ends_on = '2026-02-28' where scope_value = 'North'"
    )
    nested.execute(
        "insert into crm.targets values ('won_amount','team','North A','2026-02-01','2026-02-28',7,1,null,null)"
    )
    for place, team in enumerate(("North A", "North B")):
        nested.execute("insert into crm.reps (rep_key, rep, team, is_implied) values (?, ?, ?, false)",
                       [place, team, team])  # fmt: skip
    teams = ("North", "North A", "North B")
    boss, lead = view(**MARCH).with_filter("team", teams), Viewer(scope="teams", teams=teams)
    for asked, viewer in ((boss, None), (view(**MARCH), lead)):
        given = () if viewer is None else (viewer,)
        result = answered(nested, total("attainment", asked), *given)
        assert (row(result)["attainment.target"], "target_sum" in codes(result)) == (400, True)
        before = row(answered(nested, total("attainment", asked.with_period("last_month")), *given))
        assert before["attainment.target"] == 1000
        both = asked.with_period(from_on=date(2026, 2, 1), to_on=date(2026, 3, 31))
        months = answered(nested, trend("attainment", "month", both), *given).frame
        assert months["attainment.target"].to_list() == [1000, 400]
        assert row(answered(nested, total("attainment", both), *given))["attainment.target"] == 1400


def test_of_several_teams_each_must_have_a_target(nested: duckdb.DuckDBPyConnection) -> None:
    """What South won is not held against North B's target alone."""
    nested.execute("delete from crm.targets where scope_value = 'South'")
    result = answered(nested, total("attainment", view(**MARCH).with_filter("team", ("North B", "South"))))
    assert row(result)["attainment"] is None
    assert codes(result) == ["no_target_of_all"]


def test_a_target_decided_after_the_day_looked_at_is_said(nested: duckdb.DuckDBPyConnection) -> None:
    today = view(**MARCH).with_filter("team", "South")
    assert codes(answered(nested, total("attainment", today))) == []
    for day, said in ((date(2026, 3, 11), ["target_later"]), (date(2026, 3, 12), [])):
        assert codes(answered(nested, total("attainment", today.seen_on(day)))) == ["as_known_now", *said]
        span, then = Span(date(2026, 3, 1), date(2026, 3, 31)), view().seen_on(day)
        days = Workdays.of(answered(nested, calendar(view(**MARCH))).frame)
        assert codes(answered(nested, standing("won_amount", span, then, days))) == ["as_known_now", *said]
