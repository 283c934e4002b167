"""Decisions: written down, judged by the next exports, overruled by people, and shown to whom they concern.

A small company whose deals come as weekly full exports, through the real way of loading: 7, 14 and 21 June 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from data.store import Store, open_store
from data.viewers import add_viewer
from tests.command_line import Company
from tests.data.written import written
from tests.small import empty_at

HEAD = (
    "Deal ID,Deal Name,Account Name,Owner,Stage,Status,Amount,Created Date,Expected Close Date,Close Date,Next Step\n"
)
STAGES = "Stage,Position,Status\nQualify,1,open\nDiscover,2,open\nPropose,3,open\nNegotiate,4,open\n"
FIRST = {
    "D1": "D1,Pumps,Acme,Ann Lee,Qualify,open,10000,2026-05-01,2026-07-30,,Call",
    "D2": "D2,Valves,Bolt,Ann Lee,Qualify,open,20000,2026-05-01,2026-07-30,,",
    "D3": "D3,Meters,Cole,Bob Ray,Discover,open,30000,2026-05-01,2026-06-30,,",
    "D4": "D4,Seals,Dyne,Bob Ray,Propose,open,40000,2026-05-01,2026-06-30,,",
}


def export(folder: Path, day: str, **changed: str | None) -> Path:
    """The deals of a day; a deal that is None is in it no more."""
    rows = {**FIRST, **changed}
    return written(folder, HEAD + "\n".join(row for row in rows.values() if row) + "\n", f"deals_{day}.csv")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The company on 7 June, to be copied: four open deals of two people."""
    folder = tmp_path_factory.mktemp("begun")
    made = Company(empty_at(folder / "company.duckdb"))
    made.load(written(folder, STAGES, "stages.csv"), "--table", "stages")
    load(made, folder, "2026-06-07")
    made.close()
    return made


@pytest.fixture
def weekly(begun: Company, tmp_path: Path) -> Iterator[Company]:
    """The company on 7 June."""
    made = begun.copied_to(tmp_path / "company.duckdb")
    yield made
    made.close()


def load(company: Company, folder: Path, day: str, **changed: str | None) -> None:
    company.load(export(folder, day, **changed), "--table", "deals", "--as-of", day, "--full", "--key", "Deal ID")


def add(company: Company, *argv: object) -> int:
    ran = company("actions", "add", *argv)
    assert ran.code == 0, ran.out + ran.err
    return int(ran.json["action"]["id"])


def listed(company: Company, *argv: object) -> dict[int, dict[str, Any]]:
    ran = company("actions", "--show", "all", *argv)
    assert ran.code == 0, ran.out + ran.err
    return {row["id"]: row for row in ran.json["actions"]}


def refused(company: Company, *argv: object) -> dict[str, Any]:
    ran = company("actions", *argv)
    assert ran.code == 1, ran.out
    error: dict[str, Any] = ran.json["error"]
    return error


# -------------------------------------------------------------------------------------------------- from week to week


