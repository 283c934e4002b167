"""How satisfaction is drawn: every mark opens as many rows as it says, plotly takes the figures, claims in words."""

from __future__ import annotations

import json
from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import pytest

from data.store import Snapshot
from metrics import satisfaction as asked
from metrics.query import Result
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.ui.answered import EN, ZH
from ui import satisfaction
from ui.question import Draw, Find

NARROW = replace(EN, is_narrow=True)
DRAWN: dict[str, tuple[Draw, Find]] = {
    "nps": (satisfaction.nps, satisfaction.nps_found),
    "csat": (satisfaction.csat, satisfaction.csat_found),
    "response": (satisfaction.response, satisfaction.response_found),
    "nps_by_rep": (satisfaction.members("nps", "rep"), satisfaction.who_differs("nps", "rep")),
    "csat_by_tier": (satisfaction.members("csat", "tier"), satisfaction.who_differs("csat", "tier")),
}


def _answer(seen: Snapshot, view: View, name: str) -> Result:
    every = view.with_period("all")
    query = asked.by_member(every) if "_by_" in name else asked.over_time(every, "quarter")
    return seen.ask(query, EVERYTHING)


@pytest.mark.parametrize("name", list(DRAWN))
def test_every_mark_opens_the_rows_it_counts(seen: Snapshot, view: View, name: str) -> None:
    draw, say = DRAWN[name]
    result = _answer(seen, view, name)
    for look in (EN, ZH, NARROW):
        figure = draw(result, look)
        assert figure is not None
        go.Figure(figure.to_dict())  # by plotly's own rules
        assert "{" not in str(say(result, look))
    marks = [mark for trace in figure.data if trace.customdata is not None for mark in trace.customdata]
    for mark in marks[:3]:
        column, _, at = json.loads(mark)
        where = pl.all_horizontal(*_conditions(at))
        expected = result.frame.filter(where)[column].item()
        assert seen.ask(result.query.rows(column, **at), EVERYTHING).frame.height == expected > 0
    nothing = Result(result.frame.clear(), result.raw.clear(), result.query)
    assert draw(nothing, EN) is None
    assert say(nothing, EN) is None


def _conditions(at: dict[str, str | None]) -> list[pl.Expr]:
    found = []
    for name, value in at.items():
        if name == "span":
            found.append(pl.col("span").cast(pl.String) == value)
        elif name in asked.DIMENSIONS:
            found.append((pl.col("dimension") == name) & pl.col("member").eq_missing(pl.lit(value, pl.String)))
        else:
            found.append(pl.col(name) == value)
    return found


def test_claims_in_words(seen: Snapshot, view: View) -> None:
    """What is said of one that differs; that nobody does where nobody does; nothing of a single one."""
    result = _answer(seen, view, "nps_by_rep")
    calm = result.frame.with_columns(is_beyond_chance=pl.lit(value=False))
    say = satisfaction.who_differs("nps", "team")
    assert say(Result(calm, result.raw, result.query), EN) == "Nobody differs from the rest beyond chance."
    of_teams = calm.filter((pl.col("kind") == "nps") & (pl.col("dimension") == "team"))
    one = of_teams.head(1).with_columns(
        is_beyond_chance=pl.lit(value=True), member=pl.lit("East"), value=pl.lit(12.4), others=pl.lit(-30.2)
    )
    assert say(Result(one, one, result.query), EN) == "East: 12, the rest -30, beyond chance."
    assert say(Result(of_teams.head(1), one, result.query), EN) is None
    spans = _answer(seen, view, "nps")
    apart = spans.frame.with_columns(is_beyond_chance=pl.int_range(pl.len()) == 2)
    assert "beyond chance" in str(satisfaction.nps_found(Result(apart, spans.raw, spans.query), EN))


def test_what_was_sent_lately_is_hollow_and_says_so(seen: Snapshot, view: View) -> None:
    """A response rate may rise while the span is not over, and for a month after."""
    result = _answer(seen, view, "response")
    rates = result.frame.filter(pl.col("response_rate").is_not_null())
    last, first = rates["span"].max(), rates["span"].min()
    assert rates.filter(pl.col("span") == last)["may_rise"].all()
    assert not rates.filter(pl.col("span") == first)["may_rise"].any()
    figure = satisfaction.response(result, EN)
    assert figure is not None
    symbols, texts = figure.data[0].marker.symbol, figure.data[0].hovertext
    assert (symbols[0], symbols[-1]) == ("circle", "circle-open")
    assert "may still be answered" in texts[-1]
    assert "may still be answered" not in texts[0]


def test_each_block_speaks_of_what_it_shows(seen: Snapshot, view: View) -> None:
    """What is said of CSAT stands under CSAT only."""
    every = view.with_period("all")
    for asks in (lambda about: asked.over_time(every, "quarter", about), lambda about: asked.by_member(every, about)):
        kinds = {kind for about in ("nps", "response") for note in seen.ask(asks(about), EVERYTHING).notes
                 for name, kind in note.params if name == "kind" and about == "nps"}  # fmt: skip
        assert "CSAT" not in kinds
        codes = [note.code for note in seen.ask(asks("response"), EVERYTHING).notes]
        assert "survey_scale" not in codes
        assert "survey_scale" in [note.code for note in seen.ask(asks("csat"), EVERYTHING).notes]


def test_who_is_not_content_as_a_list(seen: Snapshot, view: View) -> None:
    result = seen.ask(asked.detractors(view.with_period("all")), EVERYTHING)
    shown = satisfaction.as_list(result.frame, EN)
    assert shown.columns[:3] == ["said_on", "score", "comment"]
    assert shown["comment"].null_count() == 0
    assert str(result.frame.height) in str(satisfaction.who_is_not_content(result, EN)).replace(",", "")
    many = pl.concat([result.frame] * (1 + 1_000 // result.frame.height))
    assert "1,000" in str(satisfaction.who_is_not_content(Result(many, many, result.query), EN))
