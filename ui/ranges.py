"""Dots with the range in which the true value lies, row by row: shares of small groups, side by side where compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from ui import numbers
from ui.answers import SMALL_SAMPLE
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.sheet import Properties, Sheet

_AXIS = 38
"""Pixels that an axis with its name needs."""


class Dot(NamedTuple):
    """One value of a row: a share with its ends and n. `mark`: what a click finds. `says`: under the pointer."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    mark: str
    says: str


class Dots(NamedTuple):
    """A series of dots, one per row. `shift`: how far over (−) or under (+) the middle of its row."""

    name: str
    colour: str
    dots: Sequence[Dot]
    shift: float = 0.0


def rate(share: float | None, low: float | None, high: float | None, lang: str) -> str:
    """A share with its range: "62.0% (61–63)"."""
    text = numbers.written(share, "share", lang)
    return f"{text} ({100 * low:.0f}–{100 * high:.0f})" if None not in (share, low, high) else text  # type: ignore[operator]


def ranges(names: Sequence[str], series: Sequence[Dots], texts: Sequence[str], look: Look, of: str = "") -> go.Figure:
    """Rows of dots with their ranges; hollow ones stand on few cases.

    Args:
        names: of the rows. series: one or several. texts: the numbers at the rows' ends. look: for whom.
        of: what the dots are shares of; it stands below an axis then.
    """
    sheet, place = Sheet(), np.arange(len(names))
    ends, least = np.zeros(len(names)), 0.0
    for one in series:
        value, low, high = (np.array([_or_nan(dot[at]) for dot in one.dots], dtype=float) for at in range(3))
        sheet.add_scatter(
            x=value, y=place + one.shift, mode="markers", name=one.name or None, hoverinfo="text", cliponaxis=False,
            marker={"size": 12, "color": one.colour, "line": {"width": 2, "color": one.colour},
                    "symbol": ["circle-open" if dot.n < SMALL_SAMPLE else "circle" for dot in one.dots]},
            error_x={"type": "data", "symmetric": False, "array": np.nan_to_num(high - value),
                     "arrayminus": np.nan_to_num(value - low), "thickness": 1.5, "width": 4,
                     "color": look.palette.muted},
            customdata=[dot.mark for dot in one.dots], hovertext=[dot.says for dot in one.dots],
        )  # fmt: skip
        ends = np.fmax(ends, np.nan_to_num(np.fmax(value, high)))
        least = min(least, float(np.nan_to_num(np.fmin(value, low)).min(initial=0.0)))
    numbers_at(sheet, ends, texts, look)
    span = (least, max(float(ends.max(initial=0.0)), 0.01))
    figure = in_rows(sheet, names, texts, span, look)
    if not of:
        return figure
    margin = {"b": 8 + _AXIS}
    return figure.update_layout(xaxis=_axis(span, of, look), height=sheet.layout["height"] + _AXIS, margin=margin)


def _axis(span: tuple[float, float], of: str, look: Look) -> Properties:
    """An axis that begins at nothing, or below it where values do, with the name of what it counts."""
    places, texts = numbers.ticks(*span, "share", look.lang, at_most=3 if look.is_narrow else 5)
    shown = [(at, text) for at, text in zip(places, texts, strict=True) if span[0] <= at <= span[1]]
    return {
        "visible": True, "showgrid": True, "gridcolor": look.palette.grid, "ticks": "",
        "tickvals": [at for at, _ in shown], "ticktext": [text for _, text in shown], "tickfont": {"size": 11},
        "zeroline": True, "zerolinecolor": look.palette.muted, "tickangle": 0,
        "title": {"text": of, "font": {"size": 12, "color": look.palette.muted}, "standoff": 4},
    }  # fmt: skip


def _or_nan(value: object) -> float:
    return float("nan") if value is None else float(str(value))
