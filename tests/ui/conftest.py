"""The small demo company, seen once per module, and all of its time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.store import Snapshot
from metrics.view import View
from tests import screen
from tests.small import small_store

screen.prepare()


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


@pytest.fixture
def view(seen: Snapshot) -> View:
    assert seen.as_of is not None
    return View(as_of=seen.as_of)
