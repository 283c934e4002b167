"""Drawings of forecasts: plotly takes them, they say in both languages what they found, and open deals lead to rows."""

from __future__ import annotations

import json
from collections.abc import Callable

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.backtest import backtest
from metrics.calibration import calibration
from metrics.landing import landing
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import landing as drawn
from ui.look import Look

Draw = Callable[[Result, Look], go.Figure | None]


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_drawings_hold_to_plotlys_own_rules_and_say_what_they_found(look: Look, seen: Snapshot, view: View) -> None:
    ways: list[tuple[Query, Draw, Callable[[Result, Look], str | None]]] = [
        (landing(view), drawn.landed, drawn.where_it_ends),
        (calibration(view), drawn.came_true, drawn.how_true),
    ]
    for query, draw, found in ways:
        result = seen.ask(query, EVERYTHING)
        figure, said = draw(result, look), found(result, look)
        assert figure is not None
        assert said
        assert "{" not in said
        go.Figure(json.loads(figure.to_json()))  # checks every property
    told = seen.ask(backtest(view), EVERYTHING)
    assert told.frame.height == 16
    assert drawn.how_far_off(told, look)


def test_only_the_open_deals_of_a_landing_lead_to_rows(seen: Snapshot, view: View) -> None:
    query = landing(view)
    result = seen.ask(query, EVERYTHING)
    figure = drawn.landed(result, EN)
    assert figure is not None
    marks = [json.loads(mark) for trace in figure.to_dict()["data"] for mark in trace.get("customdata") or ()]
    assert [where for _, where, _ in marks] == ["Open deals"]
    ((column, _, at),) = marks
    rows = seen.ask(query.rows(column, **at), EVERYTHING).frame
    assert rows.height == result.frame.row(1, named=True)["deals"]


def test_without_a_forecast_nothing_is_drawn(seen: Snapshot, view: View) -> None:
    early = view.seen_on(seen.frame("select min(closed_on) from crm.deals").item())
    result = seen.ask(landing(early), EVERYTHING)
    assert drawn.landed(result, EN) is None
    assert drawn.where_it_ends(result, EN) is None
    assert drawn.came_true(seen.ask(calibration(early), EVERYTHING), EN) is None
    assert result.frame.filter(pl.col("part") == "won").height == 1
