"""Publishing by command: the tables of a store as Parquet files, for an engine to read."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.engines.__main__ import app as publishing
from tests.small import small_store

pytestmark = pytest.mark.engines


def test_publishing_by_command(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    runner = CliRunner()
    said = runner.invoke(publishing, ["publish", str(folder), "--store", str(small_store().path)])
    assert said.exit_code == 0, said.output
    assert (folder / "crm" / "deals.parquet").exists()
    assert (folder / "ops" / "version.parquet").exists()
    assert not list(folder.rglob("*.making"))
    said = runner.invoke(publishing, ["publish", str(folder), "--store", str(tmp_path / "none.duckdb")])
    assert said.exit_code == 1
    assert "none.duckdb" in said.output
