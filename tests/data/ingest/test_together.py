"""Sheets of one workbook with the same columns are one list, and one full export."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import xlsxwriter

from data.ingest import Source
from data.ingest.read import read
from data.ingest.recognise import known_headers
from data.originals import refused_file
from data.store import open_store
from data.truth import uploads
from tests.command_line import Company

Rows = Sequence[Sequence[object]]
HEADER = ["Opportunity ID", "Opportunity Name", "Stage", "Amount", "Created Date"]


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return buffer.getvalue()


def deals(first: int, count: int, *, stage: str = "Prospecting", amount: object = 10) -> list[list[object]]:
    return [[f"D{first + at}", f"Deal {first + at}", stage, amount, f"2026-01-{at + 1:02}"] for at in range(count)]


def parts(sheets: Mapping[str, Rows]) -> list[str]:
    return [table.part for table in read(Source("a.xlsx", workbook(sheets)), known_headers()).tables]


def test_sheets_of_the_same_columns_are_one_list_in_any_order_of_columns() -> None:
    turned = [list(reversed(row)) for row in [HEADER, *deals(3, 2)]]
    content = workbook({"1月": [["一月"], [], HEADER, *deals(1, 2)], "2月": turned, "Notes": [["a"], ["b"]]})
    (table, *_) = read(Source("a.xlsx", content), known_headers()).tables
    assert table.part == "1月 + 2月"
    assert table.column(0).to_list() == ["D1", "D2", "D3", "D4"]
    assert [table.place(line) for line in table.frame["#line"]] == ["1月 4", "1月 5", "2月 2", "2月 3"]
    assert table.original(2).startswith("[2月 2] D3\t")
    assert table.title[0] == "一月"
    assert [remark.params["rows"] for remark in table.remarks if remark.code == "sheets_together"] == [4]


def test_sheets_that_hold_the_same_deals_again_or_are_called_by_days_stay_apart() -> None:
    same = {name: [HEADER, *deals(1, 4, amount=amount)] for name, amount in (("Jan", 1), ("Feb", 2))}
    assert parts(same) == ["Jan", "Feb"]
    days = {"2026-01-31": [HEADER, *deals(1, 2)], "2026-02-28": [HEADER, *deals(3, 2)]}
    assert parts(days) == ["2026-01-31", "2026-02-28"]
    numbered = {
        name: [["序号", *HEADER], *([at + 1, *row] for at, row in enumerate(deals(first, 3)))]
        for name, first in (("East", 1), ("West", 4))
    }
    assert parts(numbered) == ["East + West"], "a count of rows is no id"


def test_a_full_export_in_two_sheets_ends_nothing_of_the_other_sheet(company: Company, tmp_path: Path) -> None:
    file = tmp_path / "deals.xlsx"
    file.write_bytes(workbook({"East": [HEADER, *deals(1, 3)], "West": [HEADER, *deals(4, 3)]}))
    (upload,) = company.load(file, "--full", "--as-of", "2026-02-01")
    assert (upload["new"], upload["file"]) == (6, "deals.xlsx")
    assert company.ask("open_deals") == [{"open_deals": 6}]
    file.write_bytes(workbook({"East": [HEADER, *deals(1, 3)], "West": [HEADER, *deals(4, 2)]}))
    company.load(file, "--full", "--as-of", "2026-02-08")
    assert company.ask("open_deals") == [{"open_deals": 5}], "only the deal that no sheet has any more"


def test_a_full_export_in_two_files_ends_what_neither_lists(company: Company, tmp_path: Path) -> None:
    def parted(east: Rows, west: Rows) -> list[Path]:
        files = [tmp_path / "east.csv", tmp_path / "west.csv"]
        for file, rows in zip(files, (east, west), strict=True):
            file.write_text("\n".join(",".join(map(str, row)) for row in [HEADER, *rows]), "utf-8")
        return files

    company.load(*parted(deals(1, 3), deals(4, 5)), "--full")
    assert company.ask("open_deals") == [{"open_deals": 8}]
    east, west = company.load(*parted(deals(1, 2), deals(4, 4)), "--full", "--as-of", "2026-02-01")
    assert (east["same"], west["same"]) == (2, 4)
    assert company.ask("open_deals") == [{"open_deals": 6}]
    states = company.facts()["deals"]
    company("undo", west["id"])
    company("redo", west["id"])
    assert company.facts()["deals"] == states


def test_full_exports_of_several_days_each_end_what_they_lack(company: Company, tmp_path: Path) -> None:
    files = [tmp_path / "deals 2026-02-01.csv", tmp_path / "deals 2026-02-08.csv"]
    for file, count in zip(files, (3, 2), strict=True):
        file.write_text("\n".join(",".join(map(str, row)) for row in [HEADER, *deals(1, count)]), "utf-8")
    company.load(*files, "--full")
    assert company.ask("open_deals") == [{"open_deals": 2}]


def test_refused_rows_name_their_sheet_and_come_back_corrected(company: Company, tmp_path: Path) -> None:
    wrong = [["D7", "Deal 7", "Prospecting", "abc", "2026-01-09"]]
    file = tmp_path / "deals.xlsx"
    file.write_bytes(workbook({"East": [HEADER, *deals(1, 3)], "West": [HEADER, *deals(4, 3), *wrong]}))
    (upload,) = company.load(file)
    assert (upload["new"], upload["refused"]) == (6, 1)
    with open_store(company.path).snapshot() as seen:
        given = refused_file(seen, uploads(seen)[0], "en")
        assert seen.frame("select text from ops.refused_rows")["text"][0].startswith("[West 5] D7")
    cells = pl.read_excel(io.BytesIO(given.content))
    assert cells.row(0)[1:4] == ("West 5", "D7", "Deal 7")
