"""Money paid back is subtracted, whichever sign a list of payments writes it with."""

from __future__ import annotations

from datetime import date

import pytest

from data.ingest import Options, Source, plan
from tests.data.ingest.test_plan import codes, planned, rows

PAID = "回款编号,客户名称,回款日期,回款金额,收款类型\nH1,甲,2026-03-01,100,收款\nH2,甲,2026-03-02,{amount},{kind}\n"


@pytest.mark.parametrize(
    ("amount", "kind", "sums", "is_said"),
    [("30", "退款", 70, True), ("-30", "退款", 70, False), ("30", "收款", 130, False), ("30", "Refund", 70, True)],
)
def test_refunds_are_subtracted_once(amount: str, kind: str, sums: int, *, is_said: bool) -> None:
    found = planned(PAID.format(amount=amount, kind=kind))
    assert rows(found)["amount"].sum() == sums
    assert ("refunds_turned" in codes(found)) == is_said


def test_a_list_of_refunds_alone_is_subtracted_too() -> None:
    found = planned(PAID.format(amount="30", kind="退款").replace("100,收款", "100,退款"))
    assert rows(found)["amount"].sum() == -130
    (said,) = [remark for remark in found.warnings if remark.code == "refunds_turned"]
    assert "130" in said.text("en")
    assert "130" in said.text("zh-CN")


@pytest.mark.parametrize("kind", ["Partial refund", "保证金退回", "部分退款", "Chargebacks", "退货退款"])
def test_what_says_outright_that_money_went_back_is_subtracted(kind: str) -> None:
    assert rows(planned(PAID.format(amount="30", kind=kind)))["amount"].sum() == 70


@pytest.mark.parametrize(
    ("column", "kind"),
    [("收款类型", "Refunded"), ("收款类型", "退款申请中"), ("收支类型", "支出"), ("收支类型", "退款冲销")],
)
def test_what_may_be_money_back_or_spent_is_asked_with_the_money(column: str, kind: str) -> None:
    text = PAID.format(amount="30", kind=kind).replace("收款类型", column)
    (question,) = planned(text).questions
    assert (question.code, question.samples) == ("ask_counts", {kind: ["1", "30.00"]})
    for said, sums in (("yes", 130), ("no", 100), ("subtract", 70)):
        found = planned(text, counts={kind: said})
        assert not found.questions
        kept = rows(found)
        living = kept if "is_deleted" not in kept.columns else kept.filter(kept["is_deleted"].ne_missing(True))
        assert living["amount"].sum() == sums
    assert not planned(text.replace(",30,", ",-30,")).questions


@pytest.mark.parametrize(("said", "sums"), [("yes", 130), ("subtract", 70), (None, 70)])
def test_what_says_outright_that_money_went_back_counts_where_a_person_says_so(said: str | None, sums: int) -> None:
    told = {} if said is None else {"counts": {"退款": said}}
    assert rows(planned(PAID.format(amount="30", kind="退款"), **told))["amount"].sum() == sums


def test_a_refund_is_one_whichever_of_two_columns_says_so() -> None:
    text = PAID.format(amount="30", kind="收款").replace("收款类型", "类型,款项类型")
    text = text.replace("100,收款", "100,收款,货款").replace("30,收款", "30,收款,退款")
    found = planned(text)
    assert rows(found)["amount"].sum() == 70
    (remark,) = [one for one in found.warnings if one.code == "refunds_turned"]
    assert "款项类型" in remark.text("zh-CN")


@pytest.mark.parametrize("word", ["支出", "付款"])
def test_money_paid_out_beside_money_received_is_asked_in_any_column_of_kinds(word: str) -> None:
    text = PAID.format(amount="30", kind=word).replace("收款类型", "类型")
    (question,) = planned(text).questions
    assert question.choices == ("yes", "no", "subtract")
    assert rows(planned(text, counts={word: "subtract"}))["amount"].sum() == 70


@pytest.mark.parametrize("kind", ["不可退款", "Non-refundable deposit", "No refund", "未退款"])
def test_words_that_say_that_nothing_went_back_are_not_asked(kind: str) -> None:
    assert rows(planned(PAID.format(amount="30", kind=kind)))["amount"].sum() == 130


