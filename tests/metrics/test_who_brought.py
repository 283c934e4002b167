"""Who brought a deal is a fact: filters choose deals and leads, not whose lead a deal had; scope hides, and says so."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.brought import brought, first_last
from metrics.campaigns import campaigns
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view

JAN = view(from_on=date(2026, 1, 1), to_on=date(2026, 1, 31))
FEB = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28))
SALES, MARKETING = Viewer(scope="rep", rep_keys=(1,)), Viewer(scope="rep", rep_keys=(2,))


@pytest.fixture
def handed_over(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A lead of Marketing (January, web, campaign Spring), the deal of Sales it became (February, fair)."""
    empty.execute(
        "insert into crm.leads (lead_id, lead, created_on, source, campaign, rep_key, team, deal_id, converted_on)"
        " values ('l', 'Lead', '2026-01-05', 'web', 'Spring', 2, 'Marketing', 'd', '2026-02-20')"
    )
    empty.execute(
        "insert into crm.deals (deal_id, deal, created_on, closed_on, status, amount, source, rep_key, team,"
        " push_count, is_gone)"
        " values ('d', 'Deal', '2026-02-20', '2026-03-01', 'won', 100, 'fair', 1, 'Sales', 0, false)"
    )
    return empty


def _counted(
    connection: duckdb.DuckDBPyConnection, asked: View, viewer: Viewer = EVERYTHING
) -> list[tuple[object, ...]]:
    result = answered(connection, brought(asked), viewer)
    return result.frame.select("source", "leads", "became", "deals", "direct", "won", "won_money").rows()


def test_filters_choose_deals_and_leads_and_leave_who_brought_them(handed_over: duckdb.DuckDBPyConnection) -> None:
    assert _counted(handed_over, JAN) == [("web", 1, 1, 1, 0, 1, 100)]
    assert _counted(handed_over, FEB) == []
    assert _counted(handed_over, JAN.with_filter("team", "Sales")) == [("web", 0, 0, 1, 0, 1, 100)]
    assert _counted(handed_over, FEB.with_filter("team", "Sales")) == []
    assert _counted(handed_over, JAN.with_filter("team", "Marketing")) == [("web", 1, 1, 0, 0, 0, 0)]
    pairs = answered(handed_over, first_last(JAN.with_filter("team", "Sales"))).frame
    assert pairs.select("lead_source", "deal_source", "deals").rows() == [("web", "fair", 1)]
    rows = answered(handed_over, brought(JAN.with_filter("team", "Sales")).rows("won", source="web")).frame
    assert rows.select("deal_id", "lead_id").rows() == [("d", "l")]


def test_a_campaign_keeps_the_deals_of_its_leads_whatever_is_filtered(handed_over: duckdb.DuckDBPyConnection) -> None:
    asked = campaigns(view().with_filter("team", "Sales"))
    assert answered(handed_over, asked).frame.select("campaign", "leads", "deals", "won", "won_money").rows() == [
        ("Spring", 0, 1, 1, 100)
    ]


@pytest.mark.parametrize("link", ["lead", "deal", "both"])
def test_of_a_lead_out_of_scope_only_that_there_is_one_is_told(
    handed_over: duckdb.DuckDBPyConnection, link: str
) -> None:
    """Whoever names the other: the deal is by its own channel and day, and is not called direct."""
    if link != "lead":
        handed_over.execute("update crm.deals set lead_id = 'l'")
    if link == "deal":
        handed_over.execute("update crm.leads set deal_id = null")
    assert _counted(handed_over, JAN, SALES) == []
    assert _counted(handed_over, FEB, SALES) == [("fair", 0, 0, 1, 0, 1, 100)]
    told = answered(handed_over, brought(FEB), SALES)
    assert [(remark.code, remark["count"]) for remark in told.notes if remark.code == "leads_unseen"] == [
        ("leads_unseen", 1)
    ]
    seen = answered(handed_over, brought(FEB).rows("won", source="fair"), SALES).frame
    hidden = {"l", "Lead", "web", "Spring", date(2026, 1, 5)}
    assert not hidden & set(seen.row(0)), "nothing of the lead is shown"
    assert answered(handed_over, first_last(view()), SALES).frame.is_empty()
    assert answered(handed_over, campaigns(view()), SALES).frame.is_empty()
    assert _counted(handed_over, JAN, MARKETING)[0][:4] == ("web", 1, 1, 0)


def test_a_deal_without_any_lead_is_direct_for_whoever_sees_it(handed_over: duckdb.DuckDBPyConnection) -> None:
    handed_over.execute("delete from crm.leads")
    for viewer in (EVERYTHING, SALES):
        assert _counted(handed_over, FEB, viewer) == [("fair", 0, 0, 1, 1, 1, 100)]


def test_money_spent_on_what_brought_nothing_is_there(handed_over: duckdb.DuckDBPyConnection) -> None:
    """A billboard cost 90 a day for two months and brought nobody; other money belongs to no channel's cost."""
    handed_over.execute(
        "insert into crm.campaigns values ('b', 'Board', 'billboard', '2026-01-01', '2026-02-28', 5310),"
        " ('n', 'Nameless', null, '2026-01-01', '2026-01-31', 310), ('u', 'Undated', 'web', null, null, 77),"
        " ('t', 'Fair', 'fair', '2026-01-10', '2026-01-12', 40), ('s', 'Stand', 'fair', '2026-01-10', null, null),"
        " ('l', 'Later', 'radio', '2026-03-01', '2026-03-31', 500)"
    )
    result = answered(handed_over, brought(JAN))
    rows = {row["source"]: row for row in result.frame.iter_rows(named=True)}
    assert set(rows) == {"web", "billboard"}
    board = rows["billboard"]
    assert (board["leads"], board["deals"], board["won"], board["won_money"], round(board["cost"])) == (
        0, 0, 0, 0, 2790,
    )  # fmt: skip
    assert (board["cost_per_lead"], board["win_rate"], board["is_beyond_chance"]) == (None, None, False)
    assert board["won_per_cost"] == 0
    said = {remark.code: remark["money"] for remark in result.notes if remark["money"]}
    assert said == {"costs_without_channel": 310, "costs_incomplete": 40, "costs_undated": 77}
    alone = answered(handed_over, brought(JAN.with_filter("source", "billboard"))).frame
    assert alone.select("source", pl.col("cost").round(6)).rows() == [("billboard", 2790)]
    assert answered(handed_over, brought(JAN.with_filter("team", "Sales"))).frame["source"].to_list() == ["web"]
    ever = answered(handed_over, brought(view()))
    costs = dict(ever.frame.select("source", "cost").rows())
    assert (costs["web"], costs["billboard"]) == (77, 5310)
    nothing = answered(handed_over, brought(view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28))))
    assert dict(nothing.frame.select("source", pl.col("cost").round(6)).rows()) == {"billboard": 2520}
