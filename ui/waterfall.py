"""A waterfall: from one level to another in steps, each bar beginning where the one above it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from data.review.floating import cut
from ui.drawing import under_pointer
from ui.horizontal import in_rows, numbers_at
from ui.look import Look
from ui.sheet import Sheet


class Bar(NamedTuple):
    """One bar. `is_level`: it stands on zero instead of on the bar before. `says`: lines under the pointer."""

    name: str
    amount: float
    text: str
    colour: str
    mark: str | None
    says: tuple[str, ...] = ()
    is_level: bool = False


def stepwise(bars: Sequence[Bar], look: Look, *, whole: bool = False) -> go.Figure:
    """The bars below each other; the first and the last are levels.

    Args:
        bars, look: what is drawn, and for whom. whole: names are words of ours, which are never cut.
    """
    base, running = [], 0.0
    for bar in bars:
        base.append(0.0 if bar.is_level else running)
        running = bar.amount if bar.is_level else running + bar.amount
    width = [bar.amount for bar in bars]
    sheet = Sheet()
    sheet.add_bar(
        x=width, base=base, y=np.arange(len(bars)), orientation="h", width=0.66, hoverinfo="text", showlegend=False,
        marker={"color": [bar.colour for bar in bars]}, customdata=[bar.mark for bar in bars],
        hovertext=[under_pointer(bar.name, *bar.says) for bar in bars],
    )  # fmt: skip
    texts, span = [bar.text for bar in bars], drawn_from(base, width)
    numbers_at(sheet, [max(low, low + step) for low, step in zip(base, width, strict=True)], texts, look)
    broken(sheet, [at for at, bar in enumerate(bars) if bar.is_level], span, look.palette.background, size=16)
    return in_rows(sheet, [bar.name for bar in bars], texts, span, look, "stack", whole=whole)


def drawn_from(base: Sequence[float], width: Sequence[float]) -> tuple[float, float]:
    """From where to where it is drawn: start and end are cut off at the left where changes are small beside them.

    The steps then have room; the numbers beside start and end say how much they are, and `broken` that they go on.

    Args:
        base: where each bar begins; width: its length, with its sign. The first and the last are levels.
    """
    levels = [level for low, step in zip(base[1:-1], width[1:-1], strict=True) for level in (low, low + step)]
    levels += [width[0], width[-1]]
    low, high = min(levels), max(levels)
    return cut(low, high), high if high > low else low + 1.0


def broken(
    sheet: Sheet, levels: Sequence[int], span: tuple[float, float], colour: str, *, size: float, thick: float = 3
) -> None:
    """The sign that levels are cut off at the left: two slanted gaps in each.

    Args:
        levels: their rows. span: of the axis. colour: of the paper. size: of the gaps, and how thick, in pixels.
    """
    if span[0] <= 0:
        return
    for gap in (0.03, 0.05):
        sheet.add_scatter(
            x=[span[0] + gap * (span[1] - span[0])] * len(levels), y=list(levels), mode="markers", hoverinfo="skip",
            showlegend=False, cliponaxis=False,
            marker={"symbol": "line-ne", "size": size, "line": {"width": thick, "color": colour}},
        )  # fmt: skip
