"""The page of one salesperson: every part in both languages, who may be chosen, weights, notes, hostile addresses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.rep_book import notes, weights
from data.settings import settings
from data.store import Store
from data.viewers import add_viewer
from metrics.viewer import EVERYTHING
from tests.pages.conftest import Open
from tests.pages.test_channels import headed, told
from tests.pages.test_scope import scoped  # noqa: F401 - a fixture
from tests.small import copied, small_demo
from ui.text import LANGUAGES, texts

BLOCKS = {
    "card": (("rep_card",), 1),
    "coaching": (("rep_coaching", "rep_compared"), 1),
    "work": (("rep_rhythm", "rep_weekdays", "landing", "rep_deals", "quiet"), 4),
    "voices": (("rep_voices", "rep_credit"), 0),
    "goals": (("rep_goals",), 0),
}


def _somebody(store: Store) -> str:
    with store.snapshot() as seen:
        busiest = (
            "select rep from crm.reps join crm.deals using (rep_key) group by rep order by count(*) desc, rep limit 1"
        )
        return str(seen.frame(busiest).item())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("about", BLOCKS)
def test_every_block_is_there(lang: str, about: str, demo: Store, open_page: Open) -> None:
    rep = _somebody(demo)
    page = open_page("rep", lang=lang, period="all", name=rep, about=about)
    assert not page.exception
    assert not page.error
    assert page.header[0].value.replace("\\", "") == rep
    names, charts = BLOCKS[about]
    assert {texts(lang)[f"question.{name}"] for name in names} <= headed(page)
    assert len(page.get("plotly_chart")) == charts


def test_an_address_may_say_anything(demo: Store, open_page: Open) -> None:
    page = open_page("rep", name="'; drop table", about="<b>", against="nobody")
    assert not page.error
    assert not page.exception
    assert page.title


def test_nobody_of_another_team_can_be_opened(
    scoped: tuple[Store, str, str],  # noqa: F811
    open_page: Open,
) -> None:
    store, own, other = scoped
    with store.snapshot() as seen:
        people = {
            team: seen.frame("select rep from crm.reps where team = $team order by rep", {"team": team})[
                "rep"
            ].to_list()
            for team in (own, other)
        }
    page = open_page("rep", about="coaching", period="all", name=people[other][0])
    assert not page.error
    assert page.header[0].value in people[own]
    (chosen,) = [box for box in page.selectbox if box.label == texts("en")["rep.name"]]
    assert chosen.options == people[own]


def test_whoever_sees_only_themselves_is_compared_with_nobody(
    scoped: tuple[Store, str, str],  # noqa: F811
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, _, _ = scoped
    rep = _somebody(store)
    add_viewer(store, "self@example.org", "rep", rep=rep)
    monkeypatch.setenv("SALES_VIEWER", "self@example.org")
    settings.cache_clear()
    page = open_page("rep", about="coaching", period="all", name="Somebody Else")
    assert not page.error
    assert page.header[0].value == rep
    assert texts("en")["rep.alone"] in told(page)
    assert not [box for box in page.selectbox if box.label == texts("en")["rep.name"]]


def test_weights_and_notes_are_kept(open_page: Open, shown: Callable[[Path], Store], tmp_path: Path) -> None:
    store = shown(copied(small_demo(), tmp_path / "small.duckdb"))
    rep = _somebody(store)
    page = open_page("rep", name=rep, period="all")
    field = next(one for one in page.number_input if one.key == "card.weight.activities")
    field.set_value(0.0)
    next(one for one in page.button if one.label == texts("en")["card.weights_keep"]).click()
    assert not page.run().error
    page = open_page("rep", name=rep, period="all", about="goals")
    page.text_area[0].set_value("Listen in on two price talks")
    next(one for one in page.button if one.label == texts("en")["rep.note_keep"]).click()
    assert not page.run().error
    assert "Listen in on two price talks" in " ".join(str(one.value) for one in page.text)
    with store.snapshot() as seen:
        assert weights(seen)["activities"] == 0
        assert [one.text for one in notes(seen, EVERYTHING, rep)] == ["Listen in on two price talks"]


def test_an_empty_filter_says_that_there_is_nobody(demo: Store, open_page: Open) -> None:
    page = open_page("rep", rep="Nobody of this name")
    assert not page.exception
    assert page.title or told(page)


@pytest.mark.real
def test_real_agents_without_deals_and_without_stages(
    shown: Callable[[Path], Store], real_path: Path, open_page: Open
) -> None:
    """Five of 35 agents have no deals; of nobody it is known in which stage deals were lost."""
    shown(real_path)
    without = open_page("rep", name="Mei-Mei Johns", period="all")
    assert not without.exception
    assert not without.error
    assert texts("en")["question.rep_card_empty"] in told(without)
    judged = open_page("rep", name="Lajuana Vencill", period="all", about="coaching")
    assert not judged.error
    assert "To work on: Of 231 deals closed, 55.0% were won" in told(judged).replace("*", "")
