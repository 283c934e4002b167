"""Segments and concentration of customers of real files, against published numbers and an independent count."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company

pytestmark = pytest.mark.real


def _loaded(real: Path, company: Company, folder: str, *patterns: str) -> None:
    files = [file for pattern in patterns for file in sorted((real / folder).glob(pattern))]
    if not files:
        pytest.skip(f"no {folder} in {real}")
    company.hold(*files)


def test_all_customers_of_the_uci_file_with_returns_net(real: Path, company: Company) -> None:
    """4,372 customers: 4,339 bought, 33 only sent back; lines without a customer stand apart with their money."""
    _loaded(real, company, "uci_online_retail", "*.zip")
    rows = {row["segment"]: row for row in company("segments", "--months", "0").json["rows"]}
    apart = {name: rows.pop(name) for name in ("only_returned", "unassigned")}
    assert sum(row["customers"] for row in rows.values()) == 4_339
    assert apart["only_returned"]["customers"] == 33
    assert sum(row["amount"] for row in (*rows.values(), *apart.values())) == pytest.approx(9_758_809.994, abs=0.01)
    assert sum(row["purchases"] for row in rows.values()) + apart["unassigned"]["purchases"] == 20_725
    assert sum(row["amount"] for row in rows.values()) + apart["only_returned"]["amount"] == pytest.approx(
        8_300_065.814, abs=0.01
    )


def test_all_customers_of_the_superstore_file(real: Path, company: Company) -> None:
    _loaded(real, company, "superstore_zh", "*.xls")
    rows = company("segments", "--months", "0").json["rows"]
    assert sum(row["customers"] for row in rows) == 790
    assert sum(row["amount"] for row in rows) == pytest.approx(16_117_548.237, abs=0.01)


def test_accounts_of_the_maven_export(real: Path, company: Company) -> None:
    """By deals won, since there are no orders; the index is the published one."""
    _loaded(real, company, "maven_crm/original", "sales_pipeline.csv", "accounts.csv", "sales_teams.csv")
    told = company("segments", "--months", "0").json
    assert sum(row["customers"] or 0 for row in told["rows"]) == 85
    assert sum(row["amount"] or 0 for row in told["rows"]) == pytest.approx(10_005_534)
    assert any("Scored by deals won" in said for said in told["notes"])
    classes = company("segments", "--about", "classes", "--months", "0").json
    assert any("HHI 135.8" in said for said in classes["notes"])
