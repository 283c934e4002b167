"""What loading a plan would count: new, changed and same rows, found by recording it and taking everything back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from data.recording import record_all

if TYPE_CHECKING:
    from data.ingest.plan import Plan
    from data.store import Store


class Counts(NamedTuple):
    """Rows of one file, compared with what held before it. `read = new + changed + same + refused`."""

    read: int
    new: int
    changed: int
    same: int
    refused: int
    set_aside: int


class _Enough(Exception):
    """Ends the transaction, so that nothing of it stays."""


def rehearse(store: Store, plan: Plan) -> list[Counts]:
    """The counts that loading a plan would have, file by file; the store stays as it is.

    Raises:
        SalesError: the store could not take it.
    """
    found: list[Counts] = []
    bare = (load.model_copy(update={"original": b""}) for load in plan.loads)  # nothing is kept beside the store either
    try:
        with store.writing() as cursor:
            for upload, _ in record_all(cursor, store, bare):
                counted = cursor.execute(
                    "select read, new, changed, same, refused, set_aside from ops.uploads where id = $id",
                    {"id": upload},
                ).fetchall()
                found.append(Counts(*counted[0]))
            raise _Enough
    except _Enough:
        return found
