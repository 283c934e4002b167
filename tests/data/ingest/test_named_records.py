"""Lists that name deals, leads, contracts and customers: looked up by id and by name, and never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import ingest
from data.ingest import FilePlan, Source
from data.store import open_store
from tests.command_line import Company
from tests.data.ingest.test_plan import rows
from tests.small import empty_at

DEALS = (
    "商机编号,商机名称,客户名称,商机金额,预计成交日期,销售阶段,商机状态,负责人,创建时间,生命状态\n"
    "O1,门禁,万科物业,100000,2026-02-15,赢单,赢单,张伟,2025-10-08 09:00,正常\n"
    "O2,停车,万科物业,50000,2026-04-15,初步接洽,进行中,张伟,2026-01-08 09:00,正常\n"
    "O3,停车,顺丰速运,30000,2026-04-15,初步接洽,进行中,李娜,2026-01-08 09:00,正常\n"
    "O4,仓储,顺丰速运,30000,2026-04-15,初步接洽,进行中,李娜,2026-01-08 09:00,正常\n"
    "O5,仓储,顺丰速运,10000,2026-04-15,初步接洽,进行中,李娜,2026-01-09 09:00,正常\n"
)
RECORDS = (
    "销售记录编号,互动方式,跟进内容,关联客户,{column},创建人,创建时间,生命状态\n"
    "S1,电话,报价,万科物业,停车,张伟,2026-03-05 16:00,正常\n"  # of two, the one of this customer
    "S2,电话,报价,顺丰速运,O1,李娜,2026-03-05 16:00,正常\n"  # an id
    "S3,电话,报价,顺丰速运,仓储,李娜,2026-03-06 16:00,正常\n"  # two of this customer
    "S4,电话,报价,顺丰速运,没有这个,李娜,2026-03-06 16:00,正常\n"
    "S5,电话,报价,顺丰速运,,李娜,2026-03-06 16:00,正常\n"
)
LEADS = (
    "姓名,公司,来源,状态,负责人,创建时间,转换时间,商机2.0,线索池,生命状态\n"
    "刘强,万科物业,展会,已转换,张伟,2025-12-28 10:00,2026-01-08 09:00,门禁,华东线索池,正常\n"
)
CONTRACTS = (
    "合同编号,合同名称,客户名称,商机2.0,合同金额,签约/确认时间,负责人,生命状态\n"
    "HT-1,门禁合同,万科物业,门禁,100000,2026-03-01,张伟,正常\n"
)
PAYMENTS = (
    "回款编号,客户名称,合同名称,商机2.0,回款日期,回款金额,负责人,生命状态\n"
    "P1,万科物业,门禁合同,门禁,2026-03-05,40000,张伟,正常\n"
)


def planned(*texts: str) -> list[FilePlan]:
    return ingest.plan([Source(f"{place}.csv", text.encode()) for place, text in enumerate(texts)]).files


@pytest.mark.parametrize("column", ["关联商机", "关联商机2.0", "商机2.0"])
def test_activities_name_their_deals(column: str) -> None:
    file = planned(DEALS, RECORDS.format(column=column))[1]
    assert rows(file)["deal_id"].to_list() == ["O2", "O1", "仓储", "没有这个", None]
    said = {remark.code: remark.params for remark in file.warnings}
    assert (said["named_deal"]["found"], said["named_deal"]["names"]) == (1, 3)
    assert (said["named_several"]["several"], said["named_several"]["names"]) == (1, "仓储")
    assert all(
        column in remark.text(lang) for remark in file.warnings for lang in ("en", "zh-CN") if "named" in remark.code
    )


def test_leads_contracts_and_payments_name_deals_and_contracts() -> None:
    _, leads, contracts, payments = planned(DEALS, LEADS, CONTRACTS, PAYMENTS)
    assert rows(leads)["deal_id"].to_list() == ["O1"]
    assert rows(contracts)["deal_id"].to_list() == ["O1"]
    assert rows(payments).select("deal_id", "contract_id").rows() == [("O1", "HT-1")]


def test_names_are_looked_up_in_the_store_too(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    for name, text in (("deals", DEALS), ("records", RECORDS.format(column="关联商机")), ("leads", LEADS)):
        (tmp_path / f"{name}.csv").write_text(text)
        company.load(tmp_path / f"{name}.csv")
    with open_store(company.path, create=False).snapshot() as seen:
        activities = dict(seen.frame("select activity_id, deal_id from crm.activities").iter_rows())
        (lead,) = seen.frame("select deal_id from crm.leads").iter_rows()
    assert activities == {"S1": "O2", "S2": "O1", "S3": "仓储", "S4": "没有这个", "S5": None}
    assert lead == ("O1",)
    company.close()


DYNAMICS = (
    "(Do Not Modify) Opportunity,Topic,Potential Customer,Est. close date,Est. revenue,Owner,Status,Created On\n"
    "a1,Pumps,Contoso,2026-03-31,25000,Sven,Open,2026-01-14\na2,Fabrikam,Fabrikam,2026-03-31,9000,Sven,Open,2026-01-14\n"
)
ACCOUNTS = "(Do Not Modify) Account,Account Name,Main Phone,Owner\nc1,Contoso,1,Sven\nc2,Fabrikam,2,Sven\n"
ACTIVITIES = (
    "(Do Not Modify) Activity,Subject,Regarding,Activity Type,Activity Status,Owner,Due Date\n"
    "b1,Call,Pumps,Phone Call,Completed,Sven,2026-03-05\n"
    "b2,Call,Contoso,Phone Call,Completed,Sven,2026-03-05\n"
    "b3,Call,Fabrikam,Phone Call,Completed,Sven,2026-03-05\n"  # a deal or its customer: nobody can tell
    "b4,Call,Someone,Phone Call,Completed,Sven,2026-03-05\n"
)


def test_a_column_may_refer_to_records_of_several_kinds() -> None:
    file = planned(DYNAMICS, ACCOUNTS, ACTIVITIES)[2]
    assert rows(file).select("deal_id", "customer_id").rows() == [
        ("a1", None),
        (None, "c1"),
        (None, None),
        (None, None),
    ]
    said = {remark.code: remark.params for remark in file.warnings}
    assert (said["named_record"]["found"], said["named_record"]["names"]) == (2, 4)
    assert said["named_several"]["names"] == "Fabrikam"


def test_zoho_calls_refer_by_id() -> None:
    deals = (
        "Record Id,Deal Owner,Amount,Deal Name,Closing Date,Account Name,Stage,Created Time\n"
        "z101,Ann,50000,North deal,2026-03-31,North,Qualification,2026-01-05\n"
    )
    calls = (
        "Record Id,Call Owner,Subject,Call Type,Call Start Time,Call Duration,Related To.id,Related To,Call Result\n"
        "c1,Ann,Call north,Outbound,2026-03-05 09:30,05:00,z101,North deal,Interested\n"
    )
    file = planned(deals, calls)[1]
    assert rows(file)["deal_id"].to_list() == ["z101"]


TASKS = (
    "Assigned,Subject,Date,Status,Priority,Task,Company / Account,Opportunity\n"
    "Ann,Call,2026-03-05,Completed,Normal,1,Acme,Rollout\nCarl,Call,2026-03-12,Not Started,Normal,1,Hooli,Suite\n"
)
CALLS = (
    "Record ID,Call Title,Call notes,Activity date,Activity assigned to,Call outcome,Call duration,Associated Deal,"
    "Associated Deal IDs,Associated Company,Associated Company IDs\n"
    "7001,Intro,Good talk,2026-03-05 10:00,Jane,Connected,600000,Alpha,9001;9002,Alpha Inc,501\n"
    "7002,Follow,No answer,2026-03-07 10:00,Tom,No answer,,Gamma,9003,Gamma SA,503\n"
)


def test_reports_of_tasks_and_lists_of_calls_are_activities_of_their_deals() -> None:
    deals = "Opportunity ID,Opportunity Name,Account Name,Stage,Amount,Close Date,Opportunity Owner,Created Date\n"
    tasks = planned(deals + "006A,Rollout,Acme,Proposal,1,2026-05-05,Ann,2026-01-01\n", TASKS)[1]
    assert tasks.match is not None
    assert (tasks.match.profile.name, tasks.table) == ("salesforce", "activities")
    assert rows(tasks).select("deal_id", "customer", "is_deleted").rows() == [
        ("006A", "Acme", None), ("Suite", "Hooli", True)
    ]  # fmt: skip
    (calls,) = planned(CALLS)
    assert calls.match is not None
    assert (calls.match.profile.name, calls.table, calls.questions) == ("hubspot", "activities", [])
    assert rows(calls).select("kind", "deal_id", "customer_id").rows() == [
        ("call", "9001", "501"),
        ("call", "9003", "503"),
    ]
