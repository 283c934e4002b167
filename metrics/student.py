"""Student's t: the chance of a value, and the value of a chance, for any degrees of freedom.

Source: Student (1908), The probable error of a mean, Biometrika 6:1–25; the integral by Simpson's rule.
"""

from __future__ import annotations

from math import atan, exp, lgamma, pi, sqrt

import numpy as np


def tail(t: float, freedom: float) -> float:
    """The chance that Student's t lies above `t` ≥ 0: with t = √ν·tan θ the density is a power of a cosine."""
    begin = atan(t / sqrt(freedom))
    angle = np.linspace(begin, pi / 2, 401)
    height = np.cos(angle) ** (freedom - 1)
    height[-1] = 0.0 if freedom > 1 else height[-1]
    step = (pi / 2 - begin) / 400
    area = step / 3 * (height[0] + height[-1] + 4 * height[1:-1:2].sum() + 2 * height[2:-1:2].sum())
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(pi)
    return float(min(0.5, area * scale))


def quantile(share: float, freedom: float) -> float:
    """The value below which Student's t lies with the chance `share` > 0.5, by halving."""
    low, high = 0.0, 1e4
    while high - low > 1e-9 * (1 + high):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle, freedom) > 1 - share else (low, middle)
    return (low + high) / 2
