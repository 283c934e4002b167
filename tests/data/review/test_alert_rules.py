"""Each rule fires on its day and not before, clears when it should, and is quiet where there is nothing.

Whatever is planted in the made company (tests/data/review/risky.py) has a day; the silent account of the demo company
has its last order. A rule that was added as a table alone fires as the others do.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from data import truth
from data.demo import AS_OF, STORIES
from data.review import alert_looks
from data.review.alert_rules import Fired, fired, limits, set_limit
from data.review.errors import AlertsNotYours, LimitInvalid
from data.store import Snapshot, Store
from data.viewers import add_viewer
from metrics.alerts import read, rules
from metrics.viewer import EVERYTHING
from tests.data.review.risky import DAY, NO_DEALS_SINCE
from tests.data.written import d, sent

FIRST_DAYS = {
    ("stalled", "big"): d("06-01"),  # 30 days after the call of 2 May
    ("no_new_deals", "Bob"): NO_DEALS_SINCE + timedelta(days=14),
    ("leavers", "Lea"): d("06-10"),
    ("receivables", "Acme"): d("06-11"),  # due 30 days before
    ("complaint", "Bolt"): d("06-12"),
}


def on(
    seen: Snapshot, day: date | None = None, among: dict[str, Any] | None = None
) -> dict[tuple[str, str | None], Fired]:
    found, failed = fired(seen, day, among)
    assert failed == set()
    return {(one.rule, one.subject): one for one in found}


def test_rules_fire_on_their_day_and_not_before(risky: Store) -> None:
    with risky.snapshot() as seen:
        for key, day in FIRST_DAYS.items():
            alone = {key[0]: rules()[key[0]]}
            assert key in on(seen, day, alone), key
            assert key not in on(seen, day - timedelta(days=1), alone), key
        told = on(seen)
    assert told.keys() == {
        *FIRST_DAYS, ("dry", "Ann"), ("concentration", "Acme"), ("concentration_rep", "Ann"),
        ("concentration_team", "North"),
    }  # fmt: skip
    assert told["dry", "Ann"].amount == pytest.approx(900 - 900 * told["dry", "Ann"].values["rate"], abs=0.01)
    assert told["concentration", "Acme"].amount == 960
    assert told["receivables", "Acme"].amount == 990
    assert told["leavers", "Lea"].amount == 70
    owners = {key: one.owner for key, one in told.items()}
    assert owners["stalled", "big"] == owners["receivables", "Acme"] == "Ann"
    assert owners["concentration_team", "North"] == owners["leavers", "Lea"] == "Mia"


def test_rules_clear_when_their_reason_is_gone(risky: Store) -> None:
    truth.load(risky, [
        sent("deals",
             {"deal_id": "big", "status": "won", "amount": 900, "closed_on": d("06-23"), "rep": "Ann"},
             {"deal_id": "left", "status": "open", "amount": 70, "closed_on": None, "rep": "Cem"},
             {"deal_id": "fresh", "status": "open", "amount": 1, "closed_on": None, "rep": "Bob"}, as_of="06-24"),
        sent("deals", {"deal_id": "fresh", "created_on": d("06-22")}, as_of="06-24"),
        sent("payments", {"payment_id": "p", "paid_on": d("06-23"), "invoice_id": "i0", "amount": 990}, as_of="06-24"),
        sent("tickets", {"ticket_id": "t1", "closed_on": d("06-23")}, as_of="06-24"),
    ])  # fmt: skip
    with risky.snapshot() as seen:
        told = on(seen)
        assert not FIRST_DAYS.keys() & told.keys() - {("receivables", "Acme")}
        assert ("receivables", "Acme") not in told
        assert on(seen, DAY).keys() >= FIRST_DAYS.keys() - {("leavers", "Lea")}, "an earlier day is as it was"


def test_data_that_got_worse_fire_beyond_chance_only(store: Store) -> None:
    """Of 200 deals 2 lack a customer, then 3, then 60; money at stake is that of the rule."""
    for day, lacking in (("06-03", 2), ("06-10", 3), ("06-17", 60)):
        rows = [
            {"deal_id": str(n), "status": "won", "amount": 10, "created_on": d("01-01"), "closed_on": d("02-01"),
             "customer": None if n < lacking else "Acme", "rep": "Ann"}
            for n in range(200)
        ]  # fmt: skip
        truth.load(store, [sent("deals", *rows, as_of=day)])
        with store.snapshot() as seen:
            told = {key for key in on(seen) if key[0] == "quality"}
        assert told == ({("quality", "deals:deals_without_customer")} if lacking == 60 else set())
    with store.snapshot() as seen:
        one = on(seen)["quality", "deals:deals_without_customer"]
        assert one.amount == 600
        assert (one.values["rows"], one.values["share"]) == (60, 0.3)


ADDED = """
[rules.collection]
label = { en = "Little collected", zh-CN = "回款偏低" }
meaning = { en = "Outstanding of a salesperson.", zh-CN = "个人应收。" }
sentence = { en = "{value} outstanding", zh-CN = "应收 {value}" }
judged = "fact"
measure = "outstanding"
by = "rep"
period = "all"
fires = { value = { at_least = "amount" } }
amount = "value"
units = { value = "money" }
[rules.collection.limits.amount]
usual = 500
most = 100000
unit = "money"
label = { en = "from", zh-CN = "达到" }
"""


def test_a_rule_that_is_only_a_table_fires(risky: Store) -> None:
    with risky.snapshot() as seen:
        told = on(seen, among=read(ADDED))
    assert told.keys() == {("collection", "Ann")}
    assert (told["collection", "Ann"].amount, told["collection", "Ann"].owner) == (1000, "Mia")


def test_limits_are_the_companys(risky: Store) -> None:
    add_viewer(risky, "rep@x", "rep", rep="Ann")
    set_limit(risky, EVERYTHING, "stalled", "share", 0.9)
    with risky.snapshot() as seen:
        assert limits(seen) == {"stalled": {"share": 0.9}}
        assert ("stalled", "big") not in on(seen)
        rep = seen.viewer("rep@x")
    for name, value in (("stalled.share", 2), ("stalled.share", -1), ("stalled.other", 0.1), ("other.share", 0.1),
                        ("stalled.share", float("nan"))):  # fmt: skip
        rule, limit = name.split(".")
        with pytest.raises(LimitInvalid):
            set_limit(risky, EVERYTHING, rule, limit, value)
    with pytest.raises(AlertsNotYours):
        set_limit(risky, rep, "stalled", "share", 0.5)
    set_limit(risky, EVERYTHING, "stalled", "share", None)
    with risky.snapshot() as seen:
        assert limits(seen) == {}


def test_a_store_with_nothing_dated_has_no_risks(store: Store) -> None:
    with store.snapshot() as seen:
        assert fired(seen) == ([], set())
    truth.load(store, [sent("order_lines", {"order_id": "1", "line_no": 1, "ordered_on": d("06-01"), "amount": 3},
                            as_of="06-01")])  # fmt: skip
    with store.snapshot() as seen:
        assert fired(seen) == ([], set())


def test_a_rule_that_cannot_be_asked_silences_no_other(risky: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> pl.DataFrame:
        raise ZeroDivisionError

    monkeypatch.setitem(alert_looks.LOOKS, "dry", alert_looks.LOOKS["dry"]._replace(rows=broken))
    with risky.snapshot() as seen:
        found, failed = fired(seen)
    assert failed == {"dry"}
    assert {one.rule for one in found} > {"stalled", "receivables"}


@pytest.mark.slow
def test_planted_stories_fire_in_their_week(companies: tuple[Snapshot, Snapshot]) -> None:
    """The silent account with the export of 25 February, not before; the missed quarter with its probability."""
    silent = next(story for story in STORIES if story.id == "silent_account").where["en"]["customer"]
    told = on(companies[0])
    assert [one for rule, one in told if rule == "silent"] == [silent]
    alone = {"silent": rules()["silent"]}
    assert ("silent", silent) in on(companies[0], d("02-25"), alone)
    assert ("silent", silent) not in on(companies[0], d("02-18"), alone)
    missed = told["pace", None]
    assert (missed.kind, missed.chance is not None and missed.chance > 0.9) == ("company", True)
    assert missed.amount is not None
    assert {rule for rule, _ in told} >= {"leavers", "complaint"}


@pytest.mark.slow
def test_without_stories_nothing_is_beyond_chance(companies: tuple[Snapshot, Snapshot]) -> None:
    """Of the rules told from chance; how often they speak of nothing is measured in bench/alarms.py."""
    told = [one for rule, one in on(companies[1], AS_OF)
            if rule in {"silent", "untouched", "falling", "no_new_deals", "slips", "quality"}]  # fmt: skip
    assert told == []


def test_landings_are_asked_only_of_what_fires(risky: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A landing is the dearest question of a look: with a limit that nothing passes none is asked."""
    asked: list[str | None] = []

    def counted(seen: alert_looks.Seen, kind: str, subject: str | None, grain: str) -> float | None:
        asked.append(subject)
        return 0.5

    monkeypatch.setattr(alert_looks, "_chance_to_miss", counted)
    with risky.snapshot() as seen:
        fires = [one for key, one in on(seen).items() if key[0] == "pace"]
    assert len(asked) == len([one for one in fires if one.kind != "rep"])
    asked.clear()
    set_limit(risky, EVERYTHING, "pace", "elapsed", 1.0)
    with risky.snapshot() as seen:
        on(seen)
    assert asked == []
