"""Real exports: from SALES_REAL_DATA, else from ../shared/data beside the checkout; skipped where there are none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import Company

FOLDER = Path(os.environ.get("SALES_REAL_DATA") or Path(__file__).parents[2].parent / "shared" / "data")


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real exports."""
    if not FOLDER.is_dir():
        pytest.skip(f"no real exports in {FOLDER}; set SALES_REAL_DATA")
    return FOLDER


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """An empty store and its command line."""
    made = Company(tmp_path / "company.duckdb")
    yield made
    made.close()
