"""Chances that open deals are won within a given time, and how amounts add up under them.

A deal is like those that stood, on days of the past, in the same stage for about as long: of these, those that were won
within as many days as are left. Small cells lean on larger ones as in metrics/odds.py. Good and bad times befall all
deals together: how far the wins of each of those days lay above or below what the same chances say is that day's
*shock*, a shift of all log odds, and a simulated future meets one of these shocks. Deals that do not exist yet are won
as they were after the same day. Late days are met more often than early ones: a company that grows or shrinks is not
what it was a year ago. And a handful of days does not hold the best and the worst that can come: they are drawn apart
until four of five futures lie where the next day would in four of five cases.

Sources: one-factor models of credit losses for the common shock (O. Vasicek 1987), with the empirical distribution of
the factor instead of the normal one; exponential smoothing for the weights (R. G. Brown 1956); the effective number of
weighted days (L. Kish 1965), and Student's interval for the next value of a normal sample for the drawing apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

import numpy as np
import polars as pl

from metrics.odds import PRIOR, looked_up, stepped

Number = TypeVar("Number", float, pl.Expr)

DRAWS = 4_000
_FURTHEST = 3.0
"""A shock beyond this (twenty times the odds) says that there was hardly anything to be won."""
LEAST_WON = 30
HALVED_AFTER = 6
"""Days of the past, four weeks apart, after which one is met half as often: about half a year."""
_END = 0.9
"""The quantile at which the drawing apart is right."""
_KEYS = ["pipeline", "stage"]


def table(history: pl.DataFrame) -> pl.DataFrame:
    """pipeline, stage, from_days, deals, won, chance.

    Args:
        history: at_day, pipeline, stage, days, deals, won: how many stood so on each day, and were won in time.
    """
    counted = (
        history.group_by(*_KEYS, from_days=stepped(pl.col("days")))
        .agg(pl.col("deals", "won").sum().cast(pl.Int64))
        .sort(*_KEYS, "from_days", nulls_last=True)
    )
    whole = pl.col("won").sum().over("pipeline") / pl.col("deals").sum().over("pipeline")
    stage_won, stage_deals = (pl.col(name).sum().over(_KEYS) for name in ("won", "deals"))
    of_stage = (stage_won + PRIOR * pl.col("whole")) / (stage_deals + PRIOR)
    return (
        counted.with_columns(whole=whole)
        .with_columns(of_stage=of_stage)
        .with_columns(chance=(pl.col("won") + PRIOR * pl.col("of_stage")) / (pl.col("deals") + PRIOR))
    )


def with_chances(standing: pl.DataFrame, chances: pl.DataFrame) -> pl.DataFrame:
    """Rows with pipeline, stage and `days`, and the `chance` that history gives them; null without any history.

    An age that nobody had takes the chance of its stage, a stage that nobody was in that of its pipeline.
    """
    stages = chances.select(*_KEYS, "of_stage").unique()
    return looked_up(standing, pl.col("days"), chances, "chance", stages)


def worth(ages: pl.DataFrame) -> pl.DataFrame:
    """pipeline, worth: of the money that stood open the share won, divided by the share of deals won.

    Below 1 where large deals are won less often, or stand open for longer: chances counted by deals then promise too
    much money. It leans on 1 as if LEAST_WON more deals had been won alike.

    Args:
        ages: pipeline, deals, won, amount, won_amount, as landing_ages answers.
    """
    summed = ages.group_by("pipeline").agg(pl.col("deals", "won", "amount", "won_amount").sum().cast(pl.Float64))
    by_money, by_deals = pl.col("won_amount") / pl.col("amount"), pl.col("won") / pl.col("deals")
    known = (pl.col("amount") > 0) & (pl.col("won") > 0)
    ratio = pl.when(known).then(by_money / by_deals).otherwise(1.0)
    weight = pl.col("won") / (pl.col("won") + LEAST_WON)
    return summed.select("pipeline", worth=weight * ratio + (1 - weight))


def sizes(ages: pl.DataFrame) -> pl.DataFrame:
    """at_day, size: the mean amount of the deals won after each day, divided by that after all of them."""
    mean = pl.col("won_amount").sum().cast(pl.Float64) / pl.col("won").sum()
    of_all = ages.select(mean).item()
    known = pl.when(pl.col("size").is_finite() & (pl.col("size") > 0)).then("size").otherwise(1.0)
    return ages.group_by("at_day").agg(size=mean / of_all).with_columns(size=known)


def shocks(history: pl.DataFrame, chances: pl.DataFrame, sizes: pl.DataFrame | None = None) -> pl.DataFrame:
    """at_day, deals, won, expected, shock: what was won on each day of the past beside what the chances say.

    Args:
        history: as for `table`. chances: its answer.
        sizes: at_day, size: how large the deals won after each day were, as a multiple of the usual; a time in which
            only small ones were won was a bad one.
    """
    size = dict(sizes.iter_rows()) if sizes is not None else {}
    said = with_chances(history, chances)
    rows = []
    for (day,), part in said.group_by(["at_day"], maintain_order=True):
        odds, deals = part.get_column("chance").to_numpy(), part.get_column("deals").to_numpy()
        won = int(part.get_column("won").sum())
        rows.append(
            (day, int(deals.sum()), won, float((odds * deals).sum()), _shift(odds, deals, won * size.get(day, 1.0)))
        )
    schema = {"at_day": pl.Date, "deals": pl.Int64, "won": pl.Int64, "expected": pl.Float64, "shock": pl.Float64}
    return pl.DataFrame(rows, schema, orient="row").sort("at_day")


def _shift(odds: np.ndarray, deals: np.ndarray, won: float) -> float:
    """The shift of all log odds under which as many are expected as were won, by bisection."""
    low, high = -_FURTHEST, _FURTHEST
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if float((shifted(odds, middle) * deals).sum()) < won else (low, middle)
    return (low + high) / 2


def shifted(odds: np.ndarray, shift: float) -> np.ndarray:
    """Probabilities with their log odds shifted."""
    risen = odds * np.exp(shift)
    return np.asarray(risen / (1 - odds + risen))


@dataclass(frozen=True)
class Weighed:
    """Open deals by what matters of them: single ones, and many small ones added up.

    Attributes:
        chance, amount, squares, deals: of each row the chance of its deals, the sum of their amounts, of the squares of
            these, and how many they are; a single large deal is a row of its own.
    """

    chance: np.ndarray
    amount: np.ndarray
    squares: np.ndarray
    deals: np.ndarray

    @property
    def mean(self) -> float:
        """What is expected to be won: the sum of chance × amount."""
        return float((self.chance * self.amount).sum())

    @property
    def spread(self) -> float:
        """Standard deviation of it while deals are won or lost independently: variance Σ p (1 − p) a²."""
        return float(np.sqrt((self.chance * (1 - self.chance) * self.squares).sum()))

    def drawn(self, shock: float, draws: int, dice: np.random.Generator) -> np.ndarray:
        """Amounts won in `draws` futures under one shock: single deals by coin, many as a normal amount."""
        odds = shifted(self.chance, shock)
        single = self.deals == 1
        coins = dice.random((draws, int(single.sum()))) < odds[single]
        many = ~single
        middle, room = odds[many] * self.amount[many], odds[many] * (1 - odds[many]) * self.squares[many]
        rest = middle + np.sqrt(room) * dice.standard_normal((draws, int(many.sum())))
        return np.asarray(coins @ self.amount[single] + np.clip(rest, 0, self.amount[many]).sum(axis=1))


def recency(days: int) -> np.ndarray:
    """How often each of so many days of the past is met, the earliest first; together 1."""
    weights = 0.5 ** (np.arange(days)[::-1] / HALVED_AFTER)
    return np.asarray(weights / weights.sum())


def apart(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Values drawn apart around their weighted mean, as far as the next one is less sure than those that are known.

    By the ratio of the interval for the next value of a sample of n, t(n − 1) √(1 + 1/n), to that of a known normal
    distribution, with n the effective number of the weighted values.
    """
    if len(values) <= 2:
        return values
    n, z = 1 / float((weights**2).sum()), NormalDist().inv_cdf(_END)
    wider = student(z, n - 1) * np.sqrt(1 + 1 / n) / z
    middle = float((weights * values).sum())
    return np.asarray(middle + wider * (values - middle))


