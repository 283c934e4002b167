"""What a reader does in a browser: open a link, change the view, the language, the colours; click, take rows away."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from bench.browser import PHONE, settled
from tests.e2e.conftest import FIRST_ASKED, Context, opened_by_link
from tests.e2e.test_hostile import LINKED
from ui.navigation import PAGES
from ui.rows import ROW_HEIGHT

pytestmark = pytest.mark.browser


def link(page: Page, name: str) -> Locator:
    """A link of the menu; its tooltip holds a hidden twin."""
    return (
        page.get_by_test_id("stSidebar")
        .get_by_test_id("stPageLink-NavLink")
        .filter(has_text=name)
        .filter(visible=True)
        .first
    )


def test_a_deep_link_into_each_section_is_the_first_request_of_a_fresh_server() -> None:
    """The servers of all these tests are asked so (`first_asked`); this is that no section is left out."""
    section = {entry.stem: entry.section for entry in PAGES}
    assert {section[stem] for stem in FIRST_ASKED.values()} == set(section.values())


def test_a_deep_link_is_the_first_request_of_a_reader(served: str, page: Page) -> None:
    """To the page without a place in the menu; the others are opened so where names try to act (test_hostile.py)."""
    assert [entry.stem for entry in PAGES if entry.stem not in LINKED] == ["deal"]
    opened_by_link(page, served, "deal")


def test_the_language_follows_the_browser_then_the_choice(served: str, context: Context, page: Page) -> None:
    chinese = context(locale="zh-CN").new_page()
    chinese.goto(served)
    settled(chinese)
    assert "lang=zh-CN" in chinese.url
    expect(chinese.get_by_role("heading", name="总览", exact=True)).to_be_visible()
    chinese.close()

    page.goto(served)
    settled(page)
    assert "lang=en" in page.url
    page.get_by_test_id("stSidebar").get_by_text("中文", exact=True).click()
    expect(page.get_by_role("heading", name="总览", exact=True)).to_be_visible()
    settled(page)
    assert "lang=zh-CN" in page.url
    link(page, "设置").click()
    expect(page.get_by_role("heading", name="设置", exact=True)).to_be_visible()
    assert "lang=zh-CN" in page.url


def test_a_filter_goes_along_from_page_to_page_and_back(served: str, page: Page) -> None:
    page.goto(f"{served}/?lang=en&period=last_year")
    settled(page)
    page.get_by_role("button", name="Filters").click()
    page.get_by_test_id("stMultiSelect").filter(has_text="Team").locator("input").click()
    page.get_by_role("option").first.click()
    page.wait_for_url("**team=**")
    settled(page)
    page.keyboard.press("Escape")
    team = re.search(r"team=([^&]+)", page.url)
    assert team
    link(page, "Explore").click()
    page.wait_for_url("**/explore?**")
    settled(page)
    assert f"team={team[1]}" in page.url
    assert "period=last_year" in page.url
    page.go_back()
    settled(page)
    assert "/explore" not in page.url
    assert f"team={team[1]}" in page.url
    page.go_back()
    settled(page)
    assert "team=" not in page.url


def test_a_number_opens_its_meaning_and_its_rows(served: str, page: Page, tmp_path: Path) -> None:
    page.goto(f"{served}/?lang=en&period=last_12_months")
    settled(page)
    page.get_by_role("button", name="Won amount").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("tab", name="Rows").click()
    settled(page)
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="CSV").first.click()
    waiting.value.save_as(tmp_path / "rows.csv")
    raw = (tmp_path / "rows.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read Chinese"
    assert pl.read_csv(tmp_path / "rows.csv", infer_schema_length=0).height > 10
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Excel").first.click()
    waiting.value.save_as(tmp_path / "rows.xlsx")
    assert (tmp_path / "rows.xlsx").read_bytes().startswith(b"PK")


def test_a_click_on_a_bar_opens_the_rows_behind_it(served: str, page: Page) -> None:
    page.goto(f"{served}/explore?lang=en&period=last_12_months&measures=won_amount&by=team")
    settled(page)
    bar = page.locator(".plotly .bars .point path, .plotly .barlayer .point path").first
    bar.wait_for()
    box = bar.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("dialog")).to_be_visible(timeout=15_000)


def test_dark_reaches_the_page_and_its_charts(served: str, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{served}/?lang=en&period=last_12_months")
    settled(page)
    background = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert background == "rgb(16, 22, 29)"
    axis = page.locator(".plotly .xtick text").first
    axis.wait_for()
    fill = axis.evaluate("node => getComputedStyle(node).fill")
    assert min(int(part) for part in re.findall(r"\d+", fill)[:3]) > 120, f"dark text on a dark page: {fill}"


def test_a_phone_reaches_every_page(served: str, context: Context) -> None:
    opened = context(viewport={"width": 390, "height": 844}, user_agent=PHONE, is_mobile=True, has_touch=True)
    phone = opened.new_page()
    phone.goto(f"{served}/?lang=en&period=last_12_months")
    settled(phone)
    for name in ("Explore", "Glossary", "Settings"):
        phone.get_by_test_id("stPopoverButton").filter(has_text="Menu").click()
        phone.get_by_test_id("stPageLink-NavLink").filter(has_text=name).filter(visible=True).first.click()
        expect(phone.get_by_role("heading", name=name, exact=True)).to_be_visible()
        settled(phone)
        wider = phone.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
        assert not wider, f"{name} is wider than the phone"


def test_on_a_phone_a_row_is_touched_anywhere(served: str, context: Context) -> None:
    opened = context(viewport={"width": 390, "height": 844}, user_agent=PHONE, is_mobile=True, has_touch=True)
    phone = opened.new_page()
    phone.goto(f"{served}/segments?lang=en&about=customers")
    settled(phone)
    listed = phone.get_by_test_id("stDataFrame").first
    listed.scroll_into_view_if_needed()
    settled(phone)
    at = listed.bounding_box()
    assert at is not None
    phone.touchscreen.tap(at["x"] + 120, at["y"] + 1.5 * ROW_HEIGHT)
    expect(phone.get_by_role("dialog")).to_be_visible()


def test_search_finds_a_measure_and_a_deal(served: str, page: Page) -> None:
    page.goto(f"{served}/?lang=en")
    settled(page)
    box = page.get_by_test_id("stSidebar").get_by_role("textbox").or_(page.get_by_role("searchbox")).first
    box.fill("win rate")
    page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink").filter(has_text="Win rate").first.click()
    page.wait_for_url("**/glossary?**")
    settled(page)
    assert "measure=win_rate" in page.url


def test_a_view_is_saved_and_opened(served: str, page: Page) -> None:
    page.goto(f"{served}/explore?lang=en&period=last_year")
    settled(page)
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Name").fill("My year")
    page.get_by_role("button", name="Save this view").click()
    settled(page)
    page.goto(f"{served}/?lang=en")
    settled(page)
    page.get_by_role("button", name="Saved views").click()
    page.get_by_test_id("stPageLink-NavLink").filter(has_text="My year").first.click()
    page.wait_for_url("**/explore?**")
    assert "period=last_year" in page.url
