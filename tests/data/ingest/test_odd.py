"""A dry run says what is odd about the rows, with money and lines, and which names may be one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Company, run
from tests.small import empty_at

CUSTOMERS = "customer_id,customer,industry\nC1,Acme Corp,Steel\nC2,华东电子有限公司,Chips\nC3,Globex,Oil\n"
DEALS = (
    "deal_id,deal,customer_id,customer,rep,status,amount,created_on,closed_on\n"
    "1,a,C1,Acme Corp,Ann,won,100,2026-01-05,2026-02-05\n"
    "2,b,C9,Nobody,Ann,won,70,2026-01-05,2026-02-05\n"
    "3,c,C9,Nobody,Ann,open,5,2026-01-05,\n"
    "4,d,C1,Acme Corp,Ann,won,30,2026-03-05,2026-02-05\n"
    "5,e,C1,Acme Corp,Ann,lost,20,2026-01-05,2026-12-05\n"
    "6,f,C1,Acme Corp,Ann,won,,2026-01-05,2026-02-06\n"
    "7,g,C1,Acme Corp,Ann,won,x1,2026-01-05,2026-02-06\n"
    "8,h,C1,Acme Corp,Ann,won,9,2026-01-05,2026-02-06\n"
    "8,h again,C1,Acme Corp,Ann,won,8,2026-01-05,2026-02-06\n"
)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(empty_at(tmp_path / "company.duckdb"))
    yield made
    made.close()


def written(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def odd(upload: dict[str, Any]) -> dict[str, tuple[int, dict[str, float], list[str]]]:
    return {one["code"]: (one["rows"], one["money"], one["lines"]) for one in upload["odd"]}


def test_what_is_odd_is_counted_with_money_and_lines(company: Company, tmp_path: Path) -> None:
    files = written(tmp_path, "customers.csv", CUSTOMERS), written(tmp_path, "deals.csv", DEALS)
    ran = company("import", *files, "--dry-run", "--as-of", "2026-03-10")
    assert ran.code == 0, ran.err
    listed, deals = ran.json["uploads"]
    assert odd(listed) == {}
    found = odd(deals)
    assert found["odd_orphans_customer"] == (2, {"": 75}, ["3", "4"])
    assert found["closed_before_created"] == (1, {"": 30}, ["5"])
    assert found["closed_in_future"] == (1, {"": 20}, ["6"])
    assert found["won_without_amount"] == (1, {}, ["7"])
    assert [(one["text"], one["rows"], one["money"]) for one in deals["odd"] if one["code"] == "odd_refused"] == [
        ('not loaded: "x1" in "amount" cannot be read', 1, {}),
        ("not loaded: another row has the same key and different content; the last one counts", 1, {"": 9}),
    ]
    assert deals["refused_money"] == 9
    assert not any("rep" in code for code in found), "no list of people was ever loaded"
    text = run("import", *files, "--dry-run", "--as-of", "2026-03-10", "--store", company.path, lang="zh-CN").out
    assert "客户不在任何已载入或本次上传的清单中：Nobody" in text
    assert "75.00；" in text or "75.00; 第 3, 4 行" in text


def test_a_list_that_was_loaded_before_counts_and_one_that_was_taken_back_does_not(
    company: Company, tmp_path: Path
) -> None:
    deals = written(tmp_path, "deals.csv", DEALS)
    (upload,) = company.load(written(tmp_path, "customers.csv", CUSTOMERS))
    before = odd(company("import", deals, "--dry-run").json["uploads"][0])
    assert before["odd_orphans_customer"][0] == 2
    company("undo", upload["id"])
    after = odd(company("import", deals, "--dry-run").json["uploads"][0])
    assert "odd_orphans_customer" not in after, "without any list nothing is missing from it"
    bare = DEALS.replace("Acme Corp", "").replace("Nobody", "")
    named = odd(company("import", written(tmp_path, "bare.csv", bare), "--dry-run").json["uploads"][0])
    assert named["odd_bare_ids_customer"][0] == 7, "ids that nothing names"


def test_records_that_point_to_no_deal_are_named(company: Company, tmp_path: Path) -> None:
    calls = "activity_id,kind,deal_id,rep,done_at\nA1,call,1,Ann,2026-01-06\nA2,call,77,Ann,2026-01-07\n"
    company.load(written(tmp_path, "deals.csv", DEALS), "--as-of", "2026-03-10")
    (upload,) = company("import", written(tmp_path, "calls.csv", calls), "--dry-run").json["uploads"]
    assert odd(upload) == {"odd_orphans_deal": (1, {}, ["3"])}


def test_money_of_several_currencies_is_not_added_up(company: Company, tmp_path: Path) -> None:
    head, *lines = DEALS.splitlines()
    text = "\n".join([f"{head},currency", *(f"{line},{'USD' if line[0] == '2' else 'CNY'}" for line in lines)]) + "\n"
    files = written(tmp_path, "customers.csv", CUSTOMERS), written(tmp_path, "deals.csv", text)
    ran = company("import", *files, "--dry-run", "--without-rates")
    assert odd(ran.json["uploads"][1])["odd_orphans_customer"][1] == {"CNY": 5, "USD": 70}


def test_names_that_may_be_one_are_suggested_before_and_never_joined(company: Company, tmp_path: Path) -> None:
    deals = (
        "deal_id,deal,customer,status,amount,created_on,closed_on\n"
        "1,a,Acme Corporation,won,100,2026-01-05,2026-02-05\n2,b,华东电子公司,won,70,2026-01-05,2026-02-05\n"
        "3,c,Globex,won,5,2026-01-05,2026-02-05\n4,d,Initech,won,5,2026-01-05,2026-02-05\n"
    )
    company.load(written(tmp_path, "customers.csv", CUSTOMERS))
    file = written(tmp_path, "deals.csv", deals)
    suggested = company("import", file, "--dry-run").json["alike"]
    assert [(one["alias"], one["canonical"], one["why"], one["rows"], one["money"]) for one in suggested] == [
        ("Acme Corporation", "Acme Corp", "form", 1, 100),
        ("华东电子公司", "华东电子有限公司", "form", 1, 70),
    ]
    company.load(file)
    names = {row["customer"] for row in company.ask("won_amount", "--by", "customer")}
    assert {"Acme Corporation", "华东电子公司"} <= names, "nothing is joined unasked"
    company("aliases", "--accept-all")
    assert {row["customer"] for row in company.ask("won_amount", "--by", "customer")} == names, "only spellings are"
    again = company("import", file, "--dry-run").json["alike"]
    assert again == [], "what the store holds already is said there"


def test_a_list_that_names_one_company_twice_says_so(company: Company, tmp_path: Path) -> None:
    text = CUSTOMERS + "C4,Acme Corporation,Steel\nC5,Globex,Oil\nC6,Acme GmbH,Steel\n"
    (upload,) = company("import", written(tmp_path, "customers.csv", text), "--dry-run").json["uploads"]
    (one,) = upload["odd"]
    assert (one["code"], one["rows"]) == ("odd_twins", 4)
    assert "Acme Corp / Acme Corporation" in one["text"]


def test_the_command_line_shows_changed_cells_from_what_to_what(company: Company, tmp_path: Path) -> None:
    first = "deal_id,deal,status,amount\n1,x,open,5\n"
    company.load(written(tmp_path, "first.csv", first), "--part", "--as-of", "2026-01-10")
    second = written(tmp_path, "second.csv", first.replace("open,5", "won,9"))
    wishes = ("import", second, "--part", "--as-of", "2026-01-20", "--dry-run")
    assert company(*wishes).json["uploads"][0]["changes"] == [
        {"key": "1", "name": "x", "field": "amount", "old": "5.0000", "new": "9.0000"},
        {"key": "1", "name": "x", "field": "status", "old": "open", "new": "won"},
    ]
    assert "until now" in run(*wishes, "--store", company.path).out


def test_that_there_are_too_many_names_to_look_for_a_wrong_letter_is_said(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "deals.csv", DEALS)
    assert "names_many" not in company("import", file, "--dry-run").out
    monkeypatch.setattr("data.ingest.odd.MOST", 1)
    ran = run("import", file, "--dry-run", "--store", company.path)
    assert "more than 1 names" in ran.out


def test_nothing_is_odd_about_a_deal_that_was_deleted(company: Company, tmp_path: Path) -> None:
    """Won deals without a closing day: 2, 3 and 4; but 2 was deleted, and 4 merged into 1."""
    deals = (
        "deal_id,deal,status,amount,created_on,closed_on,is_deleted,merged_into\n"
        "1,a,won,100,2026-01-05,2026-02-05,,\n2,b,won,70,2026-01-05,,true,\n3,c,won,5,2026-01-05,,false,\n"
        "4,d,won,30,2026-03-05,,,1\n"
    )
    ran = company("import", written(tmp_path, "deals.csv", deals), "--dry-run", "--as-of", "2026-03-10")
    assert ran.code == 0, ran.err
    assert odd(ran.json["uploads"][0])["closed_without_day"] == (1, {"": 5}, ["4"])


def test_closed_deals_of_a_list_without_any_closing_day_are_said(company: Company, tmp_path: Path) -> None:
    """They would load as won and count in no period."""
    head = "deal_id,deal,customer,rep,status,amount,created_on\n"
    text = head + "1,a,A,Ann,won,100,2026-01-05\n2,b,B,Ann,open,9,2026-01-06\n"
    (deals,) = company.load(written(tmp_path, "deals.csv", text))
    assert odd(deals)["closed_without_day"] == (1, {"": 100}, ["2"])
