"""Columns with the day a deal entered each stage become visits to stages, beside the deals themselves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data import ingest
from data.ingest import Options, Source
from tests.command_line import Company
from tests.data.ingest.test_plan import TODAY
from tests.small import empty_at

HEADER = (
    '"Record ID","Deal Name","Deal Stage","Close Date","Deal owner","Amount","Pipeline","Create Date",'
    '"Date entered ""Appointment scheduled (Sales Pipeline)""",'
    '"Date exited ""Appointment scheduled (Sales Pipeline)""",'
    '"Date entered ""Contract sent (Sales Pipeline)""","Date entered ""Closed won (Sales Pipeline)"""\n'
)
ROWS = (
    "101,Alpha,Closed won,2024-03-01 10:00,Ann,500,Sales Pipeline,2024-01-02 09:00,"
    "2024-01-02 09:00,2024-02-03 08:00,2024-02-03 08:00,2024-03-01 10:00\n"
    "102,Beta,Contract sent,2024-09-01 10:00,Bob,300,Sales Pipeline,2024-01-05 09:00,"
    "2024-01-05 09:00,2024-02-10 08:00,2024-02-10 08:00,\n"
    "103,Gamma,Appointment scheduled,2024-10-01 10:00,Bob,200,Sales Pipeline,2024-02-05 09:00,2024-02-05 09:00,,,\n"
)
VISITS = [
    ("101", "Appointment scheduled", date(2024, 1, 2), date(2024, 2, 3)),
    ("101", "Closed won", date(2024, 3, 1), None),
    ("101", "Contract sent", date(2024, 2, 3), None),
    ("102", "Appointment scheduled", date(2024, 1, 5), date(2024, 2, 10)),
    ("102", "Contract sent", date(2024, 2, 10), None),
    ("103", "Appointment scheduled", date(2024, 2, 5), None),
]


@pytest.mark.parametrize("form", ["plain", "chinese", "single"])
def test_a_wide_export_of_deals_has_deals_and_visits(form: str) -> None:
    header = HEADER
    if form == "single":
        header = header.replace('""', "'")
    if form == "chinese":
        header = header.replace("Date entered ", "进入日期 ").replace("Date exited ", "离开日期 ")
    made = ingest.plan([Source("hubspot-crm-exports-all-deals-2024-08-27.csv", (header + ROWS).encode())],
                       Options(today=TODAY))  # fmt: skip
    assert not made.questions, [question.text("en") for question in made.questions]
    deals, visits = made.files
    assert (deals.table, visits.table, deals.profile) == ("deals", "deal_stages", "hubspot")
    assert deals.checked is not None
    assert visits.checked is not None
    assert deals.checked.rows["deal_id"].to_list() == ["101", "102", "103"]
    rows = visits.checked.rows.select("deal_id", "stage", "entered_on", "left_on").rows()
    assert sorted(rows, key=str) == VISITS
    assert visits.checked.rows.filter(visits.checked.rows["deal_id"] == "102")["line"].unique().to_list() == [3]


def test_the_visits_reach_the_store_and_come_again_the_same(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    file = tmp_path / "hubspot-crm-exports-all-deals-2024-08-27.csv"
    file.write_text(HEADER + ROWS)
    first = company.load(file, "--part")
    assert [(upload["table"], upload["new"]) for upload in first] == [("deals", 3), ("deal_stages", 6)]
    visits = {(row[0], row[1], row[2]) for row in company.facts()["deal_stages"]}
    assert visits >= {visit[:3] for visit in VISITS}
    again = company.load(file, "--part")
    assert [upload["same"] for upload in again] == [3, 6]
    company.close()


def test_deals_without_an_id_have_no_visits() -> None:
    header, rows = HEADER.replace('"Record ID",', ""), "\n".join(line.partition(",")[2] for line in ROWS.splitlines())
    made = ingest.plan([Source("deals.csv", (header + rows).encode())], Options(today=TODAY))
    assert [file.table for file in made.files] == ["deals"]
