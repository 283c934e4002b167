"""What a decision is about: who is told of it, and under which name it is followed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.review.decided import Action
from data.review.subjects import own_people, sees_evidence, visible
from data.store import open_store
from data.viewers import add_viewer, of_team
from metrics.viewer import EVERYTHING, Viewer
from tests.command_line import Company
from tests.data.review.weeks import add, listed, load, refused
from tests.data.written import written
from tests.small import small_store


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


def test_decisions_about_a_customer_are_for_whose_customer_it_is_or_who_is_to_act() -> None:
    with small_store().snapshot() as seen:
        name, whose, key, team, met = seen.frame(
            "select c.customer, r.rep, c.rep_key, r.team, min(d.rep_key) from crm.customers as c"
            " join crm.reps as r on r.rep_key = c.rep_key join crm.deals as d on d.customer_key = c.customer_key"
            " where d.rep_key <> c.rep_key group by all order by 1 limit 1"
        ).row(0)
        made = {"id": 1, "noted_at": "2026-06-01T09:00:00", "what": "visit", "decided_on": date(2026, 6, 1)}
        one = Action.model_validate(
            made | {"due_on": date(2026, 6, 30), "kind": "customer", "subject": name, "owner": whose}
        )
        assert team
        assert visible(seen, Viewer(scope="rep", rep_keys=(key,)), [one]) == [one]
        assert visible(seen, Viewer(scope="rep", rep_keys=(met,)), [one]) == []
        doer = dict(seen.frame("select rep_key, rep from crm.reps").iter_rows())[met]
        theirs = one.model_copy(update={"owner": doer})
        assert visible(seen, Viewer(scope="rep", rep_keys=(met,)), [theirs]) == [theirs]


def test_numbers_of_who_came_from_elsewhere_and_of_customers_are_not_told() -> None:
    """A decision's numbers are worked out with everything's eyes: over all that the person did, and whoever sold."""
    lead = Viewer(email="east@x.com", scope="teams", teams=("East",), rep_keys=(1,))
    made = {
        "id": 1,
        "noted_at": "2026-06-01T09:00:00",
        "what": "x",
        "who": "boss@x.com",
        "decided_on": date(2026, 6, 1),
        "due_on": date(2026, 6, 30),
    }

    def told(kind: str, subject: str, came: date | None) -> bool:
        one = Action.model_validate(made | {"kind": kind, "subject": subject})
        assert sees_evidence(EVERYTHING, one, {})
        return sees_evidence(lead, one, {"Ann Lee": came})

    assert told("rep", "Ann Lee", None)
    assert told("rep", "Ann Lee", date(2026, 6, 1))
    assert not told("rep", "Ann Lee", date(2026, 6, 2))
    assert told("target", "won_amount:rep:Ann Lee", None)
    assert told("target", "won_amount:rep:Ann Lee", date(2025, 5, 1))
    assert not told("target", "won_amount:rep:Ann Lee", date(2026, 4, 15))
    assert not told("customer", "Acme", None)
    with small_store().snapshot() as seen:
        assert own_people(seen, EVERYTHING) == {}
        moved = seen.frame(
            "select m.team, r.rep, m.from_on from crm.rep_teams as m join crm.reps as r on r.rep_key = m.rep_key"
            " and r.team = m.team where m.from_on > (select min(e.from_on) from crm.rep_teams as e"
            " where e.rep_key = m.rep_key) and m.to_on = date '9999-12-31'"
        ).rows()
        assert moved
        for team, rep, day in moved:
            assert own_people(seen, of_team(seen, team))[rep] == day


def test_people_and_customers_are_followed_through_new_names(weekly: Company, tmp_path: Path) -> None:
    person = add(weekly, "--rep", "Bob Ray", "--expect", "reach=won_amount", "--with", "at_least=10000")
    customer = add(weekly, "--customer", "Dyne", "--expect", "buys")
    weekly("aliases", "--accept", "rep:Bob Ray=Robert Ray", "--accept", "customer:Dyne=Dyne AG")
    load(weekly, tmp_path, "2026-06-14", D4="D4,Seals,Dyne,Bob Ray,Propose,won,40000,2026-05-01,2026-06-30,2026-06-12,")
    now = listed(weekly)
    assert (now[person]["outcome"], now[person]["subject"]) == ("done", "Robert Ray")
    assert (now[customer]["outcome"], now[customer]["subject"]) == ("done", "Dyne AG")
