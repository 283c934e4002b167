"""An older store is brought to today's schema, in order, all steps or none."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data import migrations, opening
from data.migrations import Step
from data.store import open_store


def _steps(monkeypatch: pytest.MonkeyPatch, *statements: str) -> None:
    steps = tuple(Step("test", (statement,)) for statement in statements)
    for module in (migrations, opening):
        monkeypatch.setattr(module, "SCHEMA", len(steps) + 1)
    monkeypatch.setattr(migrations, "STEPS", steps)


def test_a_store_of_an_older_schema_runs_the_steps_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "company.duckdb"
    open_store(path).close()
    _steps(monkeypatch, "create table ops.first_step (a integer)", "insert into ops.first_step values (7)")
    store = open_store(path)
    with store.snapshot() as seen:
        assert seen.frame("select a, (select schema from ops.version) from ops.first_step").rows() == [(7, 3)]
    store.close()
    open_store(path).close()  # nothing is left to do


def test_a_step_that_fails_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "company.duckdb"
    open_store(path).close()
    _steps(monkeypatch, "create table ops.first_step (a integer)", "nonsense")
    with pytest.raises(duckdb.Error):
        open_store(path)
    monkeypatch.undo()
    store = open_store(path)
    with store.snapshot() as seen:
        assert seen.frame("select schema from ops.version").rows() == [(1,)]
    store.close()
