"""Who changed a limit and when: kept with the change, and told in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from data.review import alert_words, limit_history
from data.review.agenda import plan, usual
from data.review.alert_register import history
from data.review.alert_rules import limits, set_limit
from data.review.alerts import everything, sync
from data.review.errors import LimitInvalid
from data.store import Store
from metrics.viewer import EVERYTHING

BOSS = EVERYTHING.model_copy(update={"email": "boss@x"})


def told(store: Store, area: limit_history.Area = "alerts") -> list[tuple[object, ...]]:
    with store.snapshot() as seen:
        return [(one.name, one.was, one.becomes, one.who) for one in limit_history.changes(seen, area)]


def test_a_limit_keeps_who_changed_it_from_what_to_what(risky: Store) -> None:
    set_limit(risky, BOSS, "receivables", "days", 45)
    set_limit(risky, BOSS, "receivables", "days", 45)  # the same again is no change
    set_limit(risky, EVERYTHING, "receivables", "days", None)
    with pytest.raises(LimitInvalid):
        set_limit(risky, BOSS, "receivables", "days", -1)
    assert told(risky) == [("receivables.days", 45, 30, None), ("receivables.days", 30, 45, "boss@x")]
    with risky.snapshot() as seen:
        assert limits(seen) == {}


def test_the_risks_history_says_which_limit_and_who(risky: Store) -> None:
    """Of the rule alone, and only what came after it was raised."""
    set_limit(risky, BOSS, "stalled", "share", 0.03)
    sync(risky)
    set_limit(risky, BOSS, "stalled", "share", 0.9)
    set_limit(risky, BOSS, "dry", "covers", 0.1)
    sync(risky)
    with risky.snapshot() as seen:
        (one,) = (one for one in everything(seen) if one.rule == "stalled")
        found = history(seen, EVERYTHING, one.id)
    assert [event.event for event in found] == ["cleared", "limit", "raised"]
    assert (found[1].who, found[1].happened_on) == ("boss@x", one.raised_on)
    said = alert_words.happened(found[1], "stalled", "en")
    assert "Big deal stalled, of what is missing to the target, from: 3.0% → 90.0%" in said
    assert "大单停滞" in alert_words.happened(found[1], "stalled", "zh-CN")


def test_an_agenda_keeps_each_of_its_changes(risky: Store) -> None:
    deals = next(one for one in usual() if one.id == "deals")
    others = [one for one in usual() if one.id != "deals"]
    longer = deals.model_copy(update={"minutes": 20.0, "limits": {**deals.limits, "most": 3}})
    plan(risky, BOSS, [*others, longer])
    order = " ".join(one.id for one in usual())
    after = " ".join([one.id for one in others] + ["deals"])
    assert sorted(told(risky, "agenda")) == [
        ("deals.limits.most", 6, 3, "boss@x"), ("deals.minutes", 15, 20, "boss@x"), ("order", order, after, "boss@x")
    ]  # fmt: skip
    plan(risky, BOSS, [*others, longer])
    assert len(told(risky, "agenda")) == 3
    plan(risky, EVERYTHING, [])
    assert ("deals.limits.most", 3, 6, None) in told(risky, "agenda")


def test_a_limit_in_words_says_since_when_by_whom_and_what_it_was() -> None:
    change = limit_history.Change(
        name="receivables.days", was=30.0, becomes=45.0, who="boss@x", noted_at=datetime(2026, 11, 3, 9)
    )
    assert limit_history.told("receivables.days", 45.0, change, "en") == (
        "overdue for at least 45 days (since 3 Nov 2026, changed by boss@x; before: 30 days)"
    )
    assert limit_history.told("receivables.days", 30.0, None, "en") == "overdue for at least 30 days"
    unnamed = change.model_copy(update={"who": None})
    assert (
        limit_history.told("receivables.days", 45.0, unnamed, "zh-CN")
        == "逾期至少 45 天（2026年11月3日起；此前 30 天）"
    )
    gone = change.model_copy(update={"name": "old.days"})
    assert limit_history.what(gone, "en") == "old.days: 30.0 → 45.0"
