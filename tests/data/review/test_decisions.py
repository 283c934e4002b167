"""The step "decisions": what became of earlier decisions since the last review, and what is new today."""

from __future__ import annotations

from pathlib import Path

from data.review.asking import asked
from data.review.chapter import Chapter
from data.review.deciding import add as decide
from data.review.held import begin, end
from data.review.steps.decisions import chapter
from data.store import open_store
from metrics.viewer import EVERYTHING, Viewer
from tests.command_line import Company
from tests.data.review.weeks import add, load


def said(company: Company, lang: str = "en", viewer: Viewer = EVERYTHING) -> Chapter:
    with open_store(company.path).snapshot() as seen:
        return chapter(asked(seen, viewer, lang))


def hold(company: Company, *whats: tuple[str, str]) -> int:
    """A review of today: begun, decisions added, ended."""
    store = open_store(company.path)
    with store.snapshot() as seen:
        begun_now = begin(store, EVERYTHING, asked(seen, EVERYTHING, "en"))
    for deal, stage in whats:
        decide(store, EVERYTHING, what="", kind="deal", subject=deal, outcome="stage", given={"stage": stage},
               review_id=begun_now.id)  # fmt: skip
    end(store, EVERYTHING, begun_now.id)
    return begun_now.id


def test_the_next_review_shows_what_became_of_three_decisions(weekly: Company, tmp_path: Path) -> None:
    nothing = said(weekly)
    assert nothing.finding == "No earlier decision is open."
    assert nothing.lists == ()
    hold(weekly, ("D1", "Discover"), ("D2", "Negotiate"), ("D3", "Propose"))
    load(
        weekly, tmp_path, "2026-06-14",
        D1="D1,Pumps,Acme,Ann Lee,Propose,open,10000,2026-05-01,2026-07-30,,Call",
        D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,",
    )  # fmt: skip
    add(weekly, "--what", "Ask legal")
    kept = weekly("actions", "history", 1).json["history"]
    assert [row["outcome"] for row in kept] == ["unknown"], "kept when the review was ended"
    told = said(weekly)
    assert told.finding == "Of 3 earlier decisions: 1 done, 1 moved, 1 not moved."
    assert told.is_good is None
    assert told.further == ("One decision is new today.",)
    before, new = told.lists
    assert [(row[0], row[5]) for row in before.rows] == [
        ("not moved", "still in Discover"),
        ("moved", "from Qualify to Discover"),
        ("done", "from Qualify to Propose"),
    ]
    assert [one.id for one in before.subjects] == ["D3", "D2", "D1"]
    assert [row[2] for row in new.rows] == ["Ask legal"]
    assert {value.label: value.value for value in told.values} == {"Open": 3, "Overdue": 0, "Done": 1}
    assert told.pictures[0].series[0].values == (1, 1, 1)
    hold(weekly)
    load(weekly, tmp_path, "2026-06-21", D1="D1,Pumps,Acme,Ann Lee,Propose,open,10000,2026-05-01,2026-07-30,,Call")
    last = said(weekly, "zh-CN")
    assert last.finding == "既往决定 3 项：已逾期 2 项，尚不明确 1 项。", "what was done before the last review is over"
    assert last.is_good is False


def test_who_may_see_little_is_told_little(weekly: Company, tmp_path: Path) -> None:
    hold(weekly, ("D1", "Discover"), ("D3", "Propose"))
    load(weekly, tmp_path, "2026-06-14")
    store = open_store(weekly.path)
    with store.snapshot() as seen:
        key = seen.frame("select rep_key from crm.reps where rep = 'Bob Ray'").item()
    bob = Viewer(email="bob@x.com", name="Bob", scope="rep", rep_keys=(key,))
    told = said(weekly, viewer=bob)
    assert told.finding == "The one earlier decision: not moved."
    assert "Pumps" not in str(told)
    assert "Ann" not in str(told)
    assert {value.value for value in told.values} == {1, 0}
