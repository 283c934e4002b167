"""What a viewer may see, table by table, on the hand-made company: the SQL that stands before every question."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from data.shares import write_shares
from metrics.attainment import told_to
from metrics.base import base_tables
from metrics.catalog import catalog
from metrics.cuts import breakdown, total, values_of
from metrics.own_part import usual
from metrics.query import from_file
from metrics.reps import leaderboard
from metrics.target import Span
from metrics.target_standing import standing
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from metrics.workdays import Workdays, calendar
from tests.metrics.conftest import Ask, answered, view

NORTH = Viewer(scope="teams", teams=("North",), above=("Sales",), rep_keys=(1, 2))
CEM = Viewer(scope="rep", above=("South", "Sales"), rep_keys=(3,))
NOBODY = Viewer(scope="rep")


def seen(
    company: duckdb.DuckDBPyConnection, name: str, column: str, viewer: Viewer, filters: tuple[object, ...] = ()
) -> list[object]:
    """The values of a column of a base table, as the viewer sees it."""
    steps, params = base_tables((name,), filters, viewer)  # type: ignore[arg-type]
    named = ", ".join(f"{step.name} as ({step.sql})" for step in steps)
    return [
        row[0] for row in company.execute(f"with {named} select {column} from {name} order by 1", params).fetchall()
    ]


@pytest.mark.parametrize(
    ("name", "column", "north", "cem"),
    [
        ("deals", "deal_id", ["d01", "d02", "d03", "d04", "d05", "d10"], ["d06", "d07", "d08"]),
        ("deals_seen", "deal_id", ["d01", "d04", "d04", "d10", "d10"], ["d08", "d08"]),
        ("deal_versions", "deal_id", ["d01", "d04", "d04", "d10", "d10"], ["d08", "d08"]),
        ("activities", "activity_id", ["a1", "a2"], ["a3"]),
        ("order_lines", "order_id", ["o1", "o1"], ["o2", "o2"]),
        ("invoices", "invoice_id", ["i1"], ["i2"]),
        ("payments", "payment_id", ["p2"], ["p1", "p3"]),
        ("invoice_payments", "payment_id", ["p1", "p2"], ["p3"]),
        ("reps", "rep", ["Ann", "Bob"], ["Cem"]),
        ("customers", "customer", ["Acme", "Bolt"], ["Acme", "Bolt"]),  # Bolt through d03, Acme through p1
        ("targets", "value", [220, 440, 2610, 0.5], [2610, 261, 0.5]),  # the totals above them too
        ("teams", "team", ["North", "Sales"], ["Sales", "South"]),
        ("products", "product", ["Oil", "Saw"], ["Oil", "Saw"]),
    ],
)
def test_table_by_table(
    company: duckdb.DuckDBPyConnection, name: str, column: str, north: list[object], cem: list[object]
) -> None:
    assert seen(company, name, column, NORTH) == sorted(north)  # type: ignore[type-var]
    assert seen(company, name, column, CEM) == sorted(cem)  # type: ignore[type-var]
    assert len(seen(company, name, column, EVERYTHING)) >= len(north)


@pytest.mark.parametrize("name", [name for name, table in catalog().tables.items() if table.scope != "open"])
def test_nobody_sees_nothing_but_what_is_open(company: duckdb.DuckDBPyConnection, name: str) -> None:
    if name == "targets":
        assert seen(company, name, "scope", NOBODY) == ["company", "company"]
    else:
        assert seen(company, name, "1", NOBODY) == []


def test_rows_without_an_owner_are_for_those_who_see_everything(ask: Ask) -> None:
    owners = [ask(total("created_deals", view()), viewer).frame.item() for viewer in (EVERYTHING, NORTH, CEM)]
    assert owners == [10, 6, 3]  # d09 has no owner


def test_a_deal_that_changed_hands_shows_where_it_was_and_not_whose(company: duckdb.DuckDBPyConnection) -> None:
    """d10 was Bob's until 8 March. Ann sees that it came from elsewhere, not from whom."""
    ann = Viewer(scope="rep", rep_keys=(1,))
    steps, params = base_tables(("deal_versions",), (), ann)
    sql = f"with deal_versions as ({steps[0].sql}) select rep_key, team, is_in_view from deal_versions"
    assert company.execute(f"{sql} where deal_id = 'd10' order by seen_from", params).fetchall() == [
        (None, None, False),
        (1, "North", True),
    ]


