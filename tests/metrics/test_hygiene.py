"""Faults of the records of open deals: each by hand, and what the data do not use is none."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl

from metrics.hygiene import FAULTS, faults_of, faulty, others_missing
from metrics.signals import signals
from tests.metrics.conftest import answered, view
from tests.metrics.test_activity import TODAY, _act, _deal, _put

LATER = TODAY + timedelta(days=10)


def _found(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    frame = faulty(answered(connection, signals(view())).frame)
    found = {row["deal_id"]: [one.id for one in faults_of(row)] for row in frame.iter_rows(named=True)}
    assert {row["deal_id"]: row["faults"] for row in frame.iter_rows(named=True)} == {
        name: len(faults) for name, faults in found.items()
    }
    return found


def test_each_deal_has_its_own_fault(people: duckdb.DuckDBPyConnection) -> None:
    _put(people, "customers", customer_key=7, customer="Acme", is_implied=False)
    _put(
        people, "stages", pipeline="P", stage="talk", position=1, status="open", max_days=40, required="amount,product"
    )
    usual = {"customer_key": 7, "expected_close_on": LATER, "next_step": "call", "product_key": 5}
    own: dict[str, dict[str, object]] = {
        "fine": {}, "late": {"expected_close_on": TODAY - timedelta(days=1)}, "undated": {"expected_close_on": None},
        "free": {"amount": 0}, "blank": {"amount": None}, "nobodys": {"customer_key": None},
        "stepless": {"next_step": "  "}, "lacking": {"product_key": None}, "overdue": {}, "silent": {},
        "all": {"customer_key": None, "amount": None, "expected_close_on": None, "next_step": None},
    }  # fmt: skip
    for number, (name, row) in enumerate(own.items()):
        _deal(people, name, **usual | row)
        _act(people, number, TODAY - timedelta(days=30 if name == "silent" else 1), deal_id=name)
        entered = TODAY - timedelta(days=41 if name == "overdue" else 40)
        people.execute("insert into crm.deal_stages values (?, 'talk', ?, null, null)", [name, entered])
    assert _found(people) == {
        "fine": [], "late": ["past_due"], "undated": ["undated"], "free": ["unpriced"], "blank": ["unpriced"],
        "nobodys": ["unnamed"], "stepless": ["stepless"], "lacking": ["lacking"], "overdue": ["overdue"],
        "silent": ["silent"], "all": ["undated", "unpriced", "unnamed", "stepless"],
    }  # fmt: skip


def test_what_nobody_fills_in_is_no_fault(people: duckdb.DuckDBPyConnection) -> None:
    for name in ("a", "b"):
        _deal(people, name, amount=None, expected_close_on=None, customer_key=None, next_step=None)
    assert _found(people) == {"a": [], "b": []}
    frame = faulty(answered(people, signals(view())).frame)
    assert all(frame[one.flag].null_count() == 2 for one in FAULTS if one.id != "silent")


def test_no_deal_has_no_fault(people: duckdb.DuckDBPyConnection) -> None:
    assert faulty(answered(people, signals(view())).frame).is_empty()


def test_fields_with_a_fault_of_their_own_are_not_told_twice() -> None:
    listed = pl.DataFrame({"missing_fields": ["amount,next_step,", "customer,product,competitor,", None]})
    assert listed.select(told=others_missing())["told"].to_list() == ["", "product,competitor", ""]


def test_what_is_rebuilt_from_dates_says_nothing_of_its_close_date() -> None:
    columns = {one.signal.flag: [None, None] for one in FAULTS if one.signal}
    frame = pl.DataFrame(
        {
            "expected_close_on": [None, date(2026, 4, 1)], "amount": [1, 1], "customer": ["A", "B"],
            "missing_fields": [None, None], "is_reconstructed": [True, False], **columns,
        },
        schema_overrides={"expected_close_on": pl.Date, "missing_fields": pl.String},
    )  # fmt: skip
    assert faulty(frame)["has_undated"].to_list() == [None, False]
