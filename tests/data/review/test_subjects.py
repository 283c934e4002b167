"""What a decision is about: who is told of it, and under which name it is followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.store import open_store
from data.viewers import add_viewer
from tests.command_line import Company
from tests.data.review.weeks import add, listed, load, refused
from tests.data.written import written


@pytest.fixture
def shared(weekly: Company) -> Company:
    store = open_store(weekly.path)
    add_viewer(store, "boss@x.com", "all")
    add_viewer(store, "ann@x.com", "rep", rep="Ann Lee")
    add_viewer(store, "bob@x.com", "rep", rep="Bob Ray")
    return weekly


def test_nobody_is_told_of_what_they_may_not_see(shared: Company, tmp_path: Path) -> None:
    boss = ("--as", "boss@x.com")
    anns = [
        add(shared, "--deal", "D1", "--what", "secret of Ann", *boss),
        add(shared, "--rep", "Ann Lee", "--what", "coach", *boss),
        add(shared, "--customer", "Acme", "--what", "visit", *boss),
        add(shared, "--what", "for Ann", "--owner", "Ann Lee", *boss),
        add(shared, "--what", "by Ann", "--owner", "Somebody", "--as", "ann@x.com"),
    ]
    bobs = add(shared, "--deal", "D3", "--what", "secret of Bob", "--owner", "Ann Lee", *boss)
    add(shared, "--what", "for nobody", *boss)
    assert set(listed(shared, "--as", "ann@x.com")) == set(anns)
    assert set(listed(shared, "--as", "bob@x.com")) == {bobs}
    assert len(listed(shared, *boss)) == 7
    said = shared("actions", "--show", "all", "--as", "bob@x.com").out
    assert "Ann" not in said.replace('"owner": "Ann Lee"', "")
    assert sum(shared("actions", "--as", "bob@x.com").json["counts"].values()) == 1
    assert refused(shared, "history", anns[0], "--as", "bob@x.com")["code"] == "UnknownAction"
    assert refused(shared, "done", anns[0], "--as", "bob@x.com")["code"] == "UnknownAction"
    assert refused(shared, "add", "--deal", "D1", "--what", "x", "--as", "bob@x.com")["code"] == "UnknownSubject"
    assert (
        refused(shared, "add", "--deal", "Pumps", "--what", "x", "--as", "bob@x.com")["params"]["suggestion"] == "None"
    )
    assert refused(shared, "keep", "--as", "bob@x.com")["code"]
    load(shared, tmp_path, "2026-06-14", D1="D1,Pumps,Acme,Bob Ray,Qualify,open,10000,2026-05-01,2026-07-30,,Call")
    assert anns[0] in listed(shared, "--as", "bob@x.com"), "a deal that changed hands takes its decisions along"
    hers = listed(shared, "--as", "ann@x.com")
    assert hers[anns[0]]["data"]["evidence"] == "its numbers are not yours to see", "but she promised it"
    assert bobs not in hers
    assert sum(shared("actions", "--as", "ann@x.com").json["counts"].values()) == len(hers)


def test_a_deal_that_vanished_is_still_only_its_owners(shared: Company, tmp_path: Path) -> None:
    number = add(shared, "--deal", "D1", "--expect", "won", "--as", "boss@x.com")
    load(shared, tmp_path, "2026-06-14", D1=None)
    assert number in listed(shared, "--as", "ann@x.com")
    assert number not in listed(shared, "--as", "bob@x.com")


def test_a_team_is_told_of_its_own_and_of_no_numbers_of_others(shared: Company, tmp_path: Path) -> None:
    """Ann is of team East, Bob of West; East's manager looks on, and reviews are held of a team."""
    people = "Rep ID,Rep,Email,Team\nR1,Ann Lee,ann@x.com,East\nR2,Bob Ray,bob@x.com,West\n"
    shared.load(written(tmp_path, people, "reps.csv"), "--table", "reps")
    goals = "Measure,Scope,Name,Starts On,Ends On,Target\n" + "".join(
        f"won_amount,{owner},2026-04-01,2026-06-30,100000\n" for owner in ("company,", "team,East", "team,West")
    )
    shared.load(written(tmp_path, goals, "targets.csv"), "--table", "targets")
    add_viewer(open_store(shared.path), "east@x.com", "teams", teams=("East",))
    boss, east = ("--as", "boss@x.com"), ("--as", "east@x.com")
    half = ("--expect", "attainment=0.5", "--due", "2026-06-30")
    mine = [
        add(shared, "--target", "won_amount:team:East", *half, *boss),
        add(shared, "--deal", "D1", "--expect", "won", *boss),
        add(shared, "--what", "for Ann", "--owner", "Ann Lee", *boss),
    ]
    company = add(shared, "--target", "won_amount", "--owner", "Ann Lee", *half, *boss)
    add(shared, "--target", "won_amount:team:West", *half, *boss)
    add(shared, "--deal", "D3", "--expect", "won", *boss)
    add(shared, "--what", "for Bob", "--owner", "Bob Ray", *boss)
    for subject in ("won_amount", "won_amount:team:West", "won_amount:rep:Bob Ray"):
        assert refused(shared, "add", "--target", subject, "--what", "x", *east)["code"] == "UnknownSubject"
    load(shared, tmp_path, "2026-06-14", D4="D4,Seals,Dyne,Bob Ray,Propose,won,40000,2026-05-01,2026-06-30,2026-06-12,")
    now = listed(shared, *east)
    assert set(now) == {*mine, company}
    assert now[mine[0]]["data"]["evidence"] == "0.0% of 50.0%, before 0.0%"
    assert now[company]["data"]["evidence"] == "its numbers are not yours to see"
    assert "40.0%" in listed(shared, *boss)[company]["data"]["evidence"]
    shared("actions", "keep", *boss)
    assert "40.0%" not in shared("actions", "history", company, *east).out
    assert sum(shared("actions", *east).json["counts"].values()) == 4
    assert set(listed(shared, "--team", "East", *boss)) == {*mine, company}


def test_people_and_customers_are_followed_through_new_names(weekly: Company, tmp_path: Path) -> None:
    person = add(weekly, "--rep", "Bob Ray", "--expect", "reach=won_amount", "--with", "at_least=10000")
    customer = add(weekly, "--customer", "Dyne", "--expect", "buys")
    weekly("aliases", "--accept", "rep:Bob Ray=Robert Ray", "--accept", "customer:Dyne=Dyne AG")
    load(weekly, tmp_path, "2026-06-14", D4="D4,Seals,Dyne,Bob Ray,Propose,won,40000,2026-05-01,2026-06-30,2026-06-12,")
    now = listed(weekly)
    assert (now[person]["outcome"], now[person]["subject"]) == ("done", "Robert Ray")
    assert (now[customer]["outcome"], now[customer]["subject"]) == ("done", "Dyne AG")
