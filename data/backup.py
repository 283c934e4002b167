"""Backups: every table as a Parquet file that any tool can read, with the originals and a list of what there is.

A backup is a folder:

    backup.json             product, schema number, version, and the rows of each table
    schema.sql              what the tables mean
    ops.<table>.parquet     the truth: uploads, row states, sightings, and what people entered. Restored
    crm.<table>.parquet     the canonical tables as they stood, to be read elsewhere. Folded anew on restoring
    originals/              the files as they were uploaded, compressed
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from data.errors import BackupInvalid, DiskFull, FolderReadOnly, StoreNotEmpty
from data.fold import fold
from data.migrations import SCHEMA, schema_text
from data.opening import PRODUCT

if TYPE_CHECKING:
    import duckdb

    from data.store import Snapshot, Store

_MANIFEST = "backup.json"
_BATCH = 200_000
"""Rows that are in memory at a time."""

_MADE_ANEW = frozenset({"version"})


def export_to(folder: Path, store: Store, seen: Snapshot) -> Path:
    """Write a backup of one version; the manifest comes last, so that a broken-off backup is none.

    Raises:
        DiskFull, FolderReadOnly: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MANIFEST).unlink(missing_ok=True)
        rows = {name: _write(folder, seen, name) for name in _tables(seen)}
        if (store.folder / "originals").exists():
            shutil.copytree(store.folder / "originals", folder / "originals", dirs_exist_ok=True)
        (folder / "schema.sql").write_text(schema_text(), encoding="utf-8")
        manifest = {"product": PRODUCT, "schema": SCHEMA, "version": seen.version, "rows": rows}
        (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    except PermissionError as error:
        raise FolderReadOnly(path=str(folder), folder=str(folder)) from error
    except OSError as error:
        raise DiskFull(path=str(folder), detail=str(error)) from error
    return folder


def _tables(seen: Snapshot) -> list[str]:
    found = seen.frame(
        """
        select table_schema || '.' || table_name as name from information_schema.tables
        where table_schema in ('ops', 'crm') order by name
        """
    )
    return [str(name) for name in found["name"]]


def _write(folder: Path, seen: Snapshot, name: str) -> int:
    rows = 0
    with (
        seen.batches(f"from {name}", _BATCH) as batches,
        pq.ParquetWriter(folder / f"{name}.parquet", batches.schema, compression="zstd") as file,
    ):
        for batch in batches:
            file.write_batch(batch)
            rows += batch.num_rows
    return rows


def import_from(folder: Path, store: Store) -> None:
    """Take in a backup, in one transaction.

    Raises:
        BackupInvalid: the folder holds no complete backup, or one of a newer version.
        StoreNotEmpty: the store holds uploads or people's entries.
    """
    manifest = _manifest(folder)
    with store.writing() as cursor:
        _check_empty(cursor, store)
        for name, rows in manifest["rows"].items():
            schema, _, table = name.partition(".")
            if schema == "ops" and table not in _MADE_ANEW:
                _read(cursor, folder, name, rows)
        last = cursor.execute("select coalesce(max(id), 0) + 1 from ops.uploads").fetchall()[0][0]
        cursor.execute(f"create or replace sequence ops.upload_ids start {int(last)}")
        fold(cursor)
        if (folder / "originals").exists():
            shutil.copytree(folder / "originals", store.folder / "originals", dirs_exist_ok=True)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupInvalid(folder=str(folder), detail=_MANIFEST) from error
    if manifest.get("product") != PRODUCT or manifest.get("schema") != SCHEMA:
        raise BackupInvalid(folder=str(folder), detail=f"{manifest.get('product')} {manifest.get('schema')}")
    missing = [name for name in manifest["rows"] if not (folder / f"{name}.parquet").exists()]
    if missing:
        raise BackupInvalid(folder=str(folder), detail=", ".join(missing))
    return manifest


def _check_empty(cursor: duckdb.DuckDBPyConnection, store: Store) -> None:
    for table in ("uploads", "aliases", "viewers", "saved_views", "notes", "actions"):
        if cursor.execute(f"select count(*) from ops.{table}").fetchall()[0][0]:
            raise StoreNotEmpty(path=str(store.path))


def _read(cursor: duckdb.DuckDBPyConnection, folder: Path, name: str, rows: int) -> None:
    read = 0
    try:
        with pq.ParquetFile(folder / f"{name}.parquet") as file:
            for batch in file.iter_batches(_BATCH):
                cursor.register("restored", batch)
                cursor.execute(f"insert into {name} by name from restored")
                cursor.unregister("restored")
                read += batch.num_rows
    except (OSError, ValueError) as error:  # pyarrow's errors are both
        raise BackupInvalid(folder=str(folder), detail=f"{name}: {error}") from error
    if read != rows:
        raise BackupInvalid(folder=str(folder), detail=f"{name}: {read} / {rows}")
