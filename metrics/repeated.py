"""How much answers tell where the same customer answers more than once: opinions last, so eight of one are not eight.

The likeness ρ of two answers of one customer is the intra-class correlation of a one-way analysis of variance, within 0
and 1; answers of nobody in particular count as one customer each. n answers, n_c of customer c, are then worth
n ÷ (1 + ρ (Σ n_c² ÷ n − 1)) independent ones: as many as there are where everybody answers once. Customers on both
sides of a comparison make them alike: the variance of the difference is less by 2 ρ σ² Σ n_c n'_c ÷ (n n').

Sources: L. Kish (1965), Survey Sampling, §5.4 (design effect); A. Donner (1986), A review of inference procedures for
the intraclass correlation coefficient, Int. Stat. Rev. 54:67–82; J. N. K. Rao and A. J. Scott (1992), A simple method
for the analysis of clustered binary data, Biometrics 48:577–585 (counts divided by the design effect).
"""

from __future__ import annotations

import polars as pl


def likeness(answers: pl.DataFrame) -> float:
    """How alike two answers of one customer are, 0 to 1; 0 where nobody answered twice, 1 where only one did at all.

    Args:
        answers: `customer_key` (null: nobody in particular), `value`, `surveys` (how many answers of that value).
    """
    n, value, is_known = pl.col("surveys"), pl.col("value"), pl.col("customer_key").is_not_null()
    sums = (n.sum().alias("n"), (value * n).sum().alias("total"))
    count, total, powers = answers.select(n.sum(), (value * n).sum(), (value**2 * n).sum().alias("powers")).row(0)
    one_each = answers.filter(~is_known).select(n.sum(), (value**2 * n).sum().alias("powers")).row(0)
    known = answers.filter(is_known).group_by("customer_key").agg(sums)
    groups = known.height + one_each[0]
    if groups in {0, count}:
        return 0.0
    if groups == 1:
        return 1.0
    explained = known.select((pl.col("total") ** 2 / pl.col("n")).sum()).item() + one_each[1]
    squares = known.select((pl.col("n") ** 2).sum()).item() + one_each[0]
    among = (explained - total**2 / count) / (groups - 1)
    within = (powers - explained) / (count - groups)
    usual = (count - squares / count) / (groups - 1)
    whole = among + (usual - 1) * within
    return min(1.0, max(0.0, (among - within) / whole)) if whole > 0 else 0.0


def squares(answers: pl.DataFrame) -> int:
    """Σ n_c² over customers: of answers with `customer_key` and `surveys`."""
    n = pl.col("surveys").sum()
    by = answers.group_by("customer_key").agg(
        pl.when(pl.col("customer_key").is_null().first()).then(n).otherwise(n**2).alias("n")
    )
    return int(by.get_column("n").sum() or 0)


def worth(count: int, squared: int, alike: float) -> float:
    """Of how many independent answers so many have the weight.

    Args:
        count: answers. squared: Σ n_c². alike: ρ.
    """
    return count / (1 + alike * (squared / count - 1)) if count else 0.0
