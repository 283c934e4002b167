"""Rows of sums, counts and notes are no records, however many columns they fill; names like theirs are."""

from __future__ import annotations

import pytest

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
