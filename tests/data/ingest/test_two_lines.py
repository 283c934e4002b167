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
