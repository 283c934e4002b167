"""What was decided about customers, people and targets, judged by the next weekly exports."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import Company
from tests.data.review.weeks import add, listed, load, refused
from tests.data.written import written


def test_activities_of_a_deal_a_customer_and_a_person(weekly: Company, tmp_path: Path) -> None:
    acts = "Activity ID,Activity Type,Owner,Account Name,Deal ID,Activity Date\n"
    one = "A1,call,Ann Lee,Acme,D1,2026-06-05\n"
    weekly.load(written(tmp_path, acts + one, "activities_2026-06-07.csv"), "--table", "activities", "--as-of",
                "2026-06-07", "--key", "Activity ID")  # fmt: skip
    deal = add(weekly, "--deal", "D1", "--expect", "activity", "--due", "2026-06-14")
    quiet = add(weekly, "--deal", "D3", "--expect", "activity", "--due", "2026-06-12")
    customer = add(weekly, "--customer", "Acme", "--expect", "visit", "--due", "2026-06-09")
    many = add(weekly, "--rep", "Ann Lee", "--expect", "reach=activities", "--with", "at_least=2")
    more = add(weekly, "--rep", "Ann Lee", "--expect", "reach=activities", "--with", "at_least=5")
    load(weekly, tmp_path, "2026-06-14")
    assert listed(weekly)[deal]["outcome"] == "unknown", "deals came, activities did not"
    two = one + "A2,visit,Ann Lee,Acme,D1,2026-06-10\nA3,call,Ann Lee,Bolt,D2,2026-06-11\n"
    weekly.load(written(tmp_path, acts + two, "activities_2026-06-14.csv"), "--table", "activities", "--as-of",
                "2026-06-14", "--key", "Activity ID")  # fmt: skip
    now = listed(weekly)
    assert [now[id_]["outcome"] for id_ in (deal, quiet, customer, many, more)] == [
        "done", "overdue", "done", "done", "moved",
    ]  # fmt: skip
    assert now[deal]["met_on"] == "2026-06-10"
    assert now[customer]["is_late"]
    assert now[more]["data"]["evidence"] == "2 of 5"


def test_what_a_customer_buys_and_what_stands_open_with_a_person(weekly: Company, tmp_path: Path) -> None:
    buys = add(weekly, "--customer", "Dyne", "--expect", "buys")
    new = add(weekly, "--customer", "Acme", "--expect", "buys")
    none = add(weekly, "--customer", "Bolt", "--expect", "buys")
    open_ = add(weekly, "--rep", "Bob Ray", "--expect", "reach=open_amount", "--with", "at_least=80000")
    fewer = add(weekly, "--rep", "Bob Ray", "--expect", "at_most=open_deals", "--with", "at_most=1")
    load(
        weekly, tmp_path, "2026-06-14",
        D4="D4,Seals,Dyne,Bob Ray,Propose,won,40000,2026-05-01,2026-06-30,2026-06-12,",
        D5="D5,More,Acme,Bob Ray,Qualify,open,45000,2026-06-10,2026-08-30,,",
        D3="D3,Meters,Cole,Bob Ray,Discover,open,30000,2026-05-01,2026-06-30,,",
    )  # fmt: skip
    now = listed(weekly)
    assert [now[id_]["outcome"] for id_ in (buys, new, none)] == ["done", "moved", "not_moved"]
    assert now[new]["data"]["evidence"] == "nothing bought, but a new deal on 10 Jun 2026"
    assert (now[open_]["outcome"], now[open_]["data"]["evidence"]) == ("moved", "75K of 80K, before 70K")
    assert (now[fewer]["outcome"], now[fewer]["data"]["evidence"]) == ("not_moved", "2 of 1, before 2")


def test_deals_with_faults_in_their_records(weekly: Company, tmp_path: Path) -> None:
    """Ann's two deals: one lacks a next step. Bob's two lack it, and one is filled in."""
    number = add(weekly, "--rep", "Bob Ray", "--expect", "tidy=0")
    less = add(weekly, "--rep", "Bob Ray", "--expect", "tidy=1")
    load(weekly, tmp_path, "2026-06-14", D4="D4,Seals,Dyne,Bob Ray,Propose,open,40000,2026-05-01,2026-06-30,,Send it")
    now = listed(weekly)
    assert (now[number]["outcome"], now[number]["data"]["evidence"]) == ("moved", "1 of 0, before 2")
    assert now[less]["outcome"] == "done"


def test_how_far_a_target_is_reached(weekly: Company, tmp_path: Path) -> None:
    goals = "Measure,Scope,Name,Starts On,Ends On,Target\nwon_amount,company,,2026-04-01,2026-06-30,100000\n"
    weekly.load(written(tmp_path, goals, "targets.csv"), "--table", "targets")
    half = add(weekly, "--target", "won_amount", "--expect", "attainment=40%", "--due", "2026-06-21")
    whole = add(weekly, "--target", "won_amount", "--expect", "attainment=1", "--due", "2026-06-21")
    assert refused(weekly, "add", "--target", "won_amount", "--expect", "attainment=1", "--with", "grain=month")[
        "code"] == "NotTellable"  # fmt: skip
    load(weekly, tmp_path, "2026-06-14",
         D4="D4,Seals,Dyne,Bob Ray,Propose,won,40000,2026-05-01,2026-06-30,2026-06-12,")  # fmt: skip
    now = listed(weekly)
    assert (now[half]["outcome"], now[whole]["outcome"]) == ("done", "moved")
    assert now[whole]["data"]["evidence"] == "40.0% of 100.0%, before 0.0%"
