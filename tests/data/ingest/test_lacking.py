"""A column that no list of names knows but that may be what a list lacks is asked about: amounts, people, customers."""

from __future__ import annotations

import pytest

from data import ingest
from data.ingest import FilePlan, Options, Source
from tests.command_line import Company
from tests.data.ingest.test_plan import rows

DEALS = "Deal,Stage,Close Date,{header}\nA,Won,2026-01-05,{one}\nB,Lost,2026-01-06,{other}\n"


def planned(header: str, one: str, other: str, **columns: str) -> FilePlan:
    text = DEALS.format(header=header, one=one, other=other)
    (file,) = ingest.plan([Source("deals.csv", text.encode())], Options(columns=columns)).files
    return file


@pytest.mark.parametrize(
    ("header", "one", "other", "field"),
    [
        ("Price tag", "$9000", "$7000.50", "amount"),
        ("预估总额", "9000", "7000.5", "amount"),
        ("contractWorth", "9000", "7000", "amount"),
        ("Regional closer", "Ann Lee", "Bob Ray", "rep"),
        ("项目跟进人", "张三", "李四", "rep"),
        ("End client", "Acme", "Globex", "customer"),
        ("最终用户单位", "甲厂", "乙厂", "customer"),
    ],
)
def test_what_may_be_it_is_asked_with_rows_and_cells(header: str, one: str, other: str, field: str) -> None:
    (question,) = planned(header, one, other).questions
    assert (question.code, question.flag, question.choices) == ("ask_lacking", "--map", (header, ""))
    assert question.samples == {header: [f"2 / 2: {one}, {other}"]}
    for lang in ("en", "zh-CN"):
        assert f'--map "{header}={field}"' in question.text(lang)
        assert f'--map "{header}="' in question.text(lang)


@pytest.mark.parametrize(
    ("header", "one", "other"),
    [
        ("Price tag", "high", "low"),  # called so, and no money
        ("Head count", "9000", "7000"),  # numbers, and not called money
        ("Discount amount", "100", "200"),
        ("Total cost", "100", "200"),
        ("折扣额", "100", "200"),
        ("Owner phone", "a1", "b2"),
        ("Account type", "Key", "Small"),
        ("客户状态", "老", "新"),
    ],
)
def test_what_is_called_or_filled_otherwise_is_no_question(header: str, one: str, other: str) -> None:
    assert not planned(header, one, other).questions


def test_nothing_is_asked_of_a_list_that_has_it() -> None:
    text = "Deal,Stage,Amount,Owner,Account,Price tag,Regional closer\nA,Won,5,Ann,Acme,7,Bob\n"
    (file,) = ingest.plan([Source("deals.csv", text.encode())], Options()).files
    assert not file.questions


def test_the_answer_is_taken_or_none_and_is_remembered(company: Company) -> None:
    assert rows(planned("Price tag", "90", "70", **{"Price tag": "amount"}))["amount"].to_list() == [90, 70]
    assert not planned("Price tag", "90", "70", **{"Price tag": ""}).questions
    file = company.path.parent / "deals.csv"
    file.write_text(DEALS.format(header="Price tag", one=90, other=70))
    assert company("import", file).code == 3
    company.load(file, "--map", "Price tag=")
    assert company.load(file)[0]["same"] == 2


@pytest.mark.parametrize(
    ("header", "cell", "asked"),
    [
        ("created", "1767571200000", True),
        ("Placed", "2026-01-05", True),
        ("Ship Date", "2026-01-05", False),
        ("Updated at", "2026-01-05", False),
        ("Time", "morning", False),
    ],
)
def test_orders_without_their_day_ask_for_it(header: str, cell: str, asked: bool) -> None:
    head = f"Order ID,Customer,Sales Rep,Product,Quantity,Amount,{header}"
    text = f"{head}\n1,Acme,Ann,W,2,10,{cell}\n2,Beta,Ann,W,2,10,{cell}\n"
    (file,) = ingest.plan([Source("orders.csv", text.encode())], Options()).files
    assert [one.params["field"] for one in file.questions] == (["ordered_on"] if asked else [])
