"""Cells that are taken for blank, and amounts that are worked out, are told: nothing is guessed in silence."""

from __future__ import annotations

import pytest

from tests.data.ingest.test_plan import codes, planned, rows

ORDERS = "Order ID,Date,Customer,Product,Qty,Amount\n"
PRICED = "Order ID,Date,Customer,Product,Qty,Unit Price,Discount\n"


def test_words_for_nothing_among_numbers_and_days_are_said() -> None:
    file = planned(
        ORDERS + "1,2026-01-05,A,P,1,#REF!\n2,#VALUE!,B,P,2,20\n3,2026-01-06,C,P,-,N/A\n4,2026-01-06,C,P,,5\n"
    )
    said = {str(one.params["field"]): one.params for one in file.warnings if one.code == "placeholders"}
    assert said["amount"]["rows"] == 2
    assert "#REF!" in str(said["amount"]["words"])
    assert said["ordered_on"]["rows"] == 1
    assert "quantity" not in said, "a dash is how a blank is written"


@pytest.mark.parametrize(("discount", "is_said"), [("10%", True), ("0", False), ("", False)])
def test_a_discount_that_is_not_taken_off_is_said(discount: str, is_said: bool) -> None:
    file = planned(PRICED + f"1,2026-01-05,A,P,2,50,{discount}\n2,2026-01-06,B,P,3,50,0%\n")
    assert rows(file)["amount"].to_list() == [100, 150]
    assert ("amount_undiscounted" in codes(file)) == is_said
    told = planned(PRICED.replace("Discount", "Discount,Net") + f"1,2026-01-05,A,P,2,50,{discount},90\n")
    assert (rows(told)["amount"].to_list(), "amount_undiscounted" in codes(told)) == ([90], False)


def test_a_day_that_is_marked_as_text_is_a_day() -> None:
    file = planned(ORDERS + "'001,'2026-01-05,O'Neil,P,1,'100\n'002,'2026-01-16,'t Hart,P,1,'200\n")
    assert rows(file).select("order_id", "customer").rows() == [("001", "O'Neil"), ("002", "'t Hart")]
    assert str(rows(file)["ordered_on"][1]) == "2026-01-16"


@pytest.mark.parametrize("word", ["Credit Note", "credit memo", "红字发票"])
def test_credit_notes_are_subtracted_and_said(word: str) -> None:
    head = "Invoice Number,Invoice Date,Customer,Type,Amount\n1,2026-01-05,A,Invoice,100\n"
    file = planned(head + f"2,2026-01-06,A,{word},30\n")
    assert (rows(file)["amount"].to_list(), "refunds_turned" in codes(file)) == ([100, -30], True)
    signed = planned(head + f"2,2026-01-06,A,{word},-30\n")
    assert (rows(signed)["amount"].to_list(), "refunds_turned" in codes(signed)) == ([100, -30], False)
    orders = planned(f"Order ID,Date,Customer,Type,Amount\n1,2026-01-05,A,Sale,100\n2,2026-01-06,A,{word},30\n")
    if word.isascii():
        assert rows(orders)["amount"].to_list() == [100, -30]
    else:
        assert [one.flag for one in orders.questions] == ["--counts"]


def test_lines_of_an_order_that_are_alike_count_and_are_said() -> None:
    file = planned(ORDERS + 2 * "1,2026-01-05,A,P,1,100\n" + "1,2026-01-05,A,P,2,200\n2,2026-01-06,A,P,1,100\n")
    (said,) = [one for one in file.warnings if one.code == "lines_again"]
    assert (said.params["rows"], said.params["money"], said.params["lines"]) == (1, "100.00", "3")
    assert rows(file)["amount"].sum() == 500
    numbered = planned("Line No," + ORDERS + "1,1,2026-01-05,A,P,1,100\n2,1,2026-01-05,A,P,1,100\n")
    assert "lines_again" not in codes(numbered)
