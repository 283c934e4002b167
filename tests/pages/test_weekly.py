"""The weekly review: a meeting from its beginning to its minutes, who may come in, and what is loaded meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.review import alert_register, deciding, held
from data.review.agenda import Planned, usual
from data.review.alerts import sync
from data.review.chapter import Asked, Chapter
from data.store import Store
from metrics.viewer import EVERYTHING
from tests.pages.conftest import Open
from tests.ui.review.chapters import EVIL, made
from ui import numbers
from ui.review import keeping, prepared
from ui.text import LANGUAGES, plain, texts

STEPS = [one.id for one in usual()]


def begun(open_page: Open, **params: str) -> AppTest:
    page = open_page("weekly", **params)
    page.button(key="review.begin").click().run()
    assert not page.error
    assert not page.exception
    return page


def finding(page: AppTest) -> str:
    return str(page.title[0].value)


def said(store: Store, number: int = 1) -> held.Review:
    keeping.all_kept()
    with store.snapshot() as seen:
        return held.review(seen, EVERYTHING, number)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_meeting_from_its_beginning_to_its_minutes(lang: str, company: Store, open_page: Open) -> None:
    page = begun(open_page, lang=lang)
    assert page.query_params["meeting"] == ["1"] or page.query_params["meeting"] == "1"
    assert not page.sidebar.button, "nothing of the app stands around a meeting"
    for at, step in enumerate(STEPS):
        assert plain(f"Finding of {step}: {EVIL}") in finding(page)
        assert page.button(key="meeting_back").disabled is (at == 0)
        assert page.button(key="meeting_next").disabled is (at == len(STEPS) - 1)
        if at < len(STEPS) - 1:
            page.button(key="meeting_next").click().run()
            assert not page.exception
    page.button(key="meeting_finish").click().run()
    page.button(key="meeting_end").click().run()
    assert not page.exception
    review = said(company)
    assert review.state == "held"
    assert set(review.said) == set(STEPS)
    assert all(one.finding.startswith("Finding of") for one in review.said.values())
    words = " ".join(str(one.value) for one in page.markdown)
    assert plain(f"Finding of deals: {EVIL}") in words
    assert texts(lang)["review.state.held"] in " ".join(str(one.value) for one in page.caption)


def test_the_lobby_prepares_the_meeting_that_is_begun(
    company: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All steps are made before anybody begins, and none again; another team is prepared once it is chosen."""
    steps: list[str] = []

    def counted(planned: Planned, of: Asked) -> Chapter:
        steps.append(planned.id)
        return made(planned, of)

    monkeypatch.setattr(prepared, "chapter", counted)
    page = open_page("weekly")
    (draft,) = prepared._known.values()
    assert all(isinstance(draft.of(step, 30), Chapter) for step in STEPS)
    page.button(key="review.begin").click().run()
    assert plain(f"Finding of {STEPS[0]}: {EVIL}") in finding(page)
    assert list(prepared._known.values()) == [draft]
    assert not draft.is_draft
    assert sorted(steps) == sorted(STEPS)
    assert open_page("weekly").button(key="review.go_on.1")
    assert list(prepared._known.values()) == [draft], "a meeting goes on: no other is prepared"


def test_a_link_opens_the_same_step(company: Store, open_page: Open) -> None:
    begun(open_page)
    for step in ("people", "deals"):
        assert f"Finding of {step}" in finding(open_page("weekly", meeting="1", step=step))
    assert "Finding of data" in finding(open_page("weekly", meeting="1", step="<script>", part="77"))


@pytest.mark.parametrize("number", ["2", "x", "-1", "99999999999999", ""])
def test_a_link_to_no_meeting_says_so(number: str, company: Store, open_page: Open) -> None:
    page = open_page("weekly", meeting=number)
    assert not page.exception
    if number.isdigit() and len(number) < 10:
        assert page.error
        page.button(key="meeting_to_lobby").click().run()
        assert page.button(key="review.begin")


def test_notes_of_two_people_are_kept_both_and_stand_in_the_minutes(company: Store, open_page: Open) -> None:
    ann = begun(open_page)
    bo = open_page("weekly", meeting="1")
    for page in (ann, bo):
        page.toggle(key="meeting.notes_open").set_value(True).run()
    for page, text in ((ann, "Ann: stale since May"), (bo, "Bo: <b>asked</b>")):
        page.text_area[0].input(text).run()
        assert not page.error
    assert said(company).said["data"].note == "Ann: stale since May\nBo: <b>asked</b>"
    is_told = texts("en")["meeting.note_joined"]
    assert [any(is_told in str(one.value) for one in page.caption) for page in (ann, bo)] == [False, True]
    ann.run()
    assert ann.text_area[0].value == "Ann: stale since May\nBo: <b>asked</b>"


