"""The command about what customers say: everything that can be asked of it, in words and as JSON."""

from __future__ import annotations

import duckdb
import pytest

from tests.command_line import Company, run
from tests.small import copied, small_demo

ABOUT = ("trend", "members", "detractors", "complaints", "closing", "open", "after-survey", "after-complaint")
RAW = ("is_beyond", "promoter", "detractor", "_days", "csat", "complained", "others", "counted")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(copied(small_demo(), tmp_path_factory.mktemp("satisfaction") / "s.duckdb"))


@pytest.mark.parametrize("about", ABOUT)
def test_each_thing_that_can_be_asked(company: Company, about: str) -> None:
    told = company("satisfaction", "--about", about, "--of", "tickets").json
    assert told["rows"]
    assert "surveys" in told["sql"] or "tickets" in told["sql"]
    said = run("satisfaction", "--about", about, "--store", company.path, lang="zh-CN")
    assert said.code == 0
    assert not any(word in said.out for word in RAW)


def test_denominators_and_ranges_are_said(company: Company) -> None:
    said = run("satisfaction", "--grain", "quarter", "--store", company.path)
    assert "Response rate" in said.out
    assert "Of them answered by now" in said.out  # what the rate is told of
    assert " – " in said.out  # the range of NPS
    assert "how many were asked is not known" in said.out + said.err
    told = company("satisfaction", "--about", "complaints", "--by", "severity").json["rows"]
    assert {row["per"] for row in told} == {"orders"}
    assert len({row["of"] for row in told}) == 1


def test_where_a_file_was_never_loaded_it_is_said_which(tmp_path_factory: pytest.TempPathFactory) -> None:
    without = copied(small_demo(), tmp_path_factory.mktemp("nothing") / "e.duckdb")
    with duckdb.connect(without) as connection:
        for table in ("surveys", "tickets"):
            connection.execute(f"create or replace table crm.{table} as from crm.{table} limit 0")
    for about, file in (("trend", "surveys"), ("complaints", "tickets"), ("after-survey", "surveys")):
        said = run("satisfaction", "--about", about, "--store", without)
        assert f"There are no {file}" in said.out + said.err
