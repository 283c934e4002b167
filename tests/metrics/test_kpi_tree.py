"""Contributions of factors: published numbers, what holds of any numbers, and trees that are their measure exactly."""

from __future__ import annotations

from math import fsum, prod

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.catalog import catalog
from metrics.cuts import total
from metrics.errors import NoPeriod, UnknownTree
from metrics.factors import factors
from metrics.kpi_tree import explained, lmdi, shapley, tree, trees
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.metrics.conftest import answered, view
from tests.small import small_store

VELOCITY_THEN = {"open_deals": 100, "win_rate": 0.25, "average_won_amount": 40, "cycle_days": 60}
VELOCITY_NOW = {"open_deals": 110, "win_rate": 0.22, "average_won_amount": 45, "cycle_days": 55}
_ABOVE_0 = st.floats(0.001, 1e6)
_ANY = st.one_of(st.just(0.0), st.floats(-1e4, 1e4, allow_subnormal=False))


def _pairs(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[list[tuple[float, float]]]:
    return st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5)


def test_the_published_numbers() -> None:
    """Ang (2005) and Shapley on a sales velocity that rises from 16.667 to 19.8."""
    told = explained(tree("velocity"), VELOCITY_THEN, VELOCITY_NOW)
    assert told is not None
    assert told.method == "lmdi"
    assert [round(amount, 4) for amount in told.amounts.values()] == [1.7335, -2.3251, 2.1423, 1.5826]
    assert [round(amount, 4) for amount in told.by_shapley.values()] == [1.7379, -2.3384, 2.1470, 1.5868]
    for way in (told.amounts, told.by_shapley):
        assert fsum(way.values()) == pytest.approx(3.1333333, abs=1e-6)


@given(_pairs(_ABOVE_0))
def test_lmdi_adds_up_to_the_change(pairs: list[tuple[float, float]]) -> None:
    then, now = zip(*pairs, strict=True)
    delta, size = prod(now) - prod(then), max(prod(now), prod(then))
    assert fsum(lmdi(then, now)) == pytest.approx(delta, abs=1e-9 * size, rel=1e-9)


@given(_pairs(_ANY))
def test_shapley_adds_up_to_the_change_whatever_the_sign(pairs: list[tuple[float, float]]) -> None:
    then, now = zip(*pairs, strict=True)
    size = prod(max(abs(a), abs(b)) for a, b in pairs)
    found = shapley(then, now)
    assert fsum(found) == pytest.approx(prod(now) - prod(then), abs=1e-9 * size + 1e-12)
    for amount, (a, b) in zip(found, pairs, strict=True):
        assert a != b or amount == 0, "what did not change brought nothing"


@given(_pairs(_ABOVE_0))
def test_the_order_of_factors_does_not_matter(pairs: list[tuple[float, float]]) -> None:
    turned = list(reversed(pairs))
    for way in (lmdi, shapley):
        straight, back = (way(*zip(*some, strict=True)) for some in (pairs, turned))
        size = prod(max(pair) for pair in pairs)
        assert straight == pytest.approx(back[::-1], abs=1e-8 * size, rel=1e-8)


def test_back_again_is_the_opposite() -> None:
    there = explained(tree("velocity"), VELOCITY_THEN, VELOCITY_NOW)
    back = explained(tree("velocity"), VELOCITY_NOW, VELOCITY_THEN)
    assert there is not None
    assert back is not None
    for one, amount in there.amounts.items():
        assert back.amounts[one] == pytest.approx(-amount)


def test_a_rate_of_nothing_takes_the_whole_loss() -> None:
    """No deal won: there is no deal size to read, so it counts as unchanged, and the win rate brought all the fall."""
    won = tree("won_amount")
    then = {"closed_deals": 100, "win_rate": 0.25, "won_amount_per_deal": 40}
    told = explained(won, then, {"closed_deals": 100, "win_rate": 0.0, "won_amount_per_deal": None})
    assert told is not None
    assert (told.method, told.unread) == ("shapley", ("won_amount_per_deal",))
    assert told.amounts == {"closed_deals": 0, "win_rate": pytest.approx(-1000), "won_amount_per_deal": 0}


