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


def test_a_line_that_is_there_twice_in_every_column_counts_once() -> None:
    again = BOOKS + "01/15/2026,Invoice,1001,Acme,Build,700.00\n"
    assert rows(planned(again, lines="line"))["amount"].to_list() == [Decimal(1200), Decimal(300)]


@pytest.mark.parametrize(
    "other", ["01/15/2026,Invoice,1001,Bob,Build,700.00", "02/15/2026,Invoice,1001,Acme,Build,700.00"]
)
def test_rows_that_say_something_else_of_the_document_are_no_lines(other: str) -> None:
    text = BOOKS.replace("01/15/2026,Invoice,1001,Acme,Build,700.00", other)
    assert "ask_document_lines" not in codes(planned(text))
