"""Backups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.store import Snapshot, Store


def export_to(folder: Path, store: Store, seen: Snapshot) -> Path:
    raise NotImplementedError


def import_from(folder: Path, store: Store) -> None:
    raise NotImplementedError
