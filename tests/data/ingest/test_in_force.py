"""What is not in force or not done yet, by the CRM's own state of it: loaded, said with its money, and in no number."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company
from tests.data.ingest.test_plan import planned, rows
from tests.small import empty_at

PAYMENTS = (
    "回款编号,客户名称,合同编号,回款日期,回款金额,负责人,生命状态\n"
    "P1,甲公司,HT-1,2026-03-05,100000,张三,正常\nP2,甲公司,HT-1,2026-03-06,900000,张三,{state}\n"
    "P3,乙公司,HT-2,2026-03-06,50000,李四,未生效\nP4,乙公司,HT-2,2026-03-07,7000,李四,变更中\n"
)
LISTS = {
    "salesforce": (
        "Task ID,Subject,ActivityDate,Status,Priority,Assigned To\n"
        "00T1,Call,2026-03-05,Completed,Normal,Ann\n00T2,Call,2026-03-12,Not Started,Normal,Ann\n"
    ),
    "dynamics": (
        "(Do Not Modify) Activity,Subject,Activity Type,Activity Status,Owner,Due Date\n"
        "b1,Call,Phone Call,Completed,Ann,2026-03-05\nb2,Visit,Appointment,Scheduled,Ann,2026-03-20\n"
    ),
    "pipedrive": (
        "Activity - ID,Activity - Subject,Activity - Type,Activity - Done,Activity - Due date,Activity - Owner\n"
        "1,Call Eva,Call,Done,2026-03-05,Ann\n2,Demo,Meeting,To do,2026-03-20,Ann\n"
    ),
    "suitecrm": (
        "ID,Subject,Start Date,Duration Hours,Duration Minutes,Status,Assigned to\n"
        "1,Call Eva,2026-03-05,0,30,Held,Ann\n2,Demo,2026-03-20,1,0,Planned,Ann\n"
    ),
    "espocrm": (
        "Name,Date Start,Date End,Assigned User,Status\n"
        "Call Eva,2026-03-05,2026-03-05,Ann,Held\nDemo,2026-03-20,2026-03-20,Ann,Planned\n"
    ),
    "zoho": (
        "Record Id,Task Owner,Subject,Due Date,Status\n"
        "z1,Ann,Call Eva,2026-03-05,Completed\nz2,Ann,Demo,2026-03-20,Not Started\n"
    ),
}
"""For each CRM one activity that was done, and one that is only planned."""


def test_payments_and_contracts_count_once_they_are_approved(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    file = tmp_path / "回款_20260309.csv"
    file.write_text(PAYMENTS.format(state="审核中"))
    ran = company("import", file, "--dry-run")
    (odd,) = [one for one in ran.json["uploads"][0]["odd"] if one["code"] == "odd_ended"]
    assert (odd["rows"], odd["money"], odd["lines"]) == (2, {"": 950_000}, ["3", "4"])
    company.load(file)
    assert company.ask("collected") == [{"collected": 107_000.0}]  # P1 and P4, whose change is being approved
    later = tmp_path / "回款_20260316.csv"
    later.write_text(PAYMENTS.format(state="正常"))
    company.load(later)
    assert company.ask("collected") == [{"collected": 1_007_000.0}]
    contracts = planned(
        "合同编号,合同名称,客户名称,合同金额,签约/确认时间,合同状态,负责人,生命状态\n"
        "HT-1,甲合同,甲公司,1200000,2026-03-01,执行中,张三,正常\nHT-2,乙合同,乙公司,800000,2026-03-02,执行中,李四,审核中\n"
    )
    assert [bool(flag) for flag in rows(contracts)["is_deleted"]] == [False, True]
    company.close()


@pytest.mark.parametrize("crm", LISTS)
def test_what_is_only_planned_was_not_done(crm: str) -> None:
    plan = planned(LISTS[crm])
    assert plan.match is not None
    assert (plan.match.profile.name, plan.table) == (crm, "activities")
    assert [bool(flag) for flag in rows(plan)["is_deleted"]] == [False, True]
    assert [remark.params["rows"] for remark in plan.warnings if remark.code == "rows_ended_own"] == [1]
