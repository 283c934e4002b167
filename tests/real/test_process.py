"""The Maven pipeline as two exports would have shown it, of the end of June and of September 2017: what changed.

Counted here from the file itself, without the program.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from tests.command_line import Company

pytestmark = pytest.mark.real

JUNE, SEPTEMBER = date(2017, 6, 30), date(2017, 9, 30)


def _rows(real: Path) -> list[dict[str, str]]:
    path = real / "maven_crm" / "original" / "sales_pipeline.csv"
    if not path.is_file():
        pytest.skip("the Maven export is not there")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _as_of(rows: list[dict[str, str]], day: date) -> list[dict[str, str]]:
    """What the CRM would have exported that evening: engaged by then; what closed later is still open."""
    found = []
    for row in rows:
        if not row["engage_date"] or date.fromisoformat(row["engage_date"]) > day:
            continue
        is_open = not row["close_date"] or date.fromisoformat(row["close_date"]) > day
        found.append(row | ({"deal_stage": "Engaging", "close_date": "", "close_value": ""} if is_open else {}))
    return found


def _load_full(company: Company, folder: Path, exports: dict[date, list[dict[str, str]]]) -> None:
    """Load a full export of each day."""
    for day, export in exports.items():
        path = folder / f"sales_pipeline_{day}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, export[0])
            writer.writeheader()
            writer.writerows(export)
        company.load(path, "--as-of", day, "--full")


def test_the_bridge_from_june_to_september(real: Path, company: Company, tmp_path: Path) -> None:
    rows = _rows(real)
    exports = {day: _as_of(rows, day) for day in (JUNE, SEPTEMBER)}
    _load_full(company, tmp_path, exports)
    was, now = ({row["opportunity_id"]: row for row in export} for export in exports.values())
    opened = {name for name, row in was.items() if row["deal_stage"] == "Engaging"}
    closed = {
        stage: {name for name, row in now.items() if row["deal_stage"] == stage} - (set(was) - opened)
        for stage in ("Won", "Lost")
    }
    won_amount = sum(int(now[name]["close_value"]) for name in closed["Won"])
    found = {row["cause"]: row for row in company("bridge", "--from", JUNE, "--to", SEPTEMBER).json["rows"]}
    deals = {cause: row["deals"] for cause, row in found.items() if row["deals"]}
    assert deals == {
        "start": len(opened),
        "new": sum(name not in was for name in now),
        "increased": len(closed["Won"] & opened),  # Maven has an amount on won deals only
        "won": len(closed["Won"]),
        "lost": len(closed["Lost"]),
        "end": sum(row["deal_stage"] == "Engaging" for row in now.values()),
    }
    assert found["won"]["amount"] == -won_amount
    asked = ("ask", "won_amount", "--from", "2017-07-01", "--to", "2017-09-30")
    assert won_amount == company(*asked).json["rows"][0]["won_amount"] == 2_982_255  # published


# --------------------------------------------------------------------------------------------- with money on open deals


def _priced(real: Path, export: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same export as of people who write the list price on an open deal; Maven leaves its amount blank."""
    with (real / "maven_crm" / "original" / "products.csv").open(encoding="utf-8", newline="") as file:
        prices = {row["product"].replace(" ", ""): row["sales_price"] for row in csv.DictReader(file)}
    return [
        row | ({"close_value": prices[row["product"].replace(" ", "")]} if row["deal_stage"] == "Engaging" else {})
        for row in export
    ]


def _expected(was: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> dict[str, tuple[int, int]]:
    """Each cause with its money and its deals, counted from the two exports alone."""
    blocks: dict[str, list[int]] = {}
    for name, after in now.items():
        before, stage = was.get(name), after["deal_stage"]
        worth = int(after["close_value"] or 0)
        if before is not None and before["deal_stage"] != "Engaging":
            continue  # closed before: in neither pipeline
        stood = int(before["close_value"]) if before else None
        if before is not None:
            blocks.setdefault("start", []).append(stood or 0)
        else:
            blocks.setdefault("new", []).append(worth)
        if stage == "Engaging":
            blocks.setdefault("end", []).append(worth)
        elif stage == "Won":
            blocks.setdefault("won", []).append(-worth)
            if stood is not None and worth != stood:
                blocks.setdefault("increased" if worth > stood else "decreased", []).append(worth - stood)
        else:
            blocks.setdefault("lost", []).append(-(stood or 0))
    return {cause: (sum(amounts), len(amounts)) for cause, amounts in blocks.items()}


def test_the_bridge_tells_prices_from_discounts_for_any_filter_and_scope(
    real: Path, company: Company, tmp_path: Path
) -> None:
    rows = _rows(real)
    exports = {day: _priced(real, _as_of(rows, day)) for day in (JUNE, SEPTEMBER)}
    company.load(
        *((real / "maven_crm" / "original" / f"{name}.csv") for name in ("sales_teams", "accounts", "products"))
    )
    _load_full(company, tmp_path, exports)
    with (real / "maven_crm" / "original" / "sales_teams.csv").open(encoding="utf-8", newline="") as file:
        managed_by = {row["sales_agent"]: row["manager"] for row in csv.DictReader(file)}
    company("viewers", "--add", "all@example.com")
    company("viewers", "--add", "moses@example.com", "--scope", "rep", "--rep", "Moses Frase")
    whole = ("--as", "all@example.com")
    chosen = {
        whole: bool,
        (*whole, "--where", "manager=Melvin Marxen"): lambda row: managed_by[row["sales_agent"]] == "Melvin Marxen",
        (*whole, "--where", "rep=Darcel Schlecht", "--where", "product=GTXPro"): lambda row: (
            (row["sales_agent"], row["product"]) == ("Darcel Schlecht", "GTXPro")
        ),
        ("--as", "moses@example.com"): lambda row: row["sales_agent"] == "Moses Frase",
    }
    for asked, belongs in chosen.items():
        was, now = ({row["opportunity_id"]: row for row in export if belongs(row)} for export in exports.values())
        answer = company("bridge", "--from", JUNE, "--to", SEPTEMBER, *asked).json["rows"]
        found = {row["cause"]: (row["amount"], row["deals"]) for row in answer if row["deals"]}
        assert found == _expected(was, now), asked
        for side, day in (("start", JUNE), ("end", SEPTEMBER)):
            stood = company("ask", "open_amount", "--as-of", day, *asked).json["rows"][0]["open_amount"]
            assert stood == found[side][0] > 0, (side, asked)
