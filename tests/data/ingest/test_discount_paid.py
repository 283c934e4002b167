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


ROWS = "订单编号,下单日期,客户名称,产品名称,数量,单价,折扣,金额\n"


def read(*cells: tuple[str, object]) -> tuple[list[float | None], list[str]]:
    lines = [f"{at},2026-01-01,甲,A,1,100,{cell},{amount}" for at, (cell, amount) in enumerate(cells, 1)]
    found = planned(ROWS + "\n".join(lines) + "\n")
    assert not found.questions
    return rows(found).sort("line")["discount"].to_list(), codes(found)


@pytest.mark.parametrize("none", ["0", "0%", "无折扣", "不打折", "10折"])
def test_no_discount_is_none_whatever_stands_beside_it(none: str) -> None:
    assert read(("8.5折", 85), (none, 100), ("九折", 90))[0] == pytest.approx([0.15, 0, 0.1])


def test_one_row_that_fits_turns_nothing_and_is_said() -> None:
    discounts, said = read(*[("0", 100)] * 19, ("0.3", 30))
    assert discounts == [0.0] * 19 + [None]
    assert ("discount_unsure" in said, "discount_paid" in said) == (True, False)


def test_zeros_beside_what_is_proved_to_be_left_to_pay_stay_zeros() -> None:
    assert read(("0.85", 85), ("0.9", 90), ("0", 100))[0] == pytest.approx([0.15, 0.1, 0])
    assert read(("0.85", 85), ("0.9", 90), ("1", 100))[0] == pytest.approx([0.15, 0.1, 0])


def test_numbers_beside_folds_are_told_by_their_rows_or_stay_blank() -> None:
    discounts, said = read(("8.5折", 85), ("15%", 85), ("85%", 85), ("15%", 70), ("0.85折", 85), ("9.5折起", 95))
    assert discounts == pytest.approx([0.15, 0.15, 0.15, None, None, None])
    assert "discount_unsure" in said
