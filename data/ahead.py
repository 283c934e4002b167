"""Questions answered beside the one that is being asked: a page that knows what it asks later says so first.

To plan a statement keeps one core busy, however many rows there are, and a page has twenty; the other core has time.
"""

from __future__ import annotations

import logging
from threading import Thread
from typing import TYPE_CHECKING

from metrics.errors import SalesError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from data.store import Snapshot, Store
    from metrics.query import Query
    from metrics.viewer import Viewer

log = logging.getLogger(__name__)


def begin(seen: Snapshot, queries: Sequence[Query], viewer: Viewer) -> Thread | None:
    """Begin to answer `queries` in a thread, one after the other, on a snapshot of its own.

    Whoever asks the same meanwhile waits for it: name them in the order in which they will be asked.

    Returns:
        The thread; None where all of it is answered already, or nothing is remembered.
    """
    if not seen.remembers:
        return None
    parts = [(part, seen.question(part, viewer)) for query in queries for part in (query, *query.others)]
    expected = [(part, question) for part, question in parts if seen.store.answers.expect(question)]
    if not expected:
        return None
    thread = Thread(target=_answer, args=(seen.store, seen.facts, expected, viewer), name="ahead")
    thread.start()
    return thread


def _answer(store: Store, facts: int, expected: Sequence[tuple[Query, Hashable]], viewer: Viewer) -> None:
    """Answer and remember, unless the facts have changed meanwhile; what fails is asked again by whoever waits."""
    waited_for = [question for _, question in expected]
    try:
        with store.snapshot() as seen:
            for part, _ in expected if seen.facts == facts else ():
                seen.answer_anew(part, viewer)
                store.answers.settle(waited_for.pop(0))
    except SalesError as error:
        log.info("not answered ahead: %s", error.text("en"))
    finally:
        for question in waited_for:
            store.answers.settle(question)
