"""Drawings whose marks lie in rows: names at the left, each row's number at its end, and no axis of values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ui.drawing import LONGEST_NAME, legend, shorten
from ui.look import Look
from ui.sheet import Sheet

_GAP = "\u2002"
"""A space that a browser keeps at the start of a text."""


_NARROW = 16
"""Widths of a letter that a name has on a phone, where names and numbers would leave the bars no room."""


def numbers_at(figure: Sheet, ends: Sequence[float] | np.ndarray, texts: Sequence[str], look: Look) -> None:
    """Each row's number right of its ink; of a bar that points left, right of zero, where there is always room.

    Args:
        figure: what is drawn. ends: where the ink of each row ends. texts: its number as written.
        look: for whom.
    """
    figure.add_scatter(
        x=np.maximum(np.asarray(ends, dtype=float), 0), y=np.arange(len(texts)), mode="text",
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
) -> go.Figure:
    """The layout of a drawing in rows, first row on top.

    Args:
        figure: what is drawn. names: of the rows. texts: the numbers at their ends, which need room at the right.
        span: the least and the largest value that are in the picture. look: for whom.
        barmode: whether the bars of a row lie over one another or are stacked.
    """
    figure.update_xaxes(range=list(span), visible=False, fixedrange=True)
    figure.update_yaxes(
        tickvals=np.arange(len(names)), autorange=False,
        ticktext=[shorten(name, _NARROW if look.is_narrow else LONGEST_NAME) for name in names],
        range=[len(names) - 0.4, -0.6], automargin=True, showgrid=False, zeroline=False, ticks="", fixedrange=True,
        tickfont={"size": 14, "color": look.palette.text},
    )  # fmt: skip
    named = figure.named > 1
    figure.update_layout(barmode=barmode, height=rows_height(len(names), has_legend=named))
    return legend(figure, shows=named, look=look, right=_room(texts))


def rows_height(rows: int, *, has_legend: bool) -> int:
    """Pixels of a drawing with this many rows: wide enough apart to be read across a room."""
    return 34 * rows + 24 + (34 if has_legend else 0)


def _room(texts: Sequence[str]) -> int:
    """Pixels that the longest of these numbers needs beside its mark."""
    return 14 + max((sum(14 if ord(mark) > 0x2E7F else 8 for mark in text) for text in texts), default=0)
