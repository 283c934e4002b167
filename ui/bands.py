"""Bands from nodes at the left to nodes at the right, each as wide as it has cases; every one can be clicked.

Plotly's own Sankey tells nobody of a click on a band. So bands are areas, and along each lie marks that nobody sees.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from ui.drawing import FLOATS, shorten
from ui.look import Look, with_alpha
from ui.sheet import Sheet

GAP = 0.03
"""Of the height, between two nodes."""
_NODE = 0.008
"""Of the width, how much a node has."""
_STEPS, _MARKS = 24, 32
"""Straight pieces of which the edge of a band is made, and marks along it: near enough that none is missed."""
_LEAST = 12
"""Pixels of the smallest mark."""


class Node(NamedTuple):
    """What stands at a side. `mark`: the rows behind it; `says`: what it says under the pointer."""

    key: Hashable
    name: str
    colour: str
    mark: str
    says: str


class Band(NamedTuple):
    """So many cases from a node at the left to one at the right."""

    source: Hashable
    target: Hashable
    cases: int
    colour: str
    mark: str
    says: str


def draw(
    sheet: Sheet, left: Sequence[Node], right: Sequence[Node], bands: Sequence[Band], look: Look, height: int
) -> None:
    """Draw nodes and bands into a field of 0–1 by 0–1, the first node on top; `height`: pixels of the field."""
    whole = sum(band.cases for band in bands)
    scale = (1 - GAP * (max(len(left), len(right)) - 1)) / whole
    tops = {
        side: _tops([(node.key, sum(band.cases for band in bands if band[side] == node.key) * scale) for node in nodes])
        for side, nodes in enumerate((left, right))
    }
    starts = _places(bands, tops[0], tops[1], scale, side=0)
    ends = _places(bands, tops[1], tops[0], scale, side=1)
    for band, start, end in zip(bands, starts, ends, strict=True):
        _band(sheet, band, start, end, band.cases * scale, height)
    for side, nodes in enumerate((left, right)):
        for node in nodes:
            top, tall = tops[side][node.key]
            _node(sheet, node, side, top, tall, look, height)
    sheet.update_xaxes(range=[0, 1], visible=False, fixedrange=True)
    sheet.update_yaxes(range=[1, 0], visible=False, fixedrange=True, autorange=False)


def _tops(sizes: Sequence[tuple[Hashable, float]]) -> dict[Hashable, tuple[float, float]]:
    """Where nodes of these sizes begin, one below the other, and how tall they are."""
    found, top = {}, 0.0
    for key, size in sizes:
        found[key] = (top, size)
        top += size + GAP
    return found


def _places(
    bands: Sequence[Band], own: dict[Hashable, tuple[float, float]], other: dict[Hashable, tuple[float, float]],
    scale: float, *, side: int,
) -> list[float]:  # fmt: skip
    """Where each band begins at one side: within its node in the order of the nodes at the other side."""
    used = dict.fromkeys(own, 0.0)
    found = [0.0] * len(bands)
    for at in sorted(range(len(bands)), key=lambda at: other[bands[at][1 - side]][0]):
        node = bands[at][side]
        found[at] = own[node][0] + used[node]
        used[node] += bands[at].cases * scale
    return found


def _band(sheet: Sheet, band: Band, start: float, end: float, wide: float, height: int) -> None:
    """One band, bent so that it leaves and arrives level, and the marks along its middle."""
    along = np.linspace(0, 1, _STEPS + 1)
    edge = start + (end - start) * _bent(along)
    sheet.add_scatter(
        x=np.concatenate([along, along[::-1]]).round(4), y=np.concatenate([edge, edge[::-1] + wide]).round(4),
        mode="lines", line={"width": 0}, fill="toself", fillcolor=with_alpha(band.colour, 0.45), hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip
    marks = np.linspace(0.03, 0.97, _MARKS)
    sheet.add_scatter(
        x=marks.round(4), y=(start + wide / 2 + (end - start) * _bent(marks)).round(4), mode="markers",
        marker={"size": max(_LEAST, round(wide * height)), "opacity": 0}, customdata=[band.mark] * _MARKS,
        hoverinfo="text", hovertext=band.says, showlegend=False,
    )  # fmt: skip


def _bent(along: FLOATS) -> FLOATS:
    """How far over a band has come: slowly at its ends."""
    bent: FLOATS = along * along * (3 - 2 * along)
    return bent


def _node(sheet: Sheet, node: Node, side: int, top: float, tall: float, look: Look, height: int) -> None:
    """One node with its name beside it, which can be clicked over its whole height."""
    from_x, to_x = (0, _NODE) if side == 0 else (1 - _NODE, 1)
    sheet.layout["shapes"].append({
        "type": "rect", "x0": from_x, "x1": to_x, "y0": top, "y1": top + tall, "line": {"width": 0},
        "fillcolor": node.colour,
    })  # fmt: skip
    many = max(1, round(tall * height / (2 * _LEAST)))
    sheet.add_scatter(
        x=[(from_x + to_x) / 2] * many, y=[round(top + tall * (at + 0.5) / many, 4) for at in range(many)],
        mode="markers", marker={"size": 2 * _LEAST, "opacity": 0, "symbol": "square"}, customdata=[node.mark] * many,
        hoverinfo="text", hovertext=node.says, showlegend=False,
    )  # fmt: skip
    sheet.add_annotation(
        text=shorten(node.name, 12 if look.is_narrow else 26), showarrow=False, x=to_x if side == 0 else from_x,
        y=top + tall / 2, xanchor="left" if side == 0 else "right", xshift=6 if side == 0 else -6,
        font={"size": 14, "color": look.palette.text},
    )  # fmt: skip
