"""Who brings most: published cut-offs and indices, and shares that add up."""

from __future__ import annotations

from math import fsum

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.errors import MeasureNotBy
from metrics.pareto import classes, hhi, level, pareto
from tests.metrics.conftest import answered, view
from tests.metrics.test_products import NOW, put


def test_the_index_of_the_merger_guidelines() -> None:
    """Four firms with 30, 30, 20 and 20 % have 2,600, which is high; 1,800 itself is not."""
    assert hhi([30, 30, 20, 20]) == pytest.approx(2_600)
    assert hhi([5]) == 10_000
    assert hhi([0, -3]) is None  # nobody brings anything: not "low"
    assert [level(index) for index in (2_600, 1_800.1, 1_800, 1_000, 999.9)] == [
        "high",
        "high",
        *["moderate"] * 2,
        "low",
    ]


def test_who_crosses_a_cut_belongs_to_the_class_before_it() -> None:
    frame = classes(pl.DataFrame({"revenue": [70.0, 15.0, 8.0, 5.0, 2.0, 0.0, -1.0]}), "revenue")
    assert frame["class"].to_list() == ["A", "A", "B", "B", "C", "C", "C"]
    exact = classes(pl.DataFrame({"revenue": [50.0, 30.0, 15.0, 5.0]}), "revenue")  # 80 and 95 % to the point
    assert exact["class"].to_list() == ["A", "A", "B", "C"]


def test_what_is_not_known_has_no_share_and_no_class(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, ("1", "A", NOW, 1, 90), ("2", "B", NOW, 1, 10), ("3", "C", NOW, 1, 40))
    empty.execute("update crm.order_lines set cost = 10 where amount > 10")
    empty.execute("update crm.order_lines set cost = null where amount <= 10")
    result = answered(empty, pareto("gross_margin", "product", view()))
    assert result.frame.select("product", "gross_margin", "class").rows() == [
        ("A", 80, "A"), ("C", 30, "A"), ("B", None, None),
    ]  # fmt: skip
    assert result.frame["share"].to_list() == [pytest.approx(80 / 110), pytest.approx(30 / 110), None]
    said = {remark.code: dict(remark.params) for remark in result.notes}
    assert said["pareto_unknown"]["count"] == 1
    assert "pareto_below" not in said  # it did not bring nothing: nobody knows


@given(st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=1, max_size=40))
def test_shares_add_up_and_a_brings_four_fifths(values: list[float]) -> None:
    frame = classes(pl.DataFrame({"revenue": sorted(values, reverse=True)}), "revenue")
    whole = fsum(values)
    if not whole:
        assert set(frame["class"]) == {"C"}
        return
    assert fsum(frame["share"]) == pytest.approx(1)
    assert frame["class"].to_list() == sorted(frame["class"].to_list())
    brought = fsum(frame.filter(pl.col("class") == "A")["share"])
    assert brought >= 0.8 - 1e-9
    last = frame.filter((pl.col("class") == "A") & (pl.col("share") > 0))["share"][-1]
    assert brought - last < 0.8  # none of A could be left out
    assert 10_000 / len(values) - 1e-6 <= (hhi(values) or 0) <= 10_000 + 1e-6


def test_products_ranked_with_those_that_bring_less_than_nothing(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, ("1", "A", NOW, 1, 90), ("2", "B", NOW, 1, 10), ("3", None, NOW, 1, 50), ("4", "C", NOW, 1, 5))
    put(empty, ("4", "C", NOW, -2, -9), is_return=True)
    result = answered(empty, pareto("revenue", "product", view()))
    assert result.frame.rows() == [
        ("A", 90, 0.9, 0.9, "A"), ("B", 10, 0.1, 1.0, "B"), ("C", -4, 0, 1.0, "C"), (None, 50, None, None, None),
    ]  # fmt: skip
    assert [said.code for said in result.notes] == ["hhi_high", "pareto_below", "pareto_unnamed"]
    assert dict(result.notes[0].params)["hhi"] == "8,200.0"
    assert answered(empty, result.query.rows("revenue", product="C")).frame.height == 2
    empty.execute("delete from crm.order_lines where amount > 0")
    assert [said.code for said in answered(empty, result.query).notes] == ["hhi_unknown", "pareto_below"]
    for of, by in (("win_rate", "product"), ("revenue", "stage")):
        with pytest.raises(MeasureNotBy):
            pareto(of, by, view())
