"""What stages ask of deals: five deals by hand, and every reason by itself."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from metrics.signals import signals
from metrics.standards import breaches
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.test_activity import TODAY, _deal, _put
from tests.metrics.test_signals import _visit


def _days(count: int) -> date:
    return TODAY - timedelta(days=count)


@pytest.fixture
def five(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """ "talk" allows 10 days and asks for an amount and an expected close; "free" asks nothing."""
    _put(empty, "stages", pipeline="P", stage="talk", position=1, status="open", max_days=10,
         required="amount,expected_close_on")  # fmt: skip
    _put(empty, "stages", pipeline="P", stage="free", position=2, status="open")
    usual: dict[str, object] = {"expected_close_on": _days(-10), "amount": 100, "rep_key": 1}
    own: dict[str, dict[str, object]] = {
        "fine": {}, "late": {}, "blank": {"expected_close_on": None, "amount": 0},
        "both": {"amount": None, "rep_key": 2},
        "free": {"stage": "free", "amount": None, "expected_close_on": None},
    }  # fmt: skip
    for name, row in own.items():
        _deal(empty, name, **usual | row)
    for name, entered in {"fine": 10, "late": 11, "blank": 1, "both": 30}.items():
        _visit(empty, name, _days(entered))
    return empty


def test_exactly_those_are_listed_each_reason_by_itself(five: duckdb.DuckDBPyConnection) -> None:
    frame = answered(five, breaches(view())).frame
    assert set(frame.select("deal_id", "reason", "field").rows()) == {
        ("late", "time", None), ("blank", "field", "amount"), ("blank", "field", "expected_close_on"),
        ("both", "time", None), ("both", "field", "amount"),
    }  # fmt: skip
    over = dict(frame.filter(frame["reason"] == "time").select("deal_id", "days_over").rows())
    assert over == {"late": 1, "both": 20}
    rows = answered(five, breaches(view()).rows(deal_id="both")).frame
    assert rows.height == 2


def test_people_see_their_own_and_their_sum_is_all(five: duckdb.DuckDBPyConnection) -> None:
    own = [answered(five, breaches(view()), Viewer(scope="rep", rep_keys=(key,))).frame.height for key in (1, 2)]
    assert own == [3, 2]
    assert sum(own) == answered(five, breaches(view())).frame.height


def test_the_signs_of_a_deal_say_the_same(five: duckdb.DuckDBPyConnection) -> None:
    found = {row["deal_id"]: row for row in answered(five, signals(view()), EVERYTHING).frame.to_dicts()}
    assert {name: (row["is_overdue"], row["is_lacking"], row["missing_fields"]) for name, row in found.items()} == {
        "fine": (False, False, None), "late": (True, False, None), "both": (True, True, "amount,"),
        "blank": (False, True, "amount,expected_close_on,"), "free": (None, None, None),
    }  # fmt: skip


def test_an_earlier_day_is_judged_by_the_days_until_then(five: duckdb.DuckDBPyConnection) -> None:
    frame = answered(five, breaches(view(), _days(5))).frame
    assert set(frame.filter(frame["reason"] == "time")["deal_id"]) == {"both"}
