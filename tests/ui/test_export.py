"""Files that a reader takes away: they open in a spreadsheet as what they are, and nothing in them runs."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import export

FRAME = pl.DataFrame(
    {
        "customer": ["华东电力", "=1+1", None, "-5"],
        "amount": [Decimal("1234.5"), Decimal(-7), None, Decimal(0)],
        "closed_on": [date(2026, 1, 5), None, None, date(2026, 2, 1)],
        "deals": [1, -2, 3, None],
    },
    schema_overrides={"amount": pl.Decimal(18, 4)},
)


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_csv_begins_with_the_mark_that_excel_needs_for_chinese() -> None:
    assert export.csv_bytes(FRAME).startswith(b"\xef\xbb\xbf")
    assert read(export.csv_bytes(FRAME))[0]["customer"] == "华东电力"


def test_csv_text_that_would_run_is_defused_and_numbers_are_not() -> None:
    rows = read(export.csv_bytes(FRAME))
    assert [row["customer"] for row in rows] == ["华东电力", "'=1+1", "", "'-5"]
    assert float(rows[1]["amount"]) == -7
    assert rows[1]["deals"] == "-2"
    assert rows[0]["closed_on"] == "2026-01-05"


def test_csv_headings_are_in_the_readers_words_and_stay_apart() -> None:
    data = export.csv_bytes(FRAME, {"amount": "金额", "deals": "金额", "customer": "=cmd"})
    assert data.decode("utf-8-sig").splitlines()[0] == "'=cmd,金额,closed_on,金额 (deals)"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n"), max_size=20))
def test_no_cell_of_a_csv_starts_like_a_formula(text: str) -> None:
    frame = pl.DataFrame({"a": [text], "b": [1]})
    cell = next(iter(csv.DictReader(io.StringIO(export.csv_bytes(frame).decode("utf-8-sig"), newline=""))))["a"]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_xlsx_cells_have_types_and_definitions_stand_beside() -> None:
    book = fastexcel.read_excel(
        export.xlsx_bytes(
            FRAME, {"amount": "金额"}, sheet="数据", definitions=[("赢单金额", "含义")], definitions_sheet="口径"
        )
    )
    assert book.sheet_names == ["数据", "口径"]
    data = book.load_sheet("数据").to_polars()
    assert data.get_column("金额").to_list() == [1234.5, -7.0, None, 0.0]
    assert data.schema["closed_on"] in (pl.Date, pl.Datetime("ms"))
    assert data.get_column("customer").to_list() == ["华东电力", "=1+1", None, "-5"]
    assert book.load_sheet("口径", header_row=None).to_polars().row(0) == ("赢单金额", "含义")


def test_xlsx_text_is_never_a_formula() -> None:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(export.xlsx_bytes(FRAME))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert all("<f>" not in sheet for sheet in sheets)


def test_xlsx_takes_what_a_sheet_cannot_hold() -> None:
    frame = pl.DataFrame(
        {
            "key": [2**62, 1],
            "share": [float("nan"), float("inf")],
            "at": [datetime.fromisoformat("2026-01-05T09:30"), None],
            "list": [["a"], []],
        }
    )
    data = fastexcel.read_excel(export.xlsx_bytes(frame, sheet="a/b:c*")).load_sheet(0).to_polars()
    assert data.height in {1, 2}  # a row without any cell may be left out by the reader
    assert str(data.get_column("key")[0]) == str(2**62)


def test_an_empty_answer_is_still_a_file() -> None:
    empty = FRAME.clear()
    assert export.csv_bytes(empty).decode("utf-8-sig").strip() == "customer,amount,closed_on,deals"
    assert fastexcel.read_excel(export.xlsx_bytes(empty)).sheet_names == ["Data"]


def test_rows_beyond_one_sheet_go_on_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_SHEET_ROWS", 3)
    book = fastexcel.read_excel(export.xlsx_bytes(FRAME))
    assert book.sheet_names == ["Data", "Data 2"]
    assert sum(book.load_sheet(name).height for name in book.sheet_names) == FRAME.height


def test_xlsx_text_like_a_formula_is_a_quoted_cell_and_negative_numbers_are_numbers() -> None:
    import zipfile

    frame = pl.DataFrame({"text": ["=1+1", "@x", "plain"], "number": [-5.0, 1.0, 2.0]})
    with zipfile.ZipFile(io.BytesIO(export.xlsx_bytes(frame))) as book:
        styles, sheet = book.read("xl/styles.xml").decode(), book.read("xl/worksheets/sheet1.xml").decode()
    assert 'quotePrefix="1"' in styles
    assert "<v>-5</v>" in sheet
    assert "<f>" not in sheet
