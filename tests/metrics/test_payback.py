"""How long a channel is followed: one cohort speaks for all its months, at least half of its days old."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.payback import MONTH, MOST_MONTHS, cohort_months, payback
from tests.metrics.conftest import answered, view

JAN, TODAY = date(2026, 1, 1), date(2026, 6, 30)


def test_all_months_of_a_channel_speak_of_one_cohort(empty: duckdb.DuckDBPyConnection) -> None:
    """Cost of one a day for a year; the first half year brings nothing, the last month a quick win of 900.

    Held against the young days alone, it was won back in its first month, and 0 × after six.
    """
    empty.execute("insert into crm.campaigns values ('w', 'W', 'web', '2025-07-01', '2026-06-30', 365)")
    for deal, day in (("old", "2025-07-10"), ("new", "2026-05-20")):
        empty.execute(
            "insert into crm.deals (deal_id, source, created_on, status, closed_on, amount, push_count, is_gone)"
            " values (?, 'web', ?, 'won', cast(? as date) + 10, ?, 0, false)",
            [deal, day, day, 900 if deal == "new" else 100],
        )
    year = view(as_of=TODAY, from_on=date(2025, 7, 1), to_on=TODAY)
    frame = answered(empty, payback(year)).frame
    assert frame["after_months"].to_list() == [1, 2, 3, 4, 5, 6]  # 183 of 365 days are so old: until 1 January
    assert frame["cost"].to_list() == pytest.approx([185] * 6)
    assert frame["won_money"].to_list() == [100] * 6
    assert not frame["is_back"].any()


@given(st.integers(1, 900), st.integers(0, 900))
def test_a_cohort_is_at_least_half_of_the_days_and_as_long_a_look_as_that_allows(days: int, since: int) -> None:
    """Of a channel of so many days, so many days after its last one."""
    first, last = JAN, JAN + timedelta(days=days - 1)
    asked = view(as_of=last + timedelta(days=since), from_on=first, to_on=last)

    def old(months: int) -> int:
        return min(days, days + since - MONTH * months)

    found = cohort_months(first, asked)
    assert 0 <= found <= MOST_MONTHS
    assert not found or old(found) >= min(MONTH, days)
    assert found <= 1 or old(found) * 2 >= days
    more = found + 1
    assert found == MOST_MONTHS or old(more) < min(MONTH, days) or (found and old(more) * 2 < days)
