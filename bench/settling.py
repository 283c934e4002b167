"""From a changed filter to a page that stands still, in a real browser; beside a page without any of our layers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import duckdb
from playwright.sync_api import Page, sync_playwright

from bench.browser import launch, running, serving, settled
from bench.results import Measured
from bench.stores import Scale, large

_MS = 1000
_WATCH = """() => {
    window.quietSince = performance.now();
    new MutationObserver(() => { window.quietSince = performance.now(); })
        .observe(document.querySelector('[data-testid="stMain"]'), {subtree: true, childList: true, attributes: true});
}"""
_CLICKED = "option => { window.clickedAt = performance.now(); option.click(); }"
_QUIET = """() => window.quietSince > window.clickedAt && performance.now() - window.quietSince > 700
    && document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning'"""


def measure(scale: Scale) -> Iterator[Measured]:
    """Choose one period after the other on the overview, and on a plain page of six charts."""
    whole = large(scale)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en")
        with serving(whole, folder / "none.duckdb", log=folder / "ours.log") as address:
            page.goto(f"{address}/?period=last_year&lang=en")
            ours = median(_choose(settled(page), 6))
        with _plain_page(whole, folder) as address:
            page.goto(address)
            plain = median(_choose(settled(page), 6))
        browser.close()
    what = f"filter change to settled page in Chromium, overview, {scale.name} deals"
    yield Measured("browser", what, ours, "ms", budget=400, beside="plain Streamlit + DuckDB", ratio=ours / plain)
    yield Measured("browser", f"the plain page of six charts, {scale.name} rows", plain, "ms")


def _choose(page: Page, times: int) -> list[float]:
    """Milliseconds from each click on an option of the first select box to the last change of the page."""
    page.evaluate(_WATCH)
    taken = []
    for turn in range(times):
        page.locator('[data-testid="stSelectbox"] input').first.click()
        options = page.locator('[role="option"]')
        options.nth(4 + turn).wait_for(state="attached", timeout=10_000)
        options.nth(4 + turn).evaluate(_CLICKED)
        page.wait_for_function(_QUIET, timeout=60_000)
        taken.append(page.evaluate("window.quietSince - window.clickedAt"))
    return taken


@contextmanager
def _plain_page(store: Path, folder: Path) -> Iterator[str]:
    """The page of bench/plain_page.py on the same deals."""
    rows = folder / "plain.duckdb"
    with duckdb.connect(rows) as database:
        database.execute(f"attach '{store}' as whole (read_only)")
        database.execute(
            """create table deals as select d.*, rep, product from whole.crm.deals as d
               left join whole.crm.reps using (rep_key) left join whole.crm.products using (product_key)"""
        )
    with running("bench/plain_page.py", str(rows), log=folder / "plain.log") as address:
        yield address
