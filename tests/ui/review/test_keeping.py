"""What is noted in a meeting: kept in order, not lost while a load is written, and told where it fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from data.review import held
from data.review.asking import asked
from data.store import Store, open_store
from metrics.errors import SalesError
from metrics.viewer import EVERYTHING
from tests.small import small_demo
from ui.review import keeping


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(shutil.copy(small_demo(), tmp_path_factory.mktemp("keeping") / "store.duckdb"))
    yield opened
    opened.close()


@pytest.fixture
def number(store: Store) -> int:
    with store.snapshot() as seen:
        of = asked(seen, EVERYTHING, "en")
    return held.begin(store, EVERYTHING, of).id


def said(store: Store, number: int) -> dict[str, held.Said]:
    with store.snapshot() as seen:
        return held.review(seen, EVERYTHING, number).said


def test_a_note_is_kept_and_two_people_keep_theirs_both(store: Store, number: int) -> None:
    assert keeping.keep(store, EVERYTHING, number, "deals", text="Ann says", instead_of="", patience=30)
    assert keeping.keep(store, EVERYTHING, number, "deals", text="Bo says", instead_of="", patience=30)
    assert said(store, number)["deals"].note == "Ann says\nBo says"
    assert keeping.not_kept_yet(store, number, "deals") is None


def test_a_load_that_is_written_holds_nobody_up(store: Store, number: int) -> None:
    inside, go = Event(), Event()

    def load() -> None:
        with store.writing():
            inside.set()
            go.wait(60)

    thread = Thread(target=load)
    thread.start()
    assert inside.wait(60)
    assert not keeping.keep(store, EVERYTHING, number, "people", text="Meanwhile", instead_of="", patience=0.01)
    assert keeping.not_kept_yet(store, number, "people") == "Meanwhile"
    go.set()
    thread.join()
    keeping.all_kept()
    assert said(store, number)["people"].note == "Meanwhile"
    assert keeping.not_kept_yet(store, number, "people") is None


def test_what_fails_is_said_at_once_or_later(store: Store, number: int) -> None:
    with pytest.raises(SalesError):
        keeping.keep(store, EVERYTHING, number, "no_step", text="x", patience=30)
    keeping.keep(store, EVERYTHING, 4711, "deals", text="x")
    keeping.all_kept()
    assert isinstance(keeping.failure(store, 4711), SalesError)
    assert keeping.failure(store, 4711) is None
