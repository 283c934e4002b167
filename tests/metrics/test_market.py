"""Shares of the market to the cent, and win rates against competitors, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from metrics.competitors import competitors
from metrics.market import market
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

MARKETS = """
insert into crm.market values
    ('Machines', 'N', '2025-01-01', '2025-12-31', 10000, 'Rival', 2500),
    ('Machines', 'N', '2026-01-01', '2026-12-31', 36500, 'Rival', 7300),
    ('Machines', 'N', '2026-01-01', '2026-12-31', 36500, 'Other', 365),
    ('tools', null, '2026-01-01', '2026-12-31', 3650, null, null)
"""
SHARES = ("market", "region", "seller", "amount", "size", "share", "share_before", "is_partial")


@pytest.fixture
def markets(company: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The hand-made company: its day is 15 March 2026, the 74th; Ann sold 100 in N this year, 60 of it tools."""
    company.execute(MARKETS)
    company.execute(
        "insert into crm.order_lines (order_id, line_no, ordered_on, product_key, region, amount, is_return)"
        " values ('o9', 1, '2025-01-15', 21, 'N', 1000, false)"
    )
    return company


def test_shares_to_the_cent(markets: duckdb.DuckDBPyConnection) -> None:
    result = answered(markets, market(view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31))))
    assert result.frame.select(SHARES).rows() == [
        (
            "Machines",
            "N",
            None,
            100,
            7400,
            100 / 7400,
            0.1,
            True,
        ),  # 74 of 365 days of its size; a tenth the year before
        ("Machines", "N", "Rival", 7300, 36500, 0.2, 0.25, True),
        ("Machines", "N", "Other", 365, 36500, 0.01, None, True),
        ("tools", None, None, 60, 740, 60 / 740, None, True),  # of all regions, only what is tools
    ]
    assert [remark.code for remark in result.notes] == ["market_of_all", "market_partial"]
    assert result.notes[0]["markets"] == ("Machines",), "tools are a product's"


def test_a_share_is_of_the_rows_own_days_and_opens_what_was_sold(markets: duckdb.DuckDBPyConnection) -> None:
    asked = market(view())
    frame = answered(markets, asked).frame
    assert frame.filter((frame["starts_on"] == date(2025, 1, 1)) & frame["seller"].is_null())["share"].to_list() == [
        0.1
    ]
    rival = frame.filter((frame["seller"] == "Rival") & frame["is_partial"])
    assert (rival["share"].item(), rival["share_before"].item()) == (0.2, 0.25)
    at = {"market": "tools", "region": None, "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    assert answered(markets, asked.rows("amount", **at)).frame["amount"].sum() == 60
    listed = answered(markets, asked.others[0].rows(market="Machines", competitor="Other")).frame
    assert listed["competitor_amount"].to_list() == [365]
    won = answered(markets, market(view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31)), "deals")).frame
    assert float(won["amount"][0]) == pytest.approx(100 + 250.55 + 40)  # d01, d02, d04: won in N this year


def test_what_cannot_be_told_of_a_market_is_said(markets: duckdb.DuckDBPyConnection) -> None:
    part = answered(markets, market(view().with_filter("rep", "Ann")))
    assert "market_not_filtered_by" in {remark.code for remark in part.notes}
    assert part.frame.equals(answered(markets, market(view())).frame)
    hers = answered(markets, market(view()), Viewer(scope="rep", rep_keys=(1,)))
    assert (hers.frame.height, [remark.code for remark in hers.notes]) == (0, ["no_markets"])
    markets.execute("delete from crm.order_lines where ordered_on < date '2026-01-01'")
    late = answered(markets, market(view()))
    assert "market_begins" in {remark.code for remark in late.notes}
    assert late.frame.filter((late.frame["starts_on"] == date(2025, 1, 1)) & late.frame["seller"].is_null())[
        "share"
    ].to_list() == [None]


def test_a_deal_of_two_products_is_in_the_market_of_each_by_its_part(empty: duckdb.DuckDBPyConnection) -> None:
    """A deal of 100: 60 of P, its main product, and 40 of Q. All markets together hold it once."""
    empty.execute(
        "insert into crm.products (product_key, product, is_implied) values (1, 'P', false), (2, 'Q', false);"
        "insert into crm.deals (deal_id, status, amount, product_key, region, created_on, closed_on, push_count,"
        " is_gone) values ('d', 'won', 100, 1, 'N', '2026-01-05', '2026-01-20', 0, false);"
        "insert into crm.product_shares values ('d', 1, 0, 0.6, true), ('d', 2, 0.6, 1, false)"
    )
    for name in ("P", "Q", "Total"):
        empty.execute("insert into crm.market values (?, null, '2026-01-01', '2026-03-15', 1000, null, null)", [name])
    asked = market(view(), "deals")
    frame = answered(empty, asked).frame
    sold = {row["market"]: float(row["amount"]) for row in frame.iter_rows(named=True)}
    assert sold == {"P": 60, "Q": 40, "Total": 100}
    at = {"market": "Q", "region": None, "starts_on": date(2026, 1, 1), "ends_on": date(2026, 3, 15)}
    assert answered(empty, asked.rows("amount", **at)).frame["amount"].to_list() == [40]


