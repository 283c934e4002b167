"""Rows of sums, counts and notes are no records, however many columns they fill; names like theirs are."""

from __future__ import annotations

from datetime import date
from unittest.mock import patch

import pytest

from data.ingest import Source, totals
from data.ingest.fileplan import FilePlan
from data.ingest.read import read
from data.ingest.recognise import known_headers
from tests.data.ingest.test_plan import planned, refused, rows

DEALS = "商机编号,商机名称,客户名称,负责人,销售阶段,金额,创建时间,预计成交日期\n"
FIRST = "S1,甲,华东,张三,谈判,1000,2026-01-05,2026-03-01\n"
LAST = "S2,丙,华北,李四,赢单,3000,2026-01-05,2026-03-01\n"


@pytest.mark.parametrize("name", ["合计", "总计", "小计：", "合 计", "Total", "Grand Total", "Sum"])
def test_a_total_that_fills_every_column_is_no_goal_of_a_person(name: str) -> None:
    text = f"负责人,1月,2月,3月,Q1,合计\n张三,10,20,30,60,60\n李四,1,2,3,6,6\n{name},11,22,33,66,66\n"
    plan = planned(text, name="2026目标.csv", months="2026", table="targets")
    assert set(rows(plan)["scope_value"]) == {"张三", "李四"}
    assert [(line, reasons) for line, reasons, _, is_aside in refused(plan) if is_aside] == [(4, ["total"])]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,,,合计,4000,,", "total"),
        ("总计,2,2,2,2,4000,-,-", "total"),
        ("共2条,,,,,,,", "footnote"),
        ("Count: 2,,,,,,,", "footnote"),
        ("制表：王五,,,,,,,2026-03-04", "footnote"),
        ("制表人：王五,,,审核：赵六,,,,", "footnote"),
    ],
)
def test_what_stands_below_the_records_is_set_aside_and_said(row: str, reason: str) -> None:
    plan = planned(DEALS + FIRST + LAST + row + "\n")
    assert rows(plan)["deal_id"].to_list() == ["S1", "S2"]
    assert [(line, reasons, is_aside) for line, reasons, _, is_aside in refused(plan)] == [(4, [reason], True)]


def test_a_total_between_the_records_stands_in_any_column() -> None:
    plan = planned(DEALS + FIRST + ",,,,小计,1000,,\n" + LAST)
    assert rows(plan)["deal_id"].to_list() == ["S1", "S2"]
    assert refused(plan) == [(3, ["total"], None, True)]


@pytest.mark.parametrize("name", ["Total Energies", "合计科技", "Summit", "总和科技", "Subtotal Software", "Total"])
def test_a_customer_called_like_a_total_stays(name: str) -> None:
    """Wherever it stands: its row is filled as the others are, or has only a number beside the name."""
    named = f"{name},,,,,800\n" if name != "Total" else f"{name},Energy,Paris,1,2,800\n"
    others = "Shell,Energy,London,1,2,300\nBP,Energy,London,1,2,200\n"
    for text in (named + others, others + named):
        plan = planned(f"Customer,Industry,City,Phone,Fax,Employees\n{text}", table="customers")
        assert set(rows(plan)["customer"]) == {name, "Shell", "BP"}


def test_a_total_that_fills_every_column_is_known_by_its_sum() -> None:
    text = "Deal Name,Stage,Amount\nA,Won,10\nB,Won,20\nTotal,2,30\nC,Won,5\nD,Won,6\nTotal,2,11\nTotal,Won,99\n"
    plan = planned(text)
    assert rows(plan)["deal"].to_list() == ["A", "B", "C", "D", "Total"], "a company may be called Total"
    assert [line for line, reasons, *_ in refused(plan) if reasons == ["total"]] == [4, 7]


@pytest.mark.parametrize(
    "below", [",,,30,,\n", ",,,30.00,7,\n", ',,,"30",,\n,,,,,\n'], ids=["sum", "two sums", "and a blank row"]
)
def test_sums_without_a_word_are_no_record(below: str) -> None:
    text = "Deal ID,Deal Name,Stage,Amount,Probability,Note\n1,A,Won,10,3,x\n2,B,Won,20,4,y\n"
    plan = planned(text + below)
    assert rows(plan)["deal_id"].to_list() == ["1", "2"]
    assert (4, ["total"]) in [(line, reasons) for line, reasons, *_ in refused(plan)]


