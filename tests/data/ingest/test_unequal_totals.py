"""Totals that are no sum of any rows beside them are set aside, and said with what the rows add up to."""

from __future__ import annotations

import pytest

from tests.data.ingest.test_plan import planned

HEAD = "商机编号,商机名称,客户名称,负责人,销售阶段,金额,创建时间,预计成交日期\n"
ROWS = [f"S{at},甲{at},客{at},张三,谈判,{at}000,2026-01-05,2026-03-01\n" for at in (1, 2, 3, 4)]


def said(*lines: str) -> list[str]:
    return [one.text("en") for one in planned(HEAD + "".join(lines)).warnings if one.code == "totals_differ"]


def total(name: str, amount: object) -> str:
    return f'{name},,,,,"{amount}",,\n'


@pytest.mark.parametrize(
    "lines",
    [
        [*ROWS, total("合计", 10000)],
        [*ROWS[:2], total("小计", 3000), *ROWS[2:], total("小计", "7,000"), total("总计", "¥10,000.00")],
        [*ROWS[:2], total("小计", 3000), *ROWS[2:], total("合计", 7000)],
        [*ROWS, total("平均值", 2500)],
        [*ROWS, total("合计", "")],
    ],
    ids=["of all", "of groups and of all", "of groups", "a mean", "no number"],
)
def test_totals_that_add_up_are_no_matter(lines: list[str]) -> None:
    assert said(*lines) == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([*ROWS, total("合计", 12000)], ["1 of 1 totals", "6: 金额 12000 ≠ 10,000.00"]),
        (
            [*ROWS[:2], total("小计", 3500), *ROWS[2:], total("总计", 10000)],
            ["1 of 2 totals", "4: 金额 3500 ≠ 3,000.00"],
        ),
    ],
)
def test_totals_that_do_not_add_up_are_said_with_their_line_and_what_the_rows_come_to(
    lines: list[str], words: list[str]
) -> None:
    (text,) = said(*lines)
    assert all(word in text for word in words)


def test_rates_and_prices_are_no_sums() -> None:
    head = "订单编号,下单日期,客户,产品,单价,数量,金额\n"
    lines = "O1,2026-01-05,甲,笔,10,2,20\nO2,2026-01-06,乙,墨,30,3,90\n合计,,,,20,5,110\n"
    assert not [one for one in planned(head + lines).warnings if one.code == "totals_differ"]
