"""Drawings whose marks lie in a field: names at the left, heads above, a colour and a number in each cell."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from ui.drawing import legend
from ui.look import Look
from ui.sheet import Sheet

Values = Sequence[Sequence[float | None]]


def shaded(values: Values, colours: Sequence[str], low: float, high: float, gap: int = 3) -> Sheet:
    """A drawing that begins with the colours of the cells, first row on top.

    Args:
        values: row by row; None has no colour. colours: from that of `low` to that of `high`.
        gap: pixels between cells.
    """
    sheet = Sheet()
    sheet.data.append({
        "type": "heatmap", "z": values, "zmin": low, "zmax": high, "x": list(range(len(values[0]) if values else 0)),
        "y": list(range(len(values))), "showscale": False, "xgap": gap, "ygap": gap, "hoverinfo": "skip",
        "colorscale": [[at / (len(colours) - 1), colour] for at, colour in enumerate(colours)],
    })  # fmt: skip
    return sheet


def ink(value: float | None, colours: Sequence[str], low: float, high: float, none: str) -> str:
    """Black or white, whichever is read better on a cell of `shaded`; `none` where it has no colour.

    One of both has a contrast of at least 4.5 with any colour (WCAG 2.2, 1.4.3).
    """
    if value is None:
        return none
    at = min(max((value - low) / (high - low), 0.0), 1.0) * (len(colours) - 1) if high > low else 0.0
    here = min(int(at), len(colours) - 2)
    light = sum(
        weight * _linear((1 - at + here) * int(colours[here][place : place + 2], 16)
                         + (at - here) * int(colours[here + 1][place : place + 2], 16))
        for weight, place in ((0.2126, 1), (0.7152, 3), (0.0722, 5))
    )  # fmt: skip
    return "#FFFFFF" if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else "#000000"


def _linear(channel: float) -> float:
    """Of a channel of sRGB, 0-255, the light it gives, 0-1."""
    part = channel / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def in_field(
    sheet: Sheet,
    heads: Sequence[str],
    names: Sequence[str],
    look: Look,
    *,
    height: int,
    at: Sequence[int] | None = None,
    size: int = 14,
) -> go.Figure:
    """The layout of a drawing in a field.

    Args:
        sheet: what is drawn. heads: of the columns. names: of the rows. look: for whom. height: in pixels.
        at: the columns that the heads are of; by default all. size: of the names.
    """
    sheet.update_xaxes(
        tickvals=list(at if at is not None else range(len(heads))), ticktext=list(heads), side="top", fixedrange=True,
        showgrid=False, zeroline=False,
    )  # fmt: skip
    sheet.update_yaxes(
        tickvals=list(range(len(names))), ticktext=list(names), fixedrange=True, range=[len(names) - 0.5, -0.5],
        automargin=True, showgrid=False, zeroline=False, ticks="",
        tickfont={"size": size, "color": look.palette.text},
    )  # fmt: skip
    sheet.update_layout(height=height)
    return legend(sheet, shows=False, look=look).update_layout(margin={"l": 4, "r": 8, "t": 34, "b": 8})
