"""What goes into a forecast and what is left out: gaps, unfinished periods, returns, what cannot be carried on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest

from metrics.ahead import ahead, first_ahead, looked_back, methods, no_better
from metrics.errors import CannotForecast, NotForecastBy
from metrics.forecasters import History
from metrics.period import add_months
from metrics.query import Query, Result
from metrics.rolling import Past, judge
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered

DAY = date(2026, 3, 15)
SHAPE = (0.7, 0.8, 1.0, 1.1, 1.0, 1.2, 0.9, 0.9, 1.1, 1.0, 1.1, 1.2)
"""Of every year."""


def orders(connection: duckdb.DuckDBPyConnection, rows: list[tuple[date, float]], rep: int = 1) -> None:
    frame = pl.DataFrame(
        {
            "order_id": [f"{rep}-{number}" for number in range(len(rows))], "line_no": 1, "rep_key": rep,
            "ordered_on": [day for day, _ in rows], "amount": [value for _, value in rows], "is_return": False,
        },
        {"order_id": pl.String, "line_no": pl.Int64, "rep_key": pl.Int64, "ordered_on": pl.Date, "amount": pl.Float64,
         "is_return": pl.Boolean},
    )  # fmt: skip
    connection.register("made", frame.to_arrow())
    connection.execute("insert into crm.order_lines by name select * from made")
    connection.unregister("made")


def monthly(first: date, values: list[float]) -> list[tuple[date, float]]:
    return [(add_months(first, month), value) for month, value in enumerate(values)]


def of(connection: duckdb.DuckDBPyConnection, query: Query, viewer: Viewer = EVERYTHING) -> Result:
    return answered(connection, query, viewer)


def codes(result: Result) -> list[str]:
    return [note.code for note in result.notes]


VIEW = View(as_of=DAY)


@pytest.fixture
def shop(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Forty months of a season that grows by 1 % a month, and half of March 2026."""
    values = [1000 * 1.01**month * SHAPE[(month + 10) % 12] for month in range(40)]
    orders(empty, [*monthly(date(2022, 11, 1), values), (date(2026, 3, 10), 123.0)])
    return empty


def test_finished_months_stand_before_the_running_one_and_those_ahead(shop: duckdb.DuckDBPyConnection) -> None:
    found = of(shop, ahead(VIEW, "revenue", steps=3))
    told = found.frame.filter(pl.col("forecast").is_not_null())
    assert told["month"].to_list() == [date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)]
    assert told["revenue"].to_list() == [123.0, None, None], "the running month so far"
    assert told["is_partial"].to_list() == [True, False, False]
    assert found.frame.height == 43
    real = [1000 * 1.01**month * SHAPE[(month + 10) % 12] for month in (40, 41, 42)]
    rest = (12 + 0.4) / (22 + 0.9)
    assert told["forecast"].to_list() == pytest.approx([123 + rest * real[0], *real[1:]], rel=0.05)
    assert (told["at_least"] <= told["forecast"]).all()
    assert (told["forecast"] <= told["at_most"]).all()
    assert codes(found) == ["ahead_tried_seasonal_naive"]
    assert "80 %" in found.notes[0].text("en")


def test_a_month_that_has_brought_more_than_was_forecast_is_not_over(shop: duckdb.DuckDBPyConnection) -> None:
    orders(shop, [(date(2026, 3, 12), 4000.0)], rep=2)
    running = of(shop, ahead(VIEW, "revenue")).frame.filter("is_partial").row(0, named=True)
    assert running["revenue"] == 4123
    assert 4123 < running["forecast"] < running["at_most"]
    assert 4123 <= running["at_least"] < running["forecast"]


def test_a_month_without_sales_before_does_not_let_the_running_one_fall(shop: duckdb.DuckDBPyConnection) -> None:
    shop.execute("delete from crm.order_lines where ordered_on = date '2024-02-01'")
    orders(shop, [(date(2026, 3, 12), 4000.0)], rep=2)
    running = of(shop, ahead(VIEW, "revenue")).frame.filter("is_partial").row(0, named=True)
    assert 4123 <= running["at_least"] < running["forecast"] < running["at_most"]


def test_methods_are_told_with_their_errors_and_one_is_chosen(shop: duckdb.DuckDBPyConnection) -> None:
    frame = of(shop, methods(VIEW, "revenue")).frame
    assert frame["chosen"].sum() == 1
    assert frame["mase"].is_sorted()
    assert {"seasonal_naive", "growth", "theta", "combination", "smoothing"} <= set(frame["method"])
    chosen, simple = (
        frame.filter(one).item(0, "mase") for one in (pl.col("chosen"), pl.col("method") == "seasonal_naive")
    )
    assert chosen < simple