@pytest.mark.parametrize(
    ("column", "kind"), [("Type", "Refund"), ("单据类型", "销售退货"), ("Order Type", "Sales Return")]
)
def test_order_lines_of_goods_sent_back_are_returns(column: str, kind: str) -> None:
    found = planned(
        f"Order ID,Order Date,Customer,Product,Quantity,Amount,{column}\nS1,2026-01-01,A,p,1,10,Sale\n"
        f"S2,2026-01-02,B,q,1,20,{kind}\nS3,2026-01-02,B,q,1,25,Sale\n"
    )
    assert rows(found).sort("line")["is_return"].to_list() == [False, True, False]
    assert rows(found)["amount"].sum() == 15
    assert "refunds_turned" in codes(found)


def test_an_unpaid_or_refunded_order_of_a_shop_counts_no_more_with_all_of_its_lines() -> None:
    orders = [("#1", "paid", "10", 0), ("#1", "", "20", ""), ("#2", "pending", "50", 0),
              ("#2", "", "7", ""), ("#3", "voided", "70", 0), ("#4", "refunded", "80", 80),
              ("#5", "partially_refunded", "90", 40)]  # fmt: skip
    text = "Name,Email,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    text += "Refunded Amount,Cancelled at\n"
    text += "".join(
        f"{no},a@x,{state},{'USD' if state else ''},2026-01-0{no[1]} 10:00:00 +0000,1,p{price},{price},{back},\n"
        for no, state, price, back in orders
    )
    files = plan([Source("shop.csv", text.encode())], Options(today=date(2026, 11, 21))).files
    read = [file.checked.rows for file in files if file.checked is not None]
    assert [len(kept) for kept in read] == [7, 1]
    living = sum(kept.filter(kept["is_deleted"].ne_missing(True))["amount"].sum() for kept in read)
    assert living == 10 + 20 + 90 - 40


def test_a_list_of_payments_with_a_day_and_a_type_is_no_list_of_activities() -> None:
    text = "Payment ID,Date,Customer,Amount,Type\nP1,2026-01-05,Acme,10,Card\nP2,2026-01-07,Acme,3,Refund\n"
    asked = planned(text)
    assert (asked.table, [one.code for one in asked.questions]) == ("payments", ["ask_lacking"]), (
        "the day is called Date"
    )
    found = planned(text, columns={"Date": "paid_on"})
    assert (found.table, found.questions) == ("payments", [])
    assert rows(found)["paid_on"].to_list() == [date(2026, 1, 5), date(2026, 1, 7)]
    assert rows(found)["amount"].sum() == 7


@pytest.mark.parametrize(
    ("column", "received", "paid"),
    [("单据类型", "收款单", "付款单"), ("业务类型", "收款", "付款"), ("收支", "收", "付"), ("类型", "收", "付"),
     ("收付标志", "收", "付"), ("交易类型", "收款", "提现"), ("交易类型", "收款", "转出"),
     ("交易类型", "交易支付", "服务费"),
     ("Type", "charge", "payout"), ("Type", "charge", "fee"), ("Type", "payment", "dispute")],
)  # fmt: skip
def test_money_paid_out_is_asked_whatever_it_is_called(column: str, received: str, paid: str) -> None:
    text = PAID.format(amount="30", kind=paid).replace("收款类型", column).replace("100,收款", f"100,{received}")
    (question,) = planned(text).questions
    assert (question.code, question.samples) == ("ask_counts", {paid: ["1", "30.00"]})
    assert rows(planned(text, counts={paid: "subtract"}))["amount"].sum() == 70


def test_both_sides_of_a_book_are_asked() -> None:
    text = PAID.format(amount="30", kind="借").replace("收款类型", "借贷方向").replace("100,收款", "100,贷")
    assert [sorted(question.samples) for question in planned(text).questions] == [["借", "贷"]]
    assert rows(planned(text, counts={"借": "subtract", "贷": "yes"}))["amount"].sum() == 70
    assert not planned(text.replace("借,", "贷,").replace("30,借", "30,贷")).questions


@pytest.mark.parametrize("kind", ["退款", "部分退款"])
def test_money_back_with_a_sign_and_without_is_asked(kind: str) -> None:
    text = PAID.format(amount="-30", kind="退款") + f"H3,甲,2026-03-03,20,{kind}\n"
    (question,) = planned(text).questions
    assert (question.code, list(question.samples)) == ("ask_counts", [kind])
    assert rows(planned(text, counts={kind: "subtract"}))["amount"].sum() == 50
    assert rows(planned(text, counts={kind: "yes"}))["amount"].sum() == 90


