"""The first steps of a review over real exports: numbers equal the files' own, and what is missing is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.command_line import Company

pytestmark = pytest.mark.real

STEPS = ("data", "results", "changes", "funnel", "landing")
MAVEN = ("accounts.csv", "products.csv", "sales_pipeline.csv", "sales_teams.csv")


def _said(company: Company, lang: str = "en") -> dict[str, Any]:
    named = [word for step in STEPS for word in ("--step", step)]
    ran = company("review", *named, "--lang", lang)
    assert ran.code == 0, ran.err
    return {one["step"]: one for one in ran.json["chapters"]}


def _values(told: dict[str, Any]) -> dict[str, float]:
    return {value["measure"]: value["value"] for value in told["values"] if value["measure"]}


def test_maven(real: Path, company: Company) -> None:
    """Deals without a history, and open ones without amounts."""
    folder = real / "maven_crm" / "original"
    if not folder.is_dir():
        pytest.skip("the Maven export is not there")
    company.hold(*(folder / name for name in MAVEN))
    deals = pl.read_csv(folder / "sales_pipeline.csv", try_parse_dates=True)
    quarter = deals.filter(pl.col("close_date").is_between(pl.date(2017, 10, 1), pl.date(2017, 12, 31)))
    won = quarter.filter(pl.col("deal_stage") == "Won")
    told = _said(company)
    results = _values(told["results"])
    assert results["won_amount"] == won["close_value"].sum() == 2_802_496
    assert results["win_rate"] == pytest.approx(won.height / quarter.height)
    since = deals.filter(pl.col("close_date") > pl.date(2017, 12, 24))
    lost = since.filter(pl.col("deal_stage") == "Lost").height
    assert told["funnel"]["further"][-1].startswith(f"Lost since 24 Dec 2017: {lost} deals")
    assert told["landing"]["finding"].startswith("No forecast")
    assert _values(told["results"]) == _values(_said(company, "zh-CN")["results"])


def test_a_shop_without_deals(real: Path, company: Company) -> None:
    """Orders alone: results by revenue, and of every other step which file would bring it."""
    (file,) = (real / "superstore_zh").glob("*.xls") if (real / "superstore_zh").is_dir() else (None,)
    if file is None:
        pytest.skip("the Superstore export is not there")
    company.hold(file)
    told = _said(company)
    (row,) = company.ask("revenue", "--from", "2017-10-01", "--to", "2017-12-31")
    assert _values(told["results"])["revenue"] == pytest.approx(row["revenue"])
    for step in ("changes", "funnel", "landing"):
        assert "load an export of deals" in told[step]["finding"]
        assert not told[step]["values"]
    assert told["data"]["is_good"] is None, "one file tells no rhythm: nothing says whether another is missing"
