"""Names that try to act, in a real browser: no script runs, nothing comes from elsewhere, no name becomes markup.

Each page is opened as a reader goes from page to page, by the menu: to start the browser's programs anew for each would
take longer than all that is looked at. That a link alone opens each of them as well is asked of the server.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Dialog, Page, Request, expect

from bench.browser import serving, settled
from tests.e2e.conftest import FIRST_ASKED, first_asked, forget
from tests.e2e.linked import check_link
from tests.hostile import copied_to
from ui.navigation import PAGES
from ui.text import texts

pytestmark = pytest.mark.browser
LINKED = tuple(entry.stem for entry in PAGES if entry.stem != "deal")
"""The pages that are opened by their names alone."""
PLACES = (
    "explore?period=all&measures=won_amount,win_rate&by=rep",
    "explore?period=all&measures=won_amount&by=own&as=table",
    "funnel?period=all&by=team",
)
_ACTED = """() => [
    ...document.querySelectorAll(`img[onerror], [src*="evil.example"], [href*="evil.example"], [href^="javascript:"],
        [href^="mailto:"], .katex, [data-testid=stMarkdownContainer] :is(del, blockquote, table, pre)`),
    ...[...document.querySelectorAll('script')].filter(one => /pwned/.test(one.textContent)),
    ...[...document.querySelectorAll(':is(b, strong, em, h1, h2, code, tspan, [style*="bold"])')]
        .filter(one => one.textContent.trim() === 'pwned'),
    ...[...document.querySelectorAll('[data-testid=stIconMaterial]')].filter(one => /bug_report/.test(one.textContent)),
].map(one => one.outerHTML.slice(0, 300))"""
_ESCAPES = re.compile(r"\\[`*_{}\[\]()#+.!|<>~$:&=-]")


def check(page: Page, place: str) -> None:
    """Nothing of what a name says has happened, and no backslash stands before its signs."""
    assert page.evaluate("typeof window.pwned === 'undefined' || window.pwned instanceof Node"), place
    acted = page.evaluate(_ACTED)
    assert not acted, (place, acted)
    text = page.locator("body").inner_text()
    assert not _ESCAPES.search(text.replace("$$\\frac", "")), (place, _ESCAPES.findall(text))


def point_at_marks(page: Page, place: str) -> bool:
    """Hold the pointer over the first marks of each drawing; whether any said something."""
    has_spoken = False
    for plot in page.locator(".js-plotly-plot").all():
        for mark in plot.locator(".points path, .point path").all()[:3]:
            box = mark.bounding_box()
            if not box:
                continue
            mark.scroll_into_view_if_needed()
            box = mark.bounding_box() or box
            page.mouse.move(box["x"] + min(box["width"] / 2, 8), box["y"] + box["height"] / 2)
            page.wait_for_timeout(120)
            has_spoken = has_spoken or plot.locator(".hoverlayer text").count() > 0
            check(page, f"{place}, pointer")
    return has_spoken


def by_menu(page: Page, stem: str) -> None:
    """Go to a page by the menu's link, which keeps the page's own address."""
    page.get_by_test_id("stSidebar").locator(f'a[href^="{stem}?"]').filter(visible=True).first.click()
    expect(page.get_by_role("heading", name=texts("en")[f"page.{stem}"], exact=True)).to_be_visible()
    settled(page)
    assert page.get_by_text(re.compile("page not found", re.IGNORECASE)).count() == 0


def test_no_name_acts_in_a_browser(page: Page, tmp_path: Path, subtests: pytest.Subtests) -> None:
    store = copied_to(tmp_path / "company.duckdb")
    with store.snapshot() as seen:
        deal = seen.frame("select deal_id from crm.deals where deal like '%script%' limit 1")["deal_id"][0]
    store.close()
    spoken, elsewhere = 0, []

    def spoke(dialog: Dialog) -> None:
        elsewhere.append(dialog.message)
        dialog.dismiss()

    def asked(request: Request) -> None:
        if urlsplit(request.url).hostname not in {"127.0.0.1", None}:
            elsewhere.append(request.url)

    page.on("dialog", spoke)
    page.on("request", asked)
    with serving(store.path, tmp_path / "demo.duckdb", log=tmp_path / "log", SALES_VIEWER="u1@example.com") as address:
        for place in (*LINKED, *PLACES):
            with subtests.test(place=place):
                if place == FIRST_ASKED["hostile"]:
                    first_asked(page, address, "hostile")
                elif place in LINKED:
                    by_menu(page, place)
                    check_link(address, place, texts("en")[f"page.{place}"])
                else:
                    page.goto(f"{address}/{place}&lang=en")
                    settled(page)
                check(page, place)
                spoken += point_at_marks(page, place)
        forget(page)
        page.goto(f"{address}/deal?lang=zh-CN")
        settled(page)
        page.get_by_test_id("stSidebar").get_by_role("textbox").or_(page.get_by_role("searchbox")).first.fill("script")
        page.get_by_test_id("stSidebar").get_by_text("<script>window.pwned=1</script>").first.wait_for()
        check(page, "search")
        page.evaluate("id => { location.search = '?lang=zh-CN&id=' + encodeURIComponent(id) }", deal)
        page.get_by_role("heading", name="<script>window.pwned=1</script>").first.wait_for()
        settled(page)
        check(page, "deal")
    page.remove_listener("dialog", spoke)
    page.remove_listener("request", asked)
    assert not elsewhere
    assert spoken, "no drawing said anything under the pointer: the test looked at none"
