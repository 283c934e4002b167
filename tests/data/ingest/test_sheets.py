"""A workbook that has nothing to ask the reader about is read quickly, and gives the very same cells."""

from __future__ import annotations

from datetime import date, datetime

import fastexcel

from data.ingest import Source, sheets
from data.ingest.sheetsize import check_size
from tests.data.ingest.test_formats import book


def test_a_plain_workbook_is_read_quickly_as_it_would_be_with_care() -> None:
    rows = [[1, 0.1 + 0.2, 1e20, True, date(2026, 1, 5), datetime(2026, 1, 5, 9, 30), " a  b ", '<&"#', "", "x"]] * 3
    plain, hidden = book(("one", rows)), book(("one", rows), ("two", rows), hidden=["two"])
    assert check_size(Source("a.xlsx", plain)).is_plain
    assert not check_size(Source("a.xlsx", hidden)).is_plain
    workbook = fastexcel.read_excel(plain)
    quick, careful = sheets._read_quickly(workbook, "one"), sheets._read(workbook, "one")
    assert quick[0].equals(careful[0])
    assert quick[1:] == careful[1:] == (0, True)
