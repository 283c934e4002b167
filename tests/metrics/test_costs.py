"""What campaigns cost, spread over their days."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from metrics.costs import within

JAN, TODAY = date(2026, 1, 1), date(2026, 6, 30)


def test_a_campaign_is_spread_over_its_days() -> None:
    listed = pl.DataFrame({"source": ["a", "a", "b"], "starts_on": [JAN, JAN + timedelta(days=8), None],
                           "ends_on": [JAN + timedelta(days=9), None, None], "cost": [100, 7, 5]})  # fmt: skip
    listed = listed.with_columns(pl.col("ends_on").cast(pl.Date), pl.col("starts_on").cast(pl.Date))
    some = dict(within(listed, JAN + timedelta(days=5), JAN + timedelta(days=7)).rows())
    assert some == {"a": pytest.approx(30), "b": 0}
    all_of = dict(within(listed, date(1900, 1, 1), TODAY, undated=True).rows())
    assert all_of == {"a": pytest.approx(107), "b": 5}
