"""The meeting on a wall: letters of twenty pixels, all of it on the screen, keys, notes, the clock, a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from bench.browser import PHONE, settled
from data.review.agenda import steps
from tests.e2e.conftest import Context, Serve
from ui.text import LANGUAGES

pytestmark = pytest.mark.browser

WALL = {"width": 1920, "height": 1080}
STEPS = list(steps())
SMALL = """() => {
    const found = [];
    const look = root => {
        for (const node of root.querySelectorAll('*')) {
            if (node.shadowRoot) look(node.shadowRoot);
            if (node.closest('style, script')) continue;
            const box = node.getBoundingClientRect(), style = getComputedStyle(node);
            if (box.width < 2 || box.height < 2 || style.visibility === 'hidden') continue;
            const texts = [...node.childNodes].filter(one => one.nodeType === 3 && one.textContent.trim());
            if (texts.length && parseFloat(style.fontSize) < 20)
                found.push(`${node.tagName} ${style.fontSize} ${texts[0].textContent.trim().slice(0, 40)}`);
        }
    };
    look(document.querySelector('[data-testid=stApp]'));
    return found;
}"""
"""Every text that is drawn in letters of less than twenty pixels, inside components and drawings too."""
LETTERS = "getComputedStyle(document.documentElement).fontSize"
BELOW = """() => {
    const main = document.querySelector('[data-testid=stMain]'), foot = document.querySelector('.st-key-stage_foot');
    const edge = foot.getBoundingClientRect().top;
    const cut = [...document.querySelectorAll('.st-key-stage_evidence, .st-key-stage_tail')]
        .filter(one => one.getBoundingClientRect().bottom > edge + 1).map(one => one.className);
    return { scrolls: main.scrollHeight - main.clientHeight, cut };
}"""


def step(page: Page) -> str:
    """The step that the address names."""
    found = re.search(r"[?&]step=(\w+)", page.url)
    return found[1] if found else STEPS[0]


def begun(page: Page, address: str, lang: str) -> None:
    page.set_viewport_size(WALL)  # type: ignore[arg-type]
    page.goto(f"{address}/weekly?lang={lang}")
    settled(page)
    page.locator(".st-key-review-begin button").first.click()
    page.wait_for_url("**meeting=**")
    settled(page)


def left(page: Page) -> None:
    """Nothing is fetched any more when the server ends."""
    settled(page)
    page.goto("about:blank")


def pressed(page: Page, key: str, comes: str) -> None:
    page.keyboard.press(key)
    page.wait_for_url(f"**step={comes}**")
    settled(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_of_it_is_readable_across_a_room(lang: str, fresh: Serve, page: Page) -> None:
    with fresh() as address:
        begun(page, address, lang)
        for at, name in enumerate(STEPS):
            if at:
                pressed(page, "ArrowRight", name)
            page.wait_for_function("document.querySelector('.st-key-stage_foot')")
            page.wait_for_timeout(700)  # the evidence takes the room that is left
            assert page.get_by_test_id("stPageLink-NavLink").count() == 0, "no menu stands around a meeting"
            size = page.locator(".st-key-stage_head h1").first.evaluate(
                "one => parseFloat(getComputedStyle(one).fontSize)"
            )
            assert size >= 40, f"{name}: the finding is {size} px"
            assert not page.evaluate(SMALL), name
            found = page.evaluate(BELOW)
            assert found["scrolls"] <= 0, f"{name} is higher than the wall"
            assert not found["cut"], f"{name}: {found['cut']} is below the edge"


def test_keys_notes_clock_and_the_end(fresh: Serve, page: Page) -> None:
    with fresh() as address:
        begun(page, address, "en")
        for key, comes in (
            ("ArrowRight", STEPS[1]), ("PageDown", STEPS[2]), (" ", STEPS[3]), ("ArrowLeft", STEPS[2]),
            ("PageUp", STEPS[1]), ("End", STEPS[-1]), ("Home", STEPS[0]), ("ArrowRight", STEPS[1]),
        ):  # fmt: skip
            pressed(page, key, comes)
        before = page.locator(".spent").inner_text()
        page.wait_for_timeout(1500)
        assert page.locator(".spent").inner_text() != before, "the clock runs without the script"
        page.keyboard.press("f")
        page.wait_for_function("document.fullscreenElement")
        page.keyboard.press("f")
        page.wait_for_function("!document.fullscreenElement")

        page.locator(".st-key-meeting-notes_open label").first.click()
        note = page.locator(".st-key-stage_foot textarea")
        note.fill("We talked about it.")
        for key in ("ArrowLeft", "PageDown", " ", "End", "f"):
            note.press(key)
        assert step(page) == STEPS[1], "whoever types does not change the step"
        assert not page.evaluate("Boolean(document.fullscreenElement)")
        page.locator(".st-key-meeting_next button").first.click()
        page.wait_for_url(f"**step={STEPS[2]}**")
        settled(page)
        page.locator(".st-key-meeting_finish button").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("We talked about it.")).to_be_visible()
        page.locator(".st-key-meeting_end button").first.click()
        page.wait_for_url("**minutes=1**")
        expect(page.get_by_text("We talked about it.").first).to_be_visible()
        expect(page.get_by_test_id("stPageLink-NavLink").first).to_be_visible()
        left(page)


def test_a_decision_leaves_the_stage_as_it_is(fresh: Serve, page: Page) -> None:
    with fresh() as address:
        begun(page, address, "en")
        foot = page.locator(".st-key-stage_foot").bounding_box()
        assert foot
        assert (foot["x"], foot["width"]) == (0, WALL["width"]), "no menu stands over the foot"
        before = page.evaluate(LETTERS)
        pressed(page, "End", STEPS[-1])
        page.locator(".st-key-meeting_decide button").click()
        dialog = page.get_by_role("dialog")
        what = dialog.get_by_test_id("stTextInput").locator("input").first
        what.fill("Call the buyer")
        what.press("Tab")
        settled(page)
        dialog.get_by_role("button", name="Decide", exact=False).last.click()
        expect(dialog.get_by_text("Decided: Call the buyer")).to_be_visible()
        expect(dialog.get_by_text("Nothing has been decided yet.")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        settled(page)
        assert page.evaluate(LETTERS) == before
        assert not page.evaluate(SMALL)
        expect(page.get_by_test_id("stHeader")).to_be_hidden()
        expect(page.locator(".st-key-stage_evidence").get_by_text("Call the buyer").first).to_be_visible()
        left(page)


def test_arrows_leave_what_is_open_alone_and_each_counts(fresh: Serve, page: Page) -> None:
    with fresh() as address:
        begun(page, address, "en")
        page.locator(".st-key-meeting_decide button").click()
        dialog = page.get_by_role("dialog")
        what = dialog.get_by_test_id("stTextInput").locator("input").first
        what.fill("Call the buyer")
        for key in ("ArrowRight", "ArrowLeft", "PageDown"):
            what.press(key)
        dialog.get_by_role("heading").first.click()
        for key in ("ArrowRight", "PageDown", "End", "ArrowLeft"):
            page.keyboard.press(key)
        page.wait_for_timeout(1000)
        settled(page)
        assert step(page) == STEPS[0]
        expect(what).to_have_value("Call the buyer")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        settled(page)
        for _ in range(5):
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(60)
        page.wait_for_url(f"**step={STEPS[5]}**")
        settled(page)
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
        page.wait_for_url(f"**step={STEPS[2]}**")
        settled(page)
        page.wait_for_timeout(500)
        assert step(page) == STEPS[2]
        left(page)


def test_a_mark_a_value_and_a_row_open_what_is_behind(fresh: Serve, page: Page) -> None:
    with fresh() as address:
        begun(page, address, "en")
        page.goto(f"{address}/weekly?lang=en&meeting=1&step=changes")
        settled(page)
        page.locator("[class*=st-key-meeting-value-changes-0] button").first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        bar = page.locator(".st-key-stage_evidence .barlayer .point path").first
        box = bar.bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.goto(f"{address}/weekly?lang=en&meeting=1&step=deals")
        settled(page)
        page.locator("tr[role=button]").first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        left(page)


def test_a_phone_shows_it_too(fresh: Serve, page: Page, context: Context) -> None:
    with fresh() as address:
        begun(page, address, "zh-CN")
        opened = context(viewport={"width": 390, "height": 844}, user_agent=PHONE, is_mobile=True, has_touch=True)
        phone = opened.new_page()
        for name in STEPS:
            phone.goto(f"{address}/weekly?lang=zh-CN&meeting=1&step={name}")
            settled(phone)
            for place in ("html", "[data-testid=stMain]"):
                wide, room = phone.evaluate(
                    f"(one => [one.scrollWidth, one.clientWidth])(document.querySelector('{place}'))"
                )
                assert wide <= room + 1, f"{name}: {place} is wider than the phone"
            cut = phone.evaluate(
                "[...document.querySelectorAll('[data-testid=stMetricValue] *')].filter(one => one.scrollWidth >"
                " one.clientWidth + 1 && one.clientWidth && getComputedStyle(one).overflowX !== 'visible').length"
            )
            assert not cut, f"{name}: a number is cut off"