def test_a_note_that_could_not_be_kept_stays_where_it_was_typed(
    company: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = begun(open_page)
    bo = open_page("weekly", meeting="1")
    for page in (ann, bo):
        page.toggle(key="meeting.notes_open").set_value(True).run()
    ann.text_area[0].input("Ann").run()
    most = held.MOST_LETTERS
    monkeypatch.setattr(held, "MOST_LETTERS", 5)
    bo.text_area[0].input("Bo too").run()
    assert bo.error
    assert bo.text_area[0].value == "Bo too"
    monkeypatch.setattr(held, "MOST_LETTERS", most)
    bo.text_area[0].input("Bo too!").run()
    assert not bo.error
    assert said(company).said["data"].note == "Ann\nBo too!"


def test_steps_can_be_gone_through_while_a_load_is_written(company: Store, open_page: Open) -> None:
    page = begun(open_page)
    before = finding(page)
    with company.writing() as cursor:
        cursor.execute("update crm.deals set amount = amount * 2")
        for _ in range(3):
            page.button(key="meeting_next").click().run()
            assert not page.error
    assert before != finding(page)


def test_newer_data_are_offered_and_taken_only_then(company: Store, open_page: Open) -> None:
    page = begun(open_page)
    page.button(key="meeting_next").click().run()
    shown = [one.value for one in page.metric]
    assert not [one for one in page.button if one.key == "meeting_take"]
    company_note(company)
    page.run()
    assert not [one for one in page.button if one.key == "meeting_take"], "a note is no news"
    with company.writing() as cursor:
        cursor.execute("update crm.deals set amount = amount * 2")
    page.run()
    assert [one.value for one in page.metric] == shown, "numbers of the version that the meeting shows"
    page.button(key="meeting.value.results.0").click().run()
    told = " ".join(str(one.value) for one in page.error)
    assert "New data were loaded" in told, "rows of today are not the rows behind that number"
    page.button(key="meeting_take").click().run()
    assert not page.error
    assert [one.value for one in page.metric] != shown
    assert not [one for one in page.button if one.key == "meeting_take"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_data_that_were_taken_back_are_no_new_ones(lang: str, company: Store, open_page: Open) -> None:
    """Neither "new data of —", nor a path and a command line on the wall."""
    page = begun(open_page, lang=lang)
    with company.writing() as cursor:
        cursor.execute("update ops.uploads set is_undone = true")
    page.run()
    offer = page.button(key="meeting_take")
    assert offer.label == texts(lang)["meeting.take_gone"]
    offer.click().run()
    assert not page.exception
    shown = " ".join(str(one.value) for one in page.error)
    assert shown
    assert "python" not in shown
    assert str(company.path) not in shown


def test_a_review_is_kept_of_the_day_that_was_shown_at_its_end(company: Store, open_page: Open) -> None:
    page = begun(open_page)
    begun_on = said(company).as_of
    with company.writing() as cursor:
        cursor.execute("update ops.uploads set as_of = as_of + interval 1 day")
    page.run()
    assert said(company).as_of == begun_on, "nobody has taken the newer data"
    page.button(key="meeting_take").click().run()
    page.run()
    assert said(company).as_of == begun_on + timedelta(days=1), "left open it is of the day on the wall, too"
    page.button(key="meeting_finish").click().run()
    page.button(key="meeting_end").click().run()
    assert not page.error
    kept = said(company)
    assert (kept.state, kept.as_of) == ("held", begun_on + timedelta(days=1))
    captions = " ".join(str(one.value) for one in page.caption)
    assert numbers.day(kept.as_of, "en") in captions, "the minutes say the same day"


def test_what_is_decided_after_newer_data_came_stands_in_no_finding_of_the_day_before(
    company: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wall shows it, and says of which day; the minutes are of the meeting's own day throughout."""

    def of_its_day(planned: Planned, asked: Asked) -> Chapter:
        return replace(made(planned, asked), finding=f"{planned.id} by {asked.view.as_of}")

    monkeypatch.setattr(prepared, "chapter", of_its_day)
    begun(open_page)
    day = said(company).as_of
    with company.writing() as cursor:
        cursor.execute("update ops.uploads set as_of = as_of + interval 7 day")
    decided_in(company, 1, "Call the buyer")
    page = open_page("weekly", meeting="1", step="decisions")
    page.run()
    assert plain(str(day + timedelta(days=7))) in finding(page), "what was decided here is shown"
    assert said(company).said["decisions"].finding == f"decisions by {day}"
    page.button(key="meeting_finish").click().run()
    page.button(key="meeting_end").click().run()
    assert not page.error
    kept = said(company)
    assert (kept.state, kept.as_of) == ("held", day)
    assert {one.finding for one in kept.said.values()} == {f"{step} by {day}" for step in kept.said}
    assert {"decisions", "landing"} <= set(kept.said)


def decided_in(company: Store, number: int | None, what: str) -> None:
    deciding.add(company, EVERYTHING, what=what, owner="Ann", due_on=date(2030, 1, 1), review_id=number)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_was_decided_stands_at_the_end_and_in_the_minutes(lang: str, company: Store, open_page: Open) -> None:
    page = begun(open_page, lang=lang)
    decided_in(company, 1, f"Call the buyer {EVIL}")
    decided_in(company, None, "Not of this meeting")
    page.button(key="meeting_finish").click().run()
    for _ in range(2):  # in the dialog, then on the page of the minutes
        words = " ".join(str(one.value) for one in page.markdown)
        assert plain(f"Call the buyer {EVIL}") in words
        assert "Not of this meeting" not in words
        if page.query_params.get("meeting"):
            page.button(key="meeting_end").click().run()
    over = open_page("weekly", meeting="1")
    assert plain(f"Call the buyer {EVIL}") in " ".join(str(one.value) for one in over.markdown)


def test_what_is_opened_of_newer_data_says_so(company: Store, open_page: Open) -> None:
    page = begun(open_page, step="landing")
    page = open_page("weekly", meeting="1", step="landing")
    told = texts("en")["meeting.newer_here"].partition("{")[0]
    for key in ("meeting_decide", "meeting_call"):
        page.button(key=key).click().run()
        assert not [one for one in page.info if told in str(one.value)]
    with company.writing() as cursor:
        cursor.execute("update crm.deals set amount = amount * 2")
    for key in ("meeting_decide", "meeting_call"):
        page.button(key=key).click().run()
        assert [one for one in page.info if told in str(one.value)], key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_lobby_says_what_a_meeting_looks_back_to(lang: str, company: Store, open_page: Open) -> None:
    told = texts(lang)

    def looks_back(page: AppTest) -> list[str]:
        says = [str(one.value) for one in page.caption]
        keys = ("review.looks_back", "review.looks_back_last", "review.looks_back_same")
        return [key for key in keys if any(one.startswith(told[key].partition("{")[0]) for one in says)]

    sync(company)
    lobby = open_page("weekly", lang=lang)
    assert looks_back(lobby) == ["review.looks_back"]
    with company.snapshot() as seen:
        risks = len(alert_register.register(seen, EVERYTHING))
    assert risks
    links = [one.proto.label for one in lobby.get("page_link")]
    assert any(str(risks) in one and one.startswith(told["review.risks"][:2]) for one in links)
    begun(open_page, lang=lang)
    held.end(company, EVERYTHING, 1)
    assert looks_back(open_page("weekly", lang=lang)) == ["review.looks_back_same"]
    with company.writing() as cursor:
        cursor.execute("update ops.uploads set as_of = as_of + interval 7 day")
    assert "review.looks_back_same" not in looks_back(open_page("weekly", lang=lang))


def company_note(company: Store) -> None:
    with company.noting() as cursor:
        cursor.execute("insert into ops.notes (id, text) values (1, 'x')")


def test_one_step_that_fails_leaves_the_others(
    company: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(planned: object, asked: Asked) -> Chapter:
        if planned.id == "results":  # type: ignore[attr-defined]
            raise ValueError("broken")
        return made(planned, asked)  # type: ignore[arg-type]

    monkeypatch.setattr(prepared, "chapter", broken)
    page = begun(open_page)
    page.button(key="meeting_next").click().run()
    assert page.error
    assert not page.exception
    page.button(key="meeting_next").click().run()
    assert not page.error
    assert "Finding of changes" in finding(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_store_says_how_to_fill_it(
    lang: str, shown: Callable[[Path], Store], empty_path: Path, open_page: Open
) -> None:
    shown(empty_path)
    page = open_page("weekly", lang=lang)
    assert not page.exception
    assert [one.value for one in page.info] == [texts(lang)["review.no_data"]]


def test_past_reviews_are_listed_and_can_be_dropped(company: Store, open_page: Open) -> None:
    begun(open_page)
    held.end(company, EVERYTHING, 1)
    page = open_page("weekly", minutes="1")
    assert not page.error
    assert page.dataframe
    page.button(key="review.drop").click().run()
    assert said(company).state == "dropped"
    over = open_page("weekly", meeting="1")
    assert texts("en")["review.is_dropped"] in [one.value for one in over.info]
    assert not over.exception
