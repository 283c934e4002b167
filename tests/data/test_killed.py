"""A load that is killed at any moment: the store is the one of before or of after, and nothing else is left of it."""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from data import watch
from data.ingest import Options, Plan, plan, run
from data.store import Store, open_store
from data.unfinished import unfinished
from tests.command_line import dump
from tests.forked import forked

pytestmark = pytest.mark.slow
ROWS = 6_000
SECOND = "second 2026-03-31.csv"
_LOAD = """
import os, signal, sys, threading, time
from contextlib import contextmanager
from pathlib import Path
from data import originals, recording, store, unfinished
from data.ingest import Options, jobs, plan, remember
from data.ingest.jobs import Job

def die(*given, **more):
    os.kill(os.getpid(), signal.SIGKILL)

def soon(seconds):
    threading.Thread(target=lambda: (time.sleep(seconds), die()), daemon=True).start()

def once_done(where, name):
    work = getattr(where, name)
    def done(*given, **more):
        found = work(*given, **more)
        die()
    setattr(where, name, done)

def before_commit(then):
    @contextmanager
    def stoppable(stop):
        yield
        if stop.__name__ == "interrupt":  # the writer's; a reader's is called otherwise
            then()
    store.stoppable = stoppable

def at_step(number):
    hear, heard = Job.told, []
    def told(job, step):
        heard.append(step)
        if len(heard) == number:
            die()
        hear(job, step)
    Job.told = told

def half_a_draft(path, content):
    path.with_suffix(remember._DRAFT).write_bytes(content[:10])
    die()

recording._AT_ONCE = 2_000
place, file, moment, number = sys.argv[1], Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])
opened = store.open_store(place)
made = plan([file], Options(stages={"Somewhere": "won"}, dimensions=("Segment",)))
match moment:
    case "step": at_step(int(number))
    case "original being written": originals.os.fsync = die
    case "original written": once_done(recording, "keep")
    case "layout being written": remember._write = half_a_draft
    case "layout written": once_done(remember, "_write")
    case "commit": before_commit(lambda: soon(number))
    case "before commit": before_commit(die)
    case "committed": remember.settle = die
    case "all written": unfinished._loaded_again = die
    case "marked": unfinished.Path.write_text = lambda path, text, **more: (path.write_bytes(text[:20].encode()), die())
print("ready", flush=True)
job = jobs.start(opened, made)
job.wait(100)
"""
_WATCH = """
import sys
from data.watch import start, watched
import time
start()
print("ready", flush=True)
time.sleep(100)
"""
RANDOM = random.Random(20260331)  # the same moments in each run
MOMENTS = (
    ("marked", 0.0), *(("step", number) for number in (1, 4, 6)), ("original being written", 0.0),
    ("original written", 0.0), ("layout being written", 0.0), ("layout written", 0.0), ("before commit", 0.0),
    *(("commit", seconds) for seconds in (0.001, 0.008)), ("committed", 0.0), ("all written", 0.0),
    *(("share of its time", RANDOM.random()) for _ in range(3)),
)  # fmt: skip


def export(path: Path, rows: int, amount: int = 1) -> Path:
    lines = (f"Deal {n},Somewhere,{amount},Acme {n % 90},2026-01-05,gov" for n in range(rows))
    path.write_text("\n".join(("Deal Name,Stage,Amount,Account Name,Created Date,Segment", *lines)), encoding="utf-8")
    return path


def planned(file: Path, stage: str) -> Plan:
    return plan([file], Options(stages={"Somewhere": stage}, dimensions=("Segment",)))


def everything(store: Store) -> tuple[object, ...]:
    return dump(store.path, "crm"), dump(store.path, "ops"), store.version(), beside(store)


def beside(store: Store) -> dict[str, bytes]:
    """What lies beside the store, except that a load was cut short."""
    files = {str(path.relative_to(store.folder)): path for path in store.folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name != "cut short.json"}