def test_what_has_no_reading_in_either_span_is_not_explained() -> None:
    nothing = {"closed_deals": 0.0, "win_rate": None, "won_amount_per_deal": None}
    assert explained(tree("won_amount"), nothing, nothing) is None
    assert tree("won_amount").product(nothing) is None


def test_a_what_if_is_the_product_of_other_readings() -> None:
    velocity = tree("velocity")
    assert velocity.product(VELOCITY_THEN) == pytest.approx(100 * 0.25 * 40 / 60)
    assert velocity.product(VELOCITY_THEN | {"cycle_days": 30}) == pytest.approx(100 * 0.25 * 40 / 30)
    assert velocity.product(VELOCITY_THEN | {"cycle_days": 0}) is None


@pytest.mark.parametrize("name", list(trees()))
def test_the_factors_make_the_measure_exactly(name: str, company: duckdb.DuckDBPyConnection) -> None:
    """Under any filter, those too that share the money of deals out; nothing is read where nothing is counted."""
    one, read = tree(name), 0
    assert one.asks[0] == one.result
    for filters in ((), (("rep", ("Ann",)),), (("product", ("Basic",)),), (("team", ("East",)),)):
        row = answered(company, total(one.asks, view(filters=filters))).frame.row(0, named=True)
        made = one.product(one.readings(row))
        if made is not None and row[one.result] is not None:
            assert made == pytest.approx(row[one.result], rel=1e-12), filters
            read += 1
    assert read or name == "velocity"  # ten deals are too few for a pace


def test_trees_are_told_apart_by_what_they_ask() -> None:
    """The answer to a tree's question knows its tree by the measures asked for."""
    assert len({one.asks for one in trees().values()}) == len(trees())
    assert all(name in catalog().measures for one in trees().values() for name in one.asks)
    with pytest.raises(UnknownTree, match="velocity"):
        tree("velocty")


@pytest.mark.parametrize("name", list(trees()))
def test_the_steps_of_a_whole_company_add_up(name: str) -> None:
    """From the days compared with to the period, for the shares of money too; every factor opens its rows."""
    with small_store().snapshot() as seen:
        assert seen.as_of is not None
        asked = View(as_of=seen.as_of, preset="this_year", compare="last_year")
        for filtered in (asked, asked.with_filter("product", seen.values("product", EVERYTHING)[0])):
            result = seen.ask(factors(name, filtered), EVERYTHING)
            whole = seen.ask(total(tree(name).result, filtered), EVERYTHING).frame.row(0)
            if None in whole:  # too few deals of one product to tell their pace
                assert name == "velocity"
                assert result.frame.is_empty()
                continue
            start, *middle, end = result.frame.iter_rows(named=True)
            assert (end["amount"], start["amount"]) == pytest.approx(whole[:2], rel=1e-9)
            for way in ("amount", "by_shapley"):
                brought = fsum(row[way] for row in middle)
                assert brought == pytest.approx(end["amount"] - start["amount"], abs=1e-9 * end["amount"])
            for factor in tree(name).factors:
                assert seen.ask(result.query.rows(factor.asks[0]).first(1), EVERYTHING).frame.height == 1
    with pytest.raises(NoPeriod):
        factors(name, asked.with_compare("none"))


def test_nothing_is_explained_of_days_before_the_data(company: duckdb.DuckDBPyConnection) -> None:
    result = answered(
        company, factors("won_amount", view(from_on="2024-01-01", to_on="2024-12-31", compare="previous"))
    )
    assert result.frame.is_empty()
    told = [said["measure"] for said in result.notes if said.code in ("nothing_before", "begins")]
    assert told == ["won_amount"], "said once, not of each factor as well"
