"""The ways of deals through the stages: several visits that a file dates on one day."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import polars as pl
import pytest

from data.fold import fold
from data.store import Store
from data.truth import load
from tests.data.written import d, rows, sent

STAGES = [{"stage": name, "position": at, "status": "open"} for at, name in enumerate(("Qualify", "Demo", "Agree"), 1)]
WALKED = "select stage, entered_on, left_on from crm.stage_visits order by entered_on, left_on nulls last, place"


def walked(store: Store, stage: str, *told: tuple[str, str], closed: str | None = None) -> list[tuple[object, ...]]:
    """The way of one deal that stands in `stage`, of which a file says when it entered which."""
    deal = {"deal_id": "1", "stage": stage, "status": "won" if closed else "open", "created_on": d("01-05")}
    deals = sent("deals", deal | {"closed_on": d(closed) if closed else None}, as_of="02-01")
    visits = sent("deal_stages", *({"deal_id": "1", "stage": name, "entered_on": d(day)} for name, day in told))
    keys = pl.Series("key", [f"{name} {day}" for name, day in told])
    visits = visits.model_copy(update={"rows": visits.rows.with_columns(keys)})
    load(store, [deals, visits, sent("stages", *STAGES)])
    return rows(store, WALKED)


@pytest.mark.parametrize("turn", [1, -1])
def test_visits_of_one_day_are_in_the_order_of_the_stages(store: Store, turn: int) -> None:
    """Demo is before Qualify in the alphabet; the deal was in Demo until it was won five days later."""
    told = [("Qualify", "01-05"), ("Demo", "01-05"), ("Won", "01-10")][::turn]
    assert walked(store, "Won", *told, closed="01-10") == [
        ("Qualify", d("01-05"), d("01-05")), ("Demo", d("01-05"), d("01-10")),
    ]  # fmt: skip
    assert rows(store, "select stage from crm.stage_visits where next_place < place") == []


def test_the_stage_in_which_a_deal_stands_is_the_last_of_its_day(store: Store) -> None:
    """It went back from Demo to Qualify on the day it came."""
    assert walked(store, "Qualify", ("Qualify", "01-05"), ("Demo", "01-05")) == [
        ("Demo", d("01-05"), d("01-05")), ("Qualify", d("01-05"), None),
    ]  # fmt: skip
    assert rows(store, "select stage_since from crm.deals") == [(d("01-05"),)]


def test_a_deal_that_went_on_later_ended_its_day_in_the_later_stage(store: Store) -> None:
    told = ("Qualify", "01-05"), ("Demo", "01-05"), ("Agree", "01-09"), ("Demo", "01-09"), ("Agree", "01-20")
    assert walked(store, "Agree", *told) == [
        ("Qualify", d("01-05"), d("01-05")),
        ("Demo", d("01-05"), d("01-09")),
        ("Demo", d("01-09"), d("01-09")),
        ("Agree", d("01-09"), d("01-20")),
        ("Agree", d("01-20"), None),
    ]


@pytest.mark.parametrize("told", [(), ("Qualify", "Won"), ("Qualify", "Demo", "Agree", "Won")])
def test_where_no_deal_can_have_two_visits_they_are_those_put_in_order(
    store: Store, monkeypatch: pytest.MonkeyPatch, told: tuple[str, ...]
) -> None:
    """Random deals of one upload, whose stages nobody told, or some, or all."""
    chance = Random(len(told))
    deals = [
        {
            "deal_id": f"D{number}",
            "pipeline": chance.choice(["A", "B", None]),
            "stage": chance.choice(["Qualify", "Demo", "Agree", "Won", None]),
            "status": chance.choice(["open", "open", "won", "lost", None]),
            "probability": chance.choice([0.1, 0.5, None]),
            "created_on": chance.choice([None, d("01-01") + timedelta(chance.randrange(60))]),
            "closed_on": chance.choice([None, d("01-20") + timedelta(chance.randrange(60))]),
            "is_deleted": chance.choice([None, None, None, True]),
        }
        for number in range(300)
    ]
    stages = (
        sent(
            "stages",
            *(
                {"stage": name, "position": at, "status": "won" if name == "Won" else "open"}
                for at, name in enumerate(told, 1)
            ),
        )
        if told
        else None
    )
    load(store, [sent("deals", *deals, as_of="02-01", is_full=True), *([stages] if stages else [])])
    asked = [f"from crm.{table} order by all" for table in ("stage_visits", "stages", "places", "deals")]
    found = [rows(store, sql) for sql in asked]
    assert len(found[0]) > 20
    for module in ("data.visits", "data.stage_rows"):
        monkeypatch.setattr(f"{module}.have_one_visit", lambda _: False)
    monkeypatch.setattr("data.stage_rows._AMONG", "and true")
    with store.writing() as cursor:
        fold(cursor, {"deals"})
    assert [rows(store, sql) for sql in asked] == found
