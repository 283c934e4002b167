"""Names beside dots: none lies over a dot or over another name."""

from __future__ import annotations

import numpy as np

from ui.labels import placed

SIZE = (500.0, 300.0)


def test_a_name_stands_where_it_has_room() -> None:
    dots = np.array([(0.5, 0.5), (0.5, 0.8), (0.95, 0.2), (0.56, 0.5)])
    names = {0: "taken to the right", 1: "free", 2: "at the edge"}
    assert placed(dots, names, SIZE, 7.5) == {0: "middle left", 1: "middle right", 2: "middle left"}


def test_a_name_without_room_is_left_out_and_the_first_ones_go_first() -> None:
    crowd = np.array([(x / 40, y / 20) for x in range(41) for y in range(21)])
    assert placed(crowd, {400: "nowhere"}, SIZE, 7.5) == {}
    pair = np.array([(0.2, 0.5), (0.2, 0.5 + 40 / 300)])
    assert list(placed(pair, {1: "x" * 12, 0: "y" * 12}, SIZE, 7.5)) == [1, 0]
    close = np.array([(0.02, 0.02), (0.02, 0.06)])
    assert len(placed(close, {0: "x" * 50, 1: "y" * 50}, SIZE, 7.5)) == 1


def test_names_lie_over_no_dot_of_many() -> None:
    """Three thousand products: whatever is written leaves all dots to be seen."""
    made = np.random.default_rng(5)
    dots = np.column_stack([made.uniform(0, 1, 3000), made.beta(0.3, 9, 3000)])
    loud = np.argsort(-dots[:, 1])[:7]
    at = dots * np.array(SIZE)
    for index, side in placed(dots, {int(index): "PRODUCT OF TWELVE" for index in loud}, SIZE, 7.5).items():
        x, y = at[index]
        if side != "middle right":
            continue
        others = np.delete(at, index, axis=0)
        over = (others[:, 0] > x + 8) & (others[:, 0] < x + 100) & (abs(others[:, 1] - y) < 8)
        assert not over.any()
