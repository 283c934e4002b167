"""Which order of day and month a file is read in: what its own columns prove, else a question."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.data.ingest.test_plan import planned, rows

_OPEN = "deal_id,deal,status,amount,created_on,closed_on\n1,x,won,5,{},{}\n2,y,won,6,{},{}\n"


def test_what_an_open_date_order_offers_can_be_answered() -> None:
    file = "Deal ID,Customer,Status,Amount,Created Date\nA,Acme,won,1,{}\nB,Umbra,won,2,{}\n"
    assert not planned(file.format("2026-01-05", "20260106")).questions
    for pair in (("05/01/2026", "20260106"), ("05/01/2026", "45678")):
        (question,) = planned(file.format(*pair)).questions
        assert question.choices == ("dmy", "mdy")
        assert planned(file.format(*pair), date_order="dmy").checked


def test_a_closing_date_that_may_lie_ahead_does_not_tell_day_and_month_apart() -> None:
    """Read as day and month they are days to come, which open deals have; only closed dates must be past."""
    file = "Opportunity ID,Account Name,Stage,Amount,Close Date\nA,Acme,Prospecting,1,03/12/2026\n"
    assert [question.flag for question in planned(file).questions] == ["--date-order"]


def test_an_open_date_order_is_a_question_with_samples() -> None:
    plan = planned(_OPEN.format("01/02/2026", "05/06/2026", "03/04/2026", "07/08/2026"))
    assert plan.checked is None
    assert [(question.flag, question.choices) for question in plan.questions] == [("--date-order", ("dmy", "mdy"))] * 2
    assert "01/02/2026 = 2026-02-01" in plan.questions[0].text("zh-CN")
    told = planned(_OPEN.format("01/02/2026", "05/06/2026", "03/04/2026", "07/08/2026"), date_order="dmy")
    assert rows(told)["created_on"].to_list() == [date(2026, 2, 1), date(2026, 4, 3)]


def test_another_column_of_the_file_proves_the_order() -> None:
    plan = planned(_OPEN.format("01/02/2026", "25/06/2026", "03/04/2026", "07/08/2026"))
    assert rows(plan)["created_on"].to_list() == [date(2026, 2, 1), date(2026, 4, 3)]


def test_created_before_closed_proves_the_order() -> None:
    # Day first: created 2 March, closed 1 April. Month first: created 3 February, closed 4 January, before it.
    plan = planned(_OPEN.format("02/03/2026", "01/04/2026", "02/03/2026", "03/04/2026"))
    assert plan.questions == []
    assert rows(plan)["closed_on"].to_list() == [date(2026, 4, 1), date(2026, 4, 3)]


def test_what_has_happened_is_not_in_the_future() -> None:
    # Today is 21 November 2026: created on 12 January, not on 1 December.
    plan = planned("deal_id,deal,status,amount,created_on\n1,x,open,5,12/01/2026\n2,y,open,6,11/02/2026\n")
    assert rows(plan)["created_on"].to_list() == [date(2026, 1, 12), date(2026, 2, 11)]


def test_a_column_without_a_field_proves_the_order_of_dates_written_alike() -> None:
    head = "deal_id,deal,amount,status,closed_on,Reviewed\n"
    text = head + "1,A,5,won,03/05/2026,3/20/2026\n2,B,6,won,02/04/2026,3/6/2026\n"
    plan = planned(text)
    assert not plan.questions
    assert rows(plan)["closed_on"].to_list() == [date(2026, 3, 5), date(2026, 2, 4)]
    (said,) = [remark for remark in plan.warnings if remark.code == "date_by_columns"]
    assert (said.params["order"], said.params["other"], said.params["count"]) == ("mdy", "Reviewed", 1)
    assert said.params["lines"] == "2: 3/20/2026"
    assert [question.code for question in planned(text.replace("3/20/2026", "20.3.2026")).questions] == [
        "ask_date_order"
    ], "written otherwise, it proves nothing of these"


LATE = ("13/02/2026", "25/03/2026", "14/02/2026", "26/03/2026")


def test_day_numbers_up_to_the_12th_beside_days_after_it_are_not_read() -> None:
    """The trace of a file that a program opened with the other order: 05/01 became a number (1 May), 13/02 did not."""
    text = "Deal ID,Customer,Status,Amount,Created Date\n"
    text += "".join(f"D{at},Acme,won,100,{day}\n" for at, day in enumerate(("46027", *LATE, "46088")))
    file = planned(text)
    assert rows(file).height == len(LATE)
    (said,) = [remark for remark in file.warnings if remark.code == "date_numbers_swapped"]
    assert (said.params["rows"], said.params["money"]) == (2, "200")
    assert "46027" in said.text("en")
    assert "200" in said.text("zh-CN")


@pytest.mark.parametrize(
    ("said", "days"), [("turn", ["2026-05-01", "2026-07-03"]), ("read", ["2026-01-05", "2026-03-07"])]
)
def test_a_person_says_what_such_day_numbers_are(said: str, days: list[str]) -> None:
    text = "Deal ID,Customer,Status,Amount,Created Date\n"
    text += "".join(f"D{at},Acme,won,100,{day}\n" for at, day in enumerate(("46027", *LATE, "46088")))
    file = planned(text, day_numbers=said)
    found = rows(file).sort("deal_id")["created_on"].cast(pl.String).to_list()
    assert [found[0], found[-1]] == days
    (offer,) = [offer for offer in file.offers if offer.flag == "--day-numbers"]
    assert (offer.taken, offer.code) == (said, f"date_numbers_{said}")


def test_where_most_cells_would_stay_unread_it_is_asked() -> None:
    text = "Deal ID,Customer,Status,Amount,Created Date\n"
    numbers = ("46027", "46058", "46059", "46028", "46029")
    text += "".join(f"D{at},Acme,won,100,{day}\n" for at, day in enumerate((*LATE, *numbers)))
    (question,) = planned(text).questions
    assert (question.code, question.choices) == ("ask_day_numbers", ("turn", "read"))


def test_day_numbers_that_nobody_swapped_are_read_and_prove_no_order() -> None:
    text = "Deal ID,Customer,Status,Amount,Created Date\n"
    for days in (("46042", *LATE), ("46027", *LATE, "05/01/2026")):  # one after the 12th; a text that could be either
        file = planned(text + "".join(f"D{at},Acme,won,100,{day}\n" for at, day in enumerate(days)))
        assert rows(file).height == len(days)
        assert not [remark for remark in file.warnings if "460" in remark.text("en")]


def test_days_that_all_end_in_one_year_do_not_begin_with_theirs() -> None:
    """`05.11.26` is no day of 2005 where each of many days ends in 26; between day and month it may stay open."""
    head = "Deal ID,Deal Name,Stage,Amount,Expected Close\n"
    days = ["28.09.26", "15.10.26", "20.11.26", "05.12.26"]
    file = planned(head + "".join(f"{at},A,Open,5,{day}\n" for at, day in enumerate(days)))
    assert not file.questions
    assert rows(file)["expected_close_on"].to_list()[3] == date(2026, 12, 5)
    assert any(one.code == "date_by_year" for one in file.warnings)
    few = planned(head + "".join(f"{at},A,Open,5,{day}\n" for at, day in enumerate(days[:3])))
    assert [question.choices for question in few.questions] == [("ymd", "dmy")]


@pytest.mark.parametrize(
    "days",
    [["22-06-25", "23-06-25", "24-06-25", "25-06-25"], ["21/01/25", "22/01/25", "23/01/25", "24/01/25", "25/01/25"]],
)
def test_yearly_days_are_asked_about_where_each_first_number_may_be_a_year(days: list[str]) -> None:
    """Renewals of the 25th, year by year, look like days of 2025."""
    head = "Order ID,Customer,Product,Amount,Order Date\n"
    (question,) = planned(head + "".join(f"{at},A,Renewal,5,{day}\n" for at, day in enumerate(days))).questions
    assert question.choices == ("ymd", "dmy")
