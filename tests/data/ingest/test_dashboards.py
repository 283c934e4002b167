"""A sheet that nobody can read as a list is named with its reason; the lists beside it are planned."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from data import ingest
from data.ingest import Options, Source
from data.ingest.errors import DashboardSheet, FileRefused, NamesMissing
from data.ingest.options import Answers

FIGURES = {"仪表盘": [(1, 1, "total", 3000), (8, 5, "赢单", 5)]}
SUMS = {"Sums": [(0, 0, "7", 10), (1, 0, "8", 12), (2, 0, "9", 14)]}


def workbook(others: dict[str, list[tuple[int, int, str, int]]], *, lists: bool = True) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        if lists:
            sheet = made.add_worksheet("商机")
            for row, texts in enumerate(("deal_id,deal,status,amount", "1,x,won,5", "2,y,lost,7")):
                sheet.write_row(row, 0, texts.split(","))
        for name, cells in others.items():
            sheet = made.add_worksheet(name)
            for row, column, text, value in cells:
                sheet.write_row(row, column, [text, value])
    return out.getvalue()


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("book.xlsx", content)
    return out.getvalue()


@pytest.mark.parametrize("form", ["xlsx", "zip"])
@pytest.mark.parametrize(("others", "why"), [(FIGURES, DashboardSheet), (SUMS, NamesMissing)])
def test_the_lists_beside_it_are_planned(
    form: str, others: dict[str, list[tuple[int, int, str, int]]], why: type[FileRefused]
) -> None:
    content = workbook(others)
    made = ingest.plan([Source(f"b.{form}", zipped(content) if form == "zip" else content)])
    assert ([file.table for file in made.files], made.questions) == (["deals"], [])
    (left,) = made.left
    assert type(left.why) is why
    for lang in ("en", "zh-CN"):
        assert next(iter(others)) in left.text(lang), "the sheet is named"


def test_a_sheet_without_names_is_read_where_somebody_names_them() -> None:
    told = Options(files={"b.xlsx / Sums": Answers(header="deal_id,amount", table="deals", columns={})})
    made = ingest.plan([Source("b.xlsx", workbook(SUMS))], told, keep_refused=True)
    assert [(file.file, file.headers) for file in made.files][-1] == ("b.xlsx / Sums", ["deal_id", "amount"])
    assert not made.left


def test_alone_figures_are_refused_and_a_list_without_names_is_asked_about() -> None:
    with pytest.raises(DashboardSheet):
        ingest.plan([Source("b.xlsx", workbook(FIGURES, lists=False))])
    (question,) = ingest.plan([Source("b.xlsx", workbook(SUMS, lists=False))]).questions
    assert (question.code, question.params["file"]) == ("ask_header", "b.xlsx / Sums")
