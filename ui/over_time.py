"""Answers over time: bars for what adds up, lines for rates and stocks, parts stacked; what is unfinished looks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.query import Result
from ui import answers, numbers
from ui.answers import Series
from ui.drawing import Shown, frame_of, hover, legend, literal, nothing, place_ticks, series_of, shorten, value_axis
from ui.look import Look, with_alpha
from ui.sheet import Sheet

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star")
MOST_SERIES = 6
"""Lines or stacked parts that an eye can keep apart; the rest becomes "others"."""


def over_time(result: Result, look: Look) -> go.Figure:
    """Bars for what adds up over time, a line for rates, medians and stocks; several series when cut by one more."""
    part = answers.first(result)
    if part is None or result.frame.is_empty():
        return nothing(look)
    if len(answers.cut_by(result)) > 1:
        return stacked(result, look) if part.measure.additive == "all" else lines(result, look)
    return columns(result, look) if part.measure.additive == "all" else lines(result, look)


def columns(result: Result, look: Look) -> go.Figure:
    """One upright bar per bucket of time; an unfinished bucket is hatched, the comparison a thin line."""
    part, shown = answers.first(result), frame_of(result, look.with_top(None))
    if part is None or shown.is_empty:
        return nothing(look)
    figure, place, value = Sheet(), np.arange(shown.height), shown.column(part.value)
    figure.add_bar(
        x=place, y=value, width=0.72, name=look.now, customdata=shown.marks,
        marker={"color": look.colour(0), "pattern": {"shape": shown.hatching}},
        text=_few_labels(value, shown.texts(part, look)), textposition="outside", cliponaxis=False,
        constraintext="none", textangle=0, textfont={"size": 13, "color": look.palette.text},
        hovertext=hover(shown.labels, value, part, look), hoverinfo="text",
    )  # fmt: skip
    _then(figure, shown, part, look)
    return _standing(figure, shown, [value, shown.column(part.before)], look, part)


def lines(result: Result, look: Look) -> go.Figure:
    """One line per series over time; the way to an unfinished or reconstructed bucket is dashed."""
    part = answers.first(result)
    if part is None or result.frame.is_empty():
        return nothing(look)
    groups = series_of(result, part, look, MOST_SERIES)
    figure, drawn = Sheet(), []
    first = groups[0][1]
    if len(groups) == 1:
        _then(figure, first, part, look)
        drawn.append(first.column(part.before))
    for index, (name, shown) in enumerate(groups):
        colour, value = look.colour(index), shown.column(part.value)
        drawn += [value, shown.column(part.high), shown.column(part.low)]
        _band(figure, shown, part, colour, is_alone=len(groups) == 1)
        _line(figure, shown, part, look, name or look.now, index)
    return _standing(figure, first, drawn, look, part, from_zero=part.unit != "share")


def stacked(result: Result, look: Look) -> go.Figure:
    """Upright bars in parts, the largest parts first; what does not fit is "others"."""
    part = answers.first(result)
    if part is None or result.frame.is_empty():
        return nothing(look)
    groups = series_of(result, part, look, MOST_SERIES)
    figure, total = Sheet(), np.zeros(groups[0][1].buckets)
    whole = _altogether(result, part, groups[0][1], look)
    for index, (name, shown) in enumerate(groups):
        value = shown.column(part.value)
        np.add.at(total, shown.place.astype(int), np.fmax(value, 0))
        colour = look.quiet if shown.is_rest else look.colour(index)
        figure.add_bar(
            x=shown.place, y=value, width=0.72, name=shorten(name), customdata=shown.marks, hoverinfo="text",
            marker={"color": colour, "pattern": {"shape": shown.hatching},
                    "line": {"width": 0.5, "color": look.palette.background}},
            hovertext=[f"{literal(name)}<br>{text}" for text in hover(shown.labels, value, part, look)],
            showlegend=False,
        )  # fmt: skip
        # The legend takes the look of a trace's first bar, which may be hatched: it gets a bar of its own.
        figure.add_bar(x=[None], y=[None], name=shorten(name), marker={"color": colour}, hoverinfo="skip")
    figure.update_layout(barmode="stack")
    _then(figure, whole, part, look)
    return _standing(figure, groups[0][1], [total, whole.column(part.before)], look, part)


def _then(figure: Sheet, shown: Shown, part: Series, look: Look) -> None:
    """The days compared with: a thin line with a name of its own, nothing where there is no comparison."""
    before = shown.column(part.before)
    if part.before is None or np.isnan(before).all():
        return
    figure.add_scatter(
        x=shown.place, y=before, mode="lines+markers", name=look.before, marker={"size": 4},
        line={"color": look.palette.neutral, "width": 1.5}, customdata=shown.marks, hoverinfo="text",
        hovertext=[f"{look.before}<br>{text}" for text in hover(shown.labels, before, part, look)],
    )  # fmt: skip


def _altogether(result: Result, part: Series, like: Shown, look: Look) -> Shown:
    """What the days compared with add up to in each bucket, over all parts; clicking it opens nothing."""
    if part.before is None or like.grain is None:
        return like
    before = pl.col(part.before).cast(pl.Float64)
    whole = pl.when(before.is_not_null().any()).then(before.sum()).alias(part.before)
    frame = result.frame.drop_nulls(like.grain).group_by(like.grain).agg(whole).sort(like.grain)
    labels = [numbers.bucket(day, like.grain, look.lang, look.fiscal_start) for day in frame.get_column(like.grain)]
    return replace(like, frame=frame, labels=labels, marks=[None] * len(labels), place=np.arange(float(len(labels))))


def _line(figure: Sheet, shown: Shown, part: Series, look: Look, name: str, index: int) -> None:
    """A solid line over what is finished and seen, dashed to the rest; the mark's shape tells series apart too."""
    colour, value = look.colour(index), shown.column(part.value)
    runs = [(True, ~shown.is_soft), *((False, run) for run in _runs(shown.around_soft))]
    for solid, mask in runs:
        if mask.any():
            figure.add_scatter(
                x=shown.place[mask], y=value[mask], mode="lines+markers" if solid else "lines", name=shorten(name),
                line={"color": colour, "width": 2.5, "dash": "solid" if solid else "dot"}, showlegend=solid,
                marker={"size": 7, "symbol": SYMBOLS[index % len(SYMBOLS)]},
                customdata=np.asarray(shown.marks, dtype=object)[mask], hoverinfo="text",
                hovertext=np.asarray(hover(shown.labels, value, part, look), dtype=object)[mask],
            )  # fmt: skip
    soft = shown.is_soft
    if soft.any():
        figure.add_scatter(
            x=shown.place[soft], y=value[soft], mode="markers", showlegend=False, hoverinfo="text",
            marker={"size": 9, "symbol": "circle-open", "color": colour, "line": {"width": 2}},
            customdata=np.asarray(shown.marks, dtype=object)[soft],
            hovertext=np.asarray(hover(shown.labels, value, part, look), dtype=object)[soft],
        )  # fmt: skip


