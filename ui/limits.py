"""How what is usual looks: each bucket, the limits of chance, and the signals, which are told in words too."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from data import punctuation
from metrics.query import Result
from metrics.usual import signals
from metrics.xmr import Signal
from ui import numbers
from ui.answers import Series
from ui.look import Look, with_alpha
from ui.sheet import Sheet
from ui.trends import along, floats, measured, named, on_axis, says, sentence

_MOST_TOLD = 3
_SYMBOLS = {"outside": "diamond", "near": "square", "run": "triangle-up"}
"""Signals are told apart by their mark as well as by their colour."""


def usual(result: Result, look: Look) -> go.Figure | None:
    """A line with the limits of chance as a band; signals stand out, and what takes no part is hollow."""
    part, frame, grain = measured(result), result.frame, result.query.by[0]
    if frame.is_empty() or frame.get_column(part.value).is_null().all():
        return None
    shown, sheet, value = on_axis(frame, grain, part, look), Sheet(), floats(frame, part.value)
    lower, upper, centre = (floats(frame, name) for name in ("lower", "upper", "centre"))
    known = ~np.isnan(upper)
    if known.any():
        _band(sheet, shown.place[known], lower[known], upper[known], centre[known], look)
    rules = frame.get_column("rule").to_list()
    counted = frame.get_column("is_counted").to_list()
    colour = look.colour(0)
    sheet.add_scatter(
        x=shown.place, y=value, mode="lines+markers", hoverinfo="text", showlegend=False,
        line={"color": colour, "width": 2},
        marker={
            "size": [11 if rule else 6 for rule in rules],
            "symbol": [_symbol(rule, is_in) for rule, is_in in zip(rules, counted, strict=True)],
            "color": [_colour(row, part, look) for row in frame.iter_rows(named=True)],
        },
        customdata=[None if np.isnan(v) else mark for v, mark in zip(value, shown.marks, strict=True)],
        hovertext=says(shown.labels, value, part, look, [_why(row, part, look) for row in frame.iter_rows(named=True)]),
    )  # fmt: skip
    _key(sheet, [rule for rule in _SYMBOLS if rule in rules], look)
    held = [at for at, day in enumerate(frame.get_column("festival")) if day is not None]
    for at in held if grain != "day" else []:
        sheet.add_annotation(
            x=at, y=0, yref="paper", yanchor="bottom", showarrow=False, text=look.words("question.trend_festival_mark"),
            font={"size": 12, "color": look.palette.muted},
        )  # fmt: skip
    is_near_zero = float(np.nanmin(value)) >= 0 and part.unit != "share"
    return along(sheet, shown, [value, lower, upper], part, look, from_zero=is_near_zero)


def _band(sheet: Sheet, x: np.ndarray, low: np.ndarray, high: np.ndarray, centre: np.ndarray, look: Look) -> None:
    """The limits: dashed lines around a pale band, and the mean."""
    sheet.add_scatter(
        x=np.concatenate([x, x[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself", mode="lines",
        line={"width": 0}, fillcolor=with_alpha(look.palette.neutral, 0.14), hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    lines = (("upper", high, "dash"), ("lower", low, "dash"), ("centre", centre, "solid"))
    for name, values, dash in lines:
        sheet.add_scatter(
            x=x, y=values, mode="lines", line={"color": look.palette.neutral, "width": 1.2, "dash": dash},
            hoverinfo="skip", name=look.words(f"column.{name if name == 'centre' else 'limits'}"),
            showlegend=name != "lower",
        )  # fmt: skip


def _key(sheet: Sheet, rules: list[str], look: Look) -> None:
    """What the marks of signals mean."""
    for rule in rules:
        sheet.add_scatter(
            x=[None], y=[None], mode="markers", hoverinfo="skip", name=look.words(f"value.rule.{rule}"),
            marker={"symbol": _SYMBOLS[rule], "size": 11, "color": look.palette.muted},
        )  # fmt: skip


def _symbol(rule: str | None, is_counted: bool) -> str:
    return (_SYMBOLS[rule] if rule else "circle") + ("" if is_counted else "-open")


def _colour(row: dict[str, Any], part: Series, look: Look) -> str:
    """What is better is good; where neither is, a signal has a colour of its own."""
    if row["side"] is None:
        return look.colour(0)
    if part.measure.better == "neither":
        return str(look.palette.categorical[2])
    return str(look.palette.good if (row["side"] > 0) == (part.measure.better == "higher") else look.palette.bad)


def _why(row: dict[str, Any], part: Series, look: Look) -> str:
    """Under the pointer: the rule that holds, and how far the move was."""
    said = [look.words(f"value.rule.{row['rule']}")] if row["rule"] else []
    if row["move"] is not None:
        move, most = (look.written(row[name], part) for name in ("move", "most"))
        said.append(look.words("question.trend_move", move=move, most=most))
    if not row["is_counted"]:
        said.append(look.words("question.trend_not_counted"))
    return " · ".join(said)


def in_words(result: Result, look: Look) -> str | None:
    """The signals with their time and number, the latest first; else that all lies within the limits."""
    part, grain = measured(result), result.query.by[0]
    counted = result.frame.filter("is_counted")
    if counted.is_empty() or counted.get_column("upper").is_null().all():
        return None
    found = sorted(signals(result.frame), key=lambda one: (one.last, one.first), reverse=True)
    rows = counted.to_dicts()
    if not found:
        ends = {name: look.written(rows[-1][name], part) for name in ("lower", "upper")}
        return look.words("question.trend_usual_none", count=len(rows), **ends)
    told = [_told(one, rows, grain, part, look) for one in found[:_MOST_TOLD]]
    more = look.words("question.trend_usual_more", count=len(found) - _MOST_TOLD) if found[_MOST_TOLD:] else ""
    signs = punctuation.sentences(told, look.lang)
    return look.words("question.trend_usual_found", count=len(found), signals=signs) + more


def _told(one: Signal, rows: list[dict[str, Any]], grain: str, part: Series, look: Look) -> str:
    """One signal: when, how much, and by which rule."""
    first, last = rows[one.first], rows[one.last]
    side = "above" if one.side > 0 else "below"
    facts = {
        "first": named(first[grain], grain, look), "last": named(last[grain], grain, look),
        "count": one.last - one.first + 1, "value": look.written(last[part.value], part),
        "centre": look.written(last["centre"], part),
        "limit": look.written(last["upper" if one.side > 0 else "lower"], part),
    }  # fmt: skip
    text = look.words(f"question.trend_{one.rule}_{side}", **facts)
    held = [row["festival"] for row in rows[one.first : one.last + 1] if row["festival"]]
    if one.rule == "outside" and held and grain != "day":
        text += look.words("question.trend_with_festival", day=numbers.day(held[0], look.lang))
    return sentence(text) + look.words("question.trend_stop")


def is_judged(frame: pl.DataFrame) -> bool:
    """Whether there are limits at all."""
    return frame.height > 0 and frame.get_column("upper").null_count() < frame.height
