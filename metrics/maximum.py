"""Where a likelihood is largest: Newton's method on logarithms of parameters, its curvature from differences of slopes.

Steps that would not climb are shortened; where the likelihood is not curved downwards, the curvature is made so
(Levenberg and Marquardt). The inverse of the curvature at the top is the covariance of the logarithms.

Source: J. Nocedal and S. J. Wright (2006), Numerical Optimization, 3.4 and 4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

_MOST_STEPS, _MOST_CUTS = 200, 40
_FAR, _FURTHEST = 1.5, 14.0
"""Steps no longer than this, in logarithms; parameters further off than this have no peak: they run away."""
_FLAT, _APART = 1e-7, 1e-5


class Found(NamedTuple):
    """The top: where, how high, standard errors there (None where it is no peak), and whether parameters ran away."""

    at: np.ndarray
    value: float
    errors: tuple[float, ...] | None
    is_edge: bool


def climbed(height: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray) -> Found | None:
    """The top that is reached from `start`; None where there is none.

    Args:
        height: value and slope at a place.
    """
    at, (value, slope) = start, height(start)
    if not np.isfinite(value):
        return None
    damping = 1e-3
    for _ in range(_MOST_STEPS):
        if np.max(np.abs(slope)) < _FLAT * max(1.0, abs(value) * 1e-3) or np.max(np.abs(at)) > _FURTHEST:
            break
        bent = _curvature(height, at)
        moved = None
        for _ in range(_MOST_CUTS):
            step = _step(bent, slope, damping)
            there = at + step * min(1.0, _FAR / max(float(np.max(np.abs(step))), 1e-12))
            higher, next_slope = height(there)
            if np.isfinite(higher) and higher > value:
                moved = (there, higher, next_slope)
                damping = max(damping / 10, 1e-12)
                break
            damping = max(damping * 10, 1e-9)
        if moved is None:
            break
        gained = moved[1] - value
        at, value, slope = moved
        if gained < 1e-11 * (1 + abs(value)):
            break
    return Found(at, value, _errors(_curvature(height, at)), bool(np.max(np.abs(at)) > _FURTHEST))


def _curvature(height: Callable[[np.ndarray], tuple[float, np.ndarray]], at: np.ndarray) -> np.ndarray:
    """How the slope changes, from its values on both sides in each direction."""
    rows = []
    for place in range(len(at)):
        aside = np.zeros(len(at))
        aside[place] = _APART
        rows.append((height(at + aside)[1] - height(at - aside)[1]) / (2 * _APART))
    found = np.array(rows)
    return np.asarray((found + found.T) / 2)


def _step(bent: np.ndarray, slope: np.ndarray, damping: float) -> np.ndarray:
    """Upwards by the curvature, made to bend downwards in all directions."""
    values, vectors = np.linalg.eigh(-bent)
    least = float(np.max(np.abs(values))) * damping + 1e-12
    return np.asarray(vectors @ ((vectors.T @ slope) / (np.abs(values) + least)))


def _errors(bent: np.ndarray) -> tuple[float, ...] | None:
    values = np.linalg.eigvalsh(-bent)
    if not np.all(np.isfinite(values)) or values.min() <= 0:
        return None
    return tuple(float(one) for one in np.sqrt(np.diag(np.linalg.inv(-bent))))