def test_what_is_said_to_be_subtracted_is_or_is_asked_again() -> None:
    assert rows(planned(PAID.format(amount="30", kind="货款"), counts={"货款": "subtract"}))["amount"].sum() == 70
    invoices = "Invoice Number,Invoice Date,Due Date,Customer,Amount,Status\n1,2026-01-01,2026-02-01,X,100,Sent\n"
    (question,) = planned(invoices + "2,2026-01-01,2026-02-01,X,50,Draft\n", counts={"Draft": "subtract"}).questions
    assert (question.code, question.choices) == ("ask_counts", ("yes", "no"))


BILLS = "Invoice Number,Invoice Date,Due Date,Customer,{column},Amount\n1,2026-01-01,2026-02-01,X,{other},100\n"
BILLS += "2,2026-01-02,2026-02-01,X,{kind},30\n"


@pytest.mark.parametrize(
    ("column", "kind"),
    [("Type", "Sales Credit"), ("Type", "Credit Note - Partial"), ("Type", "ACCRECCREDIT"), ("Type", "Gutschrift"),
     ("Document Type", "Credit Tax Invoice"), ("发票类型", "负数发票"), ("发票类型", "增值税专用发票(红字)"),
     ("发票类型", "红冲"), ("Voucher Type", "Credit Note"), ("Doc Type", "Credit Memo"), ("Transaction", "Credit Note"),
     ("Status", "Credit Note"), ("Art", "Gutschrift")],
)  # fmt: skip
def test_credit_notes_are_subtracted_whichever_column_says_so(column: str, kind: str) -> None:
    found = planned(BILLS.format(column=column, other="Invoice", kind=kind), table="invoices")
    assert (found.questions, rows(found)["amount"].sum()) == ([], 70)
    assert "refunds_turned" in codes(found)


@pytest.mark.parametrize(("other", "kind"), [("Tax Invoice", "Credit"), ("Invoice", "Adjustment Note")])
def test_what_may_be_a_credit_note_is_asked_and_may_be_subtracted(other: str, kind: str) -> None:
    text = BILLS.format(column="Type", other=other, kind=kind)
    (question,) = planned(text, table="invoices").questions
    assert (question.code, list(question.samples)) == ("ask_counts", [kind])
    for said, sums in (("yes", 130), ("subtract", 70)):
        assert rows(planned(text, table="invoices", counts={kind: said}))["amount"].sum() == sums


@pytest.mark.parametrize(
    ("column", "other", "kind"),
    [("Type", "Cash", "Credit"), ("Type", "Cash Invoice", "Credit Invoice"), ("Payment Method", "Card", "Credit Note"),
     ("Item", "Licence", "Credit Note"), ("Commission", "Team", "Sales Credit"), ("发票类型", "普票", "非红字发票")],
)  # fmt: skip
def test_sales_on_credit_and_ways_of_paying_are_no_credit_notes(column: str, other: str, kind: str) -> None:
    found = planned(BILLS.format(column=column, other=other, kind=kind), table="invoices")
    assert (found.questions, rows(found)["amount"].sum()) == ([], 130)


FLAGGED = "Order ID,Date,Customer,Product,Quantity,Amount,{column}\n"
FLAGGED += "O1,2026-01-05,A,P,2,50,No\nO2,2026-01-06,A,P,1,25,{yes}\n"


@pytest.mark.parametrize("yes", ["Yes", "true", "1"])
def test_a_column_that_says_whether_a_line_is_a_return_costs_neither_its_day_nor_its_sign(yes: str) -> None:
    found = rows(planned(FLAGGED.format(column="Is Return", yes=yes))).sort("order_id")
    assert found["ordered_on"].to_list() == [date(2026, 1, 5), date(2026, 1, 6)]
    assert (found["amount"].to_list(), found["is_return"].to_list()) == ([50, -25], [False, True])


def test_a_sale_that_was_returned_is_asked_about() -> None:
    text = FLAGGED.format(column="Is Returned", yes="Yes")
    (question,) = planned(text).questions
    assert (question.code, question.samples) == ("ask_counts", {"Yes": ["1", "25.00"]})
    assert rows(planned(text, counts={"Yes": "yes"}))["amount"].sum() == 75
