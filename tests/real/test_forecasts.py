"""Forecasts of a real chain by month: rolling, against the value of a year before. UCI's weeks are in `make bench`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company

pytestmark = pytest.mark.real


def test_superstore_is_forecast_better_than_by_last_years_values(company: Company, real: Path) -> None:
    files = sorted((real / "superstore_zh").glob("*.xls"))
    if not files:
        pytest.skip("superstore_zh is not there")
    company.hold(*files)
    past = company("predict", "revenue", "--about", "past").json["rows"]
    off, simple = (sum(abs(row[name] - row["came_in"]) for row in past) for name in ("forecast", "simple"))
    assert off < 0.9 * simple
    assert 0.7 <= sum(row["is_inside"] for row in past) / len(past) <= 0.9
    rows = company("predict", "revenue", "--steps", "12").json["rows"]
    months = {row["month"]: row["revenue"] for row in company.ask("revenue", "--by", "month")}
    assert {row["month"]: row["revenue"] for row in rows if row["revenue"] is not None} == pytest.approx(months)
    assert len([row for row in rows if row["forecast"] is not None]) == 12
