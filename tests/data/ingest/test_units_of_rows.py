"""Units of money in a column beside the amounts: each row goes by its own, or it is asked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.data.ingest.test_plan import codes, planned, refused, rows
from tests.data.ingest.test_units import BESIDE

UNITS = "商机编号,商机名称,客户名称,负责人,阶段,金额,单位,创建时间\n"


def of_units(*amounts: tuple[str, str]) -> str:
    return UNITS + "".join(
        f"D{at},甲{at},客{at},张三,赢单,{amount},{unit},2026-01-05\n" for at, (amount, unit) in enumerate(amounts)
    )


def test_each_row_goes_by_its_own_unit_of_money() -> None:
    head, one, other = BESIDE
    plan = planned(f"{head},单位\n{one},万元\n{other},元\n")
    assert not plan.questions
    assert rows(plan)["amount"].to_list() == [Decimal(120_000), Decimal(8)]
    (said,) = [remark for remark in plan.warnings if remark.code == "unit_of_rows"]
    assert "万元" in said.text("en")
    same = planned(f"{head},单位\n{one},元\n{other},美元\n")
    assert "ask_unit" not in [question.code for question in same.questions]


def test_places_of_a_unit_of_the_row_are_kept_and_a_cell_with_its_own_unit_keeps_it() -> None:
    text = "收款单号,客户名称,收款日期,收款金额,金额单位\n1,甲,2026-01-05,12.345678,万元\n2,乙,2026-01-06,(1.5),万元\n"
    text += '3,丙,2026-01-07,350000,元\n4,丁,2026-01-08,3亿,万元\n5,戊,2026-01-09,"1,234",万元\n'
    wanted = ["123456.78", "-15000", "350000", "300000000", "12340000"]
    assert rows(planned(text))["amount"].to_list() == [Decimal(amount) for amount in wanted]


def test_a_price_with_the_unit_of_its_row_is_multiplied_before_the_quantity() -> None:
    text = "订单编号,下单日期,客户名称,产品名称,数量,单价,单位\n"
    text += "1,2026-01-05,甲,软件,2,1.5,万元\n2,2026-01-06,乙,服务,3,800,元\n"
    assert rows(planned(text))["amount"].to_list() == [Decimal(30_000), Decimal(2_400)]


@pytest.mark.parametrize("unit", ["", "美元"])
def test_rows_without_a_unit_and_units_of_two_currencies_are_asked_about(unit: str) -> None:
    head, one, other = BESIDE
    plan = planned(f"{head},单位\n{one},万元\n{other},元\nc,丙,9,方案报价,{unit}\n")
    assert "ask_unit" in [question.code for question in plan.questions]


@pytest.mark.parametrize(("units", "is_asked"), [("万元 元", True), ("万元 万元", True), ("元 元", False)])
def test_a_unit_column_against_the_unit_in_a_name_is_asked_about(units: str, *, is_asked: bool) -> None:
    text = "商机编号,商机名称,客户名称,销售阶段,金额(元),单位,创建日期\n"
    text += "".join(f"{at},A,甲,赢单,12,{unit},2026-01-05\n" for at, unit in enumerate(units.split()))
    assert [question.code for question in planned(text).questions] == (["ask_unit"] if is_asked else [])
    assert not planned(text, unit="1").questions


def test_thousands_and_millions_in_a_column_of_units_multiply_their_rows() -> None:
    plan = planned(of_units(("12", "K"), ("5", "M"), ("7.5", "k")))
    assert rows(plan)["amount"].to_list() == [Decimal(12_000), Decimal(5_000_000), Decimal(7_500)]
    assert "unit_of_rows" in codes(plan)
    chinese = planned(of_units(("30", "万"), ("40", "w"), ("50", "元")))
    assert rows(chinese)["amount"].to_list() == [Decimal(300_000), Decimal(400_000), Decimal(50)]


@pytest.mark.parametrize(
    "units",
    [("M", "M", "M"), ("w", "w", "w"), ("万元", "", "万元"), ("万元", "方", "万元"), ("万元", "", "元")],
    ids="-".join,
)
def test_units_that_do_not_tell_what_each_row_is_counted_in_are_asked_about(units: tuple[str, ...]) -> None:
    text = of_units(*(("30", unit) for unit in units))
    (asked,) = planned(text).questions
    assert (asked.code, asked.params["sample"]) == ("ask_unit", "30")
    assert rows(planned(text, unit="10000"))["amount"].to_list() == [Decimal(300_000)] * 3


@pytest.mark.parametrize("unit", ["K", "k"])
def test_a_column_that_says_thousands_in_every_row_multiplies_them(unit: str) -> None:
    plan = planned(of_units(("12", unit), ("40", unit)))
    assert rows(plan)["amount"].to_list() == [Decimal(12_000), Decimal(40_000)]
    assert "unit_of_title" in codes(plan)


def test_metres_are_no_millions() -> None:
    assert rows(planned(of_units(("30", "m"), ("40", "m"))))["amount"].to_list() == [Decimal(30), Decimal(40)]


def test_a_cell_with_a_currency_and_no_unit_beside_multiplied_ones_is_refused_and_said() -> None:
    plan = planned(of_units(("12 RMB", "万元"), ("40", "万元"), ("50 RMB", "元")))
    assert rows(plan)["amount"].to_list() == [Decimal(400_000), Decimal(50)]
    assert [why for _, why, *_ in refused(plan)] == [["unreadable:金额:12 RMB"]]
    assert "unit_half_said" in codes(plan)
    of_header = planned(of_units(("12 RMB", "x"), ("40", "x"), ("3000元", "x")).replace("金额", "金额(万元)"))
    assert rows(of_header)["amount"].to_list() == [Decimal(400_000), Decimal(3_000)]
    same = planned(of_units(("12 RMB", "万元"), ("40 RMB", "万元"), ("50 RMB", "元")))
    assert rows(same)["amount"].to_list() == [Decimal(120_000), Decimal(400_000), Decimal(50)], "all are written so"
