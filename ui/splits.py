"""How a measure over time looks split by a dimension: a small drawing for each value, all on one scale, or shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import polars as pl

from metrics.query import Column, Result
from ui import answers, numbers, session
from ui.answers import Series
from ui.drawing import Shown, hover, legend, nothing, place_ticks, series_of, shorten, value_range
from ui.look import Look
from ui.over_time import stacked
from ui.sheet import Sheet

MOST = 11
"""Small drawings besides the one of all others: more cannot be taken in at a glance."""
_FIRST = ("team", "region", "category", "product")
_EACH, _GAP = 128, 0.06


def first_cut(cuts: Sequence[str]) -> str | None:
    """The dimension that a page splits by first: one with several values, teams before others; None: any will do."""
    with session.reading() as seen:
        for cut in _FIRST:
            if cut in cuts and len(seen.values(cut, session.viewer())) > 1:
                return cut
    return None


def multiples(result: Result, look: Look) -> go.Figure:
    """One small drawing per value, the largest first, all on one scale; the rest together as "others"."""
    part = answers.first(result)
    if part is None or result.frame.is_empty():
        return nothing(look)
    groups = series_of(result, part, look, MOST)
    across = min(2 if look.is_narrow else 4, max(len(groups), 1))
    down = -(-len(groups) // across)
    drawn = [shown.column(part.value) for _, shown in groups]
    sheet, alike = Sheet(), [value for value, (_, shown) in zip(drawn, groups, strict=True) if not shown.is_rest]
    for index, ((name, shown), value) in enumerate(zip(groups, drawn, strict=True)):
        row, column = divmod(index, across)
        _panel(sheet, index, name, shown, value, part, look)
        _axes(sheet, index, (column, across), (row, down), shown, look)
        # All others together would dwarf each of those that are looked at.
        is_alone = shown.is_rest and part.measure.additive == "all"
        scale = _scale([value] if is_alone else alike, part, look)
        inside = {"ticklabelposition": "inside top", "showticklabels": True}
        sheet.layout[_axis("yaxis", index)] |= scale | (inside if is_alone else {"showticklabels": column == 0})
    sheet.update_layout(height=_EACH * down + 40, barmode="overlay")
    figure = legend(sheet, shows=False, look=look)
    return figure.update_layout(margin={"l": 52, "r": 8, "t": 26, "b": 30})


def _scale(drawn: Sequence[np.ndarray], part: Series, look: Look) -> dict[str, object]:
    """The upright axis of all that share it."""
    low, high = value_range(drawn, from_zero=part.unit != "share")
    places, texts = numbers.ticks(low, high, part.unit, look.lang, at_most=3)
    span = [min(low, *places[:1]), max(high, *places[-1:]) * 1.05]
    return {"range": span, "tickvals": places, "ticktext": texts}


def _axis(kind: str, index: int) -> str:
    return f"{kind}{index + 1 if index else ''}"


def _panel(sheet: Sheet, index: int, name: str, shown: Shown, value: np.ndarray, part: Series, look: Look) -> None:
    """The bars or the line of one value, and its name above."""
    axes = {"xaxis": _axis("x", index), "yaxis": _axis("y", index)}
    carried = [None if np.isnan(v) else mark for v, mark in zip(value, shown.marks, strict=True)]
    colour = look.quiet if shown.is_rest else look.colour(0)
    says = hover(shown.labels, value, part, look)
    if part.measure.additive == "all":
        sheet.add_bar(
            x=shown.place, y=value, width=0.8, customdata=carried, hovertext=says, hoverinfo="text", showlegend=False,
            marker={"color": colour, "pattern": {"shape": shown.hatching}}, **axes,
        )  # fmt: skip
    else:
        sheet.add_scatter(
            x=shown.place, y=value, mode="lines+markers", customdata=carried, hovertext=says, hoverinfo="text",
            showlegend=False, line={"color": colour, "width": 2},
            marker={"size": 5, "symbol": ["circle-open" if soft else "circle" for soft in shown.is_soft]}, **axes,
        )  # fmt: skip
    if shown.is_rest and part.measure.additive == "all":
        name = look.words("chart.own_scale", name=name)
    sheet.add_annotation(
        text=shorten(name, 20 if look.is_narrow else 30), x=0, y=1, xref=f"{axes['xaxis']} domain",
        yref=f"{axes['yaxis']} domain", xanchor="left", yanchor="bottom", showarrow=False,
        font={"size": 12, "color": look.palette.text},
    )  # fmt: skip


def _axes(sheet: Sheet, index: int, column: tuple[int, int], row: tuple[int, int], shown: Shown, look: Look) -> None:
    """Where the drawing stands among the others; dates only below the last of each column."""
    wide, high = (1 - _GAP * (column[1] - 1)) / column[1], 1 / row[1]
    left, top = column[0] * (wide + _GAP), 1 - row[0] * high
    places, texts = place_ticks(shown, look)
    few = slice(None, None, max(1, len(places) // 2))
    sheet.layout[_axis("xaxis", index)] = {
        "domain": [left, left + wide], "anchor": _axis("y", index), "range": [-0.6, shown.buckets - 0.4],
        "tickvals": places[few], "ticktext": [text.replace("<br>", " ") for text in texts[few]], "showgrid": False,
        "zeroline": False, "fixedrange": True, "tickangle": 0, "tickfont": {"size": 11},
        "showticklabels": row[0] == row[1] - 1,
    }  # fmt: skip
    sheet.layout[_axis("yaxis", index)] = {
        "domain": [top - high * 0.78, top], "anchor": _axis("x", index), "showgrid": True,
        "gridcolor": look.palette.grid, "zeroline": False, "fixedrange": True, "tickfont": {"size": 11}, "ticks": "",
    }  # fmt: skip


def shares(result: Result, look: Look) -> go.Figure:
    """How each bucket is made up: every value's share of it, stacked to the whole."""
    part, grain = answers.first(result), answers.grain_of(result)
    if part is None or grain is None or result.frame.is_empty():
        return nothing(look)
    value = pl.col(part.value).cast(pl.Float64)
    if float(result.frame.select(value.min()).item() or 0) < 0:
        return nothing(look, "chart.negative_shares")
    whole = value.sum().over(grain)
    frame = result.frame.with_columns((value / pl.when(whole != 0).then(whole)).alias(part.value))
    kept = [column for column in result.query.columns if column.role == "by"]
    columns = (*kept, Column(part.value, "value", part.measure.id, "share"))
    figure = stacked(replace(result, frame=frame, query=replace(result.query, columns=columns)), look)
    quarters = [0.0, 0.25, 0.5, 0.75, 1.0]
    texts = [numbers.share(place, look.lang, 0) for place in quarters]
    return figure.update_layout(yaxis={"range": [0, 1.02], "tickvals": quarters, "ticktext": texts})


SPLITS: Sequence[str] = ("multiples", "stacked", "share")
DRAWN = {"multiples": multiples, "stacked": stacked, "share": shares}
