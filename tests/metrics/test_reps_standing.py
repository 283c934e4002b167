"""Standings hold for any people: whatever their order and their currency, and no rank lies outside of its range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.reps_evidence import Evidence
from metrics.reps_standing import LEAST_CASES, Standing, standing

SUMS = st.lists(st.lists(st.integers(1, 500), max_size=6), min_size=2, max_size=9)
RATES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), min_size=2, max_size=9)


def of_sums(people: list[list[int]], times: float = 1.0) -> Standing:
    value, squares = (
        np.array([float(sum((times * one) ** power for one in deals)) for deals in people]) for power in (1, 2)
    )
    nothing = np.full(len(people), np.nan)
    cases = np.array([float(len(deals)) for deals in people])
    return judged(Evidence("sum", value, cases, nothing, squares, nothing, nothing))


def of_rates(people: list[list[int]]) -> Standing:
    some, of = (np.array(column, dtype=float) for column in zip(*people, strict=True))
    nothing = np.full(len(people), np.nan)
    share = np.divide(some, of, out=nothing.copy(), where=of > 0)
    return judged(Evidence("rate", share, of, some, nothing, nothing, nothing))


def judged(known: Evidence) -> Standing:
    return standing(known, np.arange(known.value.size), np.ones(known.value.size, dtype=bool), lower_is_better=False)


def assert_in_range(found: Standing) -> None:
    ranked = np.isfinite(found.rank)
    assert (found.best[ranked] <= found.rank[ranked]).all()
    assert (found.rank[ranked] <= found.worst[ranked]).all()
    assert (found.worst[ranked] <= ranked.sum()).all()
    order = np.argsort(found.rank[ranked], kind="stable")
    assert (np.diff(found.shrunk[ranked][order]) <= 1e-6 * (1 + np.abs(found.shrunk[ranked]).max(initial=0))).all()


@settings(max_examples=40)
@given(SUMS, st.randoms(use_true_random=False), st.sampled_from([0.01, 7.25, 1000.0]))
def test_sums_in_any_order_and_currency(people: list[list[int]], dice: object, times: float) -> None:
    found, other = of_sums(people), of_sums(people, times)
    assert other.rank == pytest.approx(found.rank, nan_ok=True)
    assert other.p_value == pytest.approx(found.p_value, nan_ok=True, abs=1e-6)
    assert_in_range(found)
    order = list(range(len(people)))
    dice.shuffle(order)  # type: ignore[attr-defined]
    mixed = of_sums([people[at] for at in order])
    assert mixed.rank == pytest.approx(found.rank[order], nan_ok=True)
    assert mixed.shrunk == pytest.approx(found.shrunk[order], nan_ok=True, rel=1e-6, abs=1e-6)


@settings(max_examples=40)
@given(RATES)
def test_rates_of_few_cases_have_no_rank(people: list[list[int]]) -> None:
    found = of_rates(people)
    enough = np.array([of >= LEAST_CASES for _, of in people])
    assert (np.isfinite(found.rank) == (enough & (enough.sum() > 1))).all()  # nobody is first of one
    assert_in_range(found)
    known = np.isfinite(found.shrunk)
    assert ((found.low[known] <= found.shrunk[known] + 1e-9) & (found.shrunk[known] <= found.high[known] + 1e-9)).all()
