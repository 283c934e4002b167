"""When open money is expected and how sure it is: the published roll-up, the rule for categories, and what adds up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from metrics.cuts import total
from metrics.outlook import forecast, outlook
from metrics.period import Period
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.test_activity import _deal, _put

QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))


@pytest.fixture
def deals(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The numbers of Salesforce's help: closed 50, commit 100, best case 150, pipeline 200; and what does not count."""
    _put(empty, "stages", pipeline="P", stage="talk", position=1, status="open", probability=0.3)
    _put(empty, "stages", pipeline="P", stage="sure", position=2, status="open", forecast_category="commit")
    due = {"expected_close_on": date(2026, 3, 20)}
    _deal(empty, "w", status="won", closed_on=date(2026, 2, 1), amount=50, expected_close_on=date(2026, 2, 1))
    _deal(empty, "c1", amount=60, forecast_category="commit", **due)
    _deal(empty, "c2", amount=40, stage="sure", probability=0.1, rep_key=2, **due)  # its stage says so
    _deal(empty, "b1", amount=100, forecast_category="best_case", probability=0.95, **due)
    _deal(empty, "b2", amount=50, probability=0.6, **due)
    _deal(empty, "p", amount=200, **due)  # by the stage's 30 %
    _deal(empty, "o", amount=7, forecast_category="omitted", **due)
    _deal(empty, "other", amount=1000, forecast_category="commit", expected_close_on=date(2026, 6, 1))
    _deal(empty, "dateless", amount=3, forecast_category="commit")
    _deal(empty, "before", amount=11, status="won", closed_on=date(2025, 12, 31))
    return empty


def test_the_roll_up_of_salesforce(deals: duckdb.DuckDBPyConnection) -> None:
    result = answered(deals, forecast(view(), QUARTER))
    assert result.frame.rows() == [
        ("closed", 1, Decimal(50), Decimal(50)), ("commit", 2, Decimal(100), Decimal(150)),
        ("best_case", 2, Decimal(150), Decimal(300)), ("pipeline", 1, Decimal(200), Decimal(450)),
        ("omitted", 1, Decimal(7), None),
    ]  # fmt: skip
    told = [(said.code, said["count"]) for said in result.notes]
    assert told == [("category_by_crm", 3), ("category_by_stage", 1), ("category_by_probability", 2)]
    assert "90%" in result.notes[-1].text("zh-CN")
    for row in result.frame.to_dicts():
        behind = answered(
            deals, forecast(view(), QUARTER).rows("amount", forecast_category=row["forecast_category"])
        ).frame
        assert (behind.height, behind["amount"].sum()) == (row["deals"], row["amount"])


@pytest.mark.parametrize("name", ["closed", "commit", "best_case", "pipeline"])
def test_a_rolled_up_category_opens_all_its_deals(deals: duckdb.DuckDBPyConnection, name: str) -> None:
    asked = forecast(view(), QUARTER)
    sums = dict(answered(deals, asked).frame.select("forecast_category", "rolled_up").iter_rows())
    assert answered(deals, asked.rows("rolled_up", forecast_category=name)).frame["amount"].sum() == sums[name]


def test_months_are_whole(deals: duckdb.DuckDBPyConnection) -> None:
    """From 15 March 2026 thirteen months are told one by one, to the end of March 2027."""
    for deal, due in (("a", date(2027, 3, 16)), ("b", date(2027, 3, 31)), ("c", date(2027, 4, 1))):
        _deal(deals, deal, amount=1, expected_close_on=due)
    frame = answered(deals, outlook(view())).frame
    told = dict(frame.group_by("due_month").agg(pl.col("deals").sum()).iter_rows())
    assert (told["2027-03"], told["later"]) == (2, 1)


def test_an_earlier_day_knows_no_later_win(deals: duckdb.DuckDBPyConnection) -> None:
    frame = answered(deals, forecast(view(), QUARTER, date(2026, 1, 31))).frame
    assert frame.row(0) == ("closed", 0, Decimal(0), Decimal(0))


def test_stage_month_and_category_add_up_to_the_open_amount(deals: duckdb.DuckDBPyConnection) -> None:
    _deal(deals, "late", amount=5, expected_close_on=date(2026, 3, 14))
    _deal(deals, "far", amount=9, expected_close_on=date(2027, 9, 1))
    for viewer in (EVERYTHING, Viewer(scope="rep", rep_keys=(2,))):
        frame = answered(deals, outlook(view()), viewer).frame
        asked = answered(deals, total("open_amount", view()), viewer).frame["open_amount"].item()
        assert float(frame["amount"].sum()) == asked
    frame = answered(deals, outlook(view())).frame
    assert frame["due_month"].unique(maintain_order=True).to_list() == ["past", "2026-03", "2026-06", "later", None]
    sure = frame.filter((frame["stage"] == "sure") & (frame["forecast_category"] == "commit"))
    assert sure["amount"].to_list() == [Decimal(40)]
    at = {"due_month": "2026-03", "forecast_category": "commit"}
    behind = answered(deals, outlook(view()).rows("amount", **at)).frame
    assert sorted(behind["deal_id"]) == ["c1", "c2"]
    assert answered(deals, outlook(view()).rows("amount", due_month=None)).frame["deal_id"].to_list() == ["dateless"]
    only = answered(deals, outlook(view(), due=QUARTER)).frame
    assert "2026-06" not in only["due_month"].to_list()


def test_where_the_crm_says_all_nothing_is_said(empty: duckdb.DuckDBPyConnection) -> None:
    _deal(empty, "a", forecast_category="commit", expected_close_on=date(2026, 3, 20))
    assert answered(empty, outlook(view())).notes == ()
    _deal(empty, "b", expected_close_on=date(2026, 3, 20))
    said = answered(empty, outlook(view())).notes
    assert [(note.code, note["count"]) for note in said] == [("category_by_crm", 1), ("category_by_nobody", 1)]
