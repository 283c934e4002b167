"""Every kind of measure on ten deals, each expected number worked out beside it."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.cuts import breakdown, breakdowns, cut, pivot, total, trend, values_of
from metrics.errors import MeasureNotBy, NotABucket, NothingAsked, UnknownMeasure
from metrics.query import Result
from tests.metrics.conftest import Ask, view

QUARTER = {"from_on": date(2026, 1, 1), "to_on": date(2026, 3, 31)}


def one(result: Result) -> dict[str, object]:
    """The only row of a total."""
    assert result.frame.height == 1
    return result.frame.row(0, named=True)


def codes(result: Result) -> list[tuple[str, object]]:
    return [(note.code, note["measure"]) for note in result.notes]


def test_flows_of_all_time(ask: Ask) -> None:
    # won: d01 100, d02 250.55, d04 40, d06 500; lost: d03, d05, d07; ten created, two without a day
    row = one(ask(total(("won_amount", "won_deals", "lost_deals", "closed_deals", "created_deals"), view())))
    assert row == {
        "won_amount": 890.55,
        "won_deals": 4,
        "lost_deals": 3,
        "closed_deals": 7,
        "created_deals": 10,
    }


def test_flows_of_a_period_count_by_their_own_day(ask: Ask) -> None:
    # closed in Q1: d01 d02 d04 won (390.55), d03 d07 lost; created in Q1: d01 d02 d03 d08 d10
    row = one(ask(total(("won_amount", "closed_deals", "created_deals"), view(**QUARTER))))
    assert row == {"won_amount": 390.55, "closed_deals": 5, "created_deals": 5}


def test_rows_without_a_day_are_said(ask: Ask) -> None:
    result = ask(total(("created_deals", "won_deals"), view(**QUARTER)))
    (said,) = result.notes
    assert (said.code, said["measure"], said["count"]) == ("undated", "created_deals", 2)
    assert said.text("en") == "Deals created: the period leaves out what has no creation date (deals: 2)."
    assert said.text("zh-CN") == "新增商机数：有 2 条商机没有创建日期，未计入所选时间段。"
    assert ask(total("created_deals", view())).notes == ()


def test_rates_have_an_interval_where_one_is_part_of_the_other(ask: Ask) -> None:
    row = one(ask(total(("win_rate", "win_rate_created", "average_won_amount"), view())))
    assert row["win_rate"] == pytest.approx(4 / 7)
    assert row["win_rate.n"] == 7
    assert row["win_rate.low"] < 4 / 7 < row["win_rate.high"]  # type: ignore[operator]
    assert row["win_rate_created"] == pytest.approx(4 / 10)
    assert row["average_won_amount"] == pytest.approx(890.55 / 4)
    assert "average_won_amount.low" not in row


def test_median_of_the_cycle(ask: Ask) -> None:
    # 15, 20, 35, 50, 75, 91 (d07 has none): between 35 and 50
    assert one(ask(total("cycle_days", view())))["cycle_days"] == 42.5


def test_a_rate_refuses_where_its_denominator_lies(ask: Ask) -> None:
    # all time: d03 80 and d07 60 have amounts, so the rate is 890.55 ÷ 1030.55
    assert one(ask(total("win_rate_amount", view())))["win_rate_amount"] == pytest.approx(890.55 / 1030.55)
    # December 2025: only d05 was lost, without an amount
    result = ask(total(("win_rate_amount", "won_amount"), view(from_on=date(2025, 12, 1), to_on=date(2025, 12, 31))))
    assert one(result) == {"win_rate_amount": None, "won_amount": 500.0}
    assert codes(result) == [("refused", "win_rate_amount")]
    assert "100 %" in result.notes[0].text("en")


def test_a_ratio_of_two_tables_joins_after_each_is_counted(ask: Ask) -> None:
    result = ask(breakdown("activities_per_won_deal", "team", view(**QUARTER)))
    rows = dict(result.frame.iter_rows())
    assert rows == {"North": pytest.approx(2 / 3), "South": None}  # South: one activity, nothing won in the quarter


def test_orders(ask: Ask) -> None:
    asked = (
        "revenue",
        "orders",
        "units",
        "gross_margin",
        "active_customers",
        "average_order_value",
        "gross_margin_rate",
    )
    row = one(ask(total(asked, view())))
    assert row["revenue"] == 300.55
    assert (row["orders"], row["units"], row["active_customers"]) == (2, 7.0, 2)
    assert row["gross_margin"] == pytest.approx(60.55)  # 20 + 50.55 − 10; the line without cost is left out
    assert row["gross_margin_rate"] == pytest.approx(60.55 / 260.55)
    assert row["average_order_value"] == pytest.approx(150.275)


def test_stocks_are_read_at_the_end_of_the_period_as_seen_then(ask: Ask) -> None:
    open_now = one(ask(total(("open_deals", "open_amount", "weighted_amount"), view())))
    # d08 70, d09 30, d10 90; weighted 70 × 0.2 + 90 × 0.5 (d09 has no probability)
    assert open_now == {"open_deals": 3, "open_amount": 190.0, "weighted_amount": 59.0}
    # end of February: d08 was still seen with 50, d04 was open with 40
    february = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28))
    assert one(ask(total(("open_deals", "open_amount"), february))) == {"open_deals": 3, "open_amount": 120.0}


def test_stocks_before_the_first_upload_are_marked(ask: Ask) -> None:
    result = ask(total("open_deals", view(from_on=date(2026, 1, 1), to_on=date(2026, 1, 10))))
    assert one(result)["open_deals"] == 2  # d01 and d04
    assert codes(result) == [("reconstructed", "open_deals")]


def test_money_owed_follows_dated_payments(ask: Ask) -> None:
    # today: i1 100 − 30 − 20 and overdue since 24 February; i2 is paid
    assert one(ask(total(("outstanding", "overdue"), view()))) == {"outstanding": 50.0, "overdue": 50.0}
    # end of February: i1 100 − 30, i2 200.55 not due yet
    february = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28))
    row = one(ask(total(("outstanding", "overdue", "invoiced", "collected"), february)))
    assert row == {"outstanding": 270.55, "overdue": 70.0, "invoiced": 200.55, "collected": 30.0}


def test_money_owed_to_a_team_counts_payments_booked_elsewhere(ask: Ask) -> None:
    assert one(ask(total("outstanding", view().with_filter("team", "North"))))["outstanding"] == 50.0


def test_breakdown_is_best_first_and_keeps_the_unassigned(ask: Ask) -> None:
    frame = ask(breakdown(("created_deals", "won_amount"), "rep", view())).frame
    assert frame.rows() == [("Ann", 4, 350.55), ("Cem", 3, 500.0), ("Bob", 2, 40.0), (None, 1, 0.0)]
    best = ask(breakdown("won_amount", "rep", view(), limit=1)).frame
    assert best.rows() == [("Cem", 500.0)]
    lower = ask(breakdown("cycle_days", "rep", view())).frame["rep"].to_list()
    assert lower == ["Ann", "Bob", "Cem"]  # 20, 70.5, 75: fewer days come first


def test_breakdown_with_parts_of_two_tables_is_limited_after_joining(ask: Ask) -> None:
    frame = ask(breakdown(("activities", "won_amount"), "rep", view(), limit=2)).frame
    assert frame.rows() == [("Ann", 2, 350.55), ("Cem", 1, 500.0)]  # Cem and "unassigned" tie: names first


def test_trend_leaves_out_no_month_and_marks_the_unfinished(ask: Ask) -> None:
    frame = ask(trend("won_amount", "month", view(from_on=date(2025, 11, 1), to_on=date(2026, 4, 30)))).frame
    assert frame.select("month", "won_amount", "is_partial").rows() == [
        (date(2025, 11, 1), 0.0, False),
        (date(2025, 12, 1), 500.0, False),
        (date(2026, 1, 1), 100.0, False),
        (date(2026, 2, 1), 250.55, False),
        (date(2026, 3, 1), 40.0, True),
    ]


def test_trend_of_a_stock_reads_the_end_of_each_bucket(ask: Ask) -> None:
    asked = view(from_on=date(2026, 1, 1), to_on=date(2026, 3, 31))
    frame = ask(trend(("open_deals", "won_deals"), "month", asked)).frame
    assert frame.select("month", "open_deals", "won_deals", "is_reconstructed").rows() == [
        (date(2026, 1, 1), 1, 1, True),  # d04; d01 closed on the 20th
        (date(2026, 2, 1), 3, 1, True),  # d04 (rebuilt), d08, d09
        (date(2026, 3, 1), 3, 1, False),
    ]


def test_trend_of_rates_knows_nothing_where_nothing_closed(ask: Ask) -> None:
    frame = ask(trend("win_rate", "month", view(from_on=date(2025, 11, 1), to_on=date(2026, 1, 31)))).frame
    assert frame["win_rate"].to_list() == [None, 0.5, 1.0]


def test_fiscal_years_begin_where_the_calendar_says(ask: Ask) -> None:
    frame = ask(cut("won_amount", "fiscal_year", view())).frame
    assert frame.rows() == [(date(2025, 4, 1), 890.55)]


def test_several_breakdowns_in_one(ask: Ask) -> None:
    result = ask(breakdowns(("won_amount", "win_rate"), ("team", "industry", "stage"), view()))
    frame = result.frame
    industries = frame.filter(pl.col("dimension") == "industry").select("value", "won_amount").rows()
    assert industries == [("wood", 500.0), ("metal", 390.55), (None, 0.0)]
    assert frame.filter(pl.col("dimension") == "stage")["win_rate"].null_count() == 2  # by stage it means nothing
    assert codes(result) == [("not_by", "win_rate")]


def test_pivot(ask: Ask) -> None:
    frame = ask(pivot("won_deals", ("quarter", "team"), view())).frame
    assert frame.rows() == [(date(2025, 10, 1), "South", 1), (date(2026, 1, 1), "North", 3)]


def test_compared_days_come_in_the_same_answer(ask: Ask) -> None:
    march = view(preset="this_month", compare="previous")  # 1–15 March against 1–15 February
    row = one(ask(total(("won_amount", "win_rate", "open_deals", "outstanding"), march)))
    assert (row["won_amount"], row["won_amount.before"]) == (40.0, 250.55)
    assert (row["win_rate"], row["win_rate.before"], row["win_rate.before.n"]) == (0.5, 0.5, 2)
    assert (row["open_deals"], row["open_deals.before"]) == (3, 2)  # 15 February: d04, d09
    assert (row["outstanding"], row["outstanding.before"]) == (50.0, 70.0)


def test_filters_name_the_unassigned(ask: Ask) -> None:
    nobody = view().with_filter("rep", None)
    assert one(ask(total(("created_deals", "open_amount"), nobody))) == {"created_deals": 1, "open_amount": 30.0}
    some = view().with_filter("industry", ("metal", None))
    assert one(ask(total("created_deals", some)))["created_deals"] == 5  # d01 d02 d04 d10 metal, d05 without customer


def test_a_filter_that_a_measure_does_not_have_is_said(ask: Ask) -> None:
    result = ask(total(("won_amount", "activities"), view().with_filter("product", "Saw")))
    assert one(result) == {"won_amount": 140.0, "activities": 4}
    assert codes(result) == [("not_filtered_by", "activities")]
    assert "Product" in result.notes[0].text("en")


def test_an_unknown_value_has_no_rows(ask: Ask) -> None:
    hostile = view().with_filter("rep", "'; drop table crm.deals; --")
    assert one(ask(total("created_deals", hostile)))["created_deals"] == 0
    assert one(ask(total("created_deals", view())))["created_deals"] == 10


def test_what_cannot_be_cut(ask: Ask) -> None:
    with pytest.raises(MeasureNotBy, match='"Win rate" cannot be shown by "Status"') as raised:
        breakdown("win_rate", "status", view())
    assert raised.value.text("zh-CN").startswith("“赢单率”不能按“状态”拆分")
    with pytest.raises(MeasureNotBy):
        breakdown("revenue", "stage", view())
    result = ask(breakdown(("won_deals", "revenue"), "stage", view()))
    assert result.frame.rows() == [("won", 4, None)]
    assert codes(result) == [("not_by", "revenue")]
    with pytest.raises(NotABucket):
        trend("won_deals", "team", view())
    with pytest.raises(NothingAsked):
        total((), view())
    with pytest.raises(UnknownMeasure, match="won_amount"):
        total("won_amout", view())


def test_an_earlier_day_counts_nothing_after_it(ask: Ask) -> None:
    then = view().seen_on(date(2026, 2, 1))
    row = one(ask(total(("won_deals", "lost_deals", "created_deals", "open_deals"), then)))
    # by 1 February: d06 and d01 won, d05 and d03 lost; d08 and d10 not created yet; d04 and d09 open
    assert row == {"won_deals": 2, "lost_deals": 2, "created_deals": 8, "open_deals": 2}
    year = then.with_period("this_year")
    assert one(ask(total("won_deals", year)))["won_deals"] == 1


def test_values_for_filters(ask: Ask) -> None:
    assert set(ask(values_of("rep")).frame["value"]) == {"Ann", "Bob", "Cem", None}
    assert set(ask(values_of("stage")).frame["value"]) == {"won", "lost", "talk", "offer"}


def test_a_stock_without_a_period_says_from_when_it_is_shown(company: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    company.execute("update fold.deal_versions set seen_from = date '2025-01-01' where deal_id = 'd04'")
    by_day = ask(trend("open_deals", "day", view()))
    assert by_day.frame["day"].min() == date(2025, 12, 13)  # 92 days back
    assert [(note.code, note["from_on"]) for note in by_day.notes] == [
        ("reconstructed", None),
        ("stock_reach", date(2025, 12, 13)),
    ]
    assert (
        by_day.notes[1].text("en") == '"Open deals" is shown from 13 Dec 2025 on; choose a period to see earlier days.'
    )
    boundless = ask(trend("open_deals", "day", view(from_on=date(1900, 1, 1), to_on=date(2100, 12, 31))))
    assert [note["from_on"] for note in boundless.notes if note.code == "stock_reach"] == [date(2025, 12, 13)]
    by_month = ask(trend("open_deals", "month", view()))
    assert by_month.frame["month"].min() == date(2025, 1, 1)
    assert [note.code for note in by_month.notes] == ["reconstructed"]


def test_response_time(company: duckdb.DuckDBPyConnection, ask: Ask) -> None:
    # 1.5 h, 3 h, 24 h; one never touched; one touched before it was created says nothing
    touched = ("'2026-01-05 10:30'", "'2026-01-05 12:00'", "'2026-01-06 09:00'", "null", "'2026-01-04 09:00'")
    for number, touch in enumerate(touched):
        company.execute(
            "insert into crm.leads (lead_id, created_at, created_on, first_touch_at)"
            f" values ('l{number}', '2026-01-05 09:00', '2026-01-05', {touch})"
        )
    assert one(ask(total("response_hours", view())))["response_hours"] == 3.0
