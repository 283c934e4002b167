"""What is on the deals, and who has a share in them.

A deal with lines names one to three products; some lines leave a part of the amount open, a few say more than it. A
deal with two owners is credited to both.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from data.demo.company import KEY_ACCOUNTS, Customers, Reps, Size, pick_weighted
from data.demo.exports import amount_on
from data.demo.money import PER_UNIT
from data.demo.process import Deals, instead_of_weak
from data.demo.rhythm import AS_OF, number
from data.demo.words import Floats, Ints, Words, column, ids, money, numbers

_TODAY = number(AS_OF)
_WITH_LINES, _WITH_TWO = 0.4, 0.06
_MOST_LINES = 3


def deal_lines_frame(size: Size, deals: Deals) -> pl.DataFrame:
    """The products on the deals that the CRM still has, in each deal's own currency."""
    rng = size.rng("deal lines")
    whole = amount_on(deals, np.arange(deals.n), _TODAY)
    at = np.flatnonzero((rng.random(deals.n) < _WITH_LINES) & (deals.gone > _TODAY) & ~np.isnan(whole))
    said = (whole[at] * _covered(rng, len(at))).round(2)
    count = rng.integers(1, _MOST_LINES + 1, len(at))
    first = np.cumsum(count) - count
    row = np.repeat(np.arange(len(at)), count)
    position = np.arange(len(row)) - first[row]
    weight = rng.exponential(1.0, len(row)) + np.where(position == 0, 1.5, 0.1)
    amount = (said[row] * weight / np.add.reduceat(weight, first)[row]).round(2)
    amount[first] += said - np.add.reduceat(amount, first)  # the first line takes what rounding left
    deal = at[row]
    others = pick_weighted(rng, numbers("products", "lines"), len(row))
    product = np.where(position == 0, deals.product[deal], instead_of_weak(size, rng, others, deals.created[deal]))
    price = numbers("products", "list")[product] / PER_UNIT[deals.currency[deal]]
    return pl.DataFrame(
        {
            "deal_id": ids("D", deal),
            "line_no": pl.Series((position + 1).astype(np.int32)),
            "product_id": ids("P", product, 3),
            "quantity": np.maximum(1, (amount / price).round()),
            "amount": money(amount.round(2)),
        }
    )


def _covered(rng: np.random.Generator, n: int) -> Floats:
    """How much of each deal its lines say: all, most of it, or, where a discount came later, a little more."""
    kind = rng.random(n)
    return np.asarray(np.where(kind < 0.7, 1.0, np.where(kind < 0.95, 0.6 + 0.35 * rng.random(n), 1.05)))


def deal_owners_frame(size: Size, reps: Reps, customers: Customers, deals: Deals, words: Words) -> pl.DataFrame:
    """Who shares a deal with whom: half of them two of one team, half with somebody of the key accounts."""
    rng = size.rng("deal owners")
    at = np.flatnonzero((rng.random(deals.n) < _WITH_TWO) & (deals.gone > _TODAY))
    team = np.where(rng.random(len(at)) < 0.5, customers.team[deals.customer[at]], KEY_ACCOUNTS)
    other = reps.pick(team, np.minimum(deals.closed[at], _TODAY), rng.random(len(at)))
    share = np.array([0.2, 0.3, 0.5])[rng.integers(0, 3, len(at))]
    is_two = other != deals.rep[at]
    return _credited(at[is_two], deals.rep[at][is_two], other[is_two], share[is_two], words)


def _credited(deal: Ints, owner: Ints, other: Ints, share: Floats, words: Words) -> pl.DataFrame:
    """Two rows per deal: its owner's, and that of the other."""
    both = np.tile([0, 1], len(deal))
    return pl.DataFrame(
        {
            "deal_id": ids("D", np.repeat(deal, 2)),
            "rep_id": ids("R", np.column_stack([owner, other]).ravel(), 4),
            "share": np.column_stack([1 - share, share]).ravel().round(2),
            "role": column(words.pairs("deal_roles"), both),
        }
    )
