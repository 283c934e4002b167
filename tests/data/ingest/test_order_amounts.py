"""The amount of an order that stands in each of its lines counts once."""

from __future__ import annotations

from datetime import date

import pytest

from data.ingest import FilePlan, Options, Source, plan

TODAY = date(2026, 11, 21)
HEAD = "Order ID,Order Date,Customer Name,Product Name,Quantity,Unit Price,Order Amount\n"
LINES = [("A1", "pen", 1, 10, 50), ("A1", "ink", 2, 20, 50), ("A2", "pen", 3, 10, 30), ("A3", "pen", 1, 10, 40),
         ("A3", "cap", 1, 30, 40)]  # fmt: skip


def planned(text: str, **said: object) -> FilePlan:
    return plan([Source("orders.csv", text.encode())], Options(today=TODAY, **said)).files[0]  # type: ignore[arg-type]


def listed(*, priced: bool = True, amounts: tuple[int, ...] = ()) -> str:
    rows = [(*line[:4], amounts[at] if amounts else line[4]) for at, line in enumerate(LINES)]
    text = HEAD + "".join(
        f"{no},2026-03-01,Acme,{what},{count},{price},{amount}\n" for no, what, count, price, amount in rows
    )
    if priced:
        return text
    return "\n".join(",".join(cell for at, cell in enumerate(row.split(",")) if at != 5) for row in text.splitlines())


def amounts(file: FilePlan) -> list[object]:
    assert file.checked is not None, [question.text("en") for question in file.questions]
    return [None if one is None else int(one) for one in file.checked.rows.sort("line")["amount"]]


def test_quantity_and_price_prove_that_it_is_the_order_s() -> None:
    file = planned(listed())
    assert amounts(file) == [10, 40, 30, 10, 30]
    assert "order_amount_priced" in {remark.code for remark in file.warnings}


def test_quantity_and_price_prove_that_it_is_the_line_s() -> None:
    same = HEAD + "".join(f"A{no},2026-03-01,Acme,{what},1,10,10\n" for no in range(3) for what in ("pen", "ink"))
    assert amounts(planned(same)) == [10] * 6


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_it_is_asked_where_nothing_tells(lang: str) -> None:
    (question,) = planned(listed(priced=False)).questions
    assert (question.flag, question.choices) == ("--lines", ("deal", "line"))
    assert question.samples == {"deal": ["A1 = 50", "A3 = 40"], "line": ["A1 = 2 × 50", "A3 = 2 × 40"]}
    assert "Order Amount" in question.text(lang)


def test_either_answer_is_taken() -> None:
    assert amounts(planned(listed(priced=False), lines="deal")) == [50, None, 30, 40, None]
    assert amounts(planned(listed(priced=False), lines="line")) == [50, 50, 30, 40, 40]


def test_amounts_that_differ_within_an_order_are_the_lines_and_nothing_is_asked() -> None:
    assert amounts(planned(listed(amounts=(10, 40, 30, 10, 30)))) == [10, 40, 30, 10, 30]


def test_one_order_of_two_equal_lines_is_not_asked_about() -> None:
    text = HEAD + "A1,2026-03-01,Acme,pen,1,9,10\nA1,2026-03-01,Acme,ink,1,9,10\nA2,2026-03-01,Acme,ink,1,9,10\n"
    assert amounts(planned(text)) == [10, 10, 10]
