"""What a purchase of each customer is worth: the gamma–gamma model of spend.

Purchases of one customer vary around a mean of its own (gamma, shape p); means vary between customers (inverse gamma:
q, γ). Of a customer with few purchases more is to be learnt from all others than from its own. It holds where how often
a customer buys tells nothing about how much: `related` says how far that is so.

Source: P. S. Fader and B. G. S. Hardie (2013), The gamma-gamma model of monetary value, brucehardie.com/notes/025:
equations 1a (likelihood), 4 (mean of all), 5 (mean of one customer).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from metrics.maximum import climbed
from metrics.special import Numbers, digamma, log_gamma


class GammaGamma(NamedTuple):
    """The three parameters; `errors`: standard errors of their logarithms, None where the likelihood has no peak."""

    p: float
    q: float
    gamma: float
    log_likelihood: float = 0.0
    errors: tuple[float, ...] | None = None

    @property
    def mean(self) -> float | None:
        """What a purchase of anybody is worth; None where the tail is so long that there is no mean."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else None

    def expected(self, x: Numbers, average: Numbers) -> np.ndarray:
        """What a purchase of a customer is worth whose x purchases were worth `average`; of none, the mean of all."""
        x, average = np.asarray(x, dtype=float), np.asarray(average, dtype=float)
        return np.asarray(self.p * (self.gamma + x * np.where(x > 0, average, 0)) / (self.p * x + self.q - 1))


def fitted(x: np.ndarray, average: np.ndarray, customers: np.ndarray | None = None) -> GammaGamma | None:
    """The parameters by maximum likelihood; None where the search does not end.

    Args:
        x: repeat purchases, at least 1. average: what one was worth, above 0. customers: how many are alike.
    """
    many = np.ones(len(x)) if customers is None else customers
    if not len(x):
        return None
    scale = float((many * average).sum() / many.sum())
    times, where = np.unique(x, return_inverse=True)
    alike = np.bincount(where, weights=many)
    worth = average / scale
    logs_of = np.bincount(where, weights=many * np.log(worth))

    def likelihood(logs: np.ndarray) -> tuple[float, np.ndarray]:  # sums without BLAS, as in metrics/bgnbd.py
        p, q, g = np.exp(logs)
        shape = p * times
        whole = g + worth * x
        of_whole = many * np.log(whole)
        value = (
            (alike * (log_gamma(shape + q) - log_gamma(shape) - log_gamma(q) + q * np.log(g) + shape * np.log(times)))
            .sum() + ((shape - 1) * logs_of).sum() - ((p * x + q) * of_whole).sum()
        )  # fmt: skip
        slope = np.array([
            (alike * times * (digamma(shape + q) - digamma(shape) + np.log(times))).sum()
            + (times * logs_of).sum() - (x * of_whole).sum(),
            (alike * (digamma(shape + q) - digamma(q) + np.log(g))).sum() - of_whole.sum(),
            alike.sum() * q / g - (many * (p * x + q) / whole).sum(),
        ])  # fmt: skip
        return float(value), slope * np.exp(logs)

    found = climbed(likelihood, np.log([3.0, 3.0, 1.0]))
    if found is None:
        return None
    p, q, g = np.exp(found.at)
    value = found.value - float(many.sum() * np.log(scale))  # the density of what was given, not of what is scaled
    return GammaGamma(float(p), float(q), float(g * scale), value, None if found.is_edge else found.errors)


def related(x: np.ndarray, average: np.ndarray, customers: np.ndarray | None = None) -> float | None:
    """The correlation of x and average: how far who buys often also buys for more; None where nothing varies."""
    many = np.ones(len(x)) if customers is None else customers
    if not len(x):
        return None
    one, other = (values - np.average(values, weights=many) for values in (x, average))
    apart = float(np.sqrt((many * one**2).sum() * (many * other**2).sum()))
    return float((many * one * other).sum()) / apart if apart else None
