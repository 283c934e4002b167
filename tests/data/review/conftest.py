"""The company in which every rule of the register of risks finds something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import Store, open_store
from tests.data.review.risky import load_all
from tests.small import copied, empty_at, made_once


def _made(path: Path) -> None:
    store = open_store(empty_at(path))
    load_all(store)
    store.close()


@pytest.fixture
def risky(tmp_path: Path) -> Iterator[Store]:
    store = open_store(copied(made_once("risky", _made), tmp_path / "risky.duckdb"))
    yield store
    store.close()
