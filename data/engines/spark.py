"""Questions on a Spark Connect server: Apache Spark, Databricks, Sail.

The server holds a published copy of the store: `crm` and `ops` as Parquet files or as tables of its catalogue. The few
small tables that say who may look, and which version this is, are copied into an empty store in memory (the shadow);
every question is answered by the server. The shadow also says which types the answer would have here, so that frames
are the same from both.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn

import duckdb
import polars as pl

from data.dimensions import create_empty
from data.engines.connection import Connection, shown
from data.engines.errors import EngineTableMissing, UploadsElsewhere
from data.engines.parquet import PUBLISHED
from data.engines.translate import translate
from data.migrations import create_schema
from data.opening import PRODUCT
from data.store import Snapshot, Store
from metrics import checked
from metrics.catalog import with_promoted

if TYPE_CHECKING:
    from data.settings import Settings
    from metrics.catalog import Dimension
    from metrics.query import Query, Result
    from metrics.viewer import Viewer

_SMALL = (*(f"ops.{name}" for name in PUBLISHED if name != "version"), "crm.reps", "crm.teams")
"""What the shadow copies; a table that was not published stays empty."""

_LOOK_AGAIN = 30.0
"""Seconds until the server is asked again whether something new was published."""

_FORGET = 300
"""Seconds that answers are remembered where the copy carries no version number."""

_LAST_DAY = """
select max(day) as day from (
    select max(created_on) as day from crm.deals union all
    select max(closed_on) as day from crm.deals union all
    select max(ordered_on) as day from crm.order_lines union all
    select max(done_on) as day from crm.activities
) as days
"""

__all__ = ["SparkSnapshot", "SparkStore", "shown"]


class SparkStore(Store):
    """A published copy on a Spark Connect server. Everything a `Store` answers, nothing it writes."""

    dialect = "spark"

    def __init__(self, settings: Settings) -> None:
        """Connect to `settings.engine`; tables are looked for in `settings.engine_tables`.

        Raises:
            EngineDriverMissing: the Python package is not installed.
            EngineUnreachable: nothing answers there.
            NotPortable: a question that was asked of another store uses a word that engines do not agree on.
        """
        checked.at_once()
        self.connection = Connection(settings.engine, settings.engine_tables)
        self._looking = Lock()
        self._looked_at = time.monotonic()
        super().__init__(settings.store, _shadow(self.connection))

    @contextmanager
    def snapshot(self) -> Iterator[SparkSnapshot]:
        """One version: what is published meanwhile is seen by the next snapshot."""
        self._look()
        cursor = self._database.cursor()
        try:
            cursor.begin()
            seen = SparkSnapshot(self, cursor)
            with with_promoted(self._promoted_in(seen)):
                yield seen
        finally:
            cursor.close()

    def _look(self) -> None:
        """Copy the small tables again when another version has been published."""
        with self._looking:
            if time.monotonic() - self._looked_at < _LOOK_AGAIN:
                return
            self._looked_at = time.monotonic()
            held = self._database.cursor().execute("select version from ops.version").fetchall()[0][0]
            if _version(self.connection) != held:
                self.connection.forget()
                self._database = _shadow(self.connection)

    def writing(self) -> NoReturn:
        """Nothing is written here.

        Raises:
            UploadsElsewhere: always; it says where to load instead.
        """
        raise UploadsElsewhere(engine=self.connection.engine, place=self.connection.tables)

    def noting(self) -> NoReturn:
        """Nor is anything noted."""
        self.writing()

    def backup(self, folder: Path | str) -> NoReturn:  # noqa: ARG002 - the signature is the store's
        """Refuse: a published copy is no truth to keep; back up the store it came from."""
        self.writing()

    def restore(self, folder: Path | str) -> NoReturn:  # noqa: ARG002 - the signature is the store's
        """Refuse, as `writing` does."""
        self.writing()

    def close(self) -> None:
        """End the session on the server."""
        self.connection.close()
        self._database.close()

    def ask(self, query: Query, viewer: Viewer) -> Result:
        """Answer `query` with the rows that `viewer` may see."""
        with self.snapshot() as seen:
            return seen.ask(query, viewer)

    def values(self, dimension: Dimension | str, viewer: Viewer) -> list[str | None]:
        """The values of a dimension that `viewer` may see, in order, unassigned last."""
        with self.snapshot() as seen:
            return seen.values(dimension, viewer)

    def text(self, query: Query, viewer: Viewer) -> str:
        """The statement that is sent, values written in."""
        sql, params = query.bound(viewer)
        return translate(sql, params, self.connection.name_of, self.dialect)

    def explain(self, query: Query, viewer: Viewer) -> str:
        """The server's own plan."""
        return "\n".join(str(line) for line in self.connection.frame(f"explain {self.text(query, viewer)}").to_series())

    @property
    def as_of(self) -> date | None:
        """The day of the data."""
        with self.snapshot() as seen:
            return seen.as_of


