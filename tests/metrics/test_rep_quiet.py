"""Whose activity broke off: by hand, and only beyond a person's own rhythm and the others' course."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from metrics.rep_quiet import BACK, broken, told_until
from metrics.workdays import Workdays

SINCE, AT = date(2026, 3, 8), date(2026, 3, 15)  # two Sundays
_FIRST = SINCE - timedelta(weeks=BACK)
DAYS = Workdays(
    tuple(day for day in (_FIRST + timedelta(days=at) for at in range(200)) if day.isoweekday() < 6)
)  # fmt: skip


def _done(**people: tuple[int, int]) -> pl.DataFrame:
    """So many touches each week before, and since: on its Wednesday."""
    rows = [
        {"rep": rep, "day": SINCE + timedelta(days=3 - 7 * back), "activities": now if back == 0 else before}
        for rep, (before, now) in people.items()
        for back in range(BACK + 1)
        if (now if back == 0 else before)
    ]
    return pl.DataFrame(rows, {"rep": pl.String, "day": pl.Date, "activities": pl.Int64})


def test_who_stops_is_told_and_who_goes_on_is_not() -> None:
    found = broken(_done(Ann=(30, 2), Bob=(30, 29), Cal=(30, 31)), DAYS, SINCE, AT, {})
    assert found.filter("is_broken")["rep"].to_list() == ["Ann"]
    ann = found.row(0, named=True)
    assert (ann["rep"], ann["count"]) == ("Ann", 2)
    # 30 a week as ever, while the fewer than a hundred of the others are no course to follow
    assert ann["expected"] == pytest.approx(30)
    error = (30 * (1 + 1 / BACK)) ** 0.5  # of a Poisson course, and of its mean
    assert (ann["low"], ann["high"]) == pytest.approx((30 - 1.28155 * error, 30 + 1.28155 * error), abs=1e-3)


def test_where_all_do_less_nobody_stands_out() -> None:
    half = _done(Ann=(60, 30), Bob=(60, 31), Cal=(60, 29), Dan=(60, 30))
    found = broken(half, DAYS, SINCE, AT, {})
    assert found.height == 4
    assert not found["is_broken"].any()
    # what is expected of Ann follows the others: 60 × 90/180
    assert dict(found.select("rep", "expected").iter_rows())["Ann"] == pytest.approx(30)


def test_holidays_are_no_silence() -> None:
    worked = Workdays(tuple(day for day in DAYS.days if not SINCE < day <= AT or day.isoweekday() == 1))
    found = broken(_done(Ann=(30, 6)), worked, SINCE, AT, {})
    assert found["expected"].to_list() == pytest.approx([6])
    assert not found["is_broken"].any()
    none = Workdays(tuple(day for day in DAYS.days if not SINCE < day <= AT))
    assert broken(_done(Ann=(30, 0)), none, SINCE, AT, {}).is_empty()


def test_of_the_few_and_the_new_nothing_is_claimed() -> None:
    assert broken(_done(Ann=(4, 0)), DAYS, SINCE, AT, {}).is_empty(), "four were to be expected"
    came = SINCE - timedelta(weeks=7)
    assert broken(_done(Ann=(30, 0)), DAYS, SINCE, AT, {"Ann": came}).is_empty(), "seven weeks are no rhythm"
    assert broken(_done(), DAYS, SINCE, AT, {}).is_empty()


def test_bursts_widen_what_is_usual() -> None:
    even = broken(_done(Ann=(20, 5)), DAYS, SINCE, AT, {}).row(0, named=True)
    before = pl.when(pl.col("day").dt.week() % 2 == 0).then(38).otherwise(2)
    bursts = _done(Ann=(20, 5)).with_columns(activities=pl.when(pl.col("day") > SINCE).then(5).otherwise(before))
    uneven = broken(bursts, DAYS, SINCE, AT, {}).row(0, named=True)
    assert even["is_broken"]
    assert not uneven["is_broken"]
    assert uneven["p_value"] > even["p_value"]


def test_days_that_are_not_loaded_yet_are_not_counted() -> None:
    done = _done(Ann=(30, 10))
    assert told_until(done, SINCE, AT) == SINCE + timedelta(days=3)
    assert told_until(done.filter(pl.col("day") <= SINCE), SINCE, AT) is None
