"""The report on paper: Chromium prints one page for each step, and one before and one behind them."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page

from data.review.kinds import asked_as
from data.review.printed import page as printed
from data.review.taken import report
from data.store import open_store
from metrics.viewer import EVERYTHING
from tests.data.review.made import report as made


def _pages(page: Page, html: str) -> int:
    page.set_content(html)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_each_step_is_one_page(page: Page, demo_path: Path, tmp_path: Path, lang: str) -> None:
    copy = tmp_path / "store.duckdb"
    copy.write_bytes(demo_path.read_bytes())
    with closing(open_store(copy)) as store, store.snapshot() as seen:
        told = report(asked_as("weekly", seen, EVERYTHING, lang))
    assert len(told.chapters) >= 8
    assert _pages(page, printed(told)) == len(told.chapters) + 2


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_so_is_one_with_a_long_list(page: Page, lang: str) -> None:
    told = made(lang)
    assert _pages(page, printed(told)) == len(told.chapters) + 2
