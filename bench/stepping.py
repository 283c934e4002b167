"""From the key for the next step of a meeting to a wall that stands still, in a real browser."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from bench.browser import launch, serving, settled
from bench.results import Measured
from bench.stores import copied, remove
from data.review.agenda import usual

_CHANGE = 300
"""Milliseconds in which the next step stands."""
_SCREENS = 3
"""So many screens that came into the meeting only now go through it: each step is shown the first time on each."""
_WALL = {"width": 1920, "height": 1080}
_PAUSE, _AT_REST = 3.0, 0.05
"""Seconds between two looks whether the server has anything to do, and which part of them it may be at work then."""
_WATCH = """() => {
    const clock = change => ['spent', 'total'].some(name => change.target.classList?.contains(name));
    const watch = new MutationObserver(changes => {
        if (!changes.every(clock)) window.quietSince = performance.now();
        for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) inside(node);
    });
    const look = root => watch.observe(root, {subtree: true, childList: true, attributes: true});
    const inside = node => [node, ...node.querySelectorAll('*')].forEach(one => one.shadowRoot && look(one.shadowRoot));
    look(document.querySelector('[data-testid="stMain"]'));
    inside(document.querySelector('[data-testid="stMain"]'));
    document.addEventListener('keydown', () => { window.pressedAt = performance.now(); }, true);
}"""
"""What moves on the wall, in lists and other components, too; a clock that runs on is no step that is still to come."""
_STANDS = """() => window.quietSince > window.pressedAt && performance.now() - window.quietSince > 700
    && document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning'"""


def of_store(store: Path, on: str) -> Iterator[Measured]:
    """A meeting of a store: each step from the key, once all of them are prepared; a copy of the store is written to.

    Args:
        store: the file. on: how large it is, in words.
    """
    copy = copied(store)
    taken: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, browser = Path(name), launch(playwright)
        with serving(copy, folder / "none.duckdb", log=folder / "log") as address:
            meeting = _begun(browser, address)
            _at_rest()
            for _ in range(_SCREENS):
                page = browser.new_page(viewport=_WALL, locale="en")  # type: ignore[arg-type]
                page.goto(meeting)
                taken.append(_gone_through(settled(page)))
                page.close()
        browser.close()
    remove(copy)
    for step in taken[0]:
        what = f"step {step} in Chromium, from the key to the settled wall, {on}"
        yield Measured("review", what, median(one[step] for one in taken), "ms", budget=_CHANGE)


def _begun(browser: Browser, address: str) -> str:
    """The address of a meeting that has been begun."""
    page = browser.new_page(viewport=_WALL, locale="en")  # type: ignore[arg-type]
    page.goto(f"{address}/weekly?lang=en")
    settled(page).locator(".st-key-review-begin button").first.click()
    page.wait_for_url("**meeting=**")
    address = settled(page).url
    page.close()
    return address


def _gone_through(page: Page) -> dict[str, float]:
    """Milliseconds to each step after the first."""
    page.evaluate(_WATCH)
    page.wait_for_timeout(1000)  # what its first step still fetches belongs to no step change
    taken = {}
    for one in usual()[1:]:
        page.keyboard.press("ArrowRight")
        page.wait_for_function(_STANDS, timeout=60_000, polling=100)
        if f"step={one.id}" not in page.url:
            raise RuntimeError(f"another step than {one.id} is shown: {page.url}")
        taken[one.id] = page.evaluate("window.quietSince - window.pressedAt")
    return taken


def _at_rest() -> None:
    """Wait until the server has nothing to do: every step is prepared then, and the register of risks looked at."""
    was = _worked()
    while True:
        time.sleep(_PAUSE)
        now = _worked()
        if now - was < _AT_REST * _PAUSE:
            return
        was = now


def _worked() -> float:
    """Seconds of processor time that the servers which we started have used."""
    ticks = 0
    for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        place = Path("/proc", child)
        if b"streamlit" in (place / "cmdline").read_bytes():
            told = (place / "stat").read_text().rpartition(")")[2].split()
            ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")
