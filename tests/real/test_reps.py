"""Salespeople of the Maven export: 35 agents of whom 5 have no deals, managers' totals as known."""

from __future__ import annotations

import polars as pl
import pytest

from tests.command_line import Company
from tests.real.test_maven import BY_MANAGER, loaded, maven  # noqa: F401 - fixtures

pytestmark = pytest.mark.real

IDLE = {"Carl Lin", "Carol Thompson", "Elizabeth Anderson", "Mei-Mei Johns", "Natalya Ivanova"}


def test_all_agents_are_there_and_managers_have_their_totals(loaded: Company) -> None:  # noqa: F811
    answered = loaded("reps", "--measure", "won_amount", "--measure", "win_rate").json
    frame = pl.DataFrame(answered["rows"], infer_schema_length=None)
    assert frame.height == 35
    idle = frame.filter("has_nothing")
    assert set(idle["rep"]) == IDLE
    assert idle["won_amount"].null_count() == idle["win_rate"].null_count() == 5, "no zeros where nothing is known"
    assert frame.select("rep", "won_amount").head(3).rows() == [
        ("Darcel Schlecht", 1_153_214), ("Vicki Laflamme", 478_396), ("Kary Hendrixson", 454_298),
    ]  # fmt: skip
    assert dict(frame.group_by("manager").agg(pl.col("won_amount").sum()).rows()) == BY_MANAGER
    assert set(frame["win_rate.peers"].drop_nulls()) == {4238 / 6711}
    assert frame["win_rate"].mean() != pytest.approx(4238 / 6711, abs=1e-4)
    assert any("5 people have nothing on record" in said for said in answered["notes"])


def test_managers_are_peers_of_their_own(loaded: Company) -> None:  # noqa: F811
    rows = loaded("reps", "--measure", "win_rate", "--peers", "manager").json["rows"]
    by_hand = {row["manager"]: row["win_rate"] for row in loaded.ask("win_rate", "--by", "manager")}
    assert {row["manager"]: row["win_rate.peers"] for row in rows if not row["has_nothing"]} == pytest.approx(by_hand)


def test_on_the_same_products_agents_are_as_alike_as_they_were(loaded: Company) -> None:  # noqa: F811
    rows = loaded("reps", "like", "--by", "product").json["rows"]
    assert len(rows) == 30
    assert all(abs(row["win_rate.mix"]) < 0.05 for row in rows if row["win_rate.mix"] is not None)
