"""The command about offers: each thing that can be asked, in both languages."""

from __future__ import annotations

import pytest

from tests.command_line import Company, run
from tests.small import copied, small_demo

ABOUT = ("next", "past", "rules", "sets", "customers", "traits", "alike", "leads", "held-out")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(copied(small_demo(), tmp_path_factory.mktemp("offers") / "s.duckdb"))


@pytest.mark.parametrize("about", ABOUT)
def test_each_thing_that_can_be_asked(company: Company, about: str) -> None:
    told = company("offers", "--about", about).json
    assert told["rows"] or told["notes"]
    assert "order_lines" in told["sql"]
    said = run("offers", "--about", about, "--store", company.path, lang="zh-CN")
    assert said.code == 0
    assert not any(word in said.out for word in ("is_beyond", "_points", "because", "held_", "size_band", "popular"))


def test_a_lift_is_shown_with_its_interval(company: Company) -> None:
    told = company("offers", "--about", "sets").json["rows"][0]
    said = run("offers", "--about", "sets", "--store", company.path).out
    for shown in (f"{told['lift']:.2f}", f"({told['lift.low']:.2f}–{told['lift.high']:.2f})"):
        assert shown in said  # in a narrow cell below each other


def test_days_ahead_are_within_a_year(company: Company) -> None:
    assert run("offers", "--within", "400", "--store", company.path).code == 2
    assert company("offers", "--about", "past", "--within", "90").json["rows"]


def test_the_rows_of_the_look_back_add_up_to_it(company: Company) -> None:
    told = company("offers", "--about", "past").json["rows"]
    rows = company("offers", "--about", "past", "--rows").json["rows"]
    for mark in told:
        judged = [row for row in rows if (row["method"], row["offers"]) == (mark["method"], mark["offers"])]
        assert (len(judged), sum(row["is_hit"] for row in judged)) == (mark["customers"], mark["hits"])
    said = run("offers", "--about", "past", "--rows", "--store", company.path, lang="zh-CN").out
    assert not any(word in said for word in ("is_hit", "bought_anew", "_2", "popular"))
    assert run("offers", "--rows", "--store", company.path).code == 2, (
        "what to offer next has its purchases on the page"
    )


def test_as_far_ahead_as_the_record_can_answer(company: Company) -> None:
    """306 days after the first order 90 days ahead are answered, as on the page; who asks for 180 is told why not."""
    told = company("offers", "--about", "past", "--as-of", "2024-02-01").json
    assert told["rows"]
    assert any("enough to look 90 days ahead" in said for said in told["notes"])
    asked = company("offers", "--about", "past", "--as-of", "2024-02-01", "--within", "180").json
    assert not asked["rows"]
