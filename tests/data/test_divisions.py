"""Divisions: a team that only has teams below it stands for all of them, wherever it is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.divisions import with_those_below
from tests.command_line import Company
from tests.small import empty_at, made_at

TEAMS = "team,parent\nSales,\nNorth,Sales\nFar North,North\nNear North,North\nSouth,Sales\n"
REPS = "rep_id,rep,team\n1,Ann,Far North\n2,Bob,Near North\n3,Cem,South\n4,Dan,South\n"
DEALS = """deal_id,deal,rep,status,amount,created_on,closed_on
1,a,Ann,won,100,2026-01-05,2026-02-05
2,b,Bob,won,50,2026-01-06,2026-03-06
3,c,Cem,won,7,2026-01-07,2026-02-07
"""
UNDER = {"Sales": ("Far", "Near", "North", "South"), "North": ("Far", "Near")}


@pytest.mark.parametrize(
    ("chosen", "meant"),
    [
        (("North",), ("North", "Far", "Near")),
        (("Sales",), ("Sales", "Far", "Near", "North", "South")),
        (("North", "South"), ("North", "South", "Far", "Near")),
        (("North", "Far"), ("North", "Far")),
        (("South",), ("South",)),
        ((None, "North"), (None, "North", "Far", "Near")),
        (("Nowhere",), ("Nowhere",)),
    ],
)
def test_a_division_without_rows_stands_for_all_below_it(chosen: tuple[str | None], meant: tuple[str | None]) -> None:
    assert with_those_below(chosen, ["Far", "Near", "South", None], UNDER) == meant


def test_a_team_with_people_of_its_own_is_itself() -> None:
    assert with_those_below(("North",), ["North", "Far", "Near"], UNDER) == ("North",)


def _made(path: Path) -> None:
    empty_at(path)
    made = Company(path)
    folder = path.parent
    files = {"teams": TEAMS, "reps": REPS, "deals": DEALS}
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    made.load(*(folder / f"{name}.csv" for name in files))
    made.close()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(made_at(tmp_path / "s.duckdb", "divisions", _made))
    yield company
    company.close()


def test_ask_takes_a_division_with_its_teams_and_says_so(company: Company) -> None:
    told = company("ask", "won_amount", "--where", "team=North").json
    assert told["rows"] == [{"won_amount": 150}]
    assert told["notes"][0] == "North is taken with all teams below it (2): Far North, Near North."
    cut = company.ask("won_amount", "--by", "team", "--where", "team=Sales")
    assert {row["team"]: row["won_amount"] for row in cut} == {"Far North": 100, "Near North": 50, "South": 7}
    some = company("ask", "won_amount", "--where", "team=North", "--where", "team=Far North").json
    assert some["rows"] == [{"won_amount": 100}], "some that are named are those that are meant"


def test_ask_says_that_a_team_with_people_of_its_own_is_taken_alone(company: Company, tmp_path: Path) -> None:
    (tmp_path / "reps.csv").write_text(REPS.replace("4,Dan,South", "4,Dan,North"))
    (tmp_path / "deals.csv").write_text(DEALS + "4,d,Dan,won,5,2026-01-05,2026-02-05\n")
    company.load(tmp_path / "reps.csv", tmp_path / "deals.csv")
    told = company("ask", "won_amount", "--where", "team=North").json
    assert told["rows"] == [{"won_amount": 5}]
    assert told["notes"][0].startswith("North is its own people alone here. For all of it, name the teams below it (2)")


def test_who_sees_a_part_is_told_of_no_division(company: Company) -> None:
    company("viewers", "--add", "ann@x.example", "--scope", "rep", "--rep", "Ann")
    told = company("ask", "won_amount", "--where", "team=North", "--as", "ann@x.example").json
    assert told["rows"] == []
    assert told["notes"][0].startswith('"North" is not a value of Team')
