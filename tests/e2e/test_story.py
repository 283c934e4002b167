"""The whole way of a manager's first two uploads, on a real CRM export: drop, answer, look, load, read, again, undo."""

from __future__ import annotations

import base64
import csv
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.browser import settled
from data.store import open_store
from data.truth import uploads
from tests.e2e.conftest import Serve, first_asked
from tests.rules.repository import ROOT

pytestmark = pytest.mark.browser
MAVEN = Path(os.environ.get("SALES_REAL_DATA") or ROOT.parent / "shared" / "data") / "maven_crm" / "original"
Row = dict[str, str]
DAYS = ("engage_date", "close_date")


@pytest.fixture
def deals() -> list[Row]:
    """The Maven pipeline, or deals made up like it, with every day moved to the first twelve of its month.

    Nothing tells days from months then.
    A deal's days stay in order either way round, for a reading in which deals close before they begin is none.
    """
    file = MAVEN / "sales_pipeline.csv"
    rows = made_up()
    if file.exists():
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    for row in rows:
        latest = 1
        for column in DAYS:
            if row[column]:
                day = date.fromisoformat(row[column])
                latest = max(latest, (day.day * 12 + 30) // 31)
                row[column] = day.replace(day=latest).isoformat()
    return rows


def made_up() -> list[Row]:
    """Deals in the same columns, for machines without the real export."""
    stages = ("Won", "Lost", "Engaging", "Prospecting")
    first = date(2017, 1, 2)
    return [
        {
            "opportunity_id": f"D{number:05}", "sales_agent": f"Rep {number % 7}", "product": f"Product {number % 4}",
            "account": ("Cancity", "Isdom", "Hottechi")[number % 3], "deal_stage": (stage := stages[number % 4]),
            "engage_date": str(first + timedelta(days=number)) if stage != "Prospecting" else "",
            "close_date": str(first + timedelta(days=number + 40)) if stage in ("Won", "Lost") else "",
            "close_value": {"Won": str(100 + number), "Lost": "0"}.get(stage, ""),
        }
        for number in range(300)
    ]  # fmt: skip


def saved(rows: list[Row], path: Path) -> Path:
    """The same as Excel in China saves it: GB18030, days before months; one customer has a Chinese name."""
    with path.open("w", encoding="gb18030", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        for row in rows:
            days = {column: "/".join(reversed(row[column].split("-"))) for column in DAYS}
            writer.writerow(row | days | {"account": row["account"].replace("Cancity", "坎城集团")})
    return path


def dropped(page: Page, address: str, file: Path) -> None:
    """Drag a file onto the upload page."""
    page.goto(f"{address}/upload?lang=en")
    settled(page)
    handed = page.evaluate_handle(
        """([name, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name));
            return data;
        }""",
        [file.name, _base64(file)],
    )
    zone = page.get_by_test_id("stFileUploaderDropzone")
    for event in ("dragenter", "dragover", "drop"):
        zone.dispatch_event(event, {"dataTransfer": handed})


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


def won(page: Page, address: str) -> str:
    """The won amount on the first page, over all time, to the unit."""
    page.goto(f"{address}/?lang=en&period=all")
    settled(page)
    card = page.get_by_role("button", name="Won amount").first
    card.wait_for()
    shown: str = page.get_by_test_id("stMetricValue").first.inner_text()
    return shown


def load(page: Page) -> None:
    page.get_by_role("button", name="Load this file").click()
    expect(page.get_by_text("Loaded", exact=True)).to_be_visible()
    settled(page)


def amount(rows: list[Row]) -> int:
    return sum(int(row["close_value"] or 0) for row in rows if row["deal_stage"] == "Won")


def test_from_a_dropped_export_to_its_numbers_to_the_next_one_and_back(
    serve: Serve, page: Page, deals: list[Row], tmp_path: Path, compact: Callable[[float], str]
) -> None:
    first = saved(deals, tmp_path / "商机 2018-01-01.csv")
    with serve(tmp_path) as address:
        first_asked(page, address, "story")
        dropped(page, address, first)
        # one question, since no day is above 12: with what the same cells would be in each reading
        expect(page.get_by_text("Day and month of the column", exact=False)).to_be_visible()
        assert page.get_by_test_id("stRadio").count() == 1
        assert page.get_by_role("button", name="Load this file").count() == 0, "nothing is loaded before the answer"
        page.get_by_test_id("stRadio").get_by_text("day / month / year").click()
        expect(page.get_by_text("What loading would do")).to_be_visible()
        load(page)
        expect(page.get_by_text(f"{len(deals):,} new, 0 changed, 0 unchanged, 0 refused")).to_be_visible()
        assert page.get_by_text("made-up company").count() == 0, "the company's own store is on screen now"
        assert won(page, address) == compact(amount(deals))

        # a week later: one deal won for a million, one more lost
        later = [dict(row) for row in deals]
        open_ones = [row for row in later if row["deal_stage"] == "Engaging"]
        open_ones[0] |= {"deal_stage": "Won", "close_date": "2018-01-05", "close_value": "1000000"}
        open_ones[1] |= {"deal_stage": "Lost", "close_date": "2018-01-06", "close_value": "0"}
        dropped(page, address, saved(later, tmp_path / "商机 2018-01-08.csv"))
        changed = page.get_by_text("2 rows would change, from what to what")
        expect(changed).to_be_visible()
        assert page.get_by_test_id("stRadio").count() == 0, "what was answered is not asked again"
        changed.click()
        load(page)
        expect(page.get_by_text(f"0 new, 2 changed, {len(deals) - 2:,} unchanged, 0 refused")).to_be_visible()
        after = amount(deals) + 1_000_000
        assert won(page, address) == compact(after)

        page.goto(f"{address}/history?lang=en")
        settled(page)
        effect = page.get_by_test_id("stMetric").filter(has_text="Won amount")
        expect(effect).to_contain_text(compact(after))
        expect(effect).to_contain_text(compact(amount(deals)))
        page.get_by_role("button", name="Take back").click()
        expect(page.get_by_role("button", name="Put back")).to_be_visible()
        settled(page)
        assert won(page, address) == compact(amount(deals))
    with open_store(tmp_path / "company.duckdb").snapshot() as seen:
        assert [(upload.encoding, upload.is_undone) for upload in uploads(seen)] == [
            ("gb18030", False),
            ("gb18030", True),
        ]
        assert "坎城集团" in seen.frame("select customer from crm.customers")["customer"]


@pytest.fixture
def compact() -> Callable[[float], str]:
    """An amount as a card writes it for an English reader."""
    from ui.numbers import money

    return lambda value: money(value, "en", None)
