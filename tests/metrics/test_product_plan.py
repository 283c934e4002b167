"""Products against their plan: what is due, what is missing, and the largest lever."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.product_plan import against_plan, lever
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.test_products import FEBRUARY, NOW, THEN, many, put
from tests.ui.answered import EN
from ui import products


def test_one_product_under_its_plan_and_its_lever(empty: duckdb.DuckDBPyConnection) -> None:
    """Six products sold 100 pieces at 10, as their plans say again; one of them sells 40 now."""
    for product in "ABCDEF":
        many(empty, product, THEN, 100, 10)
        many(empty, product, NOW, 40 if product == "F" else 100, 10)
        empty.execute(
            "insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version)"
            " values ('revenue', 'product', ?, '2026-02-01', '2026-02-28', 1000, 1)",
            [product],
        )
    result = answered(empty, against_plan(FEBRUARY))
    first = result.frame.row(0, named=True)
    assert (first["product"], first["plan"], first["due_by_now"], first["gap"]) == ("F", 1000, 1000, -600)
    assert (first["attainment"], first["lever"], first["is_under"]) == (0.4, "mix", True)
    assert first["volume"] == pytest.approx(1000 * (540 / 600 - 1))
    assert first["price"] + first["volume"] + first["mix"] + first["other_effects"] == pytest.approx(-600)
    assert result.frame["is_under"].sum() == 1
    assert result.frame.filter(pl.col("product") == "A")["lever"].to_list() == [None]
    rows = answered(empty, result.query.rows("amount_now", product="F")).frame
    assert rows["amount"].sum() == 400
    alone = answered(empty, against_plan(FEBRUARY.with_filter("product", ("F",))))
    assert alone.frame.rows() == [result.frame.row(0)], "chosen or not, a product is beside all others"
    assert "40%" in (products.who_is_under(alone, EN) or "")
    others = answered(empty, against_plan(FEBRUARY), Viewer(scope="rep", rep_keys=(2,)))
    assert others.frame.is_empty()  # plans of products are for who sees everything


def test_due_of_a_plan_are_the_goals_of_the_days_gone_by(empty: duckdb.DuckDBPyConnection) -> None:
    """Months of 100, 100 and 1,000: by 15 March 200 + 1000 · 10/22 = 654.55 are due, as the line of trends says."""
    put(empty, ("1", "A", date(2026, 1, 10), 10, 100), ("2", "A", date(2025, 1, 10), 10, 120))
    for month, last, value in ((1, 31, 100), (2, 28, 100), (3, 31, 1000)):
        empty.execute(
            "insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version)"
            " values ('revenue', 'product', 'A', ?, ?, ?, 1)",
            [date(2026, month, 1), date(2026, month, last), value],
        )
    quarter = view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31), compare="last_year")
    found = answered(empty, against_plan(quarter)).frame.row(0, named=True)
    assert (found["plan"], found["due_by_now"]) == (1200, pytest.approx(654.5455, abs=1e-4))
    assert found["attainment"] == pytest.approx(100 / 654.5455, rel=1e-6)


def test_a_plan_for_some_of_the_days_is_held_against_nothing(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, ("1", "A", date(2026, 1, 10), 10, 100), ("2", "A", date(2025, 1, 10), 10, 120))
    put(empty, ("3", "B", date(2026, 1, 10), 10, 100), ("4", "B", date(2026, 3, 2), 10, 100))
    for product, first, last in (("A", "2026-02-01", "2026-02-28"), ("B", "2026-01-01", "2026-03-15")):
        empty.execute(
            "insert into crm.targets (measure, scope, scope_value, starts_on, ends_on, value, version)"
            " values ('revenue', 'product', ?, ?, ?, 100, 1)", [product, first, last],
        )  # fmt: skip
    quarter = view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31), compare="last_year")
    result = answered(empty, against_plan(quarter))
    told = {row["product"]: row for row in result.frame.iter_rows(named=True)}
    assert [told["A"][name] for name in ("plan", "due_by_now", "attainment", "gap", "lever")] == [100] + [None] * 4
    assert told["B"]["attainment"] == 2, "its plan ends on the day looked at, and so do the sales"
    assert [said["count"] for said in result.notes if said.code == "product_plan_partly"] == [1]


def test_a_filter_that_no_plan_is_for_is_said_alone(empty: duckdb.DuckDBPyConnection) -> None:
    result = answered(empty, against_plan(FEBRUARY.with_filter("region", ("N",))))
    assert [said.code for said in result.notes if "target" in said.code or "plan" in said.code] == ["no_target_by"]


def test_without_targets_it_is_said_which_file_brings_them(empty: duckdb.DuckDBPyConnection) -> None:
    put(empty, ("1", "A", THEN, 1, 30), ("2", "A", NOW, 1, 30))
    result = answered(empty, against_plan(FEBRUARY))
    assert result.frame.is_empty()
    assert "no_product_plan" in [said.code for said in result.notes]


@pytest.mark.parametrize(
    ("price", "volume", "mix", "conversion", "named"),
    [
        (-5, 1, -2, 0, "price"), (-1, -5, -2, 0, "volume"), (-1, -2, -5, -1, "mix"),
        (-1, -2, -5, -4, "conversion"),  # more than half of what fewer pieces cost
        (-9, -2, -5, -7, "price"),  # conversion lies inside the pieces, and those cost less than price
        (1, 2, 0, -9, None), (-1, 4, 2, -9, "price"),
    ],
)  # fmt: skip
def test_the_largest_lever(price: float, volume: float, mix: float, conversion: float, named: str | None) -> None:
    assert lever({"price": price, "volume": volume, "mix": mix, "conversion_effect": conversion}) == named
    assert lever({}) is None
