"""How offers are shown: every mark opens its rows, reasons and findings in words, said either way."""

from __future__ import annotations

import json
from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics import basket_sets, look_alikes, next_product
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import drill, offers, rows
from ui.behind import Behind
from ui.question import Subject


def _of(query: Query, *rows: dict[str, object]) -> Result:
    frame = pl.DataFrame(list(rows))
    return Result(frame, frame, query)


RULE = {
    "because": "A", "because_too": "B", "offer": "C", "such_customers": 120, "bought": 48, "share": 0.4,
    "share.low": 0.317, "share.high": 0.489, "share_of_all": 0.09, "times": 4.4, "is_beyond_chance": True,
}  # fmt: skip
PAST = {"offers": 1, "customers": 200, "hit_rate.low": 0.1, "hit_rate.high": 0.2}


def test_every_mark_of_the_traits_opens_its_customers(seen: Snapshot, view: View) -> None:
    query = look_alikes.best_traits(view)
    result = seen.ask(query, EVERYTHING)
    for look in (EN, ZH, replace(EN, is_narrow=True)):
        figure = offers.traits(result, look)
        assert figure is not None
        go.Figure(figure.to_dict())  # by plotly's own rules
    marks = [mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata]
    assert len(marks) >= 3
    for mark, row in zip(marks[:3], result.frame.filter(pl.col("lift.high").is_not_null()).to_dicts(), strict=False):
        column, _, at = json.loads(mark)
        assert seen.ask(query.rows(column, **at), EVERYTHING).frame.height == row["best_customers"]
    assert offers.traits(Result(result.frame.clear(), result.raw.clear(), query), EN) is None


def test_the_look_at_the_past_is_drawn_and_said_either_way(seen: Snapshot, view: View) -> None:
    query = next_product.next_past(view)
    result = seen.ask(query, EVERYTHING)
    figure = offers.hits(result, EN)
    assert figure is not None
    go.Figure(figure.to_dict())
    marks = [mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata]
    assert len(marks) == result.frame.height == 4
    for mark, row in zip(marks, result.frame.to_dicts(), strict=True):
        column, _, at = json.loads(mark)
        behind = Subject(query, "next_past", view, at=tuple(at.items()), column=column)
        first, height = drill._first(behind.rows(), seen)
        assert (height, int(first["is_hit"].sum())) == (row["customers"], row["hits"])
        assert not {name for name in rows.headings(first) if name == rows.heading(name)}, "each column has a heading"
    assert "so the most popular product is suggested" in (offers.whether_rules_hit(result, EN) or "")
    better = _of(
        query, {"method": "rules", "hits": 40, "hit_rate": 0.2, "is_beyond_chance": True, **PAST},
        {"method": "popular", "hits": 20, "hit_rate": 0.1, "is_beyond_chance": None, **PAST},
    )  # fmt: skip
    said = offers.whether_rules_hit(better, EN) or ""
    assert "20.0%" in said
    assert said.startswith(f"20.0% of {PAST['customers']} customers"), "of three customers 100 % is nothing"
    assert "better beyond chance" in said
    nothing = Result(result.frame.clear(), result.raw, query)
    assert offers.hits(nothing, EN) is None
    assert offers.whether_rules_hit(nothing, EN) is None


def test_reasons_in_words(view: View) -> None:
    row = {"customer": "Acme", **RULE, "usual_amount": 100.0, "expected_share": 0.36}
    row |= {"expected_amount": 36.0, "year_amount": 500.0}
    query = next_product.next_product(view)
    shown = offers.offered(180)(_of(query, row).frame, EN)
    assert shown["why"].to_list() == [
        "40% (32%–49%) of 120 with A and B bought it, of all who buy as much 9%; within 180 days"
    ]
    assert shown.columns[3:6] == ["expected_share", "usual_amount", "expected_amount"], (
        "one is the product of the others"
    )
    popular = row | {"because": None, "because_too": None}
    both = pl.concat([_of(query, row).frame, _of(query, popular).frame], how="vertical_relaxed")
    why = offers.offered(90)(both, ZH)["why"].to_list()[1]
    assert why.startswith("最热门：120 个尚未购买的客户中 40%")
    alone = offers.offered(90)(_of(query, popular).frame, EN)  # why is said once, above the list
    assert alone.columns == ["customer", "offer", "share", "usual_amount", "expected_amount", "year_amount"]
    assert "1 of them C, which 40% (32%–49%) of 120" in (offers.what_to_offer(_of(query, popular), EN) or "")
    assert "2 customers have an offer, 1 of them" in (offers.what_to_offer(Result(both, both, query), EN) or "")
    assert "most popular" in (offers.what_to_offer(_of(query, popular), EN) or "")


