"""Workbooks, ZIP files, JSON, Parquet, web pages: each list in them is found, what is none is named with the reason."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import polars as pl
import pytest
import xlsxwriter

from data import ingest
from data.ingest import Options, Source
from data.ingest.errors import (
    ColumnsTooMany,
    DashboardSheet,
    FileDamaged,
    FileProtected,
    FilesRefused,
    FormatUnsupported,
    HeaderOnly,
    JsonNoList,
    PivotReport,
    SheetTooLarge,
    TableUnrecognised,
    UnpackedTooLarge,
    WorkbookDamaged,
    ZipHoldsNothing,
)
from data.ingest.read import Reading, Wishes, read
from data.settings import Settings
from metrics.errors import SalesError
from tests.data.ingest import binary_workbooks, mutations

KNOWN = frozenset({"dealid", "deal", "status", "amount", "customer", "createdon"})


def book(*sheets: tuple[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets:
        sheet = made.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell != "":
                    sheet.write(at, place, cell)
    made.close()
    return out.getvalue()


def reading(content: bytes, name: str = "a.csv", **wishes: object) -> Reading:
    return read(Source(name, content), KNOWN, Wishes(**wishes))  # type: ignore[arg-type]


def cells(content: bytes, **wishes: object) -> list[tuple[str | None, ...]]:
    found = reading(content, **wishes)
    assert len(found.tables) == 1
    return found.tables[0].frame.drop("#line").rows()


DEALS: list[list[object]] = [["deal_id", "deal", "status", "amount"], ["1", "x", "won", 5], ["2", "y", "open", 6.5]]
TEXTS = [("1", "x", "won", "5"), ("2", "y", "open", "6.5")]


# ---------------------------------------------------------------------------------------------------------- workbooks


def test_every_list_of_a_workbook_is_read_and_the_rest_is_named() -> None:
    content = book(
        ("About", [["Sales report"], ["made by Ann"]]), ("Deals", DEALS), ("Old", DEALS), ("Empty", []), hidden=["Old"]
    )
    found = reading(content)
    assert [(table.part, table.frame.height) for table in found.tables] == [("About", 1), ("Deals", 2)]
    assert [(part, type(error).__name__) for part, error in found.left] == [
        ("Old", "SheetHidden"),
        ("Empty", "FileEmpty"),
    ]
    assert [table.part for table in reading(content, sheet="Old").tables] == ["Old"]


def test_a_plan_loads_the_recognised_sheets_and_says_what_it_left() -> None:
    people = [["rep", "team", "manager"], ["Ann", "North", "Zoe"]]
    content = book(
        ("Deals", DEALS), ("People", people), ("Colours", [["hue", "depth", "gloss"], ["red", "deep", "none"]])
    )
    plan = ingest.plan([Source("book.xlsx", content)])
    assert [(file.file, file.table) for file in plan.files] == [
        ("book.xlsx / Deals", "deals"),
        ("book.xlsx / People", "reps"),
    ]
    said = [remark.text("en") for remark in plan.warnings]
    assert any(text.startswith('"book.xlsx / Colours" was left out') for text in said)
    assert not any("nothing was loaded" in text for text in said)


def test_a_workbook_without_a_list_is_refused_with_the_reason() -> None:
    with pytest.raises(TableUnrecognised):
        ingest.plan([Source("b.xlsx", book(("Colours", [["hue", "depth", "gloss"], ["red", "deep", "none"]])))])


def test_dates_times_ids_and_errors_of_cells() -> None:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet()
    day, moment = made.add_format({"num_format": "yyyy-mm-dd"}), made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(0, 0, ["deal_id", "deal", "amount", "created_on", "status", "share"])
    sheet.write_row(1, 0, ["007", 17850, 0.1 + 0.2])
    sheet.write_datetime(1, 3, datetime(2026, 1, 5), day)
    sheet.write_boolean(1, 4, True)
    sheet.write_formula(1, 5, "=1/0", None, "#DIV/0!")
    sheet.write_row(2, 0, ["008", "x", -5])
    sheet.write_datetime(2, 3, datetime(2026, 1, 5, 10, 30), moment)
    sheet.write_formula(2, 5, "=1+1", None, 2)
    made.close()
    found = reading(out.getvalue()).tables[0]
    assert found.frame.drop("#line").rows() == [
        ("007", "17850", "0.3", "2026-01-05", "true", None),
        ("008", "x", "-5", "2026-01-05 10:30:00", None, "2"),
    ]
    assert [remark.code for remark in found.remarks] == ["cells_wrong"]


def test_merged_and_two_line_headers() -> None:
    rows = [
        ["Plan of 2026", "", "", "", ""],
        ["deal_id", "Plan", "", "Result", ""],
        ["", "amount", "day", "amount", "day"],
        ["1", 5, "a", 6, "b"],
    ]
    found = reading(book(("Deals", rows))).tables[0]
    assert found.headers == ["deal_id", "Plan amount", "Plan day", "Result amount", "Result day"]
    assert found.title == ["Plan of 2026"]
    assert found.frame["#line"].to_list() == [4]
    assert [(aside.line, aside.reason) for aside in found.aside] == [(1, "title")]


def test_thousands_of_blank_rows_subtotals_and_unnamed_columns_are_counted() -> None:
    rows: list[list[object]] = [["Report", "", "", "", "", ""], [], [*DEALS[0], "", ""]]
    rows += [["1", "x", "won", 5, "", ""], ["小计", "", "", 5, "", ""], ["2", "y", "open", 6.5, "", "note"]]
    rows += [
        [*DEALS[0], "", ""],
        ["3", "z", "open", 1, "", ""],
        ["合计", "", "", 12.5, "", ""],
        *[[]] * 5000,
        ["", "", "", " "],
    ]
    found = reading(book(("Deals", rows))).tables[0]
    assert found.headers == ["deal_id", "deal", "status", "amount", "column 5"]
    assert found.frame["0"].to_list() == ["1", "2", "3"]
    assert found.frame["#line"].to_list() == [4, 6, 8]
    reasons = [aside.reason for aside in found.aside]
    counted = {reason: reasons.count(reason) for reason in set(reasons)}
    assert counted == {"title": 1, "blank_line": 1001, "total": 2, "header_again": 1}
    assert found.unlisted == 4001
    assert {remark.code: remark.params for remark in found.remarks} == {
        "columns_empty": {"columns": 1}, "rows_blank": {"rows": 5001},
        "rows_total": {"rows": 2, "lines": "5: 小计 5; 9: 合计 12.5"},
    }  # fmt: skip


def test_a_dashboard_and_a_pivot_are_refused_with_the_reason() -> None:
    blocks = [
        ["rep", "amount", "", "", ""],
        ["Ann", 5, "", "", ""],
        ["Bob", 6, "", "", ""],
        [],
        ["", "", "region", "city", "n"],
    ]
    with pytest.raises(DashboardSheet) as caught:
        reading(book(("Board", [*blocks, ["", "", "North", "Kiel", 3]])))
    assert "row 5" in caught.value.text("en")
    pivot = [["Row Labels", "Sum of amount", "Count of id"], ["Ann", 5, 2], ["Grand Total", 5, 2]]
    with pytest.raises(PivotReport):
        ingest.plan([Source("p.xlsx", book(("Sheet1", pivot)))])


def test_old_binary_and_open_workbooks_are_read_in_another_process() -> None:
    found = reading(mutations.open_document())
    assert [(table.part, table.frame.height) for table in found.tables] == [("Deals", 29)]
    assert found.tables[0].headers == list(mutations.HEADER)


@pytest.mark.parametrize("kind", ["xls", "xlsb", "xlsm"])
def test_every_form_of_a_workbook_is_read_under_any_name(kind: str) -> None:
    rows = [mutations.HEADER, *mutations.ROWS]
    if kind == "xlsm":  # the same as .xlsx, but for what it says of itself and the programs in it
        with zipfile.ZipFile(io.BytesIO(mutations.workbook())) as whole:
            parts = {entry: whole.read(entry) for entry in whole.namelist()}
        told = parts["[Content_Types].xml"]
        parts["[Content_Types].xml"] = told.replace(b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main")
        content = mutations.packed(*parts.items(), ("xl/vbaProject.bin", bytes(range(256))))
    else:
        content = getattr(binary_workbooks, kind)(rows)
    found = reading(content, "export.csv").tables[0]
    assert found.headers == list(mutations.HEADER)
    amounts = [f"{row[3]:g}" for row in mutations.ROWS]
    assert found.frame.drop("#line").rows() == [
        (*row[:3], amount, *row[4:]) for row, amount in zip(mutations.ROWS, amounts, strict=True)
    ]


def test_an_old_workbook_with_a_password_or_an_endless_chain_is_refused() -> None:
    content = binary_workbooks.xls([mutations.HEADER, *mutations.ROWS])
    with pytest.raises(FileProtected):
        reading(binary_workbooks.xls([mutations.HEADER, *mutations.ROWS], password=True))
    for place in (1, 5):  # the table of chains: the directory, and the stream, lead back to themselves
        chains = bytearray(content)
        struct.pack_into("<I", chains, 512 + 4 * place, place)
        with pytest.raises(WorkbookDamaged):
            reading(bytes(chains))


def test_damaged_encrypted_and_oversized_workbooks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = book(("Deals", DEALS))
    with pytest.raises(WorkbookDamaged):
        reading(content[: len(content) // 2])
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    with pytest.raises(FileProtected):
        reading(locked)
    with pytest.raises(WorkbookDamaged):
        reading(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    limits(monkeypatch, max_cells=10)
    with pytest.raises(SheetTooLarge):
        reading(book(("Deals", DEALS)))


def limits(monkeypatch: pytest.MonkeyPatch, **changed: int) -> None:
    made = Settings(**changed)  # type: ignore[arg-type]
    for module in ("sheetsize", "texttable", "archive", "sheets"):
        monkeypatch.setattr(f"data.ingest.{module}.settings", lambda: made)


# ---------------------------------------------------------------------------------------------------------------- ZIP


def test_every_list_in_a_zip_is_read() -> None:
    content = mutations.packed(
        ("exports/deals.csv", mutations.text()), ("__MACOSX/._deals.csv", b"x"), ("book.xlsx", book(("Deals", DEALS))),
        ("picture.png", b"\x89PNG...."), ("inner.zip", mutations.packed(("a.csv", b"a,b\n1,2\n"))),
    )  # fmt: skip
    found = reading(content, "exports.zip")
    assert [(table.part, table.frame.height) for table in found.tables] == [
        ("exports/deals.csv", 29),
        ("book.xlsx / Deals", 2),
    ]
    assert [(part, type(error).__name__) for part, error in found.left] == [
        ("picture.png", "FileBinary"), ("inner.zip", "FormatUnsupported")
    ]  # fmt: skip
    assert all("exports.zip" in error.text("zh-CN") for _, error in found.left)


def test_chinese_names_in_a_zip_of_chinese_windows() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("XXXX.csv", mutations.text())
        made.writestr("book.xlsx", book(("Deals", DEALS)))
    named = out.getvalue().replace(b"XXXX", "商机".encode("gbk"))
    assert [table.part for table in reading(named).tables] == ["商机.csv", "book.xlsx / Deals"]


def test_zip_bombs_protected_and_broken_zips_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    zipped = bytearray(mutations.packed(("deals.csv", mutations.text())))
    with pytest.raises(FileDamaged):
        reading(bytes(zipped[:100]))
    for at in (6, zipped.index(b"PK\x01\x02") + 8):
        zipped[at] |= 1
    with pytest.raises(FileProtected):
        reading(bytes(zipped))
    with pytest.raises(ZipHoldsNothing):
        reading(mutations.packed(("a.png", b"\x89PNG"), ("b.pdf", b"%PDF")))
    limits(monkeypatch, max_unpacked_mb=1)
    for name in ("a.csv", "xl/workbook.xml"):
        with pytest.raises(UnpackedTooLarge):
            reading(mutations.packed((name, bytes(3 << 20)), ("xl/worksheets/sheet1.xml", b"<a/>")))


# --------------------------------------------------------------------------------------------------- JSON and Parquet


PAGED = (
    '{"results": [{"properties": {"deal_id": "1", "amount": 12345678901234567890.10, "owner": {"name": "Ann"},'
    ' "tags": ["a"]}}], "paging": {"next": {"after": "1"}}}'
)


@pytest.mark.parametrize(
    "content",
    [
        '[{"deal_id": "1", "amount": 12345678901234567890.10, "owner": {"name": "Ann"}, "tags": ["a"]}]',
        '{"data": [{"deal_id": "1", "amount": 12345678901234567890.10, "owner": {"name": "Ann"}, "tags": ["a"]}]}',
        '{"deal_id": "1", "amount": 12345678901234567890.10, "owner": {"name": "Ann"}, "tags": ["a"]}\n',
        PAGED,
    ],
)
def test_json_in_its_usual_forms_keeps_every_digit(content: str) -> None:
    found = reading(content.encode("utf-16")).tables[0]
    assert found.headers == ["deal_id", "amount", "owner.name", "tags"]
    assert found.frame.drop("#line").rows() == [("1", "12345678901234567890.10", "Ann", '["a"]')]


def test_json_lines_that_are_none_are_kept_apart() -> None:
    lines = ['{"deal_id": 1, "deal": null}', '{"deal_id": 2, "dea', "", '{"deal_id": 3, "status": true}']
    found = reading("\n".join(lines).encode()).tables[0]
    assert found.frame.rows() == [("1", None, None, 1), ("3", None, "true", 4)] or found.headers == [
        "deal_id",
        "deal",
        "status",
    ]
    assert [(broken.line, broken.reason) for broken in found.broken] == [(2, "json_unreadable")]


@pytest.mark.parametrize(
    ("content", "error"),
    [("{}", HeaderOnly), ("[]", JsonNoList), ("[" * 100_000, FileDamaged), ('{"a": ', FileDamaged)],
)
def test_json_without_a_list_is_refused(content: str, error: type[SalesError]) -> None:
    with pytest.raises((error, JsonNoList)):
        reading(content.encode())


def test_parquet_becomes_the_texts_it_would_be_in_a_csv_file() -> None:
    frame = pl.DataFrame(
        {
            "deal_id": [1], "amount": pl.Series(["12.5000"]).cast(pl.Decimal(18, 4)), "created_on": [date(2026, 1, 5)],
            "at": [datetime(2026, 1, 5, 10, 30)], "flag": [True], "tags": [["a", "b"]], "share": [0.1],
        }
    )  # fmt: skip
    out = io.BytesIO()
    frame.write_parquet(out)
    assert cells(out.getvalue()) == [("1", "12.5000", "2026-01-05", "2026-01-05 10:30:00", "true", '["a", "b"]', "0.1")]
    with pytest.raises(FileDamaged):
        reading(out.getvalue()[:-20])


# ---------------------------------------------------------------------------------------------- what calls itself .xls


def test_a_web_page_and_old_xml_called_xls() -> None:
    page = (
        "<html><head><meta charset='gb2312'><style>td{}</style></head><body><table>"
        "<tr><td colspan=4>商机 报表</td></tr>"
        "<tr><th>deal_id</th><th>deal</th><th>status</th><th>amount</th></tr>"
        "<tr><td>1<td>a&amp;b<br>c</td><td>won</td><td>5&nbsp;</td></tr></table></body></html>"
    )
    found = reading(page.encode("gbk"), "export.xls").tables[0]
    assert (found.title, found.frame.drop("#line").rows()) == (["商机 报表"], [("1", "a&b\nc", "won", "5")])
    assert cells(mutations.spreadsheet_xml(DEALS[1:], DEALS[0])) == TEXTS
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(FileDamaged):
        reading(mutations.spreadsheet_xml().replace(b"?><Workbook", b"?>" + evil + b"<Workbook"))
    with pytest.raises(FormatUnsupported):
        reading(b"<html><body>no table</body></html>")


# ------------------------------------------------------------------------------------------------------ several files


def test_every_bad_file_is_named_at_once() -> None:
    files = [
        Source("a.csv", b""),
        Source("good.csv", mutations.text()),
        Source("b.png", b"\x89PNG"),
        Source("c.csv", b"x,y\n"),
    ]
    with pytest.raises(FilesRefused) as caught:
        ingest.plan(files)
    for lang in ("en", "zh-CN"):
        assert all(name in caught.value.text(lang) for name in ("a.csv", "b.png", "c.csv"))
    assert "good.csv" not in caught.value.text("en")


def test_too_many_columns_are_refused() -> None:
    wide = ",".join(f"c{at}" for at in range(2001))
    with pytest.raises(ColumnsTooMany):
        reading(f"{wide}\n{wide.upper()}\n".encode())
    ok = ",".join(f"c{at}" for at in range(1500)) + "," * 9000
    assert len(reading(f"{ok}\n{ok.upper()}\n".encode()).tables[0].headers) == 1500


def test_json_of_a_plan_is_loaded_like_a_csv() -> None:
    content = json.dumps({"data": mutations.objects()}).encode()
    made = ingest.plan([Source("deals.json", content)], Options())
    assert [(file.table, file.read, file.encoding) for file in made.files] == [("deals", 29, "JSON")]
