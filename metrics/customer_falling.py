"""Customers who buy less than last year, beyond chance and the others' course (metrics/customer_signals.py).

Falling: were nothing the matter, each purchase of both spans might as well have fallen into the other, with the odds
that the other customers' purchases tell; the sum that did fall into this year's then has the variance
w (1 − w) Σ amount², and so has what the others tell (randomisation test in its normal form). Season and growth that
all share are in the odds. Where customers move more than that, since orders come in series, the spread is theirs (the
empirical null).

To who sees a part of the sales it is told of accounts of their people who fall by everybody's purchases: what others
sell to an account is no fall, and how the others move is the company's matter. Told are the own sums of both spans,
where nobody else sold; what was to be expected is not, since it says how the company moves.

Sources: R. A. Fisher (1935), The Design of Experiments, 21; B. Efron (2004), Large-scale simultaneous hypothesis
testing: the choice of a null hypothesis, JASA 99:96–104.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta
from math import erfc, sqrt
from typing import Any

import numpy as np
import polars as pl

from metrics.proportions import discoveries

WEEKS, LEAST_DAYS = 26, 12
"""Weeks that are compared, and days of buying that a customer must have in both spans together."""
LEAST_JUDGED, MEDIAN_TO_SIGMA = 20, 1.4826
"""Customers from which on it is told how much more than by purchases they move; a median to standard deviations."""
_EVIDENCE = ("chance", "value", "expected", "amount", "since", "share")
_EPSILON = 1e-9
"""Of sums of squares, what the order of adding up changes."""
Row = dict[str, Any]


def fallen(bought: pl.DataFrame, day: date) -> list[Row]:
    """Those whose fall is beyond chance, with the day from which on most is missing.

    Args:
        bought: `customer`, `tier`, `rep`, `bought` (orders or won), what was bought in this year's span (`now`) and in
            `both`, with the sum of `squares`; for those who may have fallen a row per purchase, `day`, `amount` and
            `is_now` (1 in this year's, 0 in last year's span). day: the last one of this year's span.
    """
    if bought.is_empty():
        return []
    sums = bought.unique("customer", maintain_order=True).sort("customer")
    now, both, squares = (sums.get_column(name).to_numpy() for name in ("now", "both", "squares"))
    others, of_all = now.sum() - now, both.sum() - both
    odds = np.clip(np.where(of_all > 0, others / np.where(of_all > 0, of_all, 1.0), 0.5), 1e-9, 1 - 1e-9)
    of_others = np.where(of_all > 0, squares.sum() - squares, 0) / np.where(of_all > 0, of_all, 1.0) ** 2
    spread = np.sqrt(odds * (1 - odds) * (squares + both**2 * of_others))
    away = np.where(spread > 0, (now - odds * both) / np.where(spread > 0, spread, 1.0), 0.0)
    chances = [0.5 * erfc(-one / sqrt(2)) for one in away / _spread_of_all(away)]
    found = []
    for at, stands in enumerate(discoveries(chances)):
        if stands:
            row = sums.row(at, named=True)
            grown = odds[at] / (1 - odds[at])
            expected = grown * (row["both"] - row["now"])
            found.append({
                **{name: row[name] for name in ("customer", "tier", "rep")}, "signal": "falling",
                "reason": f"falling_{row['bought']}", "chance": chances[at], "value": row["now"], "expected": expected,
                "amount": expected - row["now"], "since": _since(bought, row["customer"], float(grown), day),
                "share": 1 - row["now"] / expected,
            })  # fmt: skip
    return found


def _spread_of_all(away: np.ndarray) -> float:
    """How much more the customers move than by single purchases: orders come in series, and habits change."""
    if away.size < LEAST_JUDGED:
        return 1.0
    return max(1.0, MEDIAN_TO_SIGMA * float(np.median(np.abs(away - np.median(away)))))


def _since(bought: pl.DataFrame, customer: str, grown: float, day: date) -> date:
    """The day from which on the most is missing against last year."""
    missing = np.zeros(7 * WEEKS)
    start = day - timedelta(days=7 * WEEKS - 1)
    own = bought.filter((pl.col("customer") == customer) & pl.col("day").is_not_null())
    for on, is_now, amount in own.select("day", "is_now", "amount").iter_rows():
        at = (on - start).days + (0 if is_now else 364)
        missing[at] += -amount if is_now else grown * amount
    until_now = np.cumsum(missing[::-1])
    return start + timedelta(days=missing.size - 1 - int(np.argmax(until_now)))


def fallen_of_own(bought: pl.DataFrame, own: pl.DataFrame, owned: Container[str], day: date) -> list[Row]:
    """Of those who fall the accounts of one's people, with what one sees of it.

    `value` is what was bought, `before` in the same weeks of last year, at stake the difference; null where others sold
    in these weeks, too, and where it was no less than a year before (others grew).

    Args:
        bought: everybody's purchases. own: those that one sees, alike. owned: the accounts of one's people.
    """
    if bought.is_empty():
        return []
    of_all = bought.unique("customer").select("customer", all_squares="squares")
    is_same = (pl.col("all_squares") - pl.col("squares")).abs() <= _EPSILON * pl.col("squares")
    same = own.unique("customer").join(of_all, on="customer").filter(is_same) if own.height else own
    seen = {row["customer"]: row for row in same.iter_rows(named=True)}
    return [
        row | dict.fromkeys(_EVIDENCE) | (_of_own(seen[row["customer"]], own, day) if row["customer"] in seen else {})
        for row in fallen(bought, day) if row["customer"] in owned
    ]  # fmt: skip


def _of_own(sums: Row, own: pl.DataFrame, day: date) -> Row:
    """What one sees of a fall: both sums, and where this year's is smaller, by how much and since when."""
    now, before = sums["now"], sums["both"] - sums["now"]
    told = {"value": now, "before": before}
    if now >= before:
        return told
    return told | {"amount": before - now, "share": 1 - now / before, "since": _since(own, sums["customer"], 1.0, day)}
