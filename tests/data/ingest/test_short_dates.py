"""Days without a year and quarters in place of days are asked about, never guessed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.data.ingest.test_plan import TODAY, codes, planned, rows

PAID = "收款单号,客户名称,收款日期,收款金额\n1,甲,{},10\n2,乙,{},20\n3,乙,{},30\n"
DEALS = "Deal ID,Deal,Company,Owner,Stage,Amount,Created,Expected Close\n1,A,Acme,Ann,open,12,2026-01-05,{}\n"


@pytest.mark.parametrize(
    "days", [("3月15日", "4月2日", "12月20日"), ("03-15", "04-02", "12-20"), ("3/15", "4/2", "12/20"),
             ("15 Mar", "2 Apr", "20 Dec"), ("03-15 09:30", "04-02 10:00", "12-20 8:05")]
)  # fmt: skip
def test_the_year_of_days_that_say_none_is_asked(days: tuple[str, str, str]) -> None:
    text = PAID.format(*days)
    (question,) = planned(text).questions
    assert (question.code, question.choices) == ("ask_year", (str(TODAY.year), str(TODAY.year - 1), "latest"))
    assert question.text("en")
    found = planned(text, year="2025")
    assert not found.questions
    assert rows(found)["paid_on"].to_list() == [date(2025, 3, 15), date(2025, 4, 2), date(2025, 12, 20)]


def test_the_order_of_day_and_month_is_proved_once_the_year_is_known() -> None:
    assert [one.code for one in planned(PAID.format("03-05", "04-02", "12-11"), year="2025").questions] == [
        "ask_date_order"
    ]


def test_one_slip_refuses_its_row_and_days_that_name_a_year_are_not_asked_about() -> None:
    days = "".join(f"{at},甲,2026-01-{at:02d},10\n" for at in range(1, 29))
    found = planned("收款单号,客户名称,收款日期,收款金额\n" + days + "99,乙,3月15日,5\n")
    assert not found.questions
    assert found.refused == 1


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [("Q3 FY26", (2026, 7, 1), (2026, 9, 30)), ("2026年3季度", (2026, 7, 1), (2026, 9, 30)),
     ("2026Q4", (2026, 10, 1), (2026, 12, 31)), ("2027年第一季度", (2027, 1, 1), (2027, 3, 31)),
     ("FY26 Q2", (2026, 4, 1), (2026, 6, 30))],
)  # fmt: skip
def test_the_day_of_a_quarter_is_asked(said: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    (question,) = planned(DEALS.format(said)).questions
    assert (question.code, question.choices) == ("ask_periods", ("first", "last"))
    assert said in question.text("zh-CN")
    for edge, day in (("first", first), ("last", last)):
        found = planned(DEALS.format(said), periods=edge)
        assert rows(found)["expected_close_on"].to_list() == [date(*day)]
        assert "ask_periods" not in codes(found)


def test_a_fiscal_quarter_of_years_that_begin_otherwise_stays_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.ingest.short_dates.settings", lambda: type("S", (), {"fiscal_start": 4}))
    text = DEALS.format("2026-09-01") + "2,B,Acme,Ann,open,12,2026-01-05,FY26 Q2\n"
    assert planned(text, periods="first").refused == 1


def test_a_quarter_may_stand_before_its_letter() -> None:
    text = "Deal ID,Deal,Company,Stage,Amount,Created,Expected Close\n"
    text += "".join(f"{at},A,X,Proposal,10,2026-01-13,{day}\n" for at, day in enumerate(("3Q26", "3Q 2026")))
    assert [question.code for question in planned(text).questions] == ["ask_periods"]
    assert [f"{day}" for day in rows(planned(text, periods="last"))["expected_close_on"]] == ["2026-09-30"] * 2


BOTH = "Deal ID,Deal,Company,Owner,Stage,Amount,Created,Close Date\n"


def closed(*days: tuple[str, str]) -> str:
    return BOTH + "".join(f"{at},A{at},Acme,Ann,Won,12,{one},{other}\n" for at, (one, other) in enumerate(days))


def test_days_without_a_year_may_run_on_through_new_year() -> None:
    """Each is the latest such day until the import's, and a closing day the first one since its creation."""
    text = closed(("15 Nov", "20 Dec"), ("20 Dec", "5 Jan"), ("15 Jan", "20 Feb"))
    by_one = planned(text, year="2025")
    assert rows(by_one)["closed_on"].to_list() == [date(2025, 12, 20), date(2025, 1, 5), date(2025, 2, 20)]
    assert "year_turned" in codes(by_one), "a deal that is closed before it was created is not passed over"
    found = planned(text, year="latest", today=date(2026, 3, 31))
    assert rows(found)["created_on"].to_list() == [date(2025, 11, 15), date(2025, 12, 20), date(2026, 1, 15)]
    assert rows(found)["closed_on"].to_list() == [date(2025, 12, 20), date(2026, 1, 5), date(2026, 2, 20)]
    assert "year_turned" not in codes(found)


