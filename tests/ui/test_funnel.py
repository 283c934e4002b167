"""Drawings of the funnel: every mark says what it is and leads to the rows it stands for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import duckdb
import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics.funnel import funnel
from metrics.funnel_bases import moved, standing
from metrics.funnel_spans import against_before
from metrics.lead_funnel import lead_funnel
from metrics.losses import losses
from metrics.query import Query, Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.metrics.conftest import ROOT, answered
from tests.metrics.stages import put, put_twelve
from tests.ui.answered import EN, ZH
from ui import funnel as drawn
from ui import spans
from ui.look import Look
from ui.losses import lost_deals, lost_money, what_stands_out

Draw = Callable[[Result, Look], go.Figure | None]
Find = Callable[[Result, Look], str | None]


def _asked(view: View) -> dict[str, tuple[Query, Draw, Find]]:
    quarter = view.with_period("this_quarter")
    return {
        "funnel": (funnel(view), drawn.stages, drawn.most_lost),
        "split": (funnel(view, "rep"), drawn.shares, drawn.who_loses),
        "period": (moved(quarter), drawn.done, drawn.most_moved),
        "leads": (lead_funnel(view), drawn.leads, drawn.what_became),
        "lead_split": (lead_funnel(view, "source"), drawn.lead_shares, drawn.what_became),
        "reasons": (losses(view), lost_deals, what_stands_out),
        "reasons_money": (losses(view), lost_money, what_stands_out),
        "rivals": (losses(quarter, "competitor"), lost_deals, what_stands_out),
        "versus": (against_before(view.with_period("last_quarter")), spans.beside, spans.what_changed),
        "standing": (standing(view), drawn.stands, drawn.where_it_stands),
    }


NAMES = ("funnel", "split", "period", "standing", "leads", "lead_split", "reasons", "reasons_money", "rivals", "versus")


@pytest.mark.parametrize("name", ["funnel", "period", "standing", "leads"])
def test_numbers_on_a_phone_leave_room_for_the_names(name: str, seen: Snapshot, view: View) -> None:
    query, draw, _ = _asked(view)[name]
    texts = []
    for look in (EN, replace(EN, is_narrow=True)):
        figure = draw(seen.ask(query, EVERYTHING), look)
        assert figure is not None
        texts.append([text for trace in figure.data if trace.type == "scatter" for text in trace.text])
    wide, narrow = texts
    assert len(narrow) == len(wide) > 1
    assert max(map(len, narrow)) < max(map(len, wide))
    assert max(map(len, narrow)) <= 20


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("look", [EN, ZH], ids=["en", "zh-CN"])
def test_drawings_hold_to_plotlys_own_rules(name: str, look: Look, seen: Snapshot, view: View) -> None:
    query, draw, _ = _asked(view)[name]
    figure = draw(seen.ask(query, EVERYTHING), look)
    assert figure is not None
    go.Figure(json.loads(figure.to_json()))  # checks every property


@pytest.mark.parametrize("name", NAMES)
def test_each_mark_leads_to_its_rows(name: str, seen: Snapshot, view: View) -> None:
    query, draw, _ = _asked(view)[name]
    result = seen.ask(query, EVERYTHING)
    figure = draw(result, EN)
    assert figure is not None
    marks = {mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata}
    assert marks
    for mark in sorted(marks)[:12]:
        column, where, at = json.loads(mark)
        assert where
        behind = seen.ask(query.rows(column, **at), EVERYTHING).frame
        rows = [row for row in result.frame.to_dicts() if all(row[key] == value for key, value in at.items())]
        counted = f"{column}.n" if column in ("decided", "conversion") else column
        assert behind.height == sum(row[counted] for row in rows), mark


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("funnel", ("lost at", "输单最多")),
        ("period", ("were lost", "新增")),
        ("standing", ("stand at", "最多的阶段")),
        ("leads", ("became deals", "转为商机")),
        ("reasons", ("beyond chance", "随机波动")),
        ("versus", ("beyond chance", "")),
    ],
)
def test_findings_are_sentences_in_both_languages(
    name: str, words: tuple[str, str], seen: Snapshot, view: View
) -> None:
    query, _, found = _asked(view)[name]
    result = seen.ask(query, EVERYTHING)
    for look, word in zip((EN, ZH), words, strict=True):
        assert word in (found(result, look) or "")


def test_a_snapshot_says_no_share(seen: Snapshot, view: View) -> None:
    figure = drawn.stands(seen.ask(standing(view), EVERYTHING), EN)
    assert figure is not None
    texts = [text for trace in figure.data if trace.text is not None for text in trace.text]
    assert any("× the stage before" in text for text in texts)
    assert not any("%" in text for text in texts)


def test_deals_of_no_stage_have_a_bar_of_their_own() -> None:
    """Two open ones and one that was lost, beside twelve that are known."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute((ROOT / "data" / "schema.sql").read_text("utf-8"))
    put_twelve(connection)
    since = {"seen_from": date(2026, 1, 1), "seen_to": date(9999, 12, 31)}
    put(connection, "m", "", "open", stage=None, amount=70, **since)
    put(connection, "o", "", "open", stage=None, amount=30, **since)
    put(connection, "n", "", "lost 9")
    view = View(as_of=date(2026, 2, 20))
    for query, draw, parts, text in (
        (funnel(view), drawn.stages, {"lost": 1, "still_there": 2}, "3 · 200"),
        (moved(view), drawn.done, {"lost": 1, "at_end": 2}, "3 · 200"),
        (standing(view), drawn.stands, {"deals": 2}, "2 · 100"),
    ):
        figure = draw(answered(connection, query), EN)
        assert figure is not None
        assert figure.layout.yaxis.ticktext[-1] == "No stage known"
        assert figure.data[-1].text[-1].strip() == text
        for trace in figure.data[:-1]:
            column, _, at = json.loads(trace.customdata[-1])
            assert trace.x[-1] == parts.get(column, 0)
            assert answered(connection, query.rows(column, **at)).frame.height == trace.x[-1], column
    connection.close()