def test_rules_are_named_beyond_chance_only(seen: Snapshot, view: View) -> None:
    query = next_product.next_rules(view)
    said = offers.which_rule(_of(query, RULE), EN) or ""
    assert said.startswith("Of customers with A and B 40% bought C since, of all who buy as much 9%")
    assert "Nothing that customers have" in (
        offers.which_rule(_of(query, RULE | {"is_beyond_chance": False}), EN) or ""
    )
    result = seen.ask(query, EVERYTHING)
    assert "because_too" not in offers.rules(result.frame, EN).columns
    row = result.frame.row(0, named=True)
    at = tuple((name, row[name]) for name in query.by)
    behind = seen.ask(Behind(query, "next_rules", view, at=at).rows(), EVERYTHING).frame
    assert behind["customer_key"].n_unique() == row["bought"]


@pytest.mark.parametrize("of", ["order", "customer"])
def test_a_row_of_sets_opens_the_lines_of_its_orders(seen: Snapshot, view: View, of: str) -> None:
    query = basket_sets.basket_sets(view, "order" if of == "order" else "customer")
    result = seen.ask(query, EVERYTHING)
    row = result.frame.filter(pl.col("products") == 3).row(0, named=True)
    at = tuple((name, row[name]) for name in query.by)
    behind = seen.ask(Behind(query, f"sets_{of}", view, at=at).rows(), EVERYTHING).frame
    assert behind["holder"].n_unique() == row["held_by"]
    assert set(behind["product"]) == {row[name] for name in basket_sets.NAMES} - {None}
    assert offers.sets(result.frame, ZH).height == result.frame.height
    calm = result.frame.with_columns(is_beyond_chance=pl.lit(value=False))
    said = offers.which_sets(of)(Result(calm, result.raw, query), EN) or ""
    assert f"Listed are {calm.height}" in said
    sure = result.frame.with_columns(is_beyond_chance=pl.lit(value=True))
    assert str(row["third_product"]) in (offers.which_sets(of)(Result(sure, result.raw, query), ZH) or "")


def test_look_alikes_say_why(seen: Snapshot, view: View) -> None:
    row = {
        "customer": "Acme", "kind": "small", "industry": "Steel", "size_band": "1000+", "industry_points": -0.4,
        "size_band_points": 1.6, "score": 1.2, "odds": 3.3, "year_amount": 10, "rep": "Ann",
    }  # fmt: skip
    query = look_alikes.look_alikes(view)
    shown = offers.alike(_of(query, row).frame, EN).row(0, named=True)
    assert shown["why"] == "Customer size: 1000+ +1.6 · Industry: Steel −0.4"
    assert shown["kind"] == "Buys little"
    assert offers.who_is_alike(_of(query, row), EN) == "1 small or sleeping customers look like the best."
    lead = {"lead": "L", "created_on": None, "rep": "Ann", "industry": "Steel", "industry_points": 0.5, "score": 0.5,
            "odds": 1.6}  # fmt: skip
    assert offers.leads(_of(query, lead).frame, ZH)["why"].item().endswith("Steel +0.5")
    result = seen.ask(look_alikes.held_out(view), EVERYTHING)
    assert offers.whether_it_holds(result, ZH)
    assert offers.tested(result.frame, ZH)["traits_of"].to_list() == ["客户", "线索"]


def test_what_does_not_hold_is_said(view: View) -> None:
    query = look_alikes.held_out(view)
    row = {"traits_of": "customers", "called": 40, "share": 0.25, "share_of_all": 0.2, "lift": 1.25, "lift.low": 0.9,
           "lift.high": 1.6, "is_beyond_chance": False}  # fmt: skip
    assert "nobody is listed" in (offers.whether_it_holds(_of(query, row), EN) or "")
    held = row | {"is_beyond_chance": True, "lift.low": 1.1}
    assert "1.2 times as many (1.1–1.6)" in (offers.whether_it_holds(_of(query, held), EN) or "")
    assert "Nobody is called alike" in (offers.whether_it_holds(_of(query, row | {"called": 0}), EN) or "")
    assert offers.whether_it_holds(_of(query, row | {"traits_of": "leads"}), EN) is None
    trait = {"trait": "industry", "value": "Steel", "share": 0.5, "share_of_all": 0.2, "lift": 2.5,
             "points": 1.0}  # fmt: skip
    traits = look_alikes.best_traits(view)
    assert "2.5 times" in (offers.what_they_share(_of(traits, trait | {"is_beyond_chance": True}), EN) or "")
    assert "share nothing" in (offers.what_they_share(_of(traits, trait | {"is_beyond_chance": False}), EN) or "")
