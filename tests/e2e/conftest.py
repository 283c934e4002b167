"""The real server, a real browser, and stores of the tests' own."""

from __future__ import annotations

import errno
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from bench.browser import launch, serving, settled
from tests.small import watched_demo
from ui.text import texts

NOISE = ("_stcore/health", "_stcore/host-config")
"""On a deep link Streamlit asks for these below the page's path first; a 404 there is how it finds its root."""
DESKTOP: ViewportSize = {"width": 1600, "height": 1000}
PATIENCE = 150_000
"""Milliseconds: a busy machine is slow, not wrong."""
_LOUD = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AimEnabled", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding",
    "PreconnectToSearch",
)  # fmt: skip
"""What Chromium does for itself: the first two are pages of its own, opened anew with each window. Of such lists it
hears the last one only, so what playwright turns off is named once more."""
CALM = (
    "--force-prefers-reduced-motion",
    "--disable-gpu",
    f"--disable-features={','.join(_LOUD)}",
    "--js-flags=--no-opt --no-maglev",
)
"""Nothing here looks at what moves; a processor that draws the graphics as well draws a third more for it. To make
programs fast that run for seconds takes longer than it saves."""
STILL = """(() => {
    const stop = () => document.documentElement.append(Object.assign(document.createElement('style'),
        {textContent: '*, ::before, ::after { animation: none !important; transition: none !important }'}));
    document.documentElement ? stop() : addEventListener('DOMContentLoaded', stop);
})()"""
"""What moves while a page waits (it is told to rest, and does not) took more of the processor than all pages."""
FIRST_ASKED = {
    "hostile": "overview", "looking": "explore", "week en": "trends", "answering": "funnel", "week zh-CN": "targets",
    "story": "segments", "uploading": "upload", "meeting": "weekly",
}  # fmt: skip
"""The deep link that each server of these tests is asked for before anything else.

One into each section: what Streamlit does to it on a fresh server depends on the folder, not on the page.
"""
Serve = Callable[[Path], AbstractContextManager[str]]
Context = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = launch(playwright, *CALM)
        yield opened
        opened.close()


def made(browser: Browser, **how: Any) -> BrowserContext:
    """A browser's window of a desktop, or of what is said, in which nothing moves."""
    one = browser.new_context(**{"viewport": DESKTOP} | how)
    one.set_default_timeout(PATIENCE)
    one.add_init_script(STILL)
    return one


@pytest.fixture
def context(browser: Browser) -> Iterator[Context]:
    """Makes windows of other readers: of another language, with other colours, on a phone."""
    opened: list[BrowserContext] = []

    def new(**how: Any) -> BrowserContext:
        opened.append(made(browser, **how))
        return opened[-1]

    yield new
    for one in opened:
        one.close()


def _has_ended(address: str) -> bool:
    """Whether its server is no more: a test's own is stopped before the page is closed, which then says so."""
    found = urlsplit(address)
    if found.hostname is None or found.port is None:
        return False
    with socket.socket() as tried:
        return tried.connect_ex((found.hostname, found.port)) == errno.ECONNREFUSED


@pytest.fixture(scope="session")
def desktop(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Gives the one page of a desktop browser: Chromium keeps what it has compiled as long as the page is there."""
    opened: list[Page] = []

    def given() -> Page:
        if not opened or opened[-1].is_closed():
            opened.append(made(browser, locale="en-US", accept_downloads=True).new_page())
        return opened[-1]

    yield given
    for page in opened:
        page.context.close()


@contextmanager
def heard(page: Page) -> Iterator[Page]:
    """Meanwhile the console tells of no error; afterwards the page is left, and remembers nobody."""
    errors: list[str] = []

    def told(message: ConsoleMessage) -> None:
        where = message.location["url"]
        if message.type == "error" and not any(part in where for part in NOISE) and not _has_ended(where):
            errors.append(f"{message.text} ({message.location['url']})")

    def failed(error: Error) -> None:
        errors.append(str(error))

    page.on("console", told)
    page.on("pageerror", failed)
    yield page
    forget(page)
    page.goto("about:blank")
    page.remove_listener("console", told)
    page.remove_listener("pageerror", failed)
    assert not errors, errors


@pytest.fixture
def page(desktop: Callable[[], Page]) -> Iterator[Page]:
    """A desktop browser's page that has been nowhere, and fails its test when the console tells of an error."""
    opened = desktop()
    opened.set_viewport_size(DESKTOP)
    opened.emulate_media(color_scheme="light")
    with heard(opened):
        yield opened


def forget(page: Page) -> None:
    """The reader of what comes next has never been here."""
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.context.clear_cookies()


@pytest.fixture(scope="session")
def demo_path() -> Path:
    """A small demo company, made once, its risks looked at; servers get copies."""
    return watched_demo()


@pytest.fixture(scope="session")
def serve(demo_path: Path) -> Serve:
    """A server process with a demo company of its own, for tests that change something."""

    def start(folder: Path) -> AbstractContextManager[str]:
        demo = folder / "demo.duckdb"
        if not demo.exists():
            shutil.copy(demo_path, demo)
        return serving(folder / "company.duckdb", demo, log=folder / "log")

    return start


@pytest.fixture(scope="session")
def served(serve: Serve, desktop: Callable[[], Page], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server on the demo company, for tests that leave its numbers as they are."""
    with serve(tmp_path_factory.mktemp("served")) as address:
        with heard(desktop()) as page:
            first_asked(page, address, "looking")
        yield address


def first_asked(page: Page, address: str, who: str, lang: str = "en") -> None:
    """The very first request to a server is a deep link (`FIRST_ASKED`), and it leads there."""
    opened_by_link(page, address, FIRST_ASKED[who], lang)


def opened_by_link(page: Page, address: str, stem: str, lang: str = "en") -> None:
    """The page is there, inside the frame, and nobody is told for a moment that there is none."""
    page.goto(f"{address}/{stem}?lang={lang}")
    page.get_by_test_id("stSidebar").wait_for()
    assert page.get_by_text(re.compile("page not found", re.IGNORECASE)).count() == 0
    settled(page)
    assert page.get_by_text(re.compile("page not found", re.IGNORECASE)).count() == 0
    expect(page.get_by_role("heading", name=texts(lang)[f"page.{stem}"], exact=True)).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink").first).to_be_visible()
