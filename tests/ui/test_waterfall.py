"""Waterfalls on pages: one rule with those of the review for what is cut off, and a sign where it is."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from data.review.floating import cut
from tests.ui.answered import EN
from ui.waterfall import Bar, stepwise


def _drawn(*amounts: float) -> go.Figure:
    last = len(amounts) - 1
    return stepwise(
        [
            Bar(str(at), amount, f"{amount:g}", "#777", None, is_level=at in (0, last))
            for at, amount in enumerate(amounts)
        ],
        EN,
    )


def _signs(figure: go.Figure) -> list[list[float]]:
    return [list(one.y) for one in figure.data if one.type == "scatter" and one.mode == "markers"]


def test_a_level_is_cut_off_only_beside_changes_under_15_per_cent_and_says_so() -> None:
    small, large = _drawn(1000.0, 10.0, 1010.0), _drawn(50.0, 20.0, 70.0)
    assert small.layout.xaxis.range[0] == pytest.approx(cut(1000.0, 1010.0))
    assert _signs(small) == [[0, 2], [0, 2]]
    assert large.layout.xaxis.range[0] <= 0, "50 to 70 is drawn as 5 to 7"
    assert _signs(large) == []


def test_nothing_to_nothing_has_a_length() -> None:
    low, high = _drawn(0.0, 0.0, 0.0).layout.xaxis.range
    assert low <= 0 < high
