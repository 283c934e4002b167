"""A small company whose targets are set and uploaded: three people in two teams, one of them since mid-March."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from data.store import open_store
from data.truth import Load, load
from tests.command_line import Company
from tests.small import empty_at


def made(path: Path) -> None:
    """Ann and Bob in North (Bob since mid-March), Cem in South; March and January of last year won by them."""
    empty_at(path)
    store = open_store(path)
    people = pl.DataFrame({
        "key": ["1", "2", "3"], "rep_id": ["1", "2", "3"], "rep": ["Ann", "Bob", "Cem"],
        "team": ["North", "North", "South"],
        "hired_on": [date(2020, 1, 1), date(2026, 3, 16), date(2020, 1, 1)],
    })  # fmt: skip
    days = [date(2025, 3, 3), date(2025, 3, 4), date(2025, 1, 9), date(2026, 3, 2), date(2026, 3, 5)]
    deals = pl.DataFrame({
        "key": list("abcde"), "deal_id": list("abcde"), "rep_id": ["1", "3", "1", "1", "3"],
        "rep": ["Ann", "Cem", "Ann", "Ann", "Cem"],
        "status": ["won"] * 5, "amount": [300, 100, 50, 40, 10], "created_on": days, "closed_on": days,
    })  # fmt: skip
    teams = pl.DataFrame(
        {"key": ["Sales", "North", "South"], "team": ["Sales", "North", "South"], "parent": [None, "Sales", "Sales"]}
    )
    loads = [("teams", teams), ("reps", people), ("deals", deals)]
    load(
        store,
        [
            Load(table=table, profile="p", file=f"{table}.csv", rows=rows, as_of=date(2026, 3, 16))
            for table, rows in loads
        ],
    )
    store.close()


def goals(company: Company) -> list[tuple[object, ...]]:
    """Every version: whose, how much, which, and why."""
    ran = company("targets", "versions")
    return [(row["scope_value"], row["value"], row["version"], row["reason"]) for row in ran.json["rows"]]
