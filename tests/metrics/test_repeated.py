"""How much repeated answers are worth: by hand, where everybody answers once, and against draws."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from metrics.repeated import likeness, squares, worth
from metrics.voices import apart, nps

SCHEMA = {"customer_key": pl.Int64, "value": pl.Float64, "surveys": pl.Int64}


def answers(*rows: tuple[int | None, float, int]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), SCHEMA, orient="row")


def test_by_hand() -> None:
    """Of pairs (1, 1), (−1, −1), (1, 0): among (4.5 − 1/6) ÷ 2, within (5 − 4.5) ÷ 3: 2 ÷ 2.3333."""
    three = answers((1, 1, 2), (2, -1, 2), (3, 1, 1), (3, 0, 1))
    assert squares(three) == 12
    assert likeness(three) == pytest.approx(6 / 7)
    assert worth(6, 12, 0.5) == pytest.approx(4)
    assert worth(0, 0, 0.5) == 0


def test_who_answers_once_counts_in_full() -> None:
    """So the published ± 15.3 of 100 answers holds; answers of nobody in particular are somebody else's each."""
    once = answers(*((n, float(n % 3 - 1), 1) for n in range(100)))
    assert likeness(once) == 0
    assert worth(100, squares(once), 1.0) == 100
    nobody = answers((None, 1, 50), (None, 0, 30), (None, -1, 20))
    assert (likeness(nobody), squares(nobody)) == (0, 100)
    assert nps(50, 30, 20, worth(100, 100, 0.7))[:4] == nps(50, 30, 20)[:4]
    assert nps(50, 30, 20).high == pytest.approx(30 + 15.31, abs=0.01)


def test_always_the_same_are_worth_one_each_and_never_alike_all() -> None:
    same = answers((1, 1, 8), (2, 0, 8), (3, -1, 8))
    assert likeness(same) == 1
    assert worth(24, squares(same), 1.0) == pytest.approx(3)
    assert likeness(answers((1, 1, 1), (1, 0, 1), (2, 1, 1), (2, 0, 1))) == 0  # less alike than by chance
    assert likeness(answers((1, 1, 3), (1, 0, 2))) == 1  # one customer alone tells nothing of others
    assert likeness(answers((1, 1, 3), (2, 1, 3))) == 0
    assert likeness(answers()) == 0


def test_ranges_hold_what_is_true_where_opinions_last() -> None:
    """NPS of 60 customers who answer one to ten times: the range of 95 % holds the true 0 in about 95 of 100."""
    rng, held, plain = np.random.default_rng(5), 0, 0
    for _ in range(300):
        times = rng.integers(1, 11, 60)
        customer = np.repeat(np.arange(60), times)
        moods = np.repeat(rng.normal(size=60), times) * 0.9 + rng.normal(size=len(customer)) * 0.44
        value = np.where(moods > 0.5, 1.0, np.where(moods < -0.5, -1.0, 0.0))
        frame = pl.DataFrame({"customer_key": customer, "value": value, "surveys": np.ones(len(customer), dtype=int)})
        counts = [int((value == one).sum()) for one in (1, 0, -1)]
        alike = likeness(frame)
        found = nps(*counts, worth(len(value), squares(frame), alike))
        held += found.low <= 0 <= found.high
        usual = nps(*counts)
        plain += usual.low <= 0 <= usual.high
    assert 270 <= held <= 297
    assert plain < 220


def test_the_same_customers_on_both_sides_differ_by_less_chance() -> None:
    """Fifty who answer on both sides, alike by 0.8: what is shared is taken out, and never more than all answers."""
    mine, theirs = nps(30, 10, 10), nps(20, 10, 20)
    apart_alone, together = apart("nps", mine, theirs), apart("nps", mine, theirs, 0.8 * 50 / 2500)
    assert apart_alone == together  # each answers once on a side: no more than all of them
    few = nps(30, 10, 10, 20.0), nps(20, 10, 20, 20.0)
    assert apart("nps", *few) > apart("nps", *few, 0.8 * 200 / 2500) > apart("nps", mine, theirs) - 1e-12  # type: ignore[operator]
    assert apart("nps", nps(9, 0, 0, 9.0), theirs) is None
    assert apart("nps", nps(30, 0, 0, 9.0), theirs) is None  # thirty answers of hardly nine customers
