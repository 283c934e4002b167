"""A small company whose deals come as weekly full exports, through the real way of loading: 7, 14 and 21 June 2026."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Company
from tests.data.written import written
from tests.small import empty_at

HEAD = (
    "Deal ID,Deal Name,Account Name,Owner,Stage,Status,Amount,Created Date,Expected Close Date,Close Date,Next Step\n"
)
STAGES = "Stage,Position,Status\nQualify,1,open\nDiscover,2,open\nPropose,3,open\nNegotiate,4,open\n"
FIRST = {
    "D1": "D1,Pumps,Acme,Ann Lee,Qualify,open,10000,2026-05-01,2026-07-30,,Call",
    "D2": "D2,Valves,Bolt,Ann Lee,Qualify,open,20000,2026-05-01,2026-07-30,,",
    "D3": "D3,Meters,Cole,Bob Ray,Discover,open,30000,2026-05-01,2026-06-30,,",
    "D4": "D4,Seals,Dyne,Bob Ray,Propose,open,40000,2026-05-01,2026-06-30,,",
}


def export(folder: Path, day: str, **changed: str | None) -> Path:
    """The deals of a day; a deal that is None is in it no more."""
    rows = {**FIRST, **changed}
    return written(folder, HEAD + "\n".join(row for row in rows.values() if row) + "\n", f"deals_{day}.csv")


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The company on 7 June, to be copied: four open deals of two people."""
    folder = tmp_path_factory.mktemp("begun")
    made = Company(empty_at(folder / "company.duckdb"))
    made.load(written(folder, STAGES, "stages.csv"), "--table", "stages")
    load(made, folder, "2026-06-07")
    made.close()
    return made


@pytest.fixture
def weekly(begun: Company, tmp_path: Path) -> Iterator[Company]:
    """The company on 7 June."""
    made = begun.copied_to(tmp_path / "company.duckdb")
    yield made
    made.close()


def load(company: Company, folder: Path, day: str, **changed: str | None) -> None:
    company.load(export(folder, day, **changed), "--table", "deals", "--as-of", day, "--full", "--key", "Deal ID")


def add(company: Company, *argv: object) -> int:
    ran = company("actions", "add", *argv)
    assert ran.code == 0, ran.out + ran.err
    return int(ran.json["action"]["id"])


def listed(company: Company, *argv: object) -> dict[int, dict[str, Any]]:
    ran = company("actions", "--show", "all", *argv)
    assert ran.code == 0, ran.out + ran.err
    return {row["id"]: row for row in ran.json["actions"]}


def refused(company: Company, *argv: object) -> dict[str, Any]:
    ran = company("actions", *argv)
    assert ran.code == 1, ran.out
    error: dict[str, Any] = ran.json["error"]
    return error
