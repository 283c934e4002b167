"""A load that a crash cut short: a mark beside the store while it runs, told by whoever opens the store next.

The store itself needs no mark: a transaction that was not committed is not there. But the person who saw their load
begin does not know that, and would not load again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

if TYPE_CHECKING:
    from data.store import Store

log = logging.getLogger("sales.store")
_RUNNING = "loading.json"
_HALF = "loading.part"
_CUT_SHORT = "cut short.json"


class Unfinished(BaseModel):
    """A load on its way. `files`: their names.

    `version`: of what questions read, when it began: a note taken meanwhile is no load.
    """

    model_config = ConfigDict(frozen=True)

    files: tuple[str, ...]
    since: datetime
    version: int


@contextmanager
def marked(store: Store, files: Sequence[str]) -> Iterator[None]:
    """Around a load: the mark stands as long as it runs, and is taken away however it ends, except by a crash."""
    mark = Unfinished(files=tuple(files), since=datetime.now(UTC), version=_facts(store))
    place = store.folder / _RUNNING
    with suppress(OSError):  # where nothing can be written, the load itself says so better
        store.folder.mkdir(exist_ok=True)
        partial = store.folder / _HALF  # whole or not there: half of it would tell no names
        partial.write_text(mark.model_dump_json(), encoding="utf-8")
        partial.replace(place)
    try:
        yield
        _loaded_again(store, files)
    finally:
        with suppress(OSError):
            place.unlink(missing_ok=True)


def _facts(store: Store) -> int:
    with store.snapshot() as seen:
        return seen.facts


def settle(store: Store) -> None:
    """When a store is opened: a mark that still stands is of a process that is no more.

    What that process had committed by then is loaded, and there is nothing to tell. What it had written beside the
    store for a load that was not is taken away.
    """
    place = store.folder / _RUNNING
    with suppress(OSError):
        (store.folder / _HALF).unlink(missing_ok=True)
    if not place.exists():
        return
    found = _read(place)
    is_loaded = found is not None and found.version != _facts(store)
    _clear_away(store, is_loaded=is_loaded)
    with suppress(OSError):
        if not is_loaded:
            place.replace(store.folder / _CUT_SHORT)
            log.warning("a load was cut short; the store is as it was before: %s", found.files if found else "?")
        else:
            place.unlink()


def _clear_away(store: Store, *, is_loaded: bool) -> None:
    from data.ingest import remember  # all that reads files, which only a start after a crash needs
    from data.originals import sweep

    sweep(store)
    remember.settle(store.folder, is_loaded=is_loaded)
    with suppress(OSError):
        for spilled in (store.folder / "tmp").iterdir():
            spilled.unlink()


def unfinished(store: Store) -> Unfinished | None:
    """The load that was cut short, until its files are loaded or somebody has taken note; None where there is none."""
    place = store.folder / _CUT_SHORT
    if not place.exists():
        return None
    return _read(place) or Unfinished(files=(), since=_written_at(place), version=0)


def noticed(store: Store) -> None:
    """Somebody has taken note: it need not be said any more."""
    (store.folder / _CUT_SHORT).unlink(missing_ok=True)


def _loaded_again(store: Store, files: Sequence[str]) -> None:
    told = unfinished(store)
    if told is not None and set(told.files) <= set(files):
        with suppress(OSError):
            noticed(store)


def _read(place: Path) -> Unfinished | None:
    """The mark; None where it cannot be read."""
    try:
        return Unfinished.model_validate_json(place.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def _written_at(place: Path) -> datetime:
    return datetime.fromtimestamp(place.stat().st_mtime, UTC)
