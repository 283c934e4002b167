"""Names beside dots: where each can be written so that it lies over no dot and over no other name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ui.margins import width

SIDES = ("middle right", "middle left", "top center", "bottom center")
"""Where a name may stand, the most readable first; as Plotly calls them."""
LETTERS = 13
"""Their size in pixels."""
_LINE, _GAP = 17.0, 3.0
"""Pixels of a line of them, and between a dot and its name."""


def placed(dots: np.ndarray, names: Mapping[int, str], size: tuple[float, float], radius: float) -> dict[int, str]:
    """The side on which each name is written; a name without room is left out, the earlier ones go first.

    Args:
        dots: x and y of every dot, in parts of the drawing (0 to 1, upwards). names: as written, by their dots.
        size: of the drawing in pixels: of a wider one, names have more room. radius: of a dot, in pixels.
    """
    at = dots * np.asarray(size)
    taken: list[tuple[float, float, float, float]] = []
    found: dict[int, str] = {}
    for index, name in names.items():
        for side in SIDES:
            box = _box(at[index], width(name, LETTERS), side, radius)
            if (
                _is_inside(box, size)
                and not _hits(box, np.delete(at, index, axis=0), radius)
                and not any(_overlap(box, other) for other in taken)
            ):
                taken.append(box)
                found[index] = side
                break
    return found


def _box(dot: np.ndarray, width: float, side: str, radius: float) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a name beside a dot."""
    x, y = float(dot[0]), float(dot[1])
    if side.startswith("middle"):
        left = x + radius + _GAP if side == "middle right" else x - radius - _GAP - width
        return left, y - _LINE / 2, left + width, y + _LINE / 2
    low = y + radius if side == "top center" else y - radius - _LINE
    return x - width / 2, low, x + width / 2, low + _LINE


def _is_inside(box: tuple[float, float, float, float], size: tuple[float, float]) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]


def _hits(box: tuple[float, float, float, float], dots: np.ndarray, radius: float) -> bool:
    """Whether any dot reaches into a box."""
    off_x = np.maximum(np.maximum(box[0] - dots[:, 0], dots[:, 0] - box[2]), 0)
    off_y = np.maximum(np.maximum(box[1] - dots[:, 1], dots[:, 1] - box[3]), 0)
    return bool((off_x**2 + off_y**2 < radius**2).any())


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
