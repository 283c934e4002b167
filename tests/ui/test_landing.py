"""Drawings of forecasts: plotly takes them, they say in both languages what they found, and open deals lead to rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.backtest import backtest
from metrics.calibration import calibration
from metrics.errors import NoSuchColumn
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
    few = look.words("question.backtest_few", ends=2, least=4)
    assert few not in (drawn.how_far_off(told, look) or few)
    two = told.frame.filter(pl.col("ends_on").rank("dense") <= 2)  # either forecast is closer by luck
    assert (drawn.how_far_off(replace(told, frame=two), look) or "").endswith(few)


def _marks(figure: go.Figure | None) -> list[list[Any]]:
    assert figure is not None
    return [json.loads(mark) for trace in figure.to_dict()["data"] for mark in trace.get("customdata") or ()]


def test_the_parts_of_a_landing_lead_to_their_deals(seen: Snapshot, view: View) -> None:
    query = landing(view, "year")
    result = seen.ask(query, EVERYTHING)
    parts = {row["part"]: row for row in result.frame.iter_rows(named=True)}
    marks = {at["part"]: (column, at) for column, _, at in _marks(drawn.landed(result, EN))}
    assert list(marks) == ["won", "open", "new"]
    rows = {part: seen.ask(query.rows(column, **at), EVERYTHING).frame for part, (column, at) in marks.items()}
    assert rows["open"].height == parts["open"]["deals"]
    assert rows["won"].height == parts["won"]["deals"]
    assert float(rows["won"]["amount"].sum()) == pytest.approx(parts["won"]["amount"])
    since = rows["new"].filter(pl.col("created_on").is_not_null())
    assert since.height
    assert since.filter(pl.col("created_on") <= pl.col("at_day")).is_empty()
    with pytest.raises(NoSuchColumn):
        query.rows(None, part="target")


def test_every_point_of_a_calibration_leads_to_the_looks_it_counts(seen: Snapshot, view: View) -> None:
    query = calibration(view)
    result = seen.ask(query, EVERYTHING)
    marks = _marks(drawn.came_true(result, EN))
    assert len(marks) == result.frame.height
    for (column, _, at), row in zip(marks, result.frame.iter_rows(named=True), strict=True):
        found = seen.ask(query.rows(column, **at), EVERYTHING).frame
        assert found.height == row["deals"]
        assert float(found["is_won"].sum()) / found.height == pytest.approx(row["came"])


@pytest.mark.parametrize(
    "cells",
    [
        "'; drop table crm.deals; --", "[]", "{}", "[" * 100_000, '[["2026-01-01", {"a": 1}, "s", 1]]',
        '[["2026-01-01", null, "s", 1e400]]', '[["2026-01-01", null, "\\ud800", 1]]', '[["2026-01-01", true, "s", 1]]',
        '[["2026-01-01", "p", "s"]]', '[[7, "p", "s", 1]]',
        "[" + ", ".join(['["2026-01-01", "p", "s", 1]'] * 6_000) + "]",
    ],
)  # fmt: skip
def test_what_is_no_point_leads_nowhere(cells: str, view: View) -> None:
    with pytest.raises(NoSuchColumn):
        calibration(view).rows(None, cells=cells)


def test_without_a_forecast_nothing_is_drawn(seen: Snapshot, view: View) -> None:
    early = view.seen_on(seen.frame("select min(closed_on) from crm.deals").item())
    result = seen.ask(landing(early), EVERYTHING)
    assert drawn.landed(result, EN) is None
    assert drawn.where_it_ends(result, EN) is None
    assert drawn.came_true(seen.ask(calibration(early), EVERYTHING), EN) is None
    assert result.frame.filter(pl.col("part") == "won").height == 1
