"""The command about a measure over time."""

from __future__ import annotations

import pytest

from tests.command_line import Company, run
from tests.small import copied, small_demo


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(copied(small_demo(), tmp_path_factory.mktemp("trends") / "s.duckdb"))


def test_a_course_and_what_it_is_compared_with(company: Company) -> None:
    told = company(
        "trends", "won_amount", "--from", "2026-01-01", "--to", "2026-06-30", "--grain", "month",
        "--against", "last_year", "--against", "previous",
    ).json  # fmt: skip
    assert [row["month"] for row in told["rows"]] == [f"2026-0{month}-01" for month in range(1, 7)]
    first = told["rows"][0]
    assert (first["last_year.from_on"], first["previous.from_on"]) == ("2025-01-01", "2025-07-01")
    (asked,) = company.ask("won_amount", "--from", "2025-01-01", "--to", "2025-01-31")
    assert first["last_year"] == pytest.approx(asked["won_amount"])
    assert told["rows"][-1]["is_partial"]
    assert "closed_on" in told["sql"]


def test_the_running_month_after_as_many_working_days(company: Company) -> None:
    rows = company("trends", "created_deals", "--about", "so-far", "--grain", "month").json["rows"]
    assert [(row["series"], row["to_on"], row["workdays"]) for row in rows] == [
        ("now", "2026-06-17", 13), ("previous", "2026-05-21", 13), ("last_year", "2025-06-19", 13),
    ]  # fmt: skip
    said = run(
        "trends", "created_deals", "--about", "so-far", "--grain", "month", "--store", company.path, lang="zh-CN"
    )
    assert "去年同期" in said.out
    assert "工作日" in said.out


def test_limits_the_target_and_the_festival(company: Company) -> None:
    rows = company("trends", "created_deals", "--about", "usual", "--grain", "month").json["rows"]
    assert len(rows) == 24
    assert {row["is_counted"] for row in rows} == {True, False}
    rows = company("trends", "won_amount", "--about", "cumulative", "--within", "month").json["rows"]
    assert (len(rows), rows[-1]["day"]) == (30, "2026-06-30")
    assert rows[-1]["target_due"] > rows[0]["target_due"]
    assert rows[-1]["target_due"] == round(rows[-1]["target_due"], 2)  # shares of days add up to cents
    said = run("trends", "activities", "--about", "festival", "--store", company.path)
    assert "Working days" in said.out
    assert "2,026" not in said.out
    days = company("trends", "activities", "--about", "festival", "--grain", "day").json["rows"]
    assert {row["year"] for row in days} == {2024, 2025, 2026}


def test_where_nothing_is_there_are_no_buckets(company: Company) -> None:
    told = company("trends", "won_amount", "--from", "2030-01-01", "--to", "2030-03-31").json
    assert told["rows"] == []
    (ahead,) = told["notes"]
    assert "after the last day that counts" in ahead


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("win_rate", "--about", "cumulative"), "add up"),
        (("active_customers", "--about", "festival"), "add up"),
        (("attainment",), "whole period"),
        (("won_amont",), "won_amount"),
    ],
)
def test_what_cannot_be_asked_is_said(company: Company, asked: tuple[str, ...], says: str) -> None:
    ran = run("trends", *asked, "--store", company.path)
    assert ran.code == 1
    assert says in ran.err
