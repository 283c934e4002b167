"""Units that nobody knows are asked about, units in cells are read or refuse their row: none is guessed."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from data.ingest.numbers import numbers
from data.store import Store
from tests.data.ingest.test_plan import WITH_ID, codes, planned, refused, rows
from tests.data.ingest.test_remembered import again, load

DEALS = "Deal ID,Deal Name,{name},Stage,Close Date\n1,A,5,Won,2026-01-02\n2,B,6.5,Won,2026-02-02\n"


@pytest.mark.parametrize("name", ["Amount (zillion)", "Deal Value (M)", "金额（w）", "Amount (10k)", "Amount (mil)"])
def test_a_unit_that_nobody_knows_is_asked_about(name: str) -> None:
    (question,) = planned(DEALS.format(name=name)).questions
    assert (question.code, question.flag) == ("ask_unit", "--unit")
    for lang in ("en", "zh-CN"):
        assert name in question.text(lang)
    found = rows(planned(DEALS.format(name=name), unit="10000"))
    assert found["amount"].to_list() == [Decimal(50_000), Decimal(65_000)]
    assert "amount" not in rows(planned(DEALS.format(name=name), columns={name: ""})).columns


def test_what_was_said_of_a_unit_is_remembered(store: Store) -> None:
    text = DEALS.format(name="Amount (zillion)")
    load(store, "a.csv", text.encode(), unit="1000")
    made = again(store, "b.csv", text.replace("6.5", "7").encode())
    assert not made.questions
    assert rows(made.files[0])["amount"].to_list() == [Decimal(5_000), Decimal(7_000)]


@pytest.mark.parametrize("name", ["Name (Chinese)", "Amount (net)", "金额（含税）", "Amount (2026)"])
def test_other_words_in_brackets_are_no_units(name: str) -> None:
    asked = {question.code for question in planned(DEALS.format(name=name)).questions}
    assert asked == ({"ask_lacking"} if name == "Amount (2026)" else set())  # it may be the amount, as it is


def test_a_name_below_that_of_its_group_is_turned() -> None:
    text = "商机编号,商机名称,阶段,金额 预计(万元),金额 实际(万元),日期 预计成交,日期 创建\n"
    text += "1,A,赢单,5,4,2026-01-02,2025-01-02\n"
    found = rows(planned(text))
    assert found.select("amount", "created_on").cast(pl.String).rows() == [("50000.0000", "2025-01-02")]
    assert "实际" in found["extra"][0]


READ = {
    "1.5 mln": 1_500_000, "5十万": 500_000, "2.3M": 2_300_000, "450k": 450_000, "1.2bn": 1_200_000_000,
    "3百万": 3_000_000, "￥1.2万元": 12_000, "1.2w": 12_000, "€1,5 Mio": 1_500_000, "1,5 Mio. €": 1_500_000,
    "12 Tsd.": 12_000, "3 thousand": 3_000, "2億": 200_000_000, "3万元整": 30_000, "5百": 500, "5 lakh": 500_000,
    "(1.2万)": -12_000, "-3k": -3_000, "１．２万": 12_000, "1,200k": 1_200_000, "人民币5万元": 50_000,
    "CHF 5'000.-": 5_000, "5,000.--": 5_000, "12,-": 12, "5,- €": 5, "-5.-": -5, "5.00-": -5,
}  # fmt: skip
REFUSED = [
    *(
        "约5万",
        "5万多",
        "5万+",
        "5-8万",
        "5万左右",
        "≈5万",
        ">5万",
        "~5",
        "12万3千",
        "一百万",
        "5 MM",
        "1.2 mil",
        "2 cr",
    ),
    *("10万/年", "5 pcs", "1.2.3", "1/2", "5k-6k", "3m²", "5‰", "1e3k", "12h"),
]


def test_units_in_cells_are_read_or_refused_with_what_they_say() -> None:
    said = [*READ, *REFUSED]
    found = numbers(pl.Series(said), money=True)
    read = dict(zip(said, found.values.to_list(), strict=True))
    assert {text: int(value) for text, value in read.items() if value is not None} == READ
    assert found.unreadable.to_list() == [text in REFUSED for text in said]
    text = WITH_ID + "".join(
        f'D{at},Deal,"{cell}",won,2026-01-05,Ann\n' for at, cell in enumerate(("约5万", "5万", "6万"))
    )
    assert [why for _, why, *_ in refused(planned(text))] == [["unreadable:Amount:约5万"]]


def test_letters_behind_a_quantity_may_be_metres() -> None:
    text = "order_id,ordered_on,product,quantity,amount\n" + "".join(
        f"A{at},2026-01-05,x,{cell},5\n" for at, cell in enumerate(("3m", "4", "5", "2k"))
    )
    found = planned(text)
    assert rows(found)["quantity"].to_list() == [4, 5, 2_000]
    assert [why for _, why, *_ in refused(found)] == [["unreadable:quantity:3m"]]


BOTH = 'D{at},Deal,"{cell}",won,2026-01-05,Ann\n'


def test_both_decimal_signs_are_each_read_where_no_cell_is_open() -> None:
    cells = ["1.234,56", "1,234.56", "12,5", "7.25", "0,5", "1.234.567", "1,234,567.8", "9"]
    made = planned(WITH_ID + "".join(BOTH.format(at=at, cell=cell) for at, cell in enumerate(cells)))
    assert not made.questions
    assert [str(value) for value in rows(made)["amount"]] == [
        "1234.5600", "1234.5600", "12.5000", "7.2500", "0.5000", "1234567.0000", "1234567.8000", "9.0000",
    ]  # fmt: skip
    assert "decimal_mixed" in codes(made)


def test_cells_that_either_sign_reads_are_asked_about_beside_both_signs() -> None:
    cells = ["1.234,56", "1,234.56", "1,234"]
    text = WITH_ID + "".join(BOTH.format(at=at, cell=cell) for at, cell in enumerate(cells))
    (question,) = planned(text).questions
    assert question.code == "ask_decimal"
    for sign, open_one in (("point", "1234.0000"), ("comma", "1.2340")):
        found = rows(planned(text, decimal=sign))
        assert [str(value) for value in found["amount"]] == ["1234.5600", "1234.5600", open_one]
