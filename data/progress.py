"""How far a long piece of work is: told from deep inside to whoever watches it, who may stop it the same way.

Work that nobody watches (a command, a test) runs as if nothing of this were here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import NamedTuple, Protocol


class Step(NamedTuple):
    """What is being done.

    `name`: waiting, beginning; reading, recognising, typing, checking, comparing; looking, writing, folding;
    asking (a rule of the register of risks).
    `share`: of all the work, 0-1. `file`: whose rows. `rows`: how many the file has. `done` of `of`: rows; columns
    while typing; bytes while reading, for rows are not known then; `rows` are the lines of a text file.
    """

    name: str
    share: float = 0.0
    file: str = ""
    done: int = 0
    of: int = 0
    rows: int = 0


class Watcher(Protocol):
    """Who watches the work of a thread."""

    def told(self, step: Step) -> None:
        """Take note of a step; raise to stop the work."""

    def stoppable(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """Inside, `stop` ends a statement from another thread."""


class _Watched(NamedTuple):
    by: Watcher
    low: float = 0.0
    high: float = 1.0


_watched: ContextVar[_Watched | None] = ContextVar("watched", default=None)


@contextmanager
def watched(by: Watcher) -> Iterator[None]:
    """Inside, steps are told to a watcher."""
    before = _watched.set(_Watched(by))
    try:
        yield
    finally:
        _watched.reset(before)


@contextmanager
def unwatched() -> Iterator[None]:
    """Inside, nobody stops the work: it clears up after what was stopped."""
    before = _watched.set(None)
    try:
        yield
    finally:
        _watched.reset(before)


@contextmanager
def part(low: float, high: float) -> Iterator[None]:
    """Inside, shares are those of a part of the work."""
    now = _watched.get()
    if now is None:
        yield
        return
    size = now.high - now.low
    before = _watched.set(_Watched(now.by, now.low + size * low, now.low + size * high))
    try:
        yield
    finally:
        _watched.reset(before)


def tell(name: str, share: float, *, file: str = "", done: int = 0, of: int = 0, rows: int = 0) -> None:
    """Say what is being done now; whoever watches may stop the work here."""
    now = _watched.get()
    if now is not None:
        now.by.told(Step(name, now.low + (now.high - now.low) * min(share, 1.0), file, done, of, rows))


def stoppable(stop: Callable[[], None]) -> AbstractContextManager[None]:
    """Inside, whoever watches may end a statement with `stop`."""
    now = _watched.get()
    return now.by.stoppable(stop) if now is not None else nullcontext()
