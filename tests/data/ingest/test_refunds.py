"""Money paid back is subtracted, whichever sign a list of payments writes it with."""

from __future__ import annotations

import pytest

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


def test_a_list_of_refunds_alone_is_left_as_it_is() -> None:
    found = planned(PAID.format(amount="30", kind="退款").replace("100,收款", "100,退款"))
    assert rows(found)["amount"].sum() == 130
