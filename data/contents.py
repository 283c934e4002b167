"""What a store holds: which tables have rows at all, so that a page can say which file would bring a number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.store import Snapshot

_FILLED = "select table_name from duckdb_tables() where schema_name = 'crm' and estimated_size > 0"


_known: dict[Path, tuple[int, frozenset[str]]] = {}


def filled(seen: Snapshot) -> frozenset[str]:
    """The canonical tables that hold rows. Read from the catalogue of the database, once per version of the store."""
    version, tables = _known.get(seen.store.path, (-1, frozenset[str]()))
    if version != seen.version:
        tables = frozenset(seen.frame(_FILLED).get_column("table_name").to_list())
        _known[seen.store.path] = (seen.version, tables)
    return tables
