"""Whether two shares differ by more than chance, and how many such claims may be made at once.

Sources: R. A. Fisher (1935), The Design of Experiments (exact test); Y. Benjamini and Y. Hochberg (1995), J. R. Stat.
Soc. B 57:289–300 (false discovery rate).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, sqrt

import numpy as np

from metrics.scores import two_sided

LEAST_EXPECTED = 5
"""Below so many expected cases in any of the four fields the exact test is used."""


CLEARLY_ALIKE = 0.5
"""Where even the normal test sees so little, the exact one is not worth its time: of thousands of cells most are so."""


def differ(some: int, of: int, others: int, of_others: int) -> float:
    """The two-sided p-value that two shares are the same: `some` of `of` against `others` of `of_others`.

    The normal test with the pooled share; Fisher's exact test where numbers are small. 1 where either is of nothing.
    """
    if not of or not of_others:
        return 1.0
    pooled = (some + others) / (of + of_others)
    if pooled in {0, 1}:
        return 1.0
    spread = sqrt(pooled * (1 - pooled) * (1 / of + 1 / of_others))
    normal = two_sided((some / of - others / of_others) / spread)
    is_small = min(of, of_others) * min(pooled, 1 - pooled) < LEAST_EXPECTED
    return _exact(some, of, others, of_others) if is_small and normal < CLEARLY_ALIKE else normal


def _exact(some: int, of: int, others: int, of_others: int) -> float:
    """Fisher: the tables with these margins that are no likelier than the one seen."""
    all_some, total = some + others, of + of_others

    def log_choose(count: int, chosen: int) -> float:
        return lgamma(count + 1) - lgamma(chosen + 1) - lgamma(count - chosen + 1)

    def log_likely(here: int) -> float:
        return log_choose(of, here) + log_choose(of_others, all_some - here) - log_choose(total, all_some)

    seen = log_likely(some) + 1e-7  # equal ones differ in the last digits
    possible = range(max(0, all_some - of_others), min(of, all_some) + 1)
    return min(1.0, sum(exp(one) for here in possible if (one := log_likely(here)) <= seen))


def discoveries(p_values: Sequence[float | None], rate: float = 0.05) -> list[bool]:
    """Which of many claims stand when on average at most `rate` of those that stand may be false.

    Benjamini and Hochberg's rule: the smallest of n p-values that lie under rate × rank ÷ n. What has none was not
    judged: it is no claim, and none of the n.
    """
    known = np.array([at for at, p_value in enumerate(p_values) if p_value is not None], dtype=int)
    sizes = np.array([p_value for p_value in p_values if p_value is not None], dtype=float)
    order = np.argsort(sizes, kind="stable")
    under = np.flatnonzero(sizes[order] <= rate * np.arange(1, len(order) + 1) / max(len(order), 1))
    stand = np.zeros(len(p_values), dtype=bool)
    stand[known[order[: under[-1] + 1 if under.size else 0]]] = True
    return list(map(bool, stand.tolist()))
