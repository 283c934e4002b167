"""The command about the coming months and weeks, and the planted quarter."""

from __future__ import annotations

import pytest

from data.store import Snapshot
from metrics.both_forecasts import both_forecasts
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.command_line import Company, run
from tests.small import copied, small_demo


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(copied(small_demo(), tmp_path_factory.mktemp("forecasts") / "s.duckdb"))


def test_the_coming_months_and_what_they_stand_on(company: Company) -> None:
    told = company("predict", "revenue", "--steps", "2").json
    *_, finished, running, following = told["rows"]
    assert finished["forecast"] is None
    assert running["is_partial"]
    assert running["at_least"] <= running["forecast"] <= running["at_most"]
    assert following["revenue"] is None
    (asked,) = company.ask("revenue", "--from", "2026-05-01", "--to", "2026-05-31")
    assert finished["revenue"] == pytest.approx(asked["revenue"])
    assert "calendar" in told["sql"]


def test_methods_past_and_what_if(company: Company) -> None:
    rows = company("predict", "revenue", "--about", "methods").json["rows"]
    assert [row["chosen"] for row in rows].count(True) == 1
    told = company("predict", "orders", "--about", "methods", "--grain", "week").json
    closer = [note for note in told["notes"] if "beyond chance" in note]
    assert bool(closer) is not told["rows"][0]["chosen"], "a method that lay closer and is not taken is explained"
    past = company("predict", "revenue", "--about", "past", "--grain", "week").json["rows"]
    assert past
    assert all(row["told_on"] < row["week"] for row in past)
    told = company("predict", "revenue", "--if", "average_order_value=10%").json
    assert told["rows"][-1]["what_if"] == pytest.approx(1.1 * told["rows"][-1]["forecast"])
    told = company("predict", "--if", "closed_deals=-100").json
    (running,) = (row for row in told["rows"] if row["is_partial"])
    assert running["what_if"] == pytest.approx(running["won_amount"]) != 0, "what is won stays won"
    assert told["rows"][-1]["what_if"] == 0
    told = company("predict", "--if", "win_rate=1000").json
    assert "100 %" in told["notes"][-1], "more than all cannot be won"


def test_people_read_it_in_their_language_and_refusals_say_what_to_do(company: Company) -> None:
    said = run("predict", "revenue", "--about", "methods", "--store", company.path, lang="zh-CN").out
    assert "去年同期值" in said
    assert "literal" not in said, "a column that nobody asked for"
    said = run("predict", "revenue", "--store", company.path, "--if", "orders_per_customer=5").out
    assert "What if" in said
    assert said.count("\n") < 30, "a year of finished months"
    for wrong in (("win_rate",), ("revenue", "--if", "price=3"), ("revenue", "--if", "x")):
        assert run("predict", *wrong, "--store", company.path).code != 0


@pytest.mark.slow
def test_the_quarter_that_will_be_missed_is_out_of_reach_and_without_the_story_is_not(
    companies: tuple[Snapshot, Snapshot],
) -> None:
    """Both forecasts are held against ended quarters; what both leave out of reach is, whichever is believed."""
    shares = []
    for seen in companies:
        assert seen.as_of is not None
        frame = seen.ask(
            both_forecasts(View(as_of=seen.as_of, preset="this_month", compare="previous")), EVERYTHING
        ).frame
        assert frame["source"].to_list() == ["landing", "months"]
        assert frame["quarters"][0] >= 2
        believed = frame.filter("is_believed")
        assert believed.is_empty() or believed["off"][0] == frame["off"].min()
        leading = (frame if believed.is_empty() else believed).row(0, named=True)
        shares.append(leading["at_most"] / leading["target"])
    assert shares[0] < 0.95
    assert shares[1] > shares[0] + 0.1
