"""What the server does beside answering: it opens the store, is there for the command line, and looks for exports.

All of it begins in one thread, so that the server answers at once: the first reader's browser fetches the page and its
programs meanwhile, and only their questions wait for the store. Everything heavy is imported in that thread.
"""

from __future__ import annotations

import gc
import logging
from threading import Event, Thread

from metrics import checked
from metrics.errors import SalesError

log = logging.getLogger("sales.app")
_LOOK_AGAIN = 2.0
"""Seconds between two attempts to open a store that cannot be opened: another process may have it."""
_SHOWN = 5.0
"""Seconds that the first page is left to itself before what only other pages need is made ready."""
_QUIET = 30.0
"""Seconds after which words that were not checked are."""
_REST = 0.05
"""Seconds between two such checks, of which each takes some 4 ms."""
_NEW_OBJECTS = 50_000
"""So many more objects than before make Python look for garbage by itself: each look while all is imported is in vain,
and holds up whoever is answered meanwhile."""
_LAST_PATIENCE = 10.0
"""Seconds that the end of the server waits for what has begun."""


class Starting(Thread):
    """The thread; `is_over` is set when the server ends."""

    def __init__(self, port: int) -> None:
        super().__init__(name="starting", daemon=True)
        self._port = port
        self.is_over = Event()

    def run(self) -> None:
        """Open, announce, make ready what the first page needs, then the others; then tidy up, as long as it lasts."""
        from ui import warm

        is_open = _opened(self._port)
        if not self.is_over.is_set():
            warm.warm_up()
            _begin_watching()
        if not self.is_over.wait(_SHOWN):
            warm.go_on()
            gc.collect()
            gc.freeze()  # what is there now stays: modules, texts, definitions
        while not self.is_over.wait(_QUIET if is_open else _LOOK_AGAIN):
            is_open = is_open or _opened(self._port, is_again=True)
            _check()
            gc.collect()  # instead of after every run of a page (.streamlit/config.toml)


def begin(port: int) -> Starting:
    """Begin; `port`: where the server answers, so that command lines find it."""
    checked.postpone()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
    thread = Starting(port)
    thread.start()
    return thread


def end(begun: Starting) -> None:
    """End all of it, with what it began."""
    from data import handover, watch
    from data.review import alert_watch
    from ui import session
    from ui.review import prepared

    begun.is_over.set()
    begun.join(_LAST_PATIENCE)
    alert_watch.end()
    if session.is_read in alert_watch.waited_for:
        alert_watch.waited_for.remove(session.is_read)
    prepared.end()
    watch.stop()
    handover.retire()
    gc.unfreeze()  # else DuckDB's library says behind the last line that what stayed had leaked


def explain(error: Exception) -> bool:
    """Tell the reader about an error outside of the frame, as `ui.guard` does."""
    from ui.guard import explain

    return explain(error)


def _opened(port: int, *, is_again: bool = False) -> bool:
    """Open the store and let the command line find us; whether that worked.

    A store that cannot be opened does not stop the server: the frame tells each reader what to do about it.
    """
    from data import handover
    from data.current import current

    try:
        handover.announce(current(), port)
    except SalesError as error:
        if not is_again:
            log.error("%s", error.text("en"))  # noqa: TRY400 - the sentence says all; there is no bug to trace
        return False
    return True


def _begin_watching() -> None:
    from data import watch
    from data.current import current
    from data.review import alert_watch
    from ui import session

    watch.start()
    alert_watch.waited_for.append(session.is_read)
    alert_watch.begin()
    alert_watch.catch_up(current)


def _check() -> None:
    for found in checked.catch_up(_REST):
        log.warning("a question is answered here and would not be elsewhere: %s", found.text("en"))
