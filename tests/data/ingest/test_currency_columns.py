"""One amount in several currencies side by side: which column is meant is asked, and its currency goes with it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from data import ingest
from data.ingest import FilePlan, Options, Source
from tests.command_line import Company
from tests.data.ingest.test_plan import codes, rows

EN = (
    "Deal ID,Deal Name,Stage,Amount (USD),Amount (EUR),Close Date\n"
    "1,A,Closed Won,100,90,2026-01-05\n2,B,Closed Won,200,,2026-01-06\n"
)
ZH = (
    "商机编号,商机名称,阶段,金额（美元）,金额（欧元）,预计成交日期\n"
    "1,A,赢单,100,90,2026-01-05\n2,B,赢单,200,,2026-01-06\n"
)
CASES = [(EN, "Amount (USD)", "Amount (EUR)"), (ZH, "金额（美元）", "金额（欧元）")]


def planned(text: str, **columns: str) -> FilePlan:
    (file,) = ingest.plan([Source("deals.csv", text.encode())], Options(columns=columns)).files
    return file


@pytest.mark.parametrize(("text", "dollars", "euros"), CASES)
def test_two_currencies_side_by_side_are_asked_with_rows_and_cells(text: str, dollars: str, euros: str) -> None:
    (question,) = planned(text).questions
    assert (question.code, question.flag, question.choices) == ("ask_currency_column", "--map", (dollars, euros))
    assert question.samples == {dollars: ["USD, 2 / 2: 100, 200"], euros: ["EUR, 1 / 2: 90"]}
    assert all(f'--map "{euros}=amount"' in question.text(lang) for lang in ("en", "zh-CN"))


@pytest.mark.parametrize(("text", "dollars", "euros"), CASES)
def test_the_column_that_is_meant_brings_its_currency_and_the_other_is_kept(
    text: str, dollars: str, euros: str
) -> None:
    for header, currency, amount in ((dollars, "USD", 100), (euros, "EUR", 90)):
        file = planned(text, **{header: "amount"})
        assert {question.code for question in file.questions} <= {"ask_rates"}
        assert rows(file).select("amount", "currency").row(0) == (Decimal(amount), currency)
        assert ({dollars: euros, euros: dollars}[header]) in rows(file)["extra"][0]


def test_two_columns_of_one_currency_are_no_question() -> None:
    assert not planned(EN.replace("(EUR)", "in USD")).questions
    assert not planned(EN.replace("Amount (EUR)", "Discount (EUR)")).questions


def test_the_answer_is_remembered(company: Company) -> None:
    file = company.path.parent / "deals.csv"
    file.write_text(EN)
    assert company("import", file).code == 3
    company.load(file, "--map", "Amount (EUR)=amount", "--without-rates")
    (upload,) = company.load(file)
    assert upload["same"] == 2


def test_a_cost_in_another_currency_than_the_amounts_is_not_read_as_theirs() -> None:
    text = "Order ID,Order Date,Customer,Product,Quantity,Amount (USD),Cost (EUR)\nO1,2026-01-05,A,X,1,100,60\n"
    found = planned(text)
    assert rows(found).select("currency", "cost").rows() == [("USD", None)]
    assert "60" in rows(found)["extra"][0]
    assert "currency_other" in codes(found)
    same = planned(text.replace("EUR", "USD"))
    assert rows(same)["cost"].to_list() == [Decimal(60)]
