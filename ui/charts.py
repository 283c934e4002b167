"""How answers look: pure functions Result → plotly figure.

They know units and roles of columns, no measure by name. Every mark carries the values it stands for (`customdata`), so
that a click finds its rows. A figure is never empty: without data it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from ui import answers, numbers
from ui.answers import Series
from ui.drawing import Shown, frame_of, hover, literal, nothing, value_range
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.over_time import columns, lines, over_time, stacked
from ui.sheet import Sheet

__all__ = ["Draw", "bars", "changes", "columns", "dots", "fitting", "lines", "over_time", "remarks", "stacked"]

Draw = Callable[[Result, Look], go.Figure]


def bars(result: Result, look: Look) -> go.Figure:
    """One horizontal bar per value, best first, with its number at its end; the comparison is the pale bar behind."""
    part, shown = answers.first(result), frame_of(result, look)
    if part is None or shown.is_empty:
        return nothing(look)
    figure, place = Sheet(), np.arange(shown.height)
    if part.before:
        figure.add_bar(
            x=shown.drawn(part.before), y=place, orientation="h", width=0.86, marker={"color": look.quiet},
            name=look.before, hovertext=hover(shown.labels, shown.column(part.before), part, look), hoverinfo="text",
            customdata=shown.marks,
        )  # fmt: skip
    small = shown.is_small(part)
    figure.add_bar(
        x=shown.drawn(part.value), y=place, orientation="h", width=0.5 if part.before else 0.66, name=look.now,
        marker={"color": look.colour(0), "pattern": {"shape": ["/" if few else "" for few in small]}},
        error_x=_whiskers(shown, part, look),
        customdata=shown.marks, hovertext=hover(shown.labels, shown.column(part.value), part, look), hoverinfo="text",
    )  # fmt: skip
    ends, texts = _ends(shown, part), shown.texts(part, look)
    numbers_at(figure, ends, texts, look)
    return in_rows(figure, shown.labels, texts, _span([ends, shown.drawn(part.value)], from_zero=True), look)


def dots(result: Result, look: Look) -> go.Figure:
    """One dot with its interval per value, and the overall rate as a dotted line; a hollow dot is a small sample."""
    part, shown = answers.first(result), frame_of(result, look)
    if part is None or shown.is_empty:
        return nothing(look)
    figure, place, value = Sheet(), np.arange(shown.height), shown.column(part.value)
    if part.before:
        figure.add_scatter(
            x=shown.column(part.before), y=place, mode="markers", name=look.before, hoverinfo="text",
            marker={"symbol": "line-ns", "size": 16, "line": {"width": 3, "color": look.quiet}},
            hovertext=hover(shown.labels, shown.column(part.before), part, look), customdata=shown.marks,
        )  # fmt: skip
    small = shown.is_small(part)
    figure.add_scatter(
        x=value, y=place, mode="markers", name=look.now, customdata=shown.marks, hoverinfo="text",
        marker={"size": 12, "color": look.colour(0), "symbol": ["circle-open" if few else "circle" for few in small],
                "line": {"width": 2, "color": look.colour(0)}},
        error_x=_whiskers(shown, part, look),
        hovertext=hover(shown.labels, value, part, look), cliponaxis=False,
    )  # fmt: skip
    overall = shown.overall(part)
    if overall is not None:
        figure.add_vline(x=overall, line={"dash": "dot", "width": 1.5, "color": look.palette.muted})
    ends, texts = _ends(shown, part), shown.texts(part, look)
    numbers_at(figure, ends, texts, look)
    return in_rows(figure, shown.labels, texts, _span([ends, value, shown.column(part.low)], from_zero=False), look)


def fitting(result: Result, look: Look) -> go.Figure:
    """Whatever suits the answer: over time where it is cut so, dots for rates with an interval, bars for all else."""
    if answers.grain_of(result):
        return over_time(result, look)
    part = answers.first(result)
    return dots(result, look) if part is not None and part.low else bars(result, look)


def changes(result: Result, look: Look) -> go.Figure:
    """What moved most between two periods: one bar per value of any dimension, up to the right, down to the left."""
    part = answers.first(result)
    if part is None or result.frame.is_empty():
        return nothing(look)
    if part.before is None:
        is_compared = result.query.view is not None and result.query.view.before is not None
        return nothing(look, "chart.no_changes" if is_compared else "chart.no_comparison")
    largest = _by_movement(result, part, look)
    if largest.frame.is_empty():
        return nothing(look, "chart.no_changes")
    shown = frame_of(largest, look.with_top(None))
    moved = np.nan_to_num(shown.column(part.value)) - np.nan_to_num(shown.column(part.before))
    better = -1 if part.measure.better == "lower" else 1
    figure, place = Sheet(), np.arange(shown.height)
    figure.add_bar(
        x=moved, y=place, orientation="h", width=0.6, customdata=shown.marks, hoverinfo="text", showlegend=False,
        marker={"color": [look.palette.good if delta * better >= 0 else look.palette.bad for delta in moved]},
        hovertext=[look.paired(literal(name), f"{look.written(then, part)} → {look.written(now, part)}")
                   for name, then, now in zip(shown.labels, shown.column(part.before), shown.column(part.value),
                                              strict=True)],
    )  # fmt: skip
    texts = [look.signed(float(delta), part) for delta in moved]
    figure.add_vline(x=0, line={"width": 1, "color": look.palette.muted})
    numbers_at(figure, moved, texts, look)
    return in_rows(figure, shown.labels, texts, _span([moved], from_zero=True), look)


def _by_movement(result: Result, part: Series, look: Look) -> Result:
    """The rows that moved, the largest movement first."""
    now, before = (pl.col(name or part.value).fill_null(0).cast(pl.Float64) for name in (part.value, part.before))
    moved = result.frame.with_columns((now - before).abs().alias("_moved"))
    if part.measure.refuse_when is not None:  # what is not known has not moved from or to 0
        moved = moved.filter(pl.col(part.value).is_not_null() & pl.col(part.before or part.value).is_not_null())
    if "dimension" in moved.columns:  # what is all of its dimension, or had nothing before, is no news
        moved = moved.filter((pl.len() > 1).over("dimension") & (before.sum() > 0).over("dimension"))
    moved = moved.filter(pl.col("_moved") > 0)
    # A team and its manager are the same rows: what moved by the same amounts is said once.
    once = moved.unique([part.value, part.before or part.value], keep="first", maintain_order=True)
    largest = once.sort("_moved", descending=True, maintain_order=True).drop("_moved").head(look.top or once.height)
    return replace(result, frame=largest)


def _whiskers(shown: Shown, part: Series, look: Look) -> dict[str, Any] | None:
    value, low, high = (shown.column(name) for name in (part.value, part.low, part.high))
    if np.isnan(low).all():
        return None
    return {
        "type": "data", "symmetric": False, "array": np.nan_to_num(high - value),
        "arrayminus": np.nan_to_num(value - low), "thickness": 1.5, "width": 4, "color": look.palette.muted,
    }  # fmt: skip


def _ends(shown: Shown, part: Series) -> np.ndarray:
    """Where each row's ink ends, so that its number stands clear of bar, whisker and comparison."""
    parts = np.vstack([shown.drawn(name) for name in (part.value, part.high, part.before)])
    return np.asarray(np.max(np.nan_to_num(parts, nan=0.0), axis=0))


