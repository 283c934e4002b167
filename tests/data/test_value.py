"""The command about the value of customers, and the planted account that fell silent: overdue within weeks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data.demo import STORIES
from data.store import Snapshot
from data.value import for_people
from metrics.overdue import overdue
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.command_line import Company, run
from tests.small import copied, small_demo

ABOUT = ("ranking", "lost", "bands", "check", "parameters", "overdue")
STORY = next(story for story in STORIES if story.id == "silent_account")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(copied(small_demo(), tmp_path_factory.mktemp("value") / "s.duckdb"))


@pytest.mark.parametrize("about", ABOUT)
def test_each_thing_that_can_be_asked(company: Company, about: str) -> None:
    told = company("value", "--about", about).json
    assert "order_lines" in told["sql"]
    assert told["notes"]
    said = run("value", "--about", about, "--store", company.path, lang="zh-CN")
    assert said.code == 0
    assert not any(word in said.out for word in ("chance_alive", "amount_from", "worth", "usual_pause", "repeats"))


def test_where_contracts_bring_most_the_model_is_refused(company: Company) -> None:
    for about in ("ranking", "lost", "bands"):
        told = company("value", "--about", about).json
        assert not told["rows"]
        assert any("with a contract running" in said for said in told["notes"])


def test_the_horizon_is_what_is_looked_back_and_refusals_have_reasons(tmp_path: Path) -> None:
    company = Company(copied(small_demo(), tmp_path / "free.duckdb"))
    with duckdb.connect(company.path) as connection:
        connection.execute("delete from crm.contracts")
    quarter, year = (company("value", "--about", "check", "--horizon", weeks).json for weeks in ("13", "52"))
    assert "ooking back 13 weeks" in " ".join(quarter["notes"])
    assert sum(row["made"] for row in year["rows"]) > sum(row["made"] for row in quarter["rows"])
    assert " 7+ " in run("value", "--about", "check", "--store", company.path).out  # and more
    assert run("value", "--horizon", "7", "--store", company.path).code == 2
    assert run("value", "--discount", "-1", "--store", company.path).code == 2


def test_people_are_told_no_more_than_is_known() -> None:
    frame = pl.DataFrame({
        "customer": ["a", "b", "c"], "chance_alive": [0.99999, 0.5, None], "expected_purchases": [43.9176, 1, 0],
        "value_ahead": [4108.6068, 1, None], "amount_from": [1, 2, 3],
    }, strict=False)  # fmt: skip
    told = for_people(frame)
    assert told.rows() == [("a", "> 99.9 %", 43.9, 4109), ("b", "50.0 %", 1, 1), ("c", None, 0, None)]
    assert for_people(pl.DataFrame({"chance_of_pause": [1e-9]})).item() == "< 0.1 %"


def test_won_deals_have_their_own_rhythm(company: Company) -> None:
    told = company("value", "--about", "overdue", "--of", "won_amount").json
    assert "deals" in told["sql"]


@pytest.mark.slow
def test_the_silent_account_is_overdue_within_weeks(companies: tuple[Snapshot, Snapshot]) -> None:
    """It bought twice a month until February; where it buys on, it is not called overdue."""
    planted, plain = companies
    names = {place["customer"] for place in STORY.where.values()}

    def found(seen: Snapshot, days: int) -> set[str]:
        view = View(as_of=STORY.to_on).seen_on(STORY.from_on + timedelta(days=days))
        return names & set(seen.ask(overdue(view), EVERYTHING).frame["customer"])

    assert not found(planted, 14)
    assert found(planted, 35)
    assert found(planted, 120)
    assert not any(found(plain, days) for days in (14, 35, 120))
