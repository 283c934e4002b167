"""Cells merged downwards speak for each of their rows; merged numbers are never added up several times."""

from __future__ import annotations

import io
from collections.abc import Collection

import pytest
import xlsxwriter

from data.ingest.read import read
from data.ingest.source import Source
from data.ingest.texttable import TextTable
from tests.data.ingest.binary_workbooks import xls, xlsb
from tests.data.ingest.mutations import packed

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


MERGED = [(1, 3, 1, 1), (1, 3, 2, 2)]
"""As `[MS-XLS]` says it: first and last row, first and last column. Owner and amount of three rows."""


def shifted(left: int) -> tuple[list[list[object]], list[tuple[int, int, int, int]]]:
    rows: list[list[object]] = [[*[None] * left, *(cell or None for cell in row)] for row in [HEADER, *ROWS]]
    return rows, [(first, last, one + left, other + left) for first, last, one, other in MERGED]


def open_document(left: int, hidden: Collection[int] = ()) -> bytes:
    cells = []
    for at, row in enumerate([HEADER, *ROWS]):
        said = "".join(
            f'<table:table-cell office:value-type="string" {_SPAN if place in (1, 2) and row is ROWS[0] else ""}>'
            f"<text:p>{cell}</text:p></table:table-cell>"
            if cell != ""
            else "<table:covered-table-cell/>"
            for place, cell in enumerate(row)
        )
        empty = f'<table:table-cell table:number-columns-repeated="{left}"/>' if left else ""
        cells.append(f"<table:table-row{_FILTERED if at in hidden else ''}>{empty}{said}</table:table-row>")
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Deals">{"".join(cells)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    listed = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind.decode()}"/>'
    manifest = f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{space}">{listed}</manifest:manifest>'.encode()
    return packed(("mimetype", kind), ("content.xml", content.encode()), ("META-INF/manifest.xml", manifest))


_FILTERED = ' table:visibility="filter"'
_SPAN = 'table:number-rows-spanned="3" table:number-columns-spanned="1"'


def web_page(_: int) -> bytes:
    cells = [[f"<td>{cell}</td>" for cell in row] for row in [HEADER, *ROWS]]
    cells[1][1:3] = [f'<td rowspan="3">{cell}</td>' for cell in ROWS[0][1:3]]
    cells[2][1:3] = cells[3][1:3] = []
    return f"<html><table>{''.join('<tr>' + ''.join(row) + '</tr>' for row in cells)}</table></html>".encode()


def old_xml(_: int) -> bytes:
    def cell(row: int, place: int, text: object) -> str:
        down = ' ss:MergeDown="2"' if row == 1 and place in (1, 2) else ""
        index = ' ss:Index="4"' if row in (2, 3) and place == 3 else ""
        return f'<Cell{down}{index}><Data ss:Type="String">{text}</Data></Cell>'

    rows = [
        "<Row>" + "".join(cell(at, place, text) for place, text in enumerate(row) if text != "") + "</Row>"
        for at, row in enumerate([HEADER, *ROWS])
    ]
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}"><Worksheet ss:Name="Deals"><Table>'
        f"{''.join(rows)}</Table></Worksheet></Workbook>"
    ).encode()


FORMS = {
    "xls": lambda left: xls(shifted(left)[0], merged=shifted(left)[1]),
    "xlsb": lambda left: xlsb(shifted(left)[0], merged=shifted(left)[1]),
    "ods": open_document,
    "html": web_page,
    "xml": old_xml,
}


@pytest.mark.parametrize("left", [0, 2])
@pytest.mark.parametrize("form", FORMS)
def test_other_forms_of_a_workbook_say_what_is_merged_too(form: str, left: int) -> None:
    (table,) = read(Source(f"a.{form}", FORMS[form](left)), KNOWN).tables
    owners, amounts = (table.column(table.headers.index(name)).to_list()[:4] for name in ("Owner", "Amount"))
    assert owners == ["张三", "张三", "张三", "李四"]
    assert amounts == ["500", None, None, "5"]
    said = {one.code: one.params.get("cells") for one in table.remarks}
    assert (said["cells_merged"], said["numbers_merged"]) == (2, 2)


def test_cells_merged_over_rows_and_columns_speak_for_their_rows() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([HEADER, ["a", "", "", "won"], ["b", "", "", "won"]]):
            sheet.write_row(at, 0, row)
        sheet.merge_range(1, 1, 2, 2, "张三")
    (table,) = read(Source("a.xlsx", out.getvalue()), KNOWN).tables
    assert table.column(1).to_list() == ["张三", "张三"]
    assert table.column(2).to_list() == [None, None]


@pytest.mark.parametrize(
    "money", ["HK$1,200", "USD 1,200", "1,200 USD", "(500)", "1.2k", "1 200", "1.234,56 €", "-5%", "1e3"]
)
def test_money_in_any_form_is_never_written_again(money: str) -> None:
    table = _merged_over_all(["Deal", "Amount", "Status"], ["a", money, "won"])
    assert table.column(1).to_list() == [money, None, None]
    assert table.column(2).to_list() == ["won"] * 3


@pytest.mark.parametrize("name", ["Deal ID", "deal_id", "DealId", "Order No.", "订单编号", "年份", "Year", "月份"])
def test_a_number_that_is_no_money_belongs_to_each_of_its_rows(name: str) -> None:
    assert _merged_over_all([name, "Amount", "Status"], [2026, 500, "won"]).column(0).to_list() == ["2026"] * 3


@pytest.mark.parametrize("name", ["Paid", "Bid", "2026年", "本月", "Number", "Last Year", "Quantity"])
def test_names_that_only_end_like_those_of_ids_and_years_hold_amounts(name: str) -> None:
    assert _merged_over_all([name, "Amount", "Status"], [2026, 500, "won"]).column(0).to_list() == ["2026", None, None]


def _merged_over_all(header: list[str], values: list[object]) -> TextTable:
    """A list of three rows whose cells are all merged, beside a name of each row."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*header, "Owner"])
        sheet.write_column(1, len(header), ["x", "y", "z"])
        for at, value in enumerate(values):
            sheet.merge_range(1, at, 3, at, value)
    return read(Source("a.xlsx", out.getvalue()), KNOWN).tables[0]
