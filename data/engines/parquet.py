"""Publish a store as Parquet files for an engine to read: `crm/<table>.parquet` and `ops/<table>.parquet`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.store import Snapshot

PUBLISHED = ("viewers", "uploads", "dimensions", "settings", "saved_views", "version")
"""What of `ops` an engine needs. The version comes last: who sees it finds the tables that belong to it."""

_TABLES = "select table_name from information_schema.tables where table_schema = 'crm' order by table_name"


def export(seen: Snapshot, folder: Path | str) -> list[Path]:
    """Write every table of `crm`, and what an engine needs of `ops`.

    Each file is written beside its place and moved there whole, so a reader never finds half of one.

    Args:
        seen: the moment to publish.
        folder: where the files go; made if there is none, files of an earlier publication are replaced.

    Returns:
        The files, in the order they were written.
    """
    tables = [("crm", name) for name in seen.frame(_TABLES)["table_name"]]
    return [
        _write(seen, schema, name, Path(folder)) for schema, name in (*tables, *(("ops", name) for name in PUBLISHED))
    ]


def _write(seen: Snapshot, schema: str, table: str, folder: Path) -> Path:
    place = folder / schema / f"{table}.parquet"
    place.parent.mkdir(parents=True, exist_ok=True)
    making = place.with_suffix(".making")
    seen.frame(f"select * from {schema}.{table}").write_parquet(making)
    return making.replace(place)
