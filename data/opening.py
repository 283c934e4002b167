"""Opening a store's file: is it ours, can this version read it, does it have today's schema.

Nothing is written until all of that is known: a file that cannot be understood stays as it is, byte for byte.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NoReturn

import duckdb

from data.errors import (
    DiskFull,
    FolderAbsent,
    FolderReadOnly,
    OutOfMemory,
    QuestionStopped,
    StoreAbsent,
    StoreDamaged,
    StoreError,
    StoreForeign,
    StoreFromOtherVersion,
    StoreLocked,
    StoreMisnamed,
    StoreTooNew,
)
from data.migrations import SCHEMA, bring_up_to_date, create_schema
from data.settings import Settings
from metrics.catalog import Text

PRODUCT = "sales-compass"

_FOLDER = Text(**{"en": "it is a folder", "zh-CN": "它是文件夹"})
_NO_DATABASE = Text(**{"en": "it is not a database file", "zh-CN": "它不是数据库文件"})

_MAGIC = b"DUCK"
_HEADER_BYTES = 84  # checksum, magic, storage number, flags, then the name of the library that wrote the file
_LIBRARY_AT = 52
_SCHEMAS = ("crm", "ops", "fold")
"""Of data/schema.sql. DuckDB calls a database by its file's name up to the first point, and then cannot tell whether
`crm.deals` is a table of that database or of the schema."""
_LEFT_OVER = (".wal", ".wal.checkpoint", ".wal.recovery")
"""Endings of the files that hold what was committed and is not yet in the database's own."""


def open_database(path: Path, settings: Settings, *, create: bool) -> duckdb.DuckDBPyConnection:
    """Open the file at `path` as a store with today's schema, shut off from the rest of the machine.

    Raises:
        StoreError: one subclass per reason; the file is untouched then.
    """
    _check_place(path, create=create)
    try:
        database = _connected(path, settings)
    except duckdb.Error as error:
        explain(path, error)
    try:
        _prepare(database)
        _shut_off(database, settings)
    except duckdb.Error as error:
        database.close()
        explain(path, error)
    return database


def _connected(path: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    """The database, known to be ours before anything is written to its file.

    To connect costs as long as five statements, and is done once where it writes nothing by itself: what a crash left
    beside the file would be taken over into it, so then the first connection only reads.
    """
    if not path.exists():
        return duckdb.connect(path, config=_config(path, settings))
    _check_file(path)
    if any(Path(f"{path}{ending}").exists() for ending in _LEFT_OVER):
        with duckdb.connect(path, read_only=True) as looked_at:
            _check_product(path, looked_at)
    database = duckdb.connect(path, config=_config(path, settings))
    try:
        _check_product(path, database)
    except BaseException:
        database.close()
        raise
    return database


def _config(path: Path, settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "temp_directory": str(Path(f"{path}.d") / "tmp"),
        "preserve_insertion_order": False,  # loads take a third of the memory without; who reads sets it (`store.py`)
        # The days a stock is read at are few: met one by one they cost half of what sorting all states would.
        "nested_loop_join_threshold": 100,
        "autoload_known_extensions": False,
        "autoinstall_known_extensions": False,
    }
    return config | ({"threads": settings.threads} if settings.threads else {})


def _check_place(path: Path, *, create: bool) -> None:
    if (name := path.name.lstrip(".").split(".", maxsplit=1)[0]).lower() in _SCHEMAS:
        raise StoreMisnamed(path=str(path), name=name)
    if path.exists():
        if not path.is_file():
            raise StoreDamaged(path=str(path), detail=_FOLDER)
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            raise FolderReadOnly(path=str(path), folder=str(path.parent))
        return
    if not create:
        raise StoreAbsent(path=str(path))
    if not path.parent.is_dir():
        raise FolderAbsent(path=str(path), folder=str(path.parent))
    if not os.access(path.parent, os.W_OK):
        raise FolderReadOnly(path=str(path), folder=str(path.parent))


def _check_file(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(_HEADER_BYTES)[8:12] != _MAGIC:
            raise StoreDamaged(path=str(path), detail=_NO_DATABASE)


def _check_product(path: Path, database: duckdb.DuckDBPyConnection) -> None:
    """Look before anything is written: is the file ours, and not from the future."""
    try:
        held = database.execute("select schema, product from ops.version").fetchall()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        if database.execute("select exists(from duckdb_tables())").fetchall() == [(False,)]:
            return  # made, but ended before its schema was committed
        raise StoreForeign(path=str(path)) from error
    if not held or held[0][1] != PRODUCT:
        raise StoreForeign(path=str(path))
    if held[0][0] > SCHEMA:
        raise StoreTooNew(path=str(path), theirs=str(held[0][0]), ours=str(SCHEMA))


def _prepare(database: duckdb.DuckDBPyConnection) -> None:
    """Give an empty file its schema, an older one the steps it lacks: all of it or nothing."""
    has_schema = "select exists(from duckdb_schemas() where schema_name = 'ops')"  # quicker than to list tables
    is_new = database.execute(has_schema).fetchall() == [(False,)]
    database.begin()
    try:
        if is_new:
            create_schema(database, PRODUCT)
        else:
            bring_up_to_date(database)
    except BaseException:
        database.rollback()
        raise
    database.commit()


def _shut_off(database: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """No statement may read or write files, except below the backup folder; and nobody can take that back."""
    folder = str(settings.backup_dir.absolute()).replace("'", "''")
    database.execute(f"set allowed_directories = ['{folder}']")
    database.execute("set enable_external_access = false")
    database.execute("set allowed_configs = ['preserve_insertion_order']")
    database.execute("set lock_configuration = true")


def explain(path: Path, error: duckdb.Error) -> NoReturn:
    """Say what DuckDB's error means for a person, and what to do.

    Raises:
        StoreError: the subclass that fits; the DuckDB error itself where it is a mistake in this program.
    """
    raise _meaning(path, error) from error


def _meaning(path: Path, error: duckdb.Error) -> Exception:
    text = str(error)
    if isinstance(error, duckdb.InterruptException):
        return QuestionStopped()
    if re.search(r"[Nn]o space left|max_temp_directory_size|File too large|Disk quota", text):
        return DiskFull(path=str(path), detail=_first_line(text))
    if isinstance(error, duckdb.OutOfMemoryException):
        return OutOfMemory(path=str(path), limit=_first_line(text))
    if "Could not set lock" in text:
        process = re.search(r"PID (\d+)", text)
        return StoreLocked(path=str(path), process=process[1] if process else "?")
    if re.search(r"Permission denied|Read-only file system|Operation not permitted", text):
        return FolderReadOnly(path=str(path), folder=str(path.parent))
    return _unreadable(path, error, text)


def _unreadable(path: Path, error: duckdb.Error, text: str) -> Exception:
    theirs = _library(path)
    if re.search(r"database file with version|newer version|older version|Serialization", text, re.IGNORECASE):
        return StoreFromOtherVersion(path=str(path), theirs=theirs or "?", ours=duckdb.__version__)
    if isinstance(error, (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException)) or (
        "Corrupt" in text
    ):
        return StoreDamaged(path=str(path), detail=_first_line(text))
    return error


def _library(path: Path) -> str | None:
    """The database version that wrote the file, as the file's header says."""
    try:
        with path.open("rb") as file:
            written = file.read(_HEADER_BYTES)[_LIBRARY_AT:]
    except OSError:
        return None
    return written.split(b"\0")[0].decode("ascii", "replace") or None


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0][:200]


__all__ = ["PRODUCT", "StoreError", "explain", "open_database"]
