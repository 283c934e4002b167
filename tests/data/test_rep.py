"""What is told of one salesperson: the planted weak stage with its deals, and nothing of those who differ by chance."""

from __future__ import annotations

import polars as pl
import pytest

from data.demo import AS_OF, STORIES
from data.store import Snapshot
from metrics.coaching import coaching, peers_of
from metrics.query import Query
from metrics.view import View
from metrics.viewer import EVERYTHING

FIRST_VIEW = View(as_of=AS_OF, preset="last_12_months")


def _coached(seen: Snapshot, rep: str) -> tuple[Query, pl.DataFrame]:
    """As the page asks it: against the others of the team."""
    peers = seen.ask(peers_of(rep, FIRST_VIEW), EVERYTHING).frame["rep"].to_list()
    query = coaching(rep, FIRST_VIEW, peers)
    return query, seen.ask(query, EVERYTHING).frame


@pytest.mark.slow
def test_the_planted_weak_stage_is_found_with_its_deals(companies: tuple[Snapshot, Snapshot]) -> None:
    story = next(one for one in STORIES if one.id == "weak_stage").where["en"]
    query, frame = _coached(companies[0], story["rep"])
    (row,) = frame.filter(pl.col("point") == "weakness").to_dicts()  # beside it, the person is quick in the first stage
    assert (row["claim"], row["stage"]) == ("conversion", story["stage"])
    assert row["own.high"] < row["others.low"]
    behind = companies[0].ask(query.rows(claim="conversion", pipeline=row["pipeline"], place=row["place"]), EVERYTHING)
    assert behind.frame.height == row["own.n"]
    assert set(behind.frame["rep"]) == {story["rep"]}


@pytest.mark.slow
def test_nothing_is_told_of_those_who_differ_by_chance(companies: tuple[Snapshot, Snapshot]) -> None:
    """Of twenty people one may be told something; how often it happens is measured by bench/alarms.py."""
    plain = companies[1]
    reps = plain.frame("select rep from crm.reps order by rep_id limit 6")["rep"]
    told = [rep for rep in reps if not _coached(plain, rep)[1].drop_nulls("point").is_empty()]
    assert len(told) <= 1, told
