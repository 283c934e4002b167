"""Work beside the upload page: what it says of itself, that it goes on while the reader is away, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import truth
from data.ingest import jobs
from data.progress import tell
from data.store import Store
from tests.pages.conftest import Open
from tests.pages.test_upload import DEALS, drop, held
from tests.rules.repository import ROOT
from tests.small import empty_at
from ui import beside, rehearsed
from ui.text import LANGUAGES, plain, texts


@pytest.fixture
def company(shown: Callable[[Path], Store], tmp_path: Path) -> Store:
    """A company of the test's own, with nothing in it."""
    return shown(empty_at(tmp_path / "company.duckdb"))


class Held:
    """Work that stands still at a step until it is told to go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, step: dict[str, Any]) -> None:
        self.reached, self._go_on, self._times = Event(), Event(), 0
        work = getattr(where, name)

        def slow(*given: Any, **more: Any) -> Any:
            tell(**step)
            self.reached.set()
            while not self._go_on.wait(0.02):
                tell(**step)
            return work(*given, **more)

        monkeypatch.setattr(where, name, slow)
        monkeypatch.setattr(beside, "AT_ONCE", 0.1)

    def go_on(self, page: AppTest) -> AppTest:
        """Let it end, and run the page as its own timer would."""
        self._go_on.set()
        beside.AT_ONCE = 60.0  # the fixture's monkeypatch takes it back
        return page.run()


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Held]]:
    made: list[Held] = []

    def at(where: Any, work: str, /, **step: Any) -> Held:
        made.append(Held(monkeypatch, where, work, step))
        return made[-1]

    yield at
    for one in made:
        one._go_on.set()


def progress(page: AppTest) -> list[tuple[int, str]]:
    return [(bar.proto.value, bar.proto.text) for bar in page.get("progress")]


def keys(page: AppTest) -> set[str]:
    return {str(button.key) for button in page.button}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_reading_says_its_rows_and_goes_on_while_the_reader_is_elsewhere(
    company: Store, open_page: Open, hold: Callable[..., Held], lang: str
) -> None:
    reading = hold(jobs, "make_plan", name="typing", share=0.5, file="a_b.csv", done=3, of=12, rows=1_000_000)
    page = drop(open_page("upload", lang=lang), a=DEALS)
    page.run()
    said = texts(lang)["upload.step.typing"].format(file="a_b.csv", rows="1,000,000", done=3, of=12)
    assert progress(page) == [(50, plain(said))]
    assert "upload.load" not in keys(page)

    page.switch_page(str(ROOT / "pages" / "data" / "glossary.py")).run()
    assert not page.exception
    assert not progress(page)
    page.switch_page(str(ROOT / "pages" / "data" / "upload.py")).run()
    assert progress(page) == [(50, plain(said))], "the very same work, not begun anew"
    still = plain(texts(lang)["upload.still_here"].format(files="a.csv"))
    assert still in [text.value for text in page.markdown]
    reading.go_on(page)
    assert not page.exception
    assert not progress(page)
    page.button(key="upload.load").click().run()
    assert page.success
    assert held(company, "select count(*) from crm.deals") == [(2,)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_reading_is_cancelled_and_begun_again(
    company: Store, open_page: Open, hold: Callable[..., Held], lang: str
) -> None:
    reading = hold(jobs, "make_plan", name="reading", share=0.0, file="a.csv", of=5_000_000)
    page = drop(open_page("upload", lang=lang), a=DEALS)
    assert progress(page) == [(0, plain(texts(lang)["upload.step.reading"].format(file="a.csv", size=5)))]
    page.button(key="upload.cancel.read").click().run()
    assert [text.value for text in page.info] == [texts(lang)["upload.reading_stopped"]]
    assert not progress(page)
    page.button(key="upload.read_again").click().run()
    assert progress(page)
    reading.go_on(page)
    assert "upload.load" in keys(page)
    assert company.version() == 0


def test_other_files_end_the_reading_of_the_first_ones(
    company: Store, open_page: Open, hold: Callable[..., Held]
) -> None:
    reading = hold(jobs, "make_plan", name="reading", share=0.0, file="a.csv")
    page = drop(open_page("upload"), a=DEALS)
    first = page.session_state["upload.plan"][1]
    drop(page, b=DEALS)
    assert first.is_cancelled
    assert page.session_state["upload.plan"][1].files == ("b.csv",)
    page.file_uploader[0].set_value([]).run()
    assert "upload.plan" not in page.session_state
    assert not page.exception
    reading.go_on(page)


def test_a_dry_run_need_not_be_waited_for(company: Store, open_page: Open, hold: Callable[..., Held]) -> None:
    rehearsal = hold(rehearsed, "_rehearsed", name="writing", share=0.2, file="a.csv", done=245_760, of=1_000_000)
    page = drop(open_page("upload"), a=DEALS)
    while not rehearsal.reached.wait(0.2):  # the file may still be read
        page.run()
    page.run()
    assert progress(page) == [(20, plain("Dry run of a.csv: 245,760 of 1,000,000 rows"))]
    page.button(key="upload.cancel.rehearse").click().run()
    assert [text.value for text in page.info] == [texts("en")["rehearsed.stopped"]]
    beside.AT_ONCE = 60.0
    page.button(key="upload.load").click().run()
    assert page.success
    assert held(company, "select count(*) from crm.deals") == [(2,)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_load_is_watched_from_any_page_and_cancelled(
    company: Store, open_page: Open, hold: Callable[..., Held], lang: str
) -> None:
    page = drop(open_page("upload", lang=lang), a=DEALS)
    loading = hold(truth, "fold", name="folding", share=0.55)
    page.button(key="upload.load").click().run()
    assert loading.reached.wait(60)
    page.switch_page(str(ROOT / "pages" / "data" / "glossary.py")).run()
    assert not page.exception, "readers are answered meanwhile"
    page.switch_page(str(ROOT / "pages" / "data" / "upload.py")).run()
    assert progress(page) == [(55, plain(texts(lang)["upload.step.folding"]))]
    beside.AT_ONCE = 60.0
    page.button(key="upload.cancel.load").click().run()
    assert [text.value for text in page.info] == [texts(lang)["upload.cancelled"]]
    assert company.version() == 0
    loading.go_on(page)
    page.button(key="upload.again").click().run()
    drop(page, a=DEALS).button(key="upload.load").click().run()
    assert page.success


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_second_of_two_people_is_told_for_whom_they_wait(
    company: Store, open_page: Open, hold: Callable[..., Held], lang: str
) -> None:
    one, other = (drop(open_page("upload", lang=lang), **{name: DEALS}) for name in ("first", "second"))
    loading = hold(truth, "fold", name="folding", share=0.55)
    one.button(key="upload.load").click().run()
    assert loading.reached.wait(60)
    other.button(key="upload.load").click().run()
    assert progress(other) == [(0, plain(texts(lang)["upload.waits_for"].format(files="first.csv")))]
    loading.go_on(one)
    other.run()
    assert one.success
    assert other.success
    assert held(company, "select file, new, same from ops.uploads order by id") == [
        ("first.csv", 2, 0),
        ("second.csv", 0, 2),
    ]
