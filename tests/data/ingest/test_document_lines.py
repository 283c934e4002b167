"""Invoices with a row for each of their lines: added up where a person says so, and never half of them unasked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.data.ingest.test_plan import codes, planned, rows

BOOKS = """Date,Transaction type,Num,Name,Memo/Description,Amount
01/15/2026,Invoice,1001,Acme,Design,500.00
01/15/2026,Invoice,1001,Acme,Build,700.00
01/16/2026,Invoice,1002,Bob,Build,300.00
"""


def test_lines_of_one_invoice_are_asked_about_and_added_up() -> None:
    (question,) = planned(BOOKS).questions
    assert (question.code, question.flag, question.choices) == ("ask_document_lines", "--lines", ("line", "deal"))
    assert question.samples["line"] == ["1001 = 500.00 + 700.00 = 1,200.00"]
    assert "700.00" in question.text("zh-CN")
    found = planned(BOOKS, lines="line")
    assert rows(found).select("invoice_id", "amount").rows() == [("1001", Decimal(1200)), ("1002", Decimal(300))]
    assert (found.refused, "document_lines" in codes(found)) == (0, True)


def test_the_last_row_holds_where_each_is_the_whole_document() -> None:
    found = planned(BOOKS, lines="deal")
    assert rows(found).select("invoice_id", "amount").rows() == [("1001", Decimal(700)), ("1002", Decimal(300))]
    assert found.refused == 1


def test_a_line_that_is_there_twice_in_every_column_is_asked_about() -> None:
    again = BOOKS + "01/15/2026,Invoice,1001,Acme,Build,700.00\n"
    (question,) = planned(again, lines="line").questions
    assert (question.code, question.flag) == ("ask_line_repeats", "--repeats")
    assert question.samples == {
        "keep": ["1001 = 500.00 + 700.00 + 700.00 = 1,900.00"], "drop": ["1001 = 500.00 + 700.00 = 1,200.00"]
    }  # fmt: skip
    assert rows(planned(again, lines="line", repeats="keep"))["amount"].to_list() == [Decimal(1900), Decimal(300)]
    once = planned(again, lines="line", repeats="drop")
    assert rows(once)["amount"].to_list() == [Decimal(1200), Decimal(300)]
    assert (once.set_aside, once.refused) == (1, 0), "the line that does not count is listed"


def test_lines_of_the_same_amount_are_asked_about_where_another_column_differs() -> None:
    (question,) = planned(BOOKS.replace("500.00", "700.00")).questions
    assert question.samples["line"] == ["1001 = 700.00 + 700.00 = 1,400.00"]


HEAD = "Invoice Number,Customer,Invoice Date,Status,Product,Amount\n"
LINES = "I1,Acme,2026-01-05,Sent,Hour,100\nI1,Acme,2026-01-05,Sent,Trip,30\n"


@pytest.mark.parametrize(
    ("others", "amount"),
    [("I2,Bo,2026-01-06,Sent,Hour,50\nI2,Bo,2026-01-06,Paid,Hour,50\n", 50),
     ("I2,Bo,2026-01-06,Sent,Hour,50\nI2,Bo,2026-01-09,Sent,Hour,70\n", 70)],
)  # fmt: skip
def test_only_what_is_a_line_is_added_up(others: str, amount: int) -> None:
    """States of one document, and rows that contradict each other, are not added up because others have lines."""
    found = planned(HEAD + LINES + others, lines="line")
    assert rows(found).select("invoice_id", "amount").rows() == [("I1", Decimal(130)), ("I2", Decimal(amount))]
    assert found.refused == 1, "the earlier row of I2 stays out with its reason"


@pytest.mark.parametrize(
    "other", ["01/15/2026,Invoice,1001,Bob,Build,700.00", "02/15/2026,Invoice,1001,Acme,Build,700.00"]
)
def test_rows_that_say_something_else_of_the_document_are_no_lines(other: str) -> None:
    text = BOOKS.replace("01/15/2026,Invoice,1001,Acme,Build,700.00", other)
    assert "ask_document_lines" not in codes(planned(text))


@pytest.mark.parametrize("told", [None, "line", "deal"])
def test_the_total_beside_amounts_of_lines_counts_once(told: str | None) -> None:
    """It stands in each line and is what they add up to: no answer makes twice of it."""
    head = "Invoice Number,Invoice Date,Customer,Due Date,Description,Amount,Total\n"
    lines = "I1,2026-01-05,A,2026-02-05,Pen,20,50\nI1,2026-01-05,A,2026-02-05,Ink,30,50\n"
    found = planned(head + lines + "I3,2026-01-07,B,2026-02-07,Pen,40,40\n", lines=told)
    assert not found.questions
    assert rows(found).select("invoice_id", "amount").rows() == [("I1", Decimal(50)), ("I3", Decimal(40))]
    assert (found.refused, "document_total" in codes(found)) == (0, True)
    other = lines.replace(",20,50", ",25,50").replace(",30,50", ",25,50")
    assert planned(head + other).questions, "two prices that happen to be its half prove nothing"


TOP = "Invoice Number,Invoice Date,Due Date,Customer,Description,{part},Amount\n"
PAIR = TOP + "I1,2026-01-05,2026-02-05,A,a,{one},{whole}\nI1,2026-01-05,2026-02-05,A,b,{two},{whole}\n"


@pytest.mark.parametrize(
    ("part", "one", "two", "whole", "both"),
    [("Discount %", "20", "30", "50", 100), ("Share", "60%", "40%", "100", 200), ("Qty", "60", "40", "100", 200),
     ("Hours", "8", "4", "12", 24), ("占比", "3", "2", "5", 10), ("Net", "60", "40", "100", 200)],
)  # fmt: skip
def test_what_happens_to_add_up_neither_overrules_an_answer_nor_is_taken_for_one(
    part: str, one: str, two: str, whole: str, both: int
) -> None:
    text = PAIR.format(part=part, one=one, two=two, whole=whole)
    (question,) = planned(text).questions
    shown = f"I1 = {whole}.00" + (f" = {one}.00 + {two}.00 (Net)" if part == "Net" else "")
    assert (question.code, question.samples["deal"]) == ("ask_document_lines", [shown])
    assert rows(planned(text, lines="line"))["amount"].to_list() == [Decimal(both)]


def test_three_documents_that_add_up_prove_whose_the_amount_is_unless_a_person_said_so() -> None:
    text = TOP.format(part="Net") + "".join(
        f"I{no},2026-01-05,2026-02-05,A,{item},{part},{no}5\n"
        for no in (1, 2, 3) for item, part in (("a", f"{no}0"), ("b", "5"))
    )  # fmt: skip
    found = planned(text)
    assert (found.questions, rows(found)["amount"].to_list()) == ([], [Decimal(15), Decimal(25), Decimal(35)])
    assert rows(planned(text, lines="line"))["amount"].to_list() == [Decimal(30), Decimal(50), Decimal(70)]
    once = planned(PAIR.format(part="Net", one=60, two=40, whole=100), lines="deal")
    assert (rows(once)["amount"].to_list(), once.refused) == ([Decimal(100)], 0), "no line of it is refused"
