"""The drawing of moves: every move is in a band, back and skipped ones are told apart, and the list names them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import duckdb
import plotly.graph_objects as go
import pytest

from metrics.moves import moves
from metrics.query import Result
from metrics.view import View
from tests.metrics.conftest import ROOT, answered
from tests.metrics.stages import put_twelve
from tests.ui.answered import EN, ZH
from ui.flows import flows, how_they_went, named
from ui.look import Look


@pytest.fixture(scope="module")
def moved() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute((ROOT / "data" / "schema.sql").read_text("utf-8"))
    put_twelve(connection)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def twelve(moved: duckdb.DuckDBPyConnection) -> Result:
    return answered(moved, moves(View(as_of=date(2026, 2, 20))))


def _heard(figure: go.Figure) -> dict[str, str]:
    """What a click can meet: mark -> what it says under the pointer."""
    return {mark: trace.hovertext for trace in figure.data for mark in trace.customdata or ()}


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_every_move_is_in_a_band_as_wide_as_it_is_often_made(twelve: Result, look: Look) -> None:
    figure = flows(twelve, look)
    assert figure is not None
    go.Figure(json.loads(figure.to_json()))  # checks every property
    areas = [trace for trace in figure.data if trace.fill == "toself"]
    widths = [trace.y[-1] - trace.y[0] for trace in areas]  # at the left; the edge comes back below
    assert widths == pytest.approx([move * widths[0] / 7 for move in twelve.frame["moves"]], abs=1e-3)
    assert all(-1e-6 <= y <= 1 + 1e-6 for trace in areas for y in trace.y)
    assert all(trace.x[0] == 0 and max(trace.x) == 1 for trace in areas)


def test_bands_leave_and_meet_their_stages_side_by_side(twelve: Result) -> None:
    figure = flows(twelve, EN)
    assert figure is not None
    areas = [trace for trace in figure.data if trace.fill == "toself"]
    half = len(areas[0].y) // 2
    for at in (0, half - 1):
        spans = sorted((trace.y[at], trace.y[-1 - at]) for trace in areas)
        assert all(end <= begin + 1e-3 for (_, end), (begin, _) in pairwise(spans))


def test_every_band_and_every_stage_opens_its_moves(twelve: Result, moved: duckdb.DuckDBPyConnection) -> None:
    figure = flows(twelve, EN)
    assert figure is not None
    heard = _heard(figure)
    assert len(heard) == twelve.frame.height + 4 + 6  # and the stages at the left; at the right, with won and lost
    for mark, says in heard.items():
        column, where, at = json.loads(mark)
        rows = answered(moved, twelve.query.rows(column, **at)).frame.height
        assert f"Moves: {rows}" in says, where


def test_kinds_of_moves_have_colours_of_their_own(twelve: Result) -> None:
    figure = flows(twelve, EN)
    assert figure is not None
    areas = [trace.fillcolor for trace in figure.data if trace.fill == "toself"]
    colours = dict(zip(twelve.frame["went"], areas, strict=True))
    assert len(set(colours.values())) == len(colours) == 5
    key = figure.layout.annotations[-1].text
    assert [kind in key for kind in ("Back", "Skipped", "Same stage")] == [True, True, False]


def test_the_list_says_the_same(twelve: Result) -> None:
    table = named(twelve.frame, "zh-CN")
    assert table.select("stage", "next_stage", "went", "moves").rows()[:4] == [
        ("沟通", "演示", "进入下一阶段", 7), ("沟通", "报价", "跳过阶段", 1), ("沟通", "签约", "跳过阶段", 1),
        ("沟通", "输单", "输单", 2),
    ]  # fmt: skip
    assert table.height == twelve.frame.height


def test_what_is_found(twelve: Result) -> None:
    assert how_they_went(twelve, EN) == (
        "23 moves: 2 back (9%), 2 over a stage (9%). Most often back: from Demo to Talk (1)."
    )
    assert "退回 2 次" in (how_they_went(twelve, ZH) or "")
    nothing = Result(twelve.frame.clear(), twelve.raw, twelve.query)
    assert flows(nothing, EN) is None
    assert how_they_went(nothing, EN) is None
