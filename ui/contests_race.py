"""How a contest looks: the standing, who leads and what it takes to catch up, and the scores day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from ui import numbers
from ui.drawing import legend, under_pointer
from ui.look import Look
from ui.over_time import SYMBOLS
from ui.question import mark_of
from ui.sheet import Sheet

MOST_LINES = 6
"""Those who lead, whose lines an eye can keep apart."""


def lines(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - as every shape
    """A standing for people: empty columns left out."""
    kept_names = [name for name in frame.columns if frame.get_column(name).null_count() < frame.height]
    first = [name for name in ("standing_rank", "rep", "team", "score") if name in kept_names]
    return frame.select(*first, *(name for name in kept_names if name not in first))


def who_leads(result: Result, look: Look) -> str | None:
    """Who leads, and what the second needs per working day to catch up."""
    ranked = result.frame.filter(pl.col("standing_rank").is_not_null())
    if ranked.is_empty() or ranked.get_column("per_day").null_count() == ranked.height:
        return None
    unit, measured = result.query.by[0], result.query.measures[0].unit
    leaders = ranked.filter(pl.col("standing_rank") == 1).get_column(unit).to_list()
    if len(leaders) > 1:
        return look.words("question.contest_tied", names=numbers.listed(leaders[:3], look.lang))
    chasing = ranked.filter(pl.col("needed_a_day").is_not_null()).head(1)
    if chasing.is_empty():
        return look.words("question.contest_leads", name=leaders[0])
    row = chasing.row(0, named=True)
    values = {
        name: numbers.written(row[name], measured, look.lang, look.currency) for name in ("needed_a_day", "per_day")
    }
    return look.words("question.contest_chased", name=leaders[0], second=row[unit], **values)


def raced(result: Result, look: Look) -> go.Figure | None:
    """The scores of those who lead, day by day."""
    frame = result.frame
    if frame.is_empty():
        return None
    unit, of = result.query.by[1], next(one.unit for one in result.query.columns if one.name == "score") or "number"
    ends = frame.filter(pl.col("day") == pl.col("day").max()).sort("score", unit, descending=[True, False])
    sheet, highest = Sheet(), 0.0
    for place, name in enumerate(ends.get_column(unit).head(MOST_LINES)):
        own = frame.filter(pl.col(unit) == name).sort("day")
        highest = max(highest, _line(sheet, own, unit, name, place, of, look))
    places, texts = numbers.ticks(0.0, highest or 1.0, of, look.lang, at_most=5)
    sheet.update_yaxes(
        tickvals=places, ticktext=texts, range=[0, max(highest * 1.08, places[-1])], gridcolor=look.palette.grid,
        zeroline=False, fixedrange=True, automargin=True,
    )  # fmt: skip
    first, last = (cast("date", end) for end in (frame.get_column("day").min(), frame.get_column("day").max()))
    parts = 2 if look.is_narrow else 4
    days = list(dict.fromkeys(first + timedelta(days=(last - first).days * part // parts) for part in range(parts + 1)))
    texts = [numbers.day(day, look.lang) for day in days]
    sheet.update_xaxes(tickvals=days, ticktext=texts, showgrid=False, fixedrange=True)
    sheet.update_layout(height=look.height)
    return legend(sheet, shows=True, look=look)


def _line(sheet: Sheet, own: pl.DataFrame, unit: str, name: str, place: int, of: str, look: Look) -> float:
    """One member's scores, the last of them a mark that opens the rows; returns the highest."""
    days, scores = own.get_column("day").to_list(), own.get_column("score").to_list()
    told = [
        look.paired(numbers.day(day, look.lang), _score(score, of, look))
        for day, score in zip(days, scores, strict=True)
    ]
    sheet.add_scatter(
        x=days, y=scores, name=name, mode="lines", hoverinfo="text",
        line={"width": 2.5, "color": look.colour(place), "shape": "hv"},
        hovertext=[under_pointer(name, one) for one in told],
    )  # fmt: skip
    sheet.add_scatter(
        x=days[-1:], y=scores[-1:], mode="markers", hoverinfo="text", showlegend=False,
        marker={"size": 12, "color": look.colour(place), "symbol": SYMBOLS[place]},
        hovertext=[under_pointer(name, told[-1])], customdata=[mark_of("score", name, **{unit: name})],
    )  # fmt: skip
    return float(max(scores))


def _score(score: float, unit: str, look: Look) -> str:
    return numbers.written(score, unit, look.lang, look.currency)