def student(z: float, freedom: Number) -> Number:
    """The quantile of Student's t where the normal distribution has `z` (Abramowitz and Stegun 26.7.5)."""
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def futures(weighed: Weighed, shock: np.ndarray, new: np.ndarray, draws: int = DRAWS, seed: int = 1) -> np.ndarray:
    """What comes of the open deals, and of those not created yet, in each of `draws` simulated futures.

    Args:
        weighed: the open deals. shock, new: of each day of the past, the earliest first, its shock and what was won
            after it by deals that did not exist then; a future takes both from the same day.

    Returns:
        draws × 2: won of the open deals, and of new ones.
    """
    dice, weights = np.random.default_rng(seed), recency(len(shock))
    found = []
    for share, one, later in zip(
        _parts(draws, weights), apart(shock, weights), apart(new, weights).clip(0), strict=True
    ):
        won = weighed.drawn(float(one), share, dice)
        found.append(np.column_stack([won, np.full(share, later)]))
    return np.concatenate(found) if found else np.empty((0, 2))


def _parts(draws: int, weights: np.ndarray) -> list[int]:
    """As many futures for each day of the past as its weight says; together `draws`."""
    ends = np.round(np.cumsum(weights) * draws).astype(int)
    return [int(part) for part in np.diff(ends, prepend=0)]
