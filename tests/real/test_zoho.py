"""Part of a real Zoho workspace: money and dates as Zoho writes them, and deals without an id of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company

pytestmark = pytest.mark.real


@pytest.fixture
def zoho(real: Path) -> Path:
    if not (real / "zoho_crm").is_dir():
        pytest.skip("the Zoho export is not there")
    return real / "zoho_crm"


def test_potentials(company: Company, zoho: Path) -> None:
    (upload,) = company.load(zoho / "Potentials.csv")
    assert (upload["table"], upload["profile"], upload["read"], upload["new"]) == ("deals", "zoho", 3632, 3632)
    assert any("LEADID" in warning for warning in upload["warnings"]), "the key that was chosen is said"
    row = company.ask("won_deals", "lost_deals", "created_deals")[0]
    assert (row["won_deals"], row["lost_deals"], row["created_deals"]) == (1425, 485, 3632)
    assert company.ask("open_deals")[0]["open_deals"] == 1722
    deals = company.facts()["deals"]
    assert len(deals) == 3632


def test_every_table_of_the_workspace(company: Company, zoho: Path) -> None:
    uploads = company.load(*sorted(zoho.glob("*.csv")))
    read = {upload["file"]: (upload["table"], upload["read"], upload["refused"]) for upload in uploads}
    assert read == {
        "Accounts.csv": ("customers", 2229, 0),
        "Calls.csv": ("activities", 4100, 0),
        "Contacts.csv": ("contacts", 1265, 0),
        "Invoices.csv": ("invoices", 1300, 0),
        "Leads.csv": ("leads", 3900, 0),
        "Potentials.csv": ("deals", 3632, 0),
        "Users.csv": ("reps", 11, 0),
    }
    row = company.ask("won_deals", "leads", "lead_conversion", "activities")[0]
    assert (row["won_deals"], row["leads"], row["activities"]) == (1425, 3900, 4100)
    assert row["lead_conversion"] == pytest.approx(3632 / 3900)
    # 911 names stand for 2,229 accounts: joined by key, no invoice is counted twice.
    invoices = company.facts()["invoices"]
    assert len(invoices) == 1300 - 329, "329 were cancelled"
    said = next(upload["warnings"] for upload in uploads if upload["table"] == "invoices")
    assert any("329" in warning and "Cancelled" in warning for warning in said)
