"""85 % of the price to pay is a discount of 15 %, where the list says or proves that it means that."""

from __future__ import annotations

import pytest

from tests.data.ingest.test_plan import codes, planned, rows

LINES = "订单编号,下单日期,客户名称,产品名称,数量,单价,折扣,金额\n"
LINES += "1,2026-01-05,甲,A,2,100,{},{}\n2,2026-01-06,乙,B,1,200,{},{}\n"


@pytest.mark.parametrize(
    ("line", "discounts", "is_said"),
    [(("90%", 180, "85%", 170), [0.1, 0.15], True), (("9折", 180, "8.5折", 170), [0.1, 0.15], True),
     (("85折", 170, "90%", 180), [0.15, 0.1], True), (("10%", 180, "15%", 170), [0.1, 0.15], False),
     (("90%", 20, "85%", 30), [0.9, 0.85], False)],
)  # fmt: skip
def test_what_is_left_to_pay_is_taken_from_the_whole(
    line: tuple[object, ...], discounts: list[float], *, is_said: bool
) -> None:
    found = planned(LINES.format(*line))
    assert rows(found)["discount"].to_list() == pytest.approx(discounts)
    assert ("discount_paid" in codes(found)) == is_said
