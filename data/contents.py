"""What a store holds: which tables have rows at all, so that a page can say which file would bring a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.store import Snapshot

_FILLED = "select table_name from duckdb_tables() where schema_name = 'crm' and estimated_size > 0"


def filled(seen: Snapshot) -> frozenset[str]:
    """The canonical tables that hold rows. Read from the catalogue of the database, not from the rows."""
    return frozenset(seen.frame(_FILLED).get_column("table_name").to_list())
