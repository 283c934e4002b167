"""Win rates at equal age, by hand; and how often chance is called a change where seasons move how old deals are."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import polars as pl
import pytest

from data.demo.company import Size, customers_of, reps_of
from data.demo.process import LOST, WON, deals_of
from data.demo.rhythm import AS_OF, Rhythm, number
from metrics.closed_ages import closed_ages, finished
from metrics.errors import NoPeriod
from metrics.period import Period
from metrics.proportions import differ
from metrics.view import View
from tests.metrics.conftest import answered, view

MARCH = view(preset="this_month", compare="previous")


def _put(store: duckdb.DuckDBPyConnection, closed: date, age: int | None, won: int, lost: int) -> None:
    store.execute(
        "insert into crm.deals (deal_id, status, amount, created_on, closed_on, push_count, is_gone)"
        " select $closed || '-' || coalesce($age, 0) || '-' || i, case when i < $won then 'won' else 'lost' end, 1,"
        " cast($closed as date) - cast($age as int), $closed, 0, false from range($won + $lost) as numbers(i)",
        {"closed": closed, "age": age, "won": won, "lost": lost},
    )


def test_what_differs_by_age_only_is_no_change_and_what_differs_at_each_age_is(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    """Young ones 10 of 100 and 5 of 50, old ones 40 of 50 and 80 of 100: 33 % and 57 % in all, 0 points at each age."""
    for closed, (young, old) in ((date(2026, 3, 3), (100, 50)), (date(2026, 2, 3), (50, 100))):
        _put(empty, closed, 20, young // 10, young - young // 10)
        _put(empty, closed, 90, old * 8 // 10, old * 2 // 10)
    told = answered(empty, closed_ages(MARCH))
    assert told.frame.row(0)[:3] == (150, 150, pytest.approx(0))
    assert told.frame["is_beyond_chance"].item() is False
    assert answered(empty, told.query.rows("before")).frame.height == 150
    _put(empty, date(2026, 3, 4), 88, 0, 60)
    worse = answered(empty, closed_ages(MARCH)).frame.row(0, named=True)
    # young: 100 · 50 ÷ 150 cases of no difference; old: 40 of 110 less 80 of 100, weighted 110 · 100 ÷ 210
    weights = (100 * 50 / 150, 110 * 100 / 210)
    assert worse["difference"] == pytest.approx((40 / 110 - 0.8) * weights[1] / sum(weights))
    assert worse["is_beyond_chance"] is True


def test_nothing_is_judged_without_ages_or_deals_of_the_same_age(empty: duckdb.DuckDBPyConnection) -> None:
    _put(empty, date(2026, 3, 3), 20, 40, 40)
    _put(empty, date(2026, 2, 3), 90, 10, 70)
    assert answered(empty, closed_ages(MARCH)).frame.row(0) == (80, 80, None, None, None, None)
    _put(empty, date(2026, 2, 4), 19, 10, 70)
    assert answered(empty, closed_ages(MARCH)).frame["is_beyond_chance"].item() is True
    _put(empty, date(2026, 3, 5), None, 9, 9)
    assert answered(empty, closed_ages(MARCH)).frame.row(0) == (80, 160, None, None, None, None)
    with pytest.raises(NoPeriod):
        closed_ages(view())


def test_companies_without_stories_are_told_a_change_once_in_twenty_times() -> None:
    """The running quarter of 20 companies against the days before it: with lost deals closing sooner than won ones and
    a holiday in between, two plain shares differ "beyond chance" in nearly all of them."""
    asked = View(as_of=AS_OF, preset="this_quarter", compare="previous")
    plain = at_age = 0
    for seed in range(1, 21):
        size = Size(20_000, stories=False, seed=seed)
        deals = deals_of(size, Rhythm(1.0), reps_of(size), customers_of(size))
        is_won, age, counts, rows = deals.status == WON, deals.closed - deals.created, list[int](), []
        for span, of in (("now", asked.period), ("before", asked.before)):
            assert isinstance(of, Period)
            is_in = (deals.closed >= number(of.from_on)) & (deals.closed <= min(number(of.to_on), number(AS_OF)))
            is_in &= is_won | (deals.status == LOST)
            counts += [int((is_in & is_won).sum()), int(is_in.sum())]
            for days in np.unique(age[is_in]):
                cell = is_in & (age == days)
                rows.append((span, None, int(days), int(cell.sum()), int((cell & is_won).sum())))
        plain += differ(*counts) < 0.05
        raw = pl.DataFrame(rows, ["span", "pipeline", "days", "closed", "won"], orient="row")
        at_age += finished(closed_ages(asked), [raw], [])["is_beyond_chance"].item()
    assert plain > 10
    assert at_age <= 3  # of 20 at 5 %: more has a probability below 2 %
