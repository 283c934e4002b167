"""A file that leaves something open: the question on screen, its answer, and that it is not asked again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.browser import settled
from tests.e2e.conftest import Serve, first_asked

pytestmark = pytest.mark.browser

TEXT = (
    "Deal Name,Stage,Amount,Account Name,Created Date,Beauftragter\n"
    "x,Somewhere,5,A,2026-01-05,Ann\ny,Won,7,B,2026-01-05,Ann\nz,Somewhere,50,C,2026-01-06,Bob\n"
)


def test_an_unknown_stage_is_asked_once(serve: Serve, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(TEXT, "utf-8")
    with serve(tmp_path) as address:
        first_asked(page, address, "answering")
        page.goto(f"{address}/upload?lang=en")
        settled(page)
        page.set_input_files("input[type=file]", file)
        expect(page.get_by_text("What do these stages in “Stage” mean?")).to_be_visible()
        expect(page.get_by_text("Somewhere: 2 rows, 55.00")).to_be_visible()
        assert page.get_by_role("button", name="Load this file").count() == 0, "nothing is loaded before the answer"
        page.get_by_text("Columns, remarks and rows left out", exact=True).click()
        expect(page.get_by_text("Recognised by its columns: Deals (Usual column names) 83%")).to_be_visible()
        expect(page.get_by_test_id("stDataFrame").last).to_be_visible()
        page.get_by_role("radio", name="open").click()
        settled(page)
        page.get_by_role("button", name="Load this file").click()
        expect(page.get_by_text("3 new, 0 changed, 0 unchanged, 0 refused")).to_be_visible()

        page.goto(f"{address}/upload?lang=en")
        settled(page)
        expect(page.get_by_text("Remembered answers (1)")).to_be_visible()
        page.set_input_files("input[type=file]", file)
        page.get_by_role("button", name="Load this file").click()
        expect(page.get_by_text("0 new, 0 changed, 3 unchanged, 0 refused")).to_be_visible()
