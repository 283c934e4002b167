"""When the words of a question are checked: before it is asked, or, where a person waits for the answer, afterwards.

To check a text takes some 4 ms (metrics/portable.py), and a first page asks ninety: half of the time of its questions.
DuckDB, in whose words questions are written, answers them rightly whatever other engines make of them. So the server
postpones the checks until nobody waits, and tells the log what they find; on another engine nothing is postponed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from metrics.portable import NotPortable


@dataclass
class _Checks:
    are_postponed: bool = False
    waiting: dict[str, None] = field(default_factory=dict)


_checks = _Checks()


def words(sql: str) -> None:
    """See to it that the words of a text are checked: now, or, where checks are postponed, later.

    Raises:
        NotPortable: it uses a word that engines do not agree on.
    """
    if _checks.are_postponed:
        _checks.waiting[sql] = None
        return
    from metrics import portable  # with a parser, which a server that postpones does not wait for either

    portable.check(sql)


def postpone() -> None:
    """From now on texts wait for `catch_up`."""
    _checks.are_postponed = True


@contextmanager
def postponed() -> Iterator[None]:
    """Inside, texts wait for `catch_up`; for what only the project's own questions are asked of."""
    before, _checks.are_postponed = _checks.are_postponed, True
    try:
        yield
    finally:
        _checks.are_postponed = before


def at_once() -> None:
    """From now on texts are checked before they are asked; those that wait are now.

    Raises:
        NotPortable: one of them uses a word that engines do not agree on.
    """
    _checks.are_postponed = False
    for found in catch_up():
        raise found


def catch_up(pause: float = 0.0) -> list[NotPortable]:
    """Check the texts that wait.

    Args:
        pause: seconds to rest after each, so that whoever is answered meanwhile hardly waits.

    Returns:
        What was found, one for each text that uses a word that engines do not agree on.
    """
    found: list[NotPortable] = []
    if _checks.waiting:
        from metrics import portable

        for sql in tuple(_checks.waiting):
            del _checks.waiting[sql]
            try:
                portable.check(sql)
            except portable.NotPortable as error:
                found.append(error)
            time.sleep(pause)
    return found
