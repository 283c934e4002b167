"""The server answers first and opens the store meanwhile; a store that is taken is tried again; the end waits."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from data import current, handover
from data.store import Store
from metrics import checked
from metrics.errors import SalesError
from ui import starting, warm


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(starting, "_LOOK_AGAIN", 0.05)
    monkeypatch.setattr(starting, "_QUIET", 0.05)
    monkeypatch.setattr(starting, "_SHOWN", 0.0)
    monkeypatch.setattr(warm, "warm_up", lambda: None)
    monkeypatch.setattr(warm, "go_on", lambda: None)
    thresholds = gc.get_threshold()
    yield
    checked.at_once()
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_what_the_server_imports_to_answer_and_for_its_first_page_is_no_more_than_they_need() -> None:
    first = "polars duckdb sqlglot data.store metrics.query pydantic_settings"
    later = "metrics.subjects data.review.alert_looks data.fold pyarrow.parquet xlsxwriter sqlglot"
    found = "[name for name in '{}'.split() if name in sys.modules]"
    page = "ui.warm, ui.show, metrics.finish, data.review.alert_register"
    told = f"import sys, app; print({found.format(first)}); import {page}; print({found.format(later)})"
    root = Path(starting.__file__).parents[1]
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=root)
    assert ran.stdout.strip().splitlines()[-2:] == ["[]", "[]"]


def test_a_store_that_cannot_be_opened_is_said_once_and_tried_again(
    demo: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers = iter([SalesErrorAtHand(), SalesErrorAtHand(), demo])
    announced: list[Store] = []

    def opened() -> Store:
        found = next(answers)
        if isinstance(found, SalesError):
            raise found
        return found

    monkeypatch.setattr(current, "current", opened)
    monkeypatch.setattr(handover, "announce", lambda store, _: announced.append(store))
    with caplog.at_level(logging.ERROR, "sales.app"):
        begun = starting.begin(1)
        for _ in range(200):
            if announced:
                break
            begun.join(0.05)
        starting.end(begun)
    assert announced == [demo]
    assert len(caplog.records) == 1
    assert not begun.is_alive()


def test_words_that_were_not_checked_are_told_to_the_log(
    demo: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(current, "current", lambda: demo)
    monkeypatch.setattr(handover, "announce", lambda *_: None)
    with caplog.at_level(logging.WARNING, "sales.app"):
        begun = starting.begin(1)
        checked.words("select quantile_cont(amount, 0.5) as half_starting from deals")
        for _ in range(200):
            if caplog.records:
                break
            begun.join(0.05)
        starting.end(begun)
    assert "half_starting" in caplog.text or "quantile" in caplog.text.lower()


def test_no_page_waits_for_garbage(demo: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "current", lambda: demo)
    monkeypatch.setattr(handover, "announce", lambda *_: None)
    gc.unfreeze()  # the tests keep what they imported, too
    begun = starting.begin(1)
    kept = 0
    for _ in range(200):
        kept = gc.get_freeze_count()
        if kept:
            break
        begun.join(0.05)
    starting.end(begun)
    assert kept, "what is imported is looked through for garbage again and again"
    assert gc.get_freeze_count() == 0, "libraries say at the end that what is kept has leaked"
    assert st.get_option("runner.postScriptGC") is False


class SalesErrorAtHand(SalesError):
    """Stands for whatever keeps a store from being opened."""

    def text(self, lang: str) -> str:
        return f"cannot be opened ({lang})"
