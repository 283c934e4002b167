"""The report on paper: Chromium prints a page for each step, a second one where it says so, one before, one behind."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page

from data.rep_facts import facts
from data.rep_sheet import sheet
from data.review.kinds import asked_as
from data.review.printed import page as printed
from data.review.taken import report
from data.store import open_store
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.data.review.made import report as made


def _pages(page: Page, html: str) -> int:
    page.set_content(html)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_each_step_is_one_page_or_goes_on_to_a_second(page: Page, demo_path: Path, tmp_path: Path, lang: str) -> None:
    copy = tmp_path / "store.duckdb"
    copy.write_bytes(demo_path.read_bytes())
    with closing(open_store(copy)) as store, store.snapshot() as seen:
        told = report(asked_as("weekly", seen, EVERYTHING, lang))
        day = seen.as_of
        assert day is not None
        year = View(as_of=day, from_on=date(day.year - 1, day.month, 1), to_on=day)
        person = sheet(facts(seen, EVERYTHING, seen.values("rep", EVERYTHING)[0] or "", year), lang, "CNY")
    assert len(told.chapters) >= 8
    html = printed(told)
    assert _pages(page, html) == len(told.chapters) + html.count('"paper onward"') + 2
    assert _pages(page, person) == 1, "a salesperson"


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_so_is_one_with_a_long_list(page: Page, lang: str) -> None:
    told = made(lang)
    assert _pages(page, printed(told)) == len(told.chapters) + 2
