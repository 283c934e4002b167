"""Salesforce and HubSpot as warehouses hold them: anonymised, with stage history, deleted and merged records."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company

pytestmark = pytest.mark.real


def folder(real: Path, name: str) -> list[Path]:
    found = sorted((real / name).glob("*.csv"))
    if not found:
        pytest.skip(f"{name} is not there")
    return found


def test_salesforce(company: Company, real: Path) -> None:
    uploads = company.load(*folder(real, "fivetran_salesforce_seeds"))
    assert {upload["profile"] for upload in uploads} == {"salesforce"}
    read = {
        upload["file"].removeprefix("sf_").removesuffix("_data.csv"): (
            upload["table"],
            upload["read"],
            upload["refused"],
        )
        for upload in uploads
    }
    assert read == {
        "account": ("customers", 10, 0),
        "contact": ("contacts", 4, 0),
        "event": ("activities", 10, 0),
        "lead": ("leads", 1, 0),
        "opportunity": ("deals", 10, 0),
        "opportunity_history": ("deal_stages", 10, 0),
        "opportunity_line_item": ("deal_lines", 10, 0),
        "order": ("order_lines", 10, 0),
        "product_2": ("products", 2, 0),
        "task": ("activities", 10, 0),
        "user": ("reps", 10, 0),
    }
    facts = company.facts()
    assert len(facts["deal_stages"]) == 10
    # The stages are encrypted; the flags say 5 won, 4 lost, 1 open. All are deleted records: none counts any more.
    row = company.ask("won_deals", "lost_deals")[0]
    assert (row["won_deals"], row["lost_deals"]) == (0, 0)
    assert company.ask("open_deals")[0]["open_deals"] == 0


def test_hubspot(company: Company, real: Path) -> None:
    files = folder(real, "fivetran_hubspot_seeds")
    asked = company("import", *files)
    assert asked.code == 3
    questions = [text for upload in asked.json["uploads"] for text in upload["questions"]]
    assert len(questions) == 1, "the deals of this extract have no stage at all"
    assert "--stage" in questions[0]
    uploads = company.load(*files, "--stage", "=open")
    assert {upload["profile"] for upload in uploads} == {"hubspot"}
    read = {upload["file"].removesuffix("_data.csv"): (upload["table"], upload["read"]) for upload in uploads}
    assert read["deal"] == ("deals", 44)
    assert read["deal_stage"] == ("deal_stages", 14)
    assert read["deal_pipeline_stage"] == ("stages", 71)
    assert read["merged_deal"] == ("deals", 14)
    assert read["company"] == ("customers", 24)
    assert read["owner"] == ("reps", 100)
    assert read["ticket"] == ("tickets", 25)
    assert company.ask("open_deals")[0]["open_deals"] == 44, "merged records are no open deals"
