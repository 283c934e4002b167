"""One session on a Spark Connect server: the only place that imports its driver."""

from __future__ import annotations

import re
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import polars as pl

from data.engines.errors import EngineDriverMissing, EngineRefused, EngineTableMissing, EngineUnreachable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PACKAGE = "pyspark-client"
_PORT = 15002  # where a Spark Connect server listens unless told otherwise
_PATIENCE = 5.0  # seconds to wait for a server to pick up; the driver alone would try again for many minutes

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",  # the store's timestamps are already in the company's zone
    "spark.sql.ansi.enabled": "true",  # an overflow or a bad cast is an error here too, not a null
}


def shown(engine: str) -> str:
    """An address as people may read it: what follows the first `;` may hold a token."""
    return engine.partition(";")[0].rstrip("/")


@contextmanager
def _as_a_program() -> Iterator[None]:
    """Keep the driver from ending the process.

    It takes a process whose main module has no file (`python -c`, a worker of a test run) for its own doctests, looks
    for a Spark installation, and exits when there is none.
    """
    main = sys.modules["__main__"]
    if hasattr(main, "__file__") or main.__spec__ is not None:
        yield
        return
    main.__file__ = "<no file>"
    try:
        yield
    finally:
        del main.__file__


class Connection:
    """A session, and where its tables are. May be used by many threads."""

    def __init__(self, address: str, tables: str) -> None:
        """Connect.

        Args:
            address: `sc://host:port`, with parameters after `/;` as Spark Connect defines them.
            tables: a folder (path or URL, as the server sees it) with `crm/<table>.parquet` and `ops/<table>.parquet`;
                or a prefix of its catalogue, `catalog.schema`, with `<table>` and `ops_<table>`.
        """
        self.engine = shown(address)
        self.tables = tables
        self._views: dict[tuple[str, str], str] = {}
        self._lock = Lock()
        self._session = self._connect(address)

    def _connect(self, address: str) -> SparkSession:
        place = urlsplit(self.engine)
        try:
            socket.create_connection((place.hostname or "", place.port or _PORT), timeout=_PATIENCE).close()
        except (OSError, ValueError) as error:
            raise EngineUnreachable(engine=self.engine, detail=str(error)) from error
        with warnings.catch_warnings(), _as_a_program():
            warnings.simplefilter("ignore")  # the driver warns of pandas' version, which we do not use
            return self._session_at(address)

    def _session_at(self, address: str) -> SparkSession:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise EngineDriverMissing(engine=self.engine, package=_PACKAGE) from error
        try:
            session: SparkSession = SparkSession.builder.remote(address).create()
            for name, value in _SETTINGS.items():
                session.conf.set(name, value)
        except self._failures as error:
            self._explain(error)
        return session

    def frame(self, statement: str) -> pl.DataFrame:
        """The answer of the server to a statement in its own dialect.

        Raises:
            EngineTableMissing, EngineUnreachable, EngineRefused: what its error means.
        """
        try:
            answer = pl.from_arrow(self._session.sql(statement).toArrow())
        except self._failures as error:
            self._explain(error)
        assert isinstance(answer, pl.DataFrame)  # noqa: S101 - a table becomes a frame; a series comes of an array only
        return answer

    def name_of(self, schema: str, table: str) -> str:
        """The server's name of a table of the store; Parquet files are made known to the session on first use."""
        if not self._is_folder:
            return f"{self.tables}.{table}" if schema == "crm" else f"{self.tables}.{schema}_{table}"
        with self._lock:
            view = self._views.get((schema, table))
            if view is None:
                view = self._views[schema, table] = self._known(schema, table)
            return view

    def _known(self, schema: str, table: str) -> str:
        name, path = f"{schema}_{table}", f"{self.tables.rstrip('/')}/{schema}/{table}.parquet"
        try:
            rows = self._session.read.parquet(path)
            is_there = bool(rows.columns)  # some servers take a path without files for a table without columns
            rows.createOrReplaceTempView(name)
        except self._failures as error:
            self._explain(error, f"{schema}.{table}")
        if not is_there:
            raise EngineTableMissing(engine=self.engine, table=f"{schema}.{table}", place=self.tables)
        return name

    @property
    def _is_folder(self) -> bool:
        return "/" in self.tables or "\\" in self.tables

    def forget(self) -> None:
        """Look at the files again: another version was published."""
        with self._lock:
            self._views.clear()

    def close(self) -> None:
        """End the session on the server."""
        self._session.stop()

    @cached_property
    def _failures(self) -> type[Exception]:
        from pyspark.errors import PySparkException

        return PySparkException

    def _explain(self, error: Exception, table: str | None = None) -> NoReturn:
        text = str(error)
        missing = re.search(r"(?:TABLE_OR_VIEW_NOT_FOUND\S*|PATH_NOT_FOUND\S*|[Nn]o such file|not found)", text)
        if missing and (table or "view" in text.lower()):
            named = re.search(r"[Tt]able or view (?:not found:? )?[`'\"]?([\w.`]+)", text)
            found = table or (named[1].replace("`", "") if named else "?")
            raise EngineTableMissing(engine=self.engine, table=found, place=self.tables) from error
        if "UNAVAILABLE" in text or "failed to connect" in text.lower():
            raise EngineUnreachable(engine=self.engine, detail=_first_line(text)) from error
        raise EngineRefused(engine=self.engine, detail=_first_line(text)) from error


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0][:300] if text.strip() else ""
