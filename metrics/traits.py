"""Which traits of customers go with being among the best, what they count for, and whether that holds of others.

How evidence is told, weighed and tested stands at the top of metrics/look_alikes.py.

Sources: I. J. Good (1950), Probability and the Weighing of Evidence, ch. 6; M. Stone (1974), Cross-validatory choice
and assessment of statistical predictions, J. R. Stat. Soc. B 36:111–147.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from metrics.baskets import lift
from metrics.proportions import differ, discoveries

SCORED = ("industry", "region", "size_band", "source")
"""Traits that may have points."""
LEAST_WITH = 20
"""Customers that must have a trait, and must not, for anything to be said of it."""
LEAST_SCORE = log(1.5)
PARTS, STRENGTH = 5, 10
_HARDLY, _ROUNDS = 1e-3, 30
TRAITS_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("trait", "value"), pl.String), **dict.fromkeys(("customers", "best_customers"), pl.Int64),
    **dict.fromkeys(("share", "share_of_all", "lift", "lift.low", "lift.high", "points"), pl.Float64),
    "is_beyond_chance": pl.Boolean,
}  # fmt: skip


class Learned(NamedTuple):
    """`found`: traits as `best_traits` has them. `points`: what a value of a trait counts for."""

    found: pl.DataFrame
    points: dict[tuple[str, str], float]


def learn(buyers: pl.DataFrame, traits: Sequence[str]) -> Learned:
    """What tells the best buyers from the others.

    Args:
        buyers: cells of the traits: how many `customers` have these, and how many of them are `best`. traits: which of
            them to look at.
    """
    rows: list[tuple[Any, ...]] = []
    chances: list[float | None] = []
    for trait in traits:
        known = buyers.filter(pl.col(trait).is_not_null())
        of, best = (int(known.get_column(name).sum()) for name in ("customers", "best"))
        cases = known.group_by(trait).agg(pl.col("customers", "best").sum().cast(pl.Int64)).sort(trait)
        for value, customers, good in cases.iter_rows():
            is_enough = customers >= LEAST_WITH and of - customers >= LEAST_WITH and 0 < best < of
            chances.append(differ(good, customers, best - good, of - customers) if is_enough else None)
            ends = _lift(good, customers, best, of) if is_enough else (None, None, None)
            rows.append(
                (trait, value, customers, good, good / customers, best / of if of else None, *ends, None, False)
            )
    stand = discoveries(chances)
    found = pl.DataFrame(rows, schema=TRAITS_SCHEMA, orient="row")
    found = found.with_columns(is_beyond_chance=pl.Series(stand, dtype=pl.Boolean))
    weights = {
        (row[0], row[1]): _weight(row[2], row[3], row[5])
        for row, stands in zip(rows, stand, strict=True) if stands and row[0] in SCORED
    }  # fmt: skip
    points = _own(buyers, weights)
    told = [points.get((row[0], row[1])) for row in rows]
    return Learned(found.with_columns(points=pl.Series(told, dtype=pl.Float64)), points)


def _lift(good: int, customers: int, best: int, of: int) -> tuple[float | None, float | None, float | None]:
    """Lift with its interval; of none among the best it is 0, and how surely cannot be told this way."""
    if not good:
        return 0.0, None, None
    value, low, high = lift(good, customers, best, of)
    return float(value), float(low), float(high)


def _weight(customers: int, best: int, base: float) -> float:
    """The weight of evidence: by how much the logarithm of the odds of being best lies above that of all."""
    share = (best + STRENGTH * base) / (customers + STRENGTH)
    return log(share / (1 - share)) - log(base / (1 - base))


def _own(buyers: pl.DataFrame, weights: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Weights times what is each trait's own, by logistic regression (Newton's method)."""
    asked = list(dict.fromkeys(trait for trait, _ in weights))
    if not asked:
        return {}
    cells = buyers.group_by(asked, maintain_order=True).agg(pl.col("customers", "best").sum())
    told = [_of_trait(trait, weights).fill_null(0).alias(trait) for trait in asked]
    unknown = [pl.col(trait).is_null().cast(pl.Float64).alias(f"no_{trait}") for trait in asked]
    matrix = cells.select(*told, *unknown, one=pl.lit(1.0)).to_numpy()
    count, best = (cells.get_column(name).cast(pl.Float64).to_numpy() for name in ("customers", "best"))
    factors = np.zeros(matrix.shape[1])
    for _ in range(_ROUNDS):
        share = 1 / (1 + np.exp(-(matrix @ factors)))
        slope = matrix.T @ (best - count * share) - _HARDLY * factors
        curve = (matrix * (count * share * (1 - share))[:, None]).T @ matrix + _HARDLY * np.eye(len(factors))
        step = np.linalg.solve(curve, slope).clip(-2, 2)
        factors += step
        if np.abs(step).max() < 1e-9:
            break
    own = dict(zip(asked, factors.clip(0, 1), strict=False))
    return {(trait, value): float(weight * own[trait]) for (trait, value), weight in weights.items()}


def _of_trait(trait: str, points: Mapping[tuple[str, str], float]) -> pl.Expr:
    """What each value of a trait counts for; null where it is no evidence."""
    own = {value: counts for (name, value), counts in points.items() if name == trait}
    return pl.col(trait).replace_strict(own, default=None, return_dtype=pl.Float64)


def scored(frame: pl.DataFrame, points: Mapping[tuple[str, str], float], traits: Sequence[str]) -> pl.DataFrame:
    """With `<trait>_points`, `score` (their sum, 0 without any) and `odds`; a trait that is no evidence is blank."""
    for trait in traits:
        frame = frame.with_columns(_of_trait(trait, points).alias(f"{trait}_points"))
        counts = pl.col(f"{trait}_points").is_not_null()
        frame = frame.with_columns(pl.when(counts).then(pl.col(trait)).alias(trait))
    names = [f"{trait}_points" for trait in traits]
    frame = frame.with_columns(score=pl.sum_horizontal(pl.col(name).fill_null(0) for name in names))
    return frame.with_columns(odds=pl.col("score").exp())


class Tested(NamedTuple):
    """What was found of customers who were not learned from."""

    customers: int
    best: int
    called: int
    called_best: int

    @property
    def lift(self) -> tuple[float, float, float] | None:
        """Share of best among the called ÷ among all, with its interval; None where nobody was called, or none is."""
        if not self.called_best:
            return None
        value, low, high = lift(self.called_best, self.called, self.best, self.customers)
        return float(value), float(low), float(high)

    @property
    def holds(self) -> bool:
        """Whether the called are best more often than all, beyond chance."""
        return self.lift is not None and self.lift[1] > 1


def tested(buyers: pl.DataFrame, traits: Sequence[str]) -> Tested:
    """Each part of the buyers scored by what the others teach."""
    called = called_best = 0
    part = buyers.get_column("part").cast(pl.Int64) % PARTS  # the first and the last are halves of one
    for at in range(PARTS):
        points = learn(buyers.filter(part != at), traits).points
        alike = scored(buyers.filter(part == at), points, traits).filter(pl.col("score") >= LEAST_SCORE)
        called += int(alike.get_column("customers").sum())
        called_best += int(alike.get_column("best").sum())
    whole, best = (int(buyers.get_column(name).sum()) for name in ("customers", "best"))
    return Tested(whole, best, called, called_best)
