"""BG/NBD: published numbers that need no data, the likelihood against its formula, and parameters found again."""

from __future__ import annotations

from math import exp, lgamma, log

import numpy as np
import pytest

from metrics.bgnbd import BGNBD, Histories, fitted

PUBLISHED = BGNBD(0.243, 4.414, 0.793, 2.426)
"""Of CDNOW (Fader, Hardie and Lee 2005, table 2)."""
REFITTED = BGNBD(0.242594, 4.413602, 0.792922, 2.425907)


def simulated(of: BGNBD, customers: int, seed: int = 5, weeks: float = 60.0) -> Histories:
    """Customers who come in during the first 20 weeks and are known until `weeks`, drawn by the model's story."""
    dice = np.random.default_rng(seed)
    rate, stops = dice.gamma(of.r, 1 / of.alpha, customers), dice.beta(of.a, of.b, customers)
    known = weeks - dice.integers(0, 140, customers) / 7
    x, last = np.zeros(customers), np.zeros(customers)
    for one in range(customers):
        at = 0.0
        while True:
            at += dice.exponential(1 / rate[one])
            if at > known[one]:
                break
            x[one], last[one] = x[one] + 1, at
            if dice.random() < stops[one]:
                break
    return Histories(x, last, known, np.ones(customers))


def by_formula(of: BGNBD, x: int, last: float, known: float) -> float:
    """Equation 6 of the paper for one customer, term by term."""
    r, alpha, a, b = of[:4]
    first = lgamma(r + x) - lgamma(r) + r * log(alpha)
    second = lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x)
    third = (alpha + known) ** -(r + x)
    fourth = a / (b + x - 1) * (alpha + last) ** -(r + x) if x else 0
    return first + second + log(third + fourth)


def test_published_numbers() -> None:
    """Note "Fitting the BG/NBD model": of customer 0001; P(X(39) = 0) of a new one."""
    assert float(REFITTED.expected(39, 2, 30.43, 38.86)) == pytest.approx(1.2259, abs=5e-5)
    assert float(REFITTED.alive(2, 30.43, 38.86)) == pytest.approx(0.7266, abs=5e-5)
    assert PUBLISHED.chance(0, 39) == pytest.approx(0.5737864, abs=5e-8)
    assert sum(PUBLISHED.chance(x, 39) for x in range(200)) == pytest.approx(1, abs=1e-6)


def test_expectation_of_a_new_customer_is_the_mean_of_its_chances() -> None:
    mean = sum(x * PUBLISHED.chance(x, 39) for x in range(400))
    assert float(PUBLISHED.expected(39, 0, 0, 0)) == pytest.approx(mean, rel=1e-6)


def test_the_expectation_of_many_purchases_stays_finite() -> None:
    much = PUBLISHED.expected(np.array([52.0, 52.0]), np.array([3000.0, 3000.0]), np.array([150.0, 10.0]), 150.0)
    assert np.isfinite(much).all()
    assert much[0] > 500
    assert much[1] == pytest.approx(0)
    beside = [BGNBD(0.243, 4.414, a, 2.426).expected(39, 2, 30.43, 38.86) for a in (1 - 1e-5, 1.0, 1 + 1e-5)]
    assert float(beside[1]) == pytest.approx(float(beside[0] + beside[2]) / 2, rel=1e-6)


def test_customers_who_stop_with_the_same_chance() -> None:
    """Large a and b: both ways to write the expectation agree where they meet, and one goes on."""
    below, above = (BGNBD(0.5, 6.0, a, 2 * a).expected(26, np.array([0, 3, 40]), 20.0, 30.0) for a in (19.99, 20.01))
    assert below == pytest.approx(above, rel=2e-3)
    rate = 0.5 / 6  # r and α so large that all buy alike: purchases until the first that ends it, chance a third
    alike = BGNBD(5e5, 6e6, 1e6, 2e6)
    assert float(alike.while_alive(26, 4, 30)) == pytest.approx(3 * (1 - np.exp(-rate * 26 / 3)), rel=1e-3)


def test_the_likelihood_is_that_of_the_paper() -> None:
    of = Histories(*(np.array(one, dtype=float) for one in ([0, 1, 4, 4, 9], [0, 5, 20, 20, 30], [9, 9, 30, 30, 31],
                                                             [40, 20, 5, 5, 3])))  # fmt: skip
    found = fitted(of)
    assert found is not None
    by_hand = sum(n * by_formula(found, int(x), t, known) for x, t, known, n in zip(*of, strict=True))
    assert found.log_likelihood == pytest.approx(by_hand, rel=1e-10)
    for place in range(4):  # the top: it goes down on every side
        for side in (0.98, 1.02):
            aside = BGNBD(*(value * side if at == place else value for at, value in enumerate(found[:4])))
            there = sum(n * by_formula(aside, int(x), t, known) for x, t, known, n in zip(*of, strict=True))
            assert there < by_hand + 1e-9


def test_parameters_are_found_again() -> None:
    true = BGNBD(0.8, 9.0, 0.9, 3.0)
    found = fitted(simulated(true, 6_000))
    assert found is not None
    assert found.errors is not None
    for told, was, error in zip(found[:4], true[:4], found.errors, strict=True):
        assert abs(log(told / was)) < 3 * error
    assert max(found.errors) < 0.25


def test_the_unit_of_time_changes_nothing_but_alpha() -> None:
    of = simulated(BGNBD(0.8, 9.0, 0.9, 3.0), 800)
    weeks, days = fitted(of), fitted(Histories(of.x, of.last * 7, of.known * 7, of.customers))
    assert weeks is not None
    assert days is not None
    assert days[:4] == pytest.approx((weeks.r, weeks.alpha * 7, weeks.a, weeks.b), rel=1e-4)
    assert days.expected(70, 3, 100, 200) == pytest.approx(weeks.expected(10, 3, 100 / 7, 200 / 7), rel=1e-4)
    assert exp(-weeks.log_likelihood / 1e4) > 0
