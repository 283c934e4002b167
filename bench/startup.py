"""From nothing to the first chart: the demo company's store, the server, the first page in a browser.

Beside it, in turns, the smallest Streamlit page with one chart: what of the time is Streamlit's and the browser's own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench.browser import ROOT, launch, running, serving
from bench.results import Measured
from bench.stores import Scale

_TURNS = 3
_FIRST_CHART = '[data-testid="stPlotlyChart"] .main-svg'


def measure(scale: Scale) -> Iterator[Measured]:  # noqa: ARG001 - the demo company has one size
    """Make the demo store as the command line does, then start the app on it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        taken = median(_make(folder / f"demo-{turn}.duckdb") for turn in range(_TURNS))
        yield Measured("startup", "demo store on first start, command to end", taken, "s", budget=5)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            ours, bare = [], []
            for _ in range(_TURNS):
                ours.append(
                    _start(browser, lambda log: serving(folder / "none.duckdb", folder / "demo-0.duckdb", log=log))
                )
                bare.append(_start(browser, lambda log: running("bench/bare_page.py", log=log)))
            browser.close()
        healthy, charted = (median(times) for times in zip(*ours, strict=True))
        bare_healthy, bare_charted = (median(times) for times in zip(*bare, strict=True))
        yield Measured("startup", "app start to healthy server", healthy, "s")
        what, beside = "app start to first chart in Chromium", "a bare page with one chart"
        yield Measured("startup", what, charted, "s", budget=4, beside=beside, ratio=charted / bare_charted)
        yield Measured("startup", "a bare Streamlit page, start to healthy server", bare_healthy, "s")
        yield Measured("startup", "a bare Streamlit page with one chart, start to chart", bare_charted, "s")


def _make(path: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "data", "demo", "--store", str(path)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - started
    if not path.exists():
        raise RuntimeError("the command made no store")
    return taken


def _start(browser: Browser, serve: Callable[[Path], AbstractContextManager[str]]) -> tuple[float, float]:
    """Seconds from the start of a server to its health, and to the first chart on screen; the browser knows nothing."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    with tempfile.TemporaryDirectory() as name:
        started = time.perf_counter()
        with serve(Path(name) / "server.log") as address:
            healthy = time.perf_counter() - started
            page.goto(address)
            page.wait_for_selector(_FIRST_CHART, timeout=60_000)
            charted = time.perf_counter() - started
            context.close()
    return healthy, charted
