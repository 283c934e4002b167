"""Decisions: overruled by people, refused with a reason, written by two at once."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from data.store import Store, open_store
from tests.command_line import Company
from tests.data.review.weeks import add, listed, load, refused

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
