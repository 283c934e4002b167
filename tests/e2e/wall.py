"""The wall that a meeting is shown on, and what must be true of every step on it."""

from __future__ import annotations

from playwright.sync_api import Page, ViewportSize

WALL: ViewportSize = {"width": 1920, "height": 1080}
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
_BELOW = """() => {
    const main = document.querySelector('[data-testid=stMain]'), foot = document.querySelector('.st-key-stage_foot');
    const edge = foot.getBoundingClientRect().top;
    const cut = [...document.querySelectorAll('.st-key-stage_evidence, .st-key-stage_tail')]
        .filter(one => one.getBoundingClientRect().bottom > edge + 1).map(one => one.className);
    return { scrolls: main.scrollHeight - main.clientHeight, cut };
}"""


def check_readable(page: Page, step: str) -> None:
    """All of a step is readable across a room: large letters, nothing beyond the wall, no menu around it."""
    page.wait_for_function("document.querySelector('.st-key-stage_foot')")
    page.wait_for_timeout(700)  # the evidence takes the room that is left
    assert page.get_by_test_id("stPageLink-NavLink").count() == 0, "no menu stands around a meeting"
    size = page.locator(".st-key-stage_head h1").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 40, f"{step}: the finding is {size} px"
    assert not page.evaluate(SMALL), step
    found = page.evaluate(_BELOW)
    assert found["scrolls"] <= 0, f"{step} is higher than the wall"
    assert not found["cut"], f"{step}: {found['cut']} is below the edge"
