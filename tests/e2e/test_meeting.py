"""The meeting on a wall: keys, notes, the clock, decisions, what opens on it, a phone.

Each of its steps is read across a room in test_week_to_week.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from bench.browser import PHONE, settled
from data.review.agenda import steps
from tests.e2e.conftest import Context, Serve, first_asked
from tests.e2e.wall import SMALL, WALL

pytestmark = pytest.mark.browser

STEPS = list(steps())
NO_TIME = "performance.now = (at => () => at)(performance.now())"
"""For the page no time passes: a machine too busy to show a step at once is no presenter who paused between keys."""
LETTERS = "getComputedStyle(document.documentElement).fontSize"


def step(page: Page) -> str:
    """The step that the address names."""
    found = re.search(r"[?&]step=(\w+)", page.url)
    return found[1] if found else STEPS[0]


def meeting(page: Page) -> str:
    """The meeting that the address names."""
    found = re.search(r"[?&]meeting=(\d+)", page.url)
    assert found, page.url
    return found[1]


@pytest.fixture(scope="module")
def room(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for these tests: each comes into the meeting that is open, or begins one."""
    with serve(tmp_path_factory.mktemp("room")) as address:
        yield address


def begun(page: Page, address: str, lang: str) -> None:
    page.set_viewport_size(WALL)
    first_asked(page, address, "meeting", lang)
    page.locator(".st-key-review-begin button").first.click()
    page.wait_for_url("**meeting=**")
    settled(page)


def pressed(page: Page, key: str, comes: str) -> None:
    page.keyboard.press(key)
    page.wait_for_url(f"**step={comes}**")
    settled(page)


def test_a_decision_leaves_the_stage_as_it_is(room: str, page: Page) -> None:
    begun(page, room, "en")
    foot = page.locator(".st-key-stage_foot").bounding_box()
    assert foot
    assert (foot["x"], foot["width"]) == (0, WALL["width"]), "no menu stands over the foot"
    before = page.evaluate(LETTERS)
    pressed(page, "End", STEPS[-1])
    page.locator(".st-key-meeting_decide button").click()
    dialog = page.get_by_role("dialog")
    what = dialog.get_by_label("What is to be done")
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


def test_arrows_leave_what_is_open_alone_and_each_counts(room: str, page: Page) -> None:
    begun(page, room, "en")
    page.locator(".st-key-meeting_decide button").click()
    dialog = page.get_by_role("dialog")
    what = dialog.get_by_label("What is to be done")
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
    page.evaluate(NO_TIME)
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
    page.evaluate("delete performance.now")


def test_a_mark_a_value_and_a_row_open_what_is_behind(room: str, page: Page) -> None:
    begun(page, room, "en")
    more = page.locator(".st-key-stage_evidence button.more")
    on_wall = page.locator(".st-key-stage_evidence tbody tr:visible").count()
    left = int(more.inner_text().split()[0])
    more.click()
    expect(page.get_by_role("dialog").locator("tbody tr:visible")).to_have_count(on_wall + left)
    page.keyboard.press("Escape")
    page.goto(f"{room}/weekly?lang=en&meeting={meeting(page)}&step=changes")
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
    page.goto(f"{room}/weekly?lang=en&meeting={meeting(page)}&step=deals")
    settled(page)
    page.locator("tr[role=button]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_phone_shows_it_too(room: str, page: Page, context: Context) -> None:
    begun(page, room, "zh-CN")
    number = meeting(page)
    opened = context(viewport={"width": 390, "height": 844}, user_agent=PHONE, is_mobile=True, has_touch=True)
    phone = opened.new_page()
    for name in STEPS:
        phone.goto(f"{room}/weekly?lang=zh-CN&meeting={number}&step={name}")
        settled(phone)
        for place in ("html", "[data-testid=stMain]"):
            wide, visible = phone.evaluate(
                f"(one => [one.scrollWidth, one.clientWidth])(document.querySelector('{place}'))"
            )
            assert wide <= visible + 1, f"{name}: {place} is wider than the phone"
        cut = phone.evaluate(
            "[...document.querySelectorAll('[data-testid=stMetricValue] *')].filter(one => one.scrollWidth >"
            " one.clientWidth + 1 && one.clientWidth && getComputedStyle(one).overflowX !== 'visible').length"
        )
        assert not cut, f"{name}: a number is cut off"


def test_keys_notes_clock_and_the_end(room: str, page: Page) -> None:
    begun(page, room, "en")
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
