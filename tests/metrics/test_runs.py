"""Streaks that chance brings: against every sequence there is, and published numbers."""

from __future__ import annotations

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import runs
from metrics.runs import run_chance


def test_ten_tosses_have_five_heads_in_a_row_in_112_of_1024_ways() -> None:
    assert run_chance(10, 0.5, 5)[0] == pytest.approx(112 / 1024)
    assert run_chance(100, 0.5, 5)[0] == pytest.approx(0.8101, abs=5e-5)  # known of a hundred tosses


@given(st.integers(1, 9), st.floats(0, 1), st.integers(0, 10))
def test_it_is_the_sum_over_all_sequences(tries: int, chance: float, run: int) -> None:
    whole = 0.0
    for told in product((0, 1), repeat=tries):
        longest = max((len(list(part)) for hit, part in groupby(told) if hit), default=0)
        if longest >= run:
            whole += float(np.prod([chance if hit else 1 - chance for hit in told]))
    assert run_chance(tries, chance, run)[0] == pytest.approx(whole, abs=1e-12)


def test_many_at_once_are_each_by_themselves() -> None:
    tries, chance, run = [3, 40, 400], [0.9, 0.3, 0.5], [3, 4, 12]
    together = run_chance(tries, chance, run)
    assert together.tolist() == [float(run_chance(*one)[0]) for one in zip(tries, chance, run, strict=True)]
    assert run_chance([], [], []).size == 0


def test_nothing_is_certain_but_no_streak_and_all_wins() -> None:
    assert run_chance([5, 5, 5, 5], [0.0, 1.0, 0.4, 0.4], [1, 5, 0, 6]).tolist() == [0.0, 1.0, 1.0, 0.0]


def test_many_tries_go_on_as_the_last_counted_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    told = ([1001, 1500, 5000, 9000, 3000], [0.3, 0.5, 0.8, 0.2, 0.95], [6, 12, 40, 5, 90])
    quick = run_chance(*told)
    monkeypatch.setattr(runs, "EXACT", 10_000)
    assert quick == pytest.approx(run_chance(*told), abs=1e-12)
