"""Classes, concentration and tiers of customers: by hand, against metrics/pareto.py, and sums that hold."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import polars as pl
import pytest

from metrics import customer_shares, pareto, rfm
from metrics.customer_shares import TOPS, halves, rungs_of
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.test_rfm import days, put

ALL = rfm.spanned(view(), None)


def test_four_with_30_30_20_and_20(empty: duckdb.DuckDBPyConnection) -> None:
    """The index of the Merger Guidelines is 2,600. 30 + 30 + 20 are 80 %, but those with 20 are alike: both are A."""
    put(empty, (1, days(1), 30), (2, days(2), 30), (3, days(3), 20), (4, days(4), 20), (None, days(4), 9))
    query = customer_shares.classes("revenue", ALL)
    result = answered(empty, query)
    assert result.frame.rows() == [("A", 4, 1.0, Decimal(100), 1.0, 25.0)]
    assert [said.code for said in result.notes] == ["hhi_high", "pareto_unnamed"]
    assert dict(result.notes[0].params)["hhi"] == "2,600.0"
    tops = answered(empty, customer_shares.curve("revenue", ALL)).frame
    assert dict(tops.filter(pl.col("top").is_not_null()).select("top", "share").iter_rows()) == {
        "top_1": 0.3,
        "percent_20": 0.3,  # of four there are no five, and no tenth
    }


def test_classes_as_of_products_and_those_below_zero(empty: duckdb.DuckDBPyConnection) -> None:
    """50, 29, 16, 4, 1: 79 is before the cut, so 16 is A; 95 is reached: 4 and 1 are C, and who brings less than 0."""
    put(empty, *((place, days(place), amount) for place, amount in enumerate((50, 29, 16, 4, 1), start=1)))
    put(empty, (6, days(1), 5), (7, days(1), 0))
    put(empty, (6, days(1), -9), is_return=True)
    query = customer_shares.classes("revenue", ALL)
    result = answered(empty, query)
    assert result.frame.select("class", "customers", "amount").rows() == [("A", 3, 95), ("C", 4, 1)]
    assert result.frame["share"].to_list() == pytest.approx([0.95, 0.05])
    assert [said.code for said in result.notes] == ["hhi_high", "pareto_below"]
    index = pareto.hhi([50, 29, 16, 4, 1, -4, 0])
    assert dict(result.notes[0].params)["hhi"] == f"{index:,.1f}"
    for row in result.frame.iter_rows(named=True):
        assert answered(empty, query.rows("amount", **{"class": row["class"]})).frame["amount"].sum() == row["amount"]
    curve = customer_shares.curve("revenue", ALL)
    points = answered(empty, curve).frame
    assert points.filter(pl.col("top").is_null())["share"].to_list() == pytest.approx([0.5, 0.79, 0.95, 0.99, 1, 1, 1])
    for row in points.iter_rows(named=True):  # the last ones, too, who add nothing
        assert answered(empty, curve.rows("amount", largest=row["largest"])).frame["amount"].sum() == row["amount"]


def test_as_the_ranking_of_members_says(empty: duckdb.DuckDBPyConnection) -> None:
    """Of a thousand customers without ties: the same classes, sums and index as `pareto`, and at most 200 points."""
    empty.execute(
        "insert into crm.customers (customer_key, customer, is_implied)"
        " select i, 'C' || i, false from range(1, 1001) t(i)"
    )
    empty.execute(
        "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, is_return, order_no)"
        " select 'o' || i, 1, date '2026-01-01', i, 1000000.0 / i, false, 1 from range(1, 1001) t(i)"
    )
    ranked = answered(empty, pareto.pareto("revenue", "customer", ALL))
    result = answered(empty, customer_shares.classes("revenue", ALL))
    expected = (
        ranked.frame.group_by("class").agg(pl.len(), pl.col("revenue").sum(), pl.col("share").sum()).sort("class")
    )
    assert result.frame["customers"].to_list() == expected["len"].to_list()
    assert [float(amount) for amount in result.frame["amount"]] == pytest.approx(expected["revenue"].to_list())
    assert result.frame["share"].to_list() == pytest.approx(expected["share"].to_list())
    assert result.notes[0] == ranked.notes[0]
    curve = answered(empty, customer_shares.curve("revenue", ALL)).frame
    points = curve.filter(pl.col("top").is_null())
    assert 150 < points.height <= 200
    assert points["largest"].is_sorted()
    assert curve["top"].drop_nulls().to_list() == list(TOPS)
    ten = ranked.frame["share"].head(10).sum()
    assert curve.filter(pl.col("top") == "top_10")["share"].item() == pytest.approx(ten)
    assert curve.filter(pl.col("top") == "percent_10")["largest"].item() == 100


def _tier(connection: duckdb.DuckDBPyConnection, customer: int, tier: str | None) -> None:
    connection.execute("update crm.customers set tier = ? where customer_key = ?", [tier, customer])


def test_whose_tier_does_not_fit(empty: duckdb.DuckDBPyConnection) -> None:
    """1 brings 80 of 100 in tier C and so is class A; 2 has 16 in tier A; 3 has 4 in A, 4 none in A, 5 none in C."""
    put(empty, (1, days(1), 80), (2, days(1), 16), (3, days(1), 4))
    for key in (4, 5):
        empty.execute(
            "insert into crm.customers (customer_key, customer, is_implied) values (?, ?, false)", [key, f"C{key}"]
        )
    for customer, tier in enumerate("CAAAC", start=1):
        _tier(empty, customer, tier)
    query = customer_shares.tiers("revenue", ALL)
    result = answered(empty, query)
    assert result.frame.select("tier", "class", "customers", "amount", "fit").rows() == [
        ("A", "B", 1, 16, None), ("A", "C", 1, 4, "high"), ("A", "none", 1, None, "high"), ("C", "A", 1, 80, "low"),
        ("C", "none", 1, None, None),
    ]  # fmt: skip
    assert [said.code for said in result.notes] == ["tiers_known"]
    for row in result.frame.iter_rows(named=True):
        rows = answered(empty, query.rows("amount", tier=row["tier"], **{"class": row["class"]})).frame
        assert rows["customer"].n_unique() == row["customers"]
        assert (rows["amount"].sum() or 0) == (row["amount"] or 0)
    listed = customer_shares.misfits("revenue", ALL)
    frame = answered(empty, listed).frame
    assert frame.select("customer", "fit").rows() == [("C1", "low"), ("C3", "high"), ("C4", "high")]
    assert answered(empty, listed.rows("amount", customer="C1")).frame["amount"].sum() == 80
    _tier(empty, 1, None)
    assert answered(empty, listed).frame.row(0)[:3] == ("C1", "low", None)  # no tier at all
    for key in range(1, 6):
        _tier(empty, key, None)
    nothing = answered(empty, listed)
    assert nothing.frame.is_empty()
    assert [said.code for said in nothing.notes] == ["no_tiers"]
    empty.execute("update crm.customers set tier = 'T' || customer_key")
    empty.execute(
        "insert into crm.customers (customer_key, customer, tier, is_implied)"
        " select i, 'N' || i, 'T' || i, false from range(10, 30) t(i)"
    )
    assert [said.code for said in answered(empty, query).notes] == ["many_tiers"]


def test_who_bought_through_others_is_not_judged(empty: duckdb.DuckDBPyConnection) -> None:
    """4 of tier A bought from another person only: that they bring nothing is not said to the owner."""
    put(empty, (1, days(1), 80), (2, days(1), 16), (3, days(1), 4), rep_key=2)
    put(empty, (4, days(1), 900), rep_key=1)
    empty.execute("insert into crm.customers (customer_key, customer, is_implied) values (5, 'C5', false)")
    empty.execute("update crm.customers set rep_key = 2")
    for customer, tier in enumerate("CAAAA", start=1):
        _tier(empty, customer, tier)
    own = Viewer(scope="rep", rep_keys=(2,))
    query = customer_shares.tiers("revenue", ALL)
    frame = answered(empty, query, own).frame
    assert frame.select("tier", "class", "customers", "fit").rows() == [
        ("A", "B", 1, None), ("A", "C", 1, "high"), ("A", "none", 1, "high"), ("A", "others", 1, None),
        ("C", "A", 1, "low"),
    ]  # fmt: skip
    rows = answered(empty, query.rows("customers", tier="A", **{"class": "others"}), own).frame
    assert rows["customer"].to_list() == ["C4"]
    assert answered(empty, customer_shares.misfits("revenue", ALL), own).frame["customer"].to_list() == [
        "C1", "C3", "C5"]  # fmt: skip
    assert "others" not in answered(empty, query).frame["class"]


def test_the_order_of_tiers() -> None:
    assert rungs_of({"C": 9, "A": 1, "重点": 0, "B": None}) == [["重点"], ["A"], ["B"], ["C"]]
    assert rungs_of({"Gold ": 1, "silver": 2}) == [["Gold "], ["silver"]]
    assert rungs_of({"Prospect": None, "Customer": 5.0}) == [["Customer"], ["Prospect"]]
    assert rungs_of({"y": 5.0, "z": 9.0, "x": 5.0}) == [["z"], ["x", "y"]]
    assert halves([["a"], ["b"], ["c"]]) == ({"a"}, {"c"})
    assert halves([["a"]]) == (set(), set())
    assert halves(rungs_of({"A": 1, "Gold": 2, "B": 3, "Silver": 4})) == ({"A", "Gold"}, {"B", "Silver"})
    assert halves(rungs_of({"A": 1, "Gold": 2})) == (set(), set())  # on one rung: neither is above the other


def test_without_any_purchase(empty: duckdb.DuckDBPyConnection) -> None:
    for ask in (customer_shares.classes, customer_shares.curve, customer_shares.tiers, customer_shares.misfits):
        assert answered(empty, ask("revenue", ALL)).frame.is_empty()
    put(empty, (1, days(1), -5), is_return=True)
    result = answered(empty, customer_shares.classes("revenue", ALL))
    assert result.frame.rows() == [("C", 1, 1.0, Decimal(-5), None, -5.0)]
    assert [said.code for said in result.notes] == ["hhi_unknown", "pareto_below"]
    assert answered(empty, customer_shares.curve("revenue", ALL)).frame.is_empty()
