"""An older store is brought to today's schema, in order, all steps or none."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from data import migrations, opening, truth
from data.fold import fold
from data.review.held import reviews
from data.steps import Step
from data.store import Store, open_store
from metrics.viewer import EVERYTHING


def _steps(monkeypatch: pytest.MonkeyPatch, *statements: str) -> None:
    steps = migrations.STEPS + tuple(Step("test", (statement,)) for statement in statements)
    for module in (migrations, opening):
        monkeypatch.setattr(module, "SCHEMA", len(steps) + 1)
    monkeypatch.setattr(migrations, "STEPS", steps)


def test_a_store_of_an_older_schema_runs_the_steps_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "company.duckdb"
    open_store(path).close()
    _steps(monkeypatch, "create table ops.first_step (a integer)", "insert into ops.first_step values (7)")
    store = open_store(path)
    with store.snapshot() as seen:
        assert seen.frame("select a, (select schema from ops.version) from ops.first_step").rows() == [
            (7, migrations.SCHEMA)
        ]
    store.close()
    open_store(path).close()  # nothing is left to do


def test_a_step_that_fails_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "company.duckdb"
    open_store(path).close()
    _steps(monkeypatch, "create table ops.first_step (a integer)", "nonsense")
    with pytest.raises(duckdb.Error):
        open_store(path)
    monkeypatch.undo()
    store = open_store(path)
    with store.snapshot() as seen:
        assert seen.frame("select schema from ops.version").rows() == [(migrations.SCHEMA,)]
    store.close()


def test_a_store_that_kept_todays_states_twice_keeps_its_versions(tmp_path: Path) -> None:
    """Schema 1 had `crm.deal_versions` as a table: the view shows the same rows, before the next fold and after it."""
    path = tmp_path / "company.duckdb"
    store = open_store(path)
    for day, amount in ((5, 100), (12, 100), (19, 300)):
        truth.load(store, [_deals(date(2026, 1, day), amount)])
    expected = _versions(store)
    assert len(expected) == 5  # of one deal two and the days before, of the other one and the days before
    store.close()
    with duckdb.connect(path) as database:  # as schema 1 had it
        columns = ("seen_from", "seen_to", "seen_team", "seen_activity_on", "rebuilt_to")
        database.execute("create table kept as from crm.deal_versions")
        database.execute("drop view crm.deal_versions")
        database.execute("create table crm.deal_versions as from kept")
        for made in ("drop table fold.deal_versions", "drop table kept", "update ops.version set schema = 1"):
            database.execute(made)
        for column in columns:
            database.execute(f"alter table crm.deals drop column {column}")

    store = open_store(path)
    assert _versions(store) == expected
    truth.load(store, [_deals(date(2026, 1, 26), 400)])
    assert len(_versions(store)) == 6
    with store.writing() as cursor:
        fold(cursor, {"deals"})
    assert len(_versions(store)) == 6
    store.close()


def _deals(day: date, amount: int) -> truth.Load:
    """Two deals: the amount of one changes."""
    rows = pl.DataFrame(
        {"key": ["a", "b"], "deal_id": ["a", "b"], "amount": [amount, 7], "created_on": [date(2025, 12, 1)] * 2}
    )
    return truth.Load(table="deals", profile="p", file="deals.csv", rows=rows, as_of=day, is_full=True)


def _versions(store: Store) -> list[tuple[Any, ...]]:
    with store.snapshot() as seen:
        return sorted(seen.frame("from crm.deal_versions").rows(), key=repr)


def test_a_store_from_before_effects_and_shares_takes_the_next_file(tmp_path: Path) -> None:
    path = tmp_path / "company.duckdb"
    open_store(path).close()
    with duckdb.connect(path) as database:  # as schema 2 had it at first
        for table in ("ops.effects", "ops.findings", "crm.product_shares", "crm.owner_shares"):
            database.execute(f"drop table {table}")
        for kind in ("rep", "customer", "product"):
            database.execute(f"alter table fold.{kind}_refs drop column is_merged")
        database.execute("update ops.version set schema = 2")
    store = open_store(path)
    rows = pl.DataFrame({"key": ["1"], "amount": [5], "status": ["open"], "rep": ["Ann"]})
    truth.load(store, [truth.Load(table="deals", profile="p", file="f", rows=rows, as_of=date(2026, 1, 5))])
    with store.snapshot() as seen:
        assert seen.frame("select count(*) as n from ops.effects")["n"][0] > 0
    store.close()


def test_visits_of_an_older_store_are_put_in_order(tmp_path: Path) -> None:
    path = tmp_path / "company.duckdb"
    store = open_store(path)
    seen = [("a", "Talk", date(2026, 1, 1)), ("a", "Offer", date(2026, 1, 5)), ("b", "Talk", date(2026, 1, 2))]
    visits = pl.DataFrame([dict(zip(("deal_id", "stage", "entered_on"), one, strict=True)) for one in seen])
    visits = visits.with_columns(key=pl.concat_str("deal_id", "stage"))
    history = truth.Load(table="deal_stages", profile="p", file="h", rows=visits, as_of=date(2026, 1, 20))
    truth.load(store, [_deals(date(2026, 1, 19), 400), history])
    written = "from {table} order by all"
    with store.snapshot() as now:
        expected = [now.frame(written.format(table=f"crm.{name}")).rows() for name in ("places", "stage_visits")]
    assert [len(rows) for rows in expected] == [2, 3]
    store.close()
    with duckdb.connect(path) as database:  # as schema 4 had it
        for table in ("places", "stage_visits"):
            database.execute(f"drop table crm.{table}")
        database.execute("update ops.version set schema = 4")
    store = open_store(path)
    with store.snapshot() as now:
        assert [
            now.frame(written.format(table=f"crm.{name}")).rows() for name in ("places", "stage_visits")
        ] == expected
    store.close()


def test_targets_of_an_older_store_are_the_same_rows_still(tmp_path: Path) -> None:
    """Schema 7 did not know when a target was decided: the file that brought them changes nothing when it comes."""
    path = tmp_path / "company.duckdb"
    store = open_store(path)
    goal = {"key": "q1", "measure": "won_amount", "scope": "company", "value": 10.0, "version": 1}
    rows = pl.DataFrame([goal | {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 3, 31)}])
    goals = truth.Load(table="targets", profile="p", file="goals.csv", rows=rows, as_of=date(2026, 1, 5))
    truth.load(store, [goals])
    with store.snapshot() as seen:
        expected = seen.frame("from crm.targets").rows()
    store.close()
    with duckdb.connect(path) as database:  # as schema 7 had it
        database.execute("alter table crm.targets drop column set_on")
        database.execute("alter table ops.targets_rows drop column set_on")
        said = "measure, scope, scope_value, starts_on, ends_on, value, version, reason"
        database.execute(f"update ops.targets_rows set hash = hash({said}, is_deleted, merged_into, extra)")
        for table in ("pay_statements", "trainings"):
            database.execute(f"drop table ops.{table}")
        database.execute("update ops.version set schema = 7")
    store = open_store(path)
    again = truth.load(store, [truth.Load(**dict(goals) | {"as_of": date(2026, 1, 12)})])
    assert [(one.new, one.changed, one.same) for one in again] == [(0, 0, 1)]
    with store.snapshot() as seen:
        assert seen.frame("from crm.targets").rows() == expected
        assert seen.frame("select count(*) from ops.trainings").item() == 0
    store.close()


def test_an_older_store_takes_notes_that_leave_its_answers_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "company.duckdb"
    store = open_store(path)
    truth.load(store, [_deals(date(2026, 1, 5), 100)])
    store.close()
    with duckdb.connect(path) as database:  # as schema 8 had it
        database.execute("alter table ops.version drop column facts")
        for table in ("reviews", "actions", "action_checks", "forecast_calls", "alerts", "alert_events"):
            database.execute(f"drop table ops.{table}")
        for table in ("reviews", "actions", "alerts"):
            database.execute(f"create table ops.{table} (id bigint)")
        database.execute("update ops.version set schema = 8")
    store = open_store(path)
    with store.snapshot() as seen:
        version, facts = seen.version, seen.facts
        assert seen.frame("select count(*) from ops.alert_events").item() == 0
    with store.noting() as cursor:
        cursor.execute("insert into ops.notes (id, subject) values (1, 'a')")
    with store.snapshot() as seen:
        assert (seen.version, seen.facts) == (version + 1, facts)
    with store.writing():
        pass
    with store.snapshot() as seen:
        assert seen.facts == seen.version == version + 2
    store.close()


def test_reviews_held_before_agendas_were_kept_are_there_still(tmp_path: Path) -> None:
    path = tmp_path / "company.duckdb"
    open_store(path).close()
    held = (
        "insert into ops.reviews by name select 1 as id, date '2026-01-05' as held_on, date '2026-01-04' as as_of,"
        " '' as address, 'held' as state, '{}' as said, now()::timestamp as begun_at"
    )
    with duckdb.connect(path) as database:  # as schema 9 had it
        for column in ("agenda", "last_upload"):
            database.execute(f"alter table ops.reviews drop column {column}")
        database.execute(held)
        database.execute("update ops.version set schema = 9")
    store = open_store(path)
    with store.snapshot() as seen:
        assert seen.frame("select id, state, agenda, last_upload from ops.reviews").rows() == [(1, "held", None, None)]
        assert [one.id for one in reviews(seen, EVERYTHING)] == [1]
    store.close()


def test_what_activities_tell_is_kept_in_an_older_store_too(tmp_path: Path) -> None:
    path = tmp_path / "company.duckdb"
    store = open_store(path)
    done = [
        (str(day), "a" if day > 3 else None, "d" if day % 2 else None, datetime(2026, 1, day, 9)) for day in range(1, 9)
    ]
    calls = pl.DataFrame(done, ["key", "lead_id", "deal_id", "done_at"], orient="row").with_columns(kind=pl.lit("call"))
    leads = pl.DataFrame({"key": ["a", "b"], "source": ["web", "web"]})
    given = {"profile": "p", "file": "f", "as_of": date(2026, 1, 20)}
    truth.load(
        store, [truth.Load(table="activities", rows=calls, **given), truth.Load(table="leads", rows=leads, **given)]
    )
    told = ("select lead_id, first_done_at from crm.leads order by all", "from crm.activity_days order by all")
    with store.snapshot() as seen:
        expected = [seen.frame(one).rows() for one in told]
    assert expected[0] == [("a", datetime(2026, 1, 4, 9)), ("b", None)]
    assert len(expected[1]) == 8
    store.close()
    with duckdb.connect(path) as database:  # as schema 9 had it
        database.execute("alter table crm.leads drop column first_done_at")
        database.execute("drop table crm.activity_days")
        database.execute("update ops.version set schema = 9")
    store = open_store(path)
    with store.snapshot() as seen:
        assert [seen.frame(one).rows() for one in told] == expected
    store.close()


def test_what_visits_and_activities_tell_of_deals_is_kept_in_an_older_store_too(tmp_path: Path) -> None:
    path = tmp_path / "company.duckdb"
    store = open_store(path)
    given = {"profile": "p", "file": "f", "as_of": date(2026, 1, 20)}
    deals = pl.DataFrame(
        [(key, status, date(2026, 1, 2), None if status == "open" else date(2026, 1, 9))
         for key, status in (("a", "lost"), ("b", "won"), ("c", "open"), ("d", "lost"))],
        ["key", "status", "created_on", "closed_on"], orient="row",
    )  # fmt: skip
    done = [(f"{deal}{day}", deal, datetime(2026, 1, day, 9)) for deal in "abc" for day in range(1, 12, 2)]
    calls = pl.DataFrame(done, ["key", "deal_id", "done_at"], orient="row").with_columns(
        kind=pl.when(pl.col("done_at").dt.day() < 6).then(pl.lit("call"))
    )
    seen = [
        (f"{stage}{deal}", deal, stage, date(2026, 1, day))
        for deal in "ac"
        for day, stage in ((2, "Talk"), (4, "Offer"))
    ]
    visits = pl.DataFrame(seen, ["key", "deal_id", "stage", "entered_on"], orient="row")
    loads = {"deals": deals, "activities": calls, "deal_stages": visits}
    truth.load(store, [truth.Load(table=table, rows=frame, **given) for table, frame in loads.items()])
    kept = "select deal_id, touches, first_done_on, reached_place, reached_on from crm.deals order by 1"
    told = (kept, "from crm.deal_touches order by all")
    with store.snapshot() as now:
        expected = [now.frame(one).rows() for one in told]
    assert expected[0][0] == ("a", 5, date(2026, 1, 3), 2, date(2026, 1, 4))
    assert len(expected[1]) == 6
    store.close()
    with duckdb.connect(path) as database:  # as schema 10 had it
        for field in ("reached_place", "reached_on", "touches", "first_done_on"):
            database.execute(f"alter table crm.deals drop column {field}")
        database.execute("drop table crm.deal_touches")
        database.execute("update ops.version set schema = 10")
    store = open_store(path)
    with store.snapshot() as now:
        assert [now.frame(one).rows() for one in told] == expected
    store.close()
