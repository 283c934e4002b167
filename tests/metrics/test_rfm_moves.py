"""Moves between segments: every way to come and go by hand, sums that hold, and what moved without doing anything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from metrics import rfm, rfm_cells, rfm_moves
from metrics.rfm_moves import direction
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.test_rfm import days, put


@pytest.fixture
def moving(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Looked at on 15 March over 12 months, and three months before: 1 to 6 bought as they used to, 7 came 20 days ago,
    8 bought three years ago and again now, 9 only 400 days ago, 10 often, but not for 130 days."""
    for customer in range(1, 7):
        put(empty, *((customer, days(40 * customer + 100 * back), 10.0 * customer) for back in range(2)))
    put(empty, (7, days(20), 500.0), (8, days(1000), 5.0), (8, days(30), 70.0), (9, days(400), 900.0))
    put(empty, *((10, days(ago), 300.0) for ago in (130, 140, 150, 160, 170)))
    return empty


def test_every_way_to_come_and_go(moving: duckdb.DuckDBPyConnection) -> None:
    spanned = rfm.spanned(view(), 12)
    query = rfm_moves.moves("revenue", spanned)
    result = answered(moving, query)
    frame = result.frame
    told = {name: frame.filter(pl.col("direction") == name)["customers"].sum() for name in ("new", "returned", "gone")}
    assert told == {"new": 1, "returned": 1, "gone": 1}
    now = answered(moving, rfm.segments("revenue", spanned)).frame.filter(pl.col("place").is_not_null())
    ended = frame.filter(pl.col("segment_now") != "gone").group_by("segment_now").agg(pl.col("customers").sum())
    assert dict(ended.iter_rows()) == dict(now.select("segment", "customers").iter_rows())
    assert frame["amount_now"].sum() == now["amount"].sum()
    then = rfm.spanned(view(from_on=date(2025, 1, 1), to_on=date(2025, 12, 15)), 12)
    before = answered(moving, rfm.segments("revenue", then)).frame.filter(pl.col("place").is_not_null())
    begun = frame.filter(~pl.col("segment_then").is_in(["new", "returned"]))
    counted = begun.group_by("segment_then").agg(pl.col("customers").sum())
    assert dict(counted.iter_rows()) == dict(before.select("segment", "customers").iter_rows())
    assert begun["amount_then"].sum() == before["amount"].sum()
    assert begun["share"].sum() == pytest.approx(before.height)
    for row in frame.iter_rows(named=True):
        at = {name: row[name] for name in ("segment_then", "segment_now")}
        for column in ("amount_then", "amount_now"):
            rows = answered(moving, query.rows(column, **at)).frame
            assert (rows["amount"].sum() or 0) == (row[column] or 0)
        assert answered(moving, query.rows("customers", **at)).frame["customer"].n_unique() == row["customers"]


def test_who_slipped_and_who_did_nothing(moving: duckdb.DuckDBPyConnection) -> None:
    """10 bought five times until 40 days before the earlier day; since then nothing, and all money is as it was."""
    query = rfm_moves.slipped("revenue", rfm.spanned(view(), 12))
    frame = answered(moving, query).frame
    row = frame.row(0, named=True)
    assert (row["customer"], row["segment_then"]) == ("C10", "champions")
    assert (row["amount_then"], row["amount_now"], row["change"]) == (1500, 1500, 0)
    assert (row["recency_days"], row["orders_now"], row["is_unchanged"]) == (130, 5, True)
    assert row["segment_now"] in {name for name, one in rfm_cells.named().items() if one.place == "slipping"}
    assert answered(moving, query.rows("amount_now", customer="C10")).frame["amount"].sum() == 1500
    notes = answered(moving, rfm_moves.moves("revenue", rfm.spanned(view(), 12))).notes
    relative = next(dict(said.params) for said in notes if said.code == "rfm_relative")
    assert 1 <= int(str(relative["same"])) <= int(str(relative["count"]))


def test_what_came_back_before_the_first_purchase_is_in_number_and_rows(moving: duckdb.DuckDBPyConnection) -> None:
    put(moving, (7, days(150), -50.0), is_return=True)
    query = rfm_moves.moves("revenue", rfm.spanned(view(), 12))
    frame = answered(moving, query).frame.filter(pl.col("direction") == "new")
    assert (frame["customers"].item(), frame["amount_then"].item()) == (1, -50)
    at = {name: frame[name].item() for name in ("segment_then", "segment_now")}
    assert answered(moving, query.rows("amount_then", **at)).frame["amount"].sum() == -50
    moving.execute("update crm.order_lines set region = case when is_return then 'East' else 'West' end")
    east = rfm.spanned(view(filters=(("region", ("East",)),)), 12)
    assert answered(moving, rfm_moves.moves("revenue", east)).frame.is_empty()  # nobody bought anything there