class SparkSnapshot(Snapshot):
    """What the published copy held at one moment. Lists come from the shadow, answers from the server."""

    store: SparkStore

    @property
    def as_of(self) -> date | None:
        """The day that was published, else the last day of deals, orders and activities."""
        day = super().as_of
        if day is None:
            day = self.store.connection.frame(_written(self.store.connection, _LAST_DAY)).item()
        return day

    def filled(self) -> list[str]:
        """The tables that hold rows on the server; one that was not published holds none."""
        names = [
            str(name)
            for (name,) in self._rows("select table_name from information_schema.tables where table_schema = 'crm'")
        ]
        return [name for name in names if self._holds_rows(name)]

    def _holds_rows(self, table: str) -> bool:
        connection = self.store.connection
        try:
            found = connection.frame(_written(connection, f"select count(*) as rows from crm.{table}"))
            return int(found.item()) > 0
        except EngineTableMissing:
            return False

    def _answer(self, query: Query, viewer: Viewer) -> pl.DataFrame:
        # By the question and not by its statement: to translate one takes longer than to look up an answer.
        question = self.question(query, viewer)
        frame = self.store.answers.get(question)
        if frame is None:
            connection = self.store.connection
            sql, params = query.bound(viewer)
            statement = translate(sql, params, connection.name_of, self.store.dialect)
            frame = _typed(connection.frame(statement), self._types(sql, params))
            self.store.answers.put(question, frame)
        return frame

    def _types(self, sql: str, params: dict[str, Any]) -> pl.Schema:
        """The columns as DuckDB would give them: the question asked of the shadow, and cut to no rows."""
        with self._lock:
            empty: pl.DataFrame = self._cursor.sql(sql, params=params).limit(0).pl()
            return empty.schema


def _typed(frame: pl.DataFrame, types: pl.Schema) -> pl.DataFrame:
    return frame.rename(dict(zip(frame.columns, types.names(), strict=True))).cast(types)


def _written(connection: Connection, sql: str) -> str:
    return translate(sql, {}, connection.name_of, SparkStore.dialect)


def _version(connection: Connection) -> int:
    return _versions(connection)[0]


def _versions(connection: Connection) -> tuple[int, int]:
    """The version that was published, and that of what questions read; an older copy knows the first one only."""
    try:
        held = connection.frame(_written(connection, "select * from ops.version"))
    except EngineTableMissing:
        return (int(time.time()) // _FORGET,) * 2
    named = ("version", "facts" if "facts" in held.columns else "version")
    version, facts = (int(str(held.get_column(name).max())) for name in named)
    return version, facts


def _shadow(connection: Connection) -> duckdb.DuckDBPyConnection:
    """An empty store in memory with the small tables of the published copy."""
    database = duckdb.connect(":memory:")
    create_schema(database, PRODUCT)
    for table in _SMALL:
        try:
            rows = connection.frame(_written(connection, f"select * from {table}"))
        except EngineTableMissing:
            continue
        database.register("published", rows.to_arrow())
        database.execute(f"insert into {table} by name select * from published")
        database.unregister("published")
    create_empty(database)
    version, facts = _versions(connection)
    database.execute("update ops.version set version = $version, facts = $facts", {"version": version, "facts": facts})
    return database
