"""One customer of real files: a page without orders or activities, and an account with its children."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company

pytestmark = pytest.mark.real
FILES = ("accounts.csv", "products.csv", "sales_pipeline.csv", "sales_teams.csv")
YEAR = ("--from", "2016-01-01", "--to", "2017-12-31")


def test_accounts_of_the_maven_export_and_their_children(real: Path, company: Company) -> None:
    """Acme Corporation has four subsidiaries in accounts.csv; amounts as `ask` gives them, rhythm by deals won."""
    if not (real / "maven_crm").is_dir():
        pytest.skip("the Maven export is not there")
    company.hold(*(real / "maven_crm" / "original" / name for name in FILES))
    family = {
        row["customer"]: row["won_amount"]
        for row in company("customer", "Acme Corporation", "family", *YEAR).json["rows"]
    }
    assert set(family) == {"Acme Corporation", "Bluth Company", "Codehow", "Donquadtech", "Iselectrics"}
    asked = {row["customer"]: row["won_amount"] for row in company.ask("won_amount", "--by", "customer", *YEAR)}
    assert family == {name: asked[name] for name in family}
    rhythm = company("customer", "Hottechi", "rhythm").json["rows"]
    assert sum(row["purchases"] for row in rhythm) == 111, "deals won"
    assert {row["bought_by"] for row in rhythm} == {"won"}
    assert company("customer", "Hottechi", "activities", *YEAR).json["rows"] == []
    assert company("customer").json["rows"] == [], (
        "a year of data is not enough for anybody to be called silent or less"
    )
