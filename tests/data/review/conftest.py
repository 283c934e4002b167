"""The company in which every rule of the register of risks finds something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import Store, open_store
from tests.data.review.risky import risky_at


@pytest.fixture
def risky(tmp_path: Path) -> Iterator[Store]:
    store = open_store(risky_at(tmp_path / "risky.duckdb"))
    yield store
    store.close()
