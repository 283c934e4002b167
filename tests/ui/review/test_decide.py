"""Decisions on screen: written down in one line, shown with what became of them, overruled; names are plain text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import current
from data.review.action_words import target_name, word
from data.review.actions import standings
from data.review.chapter import Subject
from data.review.decided import Standing
from data.review.deciding import add
from data.review.subjects import offered, sought
from data.store import Store
from data.viewers import of_team
from metrics.viewer import EVERYTHING
from tests.small import copied, small_demo
from ui import navigation
from ui.text import LANGUAGES, texts


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """A copy of the demo company on screen that may be written to; links to pages are left out."""
    monkeypatch.setattr(current, "_chosen", [])
    monkeypatch.setattr(navigation, "page_link", lambda *_, **__: None)
    return current.switch(copied(small_demo(), tmp_path / "own.duckdb"))


@pytest.fixture
def deal(own: Store) -> dict[str, Any]:
    """An open deal in the first stage, with an owner."""
    with own.snapshot() as seen:
        found = seen.frame(
            "select deal_id, deal, rep, places.stage from crm.deals join crm.places using (pipeline, stage)"
            " join crm.reps using (rep_key) where status = 'open' and place = 1 and not is_gone order by 1 limit 1"
        )
    return found.row(0, named=True)


def alike() -> None:
    from data.review.chapter import Subject
    from ui.review import decide

    decide.form(None, [Subject("deal", "D1", "Wu · Plant"), Subject("deal", "D2", "Wu · Plant")])


def script(deal_id: str | None, deal: str | None) -> None:
    from data.review.chapter import Subject
    from ui.review import decide

    decide.form(None, [Subject("deal", deal_id, deal or "")] if deal_id else [])
    decide.listed()


def opened(deal: dict[str, Any] | None = None, lang: str = "en") -> AppTest:
    given = (deal["deal_id"], deal["deal"]) if deal else (None, None)
    page = AppTest.from_function(script, args=given, default_timeout=60)
    page.query_params["lang"] = lang
    page.run()
    assert not page.exception
    return page


def kept(store: Store) -> list[Standing]:
    with store.snapshot() as seen:
        return standings(seen, EVERYTHING)


def named(elements: Any, ending: str) -> Any:
    return next(one for one in elements if one.key and one.key.endswith(ending))


def told(page: AppTest) -> str:
    return "\n".join(str(one.value) for one in (*page.markdown, *page.caption, *page.error, *page.info))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_decision_in_a_few_touches(lang: str, own: Store, deal: dict[str, Any]) -> None:
    page = opened(deal, lang)
    assert texts(lang)["decide.none"] in told(page)
    assert named(page.selectbox, ".owner").value == deal["rep"]
    assert named(page.date_input, ".due").value is not None
    ahead = named(page.selectbox, ".stage")
    assert deal["stage"] not in ahead.options
    ahead.set_value(ahead.options[1]).run()
    assert ahead.options[1] in told(page), "the sentence as it will be read"
    named(page.button, "decide.add").click().run()
    assert not page.error
    (one,) = kept(own)
    assert one.action.expected is not None
    assert one.action.expected.given == {"stage": ahead.options[1]}
    assert one.action.owner == deal["rep"]
    assert ahead.options[1] in told(page), "and in the list"
    assert "{" not in told(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_the_order_of_stages_is_a_guess_none_is_chosen_for_anybody(
    lang: str, own: Store, deal: dict[str, Any]
) -> None:
    assert texts(lang)["decide.guessed"] not in told(opened(deal, lang))
    with own.writing() as cursor:
        cursor.execute("update crm.stages set told_by = null")
        cursor.execute("update crm.places set probability = null")
    page = opened(deal, lang)
    assert texts(lang)["decide.guessed"] in told(page)
    ahead = named(page.selectbox, ".stage")
    assert ahead.value is None
    assert ahead.options
    assert deal["stage"] not in ahead.options
    named(page.button, "decide.add").click().run()
    assert kept(own) == [], "nothing is expected that nobody chose"
    ahead = named(page.selectbox, ".stage")
    ahead.set_value(ahead.options[1]).run()
    named(page.button, "decide.add").click().run()
    (one,) = kept(own)
    assert one.action.expected is not None
    assert one.action.expected.given == {"stage": ahead.options[1]}


def test_of_a_deal_that_is_over_nothing_is_expected_at_first(own: Store) -> None:
    with own.snapshot() as seen:
        over = seen.frame(
            "select deal_id, deal from crm.deals where status <> 'open' and not is_gone order by 1 limit 1"
        )
    page = opened(over.row(0, named=True))
    assert named(page.selectbox, ".expected").value == "~"
    named(page.text_input, ".text").set_value("Ask why").run()
    named(page.button, "decide.add").click().run()
    assert [one.action.what for one in kept(own)] == ["Ask why"]


def test_names_to_choose_from_are_shown_as_they_are(own: Store, deal: dict[str, Any]) -> None:
    page = opened(deal | {"deal": "Wu Co., Ltd. · *Plant*"})
    assert named(page.selectbox, ".about").options[0].endswith("Wu Co., Ltd. · *Plant*"), "no mark of how text is set"


def test_two_that_are_called_alike_are_told_apart(own: Store) -> None:
    page = AppTest.from_function(alike, default_timeout=60).run()
    about = named(page.selectbox, ".about")
    assert [one[-4:] for one in about.options[:2]] == ["(D1)", "(D2)"]
    about.set_value(Subject("deal", "D2", "Wu · Plant")).run()
    assert named(page.selectbox, ".about").value.id == "D2"


def test_words_are_shown_as_they_are(own: Store) -> None:
    add(own, EVERYTHING, what="<script>alert(1)</script> **bold** [x](http://y)", owner="'; drop table --")
    page = opened()
    said = told(page)
    assert "<script>" not in said.replace("\\<", "")
    assert r"\*\*bold\*\*" in said


def test_a_choice_is_no_markdown(own: Store, deal: dict[str, Any]) -> None:
    page = opened(deal | {"deal": "Acme Co., Ltd * 1"})
    assert "Deal · Acme Co., Ltd * 1" in named(page.selectbox, ".about").options


def test_what_is_missing_is_said_and_what_was_typed_stays(own: Store) -> None:
    page = opened()
    named(page.button, "decide.add").click().run()
    assert "says nothing" in told(page)
    assert kept(own) == []
    named(page.text_input, ".text").set_value("Ask legal").run()
    named(page.button, "decide.add").click().run()
    assert [one.action.what for one in kept(own)] == ["Ask legal"]
    assert named(page.text_input, ".text").value == ""


def test_the_word_of_people_and_back(own: Store) -> None:
    number = add(own, EVERYTHING, what="Ask legal").id
    page = opened()
    named(page.text_input, f"{number}.remark").set_value("they answered").run()
    named(page.button, f"{number}.done").click().run()
    assert kept(own)[0].outcome == "done"
    assert texts("en")["decide.none_open"] in told(page)
    page.segmented_control(key="decided.show").set_value("all").run() if hasattr(page, "segmented_control") else None
    own_list = [one for one in page.button if one.key == f"decided.{number}.back"]
    if own_list:
        own_list[0].click().run()
        assert kept(own)[0].outcome == "unknown"


def test_on_another_engine_nothing_is_written(
    own: Store, monkeypatch: pytest.MonkeyPatch, deal: dict[str, Any]
) -> None:
    from data.settings import settings
    from ui.review import decide

    elsewhere: Callable[[], Any] = lambda: settings().model_copy(update={"engine": "sc://x:1"})  # noqa: E731
    monkeypatch.setattr(decide, "settings", elsewhere)
    page = opened(deal)
    assert not page.button
    assert told(page).count(texts("en")["decide.elsewhere"]) == 2


def test_without_data_nothing_is_decided(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(current, "_chosen", [])
    current.switch(tmp_path / "empty.duckdb")
    page = opened()
    assert texts("en")["decide.nothing"] in told(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_targets_and_people_can_be_decided_about_wherever_one_stands(lang: str, own: Store) -> None:
    page = opened(None, lang)
    about = named(page.selectbox, ".about")
    target = next(one for one in about.options if one.startswith(f"{word('kinds', 'target', lang)} · "))
    assert any(one.startswith(f"{word('kinds', 'rep', lang)} · ") for one in about.options)
    with own.snapshot() as seen:
        kind, id_ = offered(seen, EVERYTHING, seen.as_of or date.max)[0]
    about.set_value(Subject(kind, id_, target_name(id_, lang))).run()
    named(page.number_input, "at_least.").set_value(90.0).run()
    named(page.button, "decide.add").click().run()
    assert not page.error
    (one,) = kept(own)
    assert (one.action.kind, one.action.expected and one.action.expected.given["at_least"]) == ("target", 0.9)
    assert target.partition(" · ")[0] in told(page)


def test_who_leads_a_team_is_offered_its_targets_and_people_alone(own: Store) -> None:
    with own.snapshot() as seen:
        teams = seen.frame("select distinct scope_value from crm.targets where scope = 'team' order by 1").to_series()
        day = seen.as_of
        assert day is not None
        viewer = of_team(seen, teams[0])
        mine = offered(seen, viewer, day)
        every = offered(seen, EVERYTHING, day, teams[1])
    assert {id_.partition(":")[2] for kind, id_ in mine if kind == "target"} == {f"team:{teams[0]}"}
    assert {id_.partition(":")[2] for kind, id_ in every if kind == "target"} == {f"team:{teams[1]}"}
    people = [id_ for kind, id_ in mine if kind == "rep"]
    assert 0 < len(people) < len([id_ for kind, id_ in every if kind == "rep"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_any_customer_or_deal_is_found_by_a_part_of_its_name(lang: str, own: Store) -> None:
    with own.snapshot() as seen:
        name, rep = seen.frame(
            "select customer, rep from crm.customers join crm.reps using (rep_key) order by customer_key limit 1"
        ).row(0)
        deals = seen.frame("select deal_id from crm.deals where contains(lower(deal), lower($n))", {"n": name})[
            "deal_id"
        ]
    page = opened(None, lang)
    assert not any(name in one for one in named(page.selectbox, ".about").options), "no list holds it"
    named(page.text_input, ".find").set_value(name[:-1].upper()).run()
    about = next(one for one in page.selectbox if ".about." in str(one.key))
    assert about.options[0] == f"{word('kinds', 'customer', lang)} · {name}"
    assert about.value == Subject("customer", name, name)
    assert sum(one.startswith(f"{word('kinds', 'deal', lang)} · ") for one in about.options) >= min(len(deals), 1)
    assert named(page.selectbox, ".owner").value == rep
    named(page.selectbox, ".expected").set_value("~").run()
    named(page.text_input, ".text").set_value("Visit them").run()
    named(page.button, "decide.add").click().run()
    assert not page.error
    assert [(one.action.kind, one.action.subject, one.action.owner) for one in kept(own)] == [("customer", name, rep)]
    assert named(page.text_input, ".find").value == "", "the next decision begins anew"


def test_what_is_called_nothing_so_is_said_and_the_choice_stays(own: Store, deal: dict[str, Any]) -> None:
    page = opened(deal)
    before = named(page.selectbox, ".about").options
    named(page.text_input, ".find").set_value("nobody is called <so>").run()
    assert "nobody is called" in told(page)
    assert named(page.selectbox, ".about").options == before


def test_only_what_a_viewer_may_see_is_found(own: Store) -> None:
    with own.snapshot() as seen:
        teams = seen.frame("select distinct scope_value from crm.targets where scope = 'team' order by 1").to_series()
        viewer = of_team(seen, teams[0])
        mine = {one.id for one in sought(seen, viewer, "a")[0] if one.kind == "deal"}
        every, has_more = sought(seen, EVERYTHING, "a")
        theirs = seen.frame(
            "select deal_id from crm.deals where team in (select unnest($teams))", {"teams": list(viewer.teams)}
        )["deal_id"]
    assert has_more
    assert {"customer", "deal"} == {one.kind for one in every}
    assert mine
    assert mine <= set(theirs)
