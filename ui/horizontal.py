"""Drawings whose marks lie in rows: names at the left, each row's number at its end, and no axis of values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ui import numbers
from ui.drawing import LONGEST_NAME, broken, legend, shorten
from ui.look import Look
from ui.sheet import Sheet

_GAP = "\u2002"
"""A space that a browser keeps at the start of a text."""


_AXIS = 48
"""Pixels of an axis with its name."""
_NARROW = 16
"""Widths of a letter that a name has on a phone, where names and numbers would leave the bars no room."""
_WHOLE, _WHOLE_NARROW = 34, 18
"""Widths of a letter of each line of a name of ours, which is never cut."""
_LINE = 14
"""Pixels by which rows are higher for each further line of a name."""


def numbers_at(
    figure: Sheet, ends: Sequence[float] | np.ndarray, texts: Sequence[str], look: Look, *, from_zero: bool = True
) -> None:
    """Each row's number right of its ink; of a bar that points left, right of zero, where there is always room.

    Args:
        figure: what is drawn. ends: where the ink of each row ends. texts: its number as written.
        look: for whom. from_zero: whether the ink begins at zero, as bars do and ranges do not.
    """
    places = np.asarray(ends, dtype=float)
    figure.add_scatter(
        x=np.maximum(places, 0) if from_zero else places, y=np.arange(len(texts)), mode="text",
        text=[_GAP + text for text in texts], cliponaxis=False, hoverinfo="skip", textposition="middle right",
        showlegend=False, textfont={"size": 14, "color": look.palette.text},
    )  # fmt: skip


def in_rows(
    figure: Sheet,
    names: Sequence[str],
    texts: Sequence[str],
    span: tuple[float, float],
    look: Look,
    barmode: str = "overlay",
    axis: str | None = None,
    *,
    whole: bool = False,
) -> go.Figure:
    """The layout of a drawing in rows, first row on top.

    Args:
        figure: what is drawn. names: of the rows. texts: the numbers at their ends, which need room at the right.
        span: the least and the largest value that are in the picture. look: for whom.
        barmode: whether the bars of a row lie over one another or are stacked.
        axis: what shares along the bottom are called, of ranges, which do not begin at zero; of bars there is no axis.
        whole: names are never cut, as fixed words of ours are short enough for; on a phone they take several lines.
    """
    if whole:
        written = [broken(name, _WHOLE_NARROW if look.is_narrow else _WHOLE) for name in names]
    else:
        written = [shorten(name, _NARROW if look.is_narrow else LONGEST_NAME) for name in names]
    further = max((name.count("<br>") for name in written), default=0) if whole else 0
    figure.update_xaxes(range=list(span), visible=False, fixedrange=True)
    figure.update_yaxes(
        tickvals=np.arange(len(names)), autorange=False,
        ticktext=written, range=[len(names) - 0.4, -0.6], automargin=True, showgrid=False, zeroline=False, ticks="",
        fixedrange=True, tickfont={"size": 14, "color": look.palette.text},
    )  # fmt: skip
    named = figure.named > 1
    height = rows_height(len(names), has_legend=named) + further * _LINE * len(names)
    figure.update_layout(barmode=barmode, height=height)
    if axis is not None:
        _with_axis(figure, span, axis, look)
    return legend(figure, shows=named, look=look, right=_room(texts))


def _with_axis(figure: Sheet, span: tuple[float, float], title: str, look: Look) -> None:
    """Shares along the bottom, named, with a line at zero."""
    places, texts = numbers.ticks(*span, "share", look.lang, at_most=4 if look.is_narrow else 6)
    figure.update_xaxes(
        visible=True, tickvals=places, ticktext=texts, title={"text": title}, automargin=True, showgrid=True,
        gridcolor=look.palette.grid, zeroline=True, zerolinecolor=look.palette.muted, zerolinewidth=2,
    )  # fmt: skip
    figure.update_layout(height=figure.layout["height"] + _AXIS)


def rows_height(rows: int, *, has_legend: bool) -> int:
    """Pixels of a drawing with this many rows: wide enough apart to be read across a room."""
    return 34 * rows + 24 + (34 if has_legend else 0)


def _room(texts: Sequence[str]) -> int:
    """Pixels that the longest of these numbers needs beside its mark."""
    return 14 + max((sum(14 if ord(mark) > 0x2E7F else 8 for mark in text) for text in texts), default=0)
