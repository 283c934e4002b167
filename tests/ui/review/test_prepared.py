"""Chapters made ahead: on one snapshot, shared, bounded; one step fails alone; newer data only when taken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from threading import Event, Lock
from threading import enumerate as enumerate_threads
from typing import Any

import pytest

from data.review import alert_watch, deciding
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
from ui.review.prepared import Prepared, Wanted, drafted, prepared, renewed

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
    with store.noting() as cursor:
        cursor.execute(
            """
            insert into ops.forecast_calls by name select 1 as id, date '2026-06-01' as said_on, date '2026-04-01' as
                from_on, date '2026-06-30' as to_on, 'company' as scope, 1 as commit_amount,
                current_timestamp as noted_at
            """
        )
    with store.snapshot() as seen:
        mine.all_again(seen)
    assert numbers.day(day, "en") in chapter(mine, "landing").notes[0], "a call was typed while newer data wait"
    with store.writing() as cursor:
        cursor.execute("update ops.uploads set as_of = as_of - interval 1 day")
        cursor.execute("delete from ops.forecast_calls")


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


# --------------------------------------------------------------------------------------------------------------- drafts


class Maker:
    """Makes chapters while its gate is open, and knows of what."""

    def __init__(self) -> None:
        self.gate, self.begun, self.steps, self._lock = Event(), Event(), list[str](), Lock()

    def __call__(self, planned: Planned, of: Asked) -> Chapter:
        with self._lock:
            self.steps.append(planned.id)
        self.begun.set()
        assert self.gate.wait(PATIENCE)
        return made(planned, of)


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Maker]:
    one = Maker()
    monkeypatch.setattr(ahead, "chapter", one)
    monkeypatch.setattr(ahead, "_PAUSE", 0.02)
    yield one
    one.gate.set()
    ahead.end()


def facts(store: Store) -> int:
    with store.snapshot() as seen:
        return seen.facts


def test_a_meeting_that_is_begun_goes_on_with_what_was_made_in_the_lobby(store: Store, maker: Maker) -> None:
    """Two people in the lobby, then one begins at a step of a link: each step is made once, that one next."""
    draft = drafted(wanted(store, "draft"), facts(store))
    assert drafted(wanted(store, "draft"), facts(store)) is draft
    assert maker.begun.wait(PATIENCE)
    mine = prepared(wanted(store, "begun"), "people", draft="draft", facts=facts(store))
    assert mine is draft
    assert not mine.is_draft
    assert mine.wanted.key == "begun"
    assert prepared(wanted(store, "begun"), draft="draft", facts=facts(store)) is mine
    maker.gate.set()
    for one in ORDER:
        chapter(mine, one.id)
    assert maker.steps[:2] == [ORDER[0].id, "people"]
    assert sorted(maker.steps) == sorted(one.id for one in ORDER)


def test_a_draft_of_older_data_is_not_taken(store: Store, maker: Maker) -> None:
    maker.gate.set()
    draft = drafted(wanted(store, "draft"), facts(store))
    chapter(draft, ORDER[-1].id)
    with store.writing():
        pass
    assert prepared(wanted(store, "begun"), draft="draft", facts=facts(store)) is not draft
    assert draft.is_dropped
    second = drafted(wanted(store, "draft"), facts(store))
    with store.writing():
        pass
    chapter(second, ORDER[0].id)
    assert drafted(wanted(store, "draft"), facts(store) + 1) is not second


def test_a_draft_gives_way_to_meetings_and_to_the_register(
    store: Store, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = Event()
    looking.set()
    monkeypatch.setattr(alert_watch, "is_looking", lambda _: looking.is_set())
    draft = drafted(wanted(store, "draft"), facts(store))
    assert not maker.begun.wait(0.2), "the register is looked at"
    meeting = prepared(wanted(store, "a meeting"))
    assert maker.begun.wait(PATIENCE), "a meeting waits for nobody"
    looking.clear()
    assert draft.of(ORDER[0].id, 0.2) is None
    assert maker.steps == [ORDER[0].id]
    maker.gate.set()
    chapter(draft, ORDER[-1].id)
    assert meeting.is_over
    assert maker.steps[: len(ORDER)] == [one.id for one in ORDER], "first all of the meeting"


def test_another_choice_gives_up_the_draft_before_and_only_so_many_are_kept(store: Store, maker: Maker) -> None:
    first = drafted(wanted(store, "all"), facts(store))
    second = drafted(wanted(store, "north"), facts(store), "all")
    assert first.is_dropped
    assert "all" not in ahead._known
    others = [drafted(wanted(store, key), facts(store)) for key in ("a", "b", "c")]
    assert second.is_dropped
    assert len(others) == ahead.MOST_DRAFTS
    assert not any(one.is_dropped for one in others)


def test_the_end_of_the_server_gives_up_what_is_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Event()

    def make(planned: Planned, of: Asked) -> Chapter:
        begun.set()
        of.seen.frame("select count(*) from range(9000000) a, range(9000000) b where a.range * b.range = 7")
        return made(planned, of)

    monkeypatch.setattr(ahead, "chapter", make)
    mine = prepared(wanted(store))
    assert begun.wait(PATIENCE)
    ahead.end()
    assert not mine._thread.is_alive()
    assert not mine.ready()
    assert not mine.is_over, "whoever still looks at it has it made anew"
