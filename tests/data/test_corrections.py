"""Refused rows as a file in the layout of the original, corrected and uploaded again; and the original itself."""

from __future__ import annotations

import csv
import io
from datetime import date

import fastexcel
import pytest
import xlsxwriter

from data import truth
from data.errors import NothingRefused
from data.ingest import Options, Source, plan, run
from data.originals import original_file, refused_file
from data.store import Store

HEADER = ["Deal_ID", "Deal", "Rep", "Status", "Amount", "Closed On"]
ROWS = [
    ["1", "一号", "张三", "won", "100", "2026-01-05"],
    ["2", "=2+3", "张三", "won", "一百", "2026-01-06"],  # no number
    ["3", "with; delimiter\nand break", "李四", "lost", "-5", "2026-13-45"],  # no day
    ["4", "fine", "李四", "won", "70", "2026-02-01"],
    ["5", "too wide", "李四", "won", "7", "2026-02-02", "left over"],
    ["6", "open", "李四", "open", "8", ""],
    *([str(number), "more", "张三", "won", "1", "2026-02-03"] for number in range(10, 20)),
]


def delimited(rows: list[list[str]], delimiter: str = ";", encoding: str = "gb18030") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def load(store: Store, name: str, content: bytes, **options: object) -> truth.Upload:
    (upload,) = run(store, plan([Source(name, content)], Options(**options)))  # type: ignore[arg-type]
    return upload


def refused(store: Store, upload: truth.Upload, lang: str = "en") -> tuple[str, bytes]:
    with store.snapshot() as seen:
        return refused_file(seen, upload, lang)


def listed(content: bytes, delimiter: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def won(store: Store) -> int:
    with store.snapshot() as seen:
        return int(seen.frame("select sum(amount)::bigint as won from crm.deals where status = 'won'")["won"][0])


def test_refused_rows_come_in_the_layout_of_their_file_with_the_reasons_before(store: Store) -> None:
    upload = load(store, "deals.csv", delimited([HEADER, *ROWS]), as_of=date(2026, 3, 1))
    assert (upload.new, upload.refused) == (13, 3)
    name, content = refused(store, upload)
    assert name == "deals 2026-03-01 refused.csv"
    header, *rows = listed(content)
    assert header == ["[refused] reason", "[refused] line", *HEADER]
    assert [row[2] for row in rows] == ["2", "3", "5"]
    assert "Amount" in rows[0][0]
    assert rows[0][3] == "'=2+3", "no spreadsheet runs it"
    assert rows[1][3:7] == ["with; delimiter\nand break", "李四", "lost", "-5"], "a number stays one"
    assert rows[2][2:] == ROWS[4], "every cell of a row that is too wide"
    assert listed(refused(store, upload, "zh-CN")[1])[0][:2] == ["[拒收] 原因", "[拒收] 行号"]


def test_corrected_rows_are_loaded_and_nothing_else_changes(store: Store) -> None:
    upload = load(store, "deals.csv", delimited([HEADER, *ROWS]), as_of=date(2026, 3, 1), is_full=True)
    name, content = refused(store, upload)
    rows = listed(content)
    rows[1][6], rows[2][7], rows[3] = "200", "2026-01-13", rows[3][:-1]
    again = load(store, name, delimited(rows, encoding="utf-8-sig"), is_full=True)
    assert (again.read, again.new, again.refused, again.as_of) == (3, 3, 0, date(2026, 3, 1))
    assert again.is_full is False, "a part, whatever is said: the others are not gone"
    assert won(store) == 100 + 200 + 70 + 7 + 10
    with store.snapshot() as seen:
        assert seen.frame("select count(*) as n from crm.deals where is_gone")["n"][0] == 0
        assert seen.frame("select deal, extra from crm.deals where deal_id = '2'").rows() == [("=2+3", None)]


def test_rows_that_nobody_corrected_are_refused_again_for_the_same_reasons(store: Store) -> None:
    upload = load(store, "deals.csv", delimited([HEADER, *ROWS]), as_of=date(2026, 3, 1))
    name, content = refused(store, upload)
    rows = listed(content)
    rows[2][7] = "2026-01-13"
    rows += [["", "", *row] for row in ROWS[-3:]]  # rows may be added: it is a file like any other
    again = load(store, name, delimited(rows))
    assert (again.read, again.new, again.same, again.refused) == (6, 1, 3, 2)
    twice = listed(refused(store, again)[1])
    assert [row[2] for row in twice[1:]] == ["2", "5"]
    assert twice[1][0] == rows[1][0]


def test_a_file_of_which_most_is_still_wrong_is_no_other_list(store: Store) -> None:
    upload = load(store, "deals.csv", delimited([HEADER, *ROWS]), as_of=date(2026, 3, 1))
    name, content = refused(store, upload)
    again = load(store, name, content)
    assert (again.read, again.refused) == (3, 3)


def test_a_workbook_gives_a_workbook(store: Store) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Deals")
        for place, row in enumerate([HEADER, *(row[:6] for row in ROWS)]):
            sheet.write_row(place, 0, row)
    upload = load(store, "deals.xlsx", buffer.getvalue(), as_of=date(2026, 3, 1))
    assert upload.refused == 2
    name, content = refused(store, upload)
    assert name == "deals 2026-03-01 refused.xlsx"
    again = load(store, name, content, date_order="ymd", table="deals")
    assert (again.read, again.refused) == (2, 2)


TITLED = [
    ["销售部商机表", *[""] * 5],
    ["单位：万美元", *[""] * 5],
    ["商机编号", "商机名称", "客户名称", "商机金额", "商机阶段", "创建时间"],
    ["A1", "一期", "甲公司", "120", "赢单", "2026-01-05"],
    ["A2", "二期", "乙公司", "80", "赢单", "2026-01-06"],
    ["A3", "三期", "丙公司", "4六", "赢单", "2026-01-07"],  # no number
]


def _in_form(rows: list[list[str]], form: str) -> bytes:
    if form == "csv":
        return delimited(rows, ",", "utf-8")
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("商机")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_unit_and_the_currency_above_the_names_come_along(store: Store, form: str) -> None:
    upload = load(store, f"目标商机_20260302.{form}", _in_form(TITLED, form), currency="USD")
    assert (upload.new, upload.refused) == (2, 1)
    name, content = refused(store, upload)
    rows = listed(content, ",") if form == "csv" else _cells(content)
    assert [row[0] for row in rows[:2]] == ["销售部商机表", "单位：万美元"]
    assert rows[2] == ["[refused] reason", "[refused] line", *TITLED[2]]
    rows[3][5] = "46"
    again = load(store, name, _in_form(rows, form), currency="USD")
    assert (again.new, again.refused) == (1, 0)
    with store.snapshot() as seen:
        found = seen.frame("select deal_id, currency, amount::bigint from crm.deals order by deal_id").rows()
    assert found == [("A1", "USD", 1_200_000), ("A2", "USD", 800_000), ("A3", "USD", 460_000)]


def _cells(book: bytes) -> list[list[str]]:
    sheet = fastexcel.read_excel(book).load_sheet(0, header_row=None, dtypes="string").to_polars()
    return [[cell or "" for cell in row] for row in sheet.iter_rows()]


def test_the_original_comes_back_byte_for_byte(store: Store) -> None:
    content = delimited([HEADER, *ROWS[3:4]])
    upload = load(store, "deals.csv", content)
    assert original_file(store, upload) == ("deals.csv", content)
    with pytest.raises(NothingRefused):
        refused(store, upload)