def test_a_share_of_money_is_under_the_pointer_with_its_range(seen: Snapshot, view: View) -> None:
    figure = drawn.stages(seen.ask(funnel(view), EVERYTHING), EN)
    assert figure is not None
    assert re.search(r"by amount: \d+\.\d% \(\d+–\d+\)", figure.data[0].hovertext[0])


def test_small_groups_are_marked_and_have_no_colour(view: View) -> None:
    stage = {"pipeline": None, "place": 1, "stage": "talk", "label_en": "Talk", "label_zh": "沟通"}
    rates = {"decided": 0.5, "decided.low": 0.4, "decided.high": 0.6}
    rows = [
        {**stage, **rates, "rep": name, "entered": of, "moved_on": of // 2, "lost": of // 2, "decided.n": of}
        for name, of in (("Ann", 60), ("Bob", 4))
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    figure = drawn.shares(Result(frame, frame, funnel(view, "rep")), EN)
    assert figure is not None
    assert list(figure.data[1].text) == ["50.0%", "50.0%*"]
    assert figure.data[0].z[1][0] is None


def test_shares_of_losses_are_of_all_reasons_not_of_those_drawn(view: View) -> None:
    """Twenty reasons of forty deals each, and forty without one: each is one in twenty-one."""
    names = [*(f"reason {number:02}" for number in range(20)), None]
    frame = pl.DataFrame(
        {
            "pipeline": "P", "place": 1, "stage": "talk", "label_en": "Talk", "label_zh": "沟通", "lost_reason": names,
            "lost": 40, "lost_amount": 0.0, "share": 1 / 21, "share.low": 0.03, "share.high": 0.06, "share.n": 840,
            "elsewhere": None, "is_beyond_chance": False,
        },
        schema_overrides={"lost_reason": pl.String, "elsewhere": pl.Float64},
    )  # fmt: skip
    figure = lost_deals(Result(frame, frame, losses(view)), EN)
    assert figure is not None
    texts = set(figure.data[1].text)
    assert texts == {"40 · 5%"}
    assert len(figure.layout.yaxis.ticktext) == 13, "twelve reasons, and those without one"


def test_few_losses_have_a_mark_and_no_colour(view: View) -> None:
    stage = {"pipeline": None, "stage": "talk", "label_en": "Talk", "label_zh": "沟通", "is_beyond_chance": False}
    rows = [
        {**stage, "place": place, "lost_reason": why, "lost": lost, "lost_amount": 0, "share": lost / of,
         "share.low": 0.0, "share.high": 1.0, "share.n": of, "elsewhere": 0.5}
        for place, why, lost, of in ((1, "price", 40, 50), (1, None, 10, 50), (2, "price", 3, 4), (2, "fit", 1, 4))
    ]  # fmt: skip
    frame = pl.DataFrame(rows, infer_schema_length=None)
    result = Result(frame, frame, losses(view))
    figure = lost_deals(result, EN)
    assert figure is not None
    shade, texts = figure.data[0].z, dict(zip(zip(figure.data[1].x, figure.data[1].y, strict=True), figure.data[1].text,
                                              strict=True))  # fmt: skip
    assert [line[:2] for line in shade] == [[0.8, None], [None, None], [None, None]]  # price, fit, unassigned
    assert (texts[0, 0], texts[1, 0], texts[1, 1]) == ("40 · 80%", "3 · 75%*", "1 · 25%*")
    assert lost_money(result, EN) is None  # none carries an amount
