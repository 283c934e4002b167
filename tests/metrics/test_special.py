"""Functions of mathematics against what they are by definition, and against tabled values."""

from __future__ import annotations

from math import comb, lgamma

import numpy as np
import pytest

from metrics.special import beta_share, digamma, hypergeometric, log_gamma


def test_gamma_and_its_derivative() -> None:
    x = np.geomspace(1e-3, 1e4, 60)
    assert log_gamma(x) == pytest.approx([lgamma(one) for one in x], rel=1e-13, abs=1e-13)
    assert float(digamma(1.0)) == pytest.approx(-0.5772156649015329, abs=1e-14)  # Euler's constant
    assert float(digamma(0.5)) == pytest.approx(-1.9635100260214235, abs=1e-13)
    assert digamma(x + 1) - digamma(x) == pytest.approx(1 / x, rel=1e-9)


def test_the_beta_share_is_a_binomial_tail() -> None:
    """I_p(k, n − k + 1) is the chance of k or more of n."""
    for n, k, p in ((5, 2, 0.3), (40, 31, 0.7), (300, 20, 0.05)):
        tail = sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
        assert float(beta_share(p, k, n - k + 1)) == pytest.approx(tail, rel=1e-10)
    assert beta_share(np.array([0.0, 1.0]), 2.5, 0.5).tolist() == [0, 1]
    assert float(beta_share(0.2, 0.5, 0.5)) == pytest.approx(2 / np.pi * np.arcsin(np.sqrt(0.2)), rel=1e-13)


def test_gauss_series() -> None:
    z = np.array([0, 0.3, 0.9, 0.99])
    assert hypergeometric(1.7, 2, 2, z) == pytest.approx((1 - z) ** -1.7, rel=1e-11)
    assert hypergeometric(1, 1, 2, z[1:]) == pytest.approx(-np.log1p(-z[1:]) / z[1:], rel=1e-12)
