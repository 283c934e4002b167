"""What the first reader would otherwise wait for, done while their browser is still fetching the page's programs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from streamlit import env_util

from data.contents import filled
from metrics.cuts import total
from metrics.errors import SalesError
from metrics.view import View
from ui import address, charts, session
from ui.cards import cards_of
from ui.controls import DIMENSIONS
from ui.drawn import drawn
from ui.overview import by_all, drawing, over_time, told
from ui.reader import look, run_up, with_data
from ui.text import LANGUAGES, texts

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
OF_OTHERS = ("metrics.subjects", "data.review.alert_looks")
"""Such modules that the first page does not need."""


def warm_up() -> None:
    """Import and ask. If it fails, nobody is harmed: whatever is wrong, the page itself tells the first reader."""
    with _harmless():
        for name in SLOW:
            import_module(name)
        with session.reading() as seen:
            if seen.as_of is not None:
                _ask(address.opened_by(address.first_view(seen.as_of), seen.as_of))


def go_on() -> None:
    """The same for what only other pages need, and for the filters that the first page has behind a button."""
    with _harmless():
        for name in OF_OTHERS:
            import_module(name)
        with session.reading() as seen:
            if seen.as_of is not None:
                for name in DIMENSIONS:
                    seen.values(name, session.viewer())


@contextmanager
def _harmless() -> Iterator[None]:
    try:
        yield
    except SalesError as error:
        log.info("not warmed up: %s", error.text("en"))
    except Exception:
        log.exception("the warm-up failed; pages work without it")


def _ask(view: View) -> None:
    """Ask what the first page asks, as the viewer who looks on where nobody is named."""
    with session.reading() as seen:
        looking, before = session.viewer(), run_up(view)
        of = told(filled(seen))
        present, _ = with_data(of.numbers, seen)
        if present:
            seen.ask(total(present, view), looking)
        for query in (over_time(of, before, present), by_all(of, view)):
            seen.ask(query, looking)
        _draw(view, present)


def _draw(view: View, present: list[str]) -> None:
    """Draw cards and each kind of chart, in English on a light screen: others need the same programs and words."""
    from plotly.io import to_json

    for language in LANGUAGES:
        texts(language)
    env_util.is_repl()  # asked by Streamlit before the first element, and Python then looks up each file it has read
    with session.reading() as seen:
        looking, before, of = session.viewer(), run_up(view), told(filled(seen))
        months, parts = (seen.ask(query, looking) for query in (over_time(of, before, present), by_all(of, view)))
        if present:
            cards_of(seen.ask(total(present, view), looking), months, present, look(view))
        for whole, draw, measure, part, seen_by in (
            (months, charts.over_time, of.amount, (), look(before)),
            (parts, charts.changes, of.amount, (), look(view, top=8)),
            *((parts, drawing(of, cut[0]), *cut, look(view, top=10)) for cut in (of.cuts[0], of.cuts[-1])),
        ):
            figure = drawn(whole, draw, seen_by, measure, part).figure
            if figure is not None:
                to_json(figure, validate=False)
