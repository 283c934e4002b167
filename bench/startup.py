"""From nothing to the first chart: the demo company's store, the server, the first page in a browser."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench.browser import ROOT, launch, serving
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
            runs = [_start(browser, folder) for _ in range(_TURNS)]
            browser.close()
        yield Measured("startup", "app start to healthy server", median(run[0] for run in runs), "s")
        yield Measured("startup", "app start to first chart in Chromium", median(run[1] for run in runs), "s", budget=4)


def _make(path: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "data", "demo", "--store", str(path)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - started
    if not path.exists():
        raise RuntimeError("the command made no store")
    return taken


def _start(browser: Browser, folder: Path) -> tuple[float, float]:
    """Seconds from the start of the server to its health, and to the first chart on screen."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    started = time.perf_counter()
    with serving(folder / "none.duckdb", folder / "demo-0.duckdb", log=folder / "server.log") as address:
        healthy = time.perf_counter() - started
        page.goto(address)
        page.wait_for_selector(_FIRST_CHART, timeout=60_000)
        charted = time.perf_counter() - started
        page.close()
    return healthy, charted
