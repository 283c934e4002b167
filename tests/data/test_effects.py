"""What loading and undoing did to the headline numbers is what asking before and after says."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from data import quality_trend, truth
from data.effects import changes, of_upload
from data.settings import settings
from data.store import Store


def deals(day: int, **amounts: int) -> truth.Load:
    """Deals by their key; the amount says what they are: below 0 lost, below 100 open, else won."""
    rows = pl.DataFrame(
        [
            {
                "key": key, "amount": abs(amount), "closed_on": None if 0 <= amount < 100 else date(2026, 1, 1),
                "status": "lost" if amount < 0 else "open" if amount < 100 else "won",
            }
            for key, amount in amounts.items()
        ]
    )  # fmt: skip
    return truth.Load(table="deals", profile="p", file="f", rows=rows, as_of=date(2026, 1, day), who="ann")


def told(store: Store, upload_id: int) -> dict[str, tuple[float | None, float | None]]:
    with store.snapshot() as seen:
        return {one.measure: (one.before, one.after) for one in of_upload(changes(seen), upload_id)}


def test_an_upload_says_what_it_did_to_the_headline_numbers(store: Store) -> None:
    (first,) = truth.load(store, [deals(5, a=100, b=-50, c=10)])
    (second,) = truth.load(store, [deals(12, c=300, d=20)])
    assert told(store, first.id) == {"won_amount": (None, 100), "open_amount": (None, 10), "win_rate": (None, 0.5)}
    assert told(store, second.id) == {"won_amount": (100, 400), "open_amount": (10, 20), "win_rate": (0.5, 2 / 3)}


def test_undo_and_redo_are_written_down_with_who_did_them(store: Store) -> None:
    (first,) = truth.load(store, [deals(5, a=100)])
    (second,) = truth.load(store, [deals(12, a=300)])
    truth.undo(store, first.id, who="bob")
    truth.undo(store, first.id, who="bob")  # nothing to do, nothing to write
    truth.redo(store, first.id)
    truth.undo(store, second.id)
    with store.snapshot() as seen:
        done = [(one.action, one.upload_id, one.who) for one in changes(seen)]
        won = [effect for one in changes(seen) for effect in one.effects if effect.measure == "won_amount"]
    assert done == [("load", 1, "ann"), ("load", 2, "ann"), ("undo", 1, "bob"), ("redo", 1, None), ("undo", 2, None)]
    assert [(one.before, one.after) for one in won] == [(None, 100), (100, 300), (300, 300), (300, 300), (300, 100)]
    assert told(store, first.id)["won_amount"] == (None, 100), "an undone upload still says what it had done"


def test_files_of_one_load_share_what_they_did(store: Store) -> None:
    truth.load(store, [deals(5, a=100), deals(6, b=200)])
    with store.snapshot() as seen:
        assert {one.together for one in changes(seen)} == {(1, 2)}
    assert told(store, 1) == told(store, 2)


def test_what_is_rolled_back_is_not_remembered_as_an_answer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(quality_trend, "keep_findings", broken)
    with pytest.raises(RuntimeError):
        truth.load(store, [deals(5, a=100)])
    monkeypatch.undo()
    (upload,) = truth.load(store, [deals(5, a=700)])  # becomes the version that the first one would have been
    assert told(store, upload.id)["won_amount"] == (None, 700)


def test_when_is_in_the_company_s_time_zone(store: Store) -> None:
    """Not in the machine's: a container's is UTC, and a load at 9 in Shanghai would be said to be of 1 at night."""
    truth.load(store, [deals(1, a=1)])
    expected = datetime.now(ZoneInfo(settings().timezone)).replace(tzinfo=None)
    with store.snapshot() as seen:
        loaded, changed = truth.uploads(seen)[0].loaded_at, changes(seen)[0].changed_at
    assert abs((expected - loaded).total_seconds()) < 300
    assert abs((expected - changed).total_seconds()) < 300
