"""Chapters made ahead: on one snapshot, shared, bounded; one step fails alone; newer data only when taken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from threading import Event
from threading import enumerate as enumerate_threads
from typing import Any

import pytest

from data.review import deciding
from data.review.agenda import Planned, usual
from data.review.asking import asked
from data.review.chapter import Asked, Chapter
from data.store import Snapshot, Store, open_store
from metrics.catalog import catalog
from metrics.viewer import EVERYTHING
from tests.small import small_demo
from tests.ui.review.chapters import made
from ui import numbers
from ui.review import prepared as ahead
from ui.review.prepared import Prepared, Wanted, prepared, renewed

PATIENCE = 60.0
ORDER = usual()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(shutil.copy(small_demo(), tmp_path_factory.mktemp("ahead") / "store.duckdb"))
    yield opened
    for thread in [one for one in enumerate_threads() if one.name == "review"]:
        thread.join(PATIENCE)  # what is still being made reads the store
    opened.close()


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_known", type(ahead._known)())


def of(seen: Snapshot) -> Asked:
    return asked(seen, EVERYTHING, "en")


def wanted(store: Store, key: object = "one") -> Wanted:
    return Wanted(store, key, ORDER, of)


def chapter(made_ahead: Prepared, step: str) -> Chapter:
    found = made_ahead.of(step, PATIENCE)
    assert isinstance(found, Chapter), found
    return found


def test_what_is_decided_after_newer_data_came_is_shown_and_says_so(store: Store) -> None:
    mine = Prepared(wanted(store), made).begin()
    before = {one.id: chapter(mine, one.id) for one in ORDER}
    with store.writing() as cursor:
        cursor.execute("update ops.uploads set as_of = as_of + interval 1 day")
    with store.snapshot() as seen:
        mine.all_again(seen)
        assert {one.id: chapter(mine, one.id) for one in ORDER} == before, "nobody noted anything"
    deciding.add(store, EVERYTHING, what="Call Ann", kind="none", owner="Ann", due_on=date(2030, 1, 1))
    with store.snapshot() as seen:
        mine.all_again(seen)
        day = seen.as_of
    assert day
    for one in ORDER:
        if one.id == "decisions":
            assert numbers.day(day, "en") in chapter(mine, one.id).notes[0]
        else:
            assert chapter(mine, one.id) == before[one.id]
    with store.writing() as cursor:
        cursor.execute("update ops.uploads set as_of = as_of - interval 1 day")


def test_all_chapters_are_of_one_version_while_somebody_loads(store: Store) -> None:
    """The first is made, then something is loaded, then the others are made."""
    first, go = Event(), Event()

    def make(planned: Planned, of: Asked) -> Chapter:
        if planned.id != ORDER[0].id:
            first.set()
            assert go.wait(PATIENCE)
        return made(planned, of)

    mine = Prepared(wanted(store), make).begin()
    assert first.wait(PATIENCE)
    before = mine.facts
    with store.writing() as cursor:
        cursor.execute("update crm.deals set amount = amount + 1000000")
    go.set()
    values = {one.id: chapter(mine, one.id).values[0].value for one in ORDER}
    assert mine.facts == before
    assert len(set(values.values())) == 1
    with store.snapshot() as seen:
        assert seen.facts > before
    later = Prepared(wanted(store), made).begin()
    assert chapter(later, ORDER[0].id).values[0].value != values[ORDER[0].id]
    with store.writing() as cursor:
        cursor.execute("update crm.deals set amount = amount - 1000000")


def test_what_is_waited_for_comes_next(store: Store) -> None:
    order: list[str] = []
    begun, go = Event(), Event()

    def make(planned: Planned, of: Asked) -> Chapter:
        order.append(planned.id)
        begun.set()
        assert go.wait(PATIENCE)
        return made(planned, of)

    mine = Prepared(wanted(store), make).begin("deals")
    assert begun.wait(PATIENCE)
    assert mine.of("people", 0.01) is None
    go.set()
    chapter(mine, ORDER[-1].id)
    chapter(mine, "data")
    while not mine.is_over:
        chapter(mine, next(one.id for one in ORDER if one.id not in mine.ready()))
    assert order[0] == "deals"
    assert order[1] in ("people", ORDER[-1].id)
    assert sorted(order) == sorted(one.id for one in ORDER)


def test_a_step_that_fails_fails_alone(store: Store) -> None:
    def make(planned: Planned, of: Asked) -> Chapter:
        if planned.id == "funnel":
            raise ValueError("broken")
        return made(planned, of)

    mine = Prepared(wanted(store), make).begin()
    assert isinstance(mine.of("funnel", PATIENCE), ValueError)
    assert all(isinstance(mine.of(one.id, PATIENCE), Chapter) for one in ORDER if one.id != "funnel")


def test_a_meeting_that_cannot_be_asked_says_why_at_each_step(store: Store) -> None:
    def refused(_: Snapshot) -> Asked:
        raise ValueError("no day")

    mine = Prepared(Wanted(store, "refused", ORDER, refused), made).begin()
    assert isinstance(mine.of("data", PATIENCE), ValueError)
    assert mine.is_over


def test_people_of_one_meeting_share_and_newer_data_are_taken_not_forced(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "chapter", made)
    mine = prepared(wanted(store))
    chapter(mine, "results")
    assert prepared(wanted(store)) is mine
    with store.noting() as cursor:
        cursor.execute("insert into ops.notes (id, text) values (99999, 'x')")
    assert prepared(wanted(store)) is mine
    with store.writing() as cursor:
        cursor.execute("delete from ops.notes where id = 99999")
    assert prepared(wanted(store)) is mine  # whoever comes later sees what the meeting sees
    fresh = renewed(wanted(store), mine)
    chapter(fresh, "results")
    assert fresh.facts > mine.facts
    assert renewed(wanted(store), mine) is fresh  # a second one takes what the first has taken
    assert prepared(wanted(store)) is fresh


def test_only_so_many_meetings_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "MOST", 2)
    monkeypatch.setattr(ahead, "chapter", _none)
    first = prepared(wanted(store, "a"))
    prepared(wanted(store, "b"))
    prepared(wanted(store, "c"))
    assert first.is_dropped
    assert prepared(wanted(store, "a")) is not first
    ahead.forget(lambda key: key == "a")
    assert "a" not in ahead._known


def _none(planned: Planned, of: Asked) -> Chapter:
    return Chapter(planned.id, "", "")


def test_promoted_dimensions_and_language_are_those_of_the_thread(store: Store) -> None:
    """What is made in the thread sees the store's own catalogue and is asked in the reader's language."""
    found: list[Any] = []

    def make(planned: Planned, of: Asked) -> Chapter:
        found.append((of.lang, sorted(catalog().dimensions)))
        return made(planned, of)

    def chinese(seen: Snapshot) -> Asked:
        return asked(seen, EVERYTHING, "zh-CN")

    mine = Prepared(Wanted(store, "zh", ORDER, chinese), make).begin()
    chapter(mine, "results")
    with store.snapshot():
        assert found[0] == ("zh-CN", sorted(catalog().dimensions))
