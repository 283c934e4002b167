"""The register kept up to date in the background: after each load, undo or redo, and when a page finds it behind."""

from __future__ import annotations

import atexit
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Thread
from typing import TYPE_CHECKING

from data import truth
from data.errors import QuestionStopped
from data.progress import watched
from data.review.alerts import sync
from metrics.errors import SalesError

if TYPE_CHECKING:
    from pathlib import Path

    from data.progress import Step
    from data.store import Store

log = logging.getLogger("sales.alerts")
_PATIENCE = 10.0
"""Seconds that the end of the server waits for a look to give up."""
_running: dict[Path, Look] = {}
_lock = Lock()


class Look(Thread):
    """One store's looks, one after the other; a watcher of its own work, so that it can be given up."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="alerts", daemon=True)
        self.store = store
        self.is_wanted_again = self.is_unwanted = False
        self._stops: list[Callable[[], None]] = []

    def told(self, step: Step) -> None:  # noqa: ARG002 - as `progress.Watcher`
        """Nobody is told how far it is."""
        if self.is_unwanted:
            raise QuestionStopped

    @contextmanager
    def stoppable(self, stop: Callable[[], None]) -> Iterator[None]:
        """As `progress.Watcher`."""
        with _lock:
            self._stops.append(stop)
        try:
            if self.is_unwanted:
                raise QuestionStopped
            yield
        finally:
            with _lock:
                self._stops.remove(stop)

    def give_up(self) -> None:
        """Stop as soon as possible: nothing of the look is written then."""
        with _lock:
            self.is_unwanted = True
            for stop in self._stops:
                stop()

    def run(self) -> None:
        """A look that fails harms nobody: the register stays as it was, and is looked at again when it is opened."""
        while True:
            try:
                with watched(self):
                    sync(self.store)
            except SalesError as error:
                log.info("the register of risks was left as it is: %s", error.text("en"))
            except Exception:
                log.exception("the register of risks could not be brought up to date")
            with _lock:
                if self.is_unwanted or not self.is_wanted_again:
                    _running.pop(self.store.path, None)
                    return
                self.is_wanted_again = False


def begin() -> None:
    """From now on every change of the data is followed by a look (in the app's lifespan)."""
    if soon not in truth.after_change:
        truth.after_change.append(soon)


def end() -> None:
    """No more; looks that are under way are given up."""
    if soon in truth.after_change:
        truth.after_change.remove(soon)
    with _lock:
        looks = list(_running.values())
    for look in looks:
        look.give_up()
        look.join(_PATIENCE)


atexit.register(end)  # a question that is at work when Python ends would abort the process


def soon(store: Store) -> Look:
    """Bring the register up to date in a thread of its own; one at a time for each store."""
    with _lock:
        running = _running.get(store.path)
        if running is not None:
            running.is_wanted_again = True
            return running
        look = _running[store.path] = Look(store)
        look.start()
        return look


def is_looking(store: Store) -> bool:
    """Whether a look is under way."""
    with _lock:
        return store.path in _running
