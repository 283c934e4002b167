"""The watch folder: what is taken, what waits, what is never taken half-written, and that nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import current, watch
from data.ingest import Source, plan, run
from data.settings import settings
from data.store import Store, open_store
from data.truth import uploads
from data.watch import DONE, LEFT_OUT, LOADING, WAITING, Watcher

DEALS = "deal_id,deal,rep,status,amount,closed_on\n1,a,Ann,won,100,2026-02-05\n2,b,Bob,lost,50,2026-02-06\n"
_OPEN = "deal_id,status,amount,closed_on\n1,open,5,\n2,open,7,\n3,won,9,2026-01-05\n"
ASKS = "deal_id,status,amount,created_on\n1,won,5,01/02/2026\n"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The company's own store is on screen, and a folder is watched."""
    (tmp_path / "in").mkdir()
    path = tmp_path / "company.duckdb"
    for name, value in (("SALES_STORE", path), ("SALES_WATCH_DIR", tmp_path / "in"), ("SALES_WATCH_SECONDS", "0.1")):
        monkeypatch.setenv(name, str(value))
    settings.cache_clear()
    monkeypatch.setattr(current, "_chosen", [path])
    opened = open_store(path)
    yield opened
    watch.stop()
    opened.close()
    settings.cache_clear()


@pytest.fixture
def watcher(store: Store, tmp_path: Path) -> Watcher:
    return Watcher(tmp_path / "in")


def put(watcher: Watcher, text: str, name: str = "deals 2026-03-01.csv") -> Path:
    path = watcher.folder / name
    path.write_text(text, encoding="utf-8")
    return path


def there(watcher: Watcher) -> dict[str, list[str]]:
    """The files in the folder and below it, notes left out."""
    found: dict[str, list[str]] = {}
    for path in sorted(watcher.folder.rglob("*")):
        if path.is_file() and not path.name.endswith(".note.json"):
            found.setdefault(path.parent.name, []).append(path.name)
    return found


def loaded(store: Store) -> list[tuple[str, int, str | None]]:
    with store.snapshot() as seen:
        return [(upload.file, upload.new, upload.who) for upload in uploads(seen)]


def test_a_new_file_is_loaded_at_the_second_look_and_moved(store: Store, watcher: Watcher) -> None:
    put(watcher, DEALS)
    watcher.look()
    assert there(watcher) == {"in": ["deals 2026-03-01.csv"]}
    watcher.look()
    assert there(watcher) == {DONE: ["deals 2026-03-01.csv"]}
    assert loaded(store) == [("deals 2026-03-01.csv", 2, watch.WHO)]
    watcher.look()
    assert len(loaded(store)) == 1


def test_a_file_that_still_grows_is_left_alone(store: Store, watcher: Watcher) -> None:
    path = put(watcher, DEALS[:40])
    for part in (DEALS[40:60], DEALS[60:]):
        watcher.look()
        with path.open("a", encoding="utf-8") as out:
            out.write(part)
    watcher.look()
    assert loaded(store) == []
    watcher.look()
    assert loaded(store) == [(path.name, 2, watch.WHO)]
    put(watcher, "half", "next.csv.part")
    put(watcher, "x", ".hidden.csv")
    put(watcher, "", "empty.csv")
    for _ in range(3):
        watcher.look()
    assert there(watcher)["in"] == [".hidden.csv", "empty.csv", "next.csv.part"]


def test_a_file_with_a_question_waits_with_a_note_and_the_others_do_not(store: Store, watcher: Watcher) -> None:
    put(watcher, DEALS)
    put(watcher, ASKS, "asks.csv")
    (watcher.folder / "photo.csv").write_bytes(bytes(range(256)) * 40)
    watcher.look()
    watcher.look()
    assert there(watcher) == {DONE: ["deals 2026-03-01.csv"], WAITING: ["asks.csv", "photo.csv"]}
    notes = {note.file: note for note in watch.waiting()}
    assert "--date-order" in notes["asks.csv"].reasons("en")[0]
    assert "日" in notes["asks.csv"].reasons("zh-CN")[0]
    assert notes["photo.csv"].reasons("en")
    assert watch.waiting_content("asks.csv") == ASKS.encode()
    watch.settle("asks.csv", is_loaded=True)
    watch.settle("photo.csv", is_loaded=False)
    assert there(watcher) == {DONE: ["asks.csv", "deals 2026-03-01.csv"], LEFT_OUT: ["photo.csv"]}
    assert not list(watcher.folder.rglob("*.note.json"))
    assert len(loaded(store)) == 1


def test_nothing_is_written_over(watcher: Watcher) -> None:
    for amount in ("100", "200", "300"):
        put(watcher, DEALS.replace("100", amount))
        watcher.look()
        watcher.look()
    kept = there(watcher)[DONE]
    assert kept == ["deals 2026-03-01 (2).csv", "deals 2026-03-01 (3).csv", "deals 2026-03-01.csv"]


def test_what_was_being_loaded_when_the_process_ended_is_taken_up_again(store: Store, watcher: Watcher) -> None:
    (watcher.folder / LOADING).mkdir()
    (watcher.folder / LOADING / "a.csv").write_text(DEALS, encoding="utf-8")
    watcher.recover()
    assert there(watcher) == {"in": ["a.csv"]}
    watcher.look()
    watcher.look()
    (watcher.folder / DONE / "a.csv").rename(watcher.folder / LOADING / "a.csv")  # loaded, but not moved any more
    watcher.recover()
    assert there(watcher) == {DONE: ["a.csv"]}
    assert len(loaded(store)) == 1


def test_a_folder_that_is_gone_is_a_problem_until_it_is_back(watcher: Watcher) -> None:
    watcher.folder.rename(watcher.folder.with_name("away"))
    watcher.look()
    watcher.folder.with_name("away").rename(watcher.folder)
    put(watcher, DEALS)
    watcher.look()
    watcher.look()
    assert there(watcher) == {DONE: ["deals 2026-03-01.csv"]}


def test_the_app_watches_in_a_thread_of_its_own_and_stops_with_it(store: Store) -> None:
    watch.start()
    watch.start()  # once is enough
    folder = watch.folder_of()
    assert folder is not None
    (folder / "deals 2026-03-01.csv").write_text(DEALS, encoding="utf-8")
    until = time.monotonic() + 60
    while not (folder / DONE / "deals 2026-03-01.csv").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert loaded(store) == [("deals 2026-03-01.csv", 2, watch.WHO)]
    watch.stop()
    assert "watch" not in {thread.name for thread in threading.enumerate()}
    assert watch.watched() is None


def test_with_the_demo_on_screen_files_are_planned_for_the_companys_own_store(
    store: Store, watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(store, plan([Source(name="deals 2026-01-31.csv", content=_OPEN.encode())]))
    monkeypatch.setenv("SALES_DEMO_STORE", str(tmp_path / "demo.duckdb"))
    settings.cache_clear()
    demo = current.switch(tmp_path / "demo.duckdb")
    put(watcher, _OPEN.replace("2,open,7,\n", ""))
    watcher.look()
    watcher.look()
    assert "deals 2026-03-01.csv" in there(watcher).get(WAITING, []), "whether the missing deal has ended is asked"
    demo.close()