def _runs(mask: np.ndarray) -> list[np.ndarray]:
    """The stretches of a mask, each a mask of its own: a dashed line must not leap over what is finished."""
    number = np.cumsum(np.diff(mask.astype(int), prepend=0) == 1)
    return [mask & (number == run) for run in range(1, int(number.max(initial=0)) + 1)]


def _band(figure: Sheet, shown: Shown, part: Series, colour: str, *, is_alone: bool) -> None:
    """The interval as a pale band, where there is one series only."""
    if not (is_alone and part.low and part.high):
        return
    low, high = shown.column(part.low), shown.column(part.high)
    known = ~(np.isnan(low) | np.isnan(high))
    if known.any():
        figure.add_scatter(
            x=np.concatenate([shown.place[known], shown.place[known][::-1]]),
            y=np.concatenate([high[known], low[known][::-1]]),
            fill="toself", mode="lines", line={"width": 0}, fillcolor=with_alpha(colour, 0.15),
            hoverinfo="skip", showlegend=False,
        )  # fmt: skip


def _few_labels(value: np.ndarray, texts: Sequence[str]) -> list[str]:
    """All numbers while they fit, else the largest and the last."""
    if len(texts) <= 8 or np.isnan(value).all():
        return list(texts)
    keep = {int(np.nanargmax(value)), len(texts) - 1}
    return [text if index in keep else "" for index, text in enumerate(texts)]


def _standing(
    figure: Sheet, shown: Shown, drawn: Sequence[np.ndarray], look: Look, part: Series, *, from_zero: bool = True
) -> go.Figure:
    """Layout of marks over time."""
    places, texts = place_ticks(shown, look)
    figure.update_xaxes(
        tickvals=places, ticktext=texts, range=[-0.6, shown.buckets - 0.4], showgrid=False, zeroline=False,
        fixedrange=True, automargin=True, tickangle=0,
    )  # fmt: skip
    value_axis(figure, drawn, part, look, from_zero=from_zero)
    figure.layout.setdefault("barmode", "overlay")
    figure.update_layout(height=look.height)
    return legend(figure, shows=figure.named > 1, look=look, right=26)
