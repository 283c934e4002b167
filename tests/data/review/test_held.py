"""Reviews are begun, noted, ended, and the next one starts where the last one looked from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from data.errors import StoreHoldsNothing
from data.review import held
from data.review.agenda import plan
from data.review.asking import asked, teams
from data.review.chapter import Asked
from data.review.errors import (
    ReviewLeftOpen,
    ReviewNeedsTeam,
    ReviewNoteTooLong,
    ReviewOver,
    ReviewsNotYours,
    SinceNotBefore,
    TeamNotSeen,
    UnknownReview,
    UnknownStep,
)
from data.store import Store
from metrics.viewer import EVERYTHING, Viewer

NORTH, EAST = "North", "East"
CHIEF = Viewer(email="east@example.com", name="East", scope="teams", teams=(EAST,), rep_keys=(2,))
REP = Viewer(email="r@example.com", name="R", scope="rep", rep_keys=(2,))


@pytest.fixture
def company_store(store: Store) -> Store:
    with store.writing() as cursor:
        cursor.execute(
            """
            insert into ops.uploads by name
            select 1 as id, 'd.csv' as file, 'd' as sha256, 0 as bytes, 'deals' as table_name, 'own' as profile,
                []::varchar[] as columns, '{}' as mapping, date '2026-05-18' as as_of, true as is_full,
                timestamp '2026-05-18 09:00' as loaded_at, 0 as read, 0 as new, 0 as changed, 0 as same, 0 as refused,
                0 as set_aside
            """
        )
        cursor.execute("insert into crm.teams values ('North', null), ('East', null), ('Far East', 'East')")
    return store


def _day(store: Store, day: str) -> None:
    with store.writing() as cursor:
        cursor.execute("update ops.uploads set as_of = $day", {"day": day})


def _asked(store: Store, viewer: Viewer = EVERYTHING, **more: Any) -> Asked:
    with store.snapshot() as seen:
        return asked(seen, viewer, "en", **more)


def _held(store: Store, viewer: Viewer = EVERYTHING, team: str | None = None) -> held.Review:
    begun = held.begin(store, viewer, _asked(store, viewer, team=team))
    return held.end(store, viewer, begun.id)


def test_the_first_review_looks_back_a_week(company_store: Store) -> None:
    told = _asked(company_store)
    assert (told.since, told.last_held, told.team) == (date(2026, 5, 11), False, None)
    assert told.view.preset == "this_quarter"
    assert told.view.period is not None
    assert (told.view.period.from_on, told.view.period.to_on) == (date(2026, 4, 1), date(2026, 6, 30))


def test_the_next_one_starts_at_the_day_of_the_last_that_was_held(company_store: Store) -> None:
    assert _held(company_store).as_of == date(2026, 5, 18)
    told = _asked(company_store)  # nothing loaded since: not compared with its own day
    assert (told.since, told.last_held) == (date(2026, 5, 11), False)
    _day(company_store, "2026-06-08")
    begun = held.begin(company_store, EVERYTHING, _asked(company_store))
    assert begun.since == date(2026, 5, 18)
    _day(company_store, "2026-06-10")
    told = _asked(company_store)  # the one that is only begun is none that was held
    assert (told.since, told.last_held) == (date(2026, 5, 18), True)
    held.drop(company_store, EVERYTHING, begun.id)
    assert _asked(company_store).since == date(2026, 5, 18)
    assert _asked(company_store, since=date(2026, 6, 1)).since == date(2026, 6, 1)
    assert _asked(company_store, since=date(2026, 6, 1)).last_held is False
    with pytest.raises(SinceNotBefore):
        _asked(company_store, since=date(2026, 6, 10))


def test_a_review_that_went_on_with_newer_data_is_of_their_day(company_store: Store) -> None:
    begun = held.begin(company_store, EVERYTHING, _asked(company_store))
    _day(company_store, "2026-05-20")  # loaded, and taken in the meeting
    held.note(company_store, EVERYTHING, begun.id, "deals", finding="Six", as_of=date(2026, 5, 20))
    held.note(company_store, EVERYTHING, begun.id, "deals", text="call Ann", as_of=date(2026, 6, 30))  # says no number
    ended = held.end(company_store, EVERYTHING, begun.id)
    assert (ended.as_of, ended.since) == (date(2026, 5, 20), begun.since)
    assert _asked(company_store).last_held is False, "it is not compared with its own day"
    _day(company_store, "2026-05-27")
    assert _asked(company_store).since == date(2026, 5, 20)


def test_a_team_looks_back_to_its_own_review_or_that_of_all(company_store: Store) -> None:
    _held(company_store)
    _day(company_store, "2026-05-25")
    assert _asked(company_store, team=EAST).since == date(2026, 5, 18)
    _held(company_store, CHIEF)
    _day(company_store, "2026-06-01")
    assert _asked(company_store, team=EAST).since == date(2026, 5, 25)
    assert _asked(company_store, team=NORTH).since == date(2026, 5, 18)
    assert _asked(company_store).since == date(2026, 5, 18)
    assert _asked(company_store, team=EAST).view.chosen("team") == ("East", "Far East")


def test_a_team_that_is_not_ones_own(company_store: Store) -> None:
    with pytest.raises(TeamNotSeen) as refused:
        _asked(company_store, team="Nroth")
    assert "North" in refused.value.text("zh-CN")
    for viewer in (CHIEF, REP):
        with pytest.raises(TeamNotSeen) as refused:
            _asked(company_store, viewer, team=NORTH)
        assert "East" not in str(refused.value) or viewer is CHIEF
    assert _asked(company_store, CHIEF).team == EAST  # without naming it
    assert _asked(company_store, REP).team is None
    with company_store.snapshot() as seen:
        assert (teams(seen, EVERYTHING), teams(seen, REP)) == (["East", "Far East", "North"], [])


def test_two_people_come_into_one_review(company_store: Store) -> None:
    of = _asked(company_store)
    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(lambda _: held.begin(company_store, EVERYTHING, of), range(8)))
    assert {one.id for one in begun} == {1}
    assert held.begin(company_store, EVERYTHING, _asked(company_store, team=NORTH)).id == 2
    _day(company_store, "2026-05-20")  # an upload meanwhile
    assert held.begin(company_store, EVERYTHING, _asked(company_store)).as_of == date(2026, 5, 18)
    with ThreadPoolExecutor(4) as pool:
        seconds = [10.0, 40.0, 30.0, 20.0]
        list(pool.map(lambda used: held.note(company_store, EVERYTHING, 1, "data", seconds=used), seconds))
    with company_store.snapshot() as seen:
        assert held.review(seen, EVERYTHING, 1).said["data"].seconds == 40.0


def test_what_a_step_said_is_kept(company_store: Store) -> None:
    before = _versions(company_store)
    one = held.begin(company_store, EVERYTHING, _asked(company_store), address="?team=North")
    held.note(company_store, EVERYTHING, one.id, "deals", finding="'Six' deals", text="  call <b>Ann</b>; drop table x")
    kept = held.note(company_store, EVERYTHING, one.id, "deals", seconds=61.5)
    assert kept.said["deals"] == held.Said(finding="'Six' deals", note="call <b>Ann</b>; drop table x", seconds=61.5)
    assert _versions(company_store)[1] == before[1]  # answers are remembered still
    ended = held.end(company_store, EVERYTHING, one.id)
    assert ended.state == "held"
    assert held.end(company_store, EVERYTHING, one.id) == ended  # whoever ends it second
    corrected = held.note(company_store, EVERYTHING, one.id, "deals", text="call Bob", seconds=999)
    assert corrected.said["deals"] == held.Said(finding="'Six' deals", note="call Bob", seconds=61.5)
    with pytest.raises(ReviewOver):
        held.note(company_store, EVERYTHING, one.id, "deals", finding="another past")
    held.drop(company_store, EVERYTHING, one.id)
    for change in (lambda: held.end(company_store, EVERYTHING, 1), lambda: _note(company_store, text="late")):
        with pytest.raises(ReviewOver):
            change()
    with pytest.raises(UnknownStep) as refused:
        held.note(company_store, EVERYTHING, one.id, "deal", text="x")
    assert "deals" in refused.value.text("en")
    with pytest.raises(UnknownReview):
        held.end(company_store, EVERYTHING, 77)


def test_nobodys_note_is_lost(company_store: Store) -> None:
    held.begin(company_store, EVERYTHING, _asked(company_store))
    _note(company_store, text="first", instead_of="")
    assert _note(company_store, text="second", instead_of="").said["data"].note == "first\nsecond"  # written at once
    both = _note(company_store, text="first\nsecond, third", instead_of="first\nsecond")
    assert both.said["data"].note == "first\nsecond, third"
    assert _note(company_store, text="", instead_of="first\nsecond, third").said["data"].note == ""
    with pytest.raises(ReviewNoteTooLong):
        _note(company_store, text="x" * (held.MOST_LETTERS + 1))


def test_who_reads_what(company_store: Store) -> None:
    _held(company_store)
    of_north = _held(company_store, team=NORTH)
    of_east = _held(company_store, CHIEF)
    with company_store.snapshot() as seen:
        assert {one.id for one in held.reviews(seen, EVERYTHING)} == {1, 2, 3}
        assert [one.id for one in held.reviews(seen, CHIEF)] == [of_east.id]
        assert held.reviews(seen, REP) == []
        with pytest.raises(UnknownReview):
            held.review(seen, CHIEF, of_north.id)
    with pytest.raises(UnknownReview):
        held.drop(company_store, CHIEF, of_north.id)
    with pytest.raises(ReviewsNotYours):
        held.begin(company_store, REP, _asked(company_store, REP))
    several = CHIEF.model_copy(update={"teams": (EAST, NORTH)})
    with pytest.raises(ReviewNeedsTeam):
        held.begin(company_store, several, _asked(company_store, several))


def test_a_renamed_team_keeps_its_reviews(company_store: Store) -> None:
    _held(company_store, team=NORTH)
    with company_store.writing() as cursor:
        cursor.execute("insert into ops.aliases by name select 'team' as kind, 'North' as alias, 'Top' as canonical")
    _day(company_store, "2026-06-01")
    with company_store.snapshot() as seen:
        last = held.last_held(seen, "Top")
        assert last is not None
        assert last.team == "Top"


def test_a_review_that_was_forgotten_is_said(company_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    held.begin(company_store, EVERYTHING, _asked(company_store))
    _day(company_store, "2026-05-25")
    later = held.now() + timedelta(days=7)
    monkeypatch.setattr(held, "now", lambda: later)
    with pytest.raises(ReviewLeftOpen):
        held.begin(company_store, EVERYTHING, _asked(company_store))
    held.end(company_store, EVERYTHING, 1)
    assert held.begin(company_store, EVERYTHING, _asked(company_store)).since == date(2026, 5, 18)


def test_an_empty_store(store: Store) -> None:
    with pytest.raises(StoreHoldsNothing):
        _asked(store)
    with store.snapshot() as seen:
        assert held.reviews(seen, EVERYTHING) == []
        assert held.last_held(seen, None) is None


def _note(store: Store, **what: Any) -> held.Review:
    return held.note(store, EVERYTHING, 1, "data", **what)


def _versions(store: Store) -> tuple[int, int]:
    with store.snapshot() as seen:
        return seen.version, seen.facts


def test_a_review_goes_by_the_agenda_as_it_was_begun(company_store: Store) -> None:
    """It was kept in the app's memory only: after a restart a meeting went by another."""
    begun = held.begin(company_store, EVERYTHING, _asked(company_store))
    usual = plan(company_store, EVERYTHING, [])
    assert begun.agenda == usual
    plan(company_store, EVERYTHING, [usual[3].model_copy(update={"limits": {}}), usual[0]])
    with company_store.snapshot() as seen:
        assert held.review(seen, EVERYTHING, begun.id).agenda == usual
    held.drop(company_store, EVERYTHING, begun.id)
    following = held.begin(company_store, EVERYTHING, _asked(company_store))
    assert [one.id for one in following.agenda][:2] == [usual[3].id, usual[0].id]


def test_a_weekly_report_holds_what_was_noted_in_its_week(company_store: Store) -> None:
    """Whoever may not read the review reads none of it; other kinds, other teams and other weeks hold nothing of it."""
    begun = held.begin(company_store, EVERYTHING, _asked(company_store))
    held.note(company_store, EVERYTHING, begun.id, "results", text="Ann asks for the plan.")

    def told(kind: str = "weekly", **more: Any) -> dict[str, str]:
        of = _asked(company_store, **more)
        with company_store.snapshot() as seen:
            return held.noted(seen, of, kind)

    assert told() == {}, "not before it was held"
    held.end(company_store, EVERYTHING, begun.id)
    assert told() == {"results": "Ann asks for the plan."}
    assert told("daily") == told("monthly") == {}
    assert told(team=NORTH) == told(viewer=REP) == told(viewer=CHIEF) == {}
    _day(company_store, "2026-05-24")
    assert told() == {"results": "Ann asks for the plan."}
    _day(company_store, "2026-05-25")
    assert told() == {}
    held.drop(company_store, EVERYTHING, begun.id)
    _day(company_store, "2026-05-18")
    assert told() == {}
