"""An empty store, and a company that has loaded nothing yet with its command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import Store, open_store
from tests.command_line import Company


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "company.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path / "company.duckdb")
    yield made
    made.close()
