"""Drawings of the open pipeline: every mark says what it is and leads to the rows it stands for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.bridge import CAUSES, END, START, bridge
from metrics.odds import weighted
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import looking_back, process
from ui.look import Look

Draw = Callable[[Result, Look], go.Figure | None]


def _asked(view: View) -> dict[str, tuple[Query, Draw]]:
    return {
        "bridge": (bridge(view, view.as_of - timedelta(days=7)), process.waterfall),
        "weighted": (weighted(view), process.weighed),
    }


NAMES = ("bridge", "weighted")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_drawings_hold_to_plotlys_own_rules(name: str, look: Look, seen: Snapshot, view: View) -> None:
    query, draw = _asked(view)[name]
    figure = draw(seen.ask(query, EVERYTHING), look)
    assert figure is not None
    go.Figure(json.loads(figure.to_json()))  # checks every property


@pytest.mark.parametrize("name", NAMES)
def test_each_mark_leads_to_its_rows(name: str, seen: Snapshot, view: View) -> None:
    query, draw = _asked(view)[name]
    result = seen.ask(query, EVERYTHING)
    figure = draw(result, EN)
    assert figure is not None
    marks = {mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata}
    assert marks
    for mark in sorted(marks)[:12]:
        column, where, at = json.loads(mark)
        assert where
        behind = seen.ask(query.rows(column, **at), EVERYTHING).frame
        row = next(row for row in result.frame.to_dicts() if all(row[key] == value for key, value in at.items()))
        assert behind.height == row[column or "deals"], mark


def test_the_steps_of_the_waterfall_meet(seen: Snapshot, view: View) -> None:
    result = seen.ask(_asked(view)["bridge"][0], EVERYTHING)
    figure = process.waterfall(result, EN)
    assert figure is not None
    bars = figure.data[0]
    ends = [start + width for start, width in zip(bars.base, bars.x, strict=True)]
    assert list(bars.base[1:-1]) == pytest.approx(ends[:-2])
    assert ends[-2] == pytest.approx(ends[-1])


def test_nothing_to_draw_draws_nothing(view: View) -> None:
    empty = pl.DataFrame({"cause": [START, *CAUSES, END], "amount": 0, "deals": 0})
    query = bridge(view, view.as_of)
    assert process.waterfall(Result(empty, empty, query), EN) is None
    still = process.what_moved(Result(empty, empty, query), EN)
    assert still is not None
    assert "Nothing changed" in still


def test_findings_are_sentences_in_both_languages(seen: Snapshot, view: View) -> None:
    asked = {name: seen.ask(query, EVERYTHING) for name, (query, _) in _asked(view).items()}
    for look in (EN, ZH):
        assert process.what_moved(asked["bridge"], look)
        assert process.expected(asked["weighted"], look)


def test_both_words_are_of_the_same_deals(view: View) -> None:
    """A pipeline without history is in neither sum, and is said."""
    rows = {"amount": [1_000.0, 1_000_000.0], "by_history": [500.0, None], "by_crm": [300.0, 300_000.0]}
    query = weighted(view)
    said = process.expected(Result(pl.DataFrame(rows), pl.DataFrame(rows), query), EN)
    assert said is not None
    assert [EN.money(amount) in said for amount in (500.0, 300.0, 1_000_000.0, 300_300.0)] == [True, True, True, False]
    alone = pl.DataFrame(rows | {"by_history": [None, None]}, schema_overrides={"by_history": pl.Float64})
    assert process.expected(Result(alone, alone, query), EN) is None


def test_days_looked_back_to() -> None:
    seen = View(as_of=date(2026, 6, 17))
    assert looking_back.first_day(seen, "week") == date(2026, 6, 10)
    assert looking_back.first_day(seen, "quarter") == date(2026, 3, 31)
    assert looking_back.due(seen, "all") is None
    fiscal = View(as_of=date(2026, 6, 17), fiscal_start=2)  # quarters begin in February, May, August and November
    assert looking_back.first_day(fiscal, "quarter") == date(2026, 4, 30)
    assert looking_back.span(fiscal, "all").to_on == date(2026, 7, 31)
    following = looking_back.due(seen, "next_quarter")
    assert following is not None
    assert (following.from_on, following.to_on) == (date(2026, 7, 1), date(2026, 9, 30))
