"""How often customers without a contract will buy again, and whether they still do: the BG/NBD model.

While alive, a customer buys at random times at a rate of its own; rates vary between customers as a gamma distribution
(r, α). After each purchase it stops for good with a chance of its own; those vary as a beta distribution (a, b). What
is known of a customer is x (repeat purchases), t_x (time of the last) and T (time it is known), both since the first.
Customers alike in these count together, so that 20 000 are fitted as quickly as their different histories.

Whoever bought once is alive by this model, since nobody stops but after a repeat purchase: their P(alive) is no news.

Source: P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "Counting your customers" the easy way: an alternative to the
Pareto/NBD model, Marketing Science 24:275–284: equations 6 (likelihood), 8 (P(X(t) = x)), 10 (conditional expectation);
P(alive) from their note "Computing P(alive) using the BG/NBD model" (2008). The conditional expectation is written here
by Euler's transformation, F(A, B; C; z) = (1 − z)^(C−A−B) F(C − A, C − B; C; z), which stays finite for many purchases.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from metrics.maximum import climbed
from metrics.special import Numbers, digamma, hypergeometric, log_gamma

LEAST_STOPPING = 0.001
"""Of purchases, those after which somebody stops for good; where they are fewer, the model has found none who did."""
_NEAR_ONE = 1e-6
"""The expectation divides by a − 1; so near to 1 it is taken beside it."""
_LARGE = 20.0
"""Customers stop with nearly the same chance each from here on."""
_START, _PILOT, _MOST_EXPONENT = np.log([0.5, 0.2, 1.0, 2.0]), 1_500, 700.0
"""Of many histories some are fitted first: where the search begins for all."""


class Histories(NamedTuple):
    """Customers by what is known of them: x, t_x and T in one unit of time, and how many there are alike."""

    x: np.ndarray
    last: np.ndarray
    known: np.ndarray
    customers: np.ndarray


class BGNBD(NamedTuple):
    """The four parameters; `errors`: standard errors of their logarithms, None where the likelihood has no peak."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = 0.0
    errors: tuple[float, ...] | None = None

    @property
    def tells_who_stopped(self) -> bool:
        """Whether P(alive) means anything: there is a peak, and by it people do stop; else no silence is a sign."""
        return self.errors is not None and self.a / (self.a + self.b) >= LEAST_STOPPING

    def alive(self, x: Numbers, last: Numbers, known: Numbers) -> np.ndarray:
        """P(alive) at the end of what is known; 1 after no repeat purchase."""
        x, last, known = (np.asarray(one, dtype=float) for one in (x, last, known))
        gone = np.log(self.a / (self.b + np.maximum(x, 1) - 1)) + (self.r + x) * np.log(
            (self.alpha + known) / (self.alpha + last)
        )
        return np.asarray(np.where(x > 0, 1 / (1 + np.exp(np.minimum(gone, 700))), 1.0))

    def expected(self, time: Numbers, x: Numbers, last: Numbers, known: Numbers) -> np.ndarray:
        """How many purchases within `time` from now a customer with this history will make, on average."""
        return np.asarray(self.while_alive(time, x, known) * self.alive(x, last, known))

    def while_alive(self, time: Numbers, x: Numbers, known: Numbers) -> np.ndarray:
        """The same of a customer of whom it is known that it is alive now: it does not matter when it bought last."""
        x, known = np.asarray(x, dtype=float), np.asarray(known, dtype=float)
        a = self.a if abs(self.a - 1) > _NEAR_ONE else 1 + _NEAR_ONE
        z = np.asarray(time, dtype=float) / (self.alpha + known + time)
        if a > _LARGE:  # as in the paper: the other form has terms beyond all numbers then
            rest = hypergeometric(self.r + x, self.b + x, a + self.b + x - 1, z, (1 - z) ** (self.r + x))
        else:
            rest = hypergeometric(a + self.b - 1 - self.r, a - 1, a + self.b + x - 1, z, (1 - z) ** (a - 1))
        return np.asarray((a + self.b + x - 1) / (a - 1) * (1 - rest))

    def chance(self, x: int, time: float) -> float:
        """The chance that a new customer makes x repeat purchases within `time`."""
        r, alpha, a, b = self[:4]
        beta = log_gamma(b + x) + log_gamma(a + b) - log_gamma(b) - log_gamma(a + b + x)
        share = time / (alpha + time)
        alive = np.exp(
            beta + log_gamma(r + x) - log_gamma(r) - log_gamma(x + 1) - r * np.log1p(time / alpha)
            + (x * np.log(share) if x else 0)
        )  # fmt: skip
        if not x:
            return float(alive)
        places = np.arange(x)
        before = np.exp(log_gamma(r + places) - log_gamma(r) - log_gamma(places + 1) + places * np.log(share))
        bought = 1 - np.exp(-r * np.log1p(time / alpha)) * before.sum()
        stops = np.exp(
            log_gamma(a + 1) - log_gamma(a) + log_gamma(a + b) + log_gamma(b + x - 1) - log_gamma(b)
            - log_gamma(a + b + x)
        )  # fmt: skip
        return float(alive + stops * bought)


