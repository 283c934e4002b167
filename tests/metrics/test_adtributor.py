"""Explanatory power and surprise: the paper's formulas worked out on its example, and what holds of any segments."""

from __future__ import annotations

from math import log

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.adtributor import brought_to_ratio, explained, power, surprise

# Forecast and actual of revenue that falls from 100 to 50: every data centre halves, a few advertisers fall, and of the
# devices only one is left.
EXAMPLE = {
    "data centre": {"X": (94, 47), "Y": (6, 3)},
    "advertiser": {"A1": (50, 24), "A2": (20, 21), "A3": (20, 4), "A4": (10, 1)},
    "device": {"PC": (50, 49), "Mobile": (25, 1), "Tablet": (25, 0)},
}
_AMOUNTS = st.lists(st.tuples(*[st.floats(0, 1e6, allow_subnormal=False)] * 2), min_size=1, max_size=12)


def _example() -> pl.DataFrame:
    rows = [(dim, name, float(a), float(b)) for dim, of in EXAMPLE.items() for name, (a, b) in of.items()]
    frame = pl.DataFrame(rows, ["dimension", "value", "then", "now"], orient="row")
    then, now = pl.col("then"), pl.col("now")
    return frame.with_columns(
        explained=power(now - then).over("dimension"), surprise=surprise(then, now).over("dimension")
    )


def test_the_worked_example() -> None:
    frame = _example()
    powers = dict(frame.select("value", "explained").iter_rows())
    assert powers == pytest.approx(
        {
            "X": 0.94,
            "Y": 0.06,
            "A1": 0.52,
            "A2": -0.02,
            "A3": 0.32,
            "A4": 0.18,
            "PC": 0.02,
            "Mobile": 0.48,
            "Tablet": 0.5,
        }
    )
    p, q = 0.5, 0.98  # of PC
    by_hand = 0.5 * (p * log(2 * p / (p + q)) + q * log(2 * q / (p + q)))
    told = dict(frame.select("value", "surprise").iter_rows())
    assert told["PC"] == pytest.approx(by_hand)
    assert told["Tablet"] == pytest.approx(0.5 * 0.25 * log(2))
    assert told["X"] == told["Y"] == pytest.approx(0), "who shrinks as all do surprises nobody"
    found = explained(frame)
    taken = {dim: set(part["value"]) for (dim,), part in found.filter("is_candidate").group_by(["dimension"])}
    assert taken == {"data centre": {"X"}, "advertiser": {"A1", "A3", "A4"}, "device": {"Mobile", "Tablet"}}
    assert found.filter(pl.col("rank") == 1)["dimension"].unique().to_list() == ["device"]


def _brought(*segments: tuple[float, float, float, float]) -> list[float]:
    """Of wins then and now, deals then and now of each segment."""
    frame = pl.DataFrame(segments, ["w0", "w1", "n0", "n1"], orient="row")
    return frame.select(brought_to_ratio(*(pl.col(name) for name in frame.columns))).to_series().to_list()


def test_what_segments_bring_to_a_ratio_by_hand() -> None:
    """Wins ÷ deals of two channels: only the second changes, so it brings all; a good one that grows brings, too."""
    assert _brought((30, 30, 100, 100), (20, 5, 100, 100)) == pytest.approx([0, 35 / 200 - 50 / 200])
    grown = _brought((30, 30, 100, 100), (20, 60, 100, 300))  # both keep their ratio, the worse one grows
    assert sum(grown) == pytest.approx(90 / 400 - 50 / 200)
    assert grown[1] == pytest.approx((60 - 0.25 * 300) / 400 - (20 - 0.25 * 100) / 200)
    assert _brought((1, 0, 2, 0), (1, 0, 2, 0)) == [None, None], "no ratio now"


def test_who_rose_brought_more_and_who_fell_less() -> None:
    """30 of 100 become 79 of 200, 50 of 100 become 42 of 100; all rise from 40 % to 40.33 %."""
    rose, fell = _brought((30, 79, 100, 200), (50, 42, 100, 100))
    assert (rose, fell) == pytest.approx(((79 - 80) / 300 + 10 / 200, (42 - 40) / 300 - 10 / 200))
    assert rose > 0 > fell
    assert rose + fell == pytest.approx(121 / 300 - 80 / 200)


@given(st.lists(st.tuples(*[st.integers(0, 1000)] * 2, *[st.integers(1, 1000)] * 2), min_size=1, max_size=9))
def test_what_segments_bring_to_a_ratio_adds_up(segments: list[tuple[int, int, int, int]]) -> None:
    w0, w1, n0, n1 = (sum(one[at] for one in segments) for at in range(4))
    assert sum(_brought(*segments)) == pytest.approx(w1 / n1 - w0 / n0, abs=1e-9, rel=1e-9)


@given(_AMOUNTS)
def test_powers_add_up_to_one_and_surprise_is_never_negative(pairs: list[tuple[float, float]]) -> None:
    frame = pl.DataFrame(pairs, ["then", "now"], orient="row")
    delta, size = frame["now"].sum() - frame["then"].sum(), frame["now"].sum() + frame["then"].sum()
    found = frame.select(power(pl.col("now") - pl.col("then")), pl.lit(1.0).alias("one")).to_series()
    if abs(delta) > 1e-6 * size > 0:
        assert found.sum() * delta == pytest.approx(delta, rel=1e-6)
    amazed = frame.select(surprise(pl.col("then"), pl.col("now"))).to_series()
    assert amazed.min() >= -1e-12  # type: ignore[operator]
    assert amazed.sum() <= log(2) + 1e-9, "a divergence"


def test_nothing_explains_what_did_not_change() -> None:
    frame = pl.DataFrame({"dimension": ["a", "a"], "value": ["x", "y"], "then": [1.0, 2.0], "now": [2.0, 1.0]})
    then, now = pl.col("then"), pl.col("now")
    frame = frame.with_columns(explained=power(now - then), surprise=surprise(then, now))
    assert frame["explained"].null_count() == 2
    assert not explained(frame)["is_candidate"].any()
