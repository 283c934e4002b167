"""Records that a list marks as void, cancelled or deleted are loaded and count in no number; and that is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.store import open_store
from tests.command_line import Company
from tests.data.ingest.test_plan import codes, planned, rows

DEALS = "商机编号,商机名称,金额,阶段,成交日期,{name}\n1,A,100,赢单,2026-01-02,{one}\n2,B,200,赢单,2026-02-02,{other}\n"
ORDERS = (
    "Order Number,Customer,Amount,Order Date,Order Status\n"
    "SO-1,Acme,5,2026-01-02,Done\nSO-2,Beta,6,2026-01-03,Cancelled\n"
)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("作废", "是", "否"),
        ("是否作废", "已作废", "正常"),
        ("Deleted", "TRUE", "FALSE"),
        ("is_void", "1", "0"),
        ("作废时间", "2026-01-03 10:00", ""),
        ("Deleted At", "1/3/2026", ""),
    ],
)
def test_a_column_of_its_own(name: str, one: str, other: str) -> None:
    plan = planned(DEALS.format(name=name, one=one, other=other))
    assert [bool(flag) for flag in rows(plan)["is_deleted"]] == [True, False]
    (said,) = [remark for remark in plan.warnings if remark.code == "rows_ended"]
    assert (said.params["rows"], said.params["column"], said.params["words"]) == (1, name, one)


def test_a_column_that_is_only_called_so_is_said() -> None:
    plan = planned(DEALS.format(name="作废", one="三张", other=""))
    assert "is_deleted" not in rows(plan).columns
    assert "ended_unread" in codes(plan)


@pytest.mark.parametrize(
    "text",
    [
        ORDERS,
        (
            "Invoice Number,Customer,Amount,Invoice Date,Due Date,Status\nI-1,Acme,5,2026-01-02,2026-02-02,Paid\n"
            "I-2,Beta,6,2026-01-03,2026-02-03,Void\n"
        ),
        "回款编号,客户名称,回款金额,回款日期,回款状态\nP-1,甲公司,5,2026-01-02,已完成\nP-2,乙公司,6,2026-01-03,已作废\n",
    ],
)
def test_a_status_of_orders_invoices_and_payments(text: str) -> None:
    plan = planned(text)
    assert [bool(flag) for flag in rows(plan)["is_deleted"]] == [False, True]
    assert {"rows_ended", "rows_ended_own"} & {*codes(plan)}


@pytest.mark.parametrize("name", ["单据状态", "生命状态", "Document Status"])
def test_a_status_of_the_record_itself_of_a_deal(name: str) -> None:
    plan = planned(DEALS.format(name=name, one="正常", other="已作废"))
    assert [bool(flag) for flag in rows(plan)["is_deleted"]] == [False, True]
    assert rows(plan)["status"].to_list() == ["won", "won"]
    assert "rows_ended" in codes(plan)


def test_both_marks_of_a_deal_hold() -> None:
    text = "商机编号,商机名称,金额,阶段,成交日期,作废,生命状态\n1,A,1,赢单,2026-01-02,否,正常\n"
    text += "2,B,2,赢单,2026-01-02,√,作废\n3,C,3,赢单,2026-01-02,,已作废\n"
    assert [bool(flag) for flag in rows(planned(text))["is_deleted"]] == [False, True, True]


def test_what_is_not_valid_counts_no_more() -> None:
    text = "订单编号,客户名称,产品名称,数量,金额,下单日期,是否有效\n"
    text += "1,甲,A,1,100,2026-01-05,是\n2,乙,B,1,80,2026-01-06,否\n"
    plan = planned(text)
    assert [bool(flag) for flag in rows(plan)["is_deleted"]] == [False, True]
    assert [one.params["column"] for one in plan.warnings if one.code == "rows_ended"] == ["是否有效"]


def revenue(company: Company) -> float:
    with open_store(company.path, create=False).snapshot() as seen:
        return float(seen.frame("select sum(amount)::double as sum from crm.order_lines")["sum"][0])


def test_the_column_can_be_left_out_for_this_file_and_the_next(company: Company, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    company.load(file)
    assert revenue(company) == 5.0
    company.load(file, "--map", "Order Status=", "--as-of", "2026-02-01")
    assert revenue(company) == 11.0
    file.write_text(ORDERS.replace("2026-01-02", "2026-01-04"))
    company.load(file, "--as-of", "2026-02-02")
    assert revenue(company) == 11.0


# ------------------------------------------------------------------------------------------------------- nearly void


INVOICES = (
    "发票编号,客户名称,开票金额,开票日期,发票状态\nF1,甲,100,2026-01-05,已开票\n"
    "F2,乙,200,2026-01-06,{0}\nF3,乙,50,2026-01-07,{0}\n"
)


@pytest.mark.parametrize(
    "word", ["作废中", "草稿", "已红冲", "Draft", "Reversed", "Partially Cancelled", "部分退款", "无效"]
)
def test_words_that_are_nearly_void_are_asked_with_rows_and_money(word: str) -> None:
    (question,) = planned(INVOICES.format(word)).questions
    assert (question.code, question.flag, question.choices) == ("ask_counts", "--counts", ("yes", "no"))
    assert question.samples == {word: ["2", "250.00"]}
    assert all(f'--counts "{word}=no"' in question.text(lang) for lang in ("en", "zh-CN"))
    out, kept = (planned(INVOICES.format(word), counts={word: said}) for said in ("no", "yes"))
    assert not out.questions
    assert not kept.questions
    assert [bool(flag) for flag in rows(out)["is_deleted"]] == [False, True, True]
    assert "is_deleted" not in rows(kept).columns or not rows(kept)["is_deleted"].any()


@pytest.mark.parametrize("word", ["已作废（重开）", "Annulled", "CANCELED BY CUSTOMER", "已取消"])
def test_words_that_are_void_outright_are_not_asked(word: str) -> None:
    plan = planned(INVOICES.format(word))
    assert not plan.questions
    assert [bool(flag) for flag in rows(plan)["is_deleted"]] == [False, True, True]


@pytest.mark.parametrize("word", ["未作废", "Not cancelled", "部分付款", "Overdue", "已逾期"])
def test_words_that_say_it_is_not_so_count(word: str) -> None:
    plan = planned(INVOICES.format(word))
    assert not plan.questions
    assert "is_deleted" not in rows(plan).columns


def test_a_quote_that_is_a_draft_or_declined_is_a_quote() -> None:
    text = "Quote Number,Customer,Quote Date,Grand Total,Status\nQ1,A,2026-01-05,5,Draft\nQ2,B,2026-01-06,6,Declined\n"
    assert not planned(text).questions


def test_whether_they_count_is_remembered(company: Company, tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv"
    file.write_text(INVOICES.format("草稿"))
    assert company("import", file).code == 3
    assert "yes" in company("import", file, "--counts", "草稿=maybe").err
    company.load(file, "--counts", "草稿=no")
    file.write_text(INVOICES.format("草稿") + "F4,丙,7,2026-01-08,草稿\n")
    company.load(file)
    assert company.ask("invoiced") == [{"invoiced": 100.0}]
