"""Festivals laid on each other: a fall that all have, a week that one has alone, and nothing where nothing happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest

from data.calendar import calendar
from metrics.catalog import measure
from metrics.errors import MeasureNotAddedUp
from metrics.festival import AFTER, BEFORE, festival, judged
from metrics.query import Result
from tests.metrics.conftest import answered, view

FESTIVALS = (date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17))
TODAY = date(2026, 6, 30)
WEEK = timedelta(days=7)
CHINA = calendar(2022, 2027, "CN", 1, 1)


def sold(
    connection: duckdb.DuckDBPyConnection, factor: Callable[[date, int], float], seed: int = 1, country: str = "CN"
) -> None:
    """Order lines on every working day since April 2023; `factor` of the usual, by day and days to the festival."""
    rng = np.random.default_rng(seed)
    days = CHINA.filter(pl.col("is_workday") & pl.col("day").is_between(date(2023, 4, 1), TODAY))
    rows = [
        (day, f"o{at}", round(rng.normal(1000, 60) * factor(day, to), 2))
        for at, (day, to) in enumerate(days.select("day", "days_to_festival").iter_rows())
    ]
    frame = pl.DataFrame(rows, schema=["ordered_on", "order_id", "amount"], orient="row")
    known = CHINA if country == "CN" else calendar(2022, 2027, country, 1, 1)
    for table, given in (
        ("calendar", known),
        ("order_lines", frame.with_columns(line_no=1, quantity=1, is_return=False)),
    ):
        connection.execute(f"delete from crm.{table}")
        connection.register("given", given.to_arrow())
        connection.execute(f"insert into crm.{table} by name from given")
        connection.unregister("given")


def asked(connection: duckdb.DuckDBPyConnection, measure: str = "revenue", step: str = "week") -> Result:
    return answered(connection, festival(measure, view(as_of=TODAY), step))


def test_a_fall_that_all_festivals_have(empty: duckdb.DuckDBPyConnection) -> None:
    sold(empty, lambda _, to: 0.3 if -14 <= to < 14 else 1)
    frame = asked(empty).frame
    assert sorted(frame["year"].unique()) == [2024, 2025, 2026]
    assert sorted(frame.filter("is_low")["step"].unique()) == [-2, -1, 1]  # the week itself is off
    assert frame["is_other"].sum() <= 1  # a false alarm, as one company in twenty has
    low = frame.filter(pl.col("is_low"))
    assert low["level"].to_list() == pytest.approx([0.3] * low.height, abs=0.05)
    week = frame.filter((pl.col("year") == 2026) & (pl.col("step") == -1)).row(0, named=True)
    assert (week["from_on"], week["to_on"], week["workdays"]) == (date(2026, 2, 10), date(2026, 2, 16), 5)
    by_hand = empty.sql(
        "select sum(amount)::double from crm.order_lines where ordered_on between '2026-02-10' and '2026-02-16'"
    ).fetchall()[0][0]
    assert week["revenue"] == pytest.approx(by_hand)
    assert week["per_day"] == pytest.approx(by_hand / 5)


def test_a_week_that_one_festival_has_alone(empty: duckdb.DuckDBPyConnection) -> None:
    missing = date(2026, 3, 24), date(2026, 3, 30)  # the fifth week after
    sold(empty, lambda day, to: (0.3 if -14 <= to < 14 else 1) * (0.4 if missing[0] <= day <= missing[1] else 1))
    frame = asked(empty).frame
    assert frame.filter("is_other").select("year", "step").rows() == [(2026, 5)]
    assert frame.filter("is_other").item(0, "from_on") == missing[0]


def test_holidays_alone_are_no_fall(empty: duckdb.DuckDBPyConnection) -> None:
    for seed in range(5):
        sold(empty, lambda _day, _to: 1, seed)
        frame = asked(empty).frame
        assert not frame["is_low"].any(), seed
        assert frame["is_other"].sum() <= 1


@pytest.mark.parametrize("has_fall", [False, True])
def test_false_alarms_are_as_rare_as_the_page_says(has_fall: bool) -> None:
    """What `question.festival_help` states, on noise of 15 % in which all festivals are alike."""
    rng = np.random.default_rng(11)
    grid = [(year, place) for year in (2024, 2025, 2026) for place in range(-BEFORE, AFTER + 1)]
    lows = others = 0
    for noise in rng.normal(100, 15, (200, len(grid))):
        rows = [
            (*at, 5 if at[1] else 0, value * (0.3 if has_fall and -2 <= at[1] < 2 else 1), False)
            for at, value in zip(grid, noise, strict=True)
        ]
        frame = pl.DataFrame(rows, schema=["year", "step", "workdays", "per_day", "is_partial"], orient="row")
        found = judged(frame, measure("revenue"))
        lows += sorted(found.filter("is_low")["step"].unique()) != ([-2, -1, 1] if has_fall else [])
        others += bool(found["is_other"].any())
    assert lows / 200 <= 0.04
    assert others / 200 <= 0.09  # one in twenty, give or take


def test_days_are_counted_from_the_festival_too(empty: duckdb.DuckDBPyConnection) -> None:
    sold(empty, lambda _day, _to: 1)
    frame = asked(empty, step="day").frame
    assert frame.filter(pl.col("step") == 0)["from_on"].to_list() == list(FESTIVALS)
    assert frame["step"].min() == -28
    day = frame.filter((pl.col("year") == 2026) & (pl.col("step") == -3)).row(0, named=True)
    assert (day["from_on"], day["workdays"]) == (date(2026, 2, 14), 1)  # a Saturday that is made up for
    assert not frame["is_low"].any()


def test_where_there_is_no_festival_nothing_is_laid(empty: duckdb.DuckDBPyConnection) -> None:
    sold(empty, lambda _day, _to: 1, country="GB")
    found = asked(empty)
    assert found.frame.is_empty()
    assert [note.code for note in found.notes] == ["no_festival"]
    with pytest.raises(MeasureNotAddedUp):
        festival("active_customers", view(as_of=TODAY))


def test_rates_are_made_anew_from_their_parts(company: duckdb.DuckDBPyConnection) -> None:
    company.execute("update crm.calendar set festival = 'New Year', days_to_festival = 0 where day = '2026-02-17'")
    company.execute("insert into crm.deals (deal_id, status, amount, closed_on, push_count, is_gone)"
                    " values ('x', 'lost', 5, '2026-02-17', 0, false), ('y', 'won', 5, '2026-02-18', 0, false),"
                    " ('z', 'lost', 5, '2026-02-19', 0, false)")  # fmt: skip
    frame = answered(company, festival("win_rate", view())).frame
    week = frame.filter(pl.col("step") == 0).row(0, named=True)
    assert (week["win_rate"], week["win_rate.n"]) == (pytest.approx(1 / 3), 3)
    last = frame.filter(pl.col("step") == 3).row(0, named=True)
    assert last["is_partial"], "the view's day lies in it"
