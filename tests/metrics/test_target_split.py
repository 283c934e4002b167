"""A target broken down: the parts are the whole to the cent, whatever the shares and whatever is set by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.catalog import measure
from metrics.target import Span, parts_of
from metrics.target_split import (
    TargetNotSplit,
    by_history,
    by_presence,
    by_workdays,
    difference,
    overridden,
    places,
    split,
    splittable,
)
from metrics.workdays import Workdays

cents = st.integers(0, 10**13).map(lambda units: float(Decimal(units).scaleb(-2)))
weights = st.lists(st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=60)


def added(parts: list[float]) -> Decimal:
    return sum((Decimal(str(part)) for part in parts), Decimal(0))


@given(cents, weights)
def test_parts_add_up_to_the_cent(value: float, shares: list[float]) -> None:
    parts = split(value, shares)
    assert added(parts) == Decimal(str(value))
    assert all(part >= 0 for part in parts)


@given(cents, weights)
def test_no_part_is_a_cent_away_from_its_share(value: float, shares: list[float]) -> None:
    whole = sum(map(Decimal, shares))
    if whole == 0:
        return
    for part, share in zip(split(value, shares), shares, strict=True):
        assert abs(Decimal(str(part)) - Decimal(str(value)) * Decimal(share) / whole) < Decimal("0.0101")


@settings(max_examples=80)
@given(st.data(), cents)
def test_a_random_tree_adds_up_on_every_level(data: st.DataObject, value: float) -> None:
    """Company over teams over people over months: every level is the whole."""
    teams = split(value, data.draw(weights))
    people = [
        part for team in teams for part in split(team, data.draw(st.lists(st.floats(0, 9), min_size=1, max_size=4)))
    ]
    assert added(people) == added(teams) == Decimal(str(value))


@settings(max_examples=80)
@given(st.data(), cents, weights)
def test_what_is_set_by_hand_leaves_a_difference_or_is_spread(
    data: st.DataObject, value: float, shares: list[float]
) -> None:
    parts = split(value, shares)
    changed = data.draw(st.dictionaries(st.integers(0, len(parts) - 1), cents, max_size=len(parts)))
    left = overridden(value, parts, changed)
    assert added(left) + Decimal(str(difference(value, left))) == Decimal(str(value))
    spread = overridden(value, parts, changed, spread=True)
    assert all(spread[place] == given for place, given in changed.items())
    if len(changed) < len(parts) and added(list(changed.values())) <= Decimal(str(value)):
        assert difference(value, spread) == 0


def test_thirds_by_hand() -> None:
    assert split(100, [1, 1, 1]) == [33.34, 33.33, 33.33]
    assert split(10, [1, 1, 1], 0) == [4, 3, 3]
    assert split(1, [0, 0]) == [0.5, 0.5]
    assert split(5, []) == []


def test_an_override_by_hand() -> None:
    parts = split(300, [1, 1, 1])
    assert overridden(300, parts, {0: 150}) == [150, 100, 100]
    assert difference(300, [150, 100, 100]) == -50
    assert overridden(300, parts, {0: 150}, spread=True) == [150, 75, 75]
    assert overridden(300, parts, {0: 350}, spread=True) == [350, 0, 0]
    assert difference(0.3, [0.1, 0.1, 0.1]) == 0  # of floats it would be -5.6e-17


def test_parts_are_cents_whole_deals_or_as_fine_as_the_target() -> None:
    assert places(measure("won_amount"), 100) == 2
    assert places(measure("won_deals"), 100) == 0
    assert places(measure("won_deals"), 10.5) == 1


def test_a_rate_is_not_split() -> None:
    with pytest.raises(TargetNotSplit) as refused:
        splittable("win_rate")
    assert "赢单率" in refused.value.text("zh-CN")


def calendar_of_february() -> Workdays:
    """February 2026 as China worked: 16–20 and 23 are the Spring Festival, Saturday 14 and 28 are worked instead."""
    first = date(2026, 2, 1)
    days = [first + timedelta(days=place) for place in range(28)]
    off = {date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23)}
    worked = {date(2026, 2, 14), date(2026, 2, 28)}
    return Workdays(tuple(day for day in days if day in worked or (day.isoweekday() < 6 and day not in off)))


def test_the_week_of_the_spring_festival_gets_nothing() -> None:
    days = calendar_of_february()
    weeks = parts_of(Span(date(2026, 2, 1), date(2026, 2, 28)), "week")
    assert by_workdays(weeks, days) == [0, 5, 6, 0, 5]  # 1 Feb is a Sunday; 9–14 has six days
    assert split(1600, by_workdays(weeks, days)) == [0, 500, 600, 0, 500]


def test_who_comes_in_the_middle_gets_the_days_they_are_there() -> None:
    days = calendar_of_february()
    month = Span(date(2026, 2, 1), date(2026, 2, 28))
    assert by_presence(month, [(None, None), (date(2026, 2, 24), None), (None, date(2026, 2, 6))], days) == [16, 5, 5]


def test_who_has_no_history_counts_as_the_others_do() -> None:
    assert by_history([300.0, 100.0, None, -20.0]) == [300, 100, pytest.approx(400 / 3), 0]
    assert by_history([None, None]) == [0, 0], "nothing to go by: the parts are alike"


def test_a_part_set_by_hand_is_whole_cents_and_leaves_no_half_of_one() -> None:
    now = overridden(600, [200.0, 200.0, 200.0], {0: 200.005})
    assert now == [200.0, 200.0, 200.0]
    assert difference(600, now) == 0
    assert overridden(600, [200.0, 200.0, 200.0], {0: 200.016}, spread=True) == [200.02, 199.99, 199.99]


def test_weeks_are_cut_at_the_ends_of_what_is_split() -> None:
    """A month's weeks lie in it; a year's are whole but for its own ends: 2026 has 53."""
    year = Span(date(2026, 1, 1), date(2026, 12, 31))
    whole = parts_of(year, "week")
    assert (len(whole), [week.days for week in (whole[0], whole[1], whole[-1])]) == (53, [4, 7, 4])
    cut = [week for quarter in parts_of(year, "quarter") for month in parts_of(quarter, "month")
           for week in parts_of(month, "week")]  # fmt: skip
    for parts in (whole, cut):
        assert sum(part.days for part in parts) == 365
        assert sum(round(part * 100) for part in split(1_000_000.01, [1.0] * len(parts))) == 100_000_001
    months = parts_of(year, "month")
    assert all(sum(month.holds(week) for month in months) == 1 for week in cut)
    assert any(not any(month.holds(week) for month in months) for week in whole)
