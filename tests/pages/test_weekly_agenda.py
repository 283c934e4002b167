"""The weekly review: its agenda, one meeting after another for each team, and who may come in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.review.agenda import agenda, plan, usual
from data.settings import settings
from data.store import Snapshot, Store
from data.viewers import add_viewer
from metrics.viewer import EVERYTHING
from tests.pages.conftest import Open
from tests.pages.test_weekly import STEPS, begun, finding, said
from ui.text import plain, texts


def test_a_meeting_keeps_the_agenda_that_it_began_with(company: Store, open_page: Open) -> None:
    page = begun(open_page)
    before = [one.value for one in page.metric]
    plan(company, EVERYTHING, [one for one in reversed(usual()) if one.id != "people"])
    for someone in (page.run(), open_page("weekly", meeting="1")):
        assert "Finding of data" in finding(someone)
        assert [one.value for one in someone.metric] == before
    assert "Finding of people" in finding(open_page("weekly", meeting="1", step="people"))
    page.button(key="meeting_finish").click().run()
    page.button(key="meeting_end").click().run()
    assert set(said(company).said) == set(STEPS)
    assert "Finding of decisions" in finding(begun(open_page)), "the next one goes by the new one"


def test_team_by_team(company: Store, open_page: Open) -> None:
    page = open_page("weekly")
    teams = [one for one in page.selectbox[0].options if one != texts("en")["review.all"]]
    page.selectbox[0].select_index(1).run()
    page.button(key="review.begin").click().run()
    assert said(company).team == teams[0]
    page.button(key="meeting_finish").click().run()
    page.button(key="meeting_end_and").click().run()
    assert not page.error
    assert said(company).state == "held"
    assert said(company, 2).team == teams[1]
    assert "Finding of data" in finding(page)


def test_the_agenda_is_changed_and_reset(company: Store, open_page: Open) -> None:
    page = open_page("weekly")
    page.session_state["review.tabs"] = texts("en")["review.tab.agenda"]
    page.run()
    assert not page.exception
    page.number_input(key="agenda.data.stale_days.0").set_value(3)
    share = page.number_input(key="agenda.deals.least_share.0")
    assert (share.value, share.label[-3:]) == (2.0, "(%)"), "a share is typed in per cent"
    share.set_value(7)
    next(one for one in page.button if one.label == texts("en")["agenda.save"]).click().run()
    assert not page.error
    assert _agenda(company)["data"] == {"stale_days": 3.0}
    assert _agenda(company)["deals"]["least_share"] == 0.07
    assert any("8 → 3" in one.value for one in page.markdown), "what was changed, and when"
    assert any("2.0% → 7.0%" in one.value.replace("\\", "") for one in page.markdown)
    limit = texts("en")["meeting.limit"].format(name=texts("en")["agenda.limit.data.stale_days"], value="3")
    tail = begun(open_page).button(key="meeting.tail").label
    assert plain(limit) in tail, "another threshold than the usual is said"
    next(one for one in page.button if one.label == texts("en")["agenda.usual"]).click().run()
    assert _agenda(company)["data"] == {"stale_days": 8.0}


def _agenda(store: Store) -> dict[str, dict[str, float]]:
    with store.snapshot() as seen:
        return {one.id: one.limits for one in agenda(seen)}


def _as(monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    monkeypatch.setenv("SALES_VIEWER", email)
    settings.cache_clear()


def _someone(seen: Snapshot, column: str) -> str:
    return str(seen.frame(f"select {column} from crm.reps where team is not null order by rep limit 1").item())


@pytest.fixture
def unsettled() -> Iterator[None]:
    """What a test has set is set no more after it."""
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("unsettled")
def test_who_may_come_in(company: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(open_page)
    with company.snapshot() as seen:
        team, rep = _someone(seen, "team"), _someone(seen, "rep")
    add_viewer(company, "lead@example.com", "teams", teams=[team])
    add_viewer(company, "rep@example.com", "rep", rep=rep)
    _as(monkeypatch, "lead@example.com")
    assert open_page("weekly", meeting="1").error, "a review of all is not a team's"
    page = begun(open_page)
    assert said(company, 2).team == team
    assert "Finding of data" in finding(page)
    _as(monkeypatch, "rep@example.com")
    assert open_page("weekly", meeting="2").error
    lobby = open_page("weekly")
    assert not lobby.error
    assert texts("en")["review.not_yours"] in [one.value for one in lobby.info]
