"""Drawings of coming periods: plotly takes them, they say what they found in both languages, and marks lead to rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.ahead import ahead, looked_back, methods
from metrics.both_forecasts import both_forecasts
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from metrics.what_if import last_year
from tests.ui.answered import EN, ZH
from ui import forecast as drawn
from ui import numbers
from ui.look import Look
from ui.what_if import Drawn, Found, Told

Draw = Callable[[Result, Look], go.Figure | None]
Find = Callable[[Result, Look], str | None]
TOLD = Told("revenue", (("average_order_value", 0.1), ("active_customers", -0.05)), 3e6, 3)
WAYS: dict[str, tuple[Callable[[View], Query], Draw, Find]] = {
    "months": (lambda view: ahead(view, "revenue"), drawn.carried_on, drawn.what_comes),
    "week": (lambda view: ahead(view, "orders", "week", 1), drawn.carried_on, drawn.what_comes),
    "past": (lambda view: looked_back(view, "revenue"), drawn.beside_what_came, drawn.how_far_off),
    "quarter": (both_forecasts, drawn.both, drawn.which_is_believed),
    "what_if": (lambda view: last_year(view, "revenue"), Drawn(TOLD), Found(TOLD)),
}


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
@pytest.mark.parametrize("name", list(WAYS))
def test_drawings_hold_to_plotlys_own_rules_and_their_marks_open_rows(
    name: str, look: Look, seen: Snapshot, view: View
) -> None:
    ask, draw, found = WAYS[name]
    query = ask(view)
    result = seen.ask(query, EVERYTHING)
    figure, said = draw(result, look), found(result, look)
    assert figure is not None
    assert said
    assert "{" not in said
    go.Figure(json.loads(figure.to_json()))  # checks every property
    marks = set()
    for trace in figure.to_dict()["data"]:
        if trace.get("hoverinfo") == "skip":
            continue
        values = json.loads(go.Figure([trace]).to_json())["data"][0]
        assert values.get("customdata"), (name, trace.get("name"))
        marks |= {mark for mark in values["customdata"] if mark}
    for mark in sorted(marks)[:: max(len(marks) // 4, 1)]:
        column, _, at = json.loads(mark)
        assert seen.ask(query.rows(column, **at).first(1), EVERYTHING).frame.height == 1


def test_days_under_an_axis_keep_apart_on_a_phone(seen: Snapshot, view: View) -> None:
    """“12月8日” takes 50 px of some 240: eight of them ran into each other."""
    result = seen.ask(ahead(view, "revenue", "week"), EVERYTHING)
    figure = drawn.carried_on(result, replace(ZH, is_narrow=True))
    assert figure is not None
    assert 2 <= len(figure.layout.xaxis.ticktext) <= 4


def test_what_if_says_what_changes(seen: Snapshot, view: View) -> None:
    result = seen.ask(last_year(view, "revenue"), EVERYTHING)
    said = Found(TOLD)(result, EN) or ""
    assert "Average order value" in said
    assert "+4.5%" in said, "1.1 times 0.95"
    half = Found(replace(TOLD, so_far=1.5e6))(result, EN) or ""
    assert "+2.3%" in half, "half of it has come"


def test_what_if_says_where_a_rate_is_at_its_end(seen: Snapshot, view: View) -> None:
    result = seen.ask(last_year(view, "won_amount"), EVERYTHING)
    told = Told("won_amount", (("win_rate", 9.0),), 3e6, 3)
    assert "cannot be more" in (Found(told)(result, EN) or "")
    assert "不能更高" in (Found(told)(result, ZH) or "")


def test_methods_are_named_and_the_chosen_one_is_said(seen: Snapshot, view: View) -> None:
    result = seen.ask(methods(view, "revenue"), EVERYTHING)
    shown = drawn.in_words(result.frame, ZH)
    assert "去年同期值" in shown["method"].to_list()
    assert shown["calendar"].null_count() == 0
    assert "MASE" in (drawn.which_method(result, EN) or "")


def test_of_a_few_forecasts_of_the_past_no_share_is_claimed(seen: Snapshot, view: View) -> None:
    result = seen.ask(looked_back(view, "revenue"), EVERYTHING)
    assert "80 %" in (drawn.how_far_off(result, EN) or "")
    few = replace(result, frame=result.frame.head(3))
    for look in (EN, ZH):
        said = drawn.how_far_off(few, look) or ""
        assert "10" in said
        assert "%" not in said


def test_what_lay_outside_of_its_band_has_a_name_of_its_own_and_the_drawn_are_told_from_all(
    seen: Snapshot, view: View
) -> None:
    result = seen.ask(looked_back(view, "revenue"), EVERYTHING)
    drawn_ones = result.frame.sort("month", "told_on").unique("month", keep="last", maintain_order=True)
    figure = drawn.beside_what_came(result, EN)
    assert figure is not None
    points = {trace.name: len(trace.x) for trace in figure.data if trace.mode == "markers"}
    missed = drawn_ones.filter(~pl.col("is_inside")).height
    assert points == {"What came": drawn_ones.height - missed} | ({"Outside of the range": missed} if missed else {})
    assert result.frame.height > drawn_ones.height
    assert "drawn is the last one of each period" in (drawn.how_far_off(result, EN) or "")
    none_held = replace(result, frame=result.frame.with_columns(is_inside=pl.lit(value=False)))
    crossed = drawn.beside_what_came(none_held, EN)
    assert crossed is not None
    assert [trace.name for trace in crossed.data if trace.mode == "markers"] == ["Outside of the range"]


def test_all_weeks_together_end_with_the_last_day_of_the_last_one(seen: Snapshot, view: View) -> None:
    result = seen.ask(ahead(view, "revenue", "week", 4), EVERYTHING)
    last = result.frame["week"].max()
    assert isinstance(last, date)
    said = drawn.what_comes(result, EN) or ""
    assert f"Until {numbers.day(last + timedelta(days=6), 'en')}, together" in said


def test_without_a_forecast_nothing_is_drawn_and_nothing_claimed(seen: Snapshot, view: View) -> None:
    early = view.seen_on(seen.frame("select min(ordered_on) + 60 from crm.order_lines").item())
    for ask, draw, found in (WAYS["months"], WAYS["past"]):
        result = seen.ask(ask(early), EVERYTHING)
        assert draw(result, EN) is None
        assert found(result, EN) is None
        assert result.notes
    assert drawn.which_method(seen.ask(methods(early, "revenue"), EVERYTHING), EN) is None
    nothing = seen.ask(both_forecasts(early, tried=False), EVERYTHING)
    assert nothing.frame.filter(pl.col("amount").is_not_null()).is_empty() or drawn.both(nothing, EN) is not None


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_what_neither_forecast_is_surely_right_about_is_said_to_be_open(look: Look, seen: Snapshot, view: View) -> None:
    """By the open deals; a target is called missed where it lies above both ranges, and open where above one alone."""
    result = seen.ask(both_forecasts(view, tried=False), EVERYTHING)
    neither = result.frame.head(2).with_columns(
        is_believed=False, off=None, at_least=90.0, amount=100.0, at_most=pl.Series([110.0, 130.0]),
        target=pl.lit(120.0),
    ).with_columns(pl.lit(None, pl.Float64).alias("off"))  # fmt: skip
    open_, missed = (
        drawn.which_is_believed(replace(result, frame=frame), look)
        for frame in (neither, neither.with_columns(target=pl.lit(140.0)))
    )
    source, target = look.words("value.source.landing"), look.money(120.0)
    assert open_ is not None
    assert missed is not None
    assert source in open_
    assert open_.endswith(look.words("question.both_forecasts_open", target=target))
    assert missed.endswith(look.words("question.both_forecasts_missed", target=look.money(140.0)))
