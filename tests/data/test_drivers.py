"""Why it changed, on the command line: every way adds up to what `ask` says, for people in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company, run
from tests.small import copied, small_demo

YEAR = ("--from", "2026-01-01", "--compare", "last_year")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(small_demo(), tmp_path_factory.mktemp("drivers") / "demo.duckdb")


@pytest.mark.parametrize(
    ("argv", "measure", "column"),
    [
        ((), "won_amount", "amount"),
        (("--tree", "revenue_by_unit"), "revenue", "amount"),
        (("--about", "prices"), "revenue", "amount"),
        (("--about", "prices", "--quantities", "then"), "revenue", "amount"),
        (("--about", "products"), "revenue", "change"),
        (("--about", "customers"), "revenue", "amount"),
        (("--about", "customers", "--measure", "won_amount"), "won_amount", "amount"),
    ],
)
def test_contributions_add_up(demo: Path, argv: tuple[str, ...], measure: str, column: str) -> None:
    company = Company(demo)
    (row,) = company.ask(measure, *YEAR)
    rows = company("drivers", *argv, *YEAR).json["rows"]
    steps = {one.get("driver", one.get("buying")): float(one[column]) for one in rows}
    if "start" in steps:
        assert (steps.pop("end"), steps.pop("start")) == pytest.approx((row[measure], row[f"{measure}.before"]))
    brought = sum(steps.values()) if len(steps) > 1 else sum(float(one[column]) for one in rows)
    assert brought == pytest.approx(row[measure] - row[f"{measure}.before"], abs=0.005)


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_people_read_names_not_columns(demo: Path, lang: str) -> None:
    for about in ("factors", "segments", "prices", "products", "customers", "who", "lapsed"):
        ran = run("drivers", "--about", about, *YEAR, "--store", demo, lang=lang)
        assert ran.code == 0, ran.err
        unsaid = {
            "driver",
            "won_amount_per_deal",
            "unpriced",
            "shrinking" if lang == "zh-CN" else "buying",
            "stands_out",
        }
        assert not unsaid & set(ran.out.split())


def test_what_cannot_be_told_says_why(demo: Path) -> None:
    for argv, said in (
        (("--tree", "velocty", *YEAR), "velocity"),
        (("--about", "segments", "--measure", "cycle_days", *YEAR), "win_rate"),
        (("--about", "who", "--measure", "win_rate", *YEAR), "revenue"),
    ):
        ran = run("drivers", *argv, "--store", demo)
        assert ran.code != 0
        assert said in ran.err


@pytest.mark.parametrize(("lang", "said"), [("en", "Days: "), ("zh-CN", "时间段：")])
def test_without_days_the_last_twelve_months_are_taken_and_said(demo: Path, lang: str, said: str) -> None:
    ran = run("drivers", "--about", "prices", "--store", demo, lang=lang)
    assert ran.code == 0
    (days,) = [line for line in (ran.out + ran.err).splitlines() if said in line]
    assert days.count("-") >= 8, "four days, two of the period and two of what it is compared with"


def test_a_share_is_told_in_points_and_never_as_part_of_the_change(demo: Path) -> None:
    for lang, points, part in (("en", " pp", "Of the change"), ("zh-CN", " 个百分点", "占变化")):
        argv = ("drivers", "--about", "segments", *YEAR, "--store", demo, "--measure")
        assert points in (told := run(*argv, "win_rate", lang=lang).out)
        assert part not in told
        assert part in run(*argv, "won_amount", lang=lang).out


def test_regulars_within_a_scope_are_said_to_be_so(demo: Path) -> None:
    team = Company(demo).ask("revenue", "--by", "team")[0]["team"]
    run("viewers", "--add", "own@example.com", "--scope", "teams", "--team", team, "--store", demo)
    for lang, said in (("en", "may still order through others"), ("zh-CN", "通过其他人下单")):
        assert said in run("drivers", "--about", "lapsed", "--as", "own@example.com", "--store", demo, lang=lang).out
        assert said not in run("drivers", "--about", "lapsed", "--store", demo, lang=lang).out
