"""Cells that name several salespeople are asked about: never a new person of both names, nor half of a deal lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Company
from tests.data.ingest.test_plan import codes, planned, rows

HEAD = "商机编号,商机名称,客户名称,负责人,阶段,金额,创建时间\n"
DEALS = (
    HEAD
    + """D1,甲,客A,"张三,李四",赢单,12000,2026-01-05
D2,乙,客B,张三,赢单,30000,2026-01-06
D3,丙,客B,李四,赢单,30000,2026-01-06
"""
)


def of(*owners: str) -> str:
    return HEAD + "".join(f'D{at},甲{at},客{at},"{owner}",赢单,100,2026-01-05\n' for at, owner in enumerate(owners))


@pytest.mark.parametrize(
    ("owners", "names"),
    [(["张三、李四"], ["张三", "李四"]), (["张三/李四"], ["张三", "李四"]),
     (["Ann Lee; Bob Ray"], ["Ann Lee", "Bob Ray"]),
     (["Ann Lee, Bob Ray", "Ann Lee", "Bob Ray"], ["Ann Lee", "Bob Ray"]),
     (["Ann Lee and Bob Ray", "Ann Lee", "Bob Ray"], ["Ann Lee", "Bob Ray"]),
     (["ann@x.com; bob@x.com"], ["ann@x.com", "bob@x.com"]), (["ann@x.com, bob@x.com"], ["ann@x.com", "bob@x.com"]),
     (["张三 李四", "张三", "李四"], ["张三", "李四"]), (["张三和李四", "张三", "李四"], ["张三", "李四"]),
     (["张三\\李四"], ["张三", "李四"]), (["张三（主）、李四"], ["张三", "李四"]),
     (["Smith, Ann; Ray, Bob", "Smith, Ann", "Ray, Bob"], ["Smith, Ann", "Ray, Bob"])],
)  # fmt: skip
def test_several_people_in_one_cell_are_asked_about(owners: list[str], names: list[str]) -> None:
    (question,) = planned(of(*owners)).questions
    assert (question.code, question.choices, question.params["rows"]) == ("ask_owners", ("equal", "first", "one"), 1)
    assert f"{names[0]} 50%, {names[1]} 50%" in question.text("zh-CN")
    first = planned(of(*owners), owners="first")
    assert rows(first)["rep"][0] == names[0]
    assert owners[0] == json.loads(rows(first)["extra"][0])["负责人"], "what was written stays with the row"
    assert rows(planned(of(*owners), owners="one"))["rep"][0] == owners[0]


@pytest.mark.parametrize(
    "owner", ["Lewis, James", "Smith & Sons", "张三(华东)", "Jean-Luc", "O'Neil, Ann", "李和平", "王五 经理"]
)
def test_one_person_is_not_asked_about(owner: str) -> None:
    assert "ask_owners" not in codes(planned(of(owner, "Ann Lee")))


def test_equal_shares_hold_until_a_list_names_other_people(company: Company, tmp_path: Path) -> None:
    """12,000 of two people are 6,000 each; in the next week one of them has all of it, in the third another pair."""

    def load(name: str, text: str, *said: str) -> dict[str, float]:
        (tmp_path / name).write_text(text, encoding="utf-8")
        company.load(tmp_path / name, *said)
        return {row["rep"]: row["won_amount"] for row in company.ask("won_amount", "--by", "rep")}

    both = load("a.csv", DEALS, "--owners", "equal", "--as-of", "2026-02-01", "--full")
    assert both == {"张三": 36_000, "李四": 36_000}
    alone = load("b.csv", DEALS.replace('"张三,李四"', "李四"), "--as-of", "2026-03-01", "--full")
    assert alone == {"张三": 30_000, "李四": 42_000}, "the answer is remembered, and who is named no more has no share"
    others = load("c.csv", DEALS.replace("张三,李四", "李四,王五"), "--as-of", "2026-02-15", "--full")
    assert others == alone, "an older list comes in its place"


def test_lists_without_ids_have_an_owner_and_no_shares() -> None:
    text = DEALS.replace("商机编号,", "").replace("D1,", "").replace("D2,", "").replace("D3,", "")
    (question,) = planned(text).questions
    assert question.choices == ("first", "one")


@pytest.mark.parametrize("then", ["first", "one", "other layout"])
def test_shares_end_when_the_cells_are_no_longer_shared(then: str, company: Company, tmp_path: Path) -> None:
    def load(text: str, *said: str) -> dict[str, float]:
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        company.load(tmp_path / "a.csv", *said, "--full")
        return {row["rep"]: row["won_amount"] for row in company.ask("won_amount", "--by", "rep")}

    assert load(DEALS, "--owners", "equal", "--as-of", "2026-02-01") == {"张三": 36_000, "李四": 36_000}
    if then == "other layout":
        text, said = DEALS.replace('"张三,李四"', "张三").replace("金额,创建时间", "金额,创建时间,备注"), []
    else:
        text, said = DEALS, ["--owners", then]
    shared = {"张三": 42_000, "李四": 30_000}
    if then == "one":
        shared = {"张三,李四": 12_000, "张三": 30_000, "李四": 30_000}
    assert load(text, *said, "--as-of", "2026-03-01") == shared


def test_undoing_a_list_of_deals_takes_back_the_shares_that_it_gave(company: Company, tmp_path: Path) -> None:
    for text, day in ((DEALS, "2026-02-01"), (DEALS.replace("张三,李四", "李四,张三"), "2026-03-01")):
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        company.load(tmp_path / "a.csv", "--owners", "equal", "--as-of", day)
    last = max(one["id"] for one in company("uploads").json["uploads"] if one["table"] == "deals")
    company("undo", last)
    assert {row["rep"]: row["won_amount"] for row in company.ask("won_amount", "--by", "rep")} == {
        "张三": 36_000, "李四": 36_000
    }  # fmt: skip
    company("redo", last)
    assert {row["rep"]: row["won_amount"] for row in company.ask("won_amount", "--by", "rep")} == {
        "张三": 36_000, "李四": 36_000
    }  # fmt: skip


@pytest.mark.parametrize("owner", ["张三;", "张三，张三", "销售一部/张三", "张三(100%)"])
def test_one_person_in_more_words_than_a_name_is_that_person(owner: str) -> None:
    found = planned(of(owner, "王五"))
    assert (found.questions, rows(found)["rep"][0], "owners_single" in codes(found)) == ([], "张三", True)


def test_stated_shares_are_those_and_others_are_asked_about(company: Company, tmp_path: Path) -> None:
    text = DEALS.replace("张三,李四", "张三(75%)、李四(25%)")
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    company.load(tmp_path / "a.csv")
    credited = {row["rep"]: row["won_amount"] for row in company.ask("won_amount", "--by", "rep")}
    assert credited == {"张三": 39_000, "李四": 33_000}
    odd = text.replace("25%", "20%")
    (question,) = planned(odd).questions
    assert question.samples["equal"] == ["张三(75%)、李四(20%) = ?"]
    assert planned(odd, owners="equal").refused == 1, "nobody said how the rest is shared"
    assert rows(planned(odd, owners="first"))["rep"][0] == "张三"


@pytest.mark.parametrize("owner", ["Ann", '"Bob,Cid"'])
def test_a_late_older_list_shares_nothing_that_a_later_one_names(company: Company, tmp_path: Path, owner: str) -> None:
    """Whichever of two lists is loaded first, who has what is as the later one says."""
    head = "Deal ID,Deal Name,Stage,Amount,Owner,Created,Close Date\n"
    others = "2,B,Closed Won,50,Ann,2026-01-05,2026-01-20\n3,C,Closed Won,50,Cid,2026-01-05,2026-01-20\n"
    old, new = tmp_path / "deals 2026-02-01.csv", tmp_path / "deals 2026-03-01.csv"
    old.write_text(head + '1,A,Closed Won,100,"Ann,Bob",2026-01-05,2026-01-20\n' + others, "utf-8")
    new.write_text(head + f"1,A,Closed Won,100,{owner},2026-01-05,2026-01-20\n" + others, "utf-8")
    company.load(old, "--owners", "equal")
    company.load(new, "--owners", "equal")
    expected = company.ask("won_amount", "--by", "rep")
    late = Company(tmp_path / "late" / "store.duckdb")
    late.path.parent.mkdir()
    late.load(new, "--owners", "equal")
    said = late.load(old, "--owners", "equal")
    assert late.ask("won_amount", "--by", "rep") == expected
    assert any("later day" in text for upload in said for text in upload["warnings"])
    assert late.facts()["deal_owners"] == company.facts()["deal_owners"]
    late.close()


def test_undoing_a_later_list_gives_the_shares_back_that_gave_way_to_it(company: Company, tmp_path: Path) -> None:
    """Also where it was loaded first: the older list is then the only one that names the owners."""
    head = "Deal ID,Deal Name,Stage,Amount,Owner,Created,Close Date\n"
    old, new = tmp_path / "deals 2026-02-01.csv", tmp_path / "deals 2026-03-01.csv"
    old.write_text(head + "1,A,Closed Won,100,Ann Lee; Bob Ray,2026-01-05,2026-01-20\n", "utf-8")
    new.write_text(head + "1,A,Closed Won,100,Cid,2026-01-05,2026-01-20\n", "utf-8")
    company.load(new)
    company.load(old, "--owners", "equal")
    assert company.ask("won_amount", "--by", "rep") == [{"rep": "Cid", "won_amount": 100}]
    company("undo", 1)
    shared = {row["rep"]: row["won_amount"] for row in company.ask("won_amount", "--by", "rep")}
    assert shared == {"Ann Lee": 50, "Bob Ray": 50}
    company("redo", 1)
    assert company.ask("won_amount", "--by", "rep") == [{"rep": "Cid", "won_amount": 100}]
    company("undo", 2)
    assert company.ask("won_amount", "--by", "rep") == [{"rep": "Cid", "won_amount": 100}]
