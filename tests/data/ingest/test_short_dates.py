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
    assert (question.code, question.choices) == ("ask_year", (str(TODAY.year), str(TODAY.year - 1)))
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
