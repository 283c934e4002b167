"""What loading a plan would count: new, changed and same rows, found by recording it and taking everything back."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from data.changed_rows import changed_cells
from data.recording import record_all

if TYPE_CHECKING:
    from data.ingest.plan import Plan
    from data.store import Store


class Counts(NamedTuple):
    """Rows of one file, compared with what held before it. `read = new + changed + same + refused`.

    `cells`: what would change from what to what (data/changed_rows.py), where that was asked for.
    """

    read: int
    new: int
    changed: int
    same: int
    refused: int
    set_aside: int
    cells: pl.DataFrame | None = None


class _Enough(Exception):
    """Ends the transaction, so that nothing of it stays."""


def rehearse(store: Store, plan: Plan, *, most_cells: int = 0) -> list[Counts]:
    """The counts that loading a plan would have, file by file; the store stays as it is.

    Args:
        store: where it would go. plan: without open questions.
        most_cells: so many changed cells are listed with each file; 0: none.

    Raises:
        SalesError: the store could not take it.
    """
    found: list[Counts] = []
    loads = plan.loads
    rows = sum(load.rows.height for load in loads)
    bare = (load.model_copy(update={"original": b""}) for load in loads)  # nothing is kept beside the store either
    try:
        with store.writing() as cursor:
            for upload, _ in record_all(cursor, store, bare, rows=rows):
                counted = cursor.execute(
                    "select read, new, changed, same, refused, set_aside from ops.uploads where id = $id",
                    {"id": upload},
                ).fetchall()
                cells = changed_cells(cursor, upload, most_cells) if most_cells else None
                found.append(Counts(*counted[0])._replace(cells=cells))
            raise _Enough
    except _Enough:
        return found


def rehearse_or_anew(store: Store | None, plan: Plan, *, most_cells: int = 0) -> list[Counts]:
    """The same; None: in a new store that is thrown away, where nothing can change."""
    from data.store import open_store

    if store is not None:
        return rehearse(store, plan, most_cells=most_cells)
    with TemporaryDirectory() as folder:
        empty = open_store(Path(folder) / "empty.duckdb")
        try:
            return rehearse(empty, plan)
        finally:
            empty.close()