def test_numbers_below_the_list_that_are_no_sums_are_refused_with_a_reason() -> None:
    plan = planned("Deal ID,Deal Name,Stage,Amount,Note\n1,A,Won,10,x\n2,B,Won,20,y\n,,,31,\n")
    assert [(line, reasons[0], aside) for line, reasons, _, aside in refused(plan)] == [(4, "key_missing", False)]


def test_subtotals_without_a_word_between_the_records() -> None:
    text = "Deal ID,Deal Name,Stage,Amount,Note\n1,A,Won,10,x\n2,B,Won,20,y\n,,,30,\n"
    text += "3,C,Won,1,\n4,D,Won,2,\n,,,3,\n,,,33,\n"
    plan = planned(text)
    assert rows(plan)["amount"].sum() == 33
    assert [line for line, reasons, *_ in refused(plan) if reasons == ["total"]] == [4, 7, 8]


@pytest.mark.parametrize(
    "text",
    [
        "Deal ID,Account,Amount,Stage\nD1,Acme,100,Won\nD2,Beta,200,Won\nD3,Total,300,Won\nD4,Core,400,Won\n",
        "Account,Deal ID,Amount,Stage\nAcme,D1,100,Won\nBeta,D2,200,Won\nTotal,D3,300,Won\n",
        "客户名称,业务员,订单编号,数量,金额,下单日期\n甲,张三,1,1,100,20260105\n乙,李四,2,1,200,20260106\n,,3,2,55,20260107\n",
        "Lost Reason,Deal ID,Amount,Probability (%),Stage\n,1001,100,10,\nPrice,1002,200,20,Won\n,1003,300,30,\n",
        "Deal ID,Account,Deal Name,Stage,Amount,Owner,Source,Note\nD1,Acme,A,Won,100,Ann,Web,\nD2,Total,Fuel,Won,,,,\n",
        "商机编号,客户名称,商机名称,阶段,金额,负责人,来源,备注\nD1,甲,A,赢单,100,张三,网站,y\nD4,,C,赢单,500,,,合计3台设备\n",
        "Order ID,Customer,Product,Quantity,Amount,Date,Note\nO1,Acme,X,1,100,2026-01-05,\nO2,B,Total 360 Suite,2,,,\n",
        "Product,Quantity,Price,City\nA,1,10,X\nB,2,20,Y\n,2,30,\nC,5,70,Z\n",
        "Product,Family,Price,City,Note,Fax\nA,f,10,X,,\nTotal 360 Suite,,30,,,\n",
    ],
)
def test_a_record_is_no_total_by_chance_or_by_its_name(text: str) -> None:
    (table,) = read(Source("a.csv", text.encode()), known_headers()).tables
    assert [aside.line for aside in table.aside] == []
    assert table.frame.height == text.count("\n") - 1


def test_totals_are_named_with_their_line_and_money() -> None:
    (remark,) = [
        one for one in planned(DEALS + FIRST + LAST + ",,,,合计,4000,,\n").warnings if one.code == "rows_total"
    ]
    for lang in ("en", "zh-CN"):
        assert "4: " in remark.text(lang)
        assert "4000" in remark.text(lang)


def test_many_rows_that_might_be_sums_are_looked_at_once() -> None:
    """The column is read once, not once for each of them: ten times the suspects must not take ten times as long."""
    with patch.object(totals, "numbers", wraps=totals.numbers) as read_numbers:
        lines = [f",{row}.25," if row % 20 == 3 else f"A,{row}.25,x" for row in range(2000)]
        read(Source("a.csv", "\n".join(["Product,Price,City", *lines]).encode()), frozenset())
    assert sum(len(call.args[0]) > 1 for call in read_numbers.call_args_list) == 1


SALESFORCE = "Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Close Date,Created Date\n"
WON = "Two,Beta,Bob,Closed Won,50000,2026-02-20,2026-01-10\nThree,Beta,Bob,Closed Won,50000,2026-02-20,2026-01-12\n"
RIGHTS = "Copyright (c) 2000-2026 salesforce.com\nConfidential Information - Do Not Distribute\n"


