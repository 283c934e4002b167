"""Deals with a row for each product: each deal counts once, and its rows are the lines of the deal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from data import ingest
from data.ingest import FilePlan, Options, Source
from data.store import open_store
from tests.command_line import Company
from tests.data.ingest.test_plan import rows

HEAD = "Deal ID,Deal Name,Stage,Close Date,Owner,Amount,Product,Quantity\n"
SUMS = HEAD + (
    "1001,Big,Closed Won,2026-01-05,Ann,100,Pen,1\n1001,Big,Closed Won,2026-01-05,Ann,200,Cup,2\n"
    "1002,Small,Closed Won,2026-01-06,Bob,50,Pen,3\n"
)
BLANK = (
    HEAD + "1001,Big,Closed Won,2026-01-05,Ann,300,Pen,1\n,,,,,,Cup,2\n1002,Small,Closed Won,2026-01-06,Bob,50,Pen,3\n"
)
SAME = HEAD + (
    "1001,Big,Closed Won,2026-01-05,Ann,300,Pen,1\n1001,Big,Closed Won,2026-01-05,Ann,300,Cup,2\n"
    "1002,Small,Closed Won,2026-01-06,Bob,50,Pen,3\n"
)


def planned(text: str, **said: str) -> list[FilePlan]:
    return ingest.plan([Source("deals.csv", text.encode())], Options.model_validate(said)).files


def amounts(file: FilePlan) -> list[tuple[str, int | None]]:
    return [(of, None if value is None else int(value)) for of, value in rows(file).select("deal_id", "amount").rows()]


def test_different_amounts_under_one_deal_are_of_its_lines_and_it_has_their_sum() -> None:
    deals, lines = planned(SUMS)
    assert (deals.table, deals.read, deals.refused, amounts(deals)) == ("deals", 2, 0, [("1001", 300), ("1002", 50)])
    assert rows(deals)["product"].to_list() == [None, "Pen"]
    assert lines.table == "deal_lines"
    assert rows(lines).select("deal_id", "line_no", "product", "quantity", "amount").rows() == [
        ("1001", 1, "Pen", 1.0, Decimal(100)), ("1001", 2, "Cup", 2.0, Decimal(200)),
        ("1002", 1, "Pen", 3.0, Decimal(50)),
    ]  # fmt: skip
    (said,) = [remark for remark in deals.warnings if remark.code == "product_lines_line"]
    assert said.params == {"deals": 2, "lines": 3}
    assert all("3" in said.text(lang) for lang in ("en", "zh-CN"))


def test_rows_that_name_a_product_and_nothing_of_a_deal_belong_to_the_deal_above() -> None:
    deals, lines = planned(BLANK)
    assert (amounts(deals), deals.refused) == ([("1001", 300), ("1002", 50)], 0)
    assert rows(lines).select("deal_id", "product").rows() == [("1001", "Pen"), ("1001", "Cup"), ("1002", "Pen")]
    assert "amount" not in rows(lines).columns or rows(lines)["amount"].null_count() == 3


@pytest.mark.parametrize(("told", "whole", "parts"), [("deal", 300, None), ("line", 600, 300)])
def test_the_same_amount_in_each_row_may_be_either_and_is_asked(told: str, whole: int, parts: int | None) -> None:
    deals, _ = planned(SAME)
    (question,) = deals.questions
    assert (question.code, question.flag, question.choices) == ("ask_lines", "--lines", ("deal", "line"))
    assert question.samples == {"deal": ["1001 = 300"], "line": ["1001 = 2 × 300"]}
    assert all("--lines" in question.text(lang) for lang in ("en", "zh-CN"))
    deals, lines = planned(SAME, lines=told)
    assert amounts(deals)[0] == ("1001", whole)
    if parts:
        assert rows(lines)["amount"].to_list()[:2] == [Decimal(parts)] * 2


def test_an_amount_of_lines_beside_that_of_the_deal_leaves_nothing_open() -> None:
    text = SAME.replace("Quantity\n", "Total Price\n").replace("Pen,1", "Pen,120").replace("Cup,2", "Cup,180")
    deals, lines = planned(text)
    assert amounts(deals) == [("1001", 300), ("1002", 50)]
    assert rows(lines)["amount"].to_list() == [Decimal(120), Decimal(180), Decimal(3)]


@pytest.mark.parametrize(
    "text",
    [
        SUMS.replace("1001,Big,Closed Won,2026-01-05,Ann,200,Cup,2", "1001,Big,Lost,2026-02-05,Ann,200,Cup,2"),
        SUMS.replace("Cup,2", "Pen,1"),  # no other product: the row says another amount of the same thing
    ],
)
def test_rows_that_say_other_things_of_a_deal_are_no_lines(text: str) -> None:
    (deals,) = planned(text)
    assert (deals.table, deals.refused) == ("deals", 1)


def test_a_sum_that_is_too_large_for_money_refuses_the_deal() -> None:
    huge = "99999999999999"
    deals = planned(SUMS.replace(",100,", f",{huge},").replace(",200,", f",{huge[:-1]}8,"))[0]
    assert (deals.refused, amounts(deals)) == (1, [("1002", 50)])


def test_lines_are_loaded_the_answer_is_remembered_and_all_adds_up(company: Company) -> None:
    file = company.path.parent / "deals.csv"
    file.write_text(SAME)
    company.load(file, "--lines", "line")
    uploads = company.load(file)
    assert [(one["table"], one["same"], one["refused"]) for one in uploads] == [("deals", 2, 0), ("deal_lines", 3, 0)]
    with open_store(company.path, create=False).snapshot() as seen:
        told = seen.frame("select (select sum(amount) from crm.deals), (select sum(amount) from crm.deal_lines)")
    assert told.row(0) == (Decimal(650), Decimal(650))
