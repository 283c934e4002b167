"""What a page asks later is answered beside what it asks now: once, the same, and whoever waits always goes on."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any

import polars as pl
import pytest

from data import ahead
from data.errors import QuestionStopped
from data.store import Snapshot, Store, open_store
from metrics.cuts import breakdowns, total
from metrics.query import Query
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.small import copied, small_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(copied(small_demo(), tmp_path_factory.mktemp("ahead") / "demo.duckdb"))
    yield store
    store.close()


@pytest.fixture
def seen(demo: Store) -> Iterator[Snapshot]:
    demo.answers.clear()
    with demo.snapshot() as found:
        yield found


def query(seen: Snapshot) -> Query:
    assert seen.as_of is not None
    return breakdowns(("won_amount", "win_rate"), ("team", "region"), View(as_of=seen.as_of))


def test_what_is_asked_ahead_is_answered_once_and_the_same(seen: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = query(seen)
    alone = seen.ask(asked, EVERYTHING).frame
    seen.store.answers.clear()
    new: list[str] = []
    put = seen.store.answers.put

    def noted(question: Any, frame: pl.DataFrame) -> None:
        new.append(question[1])
        put(question, frame)

    monkeypatch.setattr(seen.store.answers, "put", noted)
    thread = ahead.begin(seen, [asked], EVERYTHING)
    assert seen.ask(asked, EVERYTHING).frame.equals(alone)
    assert thread is not None
    thread.join(10)
    assert len(new) == len(set(new))
    assert ahead.begin(seen, [asked], EVERYTHING) is None, "it is answered"


def test_several_are_answered_in_their_order_and_what_they_share_once(seen: Snapshot) -> None:
    asked = query(seen)
    others = total(("won_amount",), View(as_of=seen.as_of))
    thread = ahead.begin(seen, [others, asked, asked], EVERYTHING)
    assert thread is not None
    thread.join(30)
    held = len(seen.store.answers)
    assert seen.ask(others, EVERYTHING).frame.height
    assert seen.ask(asked, EVERYTHING).frame.height
    assert len(seen.store.answers) == held, "nothing was left to ask"


def test_who_waits_goes_on_where_it_fails_and_asks_itself(seen: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, make, waits = query(seen), Snapshot.answer_anew, Event()

    def failing(self: Snapshot, part: Query, viewer: Any) -> pl.DataFrame:
        if self is seen:
            return make(self, part, viewer)
        waits.wait(10)
        raise QuestionStopped

    monkeypatch.setattr(Snapshot, "answer_anew", failing)
    thread = ahead.begin(seen, [asked], EVERYTHING)
    assert thread is not None
    waits.set()
    assert seen.ask(asked, EVERYTHING).frame.height
    thread.join(10)
    assert not thread.is_alive()


def test_another_version_is_not_asked_for_this_one(seen: Snapshot) -> None:
    asked = query(seen)
    seen.facts -= 1  # as if something had been loaded since
    thread = ahead.begin(seen, [asked], EVERYTHING)
    assert thread is not None
    thread.join(10)
    assert not len(seen.store.answers)
    assert seen.ask(asked, EVERYTHING).frame.height


def test_inside_an_unfinished_change_nothing_is_asked_ahead(seen: Snapshot) -> None:
    seen.remembers = False
    assert ahead.begin(seen, [total(("won_amount",), View(as_of=seen.as_of))], EVERYTHING) is None
