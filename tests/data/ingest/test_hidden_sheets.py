"""Hidden sheets are named among what was left out, and read beside the others where somebody says so of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from data import ingest
from data.ingest import Options, Source
from data.ingest.errors import SheetHidden
from data.ingest.options import Answers
from data.ingest.read import read
from tests.command_line import Company
from tests.data.ingest.binary_workbooks import xls, xlsb
from tests.data.ingest.test_merged import HEADER, ROWS, open_document


def workbook(*, cover: bool = False) -> bytes:
    """Deals beside a hidden sheet of people; with a cover, that is what stands beside, and a blank hidden sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        if cover:
            made.add_worksheet("Cover").write(0, 0, "For the board only")
            made.add_worksheet("Blank").hide()
        for name, table in (("Deals", "deal_id,deal,status,amount"), ("Old people", "rep,team,manager"))[cover:]:
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, table.split(","))
            for row in range(1, 4):
                sheet.write_row(row, 0, [f"{name}{row}", "x", "won", 5])
            if name.startswith("Old"):
                sheet.hide()
    return out.getvalue()


def test_a_hidden_sheet_is_named_and_can_be_read_beside_the_others() -> None:
    made = ingest.plan([Source("book.xlsx", workbook())], Options())
    assert [file.table for file in made.files] == ["deals"]
    (left,) = made.left
    assert isinstance(left.why, SheetHidden)
    assert "Old people" in left.text("en")
    told = Options(files={left.name: Answers(sheet="Old people")})
    both = ingest.plan([Source("book.xlsx", workbook())], told)
    assert [(file.table, file.read) for file in both.files] == [("deals", 3), ("reps", 3)]
    assert not both.left
    assert not both.unmet


@pytest.mark.parametrize("name", ["book.xlsx", "all.zip"])
def test_where_only_a_hidden_sheet_holds_a_list_it_is_asked_for(name: str) -> None:
    source = Source(name, zipped(workbook(cover=True)) if name.endswith("zip") else workbook(cover=True))
    made = ingest.plan([source], keep_refused=True)
    (question,) = made.questions
    assert (question.code, question.flag, question.choices) == ("ask_hidden", "--sheet", ("Old people",))
    assert all("Old people" in question.text(lang) for lang in ("en", "zh-CN"))
    told = Options(files={made.files[0].names[-1]: Answers(sheet="Old people")})
    read = ingest.plan([source], told)
    assert [(file.table, file.read) for file in read.files] == [("reps", 3)]
    assert [(file.table, file.read) for file in ingest.plan([source], Options(sheet="Old people")).files] == [
        ("reps", 3)
    ]


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("book.xlsx", content)
    return out.getvalue()


def test_the_hidden_sheet_that_was_named_is_read_again(company: Company, tmp_path: Path) -> None:
    first, second = tmp_path / "people 2026-01.xlsx", tmp_path / "people 2026-02.xlsx"
    for file in (first, second):
        file.write_bytes(workbook(cover=True))
    assert company("import", first).code == 3
    company.load(first, "--sheet", "Old people")
    (upload,) = company.load(second)
    assert (upload["table"], upload["read"]) == ("reps", 3)
    assert any("Old people" in warning for warning in upload["warnings"]), "and that is said"


def two_lists(*, names: tuple[str, ...] = ("Deals", "People"), head: str = "deal_id,deal,status,amount") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        for name, table in zip(names, (head, "rep,team,manager"), strict=True):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, table.split(","))
            for row in range(1, 4):
                sheet.write_row(row, 0, [f"{name}{row}", "x", "won", 5])
    return out.getvalue()


def test_the_visible_sheet_that_was_wanted_is_the_only_one_read_again(company: Company, tmp_path: Path) -> None:
    first, second = tmp_path / "book 2026-01.xlsx", tmp_path / "book 2026-02.xlsx"
    for file in (first, second):
        file.write_bytes(two_lists())
    assert [one["table"] for one in company.load(first, "--sheet", "Deals")] == ["deals"]
    (upload,) = company.load(second)
    assert upload["table"] == "deals"
    assert any("People" in warning for warning in upload["warnings"]), "and that is said"
    assert [one["table"] for one in company.load(second, "--sheet", "People")] == ["reps"], "another one can be named"


@pytest.mark.parametrize(
    "other",
    [
        two_lists(names=("Closed", "People")),  # no sheet of that name
        two_lists(head="deal_id,deal,status,amount,source"),  # other columns
    ],
)
def test_another_workbook_is_read_whole(company: Company, tmp_path: Path, other: bytes) -> None:
    first, second = tmp_path / "book 2026-01.xlsx", tmp_path / "book 2026-02.xlsx"
    first.write_bytes(two_lists())
    second.write_bytes(other)
    company.load(first, "--sheet", "Deals")
    assert [one["table"] for one in company.load(second)] == ["deals", "reps"]


def test_without_a_wish_nothing_is_remembered_of_sheets(company: Company, tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    file.write_bytes(two_lists())
    company.load(file, "--date-order", "dmy")
    assert [one["table"] for one in company.load(file)] == ["deals", "reps"]


def test_rows_that_a_filter_hides_are_loaded_and_counted() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet("Deals")
        sheet.write_row(0, 0, ["deal_id", "deal", "status", "amount"])
        for row in range(1, 6):
            sheet.write_row(row, 0, [f"D{row}", "x", "won" if row % 2 else "lost", 5])
        sheet.autofilter(0, 0, 5, 3)
        sheet.filter_column("C", "x == won")
        sheet.set_row(2, options={"hidden": True})
        sheet.set_row(4, options={"hidden": True})
    (file,) = ingest.plan([Source("book.xlsx", out.getvalue())]).files
    assert file.read == 5
    assert [one.params["rows"] for one in file.warnings if one.code == "rows_hidden"] == [2]
    assert not [
        one for one in ingest.plan([Source("b.xlsx", workbook())]).files[0].warnings if one.code == "rows_hidden"
    ]


PLAIN = [[cell or None for cell in row] for row in ROWS]
HIDDEN = {
    "xls": lambda: xls([HEADER, *PLAIN], hidden=[1, 3]),
    "xlsb": lambda: xlsb([HEADER, *PLAIN], hidden=[1, 3]),
    "ods": lambda: open_document(0, hidden=[1, 3]),
}


@pytest.mark.parametrize("form", HIDDEN)
def test_hidden_rows_of_other_forms_are_counted_too(form: str) -> None:
    (table,) = read(Source(f"a.{form}", HIDDEN[form]()), frozenset({"deal", "owner", "amount", "status"})).tables
    assert table.frame.height == len(PLAIN)
    assert [one.params["rows"] for one in table.remarks if one.code == "rows_hidden"] == [2]
