"""A full weekly review in the browser, in both languages: begun, each step read, decided, ended; and the next one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Error, Locator, Page, expect

from bench.browser import serving, settled
from data.demo import SEED, Size, exports
from data.demo.company import WEEKS
from data.review.action_words import word
from data.review.agenda import steps, usual
from data.review.outcomes import outcomes_of
from tests.command_line import run
from tests.e2e.conftest import first_asked
from tests.e2e.wall import WALL, check_readable
from tests.small import DEALS
from ui.text import LANGUAGES, texts

pytestmark = pytest.mark.browser
NEXT = "deals_2026-06-24.csv"
TURNS = 3
"""Decisions that are added in the meeting."""
SHUT = 10_000
"""Milliseconds after which a list whose values cannot be clicked was shut by the page that was drawn anew."""
OPENED_AGAIN = 4


def clicked(page: Page | Locator, text: str) -> None:
    page.get_by_role("button", name=text, exact=False).first.click()


def stands_at(page: Page, at: int, lang: str) -> None:
    """Wait until a step is on the wall, and nothing of the app around it."""
    title = steps()[usual()[at].id].label.text(lang)
    expect(page.locator(".st-key-stage_where")).to_contain_text(f"{at + 1} · {title}")
    settled(page)
    assert page.get_by_test_id("stAlert").count() == 0, page.get_by_test_id("stAlert").first.inner_text()
    expect(page.locator("h1").first).not_to_be_empty()


def decided(page: Page, store: Path, lang: str) -> None:
    """Decide of the first deals on the wall that each is won within a week."""
    told, is_won = texts(lang), next(one for one in outcomes_of("deal") if one.id == "won").label.text(lang)
    clicked(page.locator(".st-key-stage_foot"), told["meeting.decide"])
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=told["decide.add"])).to_be_visible()
    for turn in range(TURNS):
        for place, option in ((0, page.get_by_role("option").nth(turn)), (1, page.get_by_role("option", name=is_won))):
            chosen(page, dialog.get_by_test_id("stSelectbox").nth(place), option.first)
        settled(page)
        clicked(dialog, told["decide.add"])
        for _ in range(60):
            if len(kept(store)) > turn:
                break
            page.wait_for_timeout(500)
        assert len(kept(store)) == turn + 1, dialog.inner_text()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settled(page)


def chosen(page: Page, box: Locator, option: Locator) -> None:
    """Choose from a list; where the page is drawn anew meanwhile and the list is shut, it is opened again."""
    for _ in range(OPENED_AGAIN):
        settled(page)
        if not option.is_visible():
            box.click()
        try:
            option.click(timeout=SHUT)
        except Error:
            continue
        return
    box.click()
    option.click()


def kept(store: Path) -> list[dict[str, Any]]:
    """The decisions that the store holds, asked of the running app."""
    ran = run("actions", "--show", "all", "--store", store, "--json")
    assert ran.code == 0, ran.err
    listed: list[dict[str, Any]] = ran.json["actions"]
    return listed


def a_week_later(deals: list[str], folder: Path) -> Path:
    """The next export: the first of these deals was won, everything else stands as it did."""
    last = [one for one in exports(Size(DEALS, True, SEED, WEEKS), "en") if one.table == "deals"][-1].rows
    is_won = pl.col("deal_id") == deals[0]
    changes = {"status": "won", "stage": "Won", "closed_on": "2026-06-22"}
    file = folder / NEXT
    last.with_columns(pl.all().cast(pl.String)).with_columns(
        pl.when(is_won).then(pl.lit(value)).otherwise(name).alias(name) for name, value in changes.items()
    ).write_csv(file)
    return file


def uploaded(page: Page, address: str, file: Path, lang: str) -> None:
    told = texts(lang)
    page.goto(f"{address}/upload?lang={lang}")
    settled(page)
    page.locator("input[type=file]").first.set_input_files(file)
    load = page.get_by_role("button", name=told["upload.load_one"])
    expect(load).to_be_enabled()
    load.click()
    expect(page.get_by_text(told["upload.done"], exact=True)).to_be_visible()
    settled(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_meeting_and_what_became_of_it_a_week_later(lang: str, page: Page, demo_path: Path, tmp_path: Path) -> None:
    told = texts(lang)
    store = Path(shutil.copy(demo_path, tmp_path / "company.duckdb"))
    page.set_viewport_size(WALL)
    with serving(store, tmp_path / "demo.duckdb", log=tmp_path / "log") as address:
        first_asked(page, address, f"week {lang}", lang)
        page.goto(f"{address}/weekly?lang={lang}")
        settled(page)
        clicked(page, told["review.begin"])
        for at, step in enumerate(usual()):
            stands_at(page, at, lang)
            check_readable(page, step.id)
            if step.id == "deals":
                decided(page, store, lang)
            if at + 1 < len(usual()):
                page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        stands_at(page, len(usual()) - 2, lang)
        page.keyboard.press("ArrowRight")
        stands_at(page, len(usual()) - 1, lang)
        clicked(page.locator(".st-key-stage_foot"), told["meeting.finish"])
        clicked(page.get_by_role("dialog"), told["meeting.end"])
        expect(page.get_by_text(told["review.state.held"], exact=False).first).to_be_visible()
        settled(page)

        made = kept(store)
        assert len(made) == TURNS
        deals = [str(one["subject"]) for one in made]
        uploaded(page, address, a_week_later(deals, tmp_path), lang)

        page.goto(f"{address}/weekly?lang={lang}")
        settled(page)
        clicked(page, told["review.begin"])
        stands_at(page, 0, lang)
        for at in range(1, len(usual())):
            page.keyboard.press("ArrowRight")
            stands_at(page, at, lang)
        finding = page.locator("h1").first.inner_text()
        assert word("outcomes", "done", lang) in finding
    outcomes = sorted(str(one["outcome"]) for one in kept(store))
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "not_moved", "overdue", "failed", "moved"}
