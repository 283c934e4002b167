"""Drawings of activity, response and a deal's history: every mark says what it is and leads to its rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics import activity
from metrics.campaigns import campaigns
from metrics.channels import channels
from metrics.history import timeline
from metrics.landmark import landmark
from metrics.query import Query, Result
from metrics.response import response
from metrics.signals import SIGNALS, foremost
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import activities, responses, rows, signs
from ui import timeline as history
from ui.look import Look

Draw = Callable[[Result, Look], go.Figure | None]
Find = Callable[[Result, Look], str | None]


@pytest.fixture
def view(seen: Snapshot) -> View:
    assert seen.as_of is not None
    return View(as_of=seen.as_of, preset="ytd")


def _busiest(seen: Snapshot) -> str:
    found = seen.frame(
        "select deal_id from crm.activities join crm.deals using (deal_id) where status = 'open'"
        " group by deal_id order by count(*) desc, deal_id limit 1"
    )
    return str(found.item())


def _asked(view: View, seen: Snapshot) -> dict[str, tuple[Query, Draw, Find | None]]:
    return {
        "pace": (activity.pace(view), activities.pace, activities.slow_weeks),
        "weeks": (activity.by_week(view), activities.per_week, activities.least_active),
        "workdays": (activity.by_week(view), activities.per_workday, None),
        "touches": (activity.touches(view), activities.touched, activities.usual_touches),
        "silence": (activity.silence(view), activities.silent, activities.forgotten),
        "response": (response(view), responses.answered, responses.usual_wait),
        "response_by": (response(view, "team"), responses.answered_by, None),
        "channels": (channels(view), responses.turned, responses.turned_most),
        "landmark": (landmark(View(as_of=view.as_of)), responses.effect, responses.effect_found),
        "timeline": (timeline(_busiest(seen), view.as_of), history.drawn, history.changes_found),
    }


NAMES = (
    "pace", "weeks", "workdays", "touches", "silence", "response", "response_by", "channels", "landmark", "timeline",
)  # fmt: skip
COUNTS = {"qualified_now": "qualified_now.n", "qualified_before": "qualified_before.n"}
COUNTS |= {"with_rate": "with_rate.n", "without_rate": "without_rate.n"}
"""The number of rows behind a share: its n."""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_drawings_hold_to_plotlys_own_rules(name: str, look: Look, seen: Snapshot, view: View) -> None:
    query, draw, found = _asked(view, seen)[name]
    result = seen.ask(query, EVERYTHING)
    figure = draw(result, look)
    assert figure is not None
    go.Figure(json.loads(figure.to_json()))  # checks every property
    if found is not None:
        sentence = found(result, look)
        assert sentence is None or "{" not in sentence


@pytest.mark.parametrize("name", NAMES)
def test_each_mark_leads_to_its_rows(name: str, seen: Snapshot, view: View) -> None:
    query, draw, _ = _asked(view, seen)[name]
    result = seen.ask(query, EVERYTHING)
    figure = draw(result, EN)
    assert figure is not None
    marks = {mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata}
    assert marks
    for mark in sorted(marks)[:14]:
        column, where, at = json.loads(mark)
        assert where
        behind = seen.ask(query.rows(column, **at), EVERYTHING).frame
        rows = [row for row in result.frame.to_dicts() if all(str(row[key]) == str(at[key]) for key in at)]
        if name == "timeline":
            assert behind.height == len(rows)
        elif str(column).startswith("within_"):  # a share by Kaplan–Meier: its rows are those answered by then
            assert 0 < behind.height <= rows[0]["answered"]
        else:
            assert behind.height == rows[0][COUNTS.get(column, column)], mark


def test_lists_have_rows_and_words(seen: Snapshot, view: View) -> None:
    asked = seen.ask(foremost(view), EVERYTHING)
    for look, word in ((EN, "of the open amount"), (ZH, "预计成交日")):
        assert signs.most_frequent(asked, look)
        listed = signs.with_reasons(asked.frame, look)
        told = " ".join(listed["reasons"].to_list())
        assert "{" not in told
        assert told
        row = dict.fromkeys((signal.value for signal in SIGNALS if signal.value), 0.25)
        row |= {signal.flag: True for signal in SIGNALS} | {"stage_p75": 3}
        assert word in " ".join(signs.reason(signal, row, look) for signal in SIGNALS)
    counted = asked.frame.select(pl.sum_horizontal(pl.col(one.flag).fill_null(value=False) for one in SIGNALS))
    assert counted.to_series().to_list() == asked.frame["signals"].to_list()
    brought = seen.ask(campaigns(view), EVERYTHING)
    assert "spent" in (responses.dearest(brought, EN) or "")
    first = brought.frame.row(0, named=True)
    for column in ("leads", "deals", "won"):
        behind = seen.ask(campaigns(view).rows(column, campaign=first["campaign"]), EVERYTHING).frame
        assert behind.height == first[column]


def test_every_column_of_the_leads_has_a_heading(seen: Snapshot, view: View) -> None:
    for query in (response(view).rows("leads"), activity.silence(view).rows("deals"), activity.touches(view).rows()):
        frame = rows.presented(seen.ask(query, EVERYTHING).frame)
        assert not [name for name in frame.columns if rows.heading(name) == name and "_" in name]


def test_on_a_phone_cells_of_the_field_have_no_numbers(seen: Snapshot, view: View) -> None:
    result = seen.ask(activity.by_week(view), EVERYTHING)
    modes = [activities.per_week(result, look).data[1].mode for look in (EN, replace(EN, is_narrow=True))]  # type: ignore[union-attr]
    assert modes == ["markers+text", "markers"]


def test_silence_is_the_open_amount_to_the_cent(seen: Snapshot, view: View) -> None:
    from metrics.cuts import total

    for looked in (view, view.with_filter("rep", seen.values("rep", EVERYTHING)[0])):
        bands = seen.ask(activity.silence(looked), EVERYTHING).frame
        standing = seen.ask(total(("open_deals", "open_amount"), looked), EVERYTHING).frame
        assert bands["deals"].sum() == standing["open_deals"].item()
        assert float(bands["amount"].sum()) == pytest.approx(standing["open_amount"].item())


def test_activities_add_up_to_the_measure(seen: Snapshot, view: View) -> None:
    from metrics.cuts import total

    counted = seen.ask(total("activities", view), EVERYTHING).frame["activities"].item()
    assert seen.ask(activity.pace(view), EVERYTHING).frame["activities"].sum() == counted
    assert seen.ask(activity.by_week(view, most=None), EVERYTHING).frame["activities"].sum() == counted


def test_a_name_never_acts_in_a_history(view: View) -> None:
    evil = "<b>x</b><img src=x onerror=alert(1)>"
    rows = [
        {"day": view.as_of, "lane": lane, "old": "call" if lane == "activity" else None, "new": evil, "who": evil,
         "until_on": None, "is_planned": False} for lane in ("stage", "rep", "activity", "next_step")
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema_overrides={"old": pl.String, "until_on": pl.Date})
    figure = history.drawn(Result(frame, frame, timeline("x", view.as_of)), EN)
    assert figure is not None
    assert "<img" not in figure.to_json()
    assert "<b>x" not in figure.to_json().replace("\\u003c", "<")
