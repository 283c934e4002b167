"""The same orders as one row each and as lines are counted once, after asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.ingest.errors import TableUnrecognised
from tests.command_line import Company, run
from tests.data.ingest.test_plan import planned

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


SALES = (
    "日期,客户,销售员,商品,数量,销售额\n2026/1/5,甲,张三,A,2,100\n2026/1/5,甲,张三,B,1,50\n2026/1/6,乙,李四,B,1,80\n"
)


@pytest.mark.parametrize(
    "text", [SALES, "XX公司销售台账\n序号," + SALES.replace("\n2", "\n1,2") + "合计,,,,,4,230\n",
             "Date,Customer,Salesperson,Product,Units,Sales\n" + SALES.partition("\n")[2]]
)  # fmt: skip
def test_sales_that_nothing_numbers_are_orders_of_a_customer_and_a_day(
    company: Company, tmp_path: Path, text: str
) -> None:
    (tmp_path / "sales.csv").write_text(text, "utf-8")
    (upload,) = company.load(tmp_path / "sales.csv")
    assert any("count as one order" in said for said in upload["warnings"])
    assert company.ask("revenue", "orders") == [{"revenue": 230, "orders": 2}]
    again = text.replace("2026/1/6", "2026/1/7").replace("2026/1/", "2026-01-0")
    (tmp_path / "later.csv").write_text(again, "utf-8")
    (later,) = company.load(tmp_path / "later.csv", "--part")
    assert (later["new"], later["same"] + later["changed"]) == (1, 2), "a day is one day, however it is written"


def test_a_list_of_deals_or_contracts_is_no_list_of_such_sales(company: Company, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SALES.replace("数量", "合同编号"), "utf-8")
    ran = company("import", tmp_path / "a.csv")
    assert ran.code != 0
    assert "order_lines" not in {upload["table"] for upload in ran.json.get("uploads", [])}


@pytest.mark.parametrize(
    "name", ["2026回款.csv", "采购明细.csv", "Expenses May.csv", "退货明细.csv", "Returns_Q1.csv", "报损.csv"]
)
def test_a_list_that_is_called_something_else_is_no_list_of_sales(company: Company, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SALES, "utf-8")
    ran = company("import", tmp_path / name)
    assert ran.code != 0
    assert "--table order_lines" in ran.err + ran.out
    (upload,) = company.load(tmp_path / name, "--table", "order_lines")
    assert upload["new"] == 3


@pytest.mark.parametrize("name", ["Planet Ltd sales.csv", "Sample sales data.csv", "样品柜销售.csv", "Stockholm.csv"])
def test_a_word_within_another_one_says_nothing_of_a_list(name: str) -> None:
    assert planned(SALES, name).table == "order_lines"


def test_a_list_of_costs_is_no_list_of_sales() -> None:
    with pytest.raises(TableUnrecognised):
        planned(SALES.replace("销售员", "费用类型"))


WEEK = (
    "日期,客户,产品,数量,金额,业务员\n2026-01-05,甲,软件,1,100,张三\n2026-01-06,乙,软件,1,90,李四\n"
    "2026-01-06,乙,服务,1,40,李四\n"
)
AGAIN = "2026-01-06,乙,服务,1,40,李四\n"


def of_sales(company: Company, path: Path, name: str, text: str, *wishes: str) -> list[dict[str, object]]:
    (path / name).write_text(text, "utf-8")
    company.load(path / name, *wishes)
    return company.ask("revenue")


def test_lines_of_sales_that_come_week_by_week_are_known_by_what_they_say(company: Company, tmp_path: Path) -> None:
    """Neither a repeat nor a line of another product takes the place of one that is here."""
    assert of_sales(company, tmp_path, "a.csv", WEEK) == [{"revenue": 230}]
    assert of_sales(company, tmp_path, "b.csv", WEEK + AGAIN) == [{"revenue": 270}], "sold twice on one day"
    turned = [WEEK.splitlines(keepends=True)[at] for at in (0, 3, 2, 1)]
    assert of_sales(company, tmp_path, "c.csv", "".join([*turned, AGAIN])) == [{"revenue": 270}]
    written = WEEK.replace("2026-01-0", "2026/1/") + AGAIN + "2026/1/8,丙,软件,1,9,李四\n"
    assert of_sales(company, tmp_path, "d.csv", written) == [{"revenue": 279}]
    other = WEEK.splitlines()[0] + "\n2026-01-06,丁,软件,1,5,王五\n"
    assert of_sales(company, tmp_path, "e.csv", other) == [{"revenue": 284}], "another salesperson's list"


def test_repeats_in_a_list_of_sales_count_once_where_a_person_says_so(company: Company, tmp_path: Path) -> None:
    assert of_sales(company, tmp_path, "a.csv", WEEK + AGAIN, "--repeats", "drop") == [{"revenue": 230}]


def test_days_of_two_years_or_with_hours_are_days_of_orders(company: Company, tmp_path: Path) -> None:
    head = "Date,Customer,Salesperson,Product,Amount\n"
    for year in ("2025", "2026"):
        (tmp_path / f"{year}.csv").write_text(head + "01-05,A,Ann,X,100\n02-28,A,Ann,X,70\n", "utf-8")
        (upload,) = company.load(tmp_path / f"{year}.csv", "--year", year)
        assert not any("Salesperson, Salesperson" in said for said in upload["warnings"])
    assert company.ask("revenue", "orders") == [{"revenue": 340, "orders": 4}]
    (tmp_path / "c.csv").write_text(head + "2026-03-05 09:00,A,Ann,X,1\n2026-03-05 10:00,A,Ann,Y,1\n", "utf-8")
    company.load(tmp_path / "c.csv")
    assert company.ask("orders") == [{"orders": 5}]
