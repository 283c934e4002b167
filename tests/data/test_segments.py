"""The command about segments of customers: everything it can be asked, in words, and by what it scores."""

from __future__ import annotations

import pytest

from tests.command_line import Company, run
from tests.small import copied, small_demo

ABOUT = ("segments", "cells", "customers", "moves", "slipped", "classes", "curve", "tiers", "misfits")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(copied(small_demo(), tmp_path_factory.mktemp("segments") / "s.duckdb"))


@pytest.mark.parametrize("about", ABOUT)
def test_each_thing_that_can_be_asked(company: Company, about: str) -> None:
    told = company("segments", "--about", about).json
    assert told["rows"]
    assert "crm.order_lines" in told["sql"]
    said = run("segments", "--about", about, "--store", company.path, lang="zh-CN")
    assert said.code == 0
    assert not any(word in said.out for word in ("is_", "champions", "_score", "amount_", "percent_", "only_returned"))


def test_the_sums_of_all_segments_are_those_of_the_measures(company: Company) -> None:
    days = ("--from", "2024-06-18", "--to", "2026-06-17")
    rows = company("segments").json["rows"]
    whole = company("ask", "revenue", "active_customers", *days).json["rows"][0]
    assert sum(row["amount"] or 0 for row in rows) == pytest.approx(whole["revenue"])
    assert sum(row["customers"] for row in rows if row["place"]) == whole["active_customers"]
    ranked = company("segments", "--about", "classes", *days).json["rows"]
    assert sum(row["amount"] for row in ranked) == pytest.approx(whole["revenue"])
    deals = company("segments", "--of", "deals").json
    won = company("ask", "won_amount", *days).json["rows"][0]["won_amount"]
    assert sum(row["amount"] or 0 for row in deals["rows"]) == pytest.approx(won)
    assert "Scored by deals won" in " ".join(deals["notes"])


def test_days_and_wrong_names_are_said(company: Company) -> None:
    assert "Days: 2024-06-18 to 2026-06-17" in run("segments", "--store", company.path).out
    assert "all history up to 2026-06-17" in run("segments", "--months", "0", "--store", company.path).out
    wrong = run("segments", "--about", "customers", "--segment", "champion", "--store", company.path)
    assert wrong.code == 1
    assert 'Did you mean "champions"?' in wrong.err