@pytest.mark.parametrize(
    "below",
    [
        "\n\nMy Pipeline Report\n" + RIGHTS + "Generated By:  Ann  3/2/2026 9:15 AM\nAcme Sales\n",
        "\n\nMy Pipeline Report\n" + RIGHTS + "\nGenerated By:  Ann  3/2/2026 9:15 AM\n\n\nAcme Sales\n\n",
        RIGHTS + "Generated By:  Ann  3/2/2026 9:15 AM\nAcme Sales\n",
        "\n业务机会报表\n版权所有 (c) 2000-2026\n\n机密信息 - 请勿分发\n生成者: 张三 2026-3-2 上午 9:15\n\n某某公司\n",
        "生成者: 张三 2026-3-2 上午 9:15\n某某公司\n",
    ],
    ids=["one block", "blank rows between", "no blank row", "Chinese", "no blank row, Chinese"],
)
def test_the_notes_of_a_report_end_with_the_name_of_the_company_and_tell_its_day(below: str) -> None:
    """3/2/2026 is the 2nd of March: on the 3rd of February nothing had been closed on the 20th."""
    plan = planned(SALESFORCE + WON + below)
    assert rows(plan)["deal"].to_list() == ["Two", "Three"]
    assert {reason for _, reasons, _, _ in refused(plan) for reason in reasons} <= {"footnote", "blank_line"}
    assert (plan.as_of, plan.as_of_from) == (date(2026, 3, 2), "report")


def test_the_day_of_a_report_has_the_order_of_its_dates_or_is_not_taken() -> None:
    made = "Generated By: Ann  4/3/2026\n"
    by_month = WON.replace("2026-02-20", "2/20/2026").replace("2026-01-1", "1/1")
    assert planned(
        SALESFORCE + by_month.replace("1/10", "1/10/2026").replace("1/12", "1/12/2026") + made
    ).as_of == date(2026, 4, 3)
    by_day = "Two,Beta,Bob,Closed Won,5,20/2/2026,10/1/2026\nThree,Beta,Bob,Closed Won,5,20/2/2026,12/1/2026\n"
    assert planned(SALESFORCE + by_day + made).as_of == date(2026, 3, 4)
    plan = planned(SALESFORCE + WON + made)  # the 4th of March or the 3rd of April
    assert (plan.as_of, plan.as_of_from) == (date(2026, 2, 20), "dates")


def test_things_that_are_only_named_above_a_note_stay_records() -> None:
    plan = planned("Customer,Industry,City\nShell,Energy,London\nBP,,\nConfidential\n", table="customers")
    assert rows(plan)["customer"].to_list() == ["Shell", "BP"]


PAID = """客户名称,回款日期,回款金额
甲,2026-03-01,100
甲,2026-03-02,101
甲 汇总,,201
乙,2026-03-01,50
乙 汇总,,50
总计,,251
"""
PAID_EN = """Customer,Payment Date,Amount
Acme,2026-03-01,100
Acme,2026-03-02,101
Acme Total,,201
Acme Count,,2
Globex,2026-03-01,50
Total Globex,,50
Grand Total,,251
"""
ORDERED = """客户名称,订单编号,订单日期,金额
甲,S1,2026-03-01,100
甲,S2,2026-03-02,101
甲 汇总,,,201
总计,,,201
"""


@pytest.mark.parametrize(("text", "read", "amount"), [(PAID, 3, 251), (PAID_EN, 3, 251), (ORDERED, 2, 201)])
def test_the_total_of_a_group_is_called_like_it_and_is_no_record(text: str, read: int, amount: int) -> None:
    found = planned(text)
    assert (found.read, found.refused, rows(found)["amount"].sum()) == (read, 0, amount)
    assert found.set_aside == text.count("\n") - 1 - read


def test_a_company_called_like_a_total_is_a_record() -> None:
    head = "Customer,Payment Date,Amount\nEnergies,2026-03-01,100\n"
    text = head + "Total Energies,2026-03-02,101\nSummit Count,2026-03-03,1\n"
    assert planned(text).read == 3


PAID_TW = "收款單號,客戶名稱,收款日期,收款金額\nP1,A,2026-01-01,10\nP2,A,2026-01-02,20\n{}P3,C,2026-01-02,20\n{}"


@pytest.mark.parametrize("total", ["總計,,,50", "合計,,,50", "合計：,,,50", "總計,3,3,50", ",總計,,50"])
@pytest.mark.parametrize("within", ["", "小計,,,30\n", ",A 小計,,30\n"])
def test_totals_in_traditional_characters(total: str, within: str) -> None:
    plan = planned(PAID_TW.format(within, total + "\n"))
    assert (plan.read, rows(plan)["amount"].sum()) == (3, 50)


