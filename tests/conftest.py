"""What holds for every test: how many random cases, and that nobody's own store is ever touched."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: on a busy machine a slow case is no wrong answer. `make fuzz` explores; an ordinary run repeats the same
# cases, so that a red run speaks of the change and not of the dice.
settings.register_profile("quick", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("default", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("fuzz", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

_FOLDER = tempfile.TemporaryDirectory(prefix="sales-tests-")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/metrics --update` writes the golden files anew; read the difference before you commit it."""
    parser.addoption("--update", action="store_true", help="write golden files anew")


# To look for garbage among all that is imported and collected was a twelfth of the time of tests.
gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    """What is there by now stays until the end, so no look for garbage goes through it again."""
    gc.collect()
    gc.freeze()


def pytest_configure() -> None:
    """Forget the settings of whoever runs the tests; a test that wants a store makes its own."""
    for name in [name for name in os.environ if name.startswith("SALES_") and name != "SALES_REAL_DATA"]:
        del os.environ[name]
    os.environ["SALES_SETTINGS"] = str(Path(_FOLDER.name) / "settings.toml")
    os.environ["SALES_STORE"] = str(Path(_FOLDER.name) / "company.duckdb")
    os.environ["SALES_DEMO_STORE"] = str(Path(_FOLDER.name) / "demo.duckdb")
    from tests.small import SHARED  # reads settings, so not before they are forgotten

    os.environ.setdefault(SHARED, _FOLDER.name)  # further processes of this run inherit it


def pytest_unconfigure() -> None:
    """Take the folder away again, and let go what was kept: libraries would say behind the last line that it leaked."""
    gc.unfreeze()
    _FOLDER.cleanup()
