"""The bars of a waterfall, worked out by hand, above, below and across zero."""

from __future__ import annotations

from data.review.chapter import Picture, Series
from data.review.floating import bars, span, stacked


def picture(*values: float | None) -> Picture:
    labels = tuple("abcdefgh"[: len(values)])
    return Picture("p", "", "", "waterfall", labels, (Series("s", values),), "count")


def test_changes_lead_from_the_start_to_the_end() -> None:
    made = bars(picture(10, 5, -3, 12))
    assert [(bar.low, bar.high, bar.kind) for bar in made] == [
        (0, 10, "level"), (10, 15, "up"), (12, 15, "down"), (0, 12, "level")
    ]  # fmt: skip


def test_a_bar_across_zero_has_a_part_on_each_side() -> None:
    start, down, lower, up, end = bars(picture(300, -500, -250, 900, 450))
    assert stacked(start) == {"base": 0, "level": 300}
    assert stacked(down) == {"base": 0, "down": 300, "down_below": -200}  # from 300 to -200
    assert stacked(lower) == {"base": -200, "down": -250}  # hangs from -200, ends at -450
    assert stacked(up) == {"base": 0, "up": 450, "up_below": -450}
    assert stacked(end) == {"base": 0, "level": 450}


def test_parts_of_a_stack_reach_as_far_as_the_bar() -> None:
    for bar in bars(picture(-4, -6, 3, 12, -1, 4)):
        parts = stacked(bar)
        above = sum(value for value in parts.values() if value > 0)
        below = sum(value for value in parts.values() if value < 0)
        assert max(above, 0.0) == max(bar.high, 0.0)
        assert min(below, 0.0) == min(bar.low, 0.0)


def test_small_changes_have_room() -> None:
    low, high = span(bars(picture(1000, 10, -5, 1005)))
    assert 980 < low < 1000
    assert high == 1010
    assert span(bars(picture(100, 50, -120, 30))) == (0, 150)
    assert span(bars(picture(-5, -5, -10))) == (-10, 0)


def test_only_levels_beside_which_changes_are_small_are_cut() -> None:
    assert span(bars(picture(50, 20, 70))) == (0, 70), "40 % more is seen against the whole"
    assert span(bars(picture(54, 4, -16, 42))) == (0, 58)
    assert span(bars(picture(100, 20, 120))) == (0, 120)
    low, _ = span(bars(picture(100, 10, 110)))
    assert 90 < low < 100


def test_nothing_and_a_missing_change() -> None:
    assert bars(picture()) == []
    assert span([]) == (0, 0)
    made = bars(picture(5, None, 5))
    assert made[1].value is None
    assert (made[1].low, made[1].high) == (5, 5)
