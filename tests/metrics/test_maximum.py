"""The way up: to a known top with its curvature, and what becomes of a slope that has none."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.maximum import climbed


def test_a_hill() -> None:
    """−(x − 1)² ÷ 2·0.09 − (y + 2)² ÷ 2·4: errors 0.3 and 2."""
    top, width = np.array([1.0, -2.0]), np.array([0.09, 4.0])

    def height(at: np.ndarray) -> tuple[float, np.ndarray]:
        return float(-((at - top) ** 2 / width).sum() / 2), (top - at) / width

    found = climbed(height, np.array([6.0, 7.0]))
    assert found is not None
    assert found.at == pytest.approx(top, abs=1e-6)
    assert found.errors == pytest.approx((0.3, 2.0), rel=1e-6)
    assert not found.is_edge


def test_no_top() -> None:
    found = climbed(lambda at: (float(at.sum()), np.ones(1)), np.zeros(1))
    assert found is not None
    assert found.is_edge
    assert found.errors is None
    assert climbed(lambda _: (float("nan"), np.zeros(1)), np.zeros(1)) is None
