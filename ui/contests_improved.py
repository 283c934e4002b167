"""Who has improved: each person's period beside what was to be expected of it, the most improved first."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from ui import numbers
from ui.drawing import under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.question import mark_of
from ui.sheet import Sheet


def improved(result: Result, look: Look) -> go.Figure | None:
    """A dot for the period, a ring for what was to be expected, a tick for the time before; beyond chance is strong."""
    frame = result.frame.head(look.top or 12)
    if frame.is_empty():
        return None
    rows, at, sheet, unit = frame.to_dicts(), np.arange(frame.height), Sheet(), result.query.measures[0].unit
    then, hoped, now = (np.array([float(row[name]) for row in rows]) for name in ("then_level", "hoped", "now_level"))
    marks = [mark_of("now_level", row["rep"], rep=row["rep"]) for row in rows]
    told = [_says(row, unit, look) for row in rows]
    way = [value for low, high in zip(hoped, now, strict=True) for value in (low, high, None)]
    sheet.add_scatter(
        x=way, y=[place for one in at for place in (one, one, None)], mode="lines", hoverinfo="skip", showlegend=False,
        line={"width": 3, "color": look.quiet},
    )  # fmt: skip
    common = {"y": at, "mode": "markers", "hoverinfo": "text", "hovertext": told, "customdata": marks}
    sheet.add_scatter(
        x=then, name=look.words("contests.then"), **common,
        marker={"symbol": "line-ns", "size": 14, "line": {"width": 3, "color": look.palette.neutral}},
    )  # fmt: skip
    sheet.add_scatter(
        x=hoped, name=look.words("contests.hoped"), **common,
        marker={"symbol": "circle-open", "size": 13, "line": {"width": 2, "color": look.palette.muted},
                "color": look.palette.muted},
    )  # fmt: skip
    colours = [look.colour(1) if row["is_beyond_chance"] else look.colour(0) for row in rows]
    sheet.add_scatter(x=now, name=look.words("contests.now"), **common, marker={"size": 13, "color": colours})
    texts = [_gain(row, unit, look) + (" ★" if row["is_beyond_chance"] else "") for row in rows]
    numbers_at(sheet, np.max([then, hoped, now], axis=0), texts, look)
    low, high = float(np.min([then, hoped, now])), float(np.max([then, hoped, now]))
    edge = (high - low) * 0.04
    return in_rows(sheet, [row["rep"] for row in rows], texts, (low - edge, high + edge), look)


def _gain(row: dict[str, Any], unit: str, look: Look) -> str:
    """Against what was to be expected: points of a rate, else in per cent."""
    value = float(row["gained"])
    if unit == "share":
        return look.words("contests.points", value=f"{'+' if value > 0 else ''}{100 * value:.1f}")
    return ("+" if value > 0 else "") + numbers.share(value, look.lang, 0)


def _says(row: dict[str, Any], unit: str, look: Look) -> str:
    key = "contests.levels" if unit == "share" else "contests.levels_a_day"
    values = {name: numbers.written(row[name], unit, look.lang, look.currency)
              for name in ("then_level", "hoped", "now_level")}  # fmt: skip
    last = look.words("contests.lasting", share=numbers.share(row["lasting"], look.lang, 0))
    return under_pointer(row["rep"], look.words(key, **values), last)


def who_has_improved(result: Result, look: Look) -> str | None:
    """Those whose improvement is beyond chance; else that nobody's is."""
    frame, unit = result.frame, result.query.measures[0].unit
    if frame.is_empty():
        return None
    found = frame.filter(pl.col("is_beyond_chance") & (pl.col("deviations").abs() > 0))
    if found.is_empty():
        return look.words("question.improved_nobody", of=frame.height)
    named = [f"{row['rep']} ({_gain(row, unit, look)})" for row in found.head(3).iter_rows(named=True)]
    return look.words("question.improved_found", names=numbers.listed(named, look.lang), count=found.height)
