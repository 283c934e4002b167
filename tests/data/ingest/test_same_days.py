"""Lists of sales of the same days that say them otherwise: asked about, replaced, and never counted twice unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company, run
from tests.data.ingest.test_orders import AGAIN, WEEK, of_sales

HEAD = WEEK.splitlines()[0] + "\n"
PART = HEAD + 2 * "2026-01-06,乙,培训,1,7,李四\n"
RIGHT = WEEK.replace(",40,", ",45,")


def _new(text: str) -> list[int]:
    """The amounts of the lines that a list of the week has anew."""
    left = WEEK.splitlines()
    lines = [line for line in text.splitlines() if line not in left or left.remove(line)]
    return [int(line.split(",")[4]) for line in lines]


def written(path: Path, name: str, text: str) -> Path:
    (path / name).write_text(text, "utf-8")
    return path / name


def test_lines_that_a_later_list_of_sales_has_not_are_asked_about(company: Company, tmp_path: Path) -> None:
    of_sales(company, tmp_path, "a.csv", WEEK)
    for name, text in (("b.csv", RIGHT), ("c.csv", WEEK.replace(AGAIN, "")), ("d.csv", PART)):
        for lang, word in (("en", "replace"), ("zh-CN", "替换")):
            ran = company("import", written(tmp_path, name, text), "--lang", lang)
            assert ran.code == 3, name
            assert word in ran.json["uploads"][0]["questions"][0]
    asked = company("import", tmp_path / "b.csv").json["uploads"][0]["questions"][0]
    assert "2026-01-06 乙 李四 服务 1 40 → 2026-01-06 乙 李四 服务 1 45" in asked
    assert of_sales(company, tmp_path, "d.csv", PART, "--orders", "both") == [{"revenue": 244}]
    assert company("import", tmp_path / "b.csv").code == 3, "an answer holds for its own list"


@pytest.mark.parametrize(
    ("text", "revenue"),
    [
        (RIGHT, 235),
        (WEEK.replace(AGAIN, ""), 190),
        (WEEK.replace("李四", "李思"), 230),
        (WEEK.replace("甲", "甲公司").replace("乙", "乙公司"), 230),
        (WEEK.replace("01-05", "01-04"), 230),
    ],
)
def test_a_corrected_list_takes_the_place_of_its_days(
    company: Company, tmp_path: Path, text: str, revenue: int
) -> None:
    """Whatever was corrected; undoing it brings the lines back, and the list from before is another correction."""
    of_sales(company, tmp_path, "a.csv", WEEK)
    before = company.facts()
    assert company("import", written(tmp_path, "b.csv", text)).code == 3
    (upload,) = company.load(tmp_path / "b.csv", "--orders", "replace")
    assert upload["read"] == text.count("\n") - 1
    assert any("no longer count" in said for said in upload["warnings"])
    assert not any("found again" in said for said in upload["warnings"]), "of what was replaced nothing could be"
    (odd,) = (one for one in upload["odd"] if one["code"] == "odd_withdrawn")
    told = company("uploads").json["uploads"][-1]
    assert upload["withdrawn"] == odd["rows"] == told["withdrawn"], "beside the rows read, of which they are none"
    assert 230 - told["withdrawn_money"] == revenue - sum(_new(text))
    assert f": {odd['rows']} ({told['withdrawn_money']:,.2f})" in run("uploads", "--store", company.path).out
    assert company.ask("revenue") == [{"revenue": revenue}]
    assert company.load(tmp_path / "b.csv")[0]["same"] == upload["read"], "nothing is left to ask"
    company("undo", 3)
    company("undo", 2)
    assert company.facts() == before
    company.load(tmp_path / "b.csv", "--orders", "replace")
    assert of_sales(company, tmp_path, "a.csv", WEEK, "--orders", "replace") == [{"revenue": 230}], "back again"


def test_two_lists_of_one_import_are_compared_with_each_other(company: Company, tmp_path: Path) -> None:
    files = [written(tmp_path, "b.csv", RIGHT), written(tmp_path, "a.csv", WEEK)]
    ran = company("import", *reversed(files))
    assert ran.code == 3
    assert '"a.csv"' in ran.json["uploads"][1]["questions"][0]
    assert company("import", *files).code == 3
    company.load(*reversed(files), "--orders", "replace")
    assert company.ask("revenue") == [{"revenue": 235}]


def test_a_corrected_list_of_earlier_days_replaces_what_later_lists_say_of_them(
    company: Company, tmp_path: Path
) -> None:
    later = "2026-01-20,丙,软件,1,1000,张三\n"
    of_sales(company, tmp_path, "a.csv", WEEK)
    assert of_sales(company, tmp_path, "b.csv", WEEK + later) == [{"revenue": 1230}]
    assert of_sales(company, tmp_path, "c.csv", RIGHT, "--orders", "replace") == [{"revenue": 1235}]
    assert of_sales(company, tmp_path, "d.csv", RIGHT + later) == [{"revenue": 1235}]


def test_another_salespersons_list_of_the_same_days_is_another_list(company: Company, tmp_path: Path) -> None:
    """Neither is it asked about, nor does a corrected list take lines of it away."""
    of_sales(company, tmp_path, "a.csv", WEEK)
    other = HEAD + "2026-01-05,丁,软件,1,100,王五\n2026-01-06,戊,软件,1,90,王五\n"
    assert of_sales(company, tmp_path, "b.csv", other) == [{"revenue": 420}]
    assert of_sales(company, tmp_path, "c.csv", RIGHT, "--orders", "replace") == [{"revenue": 425}]


ONE = HEAD + "2026-01-05,甲,培训,1,100,张三\n2026-01-06,乙,服务,1,40,张三\n2026-01-07,丙,服务,1,60,张三\n"


@pytest.mark.parametrize("answers", [("--orders", "replace"), ("--orders", "replace", "--part")])
def test_a_salespersons_own_list_takes_no_line_of_others_out_of_the_teams(
    company: Company, tmp_path: Path, answers: tuple[str, ...]
) -> None:
    team = ONE + "2026-01-06,乙,硬件,1,900,李四\n2026-01-06,己,硬件,1,700,李四\n"
    of_sales(company, tmp_path, "team.csv", team)
    own = written(tmp_path, "own.csv", ONE.replace(",60,", ",66,"))
    assert "1 line with 60.00" in company("import", own).json["uploads"][0]["questions"][0]
    assert of_sales(company, tmp_path, "own.csv", own.read_text("utf-8"), *answers) == [{"revenue": 1806}]
    assert of_sales(company, tmp_path, "team.csv", team, "--orders", "replace") == [{"revenue": 1800}], "back again"


@pytest.mark.parametrize("column", [True, False], ids=["with a salesperson", "without"])
def test_a_line_that_another_list_repeats_takes_no_more_of_it_along(
    company: Company, tmp_path: Path, column: bool
) -> None:
    """The line that both lists have is of both: the one that was corrected is found by all that it says."""
    other = HEAD + "2026-01-05,丁,培训,1,500,李四\n2026-01-06,戊,服务,1,400,李四\n2026-01-07,丙,服务,1,60,张三\n"
    first, second, right = (
        text if column else text.replace(",业务员", "").replace(",张三", "").replace(",李四", "")
        for text in (ONE, other, ONE.replace(",60,", ",66,"))
    )
    of_sales(company, tmp_path, "a.csv", first)
    assert of_sales(company, tmp_path, "b.csv", second, "--orders", "both") == [{"revenue": 1100}]
    before = company.facts()
    (asked,) = company("import", written(tmp_path, "c.csv", right)).json["uploads"][0]["questions"]
    assert '(1 "a.csv", 2 "b.csv")' in asked
    assert of_sales(company, tmp_path, "c.csv", right, "--orders", "replace") == [{"revenue": 1106}]
    company("undo", 3)
    assert company.facts() == before


@pytest.mark.parametrize(
    ("text", "revenue"),
    [
        (WEEK.replace("张三", "章三").replace("李四", "李思").replace(",1,", ",2,"), 230),
        (WEEK.replace(",100,", ",110,").replace(",90,", ",95,").replace(",40,", ",45,").replace("李四", "李思")
         .replace("张三", "章三"), 250),
    ],
    ids=["people and quantities", "people and amounts"],
)  # fmt: skip
def test_a_list_of_which_every_line_was_corrected_in_two_ways_is_asked_about(
    company: Company, tmp_path: Path, text: str, revenue: int
) -> None:
    of_sales(company, tmp_path, "a.csv", WEEK)
    before = company.facts()
    (asked,) = company("import", written(tmp_path, "b.csv", text)).json["uploads"][0]["questions"]
    assert "李四 服务 1 40 → 2026-01-06" in asked
    assert of_sales(company, tmp_path, "b.csv", text, "--orders", "replace") == [{"revenue": revenue}]
    company("undo", 2)
    assert company.facts() == before


def test_another_list_of_the_same_days_and_products_is_not_asked_about(company: Company, tmp_path: Path) -> None:
    """Ann's and Bob's customers buy the same things: that is no correction."""
    of_sales(company, tmp_path, "a.csv", WEEK)
    other = WEEK.replace("甲", "丁").replace("乙", "戊").replace("张三", "王五").replace("李四", "王五")
    assert of_sales(company, tmp_path, "b.csv", other) == [{"revenue": 460}]
