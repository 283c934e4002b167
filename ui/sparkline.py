"""The last months beside a number, as a picture in a data address: no script, no chart library.

Twelve of Streamlit's own sparklines make a browser load and run a second charting library (Vega), which costs it as
much as all of a page's charts together.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from ui.look import with_alpha

WIDTH, HEIGHT, EDGE = 120, 48, 2
LEAST = 3
"""Fewer points are no line."""


class Point(NamedTuple):
    """One month: what the pointer says over it, and its number."""

    text: str
    value: float


def sparkline(points: Sequence[Point], colour: str) -> str:
    """HTML of a line over a pale area, as wide as its place; "" where there are too few points.

    Screen readers pass over it, as the number, its change and the charts below say the same.
    """
    return _line(tuple(points), colour) if len(points) >= LEAST else ""


@lru_cache(maxsize=512)
def _line(points: tuple[Point, ...], colour: str) -> str:
    picture = quote(_picture([point.value for point in points], colour))
    parts = "".join(f'<span title="{escape(point.text)}"></span>' for point in points)
    columns = f"1fr repeat({len(points) - 2},2fr) 1fr"  # said once: each attribute of each month is looked through
    return (
        f'<div aria-hidden="true" style="display:grid;grid-template-columns:{columns};height:3.5rem;'
        f'background:url(data:image/svg+xml,{picture}) 0 0/100% 100% no-repeat">{parts}</div>'
    )


def _picture(values: Sequence[float], colour: str) -> str:
    """The SVG: from the smallest to the largest value, or from zero where values lie on both sides of it."""
    low, high = min(values), max(values)
    reach = (high - low) or 1.0

    def height(value: float) -> float:
        return round(HEIGHT - EDGE - (value - low) / reach * (HEIGHT - 2 * EDGE), 1)

    step, ground = WIDTH / (len(values) - 1), height(0.0 if low < 0 < high else low)
    line = " ".join(f"{round(place * step, 1)},{height(value)}" for place, value in enumerate(values))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polygon points="0,{ground} {line} {WIDTH},{ground}" fill="{with_alpha(colour, 0.1)}"/>'
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" stroke-linecap="round"'
        ' stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
    )
