"""A real server and a real browser: what the browser tests and the pictures stand on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

ROOT = Path(__file__).parent.parent
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
_LOOK_EVERY = 100
"""Milliseconds: asked in every frame, as it otherwise is, a browser draws frames for nothing else."""
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SETTLED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
        && document.querySelector('[data-testid="stMain"] h1, [data-testid="stMain"] [data-testid="stAlert"]')
        && !document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]');
}"""


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(store: Path, demo: Path, *, log: Path, port: int | None = None, **variables: str) -> Iterator[str]:
    """The app in a process of its own, as people start it; gives its address.

    Args:
        store: the company's own store. demo: the demo company's.
        log: where the server writes what it says.
        port: a free one unless named.
        **variables: further environment variables.
    """
    chosen = {"SALES_STORE": str(store), "SALES_DEMO_STORE": str(demo), "SALES_SETTINGS": str(log) + ".none"}
    with running("app.py", log=log, port=port, **chosen | variables) as address:
        yield address


@contextmanager
def running(script: str, *arguments: str, log: Path, port: int | None = None, **variables: str) -> Iterator[str]:
    """A script of Streamlit in a process of its own; gives its address once it is healthy.

    Args:
        script: its path below the checkout. *arguments: what it is told.
        log: where the server writes what it says.
        port: a free one unless named.
        **variables: further environment variables.
    """
    at = port or free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SALES_", "STREAMLIT_"))}
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(at)]
    command += ["--", *arguments] if arguments else []
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment | variables, stdout=out, stderr=out)
    address = f"http://127.0.0.1:{at}"
    try:
        wait_for(f"{address}/_stcore/health", process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 150) -> None:
    """Wait until a server answers at `url`; it did not start if its process ends before."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own server on 127.0.0.1
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
        if process.poll() is not None:
            break
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """The machine's own Chromium, else the one that playwright brought.

    Args:
        playwright: what drives it. *arguments: further switches of Chromium.
    """
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *arguments])


def settled(page: Page, seconds: float = 150) -> Page:
    """Wait until the app has nothing more to do, and everything it sent is drawn."""
    for pause in (150, 0):
        page.wait_for_function(_SETTLED, timeout=seconds * 1000, polling=_LOOK_EVERY)
        page.wait_for_timeout(pause)
    return page
