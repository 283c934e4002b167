"""Amounts in several currencies: converted by dated rates, or named before anything is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.ingest.currencies import code_of, in_header
from data.ingest.profile import load
from data.ingest.remember import folder
from tests.command_line import Company
from tests.data.ingest.test_plan import planned, rows
from tests.data.written import written

HEADER = "Opportunity ID,Opportunity Name,Stage,Amount,Currency,Close Date,Created Date\n"
DEALS = (
    HEADER
    + "".join(f"{id_},a,Closed Won,100,人民币,2026-02-05,2026-01-05\n" for id_ in range(3))
    + "3,a,Closed Won,10,美元,2026-02-05,2026-01-05\n"
    + "4,a,Closed Won,10,usd,2026-03-05,2026-01-05\n"
    + "5,a,Prospecting,10,USD - U.S. Dollar,2026-03-05,2026-01-05\n"
)
RATES = "币种,生效日期,汇率\nUSD,2026-01-01,7\n美元,2026-03-01,8\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("人民币", "CNY"),
        ("RMB", "CNY"),
        ("usd", "USD"),
        ("USD - U.S. Dollar", "USD"),
        ("美元 (USD)", "USD"),
        ("US$", "USD"),
        ("XAU", "XAU"),
        ("积分", "积分"),
    ],
)
def test_currencies_as_people_write_them(text: str, code: str) -> None:
    assert code_of(text) == code


def test_a_currency_in_the_name_of_a_column_or_in_its_cells_is_one() -> None:
    assert [in_header(text) for text in ("Amount (USD)", "金额（美元）", "金额(元)", "金额(万元)", "Sum (net)")] == [
        "USD", "USD", None, None, None
    ]  # fmt: skip
    text = "Opportunity ID,Opportunity Name,Stage,{0}\n1,a,Closed Won,{1}\n"
    assert rows(planned(text.format("Amount (EUR)", "5")))["currency"].to_list() == ["EUR"]
    assert rows(planned(text.format("Amount", "£5")))["currency"].to_list() == ["GBP"]


def test_without_a_rate_nothing_is_loaded_and_the_rows_are_named(company: Company, tmp_path: Path) -> None:
    file = written(tmp_path, DEALS)
    ran = company("import", file)
    assert ran.code == 3
    (question,) = ran.json["uploads"][0]["questions"]
    assert "to CNY on their day: USD × 3 = 30.00" in question
    assert "--without-rates" in question
    assert not company.path.exists() or company.ask("created_deals") == []
    assert "USD × 3" in company("import", file, "--lang", "zh-CN").json["uploads"][0]["questions"][0]


def test_rates_in_the_same_import_convert_by_their_day(company: Company, tmp_path: Path) -> None:
    company.load(written(tmp_path, DEALS), written(tmp_path, RATES, "rates.csv"), "--as-of", "2026-03-10")
    assert company.ask("won_amount") == [{"won_amount": 300 + 10 * 7 + 10 * 8}]
    assert company.ask("open_amount") == [{"open_amount": 80}]
    (again,) = company.load(written(tmp_path, DEALS), "--as-of", "2026-03-11")
    assert again["same"] == 6, "the store has the rates now"


def test_a_day_before_the_first_rate_has_none(company: Company, tmp_path: Path) -> None:
    late = RATES.replace("2026-01-01", "2026-02-20")
    ran = company("import", written(tmp_path, DEALS), written(tmp_path, late, "rates.csv"))
    assert ran.code == 3
    assert "USD × 1 = 10.00" in ran.json["uploads"][0]["questions"][0]


def test_leaving_amounts_out_is_remembered_for_these_currencies_only(company: Company, tmp_path: Path) -> None:
    company.load(written(tmp_path, DEALS), "--without-rates")
    assert company.ask("won_amount") == [{"won_amount": 300}]
    (kept,) = folder(Path(f"{company.path}.d")).glob("*.toml")
    assert load(kept).without_rates == ["USD"]
    (upload,) = company.load(written(tmp_path, DEALS))
    assert any("no total" in text for text in upload["warnings"])
    ran = company("import", written(tmp_path, DEALS + "6,a,Closed Won,9,EUR,2026-02-05,2026-01-05\n"))
    assert ran.code == 3
    assert "EUR × 1" in ran.json["uploads"][0]["questions"][0]
