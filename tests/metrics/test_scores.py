"""Normal scores: published points of the normal distribution, and the spread that chance alone shows."""

import numpy as np
import pytest

from metrics.scores import two_sided, usual_spread


@pytest.mark.parametrize(("score", "chance"), [(0.0, 1.0), (1.959964, 0.05), (-2.575829, 0.01), (3.290527, 0.001)])
def test_the_chance_of_a_score_is_that_of_the_table(score: float, chance: float) -> None:
    assert two_sided(score) == pytest.approx(chance, rel=1e-5)


def test_scores_of_chance_alone_are_as_wide_as_they_should_be() -> None:
    scores = np.random.default_rng(7).standard_normal(100_000)
    assert usual_spread((scores**2).tolist(), least=0) == pytest.approx(1, abs=0.02)
    assert usual_spread((4 * scores**2).tolist()) == pytest.approx(4, abs=0.08)


def test_less_than_chance_shows_is_not_believed() -> None:
    assert usual_spread([0.1, 0.1, 0.1]) == 1