def test_two_columns_in_different_years_each_have_their_own() -> None:
    found = planned(closed(("15 Nov", "20 Jan"), ("16 Nov", "21 Jan")), year="2025", years={"Close Date": "2026"})
    assert rows(found).select("created_on", "closed_on").rows() == [
        (date(2025, 11, 15), date(2026, 1, 20)), (date(2025, 11, 16), date(2026, 1, 21))
    ]  # fmt: skip


def test_days_to_come_that_follow_no_others_are_not_the_latest() -> None:
    text = DEALS.format("15 Mar").replace("Created", "Note").replace("2026-01-05", "x")
    (question,) = planned(text, year="latest").questions
    assert question.choices == (str(TODAY.year), str(TODAY.year - 1))


def test_a_29_february_that_no_such_year_has_refuses_its_row() -> None:
    found = planned(PAID.format("2月29日", "4月2日", "12月20日"), year="latest", today=date(2026, 3, 31))
    assert found.refused == 1


@pytest.mark.parametrize(
    ("days", "of_day", "of_month"),
    [(("Mar-26", "Apr-26", "Dec-25"), (2026, 3, 26), (2026, 3, 1)),
     (("Mar 3", "Apr 15", "Dec 20"), (2026, 3, 3), None)],
)  # fmt: skip
def test_a_name_of_a_month_and_a_number_is_asked(
    days: tuple[str, str, str], of_day: tuple[int, int, int], of_month: tuple[int, int, int] | None
) -> None:
    (question,) = planned(PAID.format(*days)).questions
    assert (question.code, question.choices) == ("ask_month_names", ("day", "month"))
    assert question.params["evidence"] in {"25, 26", "3, 15, 20"}
    assert [one.code for one in planned(PAID.format(*days), month_names="day").questions] == ["ask_year"]
    found = planned(PAID.format(*days), month_names="day", year="2026")
    assert rows(found)["paid_on"].to_list()[0] == date(*of_day)
    if of_month:
        assert rows(planned(PAID.format(*days), month_names="month"))["paid_on"].to_list()[0] == date(*of_month)


def test_days_in_full_width_figures_are_read() -> None:
    found = planned(PAID.format("２０２６年１月５日", "２０２６-０１-０６", "2026-01-07"))
    assert rows(found)["paid_on"].to_list() == [date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)]


@pytest.mark.parametrize(("name", "wish"), [("回款 2026-01-31.csv", {}), ("a.csv", {"as_of": date(2026, 1, 31)})])
def test_the_latest_days_are_those_until_the_day_that_a_list_speaks_of(name: str, wish: dict[str, date]) -> None:
    text = PAID.format("12-15", "03-23", "10-24")
    (question,) = planned(text, name, **wish).questions
    assert "12-15 = 12-15-2025, 03-23 = 03-23-2025, 10-24 = 10-24-2025" in question.text("en").partition("latest: ")[2]
    found = planned(text, name, year="latest", **wish)
    assert rows(found)["paid_on"].to_list() == [date(2025, 12, 15), date(2025, 3, 23), date(2025, 10, 24)]
    assert rows(planned(text, year="latest"))["paid_on"].to_list()[2] == date(2026, 10, 24), "nothing says its day"


def test_the_year_that_stands_for_one_is_shown_to_nobody() -> None:
    (question,) = planned(PAID.format("01-02", "03-04", "05-06"), year="latest").questions
    assert question.code == "ask_date_order"
    assert "dmy: 01-02 = 02-01" in question.text("en")
    found = planned(PAID.format("12-28", "03-04", "05-06"), year="latest")
    assert not any("2000" in remark.text("en") for remark in found.warnings)


def test_ordinals_are_days_and_not_asked_about() -> None:
    (question,) = planned(PAID.format("May 1st", "Mar 15th", "Apr 3rd")).questions
    assert question.code == "ask_year"


def test_an_accounting_period_is_a_month_whose_day_is_asked() -> None:
    text = "会计期间,物料名称,仓库,期初数量,期末结存数量\n2026年第1期,泵,成品仓,5,{}\n2026年第2期,泵,成品仓,8,9\n"
    (question,) = planned(text.format(8)).questions
    assert question.code == "ask_periods"
    found = planned(text.format(8), periods="last")
    assert (found.table, rows(found)["counted_on"].to_list()) == ("stock", [date(2026, 1, 31), date(2026, 2, 28)])
    assert rows(found)["quantity"].to_list() == [8, 9]