def test_filters_choose_and_a_record_that_begins_is_said(moving: duckdb.DuckDBPyConnection) -> None:
    moving.execute("update crm.order_lines set region = case when customer_key = 7 then 'East' else 'West' end")
    east = rfm.spanned(view(filters=(("region", ("East",)),)), 12)
    frame = answered(moving, rfm_moves.moves("revenue", east)).frame
    assert frame.select("segment_then", "customers", "amount_now").rows() == [("new", 1, Decimal(500))]
    codes = [said.code for said in answered(moving, rfm_moves.moves("revenue", rfm.spanned(view(), 60))).notes]
    assert "rfm_begins" in codes
    early = answered(moving, rfm_moves.moves("revenue", rfm.spanned(view(), 12), ago=60))
    assert early.frame.is_empty()
    assert [said.code for said in early.notes] == ["rfm_nothing_then"]
    moving.execute("delete from crm.order_lines")
    assert answered(moving, rfm_moves.moves("revenue", rfm.spanned(view()))).frame.is_empty()
    assert answered(moving, rfm_moves.slipped("revenue", rfm.spanned(view()))).frame.is_empty()


def test_a_day_that_tells_nothing_is_refused_under_filters_too(moving: duckdb.DuckDBPyConnection) -> None:
    """Up to the earlier day only two had bought; a filter that lets neither through does not make moves of the rest."""
    moving.execute("delete from crm.order_lines where customer_key in (1, 2, 3, 4, 5, 9, 10)")
    put(moving, *((customer, days(customer), 10.0) for customer in range(1, 6)))
    moving.execute(
        "update crm.order_lines set region = case when ordered_on > ? then 'East' else 'West' end", [days(6)]
    )
    for filters in ((), (("region", ("East",)),)):
        spanned = rfm.spanned(view(filters=filters), 12)
        for ask in (rfm_moves.moves, rfm_moves.slipped):
            result = answered(moving, ask("revenue", spanned))
            assert result.frame.is_empty()
            assert [said.code for said in result.notes] == [*(["rfm_filtered"] if filters else []), "rfm_few_then"]
    put(moving, *((customer, days(100), 10.0) for customer in range(1, 6)))
    moving.execute("delete from crm.order_lines where customer_key > 5 or ordered_on > ?", [days(6)])
    assert [said.code for said in answered(moving, rfm_moves.moves("revenue", rfm.spanned(view(), 12))).notes] == [
        "rfm_one_day_then"]  # fmt: skip


def test_who_bought_through_others_did_not_come_back(moving: duckdb.DuckDBPyConnection) -> None:
    """8 bought years ago and now, and what was before from somebody else, of whom the viewer sees nothing."""
    sold_by = "case when customer_key = 8 and ordered_on < ? then 1 else 2 end"
    moving.execute(f"update crm.order_lines set rep_key = {sold_by}", [days(40)])
    query = rfm_moves.moves("revenue", rfm.spanned(view(), 12))
    own = Viewer(scope="rep", rep_keys=(2,))
    frame = answered(moving, query, own).frame
    told = frame.filter(pl.col("segment_then").is_in(rfm_moves.FROM)).select("segment_then", "direction", "customers")
    assert sorted(told.rows()) == [("new", "new", 1), ("others", "others", 1)]
    assert answered(moving, query.rows("customers", segment_then="others"), own).frame["customer"].to_list() == ["C8"]
    whole = answered(moving, query).frame
    assert sorted(set(whole["segment_then"]) & set(rfm_moves.FROM)) == ["new", "returned"]


def test_orders_under_filters_are_those_whose_money_is_told(moving: duckdb.DuckDBPyConnection) -> None:
    moving.execute(
        "update crm.order_lines set region = case when ordered_on = ? then 'East' else 'West' end", [days(130)]
    )
    query = rfm_moves.slipped("revenue", rfm.spanned(view(filters=(("region", ("East",)),)), 12))
    result = answered(moving, query)
    row = result.frame.row(0, named=True)
    assert (row["customer"], row["amount_then"], row["orders_then"], row["orders_now"]) == ("C10", 300, 1, 1)
    assert "rfm_filtered" in [said.code for said in result.notes]


def test_directions() -> None:
    assert direction("champions", "champions") == "same"
    assert direction("champions", "loyal") == "across"
    assert direction("champions", "at_risk") == "down"
    assert direction("lost", "recent") == "up"
    assert (direction("new", "recent"), direction("returned", "lost"), direction("loyal", "gone")) == (
        "new", "returned", "gone")  # fmt: skip
