"""How long a page's script takes on the large store: asked anew, with another filter, and once more."""

from __future__ import annotations

from collections.abc import Iterator

from streamlit.testing.v1 import AppTest

from bench.browser import ROOT
from bench.results import Measured
from bench.stores import WEEKS, Scale, large
from bench.timing import median
from data.current import switch
from data.store import Store
from metrics.rolling import judge
from ui.navigation import PAGES, Entry

_MS = 1000
_TIMES = 5
_PERIODS = ("last_year", "this_year", "last_quarter", "last_90", "this_quarter", "last_month")
_COLD, _WARM, _COLD_ON_LINES = 500, 60, 1000
_COLD_OF = {"forecast": 1500}
"""Pages with a budget of their own: a forecast is tried on the past."""
_ON_LINES = {"trends", "products", "segments", "retention", "value", "offers", "satisfaction", "customer"}
"""Pages that read order lines; the others read deals."""


def measure(scale: Scale) -> Iterator[Measured]:
    """Run every page that asks questions inside the frame, without a browser."""
    store = switch(large(scale))
    try:
        for entry in PAGES:
            if not entry.asks:
                continue
            on = f"{scale.lines} order lines" if entry.stem in _ON_LINES else f"{scale.name} deals × {WEEKS} exports"
            yield from timed(store, entry, "pages", on)
    finally:
        store.close()


def timed(store: Store, entry: Entry, subject: str, on: str) -> Iterator[Measured]:
    """A page asked anew, with another filter, and once more, on a store that is told by `on`."""
    cold_budget = _COLD_OF.get(entry.stem, _COLD_ON_LINES if entry.stem in _ON_LINES else _COLD)
    page = _opened(entry.section, entry.stem)
    cold = median(page.run, _TIMES, before=lambda: _forget(store))
    yield Measured(subject, f"{entry.stem}, cold, {on}", cold * _MS, "ms", budget=cold_budget)
    changed = _changed(page)
    yield Measured(subject, f"{entry.stem}, filter change, {on}", changed * _MS, "ms", budget=cold_budget)
    yield Measured(subject, f"{entry.stem}, warm, {on}", median(page.run, 9) * _MS, "ms", budget=_WARM)


def _forget(store: Store) -> None:
    """What was answered before, and what was made of it."""
    store.answers.clear()
    judge.cache_clear()


def _opened(section: str, stem: str) -> AppTest:
    """A page in the frame, run once so that everything is imported."""
    page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=120)
    page.query_params.update({"lang": "en", "period": "last_12_months", "compare": "previous"})
    page.run()
    if stem != PAGES[0].stem:
        page.switch_page(str(ROOT / "pages" / section / f"{stem}.py")).run()
    if page.exception:
        raise RuntimeError(f"{stem}: {page.exception[0].message}")
    return page


def _changed(page: AppTest) -> float:
    """Median seconds of choosing another period, each one for the first time."""
    periods = iter(_PERIODS)

    def change() -> None:
        page.selectbox(key="filter_period").select(next(periods))

    return median(page.run, len(_PERIODS), before=change)
