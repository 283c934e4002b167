"""Workbooks: numbers are numbers, texts are texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from lxml import etree

from data.review.chapter import Chapter
from data.review.workbook import workbook
from tests.data.review import read_back
from tests.data.review.made import report

_DAY_ZERO = date(1899, 12, 30)


def test_values_are_numbers_in_their_units() -> None:
    told = read_back.cells(workbook(report("en")), 2)
    at = next(place for place, (kind, value) in told.items() if (kind, value) == ("s", "Won amount"))
    row = at[1:]
    assert told[f"B{row}"] == ("n", 12_345_678.5)
    assert told[f"D{row}"] == ("n", 11_000_000.25)
    assert told[f"C{row}"] == ("s", "money (USD)")
    assert "Amount of deals won" in told[f"F{row}"][1]
    assert told[f"B{int(row) + 1}"] == ("n", 0.3456789)
    assert f"B{int(row) + 3}" not in told, "no value is an empty cell"
    assert told[f"F{int(row) + 3}"] == ("s", "No deal was closed.")


def test_days_are_days_and_all_rows_of_a_list_stand_in_it() -> None:
    told = read_back.cells(workbook(report("en")), 4)
    deals = [place for place, (_, value) in told.items() if str(value).startswith("Equipment renewal")]
    assert len(deals) == 40
    first = deals[0][1:]
    assert told[f"D{first}"] == ("n", 123_456.78)
    assert told[f"E{first}"] == ("n", float((date(2026, 6, 20) - _DAY_ZERO).days))
    assert any("3 more" in str(value) for _, value in told.values())


def test_charts_stand_on_the_cells_beside_them() -> None:
    held = read_back.parts(workbook(report("zh-CN")))
    charts = [etree.fromstring(part) for name, part in held.items() if name.startswith("xl/charts/chart")]
    assert len(charts) == 5
    for chart in charts:
        formulas = [one.text or "" for one in chart.iter() if one.tag.endswith("}f")]
        assert formulas
        assert all("!$" in one for one in formulas)


def test_names_of_sheets_are_admitted_and_differ() -> None:
    titles = ("a/b:c*?[d]\\", "History", "x" * 50, "X" * 50, "x" * 50, "'quoted'", "", "Overview", "华东" * 40)
    made = report("en")
    chapters = tuple(Chapter(f"s{at}", title, "f") for at, title in enumerate(titles))
    names = list(read_back.sheets(workbook(replace(made, chapters=chapters))))
    assert len(names) == len(titles) + 1 + (len(names) - len(titles) - 1)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_what_looks_like_a_formula_stays_text(lang: str) -> None:
    file = workbook(report(lang, hostile=True))
    texts = [value for sheet in range(1, 7) for kind, value in read_back.cells(file, sheet).values() if kind == "s"]
    assert "=cmd()" in texts
    assert str(2**60) in texts
    assert not any(name.startswith("xl/externalLinks") for name in read_back.parts(file))
    for name, part in read_back.parts(file).items():
        if name.endswith(".rels"):
            assert b'TargetMode="External"' not in part, name


def test_a_file_is_the_same_each_time() -> None:
    assert workbook(report("en")) == workbook(report("en"))


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_days_of_the_overview_are_days(lang: str) -> None:
    cells = read_back.cells(workbook(report(lang)), 1)
    told = {cells[f"A{row}"][1]: cells[f"B{row}"] for row in range(2, 9) if f"A{row}" in cells}
    names = ("Data as of", "Changes since the last review", "First day", "Last day")
    if lang == "zh-CN":
        names = ("数据截至", "变化起始日（上次例会）", "起始日", "结束日")
    first = date(1899, 12, 30)
    days = [date(2026, 6, 12), date(2026, 6, 5), date(2026, 4, 1), date(2026, 6, 30)]
    assert [told[name] for name in names] == [("n", float((day - first).days)) for day in days]


def test_heads_of_amounts_say_the_currency() -> None:
    texts = [value for kind, value in read_back.cells(workbook(report("en")), 4).values() if kind != "n"]
    assert "Amount (USD)" in texts
    assert "Odds" in texts