def test_forecasts_of_the_past_stand_beside_what_came(shop: duckdb.DuckDBPyConnection) -> None:
    frame = of(shop, looked_back(VIEW, "revenue")).frame
    came = of(shop, ahead(VIEW, "revenue")).frame.select("month", "revenue")
    assert frame.join(came, on="month").filter(pl.col("came_in") != pl.col("revenue")).is_empty()
    assert (frame["told_on"] < frame["month"]).all()
    inside = frame["came_in"].is_between(frame["at_least"], frame["at_most"])
    assert frame["is_inside"].to_list() == inside.to_list()


def test_the_rows_of_a_month_are_its_orders(shop: duckdb.DuckDBPyConnection) -> None:
    rows = of(shop, ahead(VIEW, "revenue").rows("revenue", month=date(2026, 3, 1))).frame
    assert rows["amount"].to_list() == [123.0]


def test_months_without_rows_are_nothing_also_the_last_ones(empty: duckdb.DuckDBPyConnection) -> None:
    sold = monthly(date(2024, 1, 1), [5.0] * 20)
    orders(empty, [row for row in sold if row[0].month != 2])
    frame = of(empty, ahead(VIEW, "revenue")).frame
    known = frame.filter(pl.col("month") < date(2026, 3, 1))
    assert known.height == 26, "January 2024 to February 2026"
    assert known["revenue"].sum() == 5 * 18
    assert known["revenue"].tail(6).sum() == 0


