"""What nobody ever loaded is "—" with the reason, however it is asked; what is there and is none is a 0."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.store import open_store
from tests.command_line import Company
from tests.small import empty_at

DEALS = (
    "deal_id,rep,status,amount,created_on,closed_on\n"
    "a,Ann,won,100,2026-03-01,2026-03-05\nb,Bob,lost,50,2026-03-02,2026-03-09\n"
)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(empty_at(tmp_path / "s.duckdb"))
    (tmp_path / "deals.csv").write_text(DEALS)
    made.load(tmp_path / "deals.csv", "--as-of", "2026-03-31", "--full")
    return made


def test_activities_of_a_store_without_any_are_no_zeros(company: Company, tmp_path: Path) -> None:
    ran = company("ask", "won_deals", "activities", "leads", "activities_per_won_deal", "--by", "rep").json
    first = ran["rows"][0]
    assert (first["won_deals"], first["activities"], first["leads"], first["activities_per_won_deal"]) == (
        1, None, None, None
    )  # fmt: skip
    assert sum("no file has brought" in text for text in ran["notes"]) == 3
    board = company("reps", "--measure", "won_deals", "--measure", "activities").json
    assert {row["activities"] for row in board["rows"]} == {None}
    (tmp_path / "done.csv").write_text("activity_id,kind,rep,done_at\n1,call,Ann,2026-03-03 10:00:00\n")
    company.load(tmp_path / "done.csv", "--as-of", "2026-03-31")
    told = {row["rep"]: row["activities"] for row in company.ask("closed_deals", "activities", "--by", "rep")}
    assert told == {"Ann": 1, "Bob": 0}
    open_store(company.path, create=False).close()


def test_no_business_on_record_is_a_zero(company: Company) -> None:
    assert company.ask("revenue", "won_amount") == [{"revenue": 0, "won_amount": 100}]
    company.close()
