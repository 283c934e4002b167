"""Pages run inside the frame, as a reader of each store would meet them, without a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import current
from data.ingest import plan, run
from data.store import Store, open_store
from tests import screen
from tests.rules.repository import ROOT
from tests.small import made_at, watched_demo
from tests.ui.review.chapters import made
from ui import beside
from ui.navigation import PAGES
from ui.review import prepared

MAVEN = Path(os.environ.get("SALES_REAL_DATA") or ROOT.parent / "shared" / "data") / "maven_crm" / "original"
Open = Callable[..., AppTest]
screen.prepare()


@pytest.fixture(scope="session")
def demo_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo company, made once, its risks looked at."""
    return Path(shutil.copy(watched_demo(), tmp_path_factory.mktemp("demo") / "demo.duckdb"))


@pytest.fixture(scope="session")
def empty_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that nobody has loaded anything into."""
    return tmp_path_factory.mktemp("empty") / "empty.duckdb"


@pytest.fixture(scope="session")
def real_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real CRM export, loaded the real way."""
    if not MAVEN.exists():
        pytest.skip(f"no real exports here ({MAVEN})")
    return made_at(tmp_path_factory.mktemp("real") / "company.duckdb", "real", _load_real)


def _load_real(path: Path) -> None:
    store = open_store(path)
    run(store, plan(sorted(MAVEN.glob("*.csv"))))
    store.close()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Store]:
    """Bring a store on screen for one test."""
    monkeypatch.setattr(current, "_chosen", [])
    return current.switch


@pytest.fixture
def demo(shown: Callable[[Path], Store], demo_path: Path) -> Store:
    """The demo company is on screen."""
    return shown(demo_path)


@pytest.fixture
def company(shown: Callable[[Path], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A company of the test's own, whose steps say what is made by hand."""
    monkeypatch.setattr(prepared, "chapter", made)
    monkeypatch.setattr(prepared, "_known", type(prepared._known)())
    yield shown(Path(shutil.copy(watched_demo(), tmp_path / "demo.duckdb")))
    prepared.end()  # these drafts are known to this test alone: one at work when Python ends would abort it


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages wait for what a browser would be shown the progress of: here nobody runs them again when it is over."""
    monkeypatch.setattr(beside, "AT_ONCE", 60.0)


@pytest.fixture
def open_page() -> Open:
    """Open a page at an address, as the first thing a reader does; the first one listed where none is named."""

    def opened(stem: str = PAGES[0].stem, **params: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
        page.query_params.update({"lang": "en"} | params)
        if stem != PAGES[0].stem:
            page.switch_page(path_of(stem))
        return page.run()

    return opened


def path_of(stem: str) -> str:
    """The file of a page."""
    return str(ROOT / "pages" / next(entry.section for entry in PAGES if entry.stem == stem) / f"{stem}.py")


def with_filters(page: AppTest) -> AppTest:
    """The page with the filters opened: what there is to choose from is looked up only then."""
    page.session_state["filters_open"] = True
    return page.run()
