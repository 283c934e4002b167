"""Work beside the pages: reading, rehearsing and loading run in threads of the process, are watched and can be stopped.

What writes takes turns: one thread does all of it, in the order in which it was asked for. What only reads has threads
of its own and waits for no load.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Literal

from data.errors import QuestionStopped
from data.ingest.errors import ImportCancelled
from data.ingest.plan import plan as make_plan
from data.ingest.record import run
from data.progress import Step, watched

if TYPE_CHECKING:
    from data.ingest.fileplan import Plan
    from data.ingest.options import Options
    from data.ingest.read import Source
    from data.store import Store
    from data.truth import Upload

Kind = Literal["read", "rehearse", "load"]
_AT_ONCE = {"read": 2, "rehearse": 1, "load": 1}
_QUEUE = {"read": "reading", "rehearse": "writing", "load": "writing"}


class Job:
    """One piece of work. Read its properties from any thread.

    `kind`: what it is. `files`: their names. `begun`: when, by the monotonic clock. `step`: what is being done.
    `result`: what came of it: a plan, uploads, or whatever a dry run finds. `error`: what stopped it, unless it was
    cancelled.
    """

    def __init__(self, kind: Kind, work: Callable[[], Any], files: Sequence[str], store: Store | None) -> None:
        self.kind = kind
        self.files = tuple(files)
        self._store = store
        self.begun = time.monotonic()
        self.step = Step("waiting")
        self.result: Any = None
        self.error: Exception | None = None
        self.is_cancelled = False
        self.is_unwanted = False
        self._work: Callable[[], Any] | None = work
        self._over = Event()
        self._stops: list[Callable[[], None]] = []
        self._lock = Lock()

    @property
    def store(self) -> Store:
        """Where it loads."""
        if self._store is None:
            raise ValueError("it loads nothing")
        return self._store

    @property
    def is_over(self) -> bool:
        """Nothing more will come of it."""
        return self._over.is_set()

    @property
    def share(self) -> float:
        """How far it is, 0-1."""
        return 1.0 if self.is_over and self.error is None and not self.is_cancelled else self.step.share

    @property
    def uploads(self) -> list[Upload]:
        """What was loaded."""
        return self.result if self.kind == "load" and isinstance(self.result, list) else []

    @property
    def ahead(self) -> list[Job]:
        """Work that has to end before this begins: what takes turns with it and was asked for earlier."""
        with _listing:
            at = _unfinished.index(self) if self in _unfinished else 0
            return [job for job in _unfinished[:at] if _QUEUE[job.kind] == _QUEUE[self.kind] == "writing"]

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, at most so long; whether it is."""
        return self._over.wait(seconds)

    def cancel(self) -> None:
        """Stop as soon as possible; the store is then as it was before. Too late once everything is written.

        What writes nothing is over at once: its thread ends when it next looks up.
        """
        with self._lock:
            self.is_unwanted = True
            if self.kind != "load" and not self.is_over:
                self.is_cancelled = True
                self._over.set()
            for stop in self._stops:
                stop()

    # ----------------------------------------------------------------------------------------- in the thread that works

    def work(self) -> None:
        """Do it in this thread. Errors are kept for whoever watches."""
        result: Any = None
        error: Exception | None = None
        try:
            self.told(Step("beginning"))
            if self._work is not None:
                with watched(self):
                    result = self._work()
        except (ImportCancelled, QuestionStopped):
            self.is_unwanted = True
        except Exception as stopped:  # noqa: BLE001 - the watcher shows it; a worker thread has nobody to raise to
            error = stopped
        self._work = None  # with it goes what it held: whoever watches keeps the job for long
        with self._lock:
            if not self.is_over:
                self.result, self.error = result, error
                self.is_cancelled = result is None and error is None
                self._over.set()

    def told(self, step: Step) -> None:
        """As `progress.Watcher`: shares only grow."""
        self._stop_if_unwanted()
        self.step = step._replace(share=max(step.share, self.step.share))

    @contextmanager
    def stoppable(self, stop: Callable[[], None]) -> Iterator[None]:
        """As `progress.Watcher`; a wish that comes between two statements counts at the end."""
        with self._lock:
            self._stops.append(stop)
        try:
            self._stop_if_unwanted()
            yield
        finally:
            with self._lock:
                self._stops.remove(stop)
        self._stop_if_unwanted()

    def _stop_if_unwanted(self) -> None:
        if self.is_unwanted:
            raise ImportCancelled


_unfinished: list[Job] = []
_listing = Lock()


def start(store: Store, plan: Plan) -> Job:
    """Load a plan beside the caller; the job is there at once."""
    return _begin(Job("load", lambda: run(store, plan), [file.file for file in plan.files], store))


def rehearse(work: Callable[[], Any], plan: Plan) -> Job:
    """Find out what loading a plan would do: work that writes and takes it back, in turn with what loads."""
    return _begin(Job("rehearse", work, [file.file for file in plan.files], None))


def read(sources: Sequence[Source], options: Options, store: Store | None) -> Job:
    """Read and check files, for a store that holds something or nothing yet."""

    def work() -> Plan:
        if store is None:
            return make_plan(sources, options, keep_refused=True)
        with store.snapshot() as seen:
            return make_plan(sources, options, seen, keep_refused=True)

    return _begin(Job("read", work, [source.name for source in sources], store))


def _begin(job: Job) -> Job:
    with _listing:
        _unfinished.append(job)
        _threads(_QUEUE[job.kind], _AT_ONCE[job.kind]).submit(_ended, job)
    return job


def _ended(job: Job) -> None:
    try:
        job.work()
    finally:
        with _listing:
            _unfinished.remove(job)


@cache
def _threads(queue: str, at_once: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=at_once, thread_name_prefix=queue)
