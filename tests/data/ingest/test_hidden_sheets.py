"""Hidden sheets are named among what was left out, and read beside the others where somebody says so of them."""

from __future__ import annotations

import io

import xlsxwriter

from data import ingest
from data.ingest import Options, Source
from data.ingest.errors import SheetHidden
from data.ingest.options import Answers


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        for name, table in (("Deals", "deal_id,deal,status,amount"), ("Old people", "rep,team,manager")):
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
