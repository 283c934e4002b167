"""What the first reader would otherwise wait for, done while their browser is still fetching the page's programs."""

from __future__ import annotations

import logging
from importlib import import_module

from metrics.cuts import total
from metrics.errors import SalesError
from metrics.view import View
from ui import address, session
from ui.controls import DIMENSIONS
from ui.overview import NUMBERS, by_all, over_time
from ui.reader import run_up, with_data

log = logging.getLogger("sales.warm")

SLOW = (
    "plotly.io",
    "plotly.tools",
    "plotly.graph_objects",
    "orjson",
    "streamlit.emojis",
    "babel.numbers",
    "ui.show",
    "data.review.alert_register",
)
"""Modules that are imported only when a page first needs them, and take long."""


def warm_up() -> None:
    """Import and ask. If it fails, nobody is harmed: whatever is wrong, the page itself tells the first reader."""
    try:
        for name in SLOW:
            import_module(name)
        with session.reading() as seen:
            if seen.as_of is not None:
                _ask(address.opened_by(address.first_view(seen.as_of), seen.as_of))
    except SalesError as error:
        log.info("not warmed up: %s", error.text("en"))
    except Exception:
        log.exception("the warm-up failed; pages work without it")


def _ask(view: View) -> None:
    """Ask what the first page asks, as the viewer who looks on where nobody is named."""
    with session.reading() as seen:
        looking, before = session.viewer(), run_up(view)
        present, _ = with_data(NUMBERS, seen)
        if present:
            seen.ask(total(present, view), looking)
        for query in (over_time(before, present), by_all(view)):
            seen.ask(query, looking)
        for name in DIMENSIONS:
            seen.values(name, looking)
