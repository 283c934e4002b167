"""Cells merged downwards speak for each of their rows; merged numbers are never added up several times."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from data.ingest.read import read
from data.ingest.source import Source

HEADER = ["Deal", "Owner", "Amount", "Status"]
KNOWN = frozenset({"deal", "owner", "amount", "status"})
ROWS = [["a", "张三", 500, "won"], ["b", "", "", "won"], ["c", "", "", "open"], ["d", "李四", 5, "won"]]


@pytest.mark.parametrize("left", [0, 2])
def test_a_name_merged_over_rows_belongs_to_each_and_a_number_to_the_first(left: int) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("About & more")
    sheet = book.add_worksheet("销售 & Co")
    for at, row in enumerate([HEADER, *ROWS]):
        sheet.write_row(at, left, row)
    sheet.merge_range(1, left + 1, 3, left + 1, "张三")
    sheet.merge_range(1, left + 2, 3, left + 2, 500)
    sheet.merge_range(7, left, 9, left + 3, "a note over several columns")
    book.close()
    (table,) = read(Source("a.xlsx", out.getvalue()), KNOWN).tables
    owners, amounts = (table.column(table.headers.index(name)).to_list()[:4] for name in ("Owner", "Amount"))
    assert owners == ["张三", "张三", "张三", "李四"]
    assert amounts == ["500", None, None, "5"]
    said = {one.code: one.params.get("cells") for one in table.remarks}
    assert (said["cells_merged"], said["numbers_merged"]) == (2, 2)
