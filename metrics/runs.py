"""How many successes in a row chance alone brings.

In n independent tries that each succeed with chance p, the chance q(n) that no k of them in a row succeed is 1 for
n < k, 1 − p^k for n = k, and q(n) = q(n−1) − (1−p)·p^k·q(n−k−1) beyond: a first run of k that ends with try n is
preceded by a failure, and that by tries without such a run.

Source: W. Feller (1968), An Introduction to Probability Theory and Its Applications, vol. 1, 3rd ed., XIII.7.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

EXACT = 1000
"""Tries that are counted one by one; beyond, the largest root of the recurrence alone is left (Feller, XIII.7.11)."""


def run_chance(tries: ArrayLike, chance: ArrayLike, run: ArrayLike) -> np.ndarray:
    """The chance that somewhere in `tries` tries at least `run` in a row succeed, for many at once.

    Args:
        tries: how many each. chance: that one succeeds, 0–1. run: how long the streak is; 0 is certain.
    """
    n, p, k = (np.atleast_1d(np.asarray(one)) for one in (tries, chance, run))
    n, p, k = np.broadcast_arrays(n.astype(int), p.astype(float), k.astype(int))
    if not n.size:
        return np.zeros(0)
    each, step = np.arange(n.size), p**k
    last = int(n.max() if k.max() > EXACT // 10 else min(n.max(), EXACT))
    without = np.ones((last + 1, n.size))  # without[i]: no such run in the first i tries
    for at in range(1, without.shape[0]):
        earlier = np.where(at > k, without[np.maximum(at - k - 1, 0), each] * (1 - p), 1.0)
        without[at] = np.where(at >= k, without[at - 1] - step * earlier, 1.0)
    found = without[np.minimum(n, last), each]
    if n.max() > last:  # by then it falls by the same part with every try
        falls = np.divide(without[last], without[last - 1], out=np.zeros(n.size), where=without[last - 1] > 0)
        found = np.where(n > last, without[last] * falls ** np.maximum(n - last, 0), found)
    return np.asarray(np.where(k <= 0, 1.0, np.clip(1 - found, 0.0, 1.0)))