def test_a_filter_is_no_scope(company: duckdb.DuckDBPyConnection) -> None:
    """With a filter, states out of view stay named: they are only not in view."""
    steps, params = base_tables(("deal_versions",), (("stage", ("offer",)),), EVERYTHING)
    sql = f"with deal_versions as ({steps[0].sql}) select rep_key, is_in_view from deal_versions order by seen_from"
    assert company.execute(sql, params).fetchall() == [(2, False), (1, True)]


def test_names_of_others_are_not_offered(ask: Ask) -> None:
    assert set(ask(values_of("rep"), NORTH).frame["value"]) == {"Ann", "Bob"}
    assert set(ask(values_of("team"), CEM).frame["value"]) == {"South"}


def test_asking_for_somebody_else_gives_nothing(ask: Ask) -> None:
    query = total("won_amount", view().with_filter("rep", "Cem"))
    assert ask(query, NORTH).frame.item() == 0
    assert ask(query.rows(), NORTH).frame.is_empty()


MOVED = """
insert into crm.rep_teams values
    (1, 'North', '0001-01-01', '9999-12-31'), (3, 'South', '0001-01-01', '9999-12-31'),
    (2, 'South', '0001-01-01', '2026-03-01'), (2, 'North', '2026-03-01', '9999-12-31');
update crm.deals set team = 'South' where deal_id = 'd05';
insert into crm.deal_owners values ('d02', 3, 0.2, null);
insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version) values
    ('won_amount', 'rep', 'Ann', '2026-01-01', '2026-03-31', 1000, 1),
    ('won_amount', 'rep', 'Bob', '2026-01-01', '2026-03-31', 500, 1),
    ('won_amount', 'rep', 'Bob', '2026-03-01', '2026-03-31', 80, 1);
"""
"""Bob came from South on 1 March, where he had lost d05; Cem of South has a fifth of d02, which is Ann's."""
SOUTH = Viewer(scope="teams", teams=("South",), above=("Sales",), rep_keys=(3,), named=(2, 3))


