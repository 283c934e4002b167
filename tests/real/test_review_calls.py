"""Forecast calls on real exports: won as counted independently, teams that add up, "—" for what nobody told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Company

pytestmark = pytest.mark.real

FILES = ("accounts.csv", "products.csv", "sales_pipeline.csv", "sales_teams.csv")
WON = 2_802_496
"""Of Maven's last quarter (tests/real/test_maven.py)."""
DUE = ("commit_due", "best_due", "pipeline_due", "commit_rolled", "best_rolled", "pipeline_rolled", "weighted")


def test_teams_and_people_add_up_and_nobody_says_what_is_due(real: Path, company: Company) -> None:
    """None of Maven's 2,089 open deals has an expected close, a category or a probability."""
    if not (real / "maven_crm").is_dir():
        pytest.skip("the Maven export is not there")
    company.hold(*(real / "maven_crm" / "original" / name for name in FILES))
    told = company("call", "list").json
    rows = told["rows"]
    assert [(row["scope"], row["won"]) for row in rows[:1]] == [("company", WON)]
    for scope, count in (("team", 6), ("rep", 30)):
        mine = [row["won"] for row in rows if row["scope"] == scope]
        assert (len(mine), sum(mine)) == (count, WON)
    assert {row[name] for row in rows for name in DUE} == {None}
    assert any("expected to close" in note for note in told["notes"])
    teams = [row["name"] for row in rows if row["scope"] == "team"]
    for place, name in enumerate(teams):
        assert company("call", "say", str(400_000 + 50_000 * place), "--team", name).code == 0
    assert company("call", "say", "3000000").code == 0
    top = company("call", "list").json["rows"][0]
    # 400, 450, … 650 thousand together
    assert (top["teams"], top["teams_said"], top["teams_commit"], top["teams_apart"]) == (6, 6, 3_150_000, -150_000)
    assert top["doubt"] is None, "what is due is not known: nobody says more than that"


def test_categories_of_zoho_follow_from_its_probabilities(real: Path, company: Company) -> None:
    """What the rows say is what the forecast page says of the same quarter."""
    if not (real / "zoho_crm").is_dir():
        pytest.skip("the Zoho export is not there")
    company.load(*sorted((real / "zoho_crm").glob("*.csv")))
    told = company("call", "list").json
    top, people = told["rows"][0], [row for row in told["rows"] if row["scope"] == "rep"]
    (won,) = company.ask("won_amount", "--from", told["span"][0], "--to", told["day"])
    assert top["won"] == pytest.approx(won["won_amount"])
    for name in ("won", "commit_due", "best_due", "pipeline_due"):
        assert sum(row[name] for row in people) == pytest.approx(top[name]), name
    assert top["commit_due"] > 0
    assert top["teams"] is None, "there are no teams"
