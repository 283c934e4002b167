"""Results beside process: where everybody stands, and who reaches the goal on a thin pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from metrics.reps_quadrant import POSITIONS, STRONG_PROCESS, STRONG_RESULT
from ui import answers, numbers
from ui.drawing import legend, shorten, under_pointer
from ui.look import Look
from ui.question import mark_of
from ui.reps import people
from ui.sheet import Sheet

_MOST = 200
"""Dots that an eye can tell apart: of more people those farthest from the lines."""
_FAR = 2.5
"""A result beyond this is drawn at the edge: one large deal would else press all others together."""
_LINE, _WORD = 0.1, 0.45
"""How far apart names must stand: upwards, or to the side."""
_LOUD = 10
_WIDER = 2.5
"""A phone's names must stand so much farther apart."""
"""People named in the drawing."""


def placed(result: Result, look: Look) -> go.Figure | None:
    """Process to the right, result upwards; lines where each begins to be strong."""
    frame = result.frame.filter(pl.col("stands_in").is_not_null())
    if frame.height < 2:
        return None
    far = (pl.col("process") - STRONG_PROCESS).abs() * 2 + (pl.col("result").clip(0, _FAR) - STRONG_RESULT).abs()
    frame = frame.sort(far, "rep", descending=[True, False]).head(_MOST)
    sheet, first = Sheet(), result.query.measures[0]
    loud = _loud(frame.to_dicts(), look)
    for place, position in enumerate(POSITIONS):
        rows = frame.filter(pl.col("stands_in") == position).to_dicts()
        if rows:
            sheet.add_scatter(
                x=[row["process"] for row in rows], y=[_height(row) for row in rows], mode="markers+text",
                hoverinfo="text", name=answers.label(position, "stands_in", look.lang), cliponaxis=False,
                marker={"size": 13, "color": look.colour(place), "symbol": _SYMBOLS[place],
                        "line": {"width": [3 if row["is_thin"] else 0 for row in rows], "color": look.palette.text}},
                text=[shorten(row["rep"], 12) if row["rep"] in loud else "" for row in rows],
                textposition=["middle left" if row["process"] > 0.7 else "middle right" for row in rows],
                textfont={"size": 12, "color": look.palette.text},
                customdata=[mark_of(first.id, row["rep"], rep=row["rep"]) for row in rows],
                hovertext=[_says(row, look) for row in rows],
            )  # fmt: skip
    return _crossed(sheet, max(_height(row) for row in frame.to_dicts()), look)


_SYMBOLS = ("circle", "square", "triangle-up", "x")


def _height(row: dict[str, Any]) -> float:
    return float(np.clip(row["result"], 0, _FAR))


def _loud(rows: list[dict[str, Any]], look: Look) -> set[str]:
    """Those who are named: first those strong in results on a thin pipeline; none over another."""
    order = sorted(
        rows,
        key=lambda row: (not (row["stands_in"] == "result_only" and row["is_thin"]), row["stands_in"] != "result_only"),
    )
    found: list[dict[str, Any]] = []
    for row in order:
        is_free = all(_is_apart(row, other, _WIDER if look.is_narrow else 1.0) for other in found)
        if is_free and len(found) < (4 if look.is_narrow else _LOUD):
            found.append(row)
    return {row["rep"] for row in found}


def _is_apart(row: dict[str, Any], other: dict[str, Any], times: float) -> bool:
    """Whether names beside these two dots do not lie over one another."""
    return abs(_height(row) - _height(other)) > times * _LINE or abs(row["process"] - other["process"]) > times * _WORD


def _crossed(sheet: Sheet, top: float, look: Look) -> go.Figure:
    line = {"color": str(look.palette.muted), "width": 1, "dash": "dot"}
    sheet.add_vline(STRONG_PROCESS, line)
    across = {
        "type": "line",
        "x0": 0,
        "x1": 1,
        "xref": "x domain",
        "y0": STRONG_RESULT,
        "y1": STRONG_RESULT,
        "yref": "y",
    }
    sheet.layout["shapes"].append(across | {"line": line})
    high = max(top, STRONG_RESULT) * 1.08
    for axis, ends, update in (
        ("process", (-0.03, 1.03), sheet.update_xaxes), ("result", (-0.05, high), sheet.update_yaxes),
    ):  # fmt: skip
        places, texts = numbers.ticks(0, ends[1], "share", look.lang, at_most=4 if look.is_narrow else 6)
        kept = [(place, text) for place, text in zip(places, texts, strict=True) if place <= ends[1]]
        update(
            tickvals=[place for place, _ in kept], ticktext=[text for _, text in kept], range=list(ends),
            title={"text": look.words(f"reps.axis_{axis}")}, fixedrange=True, zeroline=False, automargin=True,
            gridcolor=look.palette.grid,
        )  # fmt: skip
    sheet.update_layout(height=max(look.height, 440))
    return legend(sheet, shows=True, look=look)


def _says(row: dict[str, Any], look: Look) -> str:
    lines = [look.labelled(f"column.{name}", numbers.share(row[name], look.lang, 0)) for name in ("result", "process")]
    if row["deals_alike"] is not None:
        lines.append(look.words("reps.deals_alike", count=numbers.written(row["deals_alike"], "number", look.lang)))
    if row["is_thin"]:
        lines.append(look.words("reps.thin"))
    if row["is_partly"]:
        lines.append(look.words("reps.partly"))
    return under_pointer(f"{row['rep']} · {answers.label(row['stands_in'], 'stands_in', look.lang)}", *lines)


def who_is_on_thin_ice(result: Result, look: Look) -> str | None:
    """Who is strong in results only, with a process that lies behind beyond chance; else how many stand where."""
    known = result.frame.filter(pl.col("stands_in").is_not_null())
    if known.is_empty():
        return None
    thin = known.filter((pl.col("stands_in") == "result_only") & pl.col("is_thin")).get_column("rep").to_list()
    if thin:
        return look.words("question.rep_quadrant_thin", names=people(thin, look))
    return None


def shown(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Everybody with where they stand, in words."""
    words = [
        None if one is None else answers.label(one, "stands_in", look.lang) for one in frame.get_column("stands_in")
    ]
    frame = frame.with_columns(pl.Series("stands_in", words, pl.String))
    values = [name for name in frame.columns if "." not in name and name != "is_partly"]
    return frame.select(values)
