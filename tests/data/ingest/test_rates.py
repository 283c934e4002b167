"""Amounts in several currencies: converted by dated rates, or named before anything is loaded."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from data.ingest.currencies import code_of, fill_currency, in_header
from data.ingest.errors import RatesRefused
from data.ingest.profile import load
from data.ingest.remember import folder
from tests.command_line import Company
from tests.data.ingest.test_plan import planned, rows
from tests.data.written import written

HEADER = "Opportunity ID,Opportunity Name,Stage,Amount,Currency,Close Date,Created Date\n"
DEALS = (
    HEADER
    + "".join(f"{id_},a,Closed Won,100,人民币,2026-02-05,2026-01-05\n" for id_ in range(10, 16))
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
    assert not company.facts().get("deals"), "nothing is loaded"
    assert "USD × 3" in company("import", file, "--lang", "zh-CN").json["uploads"][0]["questions"][0]


def test_rates_in_the_same_import_convert_by_their_day(company: Company, tmp_path: Path) -> None:
    company.load(written(tmp_path, DEALS), written(tmp_path, RATES, "rates.csv"), "--as-of", "2026-03-10")
    assert company.ask("won_amount") == [{"won_amount": 600 + 10 * 7 + 10 * 8}]
    assert company.ask("open_amount") == [{"open_amount": 80}]
    (again,) = company.load(written(tmp_path, DEALS), "--as-of", "2026-03-11")
    assert again["same"] == 9, "the store has the rates now"


def test_a_day_before_the_first_rate_has_none(company: Company, tmp_path: Path) -> None:
    late = RATES.replace("2026-01-01", "2026-02-20")
    ran = company("import", written(tmp_path, DEALS), written(tmp_path, late, "rates.csv"))
    assert ran.code == 3
    assert "USD × 1 = 10.00" in ran.json["uploads"][0]["questions"][0]


def test_leaving_amounts_out_is_remembered_for_these_currencies_only(company: Company, tmp_path: Path) -> None:
    company.load(written(tmp_path, DEALS), "--without-rates")
    assert company.ask("won_amount") == [{"won_amount": 600}]
    (kept,) = folder(Path(f"{company.path}.d")).glob("*.toml")
    assert load(kept).without_rates == ["USD"]
    (upload,) = company.load(written(tmp_path, DEALS))
    assert any("no total" in text for text in upload["warnings"])
    ran = company("import", written(tmp_path, DEALS + "6,a,Closed Won,9,EUR,2026-02-05,2026-01-05\n"))
    assert ran.code == 3
    assert "EUR × 1" in ran.json["uploads"][0]["questions"][0]


def several(*currencies: str, first: int = 0) -> str:
    lines = (f"{first + at},a,Closed Won,100,{code},2026-02-05,2026-01-05\n" for at, code in enumerate(currencies))
    return HEADER + "".join(lines)


def test_the_company_s_own_currency_is_asked_where_its_first_file_leaves_it_open(
    company: Company, tmp_path: Path
) -> None:
    file = written(tmp_path, several("CNY", "CNY", "USD", "USD", "USD"))
    ran = company("import", file, "--without-rates")
    assert ran.code == 3
    assert "USD × 3; CNY × 2" in ran.json["uploads"][0]["questions"][0]
    company.load(file, "--without-rates", "--currency", "cny")
    assert company.ask("won_amount") == [{"won_amount": 200}]
    (again,) = company.load(file, "--without-rates", "--currency", "USD")
    assert any("is CNY already" in text for text in again["warnings"])
    assert company.ask("won_amount") == [{"won_amount": 200}]


def test_a_large_foreign_file_does_not_change_the_company_s_currency(company: Company, tmp_path: Path) -> None:
    company.load(written(tmp_path, several("CNY", "CNY")), "--part")
    large = written(tmp_path, several(*["USD"] * 50, first=100), "large.csv")
    ran = company("import", large, "--part")
    assert ran.code == 3
    assert "to CNY on their day: USD × 50" in ran.json["uploads"][0]["questions"][0]
    company.load(large, "--part", "--without-rates")
    assert company.ask("won_amount") == [{"won_amount": 200}]


def test_files_of_one_import_that_name_different_currencies_are_asked_about(company: Company, tmp_path: Path) -> None:
    few, many = written(tmp_path, several("USD"), "a.csv"), written(tmp_path, several(*["CNY"] * 9, first=9), "b.csv")
    ran = company("import", few, many, "--part", "--without-rates")
    assert ran.code == 3
    assert "USD × 1" in "".join(ran.json["uploads"][0]["questions"])
    company.load(few, many, "--part", "--without-rates", "--currency", "CNY")
    assert company.ask("won_amount") == [{"won_amount": 900}]


def test_the_currency_that_all_rates_lead_to_is_the_company_s(company: Company, tmp_path: Path) -> None:
    rates = written(tmp_path, "currency,from_on,rate\nUSD,2026-01-01,7\n", "rates.csv")
    company.load(written(tmp_path, several("CNY", "USD", "USD", "USD")), rates, "--part", "--as-of", "2026-03-10")
    assert company.ask("won_amount") == [{"won_amount": 100 + 3 * 700}]


@pytest.mark.parametrize(
    ("header", "amounts", "currencies", "said"),
    [
        ("Amount (USD)", ["100", "CNY 200", "£1,200", "$5"], ["USD", "CNY", "GBP", "USD"], {"currency_of_cells": 2}),
        ("Amount", ["100", "CNY 200"], [None, "CNY"], {}),
    ],
)
def test_a_currency_that_a_cell_names_holds_against_its_header_and_is_said(
    header: str, amounts: list[str], currencies: list[str | None], said: dict[str, int]
) -> None:
    lines = (f'{at},a,Closed Won,"{amount}"\n' for at, amount in enumerate(amounts))
    file = planned(f"Opportunity ID,Opportunity Name,Stage,{header}\n" + "".join(lines))
    assert rows(file)["currency"].to_list() == currencies
    assert {one.code: one.params["rows"] for one in file.warnings if one.code.startswith("currency_of_")} == said


@pytest.mark.parametrize(
    ("header", "amounts", "currencies"),
    [
        ("Amount (JPY)", ["¥100", "5", "CNY 3"], ["JPY", "JPY", "CNY"]),
        ("Amount (HKD)", ["$100", "€5"], ["HKD", "EUR"]),
        ("金额（美元）", ["100元", "¥5"], ["USD", "CNY"]),
    ],
)
def test_a_sign_that_several_currencies_share_contradicts_none_of_them(
    header: str, amounts: list[str], currencies: list[str]
) -> None:
    filled, _ = fill_currency(header, in_header(header), None, pl.Series(amounts), len(amounts))
    assert filled is not None
    assert filled.to_list() == currencies


def test_an_amount_fills_the_currency_that_its_row_leaves_blank_and_a_contradiction_is_said() -> None:
    head = "Opportunity ID,Opportunity Name,Stage,Amount,Currency\n"
    file = planned(head + "1,a,Closed Won,£5,\n2,a,Closed Won,£5,USD\n3,a,Closed Won,5,USD\n")
    assert rows(file)["currency"].to_list() == ["GBP", "USD", "USD"]
    assert [one.params["rows"] for one in file.warnings if one.code == "currency_of_column"] == [1]


@pytest.mark.parametrize(("told", "suggested"), [("XXX", None), ("CNYY", "CNY"), ("oops", None)])
def test_what_is_no_currency_never_becomes_the_company_s(
    company: Company, tmp_path: Path, told: str, suggested: str | None
) -> None:
    ran = company("import", written(tmp_path, several("CNY", "USD")), "--without-rates", "--currency", told)
    assert ran.code != 0
    assert f'"{told}" is no currency' in ran.err
    assert suggested is None or f'"{suggested}"' in ran.err
    company.load(written(tmp_path, several("CNY", "AED")), "--without-rates", "--currency", "aed")


def test_a_rate_of_nothing_or_less_refuses_its_row() -> None:
    file = planned("currency,from_on,rate\nUSD,2026-01-01,7\nEUR,2026-01-01,0\nGBP,2026-01-01,-8\nHKD,2026-01-01,0.9\n")
    assert rows(file)["currency"].to_list() == ["USD", "HKD"]
    assert file.checked is not None
    assert file.checked.refused["reasons"].to_list() == [["rate_not_positive"]] * 2


def test_rates_that_cannot_be_are_called_so() -> None:
    """Not "another kind of list": its columns say what it is."""
    with pytest.raises(RatesRefused) as caught:
        planned("Currency,From,Exchange Rate\nEUR,2026-01-01,-5\nUSD,2026-01-01,0\nGBP,2026-01-01,1\n")
    assert caught.value.params["refused"] == 2
    for lang in ("en", "zh-CN"):
        assert "--table" not in caught.value.text(lang)
