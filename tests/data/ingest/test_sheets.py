"""A workbook that has nothing to ask the reader about is read quickly, and gives the very same cells."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import fastexcel
import pytest

from data.ingest import Source, sheets
from data.ingest.sheetsize import check_size
from tests.data.ingest.test_formats import book
from tests.data.ingest.test_plan import planned


def test_a_plain_workbook_is_read_quickly_as_it_would_be_with_care() -> None:
    rows = [[1, 0.1 + 0.2, 1e20, True, date(2026, 1, 5), datetime(2026, 1, 5, 9, 30), " a  b ", '<&"#', "", "x"]] * 3
    plain, hidden = book(("one", rows)), book(("one", rows), ("two", rows), hidden=["two"])
    assert check_size(Source("a.xlsx", plain)).is_plain
    assert not check_size(Source("a.xlsx", hidden)).is_plain
    workbook = fastexcel.read_excel(plain)
    quick, careful = sheets._read_quickly(workbook, "one"), sheets._read(workbook, "one")
    assert quick[0].equals(careful[0])
    assert quick[1:] == careful[1:] == (0, True)


def rewritten(content: bytes, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(out, "w") as made:
        for name in packed.namelist():
            part = packed.read(name)
            assert not name.endswith("sheet1.xml") or old.encode() in part
            made.writestr(name, part.replace(old.encode(), new.encode()))
    return out.getvalue()


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [("<v>0</v>", "", 2), ("<v>0</v>", "<v></v>", 2), ("<v>0</v>", "<v />", 2), ("<v>0</v>", "<v>7</v>", 0),
     ("<f>1+2</f><v>0</v>", '<f t="shared" si="0"/>', 2)],
)  # fmt: skip
def test_formulas_that_nobody_worked_out_are_counted(old: str, new: str, count: int) -> None:
    assert blank_formulas(rewritten(with_formulas(), old, new)) == ([count] if count else [])


def test_a_formula_that_was_worked_out_to_no_text_is_none_of_them() -> None:
    made = rewritten(with_formulas(), "<v>0</v>", "<v></v>")
    for place in ("F2", "F3"):
        made = rewritten(made, f'<c r="{place}">', f'<c r="{place}" t="str">')
    assert blank_formulas(made) == []


def with_formulas() -> bytes:
    head = ["Deal ID", "Deal", "Company", "Owner", "Stage", "Amount", "Created"]
    return book(("Deals", [head, *([no, "A", "Acme", "Ann", "Proposal", "=1+2", date(2026, 1, no)] for no in (1, 2))]))


def blank_formulas(content: bytes) -> list[object]:
    found = planned(content, "a.xlsx")
    return [remark.params["cells"] for remark in found.warnings if remark.code == "formulas_blank"]
