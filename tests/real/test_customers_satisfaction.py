"""Tickets of a HubSpot warehouse: no complaint among them by name, nothing won, and customers asked nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company

pytestmark = pytest.mark.real


def test_hubspot_tickets(company: Company, real: Path) -> None:
    """25 tickets: 2 without a closing day, 1 closed before it was opened; their kinds are digests."""
    file = real / "fivetran_hubspot_seeds" / "ticket_data.csv"
    if not file.exists():
        pytest.skip(f"{file.name} is not there")
    company.load(file)
    told = company("satisfaction", "--about", "complaints", "--by", "severity").json
    assert [(row["tickets"], row["still_open"], row["rate"]) for row in told["rows"]] == [(25, 2, None)]
    assert any("called a complaint" in note for note in told["notes"])
    rows = company("satisfaction", "--about", "closing").json["rows"]
    assert (rows[0]["tickets"], rows[0]["still_open"], rows[0]["median_days"]) == (24, 2, 0)
    assert len(company("satisfaction", "--about", "open").json["rows"]) == 2
    for about in ("trend", "members", "detractors", "after-survey", "after-complaint"):
        assert not company("satisfaction", "--about", about).json["rows"], about
    assert company.ask("tickets_opened", "complaints", "open_tickets")[0]["open_tickets"] == 2
