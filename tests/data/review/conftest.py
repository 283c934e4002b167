"""The company in which every rule of the register of risks finds something, and the one of weekly exports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import Store, open_store
from tests.data.review.risky import risky_at
from tests.data.review.told import weeks  # noqa: F401 - fixtures
from tests.data.review.weeks import begun, weekly  # noqa: F401 - fixtures


@pytest.fixture
def risky(tmp_path: Path) -> Iterator[Store]:
    store = open_store(risky_at(tmp_path / "risky.duckdb"))
    yield store
    store.close()