@pytest.fixture
def moved(company: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    company.execute(MOVED)
    write_shares(company)
    return company


def test_work_of_a_time_in_another_team_stays_there(moved: duckdb.DuckDBPyConnection) -> None:
    """What Bob did in South is South's, before and after he left; what he does in North is not."""
    assert seen(moved, "deals", "deal_id", NORTH) == ["d01", "d02", "d03", "d04", "d10"]
    assert seen(moved, "deals", "deal_id", SOUTH) == ["d05", "d06", "d07", "d08"]
    assert seen(moved, "scoped_deals", "deal_id", SOUTH) == ["d05", "d06", "d07", "d08"]


def test_who_was_in_a_team_is_named_there_and_no_more(moved: duckdb.DuckDBPyConnection) -> None:
    steps, params = base_tables(("reps",), (), SOUTH)
    rows = moved.execute(f"with reps as ({steps[0].sql}) select rep, team, manager from reps order by 1", params)
    assert rows.fetchall() == [("Bob", None, None), ("Cem", "South", "Mia")]
    assert seen(moved, "scoped_reps", "rep", SOUTH) == ["Cem"]
    lost = answered(moved, breakdown("lost_deals", "rep", view()), SOUTH).frame
    assert dict(lost.select("rep", "lost_deals").iter_rows()) == {"Bob": 1, "Cem": 1}


def test_of_time_in_another_team_there_is_no_name(moved: duckdb.DuckDBPyConnection) -> None:
    steps, params = base_tables(("rep_teams",), (), NORTH)
    sql = f"with rep_teams as ({steps[0].sql}) select rep_key, team, from_on from rep_teams order by 1, 3"
    assert moved.execute(sql, params).fetchall() == [
        (1, "North", date(1, 1, 1)), (2, None, date(1, 1, 1)), (2, "North", date(2026, 3, 1))
    ]  # fmt: skip


@pytest.mark.parametrize(("lead", "team", "won"), [(NORTH, "North", 340.44), (SOUTH, "South", 550.11)])
def test_a_lead_gets_the_number_that_everybody_gets_for_the_team(
    moved: duckdb.DuckDBPyConnection, lead: Viewer, team: str, won: float
) -> None:
    """d01 100, d04 40 and four fifths of d02's 250.55 are North's; d06's 500 and the fifth are South's."""
    names = ("won_amount", "won_deals", "lost_deals", "win_rate", "open_amount", "average_won_amount", "revenue")
    chosen = view().with_filter("team", team)
    whole, own, plain = (
        answered(moved, total(names, asked), who).frame
        for asked, who in ((chosen, EVERYTHING), (chosen, lead), (view(), lead))
    )
    assert whole["won_amount"].item() == pytest.approx(won)
    assert own.equals(whole)
    assert plain.equals(whole)
    by_rep = answered(moved, breakdown("won_amount", "rep", view()), lead).frame
    assert by_rep["won_amount"].sum() == pytest.approx(won)


def test_a_persons_own_number_is_what_everybody_gets_for_them(moved: duckdb.DuckDBPyConnection) -> None:
    mine = answered(moved, total(("won_amount", "won_deals"), view()), CEM).frame
    everybody = answered(moved, total(("won_amount", "won_deals"), view().with_filter("rep", "Cem"))).frame
    assert mine.equals(everybody)
    assert mine.row(0) == (pytest.approx(550.11), 1)
    rows = answered(moved, total("won_amount", view()).rows(), CEM).frame
    assert dict(rows.select("deal_id", "rep").iter_rows()) == {"d06": "Cem", "d02": "Cem"}


def test_who_came_within_the_period_is_held_against_no_target(moved: duckdb.DuckDBPyConnection) -> None:
    """Bob's 40 since 1 March are all that North's lead sees of his quarter, and all of his March."""
    quarter, march = (view(from_on=first, to_on=date(2026, 3, 31)) for first in (date(2026, 1, 1), date(2026, 3, 1)))
    asked = breakdown("attainment", "rep", quarter)
    of = {
        who: dict(answered(moved, asked, who).frame.select("rep", "attainment").iter_rows())
        for who in (NORTH, EVERYTHING)
    }
    assert "reps_moved" in [remark.code for remark in answered(moved, asked, NORTH).notes]
    assert "reps_moved" not in [remark.code for remark in answered(moved, asked).notes]
    together = total("attainment", quarter.with_filter("rep", ("Ann", "Bob")))
    assert answered(moved, together, NORTH).frame["attainment"].item() is None, "all of Bob's goal, a part of his work"
    assert of[EVERYTHING]["Bob"] == 40 / 500
    assert of[NORTH]["Bob"] is None
    assert of[NORTH]["Ann"] == of[EVERYTHING]["Ann"] == pytest.approx(300.44 / 1000)
    told = answered(moved, breakdown("attainment", "rep", march), NORTH).frame
    assert dict(told.select("rep", "attainment").iter_rows())["Bob"] == 0.5
    board = answered(moved, leaderboard(("won_amount", "attainment"), quarter), NORTH)
    assert "reps_moved" in [remark.code for remark in board.notes]
    assert "reps_moved" not in [
        remark.code for remark in answered(moved, leaderboard(("attainment",), march), NORTH).notes
    ]


def test_a_lead_who_chose_nothing_is_held_against_the_target_of_the_team(moved: duckdb.DuckDBPyConnection) -> None:
    """North and its part Hill, and South: the upper one's target holds, of two that stand side by side the sum."""
    moved.execute("insert into crm.teams values ('Hill', 'North')")
    moved.execute(
        "insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version) values"
        " ('won_amount', 'team', 'Hill', '2026-03-01', '2026-03-31', 100, 1)"
    )
    march, year = (view(from_on=date(2026, first, 1), to_on=date(2026, last, 31)) for first, last in ((3, 3), (1, 12)))
    lead = NORTH.model_copy(update={"teams": ("Hill", "North")})
    both = NORTH.model_copy(update={"teams": ("Hill", "North", "South"), "rep_keys": (1, 2, 3)})
    sales = both.model_copy(update={"teams": ("Hill", "North", "Sales", "South"), "above": ()})

    def reached(span: View, who: Viewer, measure: str = "attainment", *chosen: str) -> dict[str, object]:
        asked = span.with_filter("team", chosen) if chosen else span
        return answered(moved, total(measure, asked), who).frame.row(0, named=True)

    assert reached(march, lead) == reached(march, EVERYTHING, "attainment", "Hill", "North")
    assert reached(march, lead)["attainment.target"] == 440
    assert reached(march, both)["attainment.target"] == 462
    assert reached(march, both) == reached(march, EVERYTHING, "attainment", "Hill", "North", "South")
    assert reached(march, sales)["attainment.target"] == 462, "Sales has none of its own, and both below it have one"
    assert reached(march, sales) == reached(march, EVERYTHING, "attainment", "Hill", "North", "Sales", "South")
    assert reached(year, both)["attainment.target"] == 462, "only where both have one"
    assert reached(march, EVERYTHING)["attainment.target"] == 220
    quarter = view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31))
    assert reached(quarter, EVERYTHING, "attainment:win_rate")["attainment:win_rate.target"] == 0.5
    assert reached(quarter, lead, "attainment:win_rate")["attainment:win_rate.target"] is None
    ann = Viewer(scope="rep", above=("North", "Sales"), rep_keys=(1,))
    whole = answered(moved, total("attainment", quarter.with_filter("rep", "Ann"))).frame
    assert answered(moved, total("attainment", quarter), ann).frame.equals(whole)