def _span(drawn: Sequence[np.ndarray], *, from_zero: bool) -> tuple[float, float]:
    """From where to where: bars start at zero, dots stand a little inside."""
    low, high = value_range(drawn, from_zero=from_zero)
    edge = 0.0 if from_zero else (high - low) * 0.04
    return low - edge, high + edge


def remarks(result: Result, look: Look, *, is_table: bool = False) -> list[str]:
    """What a reader must know about a drawing: unfinished or rebuilt buckets, small samples, what is left out.

    In a table nothing is hatched: it names its unfinished buckets.
    """
    part = answers.first(result)
    if part is None or result.frame.is_empty():
        return []
    said = []
    if is_table:
        return _unfinished(result, look)
    if any(answers.flags(result.frame, answers.IS_PARTIAL)):
        said.append(answers.words("chart.partial", look.lang))
    if any(answers.flags(result.frame, answers.IS_RECONSTRUCTED)):
        said.append(answers.words("chart.reconstructed", look.lang))
    if answers.grain_of(result) is not None:
        return said
    shown = frame_of(result, look)
    overall = shown.overall(part)
    if overall is not None:
        said.append(answers.words("chart.overall", look.lang, value=look.written(overall, part)))
    if any(shown.is_small(part)):
        said.append(answers.words("chart.small_sample", look.lang, limit=answers.SMALL_SAMPLE))
    if result.frame.height > shown.height and not part.is_additive:
        text = numbers.count(result.frame.height, look.lang)
        said.append(answers.words("chart.top", look.lang, shown=look.top, all=text))
    return said


def _unfinished(result: Result, look: Look) -> list[str]:
    grain = answers.grain_of(result)
    if grain is None or answers.IS_PARTIAL not in result.frame.columns:
        return []
    days = sorted(set(result.frame.filter(pl.col(answers.IS_PARTIAL)).get_column(grain).drop_nulls()))
    names = [answers.label(day, grain, look.lang, look.fiscal_start) for day in days]
    return [answers.words("chart.partial_bucket", look.lang, bucket=numbers.listed(names, look.lang))] if names else []
