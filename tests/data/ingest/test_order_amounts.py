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
    assert amounts(planned(text.replace("Order Amount", "Amount"))) == [10, 10, 10]


@pytest.mark.parametrize("name", ["订单金额", "訂單總額", "Order Total", "order_amount"])
def test_one_order_is_asked_about_where_the_column_is_called_the_order_s(name: str) -> None:
    text = f"订单编号,下单日期,客户,产品,数量,{name}\n" + "".join(
        f"S1,2026-01-01,A,{what},1,300\n" for what in ("p", "q", "r")
    )
    (question,) = planned(text, columns={name: "amount"}).questions
    assert question.samples == {"deal": ["S1 = 300"], "line": ["S1 = 3 × 300"]}
    assert amounts(planned(text, columns={name: "amount"}, lines="deal")) == [300, None, None]


PLAIN = "Order ID,Order Date,Customer,Product,Quantity,Amount\n"


@pytest.mark.parametrize(
    ("lines", "counted"),
    [
        (("S8,p,300", "S8,q,300", "S8,r,300", "S9,p,20"), [300, None, None, 20]),
        (("S1,p,10", "S1,q,10", "S2,p,10", "S2,q,10"), [10, None, 10, None]),  # all orders cost the same
        (("S1,p,10", "S1,p,10", "S2,q,20"), [10, None, 20]),  # of one product
        (("S1,p,", "S1,q,10", "S1,r,10", "S2,q,20"), [None, 10, None, 20]),
    ],
)
def test_what_was_answered_holds_in_a_small_file(lines: tuple[str, ...], counted: list[int | None]) -> None:
    rows = [line.split(",") for line in lines]
    text = PLAIN + "".join(f"{no},2026-01-01,A,{what},{at},{amount}\n" for at, (no, what, amount) in enumerate(rows))
    assert amounts(planned(text, lines="deal", repeats="keep")) == counted


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_an_answer_holds_per_order_and_names_those_whose_lines_say_several(lang: str) -> None:
    text = PLAIN + "".join(
        f"{no},2026-01-01,A,{what},1,{amount}\n"
        for no, what, amount in (("S1", "p", 10), ("S1", "q", 10), ("S2", "p", 30), ("S2", "q", 40))
    )
    file = planned(text, lines="deal")
    assert amounts(file) == [10, None, 30, 40]
    (said,) = [remark for remark in file.warnings if remark.code == "order_amounts_differ"]
    assert "S2 = 30 + 40" in said.text(lang)


def test_quantity_and_price_in_another_unit_prove_it() -> None:
    text = (
        "订单编号,下单日期,客户,产品,数量,单价(元),订单金额(万元)\nS1,2026-01-01,A,p,1,10000,3\nS1,2026-01-01,A,q,2,10000,3\n"
        "S2,2026-01-02,B,p,1,20000,4\nS2,2026-01-02,B,q,1,20000,4\n"
    )
    assert amounts(planned(text)) == [10_000, 20_000, 20_000, 20_000]


def test_the_amounts_of_a_market_place_are_of_the_line_and_not_asked_about() -> None:
    text = (
        "amazon-order-id,merchant-order-id,purchase-date,order-status,sku,product-name,quantity,currency,item-price\n"
    )
    text += "".join(
        f"{no},{no},2026-01-01T00:00:00+00:00,Shipped,s{at},{what},1,USD,{price}\n"
        for at, (no, what, price) in enumerate([(1, "p", 10), (1, "q", 10), (2, "p", 30), (2, "q", 30)])
    )
    assert amounts(planned(text)) == [10, 10, 30, 30]


def test_net_that_quantity_times_price_contradict_is_asked_about() -> None:
    """Beside a price it may be the net weight; only who knows the list can tell."""
    head = "Order ID,Order Date,Customer,Product,Quantity,Unit Price,Net,Gross\n"
    text = head + "O1,2026-01-05,A,P,10,12,3,3.5\nO2,2026-01-06,A,P,5,10,4,4.5\n"
    (question,) = planned(text).questions
    assert (question.code, question.samples["none"]) == ("ask_net", ["10 × 12 = 120.00", "5 × 10 = 50.00"])
    assert amounts(planned(text, columns={"Net": ""})) == [120, 50]
    assert amounts(planned(text, columns={"Net": "amount"})) == [3, 4]
    agreed = planned(text.replace(",3,3.5", ",120,142.8").replace(",4,4.5", ",50,59.5"))
    assert (agreed.questions, amounts(agreed)) == ([], [120, 50])
