"""How far a rate may be from the truth, given how few cases it stands on."""

from __future__ import annotations

import polars as pl

Z = 1.959963984540054
"""97.5 % point of the normal distribution: two-sided 95 %."""


def wilson(successes: pl.Expr, trials: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper end of the Wilson score interval at 95 %, without continuity correction.

    Unlike the normal interval it stays within 0–1 and says something at 0 of n.

    Args:
        successes, trials: counts, 0 ≤ successes ≤ trials.

    Returns:
        Shares; null where there are no trials.

    Source: E. B. Wilson (1927), JASA 22:209–212; method 3 of R. G. Newcombe (1998), Statistics in Medicine 17:857–872.
    """
    count = pl.when(trials > 0).then(trials.cast(pl.Float64))
    share = successes.cast(pl.Float64) / count
    centre = share + Z**2 / (2 * count)
    margin = Z * (share * (1 - share) / count + Z**2 / (4 * count**2)).sqrt()
    scale = 1 + Z**2 / count
    low, high = (centre - margin) / scale, (centre + margin) / scale
    # At 0 of n and n of n an end is the share itself; the last digits of floats must not put it on the wrong side.
    return pl.min_horizontal(low.clip(0, 1), share), pl.max_horizontal(high.clip(0, 1), share)
