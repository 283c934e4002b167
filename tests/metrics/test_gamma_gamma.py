"""Gamma–gamma: the published expectation, the likelihood by its formula, and parameters found again."""

from __future__ import annotations

from math import lgamma, log

import numpy as np
import pytest

from metrics.gamma_gamma import GammaGamma, fitted, related


def drawn(customers: int) -> tuple[np.ndarray, np.ndarray]:
    """How often, and for how much on average, by p = 6, q = 4, γ = 15."""
    dice = np.random.default_rng(11)
    x = 1.0 + dice.poisson(1.5, customers)
    rate = dice.gamma(4, 1 / 15, customers)
    return x, dice.gamma(6 * x, 1 / rate) / x


def test_expectation() -> None:
    """Note 025: 35.17 of anybody with p 6.25, q 3.74, γ 15.44; a customer is between that and its own average."""
    model = GammaGamma(6.25, 3.74, 15.44)
    assert model.mean == pytest.approx(6.25 * 15.44 / 2.74)
    assert float(model.expected(0, 0)) == pytest.approx(model.mean)
    assert model.mean < float(model.expected(1, 60)) < float(model.expected(30, 60)) < 60
    assert GammaGamma(6.25, 0.9, 15.44).mean is None


def test_the_likelihood_is_that_of_the_note_and_is_largest_there() -> None:
    x, average = drawn(60)

    def by_formula(p: float, q: float, g: float) -> float:
        return sum(
            lgamma(p * n + q) - lgamma(p * n) - lgamma(q) + q * log(g) + (p * n - 1) * log(m) + p * n * log(n)
            - (p * n + q) * log(g + m * n)
            for n, m in zip(x.tolist(), average.tolist(), strict=True)
        )  # fmt: skip

    found = fitted(x, average)
    assert found is not None
    top = by_formula(*found[:3])
    assert found.log_likelihood == pytest.approx(top, rel=1e-10)
    for place in range(3):
        for side in (0.97, 1.03):
            assert by_formula(*(v * side if at == place else v for at, v in enumerate(found[:3]))) < top


def test_parameters_are_found_again() -> None:
    found = fitted(*drawn(4_000))
    assert found is not None
    assert found.errors is not None
    for told, was, error in zip(found[:3], (6, 4, 15), found.errors, strict=True):
        assert abs(log(told / was)) < 3 * error
    alike = fitted(*drawn(4_000), customers=np.full(4_000, 2.0))
    assert alike is not None
    assert alike[:3] == pytest.approx(found[:3], rel=1e-3)


def test_how_often_and_how_much() -> None:
    assert related(np.array([1.0, 2, 3]), np.array([2.0, 4, 6])) == pytest.approx(1)
    assert related(np.array([1.0, 1]), np.array([2.0, 4])) is None
    assert related(np.array([]), np.array([])) is None
    assert fitted(np.array([]), np.array([])) is None
