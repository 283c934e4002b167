"""What is noted in a meeting, kept beside it: a load that is being written holds up neither the next step nor a word.

One thread writes what was noted, in its order. What is not kept yet is known here, so that nobody sees it vanish.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from data.review.held import Review, note
from data.store import Store
from metrics.errors import SalesError
from metrics.viewer import Viewer

log = logging.getLogger("sales.review")

PATIENCE = 0.4
"""Seconds that somebody who notes something waits for it to be kept."""
_writer = ThreadPoolExecutor(1, thread_name_prefix="review-notes")
_lock = Lock()


@dataclass
class _Waiting:
    texts: dict[tuple[str, int, str], list[str]] = field(default_factory=dict)
    failed: dict[tuple[str, int], SalesError] = field(default_factory=dict)


_waiting = _Waiting()


def keep(  # noqa: PLR0913 - as `note` of held.py
    store: Store,
    viewer: Viewer,
    number: int,
    step: str,
    *,
    finding: str | None = None,
    as_of: date | None = None,
    upload: int | None = None,
    text: str | None = None,
    instead_of: str | None = None,
    seconds: float | None = None,
    patience: float = 0.0,
) -> bool:
    """Note something of a step (data/review/held.py `note`); True where it is kept within `patience` seconds.

    Raises:
        SalesError: it cannot be kept, where that is known by then; else `failure` says so.
    """
    place = (str(store.path), number, step)
    if text is not None:
        with _lock:
            _waiting.texts.setdefault(place, []).append(text)

    def write() -> Review:
        try:
            return note(
                store, viewer, number, step, finding=finding, as_of=as_of, upload=upload, text=text,
                instead_of=instead_of, seconds=seconds,
            )  # fmt: skip
        finally:
            if text is not None:
                with _lock:
                    _waiting.texts[place].remove(text)

    task: Future[Review] = _writer.submit(write)
    try:
        task.result(patience)
    except NotYet:
        task.add_done_callback(lambda done: _tell(place, done))
        return False
    return True


def _tell(place: tuple[str, int, str], done: Future[Review]) -> None:
    error = done.exception()
    if isinstance(error, SalesError):
        with _lock:
            _waiting.failed[place[:2]] = error
    elif error is not None:
        log.error("a note of review %s was not kept", place[1], exc_info=error)


def not_kept_yet(store: Store, number: int, step: str) -> str | None:
    """The last note on a step that still waits to be kept."""
    with _lock:
        waiting = _waiting.texts.get((str(store.path), number, step))
        return waiting[-1] if waiting else None


def failure(store: Store, number: int) -> SalesError | None:
    """What went wrong with a note that nobody waited for: told once."""
    with _lock:
        return _waiting.failed.pop((str(store.path), number), None)


def all_kept() -> None:
    """Wait until everything that was noted so far is kept, as before a review is ended."""
    _writer.submit(lambda: None).result()
