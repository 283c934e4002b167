"""Uploads that do not go smoothly: a file that is none, and rows that are refused. The smooth way is test_story.py."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.browser import settled
from tests.e2e.conftest import Serve, first_asked

pytestmark = pytest.mark.browser

DAY = date(2024, 6, 30)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Thirty deals as a CRM writes them: ten won for 1,000 each, ten lost, ten open."""
    file = tmp_path / "opportunities 2024-06-30.csv"
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow(
            [
                "Opportunity ID",
                "Opportunity Name",
                "Account Name",
                "Opportunity Owner",
                "Stage",
                "Amount",
                "Close Date",
                "Created Date",
            ]
        )
        for number in range(30):
            stage = ("Closed Won", "Closed Lost", "Prospecting")[number % 3]
            closed, created = DAY - timedelta(days=number), DAY - timedelta(days=60 + number)
            writer.writerow(
                [
                    f"006{number:015d}",
                    f"Deal {number}",
                    f"Account {number % 4}",
                    f"Rep {number % 2}",
                    stage,
                    "1,000.00",
                    closed,
                    created,
                ]
            )
    return file


@pytest.fixture(scope="module")
def office(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for both files: one of them leaves nothing behind."""
    with serve(tmp_path_factory.mktemp("office")) as address:
        yield address


def load(page: Page, address: str, file: Path) -> None:
    first_asked(page, address, "uploading")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Load this file").click()
    expect(page.get_by_text("Loaded", exact=True)).to_be_visible()
    settled(page)


def test_a_file_that_is_none_is_refused_in_words(office: str, page: Page, tmp_path: Path) -> None:
    binary = tmp_path / "photo.csv"
    binary.write_bytes(bytes(range(256)) * 40)
    first_asked(page, office, "uploading")
    page.set_input_files("input[type=file]", binary)
    expect(page.get_by_test_id("stAlert").filter(has_text="photo.csv").first).to_be_visible()
    assert page.get_by_role("button", name="Load this file").count() == 0
    assert page.get_by_text("Traceback").count() == 0


def test_refused_rows_are_taken_away_corrected_and_loaded(
    office: str, page: Page, export: Path, tmp_path: Path
) -> None:
    export.write_text(export.read_text(encoding="utf-8-sig").replace('"1,000.00"', "much", 1), encoding="utf-8")
    load(page, office, export)
    expect(page.get_by_text("29 new, 0 changed, 0 unchanged, 1 refused")).to_be_visible()
    page.goto(f"{office}/history?lang=en")
    settled(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Refused rows as a file").click()
    refused = tmp_path / taken.value.suggested_filename
    rows = list(csv.reader(Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    rows[1][rows[1].index("much")] = "1,000.00"
    with refused.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)
    assert refused.name == "opportunities 2024-06-30 refused.csv"
    load(page, office, refused)
    expect(page.get_by_text("1 new, 0 changed, 0 unchanged, 0 refused")).to_be_visible()
