"""What people say of the period stands in the step about where it lands: whose, how much, who has not spoken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from data.review.asking import asked
from data.review.call_table import table
from data.review.calls import Word, say, span_of
from data.review.chapter import Chapter
from data.review.steps.landing import chapter
from data.store import Store, open_store
from metrics.viewer import EVERYTHING
from tests.small import small_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(Path(shutil.copy(small_demo(), tmp_path_factory.mktemp("calls") / "demo.duckdb")))
    yield store
    store.close()


def said(store: Store, lang: str = "en", team: str | None = None) -> Chapter:
    with store.snapshot() as seen:
        return chapter(asked(seen, EVERYTHING, lang, team=team))


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_step_says_what_people_commit_to(lang: str, demo: Store) -> None:
    with demo.snapshot() as seen:
        of = asked(seen, EVERYTHING, lang)
        frame = table(seen, EVERYTHING, of.view, since=of.since, landings=()).frame
    made = said(demo, lang)
    top = frame.row(0, named=True)
    commit, best = made.values[1:3]
    assert (commit.value, commit.before) == (top["commit"], top["commit_before"])
    assert (best.value, best.before) == (top["best_case"], top["best_before"])
    assert len(made.further) > 1
    assert "{" not in "".join(made.further)
    assert "?" not in made.further[0]
    (listed,) = made.lists
    teams = frame.filter(pl.col("scope") == "team")
    assert [row[0] for row in listed.rows] == teams.get_column("name").to_list()
    assert [row[1] for row in listed.rows] == teams.get_column("commit").to_list()
    course = made.pictures[-1]
    assert (course.kind, course.series[0].values[-1]) == ("line", top["commit"])
    team = teams.item(0, "name")
    own = said(demo, lang, team)
    assert own.values[1].value == teams.item(0, "commit")
    assert {subject.id for subject in own.lists[0].subjects} == set(
        frame.filter(pl.col("team") == team).get_column("name")
    )


def test_who_has_not_spoken_is_named_and_a_company_without_calls_is_told_nothing(demo: Store) -> None:
    with demo.snapshot() as seen:
        of = asked(seen, EVERYTHING, "en")
        span = span_of(of.view)
        name = table(seen, EVERYTHING, of.view, landings=()).frame.filter(pl.col("scope") == "rep").item(0, "name")
    say(demo, EVERYTHING, [Word("rep", name, None)], span)
    assert f"No call from {name}" in " ".join(said(demo).further)
    with demo.noting() as cursor:
        day = of.view.as_of - timedelta(days=8)
        cursor.execute("update ops.forecast_calls set said_on = $day where scope_value = $name and said_on > $day",
                       {"day": day, "name": name})  # fmt: skip
        cursor.execute("delete from ops.forecast_calls where scope_value = $name and commit_amount is null",
                       {"name": name})  # fmt: skip
    assert "Not renewed since" in " ".join(said(demo).further)
    with demo.noting() as cursor:
        cursor.execute("delete from ops.forecast_calls")
    made = said(demo)
    assert not made.lists
    assert not [one for one in made.values if one.label == "People's commit"]
    assert "call" not in " ".join(made.further)
