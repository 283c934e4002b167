"""Functions of mathematics that numpy does not have, for many values at once.

Sources: M. Abramowitz and I. A. Stegun (1964), Handbook of Mathematical Functions: 6.1.40 and 6.3.18 (Stirling's
series, after moving up by recurrence), 15.1.1 (Gauss's series), 26.5.8 (the incomplete beta function as a continued
fraction), evaluated by W. J. Lentz (1976), Appl. Opt. 15:668–671.
"""

from __future__ import annotations

from math import log, pi

import numpy as np

Numbers = np.ndarray | float
_UP = 10
"""Stirling's series is exact to the last digits from here on."""
_MOST_TERMS, _MOST_STEPS, _TINY, _EXACT = 20_000, 500, 1e-300, 1e-15
_TOGETHER = 4
"""Steps of a continued fraction between two looks at which ones are done."""


def log_gamma(x: Numbers) -> np.ndarray:
    """The logarithm of the gamma function of x > 0."""
    at = np.asarray(x, dtype=float)
    up, down = at + _UP, np.zeros_like(at)
    for step in range(_UP):
        down = down + np.log(at + step)
    inverse = 1 / up
    square = inverse * inverse
    rest = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))))
    return np.asarray((up - 0.5) * np.log(up) - up + 0.5 * log(2 * pi) + rest - down)


def digamma(x: Numbers) -> np.ndarray:
    """The derivative of the logarithm of the gamma function of x > 0."""
    at = np.asarray(x, dtype=float)
    up, down = at + _UP, np.zeros_like(at)
    for step in range(_UP):
        down = down + 1 / (at + step)
    square = 1 / (up * up)
    rest = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return np.asarray(np.log(up) - 0.5 / up - rest - down)


def hypergeometric(a: Numbers, b: Numbers, c: Numbers, z: Numbers, times: Numbers = 1.0) -> np.ndarray:
    """Gauss's function F(a, b; c; z) for c > 0 and 0 ≤ z < 1, term by term until nothing is added; times a factor."""
    a, b, c, z, first = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (a, b, c, z, times)))
    term, total = first.copy(), first.copy()
    for k in range(_MOST_TERMS):
        term = term * (a + k) * (b + k) / ((c + k) * (k + 1)) * z
        total = total + term
        if not np.any(np.abs(term) > _EXACT * np.abs(total)):
            break
    return np.asarray(total)


def beta_share(x: Numbers, a: Numbers, b: Numbers) -> np.ndarray:
    """The share of a beta distribution of shapes a, b > 0 that lies below x (the regularised incomplete beta)."""
    x, a, b = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (x, a, b)))
    turned = x > (a + 1) / (a + b + 2)
    at, one, other = np.where(turned, 1 - x, x), np.where(turned, b, a), np.where(turned, a, b)
    with np.errstate(divide="ignore"):
        front = one * np.log(at) + other * np.log1p(-at) + log_gamma(one + other) - log_gamma(one) - log_gamma(other)
    share = np.exp(front) / (one * _fraction(at, one, other))
    return np.asarray(np.clip(np.where(turned, 1 - share, share), 0, 1))


def _fraction(x: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The continued fraction that divides it, each gone on with until nothing changes: most are done in a few steps."""
    shape, (x, a, b) = x.shape, (np.ravel(one) for one in (x, a, b))
    found, left = np.ones(x.size), np.arange(x.size)
    value: np.ndarray = np.ones(x.size)
    over: np.ndarray = np.ones(x.size)
    under: np.ndarray = np.zeros(x.size)
    for step in range(_MOST_STEPS):
        m = step // 2
        if step % 2:
            part = (m + 1) * (b - m - 1) * x / ((a + 2 * m + 1) * (a + 2 * m + 2))
        else:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        under = 1 / _apart(1 + part * under)
        over = _apart(1 + part / over)
        value = value * over * under
        goes_on = np.abs(over * under - 1) > _EXACT
        if step % _TOGETHER == _TOGETHER - 1 or not goes_on.any():
            found[left] = value
            left = left[goes_on]
            x, a, b, value, over, under = (one[goes_on] for one in (x, a, b, value, over, under))
        if not left.size:
            break
    found[left] = value
    return found.reshape(shape)


def _apart(value: np.ndarray) -> np.ndarray:
    """Not nought."""
    return np.where(np.abs(value) < _TINY, _TINY, value)
