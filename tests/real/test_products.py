"""Products of real files: concentration as published, classes and pairs as an independent query counts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company

pytestmark = pytest.mark.real


@pytest.mark.parametrize(("by", "index"), [("rep", "432.6"), ("customer", "135.8")])
def test_concentration_of_the_maven_export(real: Path, company: Company, by: str, index: str) -> None:
    folder = real / "maven_crm" / "original"
    if not folder.is_dir():
        pytest.skip(f"no Maven export in {real}")
    company("import", *(str(folder / name) for name in ("sales_pipeline.csv", "accounts.csv", "sales_teams.csv")))
    told = company("products", "--measure", "won_amount", "--by", by, "--from", "2016-10-01", "--to", "2017-12-31").json
    assert any(f"HHI {index}" in said for said in told["notes"]), told["notes"]


def test_classes_and_depths_of_the_superstore_file(real: Path, company: Company) -> None:
    """645 of 1,955 products bring 80 % of 16,117,548.237; margins by depth add up to the profit before returns."""
    files = sorted((real / "superstore_zh").glob("*.xls"))
    if not files:
        pytest.skip(f"no superstore file in {real}")
    company("import", *map(str, files))
    all_time = ("--from", "2014-01-01", "--to", "2017-12-31")
    rows = company("products", *all_time).json["rows"]
    assert sum(row["revenue"] for row in rows) == pytest.approx(16_117_548.237, abs=0.01)
    assert [sum(row["class"] == name for row in rows) for name in ("A", "B", "C")] == [645, 593, 717]
    rows = company("products", "--about", "margins", *all_time).json["rows"]
    assert {row["depth_band"]: row["lines"] for row in rows} == {
        "none": 7250, "to_10": 184, "to_20": 202, "to_30": 84, "over_30": 2280,
    }  # fmt: skip
    assert sum(row["revenue"] * row["gross_margin_rate"] for row in rows) == pytest.approx(2_156_559.517, abs=1)
