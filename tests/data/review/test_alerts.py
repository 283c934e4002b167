"""The register: what is raised, changed, cleared and opened again; nothing of it is written anew, and writers meet."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread

import pytest

from data import truth
from data.review import alert_rules, alert_watch, alerts
from data.review.alert_register import alert, change, history, on_day, open_alerts, register
from data.review.alert_rules import Fired, set_limit, view_on
from data.review.alerts import REOPENS, Alert, events, everything, is_current, settled, sync, synced_on
from data.review.errors import AlertInvalid, UnknownAlert
from data.settings import settings
from data.store import Store
from metrics.alerts import rules
from metrics.viewer import EVERYTHING
from tests.data.review.risky import DAY
from tests.data.written import d, one, rows, sent

MONDAY = date(2026, 3, 2)
BIG = Fired("stalled", "deal", "big", "Big", owner="Ann", amount=100.0, chance=0.5, values={"why": "silent"})


def week(number: int) -> date:
    return MONDAY + timedelta(days=7 * number)


def after(
    known: list[Alert], day: date, *firing: Fired, failed: set[str] | None = None
) -> tuple[list[Alert], list[str]]:
    found, happened = settled(known, firing, failed or set(), day)
    return found, [event if why is None else f"{event} {why}" for _, event, why in happened]


def test_an_alert_is_raised_stays_clears_and_opens_again() -> None:
    known, said = after([], week(0), BIG)
    assert said == ["raised"]
    assert (known[0].raised_on, known[0].state, known[0].owner) == (week(0), "new", "Ann")
    known, said = after(known, week(1), BIG)
    assert (said, known[0].seen_on) == ([], week(1))
    known, said = after(known, week(2))
    assert said == ["cleared"]
    assert (known[0].cleared_on, known[0].state, known[0].is_open) == (week(2), "closed", False)
    again, said = after(known, week(2) + timedelta(days=REOPENS), BIG)
    assert said == ["raised again"]
    assert [(one.id, one.raised_on, one.cleared_on, one.state) for one in again] == [(1, week(0), None, "new")]
    later, said = after(known, week(2) + timedelta(days=REOPENS + 1), BIG)
    assert said == ["raised"]
    assert [one.id for one in later] == [1, 2]


@pytest.mark.parametrize(
    ("other", "is_said"),
    [
        (BIG, False),
        (Fired(**{**BIG.__dict__, "amount": 109.0}), False),
        (Fired(**{**BIG.__dict__, "amount": 110.0}), True),
        (Fired(**{**BIG.__dict__, "amount": None}), True),
        (Fired(**{**BIG.__dict__, "chance": 0.61}), True),
        (Fired(**{**BIG.__dict__, "values": {"why": "silent,slow"}}), True),
    ],
)
def test_only_what_matters_is_an_event(other: Fired, is_said: bool) -> None:
    known, _ = after([], week(0), BIG)
    changed, said = after(known, week(1), other)
    assert said == (["changed"] if is_said else [])
    assert changed[0].amount == other.amount, "the register shows it either way"


def test_what_people_said_stays() -> None:
    """Watched ones stay watched; one that a person closed stays closed while its rule fires on."""
    (known,), _ = after([], week(0), BIG)
    watched, said = after([known.model_copy(update={"state": "watched"})], week(1))
    assert (said, watched[0].state) == (["cleared"], "watched")
    assert after(watched, week(2), BIG)[0][0].state == "watched"
    closed, said = after([known.model_copy(update={"state": "closed"})], week(1), BIG)
    assert (said, closed[0].is_open, closed[0].cleared_on) == ([], False, None)
    cleared, _ = after(closed, week(2))
    assert after(cleared, week(3), BIG)[0][0].state == "new"


def test_it_goes_with_its_subject_unless_somebody_said_whose_it_is() -> None:
    (known,), _ = after([], week(0), BIG)
    moved = Fired(**{**BIG.__dict__, "owner": "Bob"})
    assert after([known], week(1), moved)[0][0].owner == "Bob"
    assert after([known.model_copy(update={"owner": "Mia"})], week(1), moved)[0][0].owner == "Mia"


def test_rules_that_could_not_be_asked_and_days_that_went_back() -> None:
    known, _ = after([], week(3), BIG)
    assert after(known, week(4), failed={"stalled"})[1] == []
    assert after(known, week(2))[1] == ["cleared taken_back"]
    gone = known[0].model_copy(update={"rule": "no_such_rule"})
    assert after([gone], week(4))[1] == ["cleared rule_gone"]


def test_a_look_is_written_once_and_cleared_by_the_next_load(risky: Store) -> None:
    with risky.snapshot() as seen:
        assert not is_current(seen)
        told = {one.key for one in on_day(seen, EVERYTHING)}
        facts = seen.facts
    assert sync(risky) == len(told)
    assert sync(risky) == 0
    with risky.snapshot() as seen:
        assert (is_current(seen), synced_on(seen), seen.facts) == (True, DAY, facts)
        assert {one.key for one in register(seen, EVERYTHING)} == told
    paid = sent(
        "payments", {"payment_id": "p", "paid_on": d("06-23"), "invoice_id": "i0", "amount": 990}, as_of="06-24"
    )
    (upload,) = truth.load(risky, [paid])
    assert sync(risky) > 0
    with risky.snapshot() as seen:
        (owed,) = (one for one in everything(seen) if one.key == ("receivables", "customer", "Acme"))
        assert (owed.cleared_on, owed.state) == (d("06-24"), "closed")
    before = rows(risky, "select * from ops.alert_events order by noted_at, alert_id")
    truth.undo(risky, upload.id)
    assert sync(risky) > 0
    with risky.snapshot() as seen:
        (owed,) = (one for one in everything(seen) if one.key == ("receivables", "customer", "Acme"))
        assert (owed.cleared_on, owed.state, owed.raised_on) == (None, "new", DAY)
        assert [event.event for event in events(seen, owed.id)] == ["raised", "cleared", "raised"]
    written = rows(risky, "select * from ops.alert_events order by noted_at, alert_id")
    assert written[: len(before)] == before, "history is added to, never changed"


def test_what_the_first_look_raises_may_have_begun_earlier(risky: Store) -> None:
    sync(risky)
    with risky.snapshot() as seen:
        first = {one.id for one in everything(seen)}
        assert all(one.or_earlier for one in everything(seen))
    truth.load(risky, [sent("tickets", {"ticket_id": "t2", "opened_on": d("06-22"), "kind": "Complaint",
                                        "customer": "Cone", "rep": "Ann"}, as_of="06-24")])  # fmt: skip
    sync(risky)
    with risky.snapshot() as seen:
        assert {one.id for one in everything(seen) if one.or_earlier} == first, "what stays is told as before"
        assert {one.subject for one in everything(seen) if not one.or_earlier} == {"Cone"}


def test_what_a_new_rule_raises_may_have_begun_earlier(risky: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    every = rules()
    few = {name: one for name, one in every.items() if name != "receivables"}
    for module in (alerts, alert_rules):
        monkeypatch.setattr(module, "rules", lambda: few)
    monkeypatch.setattr(alerts, "version", lambda: "without")
    sync(risky)
    monkeypatch.undo()
    truth.load(risky, [sent("tickets", {"ticket_id": "t2", "opened_on": d("06-22"), "kind": "Complaint",
                                        "customer": "Cone", "rep": "Ann"}, as_of="06-24")])  # fmt: skip
    sync(risky)
    with risky.snapshot() as seen:
        told = {one.key: one.or_earlier for one in everything(seen) if one.raised_on == d("06-24")}
    assert told["receivables", "customer", "Acme"], "nobody had asked before"
    assert not told["complaint", "customer", "Cone"]


def test_what_another_limit_raises_may_have_begun_earlier(risky: Store) -> None:
    """990 overdue stand in the register once the limit no longer leaves them out."""
    set_limit(risky, EVERYTHING, "receivables", "days", 365)
    sync(risky)
    with risky.snapshot() as seen:
        assert not [one for one in everything(seen) if one.rule == "receivables"]
    set_limit(risky, EVERYTHING, "receivables", "days", None)
    sync(risky)
    with risky.snapshot() as seen:
        raised = [one.or_earlier for one in everything(seen) if one.rule == "receivables"]
    assert raised
    assert all(raised), "it was so before, under the limit of now"
    truth.load(risky, [sent("tickets", {"ticket_id": "t2", "opened_on": d("06-22"), "kind": "Complaint",
                                        "customer": "Cone", "rep": "Ann"}, as_of="06-24")])  # fmt: skip
    sync(risky)
    with risky.snapshot() as seen:
        assert not next(one for one in everything(seen) if one.subject == "Cone").or_earlier


def test_loads_between_two_looks_are_looked_at_one_by_one(risky: Store) -> None:
    sync(risky)
    closed = {"deal_id": "big", "status": "lost", "amount": 900, "closed_on": d("06-23"), "rep": "Ann"}
    truth.load(risky, [sent("deals", closed, as_of="06-24")])
    truth.load(risky, [sent("tickets", {"ticket_id": "t1", "closed_on": d("06-29")}, as_of="06-30")])
    sync(risky)
    with risky.snapshot() as seen:
        cleared = {one.rule: one.cleared_on for one in everything(seen) if one.cleared_on}
    assert (cleared["stalled"], cleared["complaint"]) == (d("06-24"), d("06-30"))


def test_two_looks_at_once_write_once(risky: Store) -> None:
    threads = [Thread(target=sync, args=(risky,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one(risky, "select count(*) = count(distinct (rule, kind, subject)) from ops.alerts")
    assert one(risky, "select count(*) = (select count(*) from ops.alerts) from ops.alert_events")


def test_a_changed_limit_is_a_reason_to_look_again(risky: Store) -> None:
    sync(risky)
    set_limit(risky, EVERYTHING, "stalled", "share", 0.9)
    with risky.snapshot() as seen:
        assert not is_current(seen)
        open_now = {one.alert.rule for one in open_alerts(seen, EVERYTHING, view_on(seen), "en")}  # type: ignore[arg-type]
        assert "stalled" not in open_now, "told by the data where the register is behind"
    sync(risky)
    assert one(risky, "select cleared_on is not null from ops.alerts where rule = 'stalled'")
    of_it = "alert_id in (select id from ops.alerts where rule = 'stalled')"
    why = one(risky, f"select remark from ops.alert_events where event = 'cleared' and {of_it}")
    assert why == "limit", "its reason is still there"


@pytest.mark.parametrize(
    ("name", "value"), [("FISCAL_START", "4"), ("WEEK_START", "7"), ("HEADLINE_MEASURE", "revenue")]
)
def test_a_changed_calendar_is_a_reason_to_look_again(
    risky: Store, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    sync(risky)
    monkeypatch.setenv(f"SALES_{name}", value)
    settings.cache_clear()
    try:
        with risky.snapshot() as seen:
            assert not is_current(seen)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    with risky.snapshot() as seen:
        assert is_current(seen)


def test_what_people_say_is_kept_with_its_history(risky: Store) -> None:
    sync(risky)
    with risky.snapshot() as seen:
        number = next(one.id for one in register(seen, EVERYTHING) if one.rule == "stalled")
    changed = change(risky, EVERYTHING, number, owner="Mia", plan=" Call <b>them</b> ", state="taken")
    assert (changed.owner, changed.plan, changed.state) == ("Mia", "Call <b>them</b>", "taken")
    change(risky, EVERYTHING, number, state="taken")
    with risky.snapshot() as seen:
        kept = alert(seen, EVERYTHING, number)
        assert (kept.owner, kept.plan, kept.state) == ("Mia", "Call <b>them</b>", "taken")
        said = [(event.event, event.remark) for event in history(seen, EVERYTHING, number)]
    assert sorted(said, key=str) == sorted(
        [("raised", None), ("owner", "Mia"), ("plan", "Call <b>them</b>"), ("state", "taken")], key=str
    )
    for wrong in ({"state": "gone"}, {"plan": "x" * 5000}):
        with pytest.raises(AlertInvalid):
            change(risky, EVERYTHING, number, **wrong)
    with pytest.raises(UnknownAlert):
        change(risky, EVERYTHING, 999, state="taken")


def test_a_load_is_followed_by_a_look_and_never_fails_with_it(risky: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    alert_watch.begin()
    try:
        truth.load(risky, [sent("tickets", {"ticket_id": "t1", "closed_on": d("06-29")}, as_of="06-30")])
        alert_watch.soon(risky).join(30)
        with risky.snapshot() as seen:
            assert is_current(seen)

        def broken(_: Store) -> int:
            raise ZeroDivisionError

        monkeypatch.setattr(alert_watch, "sync", broken)
        truth.load(risky, [sent("tickets", {"ticket_id": "t2", "closed_on": d("06-29")}, as_of="07-01")])
        alert_watch.soon(risky).join(30)
        assert not alert_watch.is_looking(risky)
    finally:
        alert_watch.end()
    assert not truth.after_change
    monkeypatch.setattr(truth, "after_change", [broken])
    truth.load(risky, [sent("tickets", {"ticket_id": "t3", "closed_on": d("06-29")}, as_of="07-02")])
    assert one(risky, "select count(*) from crm.tickets") == 3


def test_a_look_gives_way_to_what_somebody_waits_for(risky: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = {risky: True}
    monkeypatch.setattr(alert_watch, "waited_for", [lambda store: waits[store]])
    look = alert_watch.soon(risky)
    look.join(0.5)
    with risky.snapshot() as seen:
        assert (alert_watch.is_looking(risky), synced_on(seen)) == (True, None)
    waits[risky] = False
    look.join(60)
    with risky.snapshot() as seen:
        assert (alert_watch.is_looking(risky), synced_on(seen)) == (False, DAY)


def test_a_look_does_not_wait_for_ever(risky: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_watch, "waited_for", [lambda _: True])
    monkeypatch.setattr(alert_watch, "GIVES_WAY", 0.3)
    alert_watch.soon(risky).join(60)
    with risky.snapshot() as seen:
        assert synced_on(seen) == DAY


def test_a_look_that_somebody_waits_for_gives_way_to_nobody(risky: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_watch, "waited_for", [lambda _: True])
    alert_watch.soon(risky).hurry().join(60)
    with risky.snapshot() as seen:
        assert synced_on(seen) == DAY


def test_what_was_loaded_while_the_app_was_off_is_looked_at(risky: Store) -> None:
    alert_watch.catch_up(lambda: risky, 0.0).join(10)
    alert_watch.soon(risky).join(60)
    with risky.snapshot() as seen:
        assert is_current(seen)
    waiting = alert_watch.catch_up(lambda: risky, 60.0)
    alert_watch.end()
    waiting.join(5)
    assert not waiting.is_alive(), "the end of the server waits for nothing"


def test_a_look_that_is_given_up_writes_nothing(risky: Store) -> None:
    look = alert_watch.Look(risky)
    look.give_up()
    look.run()
    assert one(risky, "select count(*) from ops.alerts") == 0


def test_the_register_of_a_store_without_a_day_is_empty(store: Store) -> None:
    assert sync(store) == 0
    with store.snapshot() as seen:
        assert (register(seen, EVERYTHING), on_day(seen, EVERYTHING), alerts.now_open(seen)) == ([], [], [])
