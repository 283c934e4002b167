"""The commands about open deals: what stages ask of them, when their money comes, and how sure it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.settings import settings
from tests.command_line import Company, run
from tests.data.test_stages import _company


def test_what_a_stage_asks_is_listed_by_the_command(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    _company(path).close()
    company = Company(path)
    assert company("breaches").json["rows"] == []
    company("stages", "--set", "Lead:required=customer")
    rows = company("breaches").json["rows"]
    assert [(row["deal_id"], row["reason"], row["field"]) for row in rows] == [("2", "field", "customer")]
    said = run("breaches", "--store", path, lang="zh-CN").out
    assert "缺少必填字段" in said
    assert "客户" in said
    company.close()


def test_expected_money_and_the_forecast_answer_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    _company(path).close()
    company = Company(path)
    rows = company("outlook").json["rows"]
    assert sum(row["amount"] for row in rows) == 127
    assert {row["forecast_category"] for row in rows} == {"pipeline"}
    company("stages", "--set", "Lead:forecast_category=commit")
    rows = {row["stage"]: row["forecast_category"] for row in company("outlook").json["rows"]}
    assert rows["Lead"] == "commit"
    said = company("forecast", "--from", "2026-01-01", "--to", "2026-01-31").json
    assert said["rows"][0] == {"forecast_category": "closed", "deals": 1, "amount": 5, "rolled_up": 5}
    assert company("forecast", "--as-of", "2026-01-08").json["rows"][0]["deals"] == 0, "won on the day after"
    for command in ("outlook", "forecast"):
        assert "预测类别" in run(command, "--store", path, lang="zh-CN").out
        assert "select" in run(command, "--sql", "--store", path).out.lower()
    company.close()


@pytest.mark.parametrize(("begins", "won"), [(1, 1), (2, 0), (11, 1)])
def test_quarters_are_those_of_the_companys_fiscal_year(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begins: int, won: int
) -> None:
    """The deal won on 9 January lies in the quarter of 10 February where it began in January, not in February."""
    path = tmp_path / "s.duckdb"
    _company(path).close()
    monkeypatch.setenv("SALES_FISCAL_START", str(begins))
    settings.cache_clear()
    company = Company(path)
    try:
        day = "2026-02-10" if begins != 11 else "2026-01-20"
        assert company("forecast", "--as-of", day).json["rows"][0]["deals"] == won
        parts = {row["part"]: row for row in company("landing", "--as-of", day).json["rows"]}
        assert (parts["won"]["deals"] or 0) == won
    finally:
        settings.cache_clear()
        company.close()
