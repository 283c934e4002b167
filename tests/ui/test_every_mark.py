"""Every bar, block, cell and dot that the pipeline and activities pages draw opens the rows it stands on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics import activity
from metrics.bridge import bridge
from metrics.channels import channels
from metrics.coverage import coverage
from metrics.landmark import landmark
from metrics.odds import weighted
from metrics.outlook import forecast, outlook
from metrics.period import Period
from metrics.query import Query, Result
from metrics.response import response
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN
from ui import activities, process, responses
from ui import coverage as reach
from ui import outlook as drawn
from ui.look import Look

Ask, Draw = Callable[[View], Query], Callable[[Result, Look], go.Figure | None]


def _quarter(view: View) -> Period:
    return Period(view.as_of - timedelta(days=77), view.as_of + timedelta(days=13))


DRAWN: dict[str, tuple[Ask, Draw]] = {
    "bridge": (lambda view: bridge(view, view.as_of - timedelta(days=28)), process.waterfall),
    "weighted": (weighted, process.weighed),
    "coverage": (lambda view: coverage(view, _quarter(view)), reach.covered),
    "outlook": (outlook, drawn.by_month),
    "forecast": (lambda view: forecast(view, _quarter(view)), drawn.rolled_up),
    "outlook_field": (outlook, drawn.field),
    "pace": (activity.pace, activities.pace),
    "silence": (activity.silence, activities.silent),
    "per_week": (activity.by_week, activities.per_week),
    "per_workday": (activity.by_week, activities.per_workday),
    "touches": (activity.touches, activities.touched),
    "landmark": (landmark, responses.effect),
    "response": (response, responses.answered),
    "response_by": (lambda view: response(view, "rep"), responses.answered_by),
    "channels": (channels, responses.turned),
}


def _marks(figure: go.Figure) -> Iterator[tuple[object, str | None]]:
    """What is drawn at each place of what can be pointed at, and the mark it carries."""
    for trace in figure.data:
        if trace.type == "heatmap" or trace.hoverinfo == "skip":
            continue  # shades and signs below points that carry the marks
        values = trace.x if getattr(trace, "orientation", None) == "h" else trace.y
        carried = trace.customdata if trace.customdata is not None else [None] * len(values)
        yield from zip(values, carried, strict=True)


@pytest.mark.parametrize("name", list(DRAWN))
def test_every_mark_opens_its_rows(seen: Snapshot, view: View, name: str) -> None:
    ask, draw = DRAWN[name]
    query = ask(view.with_period("last_12_months"))
    result = seen.ask(query, EVERYTHING)
    figure = draw(result, EN)
    assert figure is not None
    marks = set()
    for value, mark in _marks(figure):
        assert mark is not None or not value, (name, value)
        if mark and value:
            marks.add(mark)
    assert marks
    for mark in sorted(marks)[:: max(len(marks) // 12, 1)]:  # each asks a statement; a dozen of each drawing
        column, where, at = json.loads(mark)
        behind = seen.ask(query.rows(column, **at).first(1), EVERYTHING).frame
        assert behind.height == (0 if _is_none(result, at) else 1), (name, where)


def _is_none(result: Result, at: dict[str, object]) -> bool:
    """Whether a cell says that somebody did nothing in a week."""
    if set(at) != {"week", "rep"}:
        return False
    found = result.frame.filter((pl.col("week").cast(pl.String) == at["week"]) & (pl.col("rep") == at["rep"]))
    return bool(found.item(0, "activities") == 0)
