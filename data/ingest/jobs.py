"""Imports beside the pages: one worker thread per process, watched by whoever asked, and cancelled without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from data.errors import QuestionStopped
from data.ingest.errors import ImportCancelled
from data.ingest.plan import Plan
from data.ingest.record import run

if TYPE_CHECKING:
    import duckdb

    from data.store import Store
    from data.truth import Upload


class Job:
    """One import on its way. Read its properties from any thread.

    `share`: how far it is, 0-1: waiting, writing, done. `error`: what stopped it, unless it was cancelled. `uploads`:
    what was loaded.
    """

    def __init__(self, store: Store, plan: Plan) -> None:
        self.store = store
        self.plan = plan
        self.share = 0.0
        self.is_over = False
        self.is_cancelled = False
        self.error: Exception | None = None
        self.uploads: list[Upload] = []
        self._is_unwanted = False
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._lock = Lock()

    def cancel(self) -> None:
        """Stop as soon as possible; the store is then as it was before. Too late once everything is written."""
        with self._lock:
            self._is_unwanted = True
            if self._cursor is not None:
                self._cursor.interrupt()

    def work(self) -> None:
        """Run the import in this thread. Errors are kept for whoever watches."""
        try:
            self._stop_if_unwanted()
            self.share = 0.1
            self.uploads = run(cast("Store", _Watched(self.store, self)), self.plan)
            self.share = 1.0
        except (ImportCancelled, QuestionStopped):
            self.is_cancelled = True
        except Exception as error:  # noqa: BLE001 - the watcher shows it; a worker thread has nobody to raise to
            self.error = error
        finally:
            self.is_over = True

    @contextmanager
    def watching(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """While the cursor writes it can be interrupted; a wish that comes between two statements counts at the end."""
        with self._lock:
            self._cursor = cursor
        self.share = 0.3
        try:
            self._stop_if_unwanted()
            yield
            self.share = 0.9
        finally:
            with self._lock:
                self._cursor = None
        self._stop_if_unwanted()

    def _stop_if_unwanted(self) -> None:
        if self._is_unwanted:
            raise ImportCancelled


class _Watched:
    """The store as a job sees it: the same, but its writer can be interrupted."""

    def __init__(self, store: Store, job: Job) -> None:
        self._store = store
        self._job = job

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        return getattr(self._store, name)

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `Store.writing`."""
        with self._store.writing() as cursor, self._job.watching(cursor):
            yield cursor


def start(store: Store, plan: Plan) -> Job:
    """Load a plan beside the caller.

    Returns:
        The job, at once.
    """
    job = Job(store, plan)
    _worker().submit(job.work)
    return job


@cache
def _worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
