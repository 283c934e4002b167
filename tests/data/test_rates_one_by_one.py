"""Rates that are said one by one: dated, through the same truth, and taken back like any upload."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import Company, run
from tests.data.ingest.test_rates import DEALS, written
from tests.small import empty_at


def test_a_rate_is_set_converts_by_its_day_and_is_taken_back(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    company.load(written(tmp_path, DEALS), "--without-rates", "--as-of", "2026-03-10")
    before = company.facts()
    said = company("rates").json
    assert (said["currency"], said["rates"]) == ("CNY", [])
    assert said["lacking"] == [{"currency": "USD", "table": "deals", "rows": 3, "money": 30}]
    said = company("rates", "--set", "usd:2026-01-01=7", "--set", "美元:2026-03-01=8").json
    assert [(one["currency"], one["from_on"], one["rate"]) for one in said["rates"]] == [
        ("USD", "2026-03-01", 8), ("USD", "2026-01-01", 7)
    ]  # fmt: skip
    assert said["lacking"] == []
    assert company.ask("won_amount") == [{"won_amount": 600 + 70 + 80}]
    company("rates", "--set", "USD:2026-03-01=9")
    assert company.ask("won_amount") == [{"won_amount": 600 + 70 + 90}], "the same day said again holds"
    for upload in (4, 3, 2):
        assert company("undo", upload).code == 0
    assert company.facts() == before
    company.close()


def test_what_is_no_rate_changes_nothing(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    company.load(written(tmp_path, DEALS), "--without-rates")
    before = company.everything()
    for text in ("CNY:2026-01-01=7", "USD:2026-01-01=0", "USD:2026-01-01=-1", "USD:2026-01-01=nan", "USD:soon=7",
                 "dollars:2026-01-01=x", "=", "1$:2026-01-01=7"):  # fmt: skip
        ran = company("rates", "--set", text)
        assert ran.code == 1, text
        assert "Nothing was changed" in ran.err, ran.err
    assert company.everything() == before
    said = run("rates", "--store", company.path, lang="zh-CN").out
    assert "本位币" in said
    assert "当日没有汇率" in said
    company.close()


def test_facts_in_a_currency_without_any_rate_are_named_too(tmp_path: Path) -> None:
    company = Company(empty_at(tmp_path / "company.duckdb"))
    company.load(written(tmp_path, DEALS), "--without-rates")
    invoices = "invoice_id,issued_on,customer,amount,currency\nI1,2026-01-05,Acme,50,EUR\nI2,2026-01-05,Acme,5,CNY\n"
    company.load(written(tmp_path, invoices, "invoices.csv"), "--without-rates")
    listed = {(one["currency"], one["table"]): (one["rows"], one["money"]) for one in company("rates").json["lacking"]}
    assert listed == {("USD", "deals"): (3, 30), ("EUR", "invoices"): (1, 50)}
    company.close()