def test_the_span_before_is_the_one_that_ends_the_day_before_and_is_as_long(markets: duckdb.DuckDBPyConnection) -> None:
    markets.execute("delete from crm.market")
    markets.execute(
        "insert into crm.market values (' TOOLS', 'N', '2026-01-01', '2026-01-31', 100, 'R', 10),"
        " (' TOOLS', 'N', '2026-02-01', '2026-02-28', 100, 'R', 20),"
        " (' TOOLS', 'N', '2026-01-01', '2026-03-31', 400, 'R', 120),"
        " (' TOOLS', 'E', '2026-02-01', '2026-02-28', 100, null, null)"
    )
    result = answered(markets, market(view()))
    told = {row["ends_on"]: row for row in result.frame.filter(pl.col("seller") == "R").iter_rows(named=True)}
    assert {day.month: row["share_before"] for day, row in told.items()} == {1: None, 2: 0.1, 3: None}
    ours = result.frame.filter(pl.col("seller").is_null() & (pl.col("region") == "N"))
    assert ours["amount"].to_list() == [0, 60, 60], "named as the product is, but for capitals and blanks"
    assert [one["regions"] for one in result.notes if one.code == "market_regions_unsold"] == [("E",)]
    assert "market_of_all" not in {one.code for one in result.notes}


def test_more_than_the_whole_market_is_said(markets: duckdb.DuckDBPyConnection) -> None:
    asked = market(view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31)))
    assert "market_over" not in {remark.code for remark in answered(markets, asked).notes}
    markets.execute("update crm.market set competitor_amount = 36500 where competitor = 'Rival' and size = 36500")
    assert [remark["markets"] for remark in answered(markets, asked).notes if remark.code == "market_over"] == [
        ("Machines · N",)
    ]
    markets.execute("update crm.market set size = 100 where market = 'tools'")  # 20.27 gone by, 60 sold
    assert [remark["markets"] for remark in answered(markets, asked).notes if remark.code == "market_over"] == [
        ("Machines · N", "tools")
    ]
    (said,) = [remark for remark in answered(markets, asked).notes if remark.code == "market_over"]
    assert "Machines · N, tools" in said.text("en")
    assert "Machines · N、tools" in said.text("zh-CN")


def _closed(connection: duckdb.DuckDBPyConnection, competitor: str | None, won: int, lost: int) -> None:
    for number in range(won + lost):
        connection.execute(
            "insert into crm.deals (deal_id, competitor, status, amount, closed_on, push_count, is_gone)"
            " values (?, ?, ?, 10, '2026-02-01', 0, false)",
            [f"{competitor}{number}", competitor, "won" if number < won else "lost"],
        )


def test_win_rates_against_competitors(empty: duckdb.DuckDBPyConnection) -> None:
    for name, won, lost in (("Hard", 10, 50), ("Usual", 40, 40), ("Few", 2, 0), (None, 5, 15)):
        _closed(empty, name, won, lost)
    asked = competitors(view())
    result = answered(empty, asked)
    rows = {row["competitor"]: row for row in result.frame.iter_rows(named=True)}
    assert list(rows) == ["Usual", "Hard", "Few", None]
    assert (rows["Hard"]["win_rate"], rows["Hard"]["others"]) == (10 / 60, 42 / 82)
    assert (rows["Few"]["win_rate.low"], rows["Few"]["win_rate.high"]) == pytest.approx((0.3424, 1), abs=1e-4)  # Wilson
    assert [name for name, row in rows.items() if row["is_beyond_chance"]] == ["Usual", "Hard"]
    assert (rows[None]["others"], rows[None]["won_money"]) == (None, 50)
    assert [(remark.code, remark["count"]) for remark in result.notes] == [("competitors_noted", 142)]
    assert answered(empty, asked.rows("lost_deals", competitor="Hard")).frame.height == 50


def test_a_new_competitor_is_held_against_deals_as_young(empty: duckdb.DuckDBPyConnection) -> None:
    # Of 20 deals a month 12 are lost after 20 days, 8 won after 90, whoever is met; "New" is met since February alone.
    # On 15 March all its deals that are closed are lost, as are those against "Old" that began then.
    day = date(2026, 3, 15)
    for name, months in (("Old", range(1, 13)), ("New", (2,))):
        for month in months:
            created = date(2025 if month > 2 else 2026, month, 5)
            for place in range(60):
                closed = created + timedelta(days=20 if place < 36 else 90)
                if closed <= day:
                    empty.execute(
                        "insert into crm.deals (deal_id, competitor, status, amount, created_on, closed_on, push_count,"
                        " is_gone) values (?, ?, ?, 10, ?, ?, 0, false)",
                        [f"{name}{month}{place}", name, "lost" if place < 36 else "won", created, closed],
                    )
    rows = {row["competitor"]: row for row in answered(empty, competitors(view())).frame.iter_rows(named=True)}
    assert (rows["New"]["won"], rows["New"]["lost_deals"]) == (0, 36)
    assert rows["Old"]["win_rate"] > 0.3
    assert (rows["New"]["others"], rows["New"]["is_beyond_chance"], rows["Old"]["is_beyond_chance"]) == (
        0,
        False,
        False,
    )


def test_where_competitors_are_noted_on_lost_deals_only_there_is_no_win_rate(empty: duckdb.DuckDBPyConnection) -> None:
    assert answered(empty, competitors(view())).frame.height == 0
    _closed(empty, None, 30, 30)
    assert answered(empty, competitors(view())).frame.height == 0
    _closed(empty, "Hard", 0, 40)
    _closed(empty, "Usual", 0, 40)
    result = answered(empty, competitors(view()))
    assert result.frame["win_rate"].to_list() == [None, None, 0.5]
    assert not result.frame["is_beyond_chance"].any()
    assert "competitors_of_lost" in {remark.code for remark in result.notes}
