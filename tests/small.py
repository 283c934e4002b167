"""One small demo company for the tests that ask many questions of it: built once per process, never written to."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from pathlib import Path

from data.demo import build
from data.store import Store, open_store

DEALS = 1500


@cache
def small_store() -> Store:
    """A store of about 1,500 deals, with everything that the demo company has."""
    folder = tempfile.TemporaryDirectory(prefix="sales-small-")
    atexit.register(folder.cleanup)
    store = open_store(build(Path(folder.name) / "small.duckdb", deals=DEALS))
    atexit.register(store.close)
    return store
