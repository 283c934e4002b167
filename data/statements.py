"""Statements, each of whose texts is read once: a load says the same ninety as every load before it.

To read a text takes DuckDB as long as to run it over a few rows: a seventh of what a small load costs. What is read
depends on nothing but the text, so it serves every cursor of every store; names are looked up when it is run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

_MOST = 1024
"""Texts that are remembered, of some 30 kB each once they are read; then all are forgotten, and it begins anew."""
_known: dict[str, duckdb.Statement | str] = {}


class Cursor:
    """A cursor that does all that DuckDB's does, and reads no text again that it has read before."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def execute(
        self, query: str, parameters: Sequence[object] | Mapping[str, object] | None = None
    ) -> duckdb.DuckDBPyConnection:
        """Run a statement; its rows are fetched from what comes back.

        Raises:
            duckdb.Error: it is no SQL, or cannot be run.
        """
        return self._cursor.execute(self._read(query), parameters)

    def sql(self, query: str, *, params: object = None) -> duckdb.DuckDBPyRelation:
        """A statement as a relation, bound and not yet run.

        Raises:
            duckdb.Error: it is no SQL, or names what is not there.
        """
        return self._cursor.sql(self._read(query), params=params)

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)

    def _read(self, text: str) -> duckdb.Statement | str:
        """What a text says; the text itself where it is several statements."""
        known = _known.get(text)
        if known is None:
            found = self._cursor.extract_statements(text)
            known = found[0] if len(found) == 1 else text
            if len(_known) >= _MOST:
                _known.clear()
            _known[text] = known
        return known
