"""Which segments explain a change: explanatory power and surprise, dimension by dimension (Adtributor).

A segment's *explanatory power* is its part of the whole change; those of a dimension add up to 1. Its *surprise* is
how far its share of the whole moved, by the Jensen–Shannon divergence: segments that all shrink alike explain the
change and surprise nobody. Of each dimension the most surprising segments with an explanatory power above T_EEP are
taken until together they explain T_EP; the dimension whose set surprises most is the best explanation.

Of a ratio, a segment brought what it adds to the ratio now less what it added then, measured from the ratio of all then
(`brought_to_ratio`): that adds up to the change, is of the sign of what happened, and is not stretched. The paper's
form for derived measures (what the ratio would have changed by had only this segment changed) neither adds up nor
can be scaled so that signs stay, and is not used. The surprise is that of numerator and denominator together.

Source: R. Bhagwan et al. (2014), Adtributor: Revenue Debugging in Advertising Systems, NSDI '14.
"""

from __future__ import annotations

import polars as pl

T_EP, T_EEP = 0.67, 0.10
"""What a set of segments must explain together, and each of them at least."""


def power(brought: pl.Expr) -> pl.Expr:
    """Explanatory power of the segments of a dimension from what each brought; null where nothing changed."""
    whole = brought.sum()
    return brought / pl.when(whole != 0).then(whole)


def brought_to_ratio(over_then: pl.Expr, over_now: pl.Expr, under_then: pl.Expr, under_now: pl.Expr) -> pl.Expr:
    """What each segment brought to the change of the ratio R = over ÷ under of all: those of a dimension add up to it.

    (over_now − R·under_now) ÷ all under_now − (over_then − R·under_then) ÷ all under_then, where R is the ratio of all
    then. So a segment brings something where its own ratio moves, or where one that lies off R grows or shrinks.
    In the unit of the ratio; null where one of both ratios has no denominator.
    """
    all_then, all_now = (pl.when(under.sum() != 0).then(under.sum()) for under in (under_then, under_now))
    ratio = over_then.sum() / all_then
    return (over_now - ratio * under_now) / all_now - (over_then - ratio * under_then) / all_then


def surprise(then: pl.Expr, now: pl.Expr) -> pl.Expr:
    """How far the share of each segment moved: ½ (p ln 2p ÷ (p + q) + q ln 2q ÷ (p + q)); 0 where both are 0.

    Shares below 0, of segments with more returned than sold, count as 0.
    """
    p, q = (_share(one) for one in (then, now))
    return 0.5 * (_term(p, p + q) + _term(q, p + q))


def _share(of: pl.Expr) -> pl.Expr:
    whole = of.sum()
    return (of / pl.when(whole != 0).then(whole)).fill_null(0.0).clip(0.0)


def _term(share: pl.Expr, both: pl.Expr) -> pl.Expr:
    return pl.when(share > 0).then(share * (2 * share / both).log()).otherwise(0.0)


def explained(segments: pl.DataFrame) -> pl.DataFrame:
    """The segments with `is_candidate` and `rank`: 1 is the dimension that explains best; null is one that does not.

    Args:
        segments: dimension, value, explained (power), surprise.
    """
    ordered = segments.sort("dimension", "surprise", "value", descending=[False, True, False], nulls_last=True)
    counts = (pl.col("explained") > T_EEP).fill_null(value=False)
    reached = pl.when(counts).then("explained").otherwise(0.0).cum_sum().over("dimension")
    is_taken = counts & (reached - pl.col("explained") <= T_EP)
    enough = reached.max().over("dimension") > T_EP
    ordered = ordered.with_columns(is_candidate=is_taken & enough)
    sums = ordered.filter("is_candidate").group_by("dimension").agg(pl.col("surprise").sum())
    ranks = sums.sort("surprise", "dimension", descending=[True, False]).with_row_index("rank", 1)
    ranks = ranks.select("dimension", pl.col("rank").cast(pl.Int64))
    return ordered.join(ranks, on="dimension", how="left", maintain_order="left")
