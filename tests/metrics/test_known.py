"""What is not known is "—" with the reason, whatever it is cut by; what is known in part says of how much."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.ahead import ahead
from metrics.cumulative import cumulative
from metrics.cuts import breakdown, breakdowns, pivot, total, trend
from metrics.known import percent
from metrics.notes import Note
from metrics.query import Result
from metrics.segments import segments
from metrics.trends import course, so_far
from metrics.usual import usual
from metrics.workdays import Workdays
from tests.metrics.conftest import answered, view
from tests.ui.answered import EN
from ui import trends

MARGIN = ("gross_margin", "gross_margin_rate", "cost_coverage")
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
YEAR = {"from_on": date(2025, 1, 1), "to_on": date(2025, 12, 31)}


def notes(result: Result) -> dict[str, Note]:
    """By code, those of gross margin."""
    return {one.code: one for one in result.notes if one["measure"] == "gross_margin"}


@pytest.fixture
def half(company: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Lines of January (60 and 40, of two products) without a cost; of February 250.55 less 200, −50 less −40."""
    company.execute("update crm.order_lines set cost = null where ordered_on < date '2026-02-01'")
    return company


@pytest.fixture
def weekly(company: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One line a week from 5 January 2024 on; a cost of 120 from August 2024 on."""
    company.execute("delete from crm.order_lines")
    company.execute(
        "insert into crm.order_lines by name select 'x' || i as order_id, 1 as line_no, 200 + i % 7 as amount,"
        " date '2024-01-05' + cast(i * 7 as int) as ordered_on, 1 as quantity, false as is_return,"
        " case when i > 29 then 120 end as cost from range(114) t(i)"
    )
    return company


def test_a_month_stands_beside_none_of_which_another_part_is_known(weekly: duckdb.DuckDBPyConnection) -> None:
    weekly.execute("update crm.order_lines set cost = null where ordered_on between '2024-10-01' and '2024-10-17'")
    result = answered(weekly, course("gross_margin", "month", view(**YEAR), ("last_year",)))
    then = dict(result.frame.select("month", "last_year").iter_rows())
    assert then[date(2025, 10, 1)] is None, "half of last October would make this one twice as good"
    assert then[date(2025, 11, 1)] is not None
    assert "uneven_known_when" in {said.code for said in result.notes}, "of all of them, too, more is known now"
    assert "stands on 100 % " in notes(result)["uneven_known_when"].text("en"), "of all months, not only of the unlike"
    weekly.execute("update crm.order_lines set cost = 120 where ordered_on not between '2024-10-01' and '2024-10-17'")
    result = answered(weekly, course("gross_margin", "month", view(**YEAR), ("last_year",)))
    alone = result.frame.filter(pl.col("last_year").is_null()).get_column("month").to_list()
    assert alone == [date(2025, 1, 1), date(2025, 10, 1)], "the data begin late in the first one"
    assert "2025-10" in notes(result)["uneven_known_there"].text("en")


def test_a_month_without_any_cost_has_no_margin(half: duckdb.DuckDBPyConnection) -> None:
    result = answered(half, trend(MARGIN, "month", view()))
    assert result.frame.select("month", *MARGIN).rows() == [
        (JANUARY, None, None, 0.0), (FEBRUARY, pytest.approx(40.55), pytest.approx(40.55 / 200.55), 1.0),
    ]  # fmt: skip
    said = notes(result)["refused_there"]
    assert said.text("en") == '"Gross margin" is not shown for 2026-01: no order line has a cost.'
    assert said.text("zh-CN") == "2026-01的“毛利”不予显示：订单明细都没有成本。"


def test_where_nothing_was_sold_the_margin_is_nothing(half: duckdb.DuckDBPyConnection) -> None:
    spring = view(from_on=FEBRUARY, to_on=date(2026, 3, 15))
    assert answered(half, trend("gross_margin", "month", spring)).frame["gross_margin"].to_list() == [40.55, 0]
    march = view(from_on=date(2026, 3, 1), to_on=date(2026, 3, 15))
    assert answered(half, total("gross_margin", march)).frame.item() == 0


@pytest.mark.parametrize("asked", [breakdown, breakdowns, pivot])
def test_members_without_any_cost_come_last(half: duckdb.DuckDBPyConnection, asked: object) -> None:
    frame = answered(half, asked("gross_margin", ("product",), view())).frame  # type: ignore[operator]
    assert frame["gross_margin"].to_list() == [40.55, None]


def test_a_part_says_of_how_much_and_parts_still_add_up(half: duckdb.DuckDBPyConnection) -> None:
    whole = answered(half, total("gross_margin", view()))
    assert whole.frame.item() == pytest.approx(40.55)
    assert notes(whole)["partly_known"]["share"] == "75 %"  # 300.55 of 400.55, a return of 50 among them
    cut = answered(half, breakdown("gross_margin", "product", view()))
    assert sum(value or 0 for value in cut.frame["gross_margin"]) == pytest.approx(whole.frame.item())
    assert "Oil (88 %)" in notes(cut)["partly_known_there"].text("en")
    assert "Oil（88 %）" in notes(cut)["partly_known_there"].text("zh-CN")


def test_costs_that_came_to_be_recorded_are_no_growth(weekly: duckdb.DuckDBPyConnection) -> None:
    asked = view(**YEAR, compare="last_year")
    result = answered(weekly, total(MARGIN, asked))
    assert result.frame["gross_margin.before"].item() is None
    assert (notes(result)["uneven_known"]["now"], notes(result)["uneven_known"]["then"]) == ("100 %", "42 %")
    assert result.frame["gross_margin_rate.before"].item() == pytest.approx(0.41, abs=0.01)
    told = answered(weekly, segments("gross_margin", asked))
    assert told.frame.is_empty()
    assert "uneven_known" in notes(told)


def test_last_years_unknown_months_are_said_beside_this_years(weekly: duckdb.DuckDBPyConnection) -> None:
    result = answered(weekly, course("gross_margin", "month", view(**YEAR), ("last_year",)))
    assert result.frame["last_year"].is_null().to_list() == [True] * 7 + [False] * 5
    assert "2024-01, 2024-02, 2024-03 and 4 more" in notes(result)["refused_there"].text("en")


def test_a_month_so_far_is_held_against_none_that_is_not_known(weekly: duckdb.DuckDBPyConnection) -> None:
    weekly.execute("update crm.order_lines set cost = null where ordered_on between '2026-02-01' and '2026-02-08'")
    days = Workdays(tuple(pl.date_range(date(2024, 1, 1), date(2026, 12, 31), eager=True)))
    frame = answered(weekly, so_far("gross_margin", "month", view(), days)).frame
    changes = dict(frame.select("series", "change").iter_rows())
    assert changes["previous"] is None
    assert changes["last_year"] is not None


def test_lines_without_an_amount_lack_no_cost(half: duckdb.DuckDBPyConnection) -> None:
    half.execute("update crm.order_lines set amount = 0 where ordered_on < date '2026-02-01'")
    result = answered(half, trend("gross_margin", "month", view()))
    assert result.frame["gross_margin"].to_list() == [0, pytest.approx(40.55)]
    assert notes(result) == {}


def test_what_is_known_in_part_makes_no_limits_and_no_sentence(weekly: duckdb.DuckDBPyConnection) -> None:
    weekly.execute("update crm.order_lines set cost = null where ordered_on = date '2025-06-06'")
    frame = answered(weekly, usual("gross_margin", "month", view(**YEAR))).frame
    out = frame.filter(pl.col("centre").is_null() & (pl.col("month") < date(2026, 3, 1)))["month"].to_list()
    assert out[-1] == date(2025, 6, 1), "the month of a week without a cost"
    result = answered(weekly, course("gross_margin", "month", view(**YEAR), ("last_year",)))
    assert trends.course_found(result, EN) is None
    revenue = answered(weekly, course("revenue", "month", view(**YEAR), ("last_year",)))
    assert trends.course_found(revenue, EN)


def test_days_are_added_up_from_the_first_that_is_known(weekly: duckdb.DuckDBPyConnection) -> None:
    frame = answered(weekly, cumulative("gross_margin", "fiscal_year", view(as_of=date(2024, 8, 31)))).frame
    until = dict(frame.select("day", "gross_margin").iter_rows())
    assert until[date(2024, 7, 31)] is None
    assert until[date(2024, 8, 31)] == pytest.approx(82 + 83 + 84 + 85 + 86)


def test_a_forecast_looks_at_what_is_known(weekly: duckdb.DuckDBPyConnection) -> None:
    weekly.execute("update crm.order_lines set cost = null where ordered_on = date '2024-08-02'")  # one of five
    result = answered(weekly, ahead(view(), "gross_margin"))
    first = result.frame.filter(~pl.col("is_left_out")).row(0, named=True)
    assert (first["month"], result.frame["gross_margin"].to_list()[:8]) == (date(2024, 9, 1), [None] * 8)
    assert "in 8 finished periods: the forecast looks at those from 1 Sep 2024 on" in notes(result)[
        "ahead_unknown"
    ].text("en")


def test_pieces_are_not_0_where_no_line_says_how_many(company: duckdb.DuckDBPyConnection) -> None:
    company.execute("update crm.order_lines set quantity = null where ordered_on < date '2026-02-01'")
    assert answered(company, trend("units", "month", view())).frame["units"].to_list() == [None, 4.0]


def test_a_cost_of_nothing_is_a_cost(half: duckdb.DuckDBPyConnection) -> None:
    half.execute("update crm.order_lines set cost = 0 where ordered_on < date '2026-02-01'")
    result = answered(half, trend(MARGIN, "month", view()))
    assert result.frame.select("month", *MARGIN).rows()[0] == (JANUARY, 100.0, 1.0, 1.0)
    assert notes(result) == {}


def test_returns_make_no_part_larger_than_all(half: duckdb.DuckDBPyConnection) -> None:
    half.execute("update crm.order_lines set amount = -60 where ordered_on < date '2026-02-01' and amount = 60")
    half.execute("update crm.order_lines set amount = -400 where ordered_on < date '2026-02-01' and amount = 40")
    result = answered(half, total(MARGIN, view()))  # 200.55 of −259.45, returns deducted
    assert result.frame["cost_coverage"].item() == pytest.approx(300.55 / 760.55)
    assert notes(result)["partly_known"]["share"] == "40 %"
    half.execute("update crm.order_lines set cost = -50 where ordered_on < date '2026-02-01'")
    assert notes(answered(half, trend("gross_margin", "month", view()))) == {}, "a month of returns alone is known"


def test_small_parts_that_are_not_alike_are_not_compared(weekly: duckdb.DuckDBPyConnection) -> None:
    """3 % of what was sold is known of one year, and 9 % of the next: no tenth lies between them."""
    weekly.execute("update crm.order_lines set amount = 100")
    few = "update crm.order_lines set cost = case when {} then 60 end where year(ordered_on) = {}"
    weekly.execute(few.format("ordered_on <= date '2024-01-13'", 2024))  # 2 of 52
    weekly.execute(few.format("ordered_on <= date '2025-02-01'", 2025))  # 5 of 52
    asked = view(**YEAR, compare="last_year")
    result = answered(weekly, total("gross_margin", asked))
    assert (result.frame["gross_margin"].item(), result.frame["gross_margin.before"].item()) == (200, None)
    assert (notes(result)["uneven_known"]["now"], notes(result)["uneven_known"]["then"]) == ("10 %", "3.8 %")
    weekly.execute(few.format("ordered_on <= date '2025-01-14'", 2025))
    same = answered(weekly, total("gross_margin", asked))
    assert same.frame["gross_margin.before"].item() == 80
    assert notes(same)["partly_known_both"]["then"] == "3.8 %"


def test_a_sum_is_held_against_last_years_only_where_as_much_is_known(weekly: duckdb.DuckDBPyConnection) -> None:
    asked = view(as_of=date(2025, 11, 30))
    told = answered(weekly, cumulative("gross_margin", "fiscal_year", asked))
    assert told.frame["last_year"].is_null().all()
    assert notes(told)["uneven_known_when"]["then"] == "36 %"
    assert "for last year" in notes(told)["uneven_known_when"].text("en")
    weekly.execute("update crm.order_lines set cost = 120 where ordered_on >= date '2024-01-14'")
    weekly.execute("update crm.order_lines set cost = null where ordered_on = date '2025-01-17'")
    known = answered(weekly, cumulative("gross_margin", "fiscal_year", asked))
    assert known.frame["last_year"].is_not_null().any()
    assert notes(known)["partly_known"]["share"] == "98 %"
    assert "partly_known_there" not in notes(known)


def test_members_of_whom_another_part_is_known_have_no_change_and_are_no_cause(
    weekly: duckdb.DuckDBPyConnection,
) -> None:
    """As much is known of both years, of one product in the first and of the other in the second."""
    keys = [key for (key,) in weekly.execute("select product_key from crm.products order by 1 limit 2").fetchall()]
    weekly.execute(f"update crm.order_lines set product_key = case when month(ordered_on) % 2 = 0"
                   f" then {keys[0]} else {keys[1]} end, region = 'N'")  # fmt: skip
    weekly.execute(f"update crm.order_lines set cost = case when (product_key = {keys[0]}) = (year(ordered_on) = 2024)"
                   " then 120 end")  # fmt: skip
    asked = view(**YEAR, compare="last_year")
    cut = answered(weekly, breakdown("gross_margin", "product", asked))
    assert cut.frame["gross_margin.before"].is_null().all()
    result = answered(weekly, segments("gross_margin", asked))
    assert result.frame.filter(pl.col("dimension") == "product").is_empty()
    assert notes(result)["segments_uneven"]["count"] >= 2
    rate = answered(weekly, segments("gross_margin_rate", asked))
    assert rate.frame.filter(pl.col("dimension") == "product").is_empty(), "what they weigh came to be known"
    weekly.execute("update crm.order_lines set cost = null where ordered_on < date '2025-01-01'")
    unknown = answered(weekly, segments("gross_margin_rate", asked))
    assert (unknown.frame.height, unknown.notes[0].code) == (0, "refused_then")


def test_a_gap_that_is_always_there_ends_no_forecast_and_no_limits(weekly: duckdb.DuckDBPyConnection) -> None:
    weekly.execute("update crm.order_lines set amount = 200, cost = case when cost is null then null else 120 end")
    weekly.execute("insert into crm.order_lines by name select order_id || 'b' as order_id, 1 line_no, 100 as amount,"
                   " ordered_on, 1 as quantity, false as is_return from crm.order_lines")  # fmt: skip
    result = answered(weekly, ahead(view(), "gross_margin"))
    assert result.frame.filter(~pl.col("is_left_out"))["month"][0] == date(2024, 8, 1)
    assert result.frame["forecast"].is_not_null().any()
    assert notes(result)["ahead_unknown"]["usual"] == "60 % – 74 %"
    assert notes(result)["ahead_part"]["share"] == "67 %"
    limits = answered(weekly, usual("gross_margin", "month", view(**YEAR)))
    assert limits.frame["centre"].is_not_null().sum() >= 12
    weekly.execute("update crm.order_lines set cost = null where year(ordered_on) = 2026")
    short = notes(answered(weekly, ahead(view(), "gross_margin")))
    assert "Fill in the costs" in short["ahead_short_costs"].text("en")
    assert "ahead_short" not in short
    out = answered(weekly, usual("gross_margin", "month", view(from_on=date(2025, 1, 1), to_on=date(2026, 3, 15))))
    assert notes(out)["usual_unknown"]["count"] >= 2


def test_a_gap_that_varies_as_it_always_does_ends_no_forecast_and_no_limits(weekly: duckdb.DuckDBPyConnection) -> None:
    """Of what is sold in a month 67 to 95 % is known, now more and now less: that is usual, and it is said."""
    weekly.execute("update crm.order_lines set amount = 200, cost = 120")
    weekly.execute("insert into crm.order_lines by name select order_id || 'b' as order_id, 1 line_no, ordered_on,"
                   " 10 + (month(ordered_on) * 5 + year(ordered_on) * 3) % 7 * 15 as amount,"
                   " 1 as quantity, false as is_return from crm.order_lines")  # fmt: skip
    result = answered(weekly, ahead(view(), "gross_margin"))
    assert result.frame["is_left_out"].sum() == 1, "the data begin within the first month"
    assert result.frame["forecast"].is_not_null().any()
    assert notes(result)["ahead_part"]["share"] == "67 % – 95 %"
    limits = answered(weekly, usual("gross_margin", "month", view(**YEAR)))
    assert limits.frame.filter(~pl.col("is_partial"))["centre"].is_not_null().all()
    weekly.execute("update crm.order_lines set cost = null where ordered_on between '2025-06-01' and '2025-06-30'"
                   " and day(ordered_on) < 21")  # fmt: skip
    limits = answered(weekly, usual("gross_margin", "month", view(**YEAR)))
    assert limits.frame.filter(~pl.col("is_partial") & pl.col("centre").is_null())["month"].to_list() == [
        date(2025, 6, 1)
    ]


def test_a_company_without_costs_is_told_so_alone(weekly: duckdb.DuckDBPyConnection) -> None:
    weekly.execute("update crm.order_lines set cost = null")
    result = answered(weekly, ahead(view(), "gross_margin"))
    assert [said.text("en") for said in result.notes] == ['"Gross margin" is not shown: no order line has a cost.']
    assert result.frame["forecast"].is_null().all()
    limits = answered(weekly, usual("gross_margin", "month", view(**YEAR)))
    assert "usual_unknown" not in {said.code for said in limits.notes}
    assert "refused" in {said.code for said in limits.notes}


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "—"), (0.0, "0 %"), (0.0004, "< 0.1 %"), (0.0062, "0.6 %"), (0.394, "39 %"), (0.396, "40 %"),
     (0.896, "89.6 %"), (0.89999, "89.9 %"), (0.9, "90 %"), (0.994, "99 %"), (0.9999, "99.9 %"), (1.0, "100 %")],
)  # fmt: skip
def test_a_part_is_not_rounded_to_what_it_falls_short_of(share: float | None, said: str) -> None:
    assert percent(share) == said
