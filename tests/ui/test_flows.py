"""The drawing of moves: every move is in a band, back and skipped ones are told apart, and the list names them."""

from __future__ import annotations

import json
from datetime import date

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
def twelve() -> Result:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute((ROOT / "data" / "schema.sql").read_text("utf-8"))
    put_twelve(connection)
    found = answered(connection, moves(View(as_of=date(2026, 2, 20))))
    connection.close()
    return found


@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_every_move_is_in_a_band(twelve: Result, look: Look) -> None:
    figure = flows(twelve, look)
    assert figure is not None
    go.Figure(json.loads(figure.to_json()))  # checks every property
    drawn = figure.data[0]
    assert sum(drawn.link.value) == twelve.frame["moves"].sum()
    assert len(drawn.link.value) == twelve.frame.height
    assert all(0 < place < 1 for place in (*drawn.node.x, *drawn.node.y))
    left = [at for at, x in enumerate(drawn.node.x) if x < 0.5]
    assert len(left) == 4
    assert set(drawn.link.source) == set(left)
    assert not set(drawn.link.target) & set(left)  # nothing runs in a circle


def test_kinds_of_moves_have_colours_of_their_own(twelve: Result) -> None:
    figure = flows(twelve, EN)
    assert figure is not None
    colours = dict(zip(twelve.frame["went"], figure.data[0].link.color, strict=True))
    assert len(set(colours.values())) == len(colours) == 5
    assert [kind in figure.layout.annotations[0].text for kind in ("Back", "Skipped", "Same stage")] == [
        True,
        True,
        False,
    ]
    assert "demo" in figure.data[0].link.customdata[0].lower()


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
