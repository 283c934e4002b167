"""A company small enough to be worked out by hand, straight into the canonical tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import cast

import duckdb
import polars as pl
import pytest

from data.statements import Cursor
from data.visits import write_visits
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer

ROOT = Path(__file__).parents[2]
Ask = Callable[..., Result]


def view(**changes: object) -> View:
    """The hand-made company's view: its day is 15 March 2026, a Sunday."""
    return View.model_validate({"as_of": date(2026, 3, 15), **changes})


def made(*files: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Canonical tables with the rows of some files, and a calendar of 2024–2027 with five-day weeks."""
    with duckdb.connect(config={"threads": 1}) as connection:  # more would only wait for each other
        connection.execute((ROOT / "data" / "schema.sql").read_text("utf-8"))
        connection.execute(CALENDAR)
        for file in files:
            connection.execute(file.read_text("utf-8"))
        yield connection


@pytest.fixture(scope="session")
def bare() -> Iterator[duckdb.DuckDBPyConnection]:
    """Made once; a test asks for `empty`."""
    yield from made()


@pytest.fixture(scope="session")
def filled() -> Iterator[duckdb.DuckDBPyConnection]:
    """Made once; a test asks for `company`."""
    yield from made(Path(__file__).parent / "hand.sql")


@pytest.fixture
def empty(bare: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Canonical tables without rows; what a test writes is taken back after it."""
    bare.begin()
    yield bare
    bare.rollback()


@pytest.fixture
def people(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Ann and Bob; Bob came on Wednesday 11 March."""
    empty.execute(
        "insert into crm.reps (rep_key, rep, hired_on, is_implied)"
        " values (1, 'Ann', null, false), (2, 'Bob', date '2026-03-11', false)"
    )
    return empty


@pytest.fixture
def company(filled: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The ten deals of `hand.sql` and what belongs to them; what a test writes is taken back after it."""
    filled.begin()
    yield filled
    filled.rollback()


def answered(connection: duckdb.DuckDBPyConnection, query: Query, viewer: Viewer = EVERYTHING) -> Result:
    """What every engine does: run each part's statement, and let the query finish.

    Tests put rows into the tables themselves; what the fold makes of deals, visits and activities is made here.
    """
    cursor = Cursor(connection)  # as a store has it: eight of ten questions were read before, over other rows
    if any({"stage_visits", "scoped_visits", "places"} & set(part.tables) for part in query.parts):
        write_visits(cast("duckdb.DuckDBPyConnection", cursor))
    if cursor.execute("select exists(from crm.activities)").fetchone() == (True,):
        for statement in _ACTIVE:
            cursor.execute(statement)
    if any({"deal_activities", "first_touches", "known_activities"} & set(part.tables) for part in query.parts):
        for statement in _TOUCHED:
            cursor.execute(statement)
    frames = []
    for part in query.parts:
        sql, params = part.bound(viewer)
        # Executed, as a store does with what has no order: a relation would be bound a second time when it is read.
        frames.append(pl.DataFrame(cursor.execute(sql, params or None).to_arrow_table()))
    return query.finished(frames, 1)


@pytest.fixture
def ask(company: duckdb.DuckDBPyConnection) -> Ask:
    """Ask the hand-made company."""
    return lambda query, viewer=EVERYTHING: answered(company, query, viewer)


_ACTIVE = (
    "delete from crm.activity_days",
    """
    insert into crm.activity_days
    select distinct kind, done_on, deal_id is not null from crm.activities where done_on is not null
    """,
    "update crm.leads set first_done_at = (select min(done_at) from crm.activities where lead_id = leads.lead_id)",
    """
    update crm.deals set
        last_activity_on = greatest(
            last_activity_on, (select max(done_on) from crm.activities where deal_id = deals.deal_id)
        )
    """,
)
_TOUCHED = (
    """
    update crm.deals set
        touches = (select count(*) from crm.activities where deal_id = deals.deal_id and done_on <= closed_on),
        first_done_on = (
            select min(done_on) from crm.activities where deal_id = deals.deal_id and done_on >= created_on
        )
    """,
    "delete from crm.deal_touches",
    """
    insert into crm.deal_touches
    select deals.deal_id, kind, min(done_on), status, created_on, closed_on, gone_on
    from crm.deals join crm.activities on activities.deal_id = deals.deal_id and done_on >= created_on
    group by deals.deal_id, kind, status, created_on, closed_on, gone_on
    """,
)

CALENDAR = """
insert into crm.calendar
select day, date_trunc('week', day), date_trunc('month', day), date_trunc('quarter', day), date_trunc('year', day),
    date_trunc('quarter', day), date_trunc('year', day + interval 9 month) - interval 9 month,  -- a year from April on
    isodow(day) < 6, null, null
from (select cast(unnest(generate_series(date '2024-01-01', date '2027-12-31', interval 1 day)) as date) as day)
"""
