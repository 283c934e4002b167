"""The silent key account of the demo company over a year of the register: it clears, comes back, and is taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from data import truth
from data.demo import AS_OF, STORIES
from data.review import alert_rules, alerts
from data.review.alert_register import change, history, register
from data.review.alerts import Alert, everything, sync
from data.store import Store, open_store
from metrics.alerts import rules
from metrics.viewer import EVERYTHING
from tests.data.written import sent
from tests.small import small_demo

ACCOUNT = next(story for story in STORIES if story.id == "silent_account").where["en"]["customer"]


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The demo company whose register has the one rule: what the others cost is no matter here."""
    one = {"silent": rules()["silent"]}
    for module in (alerts, alert_rules):
        monkeypatch.setattr(module, "rules", lambda: one)
    store = open_store(shutil.copy(small_demo(), tmp_path / "demo.duckdb"))
    yield store
    store.close()


def silent(store: Store) -> list[Alert]:
    with store.snapshot() as seen:
        return [one for one in everything(seen) if one.subject == ACCOUNT]


def happened(store: Store, number: int) -> list[tuple[str, str | None]]:
    """What happened, the first first."""
    with store.snapshot() as seen:
        return [(one.event, one.remark) for one in reversed(history(seen, EVERYTHING, number))]


def bought(day: date, as_of: date) -> truth.Load:
    order = {"order_id": f"back{day}", "line_no": 1, "ordered_on": day, "customer": ACCOUNT, "amount": 80_000}
    return sent("order_lines", order, as_of=f"{as_of:%m-%d}", is_full=False)


@pytest.mark.slow
def test_the_silent_account_buys_again_falls_silent_again_and_is_taken_back(demo: Store) -> None:
    sync(demo)
    (raised,) = silent(demo)
    assert raised.is_open
    assert raised.raised_on < AS_OF, "its rule fired in a week before: the first look sees the last four"
    change(demo, EVERYTHING, raised.id, plan="Visit them")

    week = AS_OF + timedelta(days=7)
    (upload,) = truth.load(demo, [bought(week - timedelta(days=1), week)])
    sync(demo)
    (cleared,) = silent(demo)
    assert (cleared.id, cleared.cleared_on, cleared.state, cleared.plan) == (raised.id, week, "closed", "Visit them")
    with demo.snapshot() as seen:
        assert ACCOUNT not in {one.subject for one in register(seen, EVERYTHING)}

    truth.undo(demo, upload.id)
    sync(demo)
    (again,) = silent(demo)
    assert (again.id, again.cleared_on, again.raised_on, again.plan) == (
        raised.id,
        None,
        raised.raised_on,
        "Visit them",
    )
    assert happened(demo, raised.id) == [
        ("raised", None), ("plan", "Visit them"), ("cleared", None), ("raised", "again"),
    ]  # fmt: skip

    truth.redo(demo, upload.id)
    sync(demo)
    assert silent(demo)[0].cleared_on == week

    later = AS_OF + timedelta(days=190)
    call = {"activity_id": "later", "kind": "call", "done_at": datetime.combine(later, time(9))}
    truth.load(demo, [sent("activities", call, as_of=f"{later:%m-%d}", is_full=False)])
    sync(demo)
    first, second = silent(demo)
    assert (first.id, first.cleared_on, first.plan) == (raised.id, week, "Visit them"), "what is over stays as it was"
    assert (second.raised_on, second.is_open, second.plan) == (later, True, None), "long after, it is another alert"