def test_several_teams_without_a_target_are_told_to_choose_one(moved: duckdb.DuckDBPyConnection) -> None:
    both = Viewer(scope="teams", teams=("North", "South"), rep_keys=(1, 2, 3))
    query = total("attainment:revenue", view(from_on=date(2026, 3, 1), to_on=date(2026, 3, 31)))
    notes = answered(moved, query, both).notes
    assert "no_target" in [one.code for one in notes]
    assert "no_target_together" in [one.code for one in told_to(both, query, notes)]
    assert told_to(EVERYTHING, query, notes) == told_to(NORTH, query, notes) == notes


def test_a_target_of_who_came_within_its_days_has_no_number(moved: duckdb.DuckDBPyConnection) -> None:
    span = Span(date(2026, 1, 1), date(2026, 3, 31))
    here = view(from_on=span.starts_on, to_on=span.ends_on)
    days = Workdays.of(answered(moved, calendar(here)).frame)
    asked = standing("won_amount", span, here, days)
    result = answered(moved, asked, NORTH)
    reached = dict(result.frame.filter(pl.col("scope") == "rep").select("name", "actual").iter_rows())
    assert reached == {"Ann": pytest.approx(300.44), "Bob": None}
    assert "reps_moved" in [remark.code for remark in result.notes]
    assert "reps_moved" not in [remark.code for remark in answered(moved, asked).notes]


def test_what_is_usual_is_the_same_for_everybody_and_its_rows_are_not(moved: duckdb.DuckDBPyConnection) -> None:
    known = usual(from_file("landing_known", view(), day=date(2026, 3, 15), year_before=date(2025, 3, 15)))
    assert answered(moved, known, CEM).frame.equals(answered(moved, known).frame)
    rows = answered(moved, known.rows(), CEM).frame
    assert set(rows["deal_id"]) == {"d06", "d07"}


def test_who_shares_a_scope_shares_a_statement() -> None:
    query = total("won_amount", view())
    twin = NORTH.model_copy(update={"email": "other@example.com"})
    assert query.bound(twin) == query.bound(NORTH)
    assert twin.row_scope() == NORTH.row_scope()
    assert EVERYTHING.row_scope() == ("all",)
