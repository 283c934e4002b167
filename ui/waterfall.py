"""A waterfall: from one level to another in steps, each bar beginning where the one above it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

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


def stepwise(bars: Sequence[Bar], look: Look) -> go.Figure:
    """The bars below each other; the first and the last are levels."""
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
    texts = [bar.text for bar in bars]
    numbers_at(sheet, [max(low, low + step) for low, step in zip(base, width, strict=True)], texts, look)
    return in_rows(sheet, [bar.name for bar in bars], texts, _span(base, width), look, "stack")


def _span(base: Sequence[float], width: Sequence[float]) -> tuple[float, float]:
    """From where to where it is drawn: start and end are cut off at the left where changes are small.

    The steps then have room; the numbers beside start and end say how much they are.
    """
    levels = [level for low, step in zip(base[1:-1], width[1:-1], strict=True) for level in (low, low + step)]
    levels += [width[0], width[-1]]
    low, high = min(levels), max(levels)
    room = 0.6 * (high - low)
    return (low - room if low > 2 * room > 0 else min(0.0, low)), max(high, 1.0)
