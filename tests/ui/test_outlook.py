"""Drawings of expected money: every mark leads to the deals whose money it is, and all of them are the open amount."""

from __future__ import annotations

import json
from collections.abc import Callable

import plotly.graph_objects as go
import pytest

from data.store import Snapshot
from metrics.coverage import coverage
from metrics.outlook import forecast, outlook
from metrics.period import Period, bucket_next, bucket_start
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import coverage as reach
from ui import outlook as drawn
from ui.look import Look

Draw = Callable[[Result, Look], go.Figure | None]


def _asked(view: View) -> dict[str, tuple[Query, Draw, Callable[[Result, Look], str | None] | None]]:
    quarter = bucket_start(view.as_of, "quarter")
    period = Period(quarter, bucket_next(quarter, "quarter"))
    return {
        "by_month": (outlook(view), drawn.by_month, drawn.when_due),
        "field": (outlook(view), drawn.field, None),
        "forecast": (forecast(view, period), drawn.rolled_up, drawn.how_sure),
        "coverage": (coverage(view, period), reach.covered, reach.is_enough),
    }


NAMES = ("by_month", "field", "forecast")


@pytest.mark.parametrize("name", [*NAMES, "coverage"])
@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_drawings_hold_to_plotlys_own_rules_and_say_what_they_find(
    name: str, look: Look, seen: Snapshot, view: View
) -> None:
    query, draw, find = _asked(view)[name]
    result = seen.ask(query, EVERYTHING)
    figure = draw(result, look)
    assert figure is not None
    go.Figure(json.loads(figure.to_json()))  # checks every property
    if find is not None:
        said = find(result, look)
        assert said
        assert "{" not in said


@pytest.mark.parametrize("name", NAMES)
def test_each_mark_leads_to_the_deals_whose_money_it_is(name: str, seen: Snapshot, view: View) -> None:
    query, draw, _ = _asked(view)[name]
    result = seen.ask(query, EVERYTHING)
    figure = draw(result, EN)
    assert figure is not None
    marks = {mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata if mark}
    assert marks
    for mark in sorted(marks)[:20]:
        column, where, at = json.loads(mark)
        assert where
        behind = seen.ask(query.rows(column, **at), EVERYTHING).frame
        rows = [row for row in result.frame.to_dicts() if all(row[key] == value for key, value in at.items())]
        if column == "rolled_up":
            assert (behind["amount"].sum() or 0) == sum(row["rolled_up"] for row in rows), mark
            continue
        assert behind.height == sum(row["deals"] for row in rows), mark
        assert (behind["amount"].sum() or 0) == sum(row["amount"] for row in rows), mark


def test_the_drawn_months_are_the_open_amount(seen: Snapshot, view: View) -> None:
    from metrics.cuts import total

    figure = drawn.by_month(seen.ask(outlook(view), EVERYTHING), EN)
    assert figure is not None
    bars = sum(sum(trace.x) for trace in figure.data if trace.type == "bar")
    assert bars == pytest.approx(seen.ask(total("open_amount", view), EVERYTHING).frame["open_amount"].item())


def test_without_amounts_nothing_is_drawn(seen: Snapshot, view: View) -> None:
    result = seen.ask(outlook(view), EVERYTHING)
    nothing = Result(result.frame.clear(), result.raw, result.query)
    assert drawn.by_month(nothing, EN) is None
    assert drawn.field(nothing, EN) is None
    assert drawn.when_due(nothing, EN) is None


def test_coverage_opens_the_deals_that_are_due(seen: Snapshot, view: View) -> None:
    query = _asked(view)["coverage"][0]
    result = seen.ask(query, EVERYTHING)
    figure = reach.covered(result, EN)
    assert figure is not None
    column, _, at = json.loads(figure.data[0].customdata[1])
    behind = seen.ask(query.rows(column, **at), EVERYTHING).frame
    assert float(behind["amount"].sum()) == pytest.approx(result.frame["open_amount"].item())
    reached = result.frame.with_columns(remaining=0.0)
    assert reach.covered(Result(reached, reached, query), EN) is None
    assert reach.is_enough(Result(reached, reached, query), ZH) is None
