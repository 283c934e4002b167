"""Numbers of a workbook are no texts: three decimals are three decimals, and nobody is asked."""

from __future__ import annotations

import io

import xlsxwriter

from data.ingest import Source, plan


def _book(amounts: list[object]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["deal_id", "status", "amount"])
        for at, amount in enumerate(amounts, start=1):
            sheet.write_row(at, 0, [at, "won", amount])
    return content.getvalue()


def test_numbers_of_a_workbook_with_three_decimals_are_not_asked_about() -> None:
    (file,) = plan([Source("a.xlsx", _book([1.234, 5.678, 9.012]))]).files
    assert not file.questions
    assert file.checked is not None
    assert [str(amount) for amount in file.checked.rows["amount"]] == ["1.2340", "5.6780", "9.0120"]


def test_texts_of_a_workbook_that_look_like_thousands_are_asked_about() -> None:
    (file,) = plan([Source("a.xlsx", _book(["1.234", "5.678", "9.012"]))]).files
    assert [question.code for question in file.questions] == ["ask_decimal"]
