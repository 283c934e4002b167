"""Deals without an id whose customer was renamed: one deal or two is asked, and the answer holds for the next file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Company

HEADER = "Deal Name,Stage,Amount,Account Name,Created Date,Owner\n"
SAME = "".join(f"{name},Won,{money},{who},2026-01-10,Ann\n" for name, money, who in (("a", 1, "A"), ("b", 2, "B")))
OLD = "Phase 1,{},50,Globex Corp,2026-01-10,Ann\n"
NEW = "Phase 1,{},50,Globex Corporation,2026-01-10,Ann\n"
WEEKS = ("2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23")


@pytest.fixture
def week(company: Company, tmp_path: Path) -> Any:
    def load(at: int, rows: str, *said: str) -> dict[str, Any]:
        path = tmp_path / f"deals_{at}.csv"
        path.write_text(HEADER + SAME + rows, "utf-8")
        ran = company("import", path, "--as-of", WEEKS[at], "--full", *said)
        assert ran.code in (0, 3), ran.err
        (upload,) = ran.json["uploads"]
        return dict(upload)

    return load


def won(company: Company, at: int = 1) -> float:
    return float(company.ask("won_amount", "--as-of", WEEKS[at])[0]["won_amount"])


def test_a_renamed_customer_is_asked_about_with_the_money(week: Any, company: Company) -> None:
    """Phase 1 of Globex Corp is missing, and the same of Globex Corporation is new; nothing is loaded unasked."""
    week(0, OLD.format("Won"))
    (question,) = week(1, NEW.format("Won"))["questions"]
    assert "1 new deal looks like 1 deal" in question
    assert "Phase 1 (Globex Corp → Globex Corporation), 50.00" in question
    assert "come to 50.00, of which 50.00 was won" in question
    assert "--renamed same or apart" in question
    assert won(company) == 53


def test_the_same_deal_goes_on_and_counts_once_also_in_the_next_weeks(week: Any, company: Company) -> None:
    week(0, OLD.format("Won"))
    upload = week(1, NEW.format("Won"), "--renamed", "same")
    assert (upload["new"], upload["changed"], upload["same"]) == (0, 1, 2)
    assert any("go on under another name: 1" in said for said in upload["warnings"])
    assert won(company) == 53
    again = week(2, NEW.format("Won"))
    assert (again["new"], again["changed"], again["same"], again["questions"]) == (0, 0, 3, [])
    assert any("the same as before: 1" in said for said in again["warnings"])
    assert won(company, 2) == 53
    by = {row["customer"]: row["won_amount"] for row in company.ask("won_amount", "--by", "customer")}
    assert (by["Globex Corporation"], by.get("Globex Corp")) == (50, None)


def test_a_deal_that_is_another_one_counts_beside_it(week: Any, company: Company) -> None:
    week(0, OLD.format("Won"))
    upload = week(1, NEW.format("Won"), "--renamed", "apart", "--accept-keys")
    assert upload["new"] == 1
    assert any("won money too (50.00)" in said for said in upload["warnings"])
    assert won(company) == 103
    assert week(2, NEW.format("Won"))["questions"] == [], "both are known by now"


def test_an_open_deal_keeps_its_history_and_does_not_end(week: Any, company: Company) -> None:
    week(0, OLD.format("Proposal"))
    upload = week(1, NEW.format("Negotiation"), "--renamed", "same")
    assert not any("ends" in said for said in upload["warnings"])
    (open_now,) = company.ask("open_deals", "open_amount", "--as-of", WEEKS[1])
    assert (open_now["open_deals"], open_now["open_amount"]) == (1, 50)


def test_taking_the_answer_back_parts_the_two_again(week: Any, company: Company) -> None:
    week(0, OLD.format("Won"))
    upload = week(1, NEW.format("Won"), "--renamed", "same")
    company("undo", upload["id"])
    assert won(company) == 53
    assert len(week(1, NEW.format("Won"))["questions"]) == 1


def test_renamed_twice_it_is_still_the_first_one(week: Any, company: Company) -> None:
    last = NEW.replace("Globex Corporation", "Globex SE")
    week(0, OLD.format("Won"))
    week(1, NEW.format("Won"), "--renamed", "same")
    (question,) = week(2, last.format("Won"))["questions"]
    assert "Globex Corporation → Globex SE" in question
    week(2, last.format("Won"), "--renamed", "same")
    assert (week(3, last.format("Won"))["same"], won(company, 3)) == (3, 53)


def test_both_names_in_one_file_are_two_deals(week: Any, company: Company) -> None:
    week(0, OLD.format("Won"))
    week(1, NEW.format("Won"), "--renamed", "same")
    upload = week(2, OLD.format("Won") + NEW.format("Won"))
    assert (upload["new"], upload["questions"]) == (1, [])
    assert won(company, 2) == 103


def test_of_several_alike_nothing_tells_which_became_which(week: Any) -> None:
    two = "Renewal,Won,9,{},2026-01-10,Ann\nRenewal,Won,9,{},2026-01-10,Ann\n"
    week(0, two.format("X", "Y"))
    assert week(1, two.format("V", "W"), "--accept-keys")["questions"] == []


def test_a_part_is_not_asked_about_since_it_may_lack_anything(company: Company, tmp_path: Path) -> None:
    for at, rows in enumerate((OLD, NEW)):
        path = tmp_path / f"part_{at}.csv"
        path.write_text(HEADER + SAME + rows.format("Won"), "utf-8")
        (upload,) = company.load(path, "--as-of", WEEKS[at], "--part", *(("--accept-keys",) if at else ()))
    assert any("Then say --renamed same" in said for said in upload["warnings"])
