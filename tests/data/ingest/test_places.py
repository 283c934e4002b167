"""What two shops sell alike on a day are two sales, asked about, and neither takes the other's place unsaid."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import Company
from tests.data.ingest.test_orders import of_sales
from tests.data.ingest.test_same_days import written

HEAD = "日期,门店,客户,产品,数量,金额\n"
FIRST = HEAD + "2026-01-05,一店,散客,手机,1,5999\n2026-01-05,一店,散客,耳机,1,99\n"
SECOND = HEAD + "2026-01-05,二店,散客,手机,1,5999\n2026-01-05,二店,散客,充电器,1,50\n"


def test_equal_sales_of_two_shops_are_asked_about_and_both_count(company: Company, tmp_path: Path) -> None:
    of_sales(company, tmp_path, "a.csv", FIRST)
    before = company.facts()
    (asked,) = company("import", written(tmp_path, "b.csv", SECOND)).json["uploads"][0]["questions"]
    assert "2026-01-05 散客 手机 1 5,999 一店 → 2026-01-05 散客 手机 1 5,999 二店" in asked
    assert "1 line with 5,999.00" in asked, "the other line of the first shop is another list's"
    assert of_sales(company, tmp_path, "b.csv", SECOND, "--orders", "both") == [{"revenue": 12147}]
    for name, text in (("a.csv", FIRST), ("b.csv", SECOND), ("c.csv", FIRST + SECOND.removeprefix(HEAD))):
        (again,) = company.load(written(tmp_path, name, text))
        assert (again["new"], again["changed"]) == (0, 0), name
    for number in (5, 4, 3, 2):
        company("undo", number)
    assert company.facts() == before
    assert of_sales(company, tmp_path, "b.csv", SECOND, "--orders", "replace") == [{"revenue": 6148}]


def test_two_shops_of_one_import_are_asked_about_too(company: Company, tmp_path: Path) -> None:
    files = [written(tmp_path, "a.csv", FIRST), written(tmp_path, "b.csv", SECOND)]
    assert company("import", *files).code == 3
    company.load(*files, "--orders", "both")
    assert company.ask("revenue") == [{"revenue": 12147}]


def test_shops_without_an_equal_line_are_not_asked_about(company: Company, tmp_path: Path) -> None:
    of_sales(company, tmp_path, "a.csv", FIRST)
    assert of_sales(company, tmp_path, "b.csv", SECOND.replace("5999", "4999")) == [{"revenue": 11147}]


def test_equal_sales_of_two_channels_are_asked_about_and_both_count(company: Company, tmp_path: Path) -> None:
    """A source is a place: the later list said the same of another one, and one sale would have been lost unsaid."""
    head = "日期,客户,产品,数量,金额,来源\n"
    of_sales(company, tmp_path, "a.csv", head + "2026-01-05,散客,手机,1,5999,天猫\n2026-01-05,散客,耳机,1,99,天猫\n")
    other = head + "2026-01-05,散客,手机,1,5999,京东\n"
    (asked,) = company("import", written(tmp_path, "b.csv", other)).json["uploads"][0]["questions"]
    assert "手机 1 5,999 天猫 → 2026-01-05 散客 手机 1 5,999 京东" in asked
    assert of_sales(company, tmp_path, "b.csv", other, "--orders", "both") == [{"revenue": 12097}]
