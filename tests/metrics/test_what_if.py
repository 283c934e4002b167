"""What if: a changed factor changes the product by its ratio, and what each brought adds up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.errors import NoTreeFor, UnknownFactor
from metrics.what_if import last_year, scenario, tree_for
from tests.metrics.conftest import Ask, view

YEAR = {"won_amount": 600.0, "closed_deals": 20.0, "win_rate": 0.25, "won_deals": 5.0}
"""20 deals closed, 5 of them won, for 120 each."""


def test_by_hand() -> None:
    tree = tree_for("won_amount")
    assert tree is not None
    found = scenario(tree, YEAR, {"win_rate": 0.2, "closed_deals": -0.1})
    assert found is not None
    assert found.ratio == pytest.approx(1.08), "1.2 times 0.9"
    assert found.now == pytest.approx({"closed_deals": 18, "win_rate": 0.3, "won_amount_per_deal": 120})
    assert sum(found.brought.values()) == pytest.approx(0.08)
    assert found.brought["closed_deals"] < 0 < found.brought["win_rate"]


def test_no_more_than_all_can_be_won() -> None:
    tree = tree_for("won_amount")
    assert tree is not None
    found = scenario(tree, YEAR, {"win_rate": 9})
    assert found is not None
    assert found.now["win_rate"] == 1
    assert found.ratio == pytest.approx(4)
    assert found.capped == ("win_rate",)
    nothing = scenario(tree, YEAR, {"won_amount_per_deal": -1})
    assert nothing is not None
    assert nothing.ratio == 0
    assert nothing.capped == ()
    assert nothing.changed(100.0, 30.0) == 30, "what has come stays"
    assert found.changed(100.0, 30.0) == pytest.approx(30 + 4 * 70)


@given(st.lists(st.floats(-0.9, 3), min_size=3, max_size=3))
def test_what_each_factor_brought_adds_up(changes: list[float]) -> None:
    tree = tree_for("revenue")
    assert tree is not None
    year = {"revenue": 9e5, "active_customers": 300.0, "orders": 900.0, "average_order_value": 1000.0}
    names = ("active_customers", "orders_per_customer", "average_order_value")
    found = scenario(tree, year, dict(zip(names, changes, strict=True)))
    assert found is not None
    assert sum(found.brought.values()) == pytest.approx(found.ratio - 1, abs=1e-9)


def test_what_has_no_product_has_no_what_if() -> None:
    tree = tree_for("won_amount")
    assert tree is not None
    assert scenario(tree, {"won_amount": 0, "closed_deals": 0, "win_rate": None, "won_deals": 0}, {}) is None
    with pytest.raises(UnknownFactor) as refused:
        scenario(tree, YEAR, {"winrate": 0.1})
    assert "win_rate" in refused.value.text("zh-CN")
    with pytest.raises(NoTreeFor):
        last_year(view(), "created_deals")


def test_factors_are_those_of_the_last_finished_year(ask: Ask) -> None:
    asked = last_year(view(compare="previous", preset="this_month"), "won_amount")
    row = ask(asked).frame.row(0, named=True)
    assert asked.view is not None
    assert str(asked.view.period and asked.view.period.to_on) == "2026-02-28"
    assert row["won_amount"] >= 0
    assert not [name for name in row if name.endswith(".before")]
