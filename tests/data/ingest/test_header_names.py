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


@pytest.mark.parametrize(
    ("text", "table", "expected"),
    [
        (
            (
                "业务机会编号,业务机会名,客户名,业务机会所有人,业务机会阶段,预计成交金额,结束日期\n"
                "P1,甲,华能,张三,赢得,1200,2026-03-05\n"
            ),
            "deals",
            {"deal_id": "业务机会编号", "rep": "业务机会所有人", "stage": "业务机会阶段", "status": "业务机会阶段"},
        ),
        (
            "销售机会,客户,负责人,机会金额,销售阶段,机会状态,预计签单日\n甲,顺丰,赵一,4500,合同签订,赢单,2026-03-20\n",
            "deals",
            {"amount": "机会金额", "status": "机会状态", "expected_close_on": "预计签单日"},
        ),
        (
            (
                "ID,Name,Milestone,Owner,Expected Value,Expected Close On,Actual Close On,Person/Organisation\n"
                "1,Site,Won,ann,120,2026-03-01,2026-02-27,Acme\n"
            ),
            "deals",
            {"amount": "Expected Value", "status": "Milestone", "closed_on": "Actual Close On"},
        ),
        (
            "呼叫编号,坐席,呼叫类型,客户名称,开始时间\nC1,张三,外呼,华能,2026-03-01 09:00:00\n",
            "activities",
            {"rep": "坐席", "kind": "呼叫类型", "done_at": "开始时间"},
        ),
        (
            (
                "合同编号,合同名称,甲方,签署日期,生效日期,到期日期,合同总额,经办人\n"
                "H1,维保,国电,2026-01-05,2026-01-10,2027-01-09,800,李四\n"
            ),
            "contracts",
            {"signed_on": "签署日期", "starts_on": "生效日期", "rep": "经办人"},
        ),
        (
            "Quota Owner,Start Date,End Date,Quota Amount\nAnn,2026-01-01,2026-03-31,1000\n",
            "targets",
            {"scope_value": "Quota Owner", "value": "Quota Amount"},
        ),
        (
            (
                "Ticket ID,Organization,Status,Priority,Type,Created at,Solved at,Assignee\n"
                "1,Acme,Solved,High,Problem,2026-03-01,2026-03-03,Ann\n"
            ),
            "tickets",
            {"customer": "Organization", "rep": "Assignee", "closed_on": "Solved at"},
        ),
    ],
    ids=lambda said: said if isinstance(said, str) and "," not in said else "",
)
def test_columns_of_further_programs(text: str, table: str, expected: dict[str, str]) -> None:
    (file,) = plan([Source("list.csv", text.encode())], Options(today=TODAY)).files
    assert file.table == table
    assert expected.items() <= fields(file).items()


def test_subscriptions_are_no_deals() -> None:
    """One that was cancelled was loaded as a lost deal."""
    text = (
        "id,Customer ID,Plan,Quantity,Currency,Amount,Status,Created (UTC),Current Period Start (UTC),"
        "Current Period End (UTC)\ns1,c1,Pro,5,usd,100.00,active,2026-01-05,2026-03-05,2026-04-05\n"
    )
    (file,) = plan([Source("list.csv", text.encode())], Options(today=TODAY), keep_refused=True).files
    assert file.table != "deals"
