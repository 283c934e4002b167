"""How far a rate may be from the truth, given how few cases it stands on."""

from __future__ import annotations

from math import sqrt

import polars as pl

LEAST_DEALS, LEAST_EFFECTIVE = 30, 10
"""Deals with an amount, and as how many alike they must count, for a share of money to have an interval."""

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


def wilson_of(successes: float, trials: float) -> tuple[float, float]:
    """The same of one share, for hundreds of rows of their own each: an expression would cost a thousand times as much.

    Args:
        successes, trials: 0 ≤ successes ≤ trials, trials above 0.
    """
    share = successes / trials
    centre = share + Z**2 / (2 * trials)
    margin = Z * sqrt(share * (1 - share) / trials + Z**2 / (4 * trials**2))
    scale = 1 + Z**2 / trials
    return min(max((centre - margin) / scale, 0.0), share), max(min((centre + margin) / scale, 1.0), share)


def by_amount(sums: pl.DataFrame) -> pl.DataFrame:
    """Lower and upper end of a share of money at 95 %: the amounts differ, so it stands on fewer deals than there are.

    The share R is a ratio of two sums over deals, each deal one draw. Its linearised variance is
    n/(n−1) · Σ(a·m − R·a)² ÷ (Σa)², with a the amount and m 1 for deals that moved on: that of R(1−R)/variance deals of
    one size each. As many, and no more than (Σa)²/Σa², go into the Wilson interval: one large deal may have fallen
    where the variance does not see it. In simulations with log-normal amounts (σ 0 to 1.5, alone and with large deals
    won less often) the interval held the true share in 92–99 % of samples of 30 deals, 93–98 % from 60 on.

    Args:
        sums: a row per share. `some`, `of`: money that moved on, and all; 0 ≤ some ≤ of. `some_squares`, `of_squares`:
            the same of squared amounts. `deals`: how many have an amount.

    Returns:
        `low`, `high`: shares; null with fewer than LEAST_DEALS deals, or where they count as fewer than
        LEAST_EFFECTIVE alike.

    Sources: W. G. Cochran (1977), Sampling Techniques, 3rd ed., §6.3 (variance of a ratio); L. Kish (1965), Survey
    Sampling, §11.7 (effective number); N. Dean and M. Pagano (2015), J. Survey Stat. Methodol. 3:484–503 (Wilson
    interval with an effective number).
    """
    some, of, deals, share = pl.col("some"), pl.col("of"), pl.col("deals"), pl.col("share")
    rest = (pl.col("of_squares") - pl.col("some_squares")).clip(0)  # of what did not move on
    spread = pl.col("some_squares") * (1 - share) ** 2 + rest * share**2
    alike = of**2 / pl.when(pl.col("of_squares") > 0).then("of_squares")
    effective = pl.min_horizontal(pl.when(pl.col("variance") > 0).then(share * (1 - share) / pl.col("variance")), alike)
    is_enough = (deals >= LEAST_DEALS) & (pl.col("effective") >= LEAST_EFFECTIVE)
    low, high = wilson(share * pl.col("enough"), pl.col("enough"))
    # Step by step: written into one another, these would be a hundred copies of one expression.
    return (
        sums.with_columns(share=some / pl.when(of > 0).then(of))
        .with_columns(variance=spread / of**2 * deals / (deals - 1))
        .with_columns(effective=effective)
        .with_columns(enough=pl.when(is_enough).then("effective"))
        .select(low=low, high=high)
    )