@dataclass(frozen=True)
class Company:
    """A company with one upload and one remembered layout; how long a second load takes; the store before and after."""

    path: Path
    file: Path
    before: tuple[object, ...]
    seconds: float

    def copied_to(self, folder: Path) -> Path:
        shutil.copytree(f"{self.path}.d", folder / "company.duckdb.d")
        return Path(shutil.copy(self.path, folder / "company.duckdb"))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("killed")
    store = open_store(folder / "company.duckdb")
    run(store, planned(export(folder / "first 2026-02-28.csv", 5), "lost"))
    before = everything(store)
    store.close()
    file = export(folder / SECOND, ROWS, 2)
    made = Company(store.path, file, before, 0.0)
    (folder / "copy").mkdir()
    other = open_store(made.copied_to(folder / "copy"))
    begun = time.monotonic()
    run(other, planned(file, "won"))
    seconds = time.monotonic() - begun
    other.close()
    return Company(store.path, file, before, seconds)


def killed(program: str, *arguments: object, after: float | None = None, **variables: str) -> None:
    """Run a program that kills itself, or is killed so long after it is ready."""
    with forked(program, *arguments, **variables) as process:
        assert process.said() == "ready\n"
        if after is not None:
            time.sleep(after)
            process.kill()


@pytest.mark.parametrize(("moment", "number"), MOMENTS)
def test_the_next_start_has_the_store_of_before_or_of_after(
    company: Company, tmp_path: Path, moment: str, number: float
) -> None:
    path = company.copied_to(tmp_path)
    is_random = moment == "share of its time"
    # It says that it begins before it marks that it has, and half a mark is none.
    is_early = is_random or (moment, number) in {("step", 1), ("marked", 0.0)}
    killed(_LOAD, path, company.file, moment, number, after=number * company.seconds if is_random else None)
    store = open_store(path)
    told = unfinished(store)
    if store.version() == company.before[2]:
        assert everything(store) == company.before, "as it was, with nothing beside it"
        assert told is not None or is_early, "it is said, unless it had not begun yet"
        assert told is None or told.files == (SECOND,)
        assert moment not in {"committed", "all written"}
        run(store, planned(company.file, "won"))
        assert unfinished(store) is None, "loaded again, it is not said any more"
    else:
        assert moment in {"committed", "all written", "commit", "share of its time", "step"}
        assert told is None, "what is loaded was not cut short"
    with store.snapshot() as seen:
        assert seen.frame("select count(*) as n, sum(amount)::int as won from crm.deals").row(0) == (ROWS, 2 * ROWS)
        kept = set(seen.frame("select kept from ops.uploads")["kept"])
    assert {name for name in beside(store) if not name.startswith("profiles/")} == {
        f"originals/{name}" for name in kept
    }
    layouts = [name for name in beside(store) if name.startswith("profiles/")]
    assert len(layouts) == 1
    assert layouts[0].endswith(".toml")
    assert "won" in beside(store)[layouts[0]].decode()
    store.close()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_of_the_watch_folder_is_not_lost(
    company: Company, tmp_path: Path, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = company.copied_to(tmp_path)
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(company.file, folder / SECOND)
    told = {"SALES_STORE": str(path), "SALES_WATCH_DIR": str(folder), "SALES_WATCH_SECONDS": "0.2"}
    # two looks, then reading and loading; the layout is remembered, so nothing is asked
    killed(_WATCH, after=0.5 + share * 2 * company.seconds, **told)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    watch.settings.cache_clear()
    monkeypatch.setattr("data.current._chosen", [path])
    store = open_store(path)
    watcher = watch.Watcher(folder)
    watcher.recover()
    is_loaded = store.version() != company.before[2]
    assert [found.parent.name for found in folder.rglob("*.csv")] == ["done" if is_loaded else "in"]
    if not is_loaded:
        assert everything(store) == company.before
    watcher.look()
    watcher.look()
    assert [found.parent.name for found in folder.rglob("*.csv")] == ["done"]
    assert unfinished(store) is None
    with store.snapshot() as seen:
        assert seen.frame("select count(*) as n from ops.uploads")["n"][0] == 2, "once, not twice"
    store.close()
    watch.settings.cache_clear()
