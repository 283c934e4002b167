"""Afterwards on the command line: effects, the file itself, its refused rows, names; findings as text and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company, run
from tests.data.test_main import DEALS, file


@pytest.fixture
def company(company: Company, tmp_path: Path) -> Company:
    company.load(file(tmp_path, DEALS + "5,e,Ann,Acme,P1,Won,won,x40,2026-01-05,2026-02-05\n"))
    return company


def test_uploads_say_what_they_did(company: Company) -> None:
    (upload,) = company("uploads").json["uploads"]
    assert upload["effect"]["won_amount"] == {"before": None, "after": 150}
    assert upload["effect"]["win_rate"]["after"] == pytest.approx(2 / 3)


def test_refused_rows_go_out_and_come_in_corrected(company: Company, tmp_path: Path) -> None:
    out = Path(company("refused", 1, tmp_path).json["file"])
    assert out.name == "deals 2026-03-06 refused.csv"
    assert company("refused", 1, tmp_path).json["error"]["code"] == "FileInTheWay"
    out.write_bytes(out.read_bytes().replace(b",x40,", b",40,"))
    (again,) = company.load(out)
    assert (again["read"], again["new"], again["as_of"]) == (1, 1, "2026-03-06")
    assert company.ask("won_amount")[0]["won_amount"] == 190
    assert company("refused", 2).json["error"]["code"] == "NothingRefused"


def test_the_original_is_given_back(company: Company, tmp_path: Path) -> None:
    company("original", 1, tmp_path / "back.csv")
    assert (tmp_path / "back.csv").read_bytes() == (tmp_path / "deals.csv").read_bytes()
    assert company("original", 9).json["error"]["code"] == "UnknownUpload"


def test_a_dry_run_of_names_changes_nothing_and_tells_what_comes_true(company: Company) -> None:
    (told,) = company("aliases", "--accept", "rep:Bob=Ann", "--dry-run").json["previews"]
    assert (told["is_new_name"], told["rows"], told["members"]) == (False, 2, 2)
    assert {one["measure"]: one["together"] for one in told["numbers"]}["won_deals"] == 2
    assert {row["rep"] for row in company.ask("created_deals", "--by", "rep")} == {"Ann", "Bob"}
    company("aliases", "--accept", "rep:Bob=Ann", "--accept", "stage:Won=Signed")
    assert {row["rep"] for row in company.ask("created_deals", "--by", "rep")} == {"Ann"}
    assert {row["stage"] for row in company.ask("won_amount", "--by", "stage")} >= {"Signed"}


def test_findings_as_text_are_those_of_the_json(company: Company) -> None:
    found = company("check").json["findings"]
    text = " ".join(run("check", "--store", company.path).out.split())
    assert found
    for one in found:
        assert one["rule"][:20] in text


def test_taking_back_twice_says_that_nothing_was_changed(company: Company) -> None:
    said = [run(verb, 1, "--store", company.path).out for verb in ("redo", "undo", "undo", "redo")]
    assert ["nothing was changed" in text for text in said] == [True, False, True, False]
