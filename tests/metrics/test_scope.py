"""What a viewer may see, table by table, on the hand-made company: the SQL that stands before every question."""

from __future__ import annotations

import duckdb
import pytest

from metrics.base import base_tables
from metrics.catalog import catalog
from metrics.cuts import total, values_of
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import Ask, view

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


def test_who_shares_a_scope_shares_a_statement() -> None:
    query = total("won_amount", view())
    twin = NORTH.model_copy(update={"email": "other@example.com"})
    assert query.bound(twin) == query.bound(NORTH)
    assert twin.row_scope() == NORTH.row_scope()
    assert EVERYTHING.row_scope() == ("all",)
