"""What one run of the script stands on: the store, one snapshot of it, and who looks on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

from data.current import current
from data.store import Snapshot, Store
from metrics.viewer import Viewer
from ui.text import one_language

_reading: ContextVar[Snapshot | None] = ContextVar("reading", default=None)
_viewer: ContextVar[Viewer | None] = ContextVar("viewer", default=None)
_today: ContextVar[date | None] = ContextVar("today", default=None)


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
    with store().snapshot() as seen, one_language():
        kept, known, day = _reading.set(seen), _viewer.set(None), _today.set(None)
        try:
            yield seen
        finally:
            _reading.reset(kept)
            _viewer.reset(known)
            _today.reset(day)


def viewer() -> Viewer:
    """Who looks on, with their row scope.

    Raises:
        UnknownViewer: the one that settings name is not on the list of viewers.
    """
    known = _viewer.get()
    if known is None:
        with reading() as seen:
            known = seen.viewer()
        if _reading.get() is not None:
            _viewer.set(known)
    return known


def currency() -> str | None:
    """The currency that amounts are in, None where nobody named one: then no symbol is shown."""
    with reading() as seen:
        return seen.currency


def today() -> date:
    """The store's own day; the wall clock's only while the store holds nothing that is dated."""
    known = _today.get()
    if known is None:
        with reading() as seen:
            known = seen.as_of or datetime.now(UTC).date()
        if _reading.get() is not None:
            _today.set(known)
    return known
