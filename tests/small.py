"""Stores that many tests start from: each is made once per run, for all its processes."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from data.demo import build
from data.store import Store, open_store

DEALS = 1500
_FILE = "store.duckdb"
SHARED = "COMPASS_TESTS_SHARED"
"""The variable that names the folder of the whole run, set by tests/conftest.py for all its processes."""


def small_demo() -> Path:
    """A store of about 1,500 deals, with everything that the demo company has. To be copied, not opened."""
    return demo_of(DEALS)


def watched_demo() -> Path:
    """The same with its register of risks, as its server makes it soon after its start: not to be made by each anew."""
    return made_once("watched", _watch)


def _watch(path: Path) -> None:
    from data.review.alerts import sync  # with all that alerts are asked of, which most tests need not

    store = open_store(shutil.copy(small_demo(), path))
    sync(store)
    store.close()


def demo_of(deals: int, *, stories: bool = True) -> Path:
    """A demo company of so many deals, to be copied."""
    return made_once(f"{deals}{'' if stories else ' plain'}", lambda path: build(path, deals=deals, stories=stories))


def empty_at(path: Path) -> Path:
    """An empty store, put at `path`: to copy one takes a tenth of what it takes to make all its tables."""
    return made_at(path, "empty", lambda made: open_store(made).close())


def made_at(path: Path, name: str, make: Callable[[Path], object]) -> Path:
    """A copy, put at `path`, of the store that `make` writes and closes once in the whole run."""
    return copied(made_once(name, make), path)


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """The store that `make` writes and closes, to be copied. The first process that asks makes it; the others wait."""
    folder = Path(os.environ[SHARED]) / name
    claim = folder.with_suffix(".claim")
    while not folder.exists():
        try:
            claim.touch(exist_ok=False)
        except FileExistsError:
            time.sleep(0.1)
            continue
        try:
            if not folder.exists():
                draft = Path(tempfile.mkdtemp(dir=folder.parent))
                make(draft / _FILE)
                draft.rename(folder)
        finally:
            claim.unlink()
    return folder / _FILE


def copied(store: Path, to: Path) -> Path:
    """A closed store once more, with what lies beside it."""
    shutil.copy(store, to)
    if Path(f"{store}.d").exists():
        shutil.copytree(f"{store}.d", f"{to}.d")
    return to


@cache
def small_store() -> Store:
    """The small demo company, opened by this process: never written to."""
    folder = tempfile.TemporaryDirectory(prefix="sales-small-")
    atexit.register(folder.cleanup)
    store = open_store(shutil.copy(small_demo(), Path(folder.name) / "small.duckdb"))
    atexit.register(store.close)
    return store
