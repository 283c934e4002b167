"""What a store holds: which tables have rows at all, so that a page can say which file would bring a number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.store import Snapshot

_known: dict[Path, tuple[int, frozenset[str]]] = {}


def filled(seen: Snapshot) -> frozenset[str]:
    """The canonical tables that hold rows, looked up once per version of the store."""
    version, tables = _known.get(seen.store.path, (-1, frozenset[str]()))
    if version != seen.facts:
        tables = frozenset(seen.filled())
        _known[seen.store.path] = (seen.facts, tables)
    return tables
