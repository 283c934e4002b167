"""What one run of the script stands on: the store, one snapshot of it, and who looks on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from data.current import current
from data.settings import settings
from data.store import Snapshot, Store
from metrics.viewer import Viewer
from ui.device import one_device
from ui.text import one_language

_reading: ContextVar[Snapshot | None] = ContextVar("reading", default=None)
_runs: WeakKeyDictionary[Store, int] = WeakKeyDictionary()
_counting = Lock()
_known: WeakKeyDictionary[Store, tuple[int, dict[str, Any]]] = WeakKeyDictionary()
T = TypeVar("T")


def store() -> Store:
    """The store the app shows: the company's own once it exists, else the demo.

    Raises:
        StoreError: it cannot be opened; the error says what to do.
    """
    return current()


@contextmanager
def reading() -> Iterator[Snapshot]:
    """One snapshot for everything that is read inside, so that all numbers of a page are of one version.

    The frame opens one per script run and everything inside shares it; a fragment that reruns alone has none yet and
    opens its own. Fragments that run beside each other run in threads of their own, each with its own snapshot.
    """
    already = _reading.get()
    if already is not None:
        yield already
        return
    with store().snapshot() as seen, _one_run(seen.store), one_language(), one_device():
        kept = _reading.set(seen)
        try:
            yield seen
        finally:
            _reading.reset(kept)


@contextmanager
def _one_run(of: Store) -> Iterator[None]:
    with _counting:
        _runs[of] = _runs.get(of, 0) + 1
    try:
        yield
    finally:
        with _counting:
            _runs[of] -= 1


def is_read(of: Store) -> bool:
    """Whether a page, or a part of one, is being made of a store at this moment."""
    with _counting:
        return _runs.get(of, 0) > 0


def once(name: str, find: Callable[[Snapshot], T]) -> T:
    """What stays the same as long as the store does: looked up by the first run on a version, not by each.

    Args:
        name: what it is; names everything it depends on besides the store.
        find: looks it up.
    """
    with reading() as seen:
        version, known = _known.get(seen.store, (-1, {}))
        if version != seen.version:
            known = {}
            _known[seen.store] = seen.version, known
        if name not in known:
            known[name] = find(seen)
        found: T = known[name]
        return found


def viewer() -> Viewer:
    """Who looks on, with their row scope.

    Raises:
        UnknownViewer: the one that settings name is not on the list of viewers.
    """
    return once(f"viewer {settings().viewer}", Snapshot.viewer)


def currency() -> str | None:
    """The currency that amounts are in, None where nobody named one: then no symbol is shown."""
    return once("currency", lambda seen: seen.currency)


def as_of() -> date | None:
    """The day up to which the store knows things; None while it holds nothing that is dated."""
    return once("as_of", lambda seen: seen.as_of)


def today() -> date:
    """The store's own day; the wall clock's only while the store holds nothing that is dated."""
    return as_of() or datetime.now(UTC).date()
