"""What a fold asks again and again and nothing in it changes: asked once.

The uploads there are and the names that were accepted are looked up by nearly every step. Each look is a statement, and
a small load is hardly anything but statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

Rows = list[tuple[Any, ...]]
_ANSWERS: ContextVar[dict[str, Rows] | None] = ContextVar("answers", default=None)


@contextmanager
def unchanged() -> Iterator[None]:
    """Inside, nobody writes what `rows` is asked for, so that each statement is asked once."""
    token = _ANSWERS.set({})
    try:
        yield
    finally:
        _ANSWERS.reset(token)


def rows(cursor: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    """The rows of a statement about what was uploaded and accepted; asked anew each time outside of `unchanged`."""
    known = _ANSWERS.get()
    if known is None:
        return cursor.execute(sql).fetchall()
    if sql not in known:
        known[sql] = cursor.execute(sql).fetchall()
    return known[sql]
