"""Pictures of every page: `python -m bench.screens [FOLDER]`. To be looked at by a person; nothing is judged here.

The demo company and, where its files are, a real export; a projector's and a phone's size; light and dark; both
languages. What takes longest is drawing, so pages of one look share a browser page.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from bench.browser import PHONE, ROOT, launch, serving, settled
from ui.navigation import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIZES = {"wide": (1920, 1080), "phone": (390, 844)}
LANGUAGES = ("en", "zh-CN")
SCHEMES = ("light", "dark")
VIEW = "period=last_12_months&compare=previous"
TALLEST = 6_000


def pages(store: Path) -> dict[str, str]:
    """The address of every page by its name, one deal of this store among them."""
    from data.store import open_store

    opened = open_store(store)
    with opened.snapshot() as seen:
        deal = seen.frame("select deal_id from crm.deals order by amount desc nulls last, deal_id limit 1")
    opened.close()
    listed = {entry.stem: f"/{entry.stem}?{VIEW}" for entry in PAGES if entry.is_listed}
    return listed | {"deal": f"/deal?id={deal['deal_id'][0]}"}


def stores(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Name, own store and demo store of each company to be shown."""
    from data.demo import build
    from data.store import open_store

    for lang in LANGUAGES:
        yield f"demo-{lang}", folder / "none.duckdb", build(folder / f"demo-{lang}.duckdb", lang=lang, deals=6000)
    files = Path(os.environ.get("SALES_REAL_DATA") or ROOT.parent / "shared" / "data") / "maven_crm" / "original"
    if files.exists():
        from data.ingest import plan, run

        store = open_store(folder / "maven.duckdb")
        run(store, plan(sorted(files.glob("*.csv"))))
        store.close()
        yield "maven", store.path, folder / "none-demo.duckdb"


def looks(company: str) -> Iterator[tuple[str, str, str]]:
    """Language, size and scheme of each round; a demo company speaks one language only."""
    for lang, size, scheme in product(LANGUAGES, SIZES, SCHEMES):
        if not company.startswith("demo-") or company == f"demo-{lang}":
            yield lang, size, scheme


def take(browser: Browser, address: str, paths: dict[str, str], look: tuple[str, str, str], folder: Path) -> list[Path]:
    """One picture per page, as high as the page is."""
    lang, size, scheme = look
    width, height = SIZES[size]
    more: dict[str, Any] = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if size == "phone" else {}
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, locale=lang, **more)
    made = []
    for name, path in paths.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{address}{path}&lang={lang}")
        settled(page)
        full = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": min(max(int(full), height), TALLEST)})
        settled(page)
        file = folder / f"{name}-{lang}-{size}-{scheme}.png"
        page.screenshot(path=file)
        made.append(file)
    page.close()
    return made


def main(target: Path) -> None:
    """Take all pictures and print their list."""
    with tempfile.TemporaryDirectory(prefix="sales-screens-") as kept, sync_playwright() as playwright:
        browser = launch(playwright)
        for company, own, demo in stores(Path(kept)):
            folder = target / company
            folder.mkdir(parents=True, exist_ok=True)
            paths = pages(own if own.exists() else demo)
            with serving(own, demo, log=Path(kept) / f"{company}.log") as address:
                for look in looks(company):
                    for file in take(browser, address, paths, look, folder):
                        print(file)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "screens")
