"""What the page of targets draws and says: every bar opens its rows, words follow the numbers, both languages."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.query import Result
from metrics.target import Span
from metrics.target_standing import standing
from metrics.target_trees import reconciled
from metrics.view import View
from metrics.viewer import EVERYTHING
from metrics.workdays import Workdays, calendar
from tests.check.test_targets import QUARTER
from tests.ui.answered import EN, ZH
from tests.ui.test_channels import marks
from ui import targets_drawn as drawn
from ui.look import Look
from ui.targets import _first, _nearest, _ways


@pytest.fixture
def stood(seen: Snapshot, view: View) -> Result:
    days = Workdays.of(seen.ask(calendar(view), EVERYTHING).frame)
    return seen.ask(standing("won_amount", QUARTER, view, days), EVERYTHING)


@pytest.mark.parametrize("look", [EN, ZH])
def test_the_drawing_is_sound_and_every_bar_opens_its_rows(stood: Result, look: Look) -> None:
    figure = drawn.bullets(stood, look)
    assert figure is not None
    go.Figure(figure.to_dict())  # by plotly's own rules
    opened = [json.loads(mark) for mark in marks(figure)]
    shown = drawn.drawn(stood.frame, 12)
    assert [(at["scope"], at["name"]) for _, _, at in opened] == list(shown.select("scope", "name").iter_rows())
    bar = figure.data[1]
    assert list(bar.x) == pytest.approx((shown["actual"] / shown["target"]).to_list())


def test_words_follow_the_numbers(stood: Result) -> None:
    row = stood.frame.row(0, named=True)
    said = drawn.stands(stood, EN)
    assert said is not None
    assert said.startswith(f"Company: {row['attainment']:.0%} of the target reached")
    assert str(drawn.stands(stood, ZH)).startswith("公司：")
    lines = drawn.says(row, stood, EN)
    assert len(lines) == 4
    raised = row | {"original": row["target"] / 2, "attainment_original": 2 * row["attainment"]}
    assert len(drawn.says(raised, stood, EN)) == 5
    assert drawn.text(row | {"verdict": None, "attainment": None}, EN) == "—"


def test_nothing_is_missing_to_a_target_that_is_met() -> None:
    told = pl.DataFrame({"name": ["Ann", "Bob"], "goal_gap": [-910_500.0, 20.0], "goal_target": [450_000.0, 100.0]})
    assert drawn.shaped(told.with_columns(goal_original="goal_target"), EN)["goal_gap"].to_list() == [None, 20]


def test_nothing_reached_yet_is_drawn_and_nothing_is_said(stood: Result) -> None:
    nothing = stood.frame.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("actual", "attainment"))
    empty = Result(nothing, stood.raw, stood.query)
    assert drawn.bullets(empty, EN) is None
    assert drawn.stands(empty, EN) is None


def test_differences_in_words(seen: Snapshot, view: View) -> None:
    result = seen.ask(reconciled("revenue", QUARTER, view), EVERYTHING)
    shown = drawn.differences(result.frame, ZH)
    assert {"团队", "产品"} <= set(shown["goal_part"])
    assert drawn.differ(result, EN) is not None
    even = Result(result.frame.with_columns(difference=pl.lit(0.0)), result.raw, result.query)
    assert "are the sum of their parts" in str(drawn.differ(even, EN))


def test_which_span_is_looked_at_first(view: View) -> None:
    month, year = (
        Span(QUARTER.starts_on, QUARTER.starts_on.replace(day=30)),
        Span(QUARTER.starts_on.replace(month=1), QUARTER.ends_on.replace(month=12, day=31)),
    )
    spans = _nearest([year, QUARTER, month], view.as_of)
    assert _first(spans, view) == QUARTER
    assert _first(spans, view.with_period(from_on=year.starts_on, to_on=year.ends_on)) == year
    assert _ways({"company", "product"}) == ("people", "product")
