"""How products are drawn: every mark opens its rows, plotly takes the figures, and a sentence is said or is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics import baskets, discounts, life, pareto, product_plan, sold
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import product_lists, product_rates, products
from ui.behind import Behind
from ui.look import Look

Draw, Say = Callable[[Result, Look], go.Figure | None], Callable[[Result, Look], str | None]
DRAWN: dict[str, tuple[Callable[[View], Query], Draw, Say]] = {
    "pareto": (lambda view: pareto.pareto("revenue", "product", view), products.ranked, products.few_bring_most),
    "quadrant": (sold.quadrant, products.quadrants, products.who_moved),
    "plan": (product_plan.against_plan, products.against, products.who_is_under),
    "margins": (discounts.margins, product_rates.margins, product_rates.what_it_costs),
    "wins": (discounts.wins, product_rates.wins, product_rates.which_depth),
    "returned": (sold.returned, product_rates.returned, product_rates.what_comes_back),
}


@pytest.mark.parametrize("name", list(DRAWN))
def test_every_mark_opens_its_rows(seen: Snapshot, view: View, name: str) -> None:
    ask, draw, say = DRAWN[name]
    query = ask(view.with_period("last_12_months").with_compare("last_year"))
    result = seen.ask(query, EVERYTHING)
    for look in (EN, ZH):
        figure = draw(result, look)
        assert figure is not None
        go.Figure(figure.to_dict())  # by plotly's own rules
        assert say(result, look) is None or "{" not in str(say(result, look))
    marks = [mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata]
    assert len(marks) >= 3
    for mark in marks[:3]:
        column, _, at = json.loads(mark)
        assert seen.ask(query.rows(column, **at).first(1), EVERYTHING).frame.height == 1
    nothing = Result(result.frame.clear(), result.raw.clear(), query)
    assert draw(nothing, EN) is None


def test_growth_beyond_the_edge_is_said(seen: Snapshot, view: View) -> None:
    query = sold.quadrant(view.with_period("last_12_months").with_compare("last_year"))
    result = seen.ask(query, EVERYTHING)
    first = pl.int_range(pl.len())
    grown = pl.when(first == 0).then(3.5).when(first == 1).then(2.0).otherwise(0.1)
    far = Result(result.frame.with_columns(growth=grown), result.raw, query)
    for look in (EN, ZH, replace(EN, is_narrow=True)):
        figure = products.quadrants(far, look)
        assert figure is not None
        assert figure.layout.xaxis.ticktext[-1] == "≥200%"
        assert figure.layout.xaxis.tickvals[-1] == 2.0
    subject = products.Quadrant(query, "quadrant", view)
    assert [one["count"] for one in subject.notes(far) if one.code == "growth_far"] == [1]
    near = Result(far.frame.with_columns(growth=0.1 * first / pl.len()), result.raw, query)
    assert "growth_far" not in [one.code for one in subject.notes(near)]
    figure = products.quadrants(near, EN)
    assert figure is not None
    assert not any("≥" in text for text in figure.layout.xaxis.ticktext)


def test_claims_in_words(seen: Snapshot, view: View) -> None:
    """What is said of one that stands out; nothing of those that do not."""
    asked = view.with_period("last_12_months").with_compare("last_year")
    beyond = pl.int_range(pl.len()) == 0
    for name, of in (("wins", "win_rate"), ("returned", "share")):
        ask, _, say = DRAWN[name]
        result = seen.ask(ask(asked), EVERYTHING)
        frame = result.frame.with_columns(is_beyond_chance=beyond, **{of: pl.lit(0.99)})
        assert "99" in (say(Result(frame, result.raw, result.query), EN) or "")
        calm = result.frame.with_columns(is_beyond_chance=pl.lit(value=False))
        assert say(Result(calm, result.raw, result.query), ZH) is None


def test_lists_in_words(seen: Snapshot, view: View) -> None:
    result = seen.ask(life.life(view), EVERYTHING)
    shown = product_lists.lives(result.frame, ZH)
    assert shown.columns[:2] == ["product", "life"]
    assert set(shown["life"]) <= {"新品", "成长", "成熟", "衰退", "停售", "未知", "无销售记录"}
    assert "18" in (product_lists.how_they_stand(result, EN) or "")
    many = replace(result, frame=pl.concat([result.frame] * 100))
    assert "1,800" in (product_lists.how_they_stand(many, EN) or "")
    pairs = seen.ask(baskets.baskets(view.with_period("all")), EVERYTHING)
    assert product_lists.pairs(pairs.frame, EN).height == pairs.frame.height
    assert product_lists.what_goes_together(Result(pairs.frame.clear(), pairs.raw, pairs.query), EN) is None
    row = pairs.frame.row(0, named=True)
    at = tuple((name, row[name]) for name in pairs.query.by)
    behind = seen.ask(Behind(pairs.query, "baskets", view, at=at).rows(), EVERYTHING).frame
    assert behind["order_id"].n_unique() == row["orders"]  # as a click on the row opens them
    calm = pairs.frame.with_columns(is_beyond_chance=pl.lit(value=False))
    said = product_lists.what_goes_together(Result(calm, pairs.raw, pairs.query), EN) or ""
    assert f"the {calm.height} that are in at least 20 orders" in said
    claimed = pairs.frame.with_columns(is_beyond_chance=pl.lit(value=True))
    said = product_lists.what_goes_together(Result(claimed, pairs.raw, pairs.query), ZH) or ""
    assert claimed["product"][0] in said


def _of(query: Query, **columns: list[object]) -> Result:
    frame = pl.DataFrame(columns)
    return Result(frame, frame, query)


def test_a_phone_says_the_share_that_the_bar_draws(view: View) -> None:
    asked = pareto.pareto("revenue", "product", view)
    ranked = {"product": ["A", "B"], "revenue": [90.0, 10.0], "share": [0.9, 0.1], "cumulative": [0.9, 1.0]}
    figure = products.ranked(_of(asked, **ranked, **{"class": ["A", "C"]}), replace(EN, is_narrow=True))
    assert figure is not None
    assert [text.strip() for text in figure.data[-1].text] == ["90.0%", "10.0%"]


def test_one_product_alone_is_no_share_of_one(view: View) -> None:
    asked = pareto.pareto("revenue", "product", view)
    alone = {"product": ["A"], "revenue": [90.0], "share": [1.0], "cumulative": [1.0], "class": ["A"]}
    assert products.few_bring_most(_of(asked, **alone), EN) == "All revenue comes from one product: A."


def test_cuts_and_premiums_are_said_separately(view: View) -> None:
    """20 off and 50 on top of 330: 300 would have been charged at list price."""
    bands = {"depth_band": ["none", "to_20"], "revenue": [250.0, 80.0], "premium_worth": [50.0, 0.0]}
    said = product_rates.what_it_costs(_of(discounts.margins(view), **bands, discount_worth=[0.0, 20.0]), EN) or ""
    assert "6.7%" in said  # 20 of 300
    assert "50 more than their list price" in said.replace("¥", "").replace("CNY ", "")


def test_ranges_below_zero_have_an_axis_with_its_zero(view: View) -> None:
    rate = "gross_margin_rate"
    ends = {rate: [-0.2, 0.3], f"{rate}.low": [-0.3, 0.2], f"{rate}.high": [-0.1, 0.4], f"{rate}.n": [40, 50]}
    figure = product_rates.margins(
        _of(discounts.margins(view), depth_band=["none", "to_5"], lines=[40, 50], **ends), EN
    )
    assert figure is not None
    axis = figure.layout.xaxis
    assert (axis.visible, axis.zeroline, axis.title.text) == (True, True, "Gross margin rate")
    assert list(figure.data[-1].x) == [-0.1, 0.4]  # the numbers stand where the ranges end, not at zero


def test_no_discount_is_called_so(view: View) -> None:
    told = {"depth_band": ["none"], "win_rate": [0.6], "rate_of_others": [0.3], "is_beyond_chance": [True]}
    said = product_rates.which_depth(_of(discounts.wins(view), **told), EN) or ""
    assert said.startswith("Deals offered no discount were won in 60%")
