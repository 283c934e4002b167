"""What proves the order of day, month and year is said with its lines; one slip of the pen is said as such."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data import ingest
from data.ingest import FilePlan, Offer, Options, Source
from tests.command_line import Company

TODAY = date(2026, 6, 1)
HEAD = "deal_id,status,amount,created_on\n"


def planned(days: list[str], head: str = HEAD, **said: object) -> FilePlan:
    text = head + "".join(f"{at},won,5,{day}\n" for at, day in enumerate(days, start=1))
    options = Options(today=TODAY, **said)  # type: ignore[arg-type]
    return ingest.plan([Source("a.csv", text.encode())], options).files[0]


def about_dates(file: FilePlan) -> list[ingest.Remark]:
    return [remark for remark in file.warnings if remark.code.startswith("date_")]


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (["03/04/2026", "31/01/2026", "13/02/2026", "05/05/2026"], "date_proved_first"),
        (["03/04/2026", "01/31/2026", "02/13/2026", "05/05/2026"], "date_proved_second"),
    ],
)
def test_what_proves_an_order_is_counted_and_shown(days: list[str], code: str) -> None:
    (said,) = about_dates(planned(days))
    assert (said.code, said.params["count"], said.params["open"]) == (code, 2, 1), "05/05 is one day in both"
    assert said.params["lines"] == f"3: {days[1]}, 4: {days[2]}"
    for lang in ("en", "zh-CN"):
        assert days[1] in said.text(lang)


def test_days_that_only_one_order_can_read_are_not_talked_about() -> None:
    assert about_dates(planned(["2026-01-05", "2026-02-06"])) == []
    assert about_dates(planned(["2026-01-05 10:00", "2026-02-06 11:00"])) == []
    assert about_dates(planned(["5 Jan 2026", "6 Feb 2026"])) == []


def test_one_value_against_hundreds_is_said_and_can_be_overruled() -> None:
    days = ["03/04/2026"] * 150 + ["13/02/2026"]
    (said,) = about_dates(planned(days))
    assert isinstance(said, Offer)
    assert (said.code, said.params["count"], said.params["open"], said.taken) == ("date_proved_few", 1, 150, "dmy")
    assert said.choices == ("dmy", "mdy")
    assert "152: 13/02/2026" in str(said.params["lines"])
    assert "--date-order" in said.text("en")
    assert "--" not in said.on_page("en")
    file = planned(days, date_order="mdy")
    assert file.checked is not None
    assert file.checked.rows["created_on"].to_list() == [date(2026, 3, 4)] * 150
    assert file.refused == 1, "the row that does not fit the word is refused, not read otherwise"


def test_a_column_that_follows_another_says_so() -> None:
    head = "deal_id,status,amount,created_on,expected_close_on\n"
    file = planned(["31/01/2026,03/04/2026", "13/02/2026,05/06/2026"], head)
    (said,) = about_dates(file)
    assert (said.code, said.params["column"]) == ("date_by_columns", "expected_close_on")
    assert (said.params["other"], said.params["count"]) == ("created_on", 2)
    assert str(said.params["lines"]).startswith("2: 31/01/2026")


def test_the_sequence_of_dates_is_said_to_settle_them() -> None:
    head = "deal_id,status,amount,created_on,closed_on\n"
    file = planned(["01/02/2026,02/01/2026", "03/04/2026,04/03/2026"], head)
    assert {said.code for said in about_dates(file)} == {"date_by_sequence"}


def test_what_lies_in_the_future_is_said_to_settle_them() -> None:
    (said,) = about_dates(planned(["03/04/2026", "02/11/2025", "05/12/2025", "01/07/2026"]))
    assert said.code == "date_by_past"


def test_the_evidence_stands_in_the_answer_of_the_command(company: Company, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEAD + "1,won,5,31/01/2026\n2,won,5,03/04/2026\n", "utf-8")
    (loaded,) = company.load(file)
    assert any(
        "Values with more than 12 in the first place: 1 (line 2: 31/01/2026)" in said for said in loaded["warnings"]
    )
