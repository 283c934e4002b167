"""Lists whose column names are in traditional characters or two languages, or few among hundreds, are known by them."""

from __future__ import annotations

from datetime import date

import pytest

from data.ingest import FilePlan, Options, Source, plan
from data.ingest.names import normal
from data.ingest.two_languages import parts_of

TODAY = date(2026, 11, 21)
ROWS = [["a", "甲公司", "10", "Proposal", "Ann", "2026-09-15"], ["b", "乙公司", "20", "赢单", "Bob", "2026-08-15"]]


def planned(headers: list[str], rows: list[list[str]] = ROWS) -> FilePlan:
    text = "\n".join(",".join(row) for row in [headers, *rows])
    return plan([Source("list.csv", text.encode())], Options(today=TODAY)).files[0]


def fields(file: FilePlan) -> dict[str, str]:
    assert not file.questions, file.questions[0].text("en")
    return {entry["field"]: entry["column"] for entry in file.columns}


def test_traditional_characters() -> None:
    headers = ["商機名稱", "客戶名稱", "預計金額", "商機階段", "負責人", "預計成交日期"]
    file = planned(headers, [ROWS[0], [*ROWS[1][:3], "贏單", *ROWS[1][4:]]])
    assert (file.table, file.profile) == ("deals", "generic")
    assert fields(file) == {
        "deal": "商機名稱", "customer": "客戶名稱", "amount": "預計金額", "stage": "商機階段", "status": "商機階段",
        "rep": "負責人", "expected_close_on": "預計成交日期", "closed_on": "預計成交日期",
    }  # fmt: skip
    assert file.checked is not None
    assert file.checked.rows["status"].to_list() == ["open", "won"]


def test_names_in_two_languages() -> None:
    headers = [
        "商机名称 Opportunity Name", "客户 / Customer", "Betrag 金额 Amount (CNY)", "Stage（阶段）", "Owner-负责人",
        "预计成交日期 Close Date",
    ]  # fmt: skip
    found = fields(planned(headers))
    assert [found[ours] for ours in ("deal", "customer", "amount", "stage", "rep", "expected_close_on")] == headers


@pytest.mark.parametrize("header", ["客户 Email", "客户ID", "负责人 Type", "Amount", "金额", "销售 Region"])
def test_a_name_whose_parts_mean_different_things_is_not_taken_apart(header: str) -> None:
    assert parts_of(header) == ()


def test_one_name_in_either_writing() -> None:
    assert normal("商機金額（元）") == normal("商机金额")


def test_days_of_invoices_as_people_call_them() -> None:
    headers = ["Invoice Number", "Customer", "Issued", "Due", "Amount", "Paid", "Owner"]
    file = planned(headers, [["I1", "Acme", "2026-01-25", "2026-02-24", "100.50", "20", "Ann"],
                             ["I2", "Bolt", "2026-02-13", "2026-03-15", "80", "80", "Bob"]])  # fmt: skip
    assert file.table == "invoices"
    known = {"invoice_id": "Invoice Number", "customer": "Customer", "issued_on": "Issued", "due_on": "Due",
             "amount": "Amount", "rep": "Owner"}  # fmt: skip
    assert fields(file) == known
    owed = planned(
        headers[:-2], [["I1", "Acme", "2026-01-25", "80.50", "100.50"], ["I2", "Bolt", "2026-02-13", "0", "80"]]
    )
    assert "due_on" not in fields(owed), "what is due may be money"


def test_few_known_columns_among_hundreds() -> None:
    headers = ["Deal Name", "Account Name", "Amount", "Stage", "Owner", "Close Date"]
    own = [f"Custom {number}" for number in range(290)]
    file = planned(headers + own, [[*row, *["x"] * 290] for row in ROWS])
    assert (file.table, file.read, file.refused) == ("deals", 2, 0)
    assert fields(file)["deal"] == "Deal Name"
    (said,) = [remark.text("en") for remark in file.warnings if remark.code == "columns_unknown"]
    assert said.endswith("Custom 19, … (+270).")
