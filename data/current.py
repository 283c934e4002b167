"""Which store the app shows: the company's own once it exists, else the demo company's."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock

from data.settings import settings
from data.store import Store, open_store

_lock = Lock()
_chosen: list[Path] = []  # empty: nobody has switched yet


@cache
def engine() -> Store:
    """The published copy on the engine that settings name (docs/engines.md); connected once per process.

    Raises:
        EngineError: the settings name no engine, or it does not answer.
    """
    from data.engines import connect

    return connect(settings())


def current() -> Store:
    """The store that is shown: the engine's where settings name one; the demo company is made where there is no store.

    Raises:
        StoreError: the file cannot be used.
        EngineError: the engine cannot be used.
    """
    with _lock:
        if settings().engine:
            return engine()
        if _chosen:
            return open_store(_chosen[-1])
        own, demo = settings().store, settings().demo_store
        if own.exists():
            return open_store(own)
        if not demo.exists():
            from data.demo import build

            build(demo, lang=settings().demo_lang)
        return open_store(demo)


def switch(path: Path | str) -> Store:
    """Show the store at `path` from now on, to everyone; it is made if there is none."""
    with _lock:
        store = open_store(path)
        _chosen[:] = [store.path]
        return store


def is_demo(store: Store) -> bool:
    """Whether this is the demo company's store."""
    return store.path == settings().demo_store.expanduser().resolve()


def own_store() -> Store | None:
    """The company's own store, which uploads go into whatever is on screen; None where it is still to be made.

    Raises:
        StoreError: the file cannot be used.
        EngineError: the engine cannot be used.
    """
    shown = current()
    if not is_demo(shown):
        return shown
    return open_store(settings().store) if settings().store.expanduser().exists() else None