def test_a_first_period_that_data_begin_within_is_left_out_and_so_is_what_is_after_the_day(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    orders(empty, [(date(2024, 1, 20), 1.0), *monthly(date(2024, 2, 1), [9.0] * 25), (date(2026, 5, 1), 7.0)])
    found = of(empty, ahead(VIEW, "revenue"))
    assert found.frame.filter("is_left_out")["month"].to_list() == [date(2024, 1, 1)]
    assert found.frame["revenue"].drop_nulls().max() == 9
    assert found.frame.filter(pl.col("month") == date(2026, 5, 1)).item(0, "revenue") is None
    beginning = of(empty, ahead(VIEW.with_filter("rep", "nobody"), "revenue"))
    assert beginning.frame.get_column("revenue").drop_nulls().is_empty()


def test_a_short_series_is_refused_with_the_reason(empty: duckdb.DuckDBPyConnection) -> None:
    orders(empty, monthly(date(2025, 5, 1), [4.0] * 10))
    found = of(empty, ahead(VIEW, "revenue"))
    assert codes(found) == ["ahead_short"]
    assert "12" in found.notes[0].text("en")
    assert "10" in found.notes[0].text("zh-CN")
    assert found.frame["forecast"].null_count() == found.frame.height
    assert of(empty, methods(VIEW, "revenue")).frame.is_empty()
    assert of(empty, looked_back(VIEW, "revenue")).frame.is_empty()


def test_nothing_and_nothing_but_zeros_are_refused(empty: duckdb.DuckDBPyConnection) -> None:
    assert codes(of(empty, ahead(VIEW, "revenue"))) == ["ahead_short"]
    orders(empty, [(date(2026, 3, 10), 9.0)])
    for grain, code in (("month", "ahead_short"), ("week", "ahead_short_week")):
        found = of(empty, ahead(VIEW, "revenue", grain))
        assert codes(found) == [code], "nothing but the running one"
        assert ("by week" in found.notes[0].text("en")) is (grain == "month"), "weeks are no way out of weeks"
        left = of(empty, ahead(VIEW.with_filter("rep", "nobody"), "revenue", grain))
        assert codes(left) == ["ahead_short_filtered"], "more may be on record"
        assert "Upload" not in left.notes[0].text("en")
        assert "上传" not in left.notes[0].text("zh-CN")
    empty.execute("delete from crm.order_lines")
    orders(empty, monthly(date(2024, 1, 1), [0.0] * 26))
    assert codes(of(empty, ahead(VIEW, "revenue"))) == ["ahead_nothing"]


def test_a_single_season_and_returns_fall_back_and_say_so(empty: duckdb.DuckDBPyConnection) -> None:
    orders(empty, monthly(date(2024, 9, 1), [float(10 + 3 * month % 7) for month in range(17)] + [-4.0]))
    found = of(empty, ahead(VIEW, "revenue"))
    assert {"ahead_no_season", "ahead_added"} <= set(codes(found))
    assert found.frame["forecast"].drop_nulls().len() == 3


def test_of_a_few_forecasts_of_the_past_no_error_is_told(empty: duckdb.DuckDBPyConnection) -> None:
    orders(empty, monthly(date(2024, 9, 1), [float(10 + 3 * month % 7) for month in range(18)]))
    found = of(empty, ahead(VIEW, "revenue"))
    tried = of(empty, looked_back(VIEW, "revenue")).frame.height
    assert 0 < tried < 10
    (untried,) = (note for note in found.notes if note.code == "ahead_untried")
    assert f"{tried} forecasts" in untried.text("en")
    assert "ahead_not_better" not in codes(found)


def test_where_the_simplest_lay_closer_on_a_few_days_that_is_said(empty: duckdb.DuckDBPyConnection) -> None:
    """A level that jumps once: the last value follows at once, smoothings lag behind."""
    orders(empty, monthly(date(2025, 1, 1), [10.0] * 7 + [90.0] * 7))
    found, tried = of(empty, ahead(VIEW, "revenue")), of(empty, methods(VIEW, "revenue")).frame
    by_name = dict(tried.filter(pl.col("calendar") == "none").select("method", "mase").iter_rows())
    assert by_name["naive"] < tried.filter("chosen")["mase"].item()
    assert "ahead_simple_closer" in codes(found)


def test_what_is_no_better_than_the_simplest_says_so_beside_the_forecast_and_the_past(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    """A level that moves by chance alone, which a year before had happened to be much the same."""
    values = 1_000 * np.exp(np.cumsum(0.3 * np.random.default_rng(30).standard_normal(62)))
    orders(empty, [(date(2025, 1, 6) + timedelta(weeks=week), value) for week, value in enumerate(values.tolist())])
    for asked in (ahead(VIEW, "revenue", "week"), looked_back(VIEW, "revenue", "week")):
        assert [code for code in codes(of(empty, asked)) if code.startswith("ahead_not_better")]


def test_errors_that_only_mase_makes_smaller_are_no_better() -> None:
    """Early looks by half the simplest's error, late ones, worth more, by a tenth more: MASE 0.8 of it, money 1.04."""
    judged = judge(History((1.0, 2.0) * 10, (30,) * 23, (20,) * 23, (0,) * 23, 12), 3)
    assert judged is not None
    method = judged.chosen
    early = Past(10, 0, method, 105.0, 0.0, 200.0, 100.0, 110.0, 10.0)
    late = Past(15, 0, method, 1_110.0, 0.0, 2_000.0, 1_000.0, 1_100.0, 100.0)
    (said,) = no_better(replace(judged, past=(early, late) * 5))
    assert said.code == "ahead_not_better_off"
    assert dict(said.params) == {"off": "10.5 %", "simple": "10.0 %"}
    assert not no_better(replace(judged, past=(early,) * 10))
    assert [one.code for one in no_better(replace(judged, past=(late,) * 10))] == ["ahead_not_better"]


def test_weeks_begin_where_the_company_says(shop: duckdb.DuckDBPyConnection) -> None:
    assert first_ahead(VIEW, "week") == date(2026, 3, 16), "the day is a Sunday: its week is over"
    sunday = View(as_of=DAY, week_start=7)
    assert first_ahead(sunday, "week") == DAY
    frame = of(shop, ahead(VIEW, "revenue", "week", 2)).frame
    assert frame["week"].tail(2).to_list() == [date(2026, 3, 16), date(2026, 3, 23)]
    assert not frame["is_partial"].any()


def test_a_look_from_the_past_knows_nothing_later(shop: duckdb.DuckDBPyConnection) -> None:
    then = VIEW.seen_on(date(2025, 12, 31))
    told = of(shop, ahead(then, "revenue")).frame.filter(pl.col("forecast").is_not_null())
    assert told["month"].to_list() == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    shop.execute("delete from crm.order_lines where ordered_on > date '2025-12-31'")
    assert of(shop, ahead(then, "revenue")).frame.filter(pl.col("forecast").is_not_null()).equals(told)


def test_who_sees_less_forecasts_less(shop: duckdb.DuckDBPyConnection) -> None:
    orders(shop, monthly(date(2022, 11, 1), [70.0] * 40), rep=2)
    own = of(shop, ahead(VIEW, "revenue"), Viewer(email="b@c", name="B", scope="rep", teams=(), rep_keys=(2,)))
    assert own.frame["forecast"].drop_nulls().to_list() == pytest.approx([12.4 / 22.9 * 70, 70, 70]), (
        "the rest of March, whole April"
    )


def test_states_rates_and_other_grains_cannot_be_carried_on() -> None:
    for name in ("win_rate", "open_amount", "attainment", "cycle_days"):
        with pytest.raises(CannotForecast) as refused:
            ahead(VIEW, name)
        assert refused.value.text("zh-CN").startswith("“")
    with pytest.raises(NotForecastBy):
        ahead(VIEW, "revenue", "quarter")