def test_the_next_week_shows_what_became_of_each(weekly: Company, tmp_path: Path) -> None:
    """Done, moved, not moved; the week after that, overdue."""
    done = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-14", "--what", "Push it on")
    moved = add(weekly, "--deal", "D2", "--expect", "stage=Negotiate", "--due", "2026-06-16")
    still = add(weekly, "--deal", "D3", "--expect", "won", "--due", "2026-06-14")
    before = listed(weekly)
    assert {row["outcome"] for row in before.values()} == {"unknown"}
    assert "no data of it since 7 Jun 2026" in before[done]["data"]["evidence"]
    load(
        weekly, tmp_path, "2026-06-14",
        D1="D1,Pumps,Acme,Ann Lee,Propose,open,10000,2026-05-01,2026-07-30,,Call",  # over one stage
        D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,",
    )  # fmt: skip
    now = listed(weekly)
    assert [now[id_]["outcome"] for id_ in (done, moved, still)] == ["done", "moved", "not_moved"]
    assert now[done]["data"]["evidence"] == "from Qualify to Propose"
    assert now[moved]["data"]["evidence"] == "from Qualify to Discover"
    assert now[still]["data"]["evidence"] == "still in Discover"
    assert now[done]["met_on"] == "2026-06-14"
    assert not now[done]["is_open"]
    assert set(listed(weekly, "--as-of", "2026-06-07")) == {done, moved, still}
    assert {row["outcome"] for row in listed(weekly, "--as-of", "2026-06-10").values()} == {"unknown"}
    load(weekly, tmp_path, "2026-06-21", D1="D1,Pumps,Acme,Ann Lee,Propose,open,10000,2026-05-01,2026-07-30,,Call",
         D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,")  # fmt: skip
    later = listed(weekly)
    assert [later[id_]["outcome"] for id_ in (done, moved, still)] == ["done", "overdue", "overdue"]
    assert later[moved]["data"]["evidence"] == "from Qualify to Discover"
    order = [row["id"] for row in weekly("actions", "--show", "all").json["actions"]]
    assert order == [still, moved, done], "overdue first, the longest due before; what is done last"
    assert weekly("actions").json["counts"] == {"overdue": 2, "done": 1}


def test_what_was_done_in_time_stays_done_whatever_comes_after(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-14")
    load(weekly, tmp_path, "2026-06-14", D1="D1,Pumps,Acme,Ann Lee,Discover,open,10000,2026-05-01,2026-07-30,,Call")
    load(weekly, tmp_path, "2026-06-21",
         D1="D1,Pumps,Acme,Ann Lee,Discover,lost,10000,2026-05-01,2026-07-30,2026-06-18,Call")  # fmt: skip
    one = listed(weekly)[number]
    assert one["outcome"] == "done"
    assert one["data"]["evidence"] == "from Qualify to Discover; since then lost on 18 Jun 2026"


def test_moved_on_and_back_before_the_day_is_not_done(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-21")
    load(weekly, tmp_path, "2026-06-14", D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,")
    load(weekly, tmp_path, "2026-06-21")
    one = listed(weekly)[number]
    assert one["outcome"] == "not_moved"
    assert one["data"]["evidence"] == "still in Qualify; had been in Discover from 14 Jun 2026 to 20 Jun 2026"
    assert listed(weekly, "--as-of", "2026-06-15")[number]["outcome"] == "done"


def test_back_moves_and_lost_deals_are_no_move(weekly: Company, tmp_path: Path) -> None:
    back = add(weekly, "--deal", "D4", "--expect", "stage=Negotiate", "--due", "2026-06-21")
    lost = add(weekly, "--deal", "D3", "--expect", "stage=Propose", "--due", "2026-06-21")
    closed = add(weekly, "--deal", "D3", "--expect", "closed", "--due", "2026-06-21")
    load(
        weekly, tmp_path, "2026-06-14",
        D4="D4,Seals,Dyne,Bob Ray,Discover,open,40000,2026-05-01,2026-06-30,,",
        D3="D3,Meters,Cole,Bob Ray,Negotiate,lost,30000,2026-05-01,2026-06-30,2026-06-12,",
    )  # fmt: skip
    now = listed(weekly)
    assert (now[back]["outcome"], now[back]["data"]["evidence"]) == ("not_moved", "back from Propose to Discover")
    assert (now[lost]["outcome"], now[lost]["data"]["evidence"]) == ("failed", "lost on 12 Jun 2026")
    assert (now[closed]["outcome"], now[closed]["met_on"]) == ("done", "2026-06-12")


def test_a_guessed_order_of_stages_makes_no_verdict(company: Company, tmp_path: Path) -> None:
    """No list, no probability: only the stage itself counts; and what "back" means is frozen with the decision."""

    def of_week(day: str, **stage: str) -> None:
        stages = {"D1": "Qualify", "D2": "Qualify", "D3": "Wrangle", "D4": "Approach", **stage}
        rows = {id_: f"{FIRST[id_].split(',')[0]},{id_},Acme,Ann Lee,{now},open,10,2026-05-01,2026-07-30,,"
                for id_, now in stages.items()}  # fmt: skip
        load(company, tmp_path, day, **rows)

    of_week("2026-06-07")  # by the alphabet: Approach, Qualify, Wrangle
    to_approach = add(company, "--deal", "D1", "--expect", "stage=Approach", "--due", "2026-06-28")
    to_wrangle = add(company, "--deal", "D2", "--expect", "stage=Wrangle", "--due", "2026-06-28")
    of_week("2026-06-14", D2="Approach", D3="Qualify")  # one went each way, and the order is another one
    now = listed(company)
    assert (now[to_approach]["outcome"], now[to_wrangle]["outcome"]) == ("not_moved", "not_moved")
    assert now[to_wrangle]["data"]["evidence"].startswith("back from Qualify to Approach; the order of stages is a gue")
    of_week("2026-06-21", D1="Approach", D2="Wrangle", D3="Approach")
    then = listed(company)
    assert (then[to_approach]["outcome"], then[to_wrangle]["outcome"]) == ("done", "done")
    company.load(written(tmp_path, "Stage,Position,Status\nApproach,1,open\nQualify,2,open\nWrangle,3,open\n",
                         "stages.csv"), "--table", "stages")  # fmt: skip
    assert "guess" not in str(listed(company)[to_wrangle]["data"]), "told: no guess any more"


def test_a_known_list_stands_against_three_deals(company: Company, tmp_path: Path) -> None:
    """What was told done for a deal in Proposal when three deals had turned Proposal and Negotiation about."""

    def of_week(day: str, **stage: str) -> None:
        stages = {"D1": "Discovery", "D2": "Discovery", "D3": "Proposal", "D4": "Negotiation", **stage}
        load(company, tmp_path, day, **{
            id_: f"{id_},{id_},Acme,Ann Lee,{now},open,10,2026-05-01,2026-07-30,," for id_, now in stages.items()
        })  # fmt: skip

    of_week("2026-06-07")
    number = add(company, "--deal", "D1", "--expect", "stage=Negotiation", "--due", "2026-06-28")
    of_week("2026-06-14", D1="Proposal", D2="Negotiation", D3="Negotiation", D4="Proposal")
    one = listed(company)[number]
    assert one["outcome"] == "moved"
    assert one["data"]["evidence"].startswith("from Discovery to Proposal; the order of stages is a guess")
    of_week("2026-06-21", D1="Discovery", D4="Discovery")
    assert listed(company)[number]["data"]["evidence"].startswith("still in Discovery; ")


def test_won_late_is_late_to_the_day_and_reopened_is_said(weekly: Company, tmp_path: Path) -> None:
    late = add(weekly, "--deal", "D4", "--expect", "won", "--due", "2026-06-10")
    in_time = add(weekly, "--deal", "D3", "--expect", "won", "--due", "2026-06-10")
    again = add(weekly, "--deal", "D1", "--expect", "won", "--due", "2026-06-21")
    load(
        weekly, tmp_path, "2026-06-14",
        D4="D4,Seals,Dyne,Bob Ray,Propose,won,40000,2026-05-01,2026-06-30,2026-06-12,",
        D3="D3,Meters,Cole,Bob Ray,Propose,won,30000,2026-05-01,2026-06-30,2026-06-09,",
        D1="D1,Pumps,Acme,Ann Lee,Qualify,won,10000,2026-05-01,2026-07-30,2026-06-13,Call",
    )  # fmt: skip
    now = listed(weekly)
    assert now[late]["is_late"]
    assert now[late]["data"]["evidence"] == "won on 12 Jun 2026; late: it was due on 10 Jun 2026"
    assert not now[in_time]["is_late"]
    assert (now[in_time]["outcome"], now[again]["outcome"]) == ("done", "done")
    load(weekly, tmp_path, "2026-06-21", D4=None, D3=None)
    then = listed(weekly)
    assert then[again]["outcome"] == "not_moved"
    assert "had been won from 13 Jun 2026 to 20 Jun 2026" in then[again]["data"]["evidence"]
    assert then[late]["outcome"] == "done", "gone since, but done"
    assert "; not in the exports any more since 21 Jun 2026" in then[late]["data"]["evidence"]


def test_between_two_uploads_nobody_is_called_late(weekly: Company, tmp_path: Path) -> None:
    """Due on the 10th, seen undone on the 7th and done on the 14th: it may have been in time."""
    unknown = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-10")
    late = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-14")
    load(weekly, tmp_path, "2026-06-14", D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,")
    now = listed(weekly)[unknown]
    assert (now["outcome"], now["is_late"]) == ("done", False)
    assert now["data"]["evidence"].endswith("between the uploads of 7 Jun 2026 and 14 Jun 2026, the day is not known")
    load(weekly, tmp_path, "2026-06-21", D1="D1,Pumps,Acme,Ann Lee,Discover,open,10000,2026-05-01,2026-07-30,,Call",
         D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,")  # fmt: skip
    then = listed(weekly)
    assert (then[late]["outcome"], then[late]["is_late"]) == ("done", True), "seen undone on the day it was due"
    assert not then[unknown]["is_late"]


def test_a_deal_that_vanished_is_neither_moved_nor_not(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-10")
    load(weekly, tmp_path, "2026-06-14", D2=None)
    one = listed(weekly)[number]
    assert (one["outcome"], one["is_open"]) == ("unknown", True)
    assert one["data"]["evidence"].startswith("not in the exports any more since 14 Jun 2026")


def test_amount_close_and_next_step(weekly: Company, tmp_path: Path) -> None:
    more = add(weekly, "--deal", "D1", "--expect", "amount=12000", "--due", "2026-06-21")
    some = add(weekly, "--deal", "D1", "--expect", "amount=20000", "--due", "2026-06-21")
    sooner = add(weekly, "--deal", "D1", "--expect", "close_by=2026-06-30", "--due", "2026-06-21")
    bit = add(weekly, "--deal", "D1", "--expect", "close_by=2026-06-20", "--due", "2026-06-21")
    step = add(weekly, "--deal", "D2", "--expect", "next_step", "--due", "2026-06-21")
    none = add(weekly, "--deal", "D3", "--expect", "next_step", "--due", "2026-06-21")
    load(
        weekly, tmp_path, "2026-06-14",
        D1="D1,Pumps,Acme,Ann Lee,Qualify,open,15000,2026-05-01,2026-06-28,,Call",
        D2="D2,Valves,Bolt,Ann Lee,Qualify,open,20000,2026-05-01,2026-07-30,,Send the quote",
    )  # fmt: skip
    now = listed(weekly)
    assert [now[one]["outcome"] for one in (more, some, sooner, bit, step, none)] == [
        "done", "moved", "done", "moved", "done", "not_moved",
    ]  # fmt: skip
    assert now[some]["data"]["evidence"] == "from 10K to 15K"
    assert now[bit]["data"]["evidence"] == "expected close from 30 Jul 2026 to 28 Jun 2026"
    assert now[step]["data"]["evidence"] == "next step: Send the quote"


def test_a_part_that_leaves_the_deal_out_says_nothing_of_it(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-10")
    other = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-10")
    part = written(tmp_path, HEAD + FIRST["D1"] + "\n", "deals_2026-06-14.csv")
    weekly.load(part, "--table", "deals", "--as-of", "2026-06-14", "--part", "--key", "Deal ID")
    now = listed(weekly)
    assert (now[number]["outcome"], now[other]["outcome"]) == ("unknown", "overdue")
    upload = weekly("uploads").json["uploads"][-1]["id"]
    weekly("undo", upload)
    assert listed(weekly)[other]["outcome"] == "unknown", "an upload that was undone tells nothing"


def test_a_list_without_the_column_says_nothing_of_it(weekly: Company, tmp_path: Path) -> None:
    step = add(weekly, "--deal", "D2", "--expect", "next_step", "--due", "2026-06-10")
    won = add(weekly, "--deal", "D2", "--expect", "won", "--due", "2026-06-10")
    bare = "Deal ID,Deal Name,Owner,Stage,Status\n" + "".join(
        f"{id_},x,Ann Lee,Qualify,open\n" for id_ in ("D1", "D2", "D3", "D4")
    )
    weekly.load(written(tmp_path, bare), "--table", "deals", "--as-of", "2026-06-14", "--full", "--key", "Deal ID")
    now = listed(weekly)
    assert (now[step]["outcome"], now[won]["outcome"]) == ("unknown", "overdue")


def test_an_older_export_loaded_later_tells_nothing_new(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-10")
    load(weekly, tmp_path, "2026-06-01")
    assert listed(weekly)[number]["outcome"] == "unknown"


def test_an_export_that_comes_late_tells_when_it_was_done(weekly: Company, tmp_path: Path) -> None:
    """That of the 21st is loaded first: until that of the 14th comes, nobody knows that it was in time."""
    moved = "D1,Pumps,Acme,Ann Lee,Discover,open,10000,2026-05-01,2026-07-30,,Call"
    number = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-14")
    back = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-14")
    load(weekly, tmp_path, "2026-06-21", D1=moved)
    assert listed(weekly)[number]["met_on"] == "2026-06-21"
    load(weekly, tmp_path, "2026-06-14", D1=moved,
         D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,")  # fmt: skip
    now = listed(weekly)
    assert (now[number]["outcome"], now[number]["met_on"], now[number]["is_late"]) == ("done", "2026-06-14", False)
    assert (now[back]["outcome"], now[back]["met_on"]) == ("done", "2026-06-14"), "whatever the 21st said after it"
    assert listed(weekly, "--as-of", "2026-06-14")[number]["outcome"] == "done"


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


# ---------------------------------------------------------------------------------------------------- words of people


def test_people_overrule_the_data_and_take_it_back(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-10")
    load(weekly, tmp_path, "2026-06-14")
    ran = weekly("actions", "override", number, "--outcome", "moved", "--remark", "they <b>called</b> back")
    assert ran.json["action"]["outcome"] == "moved"
    assert ran.json["action"]["data"]["outcome"] == "overdue", "what the data say stays beside it"
    assert weekly("actions", "done", number).json["action"]["is_open"] is False
    assert refused(weekly, "done", number)["code"] == "ActionOver"
    assert weekly("actions", "undo", number).json["action"]["outcome"] == "moved"
    assert weekly("actions", "undo", number).json["action"]["outcome"] == "overdue"
    assert refused(weekly, "undo", number)["code"] == "NothingByHand"
    rows = weekly("actions", "history", number).json["history"]
    assert [row["outcome"] for row in rows] == ["taken_back", "taken_back", "done", "moved", "overdue"]
    assert [row["is_by_hand"] for row in rows] == [True, True, True, True, False]
    assert rows[3]["evidence"] == "moved, said by hand: they <b>called</b> back"
    assert listed(weekly, "--as-of", "2026-06-07")[number]["outcome"] == "unknown", "nobody had said anything then"


def test_verdicts_are_kept_once_a_day(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D2", "--expect", "stage=Negotiate", "--due", "2026-06-15")
    assert weekly("actions", "keep").json == {"kept": 1}
    assert weekly("actions", "keep").json == {"kept": 0}
    before = weekly.everything()
    listed(weekly)
    assert weekly.everything() == before, "to look writes nothing"
    for day in ("2026-06-14", "2026-06-21"):
        load(weekly, tmp_path, day)
        assert weekly("actions", "keep").json == {"kept": 1}
    kept = weekly("actions", "history", number).json["history"]
    assert [(row["checked_on"], row["outcome"]) for row in kept] == [
        ("2026-06-21", "overdue"), ("2026-06-14", "not_moved"), ("2026-06-07", "unknown"),
    ]  # fmt: skip


def test_what_nobody_can_check_is_said_by_hand(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--what", "Ask legal about the contract", "--owner", "Somebody else", "--due", "2026-06-12")
    assert (listed(weekly)[number]["outcome"], listed(weekly)[number]["owner"]) == ("unknown", "Somebody else")
    load(weekly, tmp_path, "2026-06-14")
    assert listed(weekly)[number]["outcome"] == "overdue"
    assert weekly("actions", "dropped", number, "--remark", "not needed").json["action"]["state"] == "dropped"
    assert weekly("actions").json["actions"] == []


def test_the_owner_is_whose_deal_it_is_and_the_day_a_week(weekly: Company) -> None:
    number = add(weekly, "--deal", "D3", "--what", "Visit")
    one = listed(weekly)[number]
    assert (one["owner"], one["due_on"], one["label"]) == ("Bob Ray", "2026-06-14", "Meters")


# ------------------------------------------------------------------------------------------------------------ refusals


REFUSED = (
    (["--what", " "], "ActionEmpty"),
    (["--what", "x" * 501], "ActionEmpty"),
    (["--deal", "D9", "--what", "x"], "UnknownSubject"),
    (["--rep", "Ann Li", "--what", "x"], "UnknownSubject"),
    (["--customer", "Acne", "--what", "x"], "UnknownSubject"),
    (["--target", "won_amont", "--what", "x"], "UnknownSubject"),
    (["--target", "won_amount:planet:Mars", "--what", "x"], "UnknownSubject"),
    (["--what", "x", "--due", "2026-06-06"], "DuePast"),
    (["--what", "x", "--due", "2099-06-06"], "DuePast"),
    (["--deal", "D1", "--expect", "stge=Propose"], "UnknownExpectation"),
    (["--rep", "Ann Lee", "--expect", "won"], "ExpectationNotOf"),
    (["--what", "x", "--expect", "won"], "ExpectationNotOf"),
    (["--deal", "D1", "--expect", "stage"], "ExpectationInvalid"),
    (["--deal", "D1", "--expect", "amount=-3"], "ExpectationInvalid"),
    (["--deal", "D1", "--expect", "amount=nan"], "ExpectationInvalid"),
    (["--deal", "D1", "--expect", "close_by=soon"], "ExpectationInvalid"),
    (["--deal", "D1", "--expect", "won", "--with", "stage=Propose"], "ExpectationInvalid"),
    (["--rep", "Ann Lee", "--expect", "reach=win_rate", "--with", "at_least=1"], "ExpectationInvalid"),
    (["--deal", "D1", "--expect", "stage=Signed"], "StageElsewhere"),
    (["--deal", "D1", "--expect", "stage=qualify"], "AlreadySo"),
    (["--deal", "D1", "--expect", "next_step"], "AlreadySo"),
    (["--deal", "D1", "--expect", "amount=10000"], "AlreadySo"),
    (["--customer", "Acme", "--expect", "no_complaint"], "NotTellable"),
    (["--deal", "D1", "--what", "x", "--rep", "Ann Lee"], "Usage"),
)


def test_what_cannot_be_is_refused_and_nothing_kept(weekly: Company) -> None:
    before = weekly.everything()
    for argv, code in REFUSED:
        ran = weekly("actions", "add", *argv)
        assert ran.code in (1, 2), argv
        assert ran.json["error"]["code"] == code, argv
    assert weekly.everything() == before


def test_refusals_say_what_was_meant(weekly: Company) -> None:
    assert "Did you mean D1?" in refused(weekly, "add", "--deal", "D11", "--what", "x")["text"]
    assert "Did you mean D3?" in refused(weekly, "add", "--deal", "meters", "--what", "x")["text"]
    assert "Did you mean Ann Lee?" in refused(weekly, "add", "--rep", "Ann Li", "--what", "x")["text"]
    assert "Qualify, Discover, Propose" in refused(weekly, "add", "--deal", "D1", "--expect", "stage=Won")["text"]
    assert refused(weekly, "done", 77)["code"] == "UnknownAction"


def test_an_empty_store_has_no_day_to_decide_on(company: Company) -> None:
    assert refused(company, "add", "--what", "x")["code"] == "StoreHoldsNothing"
    assert company("actions").json["actions"] == []


# ----------------------------------------------------------------------------------------------------------- row scope


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


# ------------------------------------------------------------------------------------------------------ two at once


def test_two_who_write_at_once_lose_nothing(weekly: Company) -> None:
    from data.review.actions import say, standings, take_back
    from data.review.deciding import add as decide
    from metrics.viewer import EVERYTHING

    store: Store = open_store(weekly.path)
    facts = _facts(store)
    first = decide(store, EVERYTHING, what="first")

    def one(name: str) -> None:
        for number in range(5):
            decide(store, EVERYTHING, what=f"{name} {number}")
            say(store, EVERYTHING, first.id, "moved", remark=f"{name} {number}")

    threads = [Thread(target=one, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.snapshot() as seen:
        listed = standings(seen, EVERYTHING)
    assert len(listed) == 16
    assert len({one.action.id for one in listed}) == 16
    for _ in range(15):
        take_back(store, EVERYTHING, first.id)
    with store.snapshot() as seen:
        assert next(one for one in standings(seen, EVERYTHING) if one.action.id == first.id).by_hand is None
    assert _facts(store) == facts, "answers of questions stay remembered"


def _facts(store: Store) -> int:
    with store.snapshot() as seen:
        return seen.facts
