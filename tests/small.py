"""Demo companies for the tests that ask many questions of them: each is made once per run, for all its processes."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path

from data.demo import build
from data.store import Store, open_store

DEALS = 1500
SHARED = "COMPASS_TESTS_SHARED"
"""The variable that names the folder of the whole run, set by tests/conftest.py for all its processes."""


def small_demo() -> Path:
    """A store of about 1,500 deals, with everything that the demo company has. To be copied, not opened."""
    return demo_of(DEALS)


def demo_of(deals: int, *, stories: bool = True) -> Path:
    """A demo company of so many deals, to be copied. The first process that asks makes it; the others wait for it."""
    path = Path(os.environ[SHARED]) / f"{deals}{'' if stories else ' plain'}.duckdb"
    claim = path.with_suffix(".claim")
    while not path.exists():
        try:
            claim.touch(exist_ok=False)
        except FileExistsError:
            time.sleep(0.1)
            continue
        try:
            build(path, deals=deals, stories=stories)
        finally:
            claim.unlink()
    return path


@cache
def small_store() -> Store:
    """The small demo company, opened by this process: never written to."""
    folder = tempfile.TemporaryDirectory(prefix="sales-small-")
    atexit.register(folder.cleanup)
    store = open_store(shutil.copy(small_demo(), Path(folder.name) / "small.duckdb"))
    atexit.register(store.close)
    return store
