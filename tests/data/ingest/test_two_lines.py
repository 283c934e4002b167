"""Names of columns in two lines: a group's name is kept where the name below says too little by itself."""

from __future__ import annotations

import pytest

from data.ingest.headers import find_header

KNOWN = frozenset({"商机名称", "阶段", "负责人", "客户", "amount", "dealname", "stage"})


@pytest.mark.parametrize(
    ("top", "below", "names"),
    [
        ("商机名称,阶段,金额,,负责人", ",,计划,实际,", ["商机名称", "阶段", "金额 计划", "金额 实际", "负责人"]),
        ("基本信息,,金额,", "商机名称,阶段,计划,实际", ["商机名称", "阶段", "金额 计划", "金额 实际"]),
        ("Deal,,Plan,,Fact,", "Deal Name,Stage,Amount,Date,Amount,Date",
         ["Deal Name", "Stage", "Plan Amount", "Plan Date", "Fact Amount", "Fact Date"]),
    ],
)  # fmt: skip
def test_a_group_stays_in_the_name(top: str, below: str, names: list[str]) -> None:
    rows = [top.split(","), below.split(","), ["a", "b", "5", "6", "7", "8"][: len(names)]]
    found = find_header(rows, KNOWN)
    assert found is not None
    assert (found.last, found.names) == (1, names)


@pytest.mark.parametrize(
    ("top", "below", "names"),
    [
        ("基本信息,,金额（万元）,,其他,", "商机名称,客户,订单金额,已付金额,阶段,负责人",
         ["商机名称", "客户", "金额 订单金额(万元)", "金额 已付金额(万元)", "阶段", "负责人"]),
        ("Deal,,Money (k USD),,", "Deal Name,Stage,Amount,Expected,Probability",
         ["Deal Name", "Stage", "Amount (k USD)", "Money Expected (k USD)", "Money Probability"]),
        ("商机名称,阶段,金额（单位：万元）,", ",,预计,实际(元)",
         ["商机名称", "阶段", "金额 预计(单位:万元)", "金额 实际(元)"]),
    ],
)  # fmt: skip
def test_the_unit_of_a_group_counts_for_its_money(top: str, below: str, names: list[str]) -> None:
    found = find_header([top.split(","), below.split(","), ["a", "b", "5", "6", "7", "8"][: len(names)]], KNOWN)
    assert found is not None
    assert found.names == names


@pytest.mark.parametrize(
    ("units", "names"),
    [
        (",,,万元,", ["Deal Name", "Stage", "Owner", "Amount (万元)", "Days"]),
        (",,,（千元）,天", ["Deal Name", "Stage", "Owner", "Amount (千元)", "Days"]),
        ("text,text,text,USD k,number", ["Deal Name", "Stage", "Owner", "Amount (USD k)", "Days"]),
        ("文本,文本,文本,数值,整数", ["Deal Name", "Stage", "Owner", "Amount", "Days"]),
    ],
)
def test_a_line_of_units_below_the_names_is_none_of_the_records(units: str, names: list[str]) -> None:
    rows = [["Deal Name", "Stage", "Owner", "Amount", "Days"], units.split(","), ["a", "won", "Ann", "5", "6"]]
    found = find_header(rows, KNOWN)
    assert found is not None
    assert (found.last, found.names) == (1, names)


@pytest.mark.parametrize("first", ["text,won,Ann,5,6", ",,,5,", "a,won,CNY,,", ",,CNY,,"])
def test_a_record_is_no_line_of_units(first: str) -> None:
    rows = [["Deal Name", "Stage", "Currency", "Amount", "Days"], first.split(","), ["a", "won", "CNY", "5", "6"]]
    found = find_header(rows, KNOWN)
    assert found is not None
    assert found.last == 0
