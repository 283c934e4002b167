"""How the value of customers is drawn: marks open their customers, lists in words, sentences where true."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics import overdue, worth
from metrics.notes import note
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from metrics.worth_fit import STATES, WORTH
from tests.ui.answered import EN, ZH
from ui import worth as drawn


def result_of(query: Query, **columns: object) -> Result:
    """An answer of one's own."""
    frame = pl.DataFrame(columns)
    return Result(frame, frame, query)


@pytest.fixture
def bands(view: View) -> Result:
    """Every band, of 10 customers who brought 100 each."""
    pairs = [(band, state) for band in WORTH for state in STATES]
    count = len(pairs)
    return result_of(
        worth.bands(view), worth=[one for one, _ in pairs], alive=[one for _, one in pairs], customers=[10] * count,
        brought_so_far=[1000.0] * count, expected_purchases=[4.0] * count, value_ahead=[400.0] * count,
        amount_from=[10.0] * count, amount_under=[1e300] * count, r=[0.5] * count, alpha=[5.0] * count,
        a=[0.8] * count, b=[2.0] * count,
    )  # fmt: skip


def test_bands_are_drawn_and_their_marks_open_customers(seen: Snapshot, bands: Result) -> None:
    figure = drawn.banded(bands, EN)
    assert figure is not None
    go.Figure(figure.to_dict())  # by plotly's own rules
    marks = [mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata]
    assert len(marks) == 15
    for mark in marks:
        column, _, at = json.loads(mark)
        frame = seen.ask(bands.query.rows(column, **at).first(5), EVERYTHING).frame
        assert frame.columns[0] == "customer"
    assert "Of 50 customers of high worth 10 are likely lost; they brought 6.7%" in (
        drawn.how_much_is_lost(bands, EN) or ""
    )
    phone = drawn.banded(bands, replace(EN, is_narrow=True))
    assert phone is not None
    assert phone.layout.height / 2 >= 22 * 5  # five names below each other are not cut off
    assert phone.layout.margin.t > 22 * 5
    calm = Result(bands.frame.filter(pl.col("alive") != "lost"), bands.raw, bands.query)
    assert drawn.how_much_is_lost(calm, ZH) is None
    nothing = Result(bands.frame.clear(), bands.raw, bands.query)
    assert drawn.banded(nothing, ZH) is None
    assert drawn.how_much_is_lost(nothing, EN) is None


def test_the_look_back_is_drawn(seen: Snapshot, view: View) -> None:
    query = worth.check(view, 26)
    result = result_of(
        query, repeats=[0, 1, 7], customers=[30, 20, 10], foreseen=[3.0, 8, 20], made=[4.0, 7, 25],
        foreseen_each=[0.1, 0.4, 2.0], made_each=[0.13, 0.35, 2.5],
        **{"made_each.low": [0.0, 0.2, 1.9], "made_each.high": [0.3, 0.5, 3.1]},
    )  # fmt: skip
    for look in (EN, ZH):
        figure = drawn.looked_back(result, look)
        assert figure is not None
        go.Figure(figure.to_dict())
    assert list(figure.layout.yaxis.ticktext) == ["购买 1 次", "购买 2 次", "8 次及以上"]
    column, _, at = json.loads(figure.data[0].customdata[2])
    assert "customer" in seen.ask(query.rows(column, **at).first(1), EVERYTHING).frame.columns
    empty = Result(result.frame.clear(), result.raw, query)
    assert drawn.looked_back(empty, EN) is None
    looked = drawn.LookBack(query, "worth_check", view)
    facts = {"weeks": 26, "expected": 31, "actual": 62, "off": "-50", "most": 20}
    refused = replace(result, notes=(note("worth_poor_total", **facts), note("worth_related")))
    assert "does not hold" in (drawn.does_not_hold(refused, EN) or ""), "the finding of the page, not small print"
    assert [one.code for one in looked.notes(refused)] == ["worth_related"]
    assert len(looked.notes(replace(empty, notes=refused.notes))) == 2, "without a drawing there is no finding"
    fits = note("worth_fits", **facts, by_class=4, most_by_class=25)
    assert drawn.does_not_hold(replace(result, notes=(fits,)), EN) is None


def test_lists_in_words(seen: Snapshot, view: View) -> None:
    row = {
        "customer": ["Acme"], "tier": [None], "rep": ["Ann"], "worth": ["high"], "alive": ["lost"],
        "chance_alive": [0.1234],
        "expected_purchases": [0.4567], "value_each": [50.0], "value_ahead": [22.0], "purchases": [7],
        "last_on": [date(2026, 1, 5)], "brought_so_far": [900.0],
    }  # fmt: skip
    result = result_of(worth.worth(view), **row)
    shown = drawn.ranked(result.frame, ZH)
    assert "tier" not in shown.columns
    assert shown.select("worth", "alive", "chance_alive").row(0) == ("高", "很可能流失", 0.123)
    assert "Acme leads with" in (drawn.who_leads(result, EN) or "")
    assert "Likely lost: 1. Acme brought most" in (drawn.who_is_lost(result, EN) or "")
    many = Result(result.frame, result.raw, result.query, notes=(note("worth_first", most=500, count=1234),))
    assert "Likely lost: 1,234." in (drawn.who_is_lost(many, EN) or "")
    sure = pl.concat([result.frame.with_columns(chance_alive=pl.lit(one)) for one in (0.0, 0.9999, 0.5)])
    assert drawn.ranked(sure, EN)["chance_alive"].to_list() == [0.001, 0.999, 0.5]  # neither nought nor certain
    nothing = Result(result.frame.clear(), result.raw, result.query)
    assert drawn.who_leads(nothing, EN) is drawn.who_is_lost(nothing, EN) is None
    late = seen.ask(overdue.overdue(view), EVERYTHING)
    assert drawn.late(late.frame, EN).columns[:2] == ["customer", "days_since"] or late.frame.is_empty()
    told = drawn.who_is_overdue(late, EN)
    assert told is None or ("usually buys every" in told and "{" not in told)
