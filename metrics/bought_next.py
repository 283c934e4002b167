"""What customers of a day bought after it, by what they had: rules, and what they would have one offer.

A rule says: of the customers who had A (and B) and not C, so many bought C since. Who buys much buys more of
everything, so it is held against customers who buy as much: with so many purchases in the year before (large numbers in
narrow bands),

    expected = Σ over bands  n(has A) · b ÷ n     variance = Σ  n(A) · (n − n(A)) · b · (n − b) ÷ (n² · (n − 1))

of the n who did not have C, of whom b bought it (Mantel and Haenszel 1959). A rule stands where more bought than
expected beyond chance, with all pairs of products counted (Benjamini and Hochberg), and a tenth more at least. Where
few are expected, more are not as rare as the normal curve says: the chance is of a gamma curve with the same mean,
variance and skewness (third moment of each band: its variance · (n − 2 n(A)) · (n − 2 b) ÷ (n · (n − 2))). Rules of
two products are looked for among the firmest of each, and must stand by themselves. How many times as often, k ÷
expected, is drawn towards once by STRENGTH expected purchases, (k + m) ÷ (e + m): three of five are no rule.

Sources: N. Mantel and W. Haenszel (1959), Statistical aspects of the analysis of data from retrospective studies of
disease, JNCI 22:719–748; B. Cestnik (1990), Estimating probabilities, ECAI 147–149 (drawn towards a prior); E. Wilson,
M. Hilferty (1931), The distribution of chi-square, PNAS 17:684–688 (the tail of a gamma curve).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cbrt, erfc, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.proportions import discoveries

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
LEAST_SUCH, LEAST_BOUGHT, LEAST_TIMES = 30, 5, 1.1
"""Customers that must have what a rule is about, that must have bought, and how many times the expected."""
STRENGTH = 5.0
"""So many expected purchases draw a rule towards none."""
MOST_OF_TWO_FROM = 5
"""Rules of two are made of so many of the firmest rules for a product."""
_WHOLE_LINES, _BANDS_AN_OCTAVE = 12, 4
_HARDLY_SKEW = 1e-3
"""Below this the gamma curve is the normal one."""


class Rule(NamedTuple):
    """Who has `because` and not `offer` (places of products): how many are `such`, `bought`, were `expected` to."""

    because: tuple[int, ...]
    offer: int
    such: int
    bought: int
    expected: float
    stands: bool

    @property
    def factor(self) -> float:
        """How many times as often as expected, drawn towards once."""
        return (self.bought + STRENGTH) / (self.expected + STRENGTH)


@dataclass(frozen=True)
class State:
    """Customers on a day: `has` (customers × products), `lines` bought in the year, what each `got` since."""

    has: Flags
    lines: Floats
    got: Flags

    def of(self, products: Places) -> State:
        """The same customers, with these products only and in this order; how much they buy stays."""
        return State(self.has[:, products], self.lines, self.got[:, products])

    def bands(self) -> list[Places]:
        """The customers by how much they buy, as positions; those who bought nothing in the year are in none."""
        octave = np.floor(np.log2(np.maximum(self.lines, 1) / _WHOLE_LINES) * _BANDS_AN_OCTAVE)
        band = np.where(self.lines < _WHOLE_LINES, self.lines, _WHOLE_LINES + octave).astype(int)
        order = np.argsort(band, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(band[order])) + 1)
        return [part for part in parts if part.size and self.lines[part[0]] > 0]


class Learned(NamedTuple):
    """Of each product: of so many without it (`lacking`) so many `bought` it; and all `rules` with enough customers."""

    lacking: Floats
    bought: Floats
    rules: list[Rule]


def learn(state: State) -> Learned:
    """What the purchases after a day say about who buys what."""
    lacking, bought = (np.zeros(state.has.shape[1]) for _ in range(2))
    sums = np.zeros((5, state.has.shape[1], state.has.shape[1]))
    for part in state.bands():
        has = state.has[part].astype(np.float32)  # whole numbers up to 16 million are exact in it
        got = state.got[part] * (1 - has)
        lacks, gets = (1 - has).sum(axis=0, dtype=float), got.sum(axis=0, dtype=float)
        such, buys = ((has.T @ one).astype(np.float64) for one in (1 - has, got))
        sums += np.stack([such, buys, *_by_chance(such, lacks, gets)])
        lacking += lacks
        bought += gets
    count = len(lacking)
    pairs = [(one, other) for one in range(count) for other in range(count) if one != other]
    singles = _rules([((one,), other, *sums[:, one, other]) for one, other in pairs], len(pairs))
    return Learned(lacking, bought, [*singles, *_of_two(state, singles)])


def _by_chance(such: Floats, lacks: Floats, gets: Floats) -> tuple[Floats, Floats, Floats]:
    """How many of `such` would buy if they did like all of the band; its variance and its third central moment."""
    share = np.divide(gets, lacks, out=np.zeros_like(gets), where=lacks > 0)
    rest = np.divide(lacks - such, lacks - 1, out=np.zeros_like(such), where=lacks > 1)
    variance = such * rest * share * (1 - share)
    skew = np.divide(lacks - 2 * such, lacks - 2, out=np.zeros_like(such), where=lacks > 2) * (1 - 2 * share)
    return such * share, variance, variance * skew


def _of_two(state: State, singles: Sequence[Rule]) -> list[Rule]:
    """Rules of two products, from the firmest rules that stand for each offer."""
    asked = []
    for offer in {rule.offer for rule in singles if rule.stands}:
        firm = sorted((one for one in singles if one.stands and one.offer == offer), key=lambda one: -one.factor)
        asked += [(*one.because, *two.because, offer) for one, two in combinations(firm[:MOST_OF_TWO_FROM], 2)]
    if not asked:
        return []
    one, two, offers = np.array(asked).T
    sums = np.zeros((5, len(asked)))
    for part in state.bands():
        has, got = state.has[part], state.got[part]
        both = has[:, one] & has[:, two] & ~has[:, offers]
        lacks, gets = (~has).sum(axis=0, dtype=float)[offers], (got & ~has).sum(axis=0, dtype=float)[offers]
        such, buys = both.sum(axis=0, dtype=float), (both & got[:, offers]).sum(axis=0, dtype=float)
        sums += np.stack([such, buys, *_by_chance(such, lacks, gets)])
    return _rules([(pair[:2], pair[2], *sums[:, at]) for at, pair in enumerate(asked)], len(asked))


def _rules(asked: Sequence[tuple[Any, ...]], could: int) -> list[Rule]:
    """Those with enough customers, and whether they stand."""
    enough = [one for one in asked if one[2] >= LEAST_SUCH]
    chances = []
    for _, _, _, bought, expected, variance, third in enough:
        is_more = bought >= max(LEAST_BOUGHT, LEAST_TIMES * expected) and variance > 0
        chances.append(_chance(bought - 0.5 - expected, variance, third) if is_more else 1.0)
    stand = discoveries([*chances, *[1.0] * (could - len(enough))])
    return [
        Rule(because, offer, round(such), round(bought), expected, stands)
        for (because, offer, such, bought, expected, _, _), stands in zip(enough, stand, strict=False)
    ]


def _chance(above: float, variance: float, third: float) -> float:
    """Of so many above what is expected, by chance (twice that of this side); third: the third central moment."""
    if above <= 0:
        return 1.0
    away, skewness = above / sqrt(variance), third / variance**1.5
    if skewness < _HARDLY_SKEW:
        return erfc(away / sqrt(2))
    ninth = skewness**2 / 36  # 1 ÷ 9 times the shape of the curve
    return min(1.0, erfc((cbrt(1 + away * skewness / 2) - 1 + ninth) / sqrt(2 * ninth)))


def ranked(learned: Learned, has: Flags, offered: Flags, count: int) -> tuple[Places, Places, Floats]:
    """What to offer to customers.

    Args:
        has: customers × products. offered: products that may be. count: offers for each customer.

    Returns:
        Customers × count: the products, best first; the rules (their places in `learned.rules`, -1: none fits); and by
        what they are ranked, not above 0 where nothing is left to offer.
    """
    is_enough = learned.bought >= LEAST_BOUGHT
    share = np.divide(learned.bought, learned.lacking, out=np.zeros_like(learned.bought), where=is_enough)
    scores = np.broadcast_to(share, has.shape).astype(float)
    by = np.full(has.shape, -1)
    standing = [(at, rule) for at, rule in enumerate(learned.rules) if rule.stands]
    for at, rule in sorted(standing, key=lambda one: one[1].factor):  # the firmest last: it stays
        fits = has[:, rule.because].all(axis=1)
        scores[fits, rule.offer] = min(1.0, share[rule.offer] * rule.factor)
        by[fits, rule.offer] = at
    scores[has | ~offered] = -1
    order = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    return order, np.take_along_axis(by, order, axis=1), np.take_along_axis(scores, order, axis=1)
