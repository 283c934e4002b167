"""An empty store, a company that has loaded nothing yet with its command line, and the demo company of most tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import Snapshot, Store, open_store
from tests.command_line import Company
from tests.small import demo_of, empty_at

DEMO_DEALS = 10_000
"""So many that what was planted stands out."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(empty_at(tmp_path / "company.duckdb"))
    yield opened
    opened.close()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(empty_at(tmp_path / "company.duckdb"))
    yield made
    made.close()


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Company]:
    """A company that has no store yet."""
    made = Company(tmp_path / "company.duckdb")
    yield made
    made.close()


@pytest.fixture(scope="session")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Snapshot, Snapshot]]:
    """The demo company with its stories, and without them: only looked at."""
    folder = tmp_path_factory.mktemp("demo")
    planted, plain = (
        open_store(shutil.copy(demo_of(DEMO_DEALS, stories=told), folder / f"{told}.duckdb")) for told in (True, False)
    )
    with planted.snapshot() as one, plain.snapshot() as other:
        yield one, other
    planted.close()
    plain.close()
