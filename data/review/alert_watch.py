"""The register kept up to date in the background: after each load, undo or redo, and when a page finds it behind."""

from __future__ import annotations

import atexit
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from data import truth
from data.errors import QuestionStopped
from data.progress import tell, watched
from data.review.alerts import sync
from metrics.errors import SalesError

if TYPE_CHECKING:
    from pathlib import Path

    from data.progress import Step
    from data.store import Store

log = logging.getLogger("sales.alerts")
_PATIENCE = 10.0
"""Seconds that the end of the server waits for a look to give up."""
GIVES_WAY, _PAUSE = 60.0, 0.1
"""Seconds that a look gives way at most to what somebody waits for, and between two glances whether that is over."""
CATCHES_UP = 20.0
"""Seconds after the start of the app until it is looked at what was loaded while it was not running."""
waited_for: list[Callable[[Store], bool]] = []
"""Told by others: whether somebody waits for what is being made of a store, such as a meeting's steps."""
_running: dict[Path, Look] = {}
_lock = Lock()
_ended = Event()


class Look(Thread):
    """One store's looks, one after the other; a watcher of its own work, so that it can be given up."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="alerts", daemon=True)
        self.store = store
        self.is_wanted_again = self.is_unwanted = False
        self._stops: list[Callable[[], None]] = []
        self._left = GIVES_WAY

    def told(self, step: Step) -> None:  # noqa: ARG002 - as `progress.Watcher`
        """Nobody is told how far it is; before each rule it gives way to what somebody waits for."""
        while not self.is_unwanted and self._left > 0 and any(is_waited(self.store) for is_waited in waited_for):
            self._left -= _PAUSE
            time.sleep(_PAUSE)
        if self.is_unwanted:
            raise QuestionStopped

    def hurry(self) -> Look:
        """Somebody waits for it: it gives way to nobody any more."""
        self._left = 0.0
        return self

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
                    tell("asking", 0.0)
                    sync(self.store)
            except SalesError as error:
                log.info("the register of risks was left as it is: %s", error.text("en"))
            except Exception:
                log.exception("the register of risks could not be brought up to date")
            with _lock:
                if self.is_unwanted or not self.is_wanted_again:
                    _running.pop(self.store.path, None)
                    return
                self.is_wanted_again, self._left = False, GIVES_WAY


def begin() -> None:
    """From now on every change of the data is followed by a look (in the app's lifespan)."""
    if soon not in truth.after_change:
        truth.after_change.append(soon)


def catch_up(find: Callable[[], Store], after: float = CATCHES_UP) -> Thread:
    """Look at what was loaded while the app was not running: once its first readers are served.

    Args:
        find: the store that is shown then. after: seconds.
    """
    _ended.clear()

    def look() -> None:
        if _ended.wait(after):
            return
        try:
            soon(find())
        except SalesError as error:
            log.info("the register of risks was left as it is: %s", error.text("en"))

    thread = Thread(target=look, name="alerts-catch-up", daemon=True)
    thread.start()
    return thread


def end() -> None:
    """No more; looks that are under way are given up."""
    _ended.set()
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
