"""Of which days each report is, on which day of the store."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from data.errors import StoreHoldsNothing
from data.review.agenda import agenda
from data.review.kinds import asked_as
from data.review.taken import KINDS, Kind, report
from data.store import Snapshot, Store
from metrics.viewer import EVERYTHING
from tests.small import small_store


def days(kind: str, day: date) -> tuple[date, date, date, date]:
    """First and last day of the period, the day it is seen from, and that of changes."""
    with small_store().snapshot() as seen:
        asked = asked_as(kind, seen, EVERYTHING, "en", as_of=day)  # type: ignore[arg-type]
    assert asked.view.period
    assert asked.view.compare == "previous"
    return asked.view.period.from_on, asked.view.period.to_on, asked.view.as_of, asked.since


@pytest.mark.parametrize(
    ("day", "month"), [((2025, 3, 31), 3), ((2025, 4, 1), 3), ((2025, 4, 29), 3), ((2025, 4, 30), 4)]
)
def test_monthly_is_the_last_month_that_is_over(day: tuple[int, int, int], month: int) -> None:
    first = date(2025, month, 1)
    last = date(2025, month + 1, 1) - timedelta(days=1)
    assert days("monthly", date(*day)) == (first, last, last, first - timedelta(days=1))


def test_quarterly_is_the_last_quarter_that_is_over() -> None:
    quarter = (date(2025, 1, 1), date(2025, 3, 31), date(2025, 3, 31), date(2024, 12, 31))
    assert days("quarterly", date(2025, 4, 1)) == quarter
    assert days("quarterly", date(2025, 3, 31)) == quarter
    assert days("quarterly", date(2025, 6, 29)) == quarter


def test_weekly_is_the_review_itself() -> None:
    assert days("weekly", date(2025, 4, 10)) == (
        date(2025, 4, 1), date(2025, 6, 30), date(2025, 4, 10), date(2025, 4, 3)
    )  # fmt: skip


def test_daily_is_this_month_since_the_upload_before() -> None:
    with small_store().snapshot() as seen:
        told = seen.frame("select distinct as_of from ops.uploads where as_of is not null order by as_of")
        uploads = told["as_of"].to_list()
        day = seen.as_of
        assert day is not None
        asked = asked_as("daily", seen, EVERYTHING, "en")
    earlier = [one for one in uploads if one < day]
    assert asked.since == (earlier[-1] if earlier else day - timedelta(days=1))
    assert asked.view.preset == "this_month"
    assert days("daily", date(2021, 5, 5))[3] == date(2021, 5, 4), "before any upload: the day before"


def test_a_day_can_be_named() -> None:
    with small_store().snapshot() as seen:
        asked = asked_as("monthly", seen, EVERYTHING, "en", as_of=date(2025, 4, 1), since=date(2025, 2, 3))
    assert asked.since == date(2025, 2, 3)


def test_a_store_without_a_day_says_so(store: Store) -> None:
    with store.snapshot() as seen, pytest.raises(StoreHoldsNothing):
        _ask(seen)


def _ask(seen: Snapshot) -> None:
    asked_as("daily", seen, EVERYTHING, "en")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("day", [date(2026, 4, 1), date(2026, 5, 1)])
def test_on_the_first_of_a_month_or_quarter_each_kind_can_be_made(kind: Kind, day: date) -> None:
    """Where the export of that morning is loaded: days of a month and a quarter that has only begun, too."""
    with small_store().snapshot() as seen:
        asked = asked_as(kind, seen, EVERYTHING, "en", as_of=day)
        told = report(asked, kind)
    period = asked.view.period
    assert period is not None
    month, quarter = date(2026, day.month - 1, 1), date(2026, 4, 1)
    begun = {"daily": day, "weekly": quarter, "monthly": month, "quarterly": date(2026, 1, 1)}[kind]
    assert (period.from_on, asked.is_over) == (begun, kind in ("monthly", "quarterly"))
    assert all(one.finding and "—" not in one.finding for one in told.chapters)
    assert {"results", "changes", "funnel"} <= {one.step for one in told.chapters}


@pytest.mark.parametrize("kind", ["daily", "weekly"])
def test_on_the_last_day_of_a_quarter_no_step_is_missing(kind: Kind) -> None:
    """As in the meeting of that day: where it lands, and which deals to talk about."""
    with small_store().snapshot() as seen:
        asked = asked_as(kind, seen, EVERYTHING, "en", as_of=date(2026, 3, 31))
        told = report(asked, kind)
        on = [one.id for one in agenda(seen) if one.is_on]
    assert asked.is_over
    assert [one.step for one in told.chapters] == on
    assert all(one.finding for one in told.chapters)


def test_a_month_whose_last_days_were_never_loaded_is_not_over() -> None:
    """Today is the store's day: on the 1st, with an export of the 28th, the report is still of the month before."""
    assert days("monthly", date(2026, 3, 28))[:2] == (date(2026, 2, 1), date(2026, 2, 28))
