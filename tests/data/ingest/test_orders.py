"""The same orders as one row each and as lines are counted once, after asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company, run

HEADS = "Order ID,Order Date,Customer Name,Amount\nO1,2026-01-05,Acme,30\nO2,2026-01-06,Umbra,5\n"
LINES = (
    "Order ID,Order Date,Product Name,Quantity,Amount\n"
    "O1,2026-01-05,Pen,1,10\nO1,2026-01-05,Ink,2,20\nO2,2026-01-06,Pen,1,5\n"
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    heads, lines = tmp_path / "orders.csv", tmp_path / "lines.csv"
    heads.write_text(HEADS, "utf-8")
    lines.write_text(LINES, "utf-8")
    return heads, lines


def test_orders_and_their_lines_in_one_import_are_asked_about(company: Company, files: tuple[Path, Path]) -> None:
    for lang, word in (("en", "twice"), ("zh-CN", "重复")):
        ran = company("import", *files, "--lang", lang)
        assert ran.code == 3
        assert word in " ".join(text for upload in ran.json["uploads"] for text in upload["questions"])
    (upload,) = company.load(*files, "--orders", "lines")
    assert upload["file"] == "lines.csv"
    assert any("orders.csv" in text for text in upload["warnings"])
    assert company.ask("revenue") == [{"revenue": 35}]


def test_what_was_loaded_before_counts_too(company: Company, files: tuple[Path, Path]) -> None:
    heads, lines = files
    company.load(lines)
    assert company("import", heads).code == 3
    assert company.ask("revenue") == [{"revenue": 35}]
    company("undo", 1)
    company.load(heads)
    assert company.ask("revenue") == [{"revenue": 35}]
    ran = company("import", lines)
    assert ran.code == 3
    assert "undo" in ran.json["uploads"][0]["questions"][0]


def test_other_orders_are_no_matter(company: Company, files: tuple[Path, Path], tmp_path: Path) -> None:
    others = tmp_path / "others.csv"
    others.write_text(HEADS.replace("O1", "O7").replace("O2", "O8"), "utf-8")
    company.load(files[1], others)
    assert company.ask("revenue") == [{"revenue": 70}]


def test_orders_whose_lines_were_loaded_before_are_left_out_and_nothing_changes(
    company: Company, files: tuple[Path, Path]
) -> None:
    heads, lines = files
    company.load(lines)
    before = company.everything()
    for lang, word in (("en", "nothing has changed"), ("zh-CN", "数据不变")):
        for wish in ((), ("--dry-run",)):
            ran = company("import", heads, "--orders", "lines", "--lang", lang, *wish)
            assert (ran.code, ran.json["uploads"]) == (0, []), ran.err
            assert "orders.csv" in ran.json["warnings"][0]
            assert any(word in text for text in ran.json["warnings"])
        told = run("import", heads, "--orders", "lines", "--store", company.path, "--lang", lang)
        assert told.code == 0
        assert word in told.out
    assert company.everything() == before
    assert company.ask("revenue") == [{"revenue": 35}]
