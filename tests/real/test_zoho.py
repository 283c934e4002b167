"""Part of a real Zoho workspace: money and dates as Zoho writes them, and deals without an id of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.forecasting import zoho as forecasts
from data.store import open_store
from metrics.odds import weighted
from metrics.view import View
from metrics.viewer import EVERYTHING
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


def test_forecasts_of_the_past_lie_nearer_than_what_the_crm_says(zoho: Path, tmp_path: Path) -> None:
    """Brier score and landings, as `make bench` prints them; the export knows no stage of a closed deal, so no odds."""
    told = {row.what: row for row in forecasts(zoho, tmp_path / "zoho.duckdb") if row.beside == "the CRM's own"}
    chances = told["1,000 × Brier score of chances, Zoho, deals as exported"]
    assert chances.ratio is not None
    assert chances.ratio < 0.5
    assert chances.value < 250, "worse than a coin"
    landings = [row for what, row in told.items() if what.startswith("landing of")]
    assert len(landings) == 2
    assert all(row.ratio is not None and row.ratio < 0.2 for row in landings)


def test_what_cannot_be_weighted_is_said(company: Company, zoho: Path) -> None:
    company.load(zoho / "Potentials.csv")
    with open_store(company.path).snapshot() as seen:
        assert seen.as_of is not None
        result = seen.ask(weighted(View(as_of=seen.as_of)), EVERYTHING)
    assert result.frame["by_history"].null_count() == result.frame.height
    assert "no_odds" in {note.code for note in result.notes}