def fitted(of: Histories) -> BGNBD | None:
    """The parameters by maximum likelihood; None where the search does not end.

    Args:
        of: customers, at least one of whom bought again.
    """
    scale = max(float((of.known * of.customers).sum() / of.customers.sum()), 1e-9)
    whole = _Sorted(Histories(of.x, of.last / scale, of.known / scale, of.customers))
    every = max(1, len(of.x) // _PILOT)
    pilot = _Sorted(Histories(*(one[::every] for one in whole.of)))
    begin = climbed(pilot.likelihood, _START) if every > 1 and (pilot.of.x > 0).any() else None
    found = climbed(whole.likelihood, begin.at if begin and not begin.is_edge else _START)
    if found is None:
        return None
    # in the unit of time that was given, every repeat purchase has another density
    value = found.value - float((of.x * of.customers).sum() * np.log(scale))
    r, alpha, a, b = np.exp(found.at)
    return BGNBD(float(r), float(alpha * scale), float(a), float(b), value, None if found.is_edge else found.errors)


class _Sorted:
    """Histories, and what of them is the same in every step: which x, t_x and T there are, and who has bought again.

    Sums are taken without BLAS: its threads cost more than they save on vectors of this length.
    """

    def __init__(self, of: Histories) -> None:
        self.of = of
        again = of.x > 0
        self.times, where = np.unique(of.x, return_inverse=True)
        self.alike = np.bincount(where, weights=of.customers)
        self.days, at = np.unique(np.concatenate([of.known, of.last]), return_inverse=True)
        self.known, self.last = at[: len(of.x)], at[len(of.x) :][again]
        self.again, self.known_again = again, self.known[again]
        self.x, self.many = of.x[again], of.customers[again]

    def likelihood(self, logs: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-likelihood and its slope by the logarithms of the parameters."""
        r, alpha, a, b = np.exp(logs)
        x, many, times, alike = self.x, self.many, self.times, self.alike
        ages = alpha + self.days
        log_ages = np.log(ages)
        until, since = log_ages[self.known_again], log_ages[self.last]
        gone_odds = np.log(a) - np.log(b + x - 1) + (r + x) * (until - since)
        likely = np.exp(np.minimum(gone_odds, _MOST_EXPONENT))
        gone = many * likely / (1 + likely)
        either = np.log1p(likely) + np.maximum(gone_odds - _MOST_EXPONENT, 0)
        lives = self.of.customers * (r + self.of.x)
        gammas = (
            log_gamma(r + times) - log_gamma(r) + r * np.log(alpha)
            + log_gamma(a + b) + log_gamma(b + times) - log_gamma(b) - log_gamma(a + b + times)
        )  # fmt: skip
        value = (alike * gammas).sum() - (lives * log_ages[self.known]).sum() + (many * either).sum()
        both = digamma(a + b) - digamma(a + b + times)
        rates = digamma(r + times) - digamma(r) + np.log(alpha)
        slope = np.array([
            (alike * rates).sum() - (self.of.customers * log_ages[self.known]).sum() + (gone * (until - since)).sum(),
            alike.sum() * r / alpha - (lives / ages[self.known]).sum()
            + (gone * (r + x) * (1 / ages[self.known_again] - 1 / ages[self.last])).sum(),
            (alike * both).sum() + gone.sum() / a,
            (alike * (both + digamma(b + times) - digamma(b))).sum() - (gone / (b + x - 1)).sum(),
        ])  # fmt: skip
        return float(value), slope * np.exp(logs)