def test_units_in_traditional_characters() -> None:
    for text in ("單位：萬元\n" + PAID_TW.format("", ""), PAID_TW.format("", "\n註：以上金額單位均為萬元\n")):
        assert rows(planned(text))["amount"].sum() == 500_000


@pytest.mark.parametrize("word", ["Summe", "Gesamt", "Totaal", "Total général", "Итого", "Alles"])
def test_a_last_row_without_a_day_that_is_the_sum_of_all_is_their_total(word: str) -> None:
    text = f"Customer;Paid On;Amount\nA;01.01.2026;10\nA;13.01.2026;20\nB;13.01.2026;5\n{word};;{{}}\n"
    plan = planned(text.format(35))
    assert (plan.read, rows(plan)["amount"].sum()) == (3, 35)
    assert set_aside_at(plan) == [5]
    assert set_aside_at(planned(text.format(36))) == [], "it is no sum of theirs"
    assert set_aside_at(planned(text.format(35).replace(";;", ";14.01.2026;"))) == [], "it has a day"


def test_a_total_in_the_column_of_ids() -> None:
    text = "Payment ID;Customer;Paid On;Amount\nP1;A;01.01.2026;10\nP2;A;13.01.2026;20\nTotal général;;;30\n"
    assert rows(planned(text))["amount"].sum() == 30


def set_aside_at(plan: FilePlan) -> list[int]:
    return [line for line, reasons, *_ in refused(plan) if reasons == ["total"]]


@pytest.mark.parametrize("name", ["Grand Total", "Subtotal", "合计", "總計"])
@pytest.mark.parametrize("last", ["", "X,D2,Acme,Ann,Closed Won,200,2026-01-02\n"])
def test_a_deal_called_like_a_total_is_a_record(name: str, last: str) -> None:
    head = "Deal Name,Deal ID,Account,Owner,Stage,Amount,Created Date\nY,D0,Acme,Ann,Closed Won,5,2026-01-02\n"
    plan = planned(head + f"{name},D1,Acme,Ann,Closed Won,100,2026-01-01\n{last}{name},,,,,105,\n")
    assert [text for text in rows(plan)["deal_id"] if text == "D1"] == ["D1"]
    assert plan.set_aside == 1, "the row of the sum is none"


SUMS = "客户名称,收款日期,收款金额\n甲,2026-01-05,10\n乙,2026-01-06,20\n丙,2026-01-07,30\n{}"


@pytest.mark.parametrize("row", [",,60\n", "丁,,60\n"])
def test_a_total_by_its_sums_alone_is_a_record_where_a_person_says_so(row: str) -> None:
    found = planned(SUMS.format(row))
    (offer,) = found.offers
    assert (offer.code, offer.flag, offer.taken, offer.choices) == ("sums_aside", "--sums", "aside", ("aside", "keep"))
    assert (found.set_aside, rows(found)["amount"].sum()) == (1, 60)
    kept = planned(SUMS.format(row), sums="keep")
    assert kept.set_aside == 0
    assert kept.read == 4, "it is loaded, or refused with its reason, but no total"
    assert [offer.taken for offer in kept.offers] == ["keep"]
    assert not planned(SUMS.format("合计,,60\n")).offers
    assert planned(SUMS.format("合计,,60\n"), sums="keep").set_aside == 1


BOARD = (
    "Pipeline,,,,\n,,,,\nQ4,,,,\nName,Owner,Stage,Deal size,Close date\nA,Mia,Proposal,700,2026-12-11\n"
    "B,Mia,Won,300,2026-10-11\n,,,1000,\n,,,,\nQ3,,,,\nName,Owner,Stage,Deal size,Close date\n"
    "C,Leo,Won,50,2026-08-22\n,,,{},\n"
)


def test_the_sums_below_the_groups_of_a_board_are_told_by_the_day_they_lack() -> None:
    found = planned(BOARD.format(50))
    assert (found.read, found.refused, rows(found)["amount"].sum()) == (3, 0, 1050)
    assert [offer.code for offer in found.offers] == ["sums_aside"]
    other = planned(BOARD.format(51))
    assert other.refused == 1, "it is no sum of theirs: kept with its reason"
