"""The take-away on screen: made when asked, once for a version of the store, and in words for its reader."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import current
from data.clock import now
from data.review import files
from data.review.agenda import Planned
from data.review.chapter import Asked, Chapter
from data.store import Store
from metrics.errors import NothingAsked
from tests.small import small_demo
from tests.ui.review.chapters import EVIL, made
from ui.review import prepared, take
from ui.text import LANGUAGES, texts


@pytest.fixture
def asked() -> list[str]:
    """The steps that were made, in their order."""
    return []


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> Store:
    def step(planned: Planned, of: Asked) -> Chapter:
        asked.append(planned.id)
        if planned.id == "people":
            raise NothingAsked
        if planned.id == "customers":
            raise ZeroDivisionError
        return made(planned, of)

    monkeypatch.setattr(prepared, "chapter", step)
    monkeypatch.setattr(prepared, "_known", type(prepared._known)())
    monkeypatch.setattr(current, "_chosen", [])
    return current.switch(Path(shutil.copy(small_demo(), tmp_path / "demo.duckdb")))


def script() -> None:
    from ui import session
    from ui.review import take

    with session.reading():
        take.panel()


def opened(lang: str = "en", **params: str) -> AppTest:
    page = AppTest.from_function(script, default_timeout=60)
    page.query_params.update({"lang": lang} | params)
    return page.run()


def finished(page: AppTest) -> AppTest:
    """The page once its steps are all made."""
    page.button(key="take.make").click().run()
    for _ in range(100):
        assert not page.exception
        if downloads(page):
            return page
        time.sleep(0.1)
        page.run()
    raise AssertionError("never made")


def downloads(page: AppTest) -> list[str]:
    return [one.proto.label for one in page.get("download_button")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_files_are_made_when_asked(lang: str, company: Store, asked: list[str]) -> None:
    page = opened(lang)
    assert not downloads(page)
    assert not asked, "nothing is asked before somebody wants it"
    finished(page)
    assert downloads(page) == [texts(lang)[f"take.file.{one}"] for one in ("pptx", "xlsx", "html", "md")]
    assert len(asked) == 9
    page.run()
    assert len(asked) == 9, "nor asked again"


def test_a_step_that_fails_says_so_in_its_place(company: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = []
    monkeypatch.setattr(take, "_files", lambda report, _: reports.append(report))
    page = opened()
    page.button(key="take.make").click().run()
    for _ in range(100):
        if reports:
            break
        time.sleep(0.1)
        page.run()
    found = {one.step: one.finding for one in reports[-1].chapters}
    assert found["people"] == NothingAsked().text("en")
    assert found["customers"] == texts("en")["take.failed"]
    assert found["deals"] == f"Finding of deals: {EVIL}"
    for ending in files.FORMATS:
        assert take._content(reports[-1], ending)() is take._content(reports[-1], ending)(), "written once"


def test_newer_data_are_offered(company: Store, asked: list[str]) -> None:
    page = finished(opened())
    with company.noting() as cursor:
        cursor.execute("insert into ops.notes values (1, 'x', 'y', null, $at)", {"at": now()})
    page.run()
    assert downloads(page), "a note changes no number"
    with company.writing() as cursor:
        cursor.execute("insert into ops.notes values (2, 'x', 'y', null, $at)", {"at": now()})
    page.run()
    assert not downloads(page)
    assert texts("en")["take.old"] in " ".join(str(one.value) for one in page.caption)
    finished(page)
    assert len(asked) == 18


@pytest.mark.parametrize("kind", ["daily", "monthly", "quarterly"])
def test_a_link_names_kind_and_team(kind: str, company: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with company.snapshot() as seen:
        team = seen.frame("select team from crm.teams order by team limit 1").item()
    page = finished(opened(report=kind, report_of=team))
    said = " ".join(str(one.value) for one in page.caption)
    assert texts("en")[f"take.help.{kind}"] in said


def test_nothing_is_offered_of_an_empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "_chosen", [])
    current.switch(tmp_path / "empty.duckdb")
    page = opened()
    assert not page.exception
    assert not page.button


def of_the_meeting() -> None:
    import streamlit as st

    from ui import session
    from ui.review import take

    with session.reading():
        take.menu(st.session_state["shown"], noted={"deals": "Call them."}, name="meeting.files")


def test_in_a_meeting_files_are_of_what_is_shown(company: Store, asked: list[str]) -> None:
    opened_first = finished(opened())
    shown = next(iter(opened_first.session_state["take.asked"].values()))
    with company.writing() as cursor:
        cursor.execute("insert into ops.notes values (2, 'x', 'y', null, $at)", {"at": now()})
    page = AppTest.from_function(of_the_meeting, default_timeout=60)
    page.session_state["shown"] = shown
    page.run()
    assert not page.exception
    assert len(downloads(page)) == 4
    assert len(asked) == 9, "nothing is made anew"
