"""What is rolled up is what its tables say after every kind of change, in tables as they are declared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data import rollups, truth
from data.dimensions import promote
from data.effects import unsaved
from data.migrations import statement
from data.rollups import make_tables, roll_up
from data.store import Store, open_store
from metrics.catalog import catalog
from metrics.cuts import breakdown, total
from metrics.query import Query
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.data.written import sent
from tests.small import copied, empty_at, small_demo


@pytest.fixture
def everything_is_rolled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "LEAST", 0)


@pytest.fixture
def company(tmp_path: Path, everything_is_rolled_up: None) -> Iterator[Store]:
    """The small demo company, rolled up however few rows it has."""
    store = open_store(copied(small_demo(), tmp_path / "company.duckdb"))
    with store.writing() as cursor:
        roll_up(cursor)
    yield store
    store.close()


def held(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all roll-ups, and which are kept."""
    with store.snapshot() as seen:
        found = {name: seen.frame(f"from fold.rolled_{name} order by all").rows() for name in catalog().rollups}
        return found | {"kept": sorted(seen.frame("from fold.rollups").rows())}


def made_anew(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """The same, once it was all written again."""
    with store.writing() as cursor:
        roll_up(cursor)
    return held(store)


@pytest.mark.parametrize("name", list(catalog().rollups))
def test_the_table_of_a_rollup_has_its_columns(name: str) -> None:
    declared = statement(f"fold.rolled_{name}")
    for column in catalog().rollups[name].columns:
        assert f" {column} " in declared.replace("\n", " ")


def test_one_row_is_what_the_answer_says_also_from_a_rollup(company: Store) -> None:
    asked = total(("won_amount", "win_rate"), View(as_of=date(2026, 6, 30)))
    with company.snapshot() as seen:
        assert seen.row(asked, EVERYTHING) == seen.ask(asked, EVERYTHING).raw.row(0, named=True)


def test_undo_redo_and_uploads_of_what_rows_point_to_are_followed(company: Store) -> None:
    with company.snapshot() as seen:
        loads = seen.frame("select max(id) as id, table_name from ops.uploads group by table_name").rows()
        deal, customer, rep = (
            str(seen.frame(f"select min({name}) from {table}").item())
            for name, table in (("deal_id", "crm.owner_shares"), ("customer", "crm.customers"), ("rep", "crm.reps"))
        )
    before = held(company)
    changes = 0
    for number, table in loads:
        if table not in ("customers", "deals", "deal_owners", "deal_lines", "payments"):
            continue
        truth.undo(company, number)
        now = held(company)
        assert now == made_anew(company), table
        changes += now != before
        truth.redo(company, number)
        assert held(company) == before, table
    assert changes == 5
    for said in (
        sent("customers", {"customer": customer, "industry": "Shipbuilding"}, as_of=None),
        sent("deals", {"deal_id": deal, "rep": rep, "status": "won", "amount": 12}, as_of=None),
        sent("deal_owners", {"deal_id": deal, "rep": rep, "share": 1.0}, as_of=None),
        sent("reps", {"rep": rep, "team": "Elsewhere"}, as_of=None),
    ):
        truth.load(company, [said])
        assert held(company) == made_anew(company), said.table


def test_few_rows_are_read_as_they_are(tmp_path: Path) -> None:
    store = open_store(empty_at(tmp_path / "company.duckdb"))
    truth.load(store, [sent("activities", {"kind": "call"}, as_of="01-05")])
    assert not any(held(store).values())
    store.close()


def test_a_table_that_has_few_rows_again_is_asked_itself(company: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "LEAST", 10**9)
    with company.writing() as cursor:
        roll_up(cursor, {"activities"})
    assert "activities" not in {name for name, _ in held(company)["kept"]}
    assert held(company)["activities"] == []


def test_the_answer_comes_from_the_rollup_and_the_question_shows_the_table(company: Store) -> None:
    with company.snapshot() as seen:
        assert seen.as_of is not None
        query = total("revenue", View(as_of=seen.as_of, preset="last_12_months"))
        expected = seen.ask(query, EVERYTHING).frame
    with company.writing() as cursor:
        cursor.execute("update fold.rolled_order_lines set amount = 2 * amount")
    with company.snapshot() as seen:
        twice = seen.ask(query, EVERYTHING).frame
        assert _asked(query) == "crm.order_lines"
    assert twice.item() == 2 * expected.item()


def test_inside_a_change_what_is_kept_may_change(company: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with company.writing() as cursor:
        seen = unsaved(company, cursor)
        assert seen.as_of is not None
        query = total("revenue", View(as_of=seen.as_of, preset="last_12_months"))
        expected = seen.ask(query, EVERYTHING).frame
        monkeypatch.setattr(rollups, "LEAST", 10**9)
        roll_up(cursor)
        assert seen.ask(query, EVERYTHING).frame.equals(expected)
        assert expected.item() > 0


def _asked(query: Query) -> str:
    text = query.text()
    assert "rolled" not in text
    return next(word for word in text.replace("\n", " ").split(" ") if word.startswith("crm."))


def test_an_older_store_is_rolled_up_when_it_is_opened(tmp_path: Path, everything_is_rolled_up: None) -> None:
    path = copied(small_demo(), tmp_path / "company.duckdb")
    store = open_store(path)
    with store.writing() as cursor:
        for name in catalog().rollups:
            cursor.execute(f"drop table fold.rolled_{name}")
        cursor.execute("drop table fold.rollups")
        cursor.execute("update ops.version set schema = 9")
    store.close()
    store = open_store(path)
    assert all(held(store).values())
    assert held(store) == made_anew(store)
    store.close()


def test_what_holds_today_is_kept_of_the_day_of_the_newest_upload(company: Store) -> None:
    """Whatever the upload brings: no deal changes, and yet each has stood in its stage for a day longer."""
    with company.snapshot() as seen:
        assert seen.as_of is not None
        day = seen.as_of
    later = day + timedelta(days=1)
    (upload,) = truth.load(company, [sent("tickets", {"ticket_id": "later"}, as_of=f"{later:%m-%d}")])
    for until in (later, day):
        now = held(company)
        assert ("open_now", until) in now["kept"]
        assert now == made_anew(company)
        truth.undo(company, upload.id) if until == later else None


def test_where_an_open_deal_shares_its_id_nothing_is_kept(company: Store) -> None:
    with company.writing() as cursor:
        ids = "(select min(deal_id) from crm.deals where status = 'open')"
        cursor.execute(f"update crm.deals set deal_id = {ids} where deal_id = (select max(deal_id) from crm.deals)")
        roll_up(cursor, {"deals"})
    assert "open_now" not in {name for name, _ in held(company)["kept"]}


def test_a_companys_own_column_called_like_a_count_is_told_by_the_table(
    tmp_path: Path, everything_is_rolled_up: None
) -> None:
    store = open_store(empty_at(tmp_path / "company.duckdb"))
    grades = (("Ann", "5"), ("Bob", "7"), ("Cy", "5"))
    reps = [{"key": rep, "rep": rep, "extra": json.dumps({"N": grade, "Is converted": grade})} for rep, grade in grades]
    leads = [
        {"key": f"l{place}", "lead_id": f"l{place}", "rep": rep, "created_at": datetime(2026, 2, 1 + place)}
        for place, rep in enumerate(("Ann", "Ann", "Bob", "Cy", "Cy"))
    ]
    for table, rows in (("reps", reps), ("leads", leads)):
        frame = pl.DataFrame(rows)
        truth.load(store, [truth.Load(table=table, profile="p", file="f", rows=frame, as_of=date(2026, 3, 1))])
    view = View(as_of=date(2026, 3, 1), preset="all")
    for field in ("N", "Is converted"):
        named = promote(store, "reps", field)
        with store.snapshot() as seen:
            told = seen.ask(breakdown("leads", named, view), EVERYTHING).frame
        assert dict(told.select(named, "leads").iter_rows()) == {"5": 4, "7": 1}
    store.close()


def test_an_older_store_of_few_rows_gets_the_tables_too(tmp_path: Path) -> None:
    store = open_store(empty_at(tmp_path / "company.duckdb"))
    with store.writing() as cursor:
        cursor.execute("drop table fold.rolled_order_days")
        make_tables(cursor)
    assert not any(held(store).values())
    store.close()
