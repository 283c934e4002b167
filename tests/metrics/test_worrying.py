"""What hangs on open deals that show a sign: by hand, and the rows behind each number."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from metrics.signals import signals
from metrics.worrying import is_due, staked, worrying
from tests.metrics.conftest import answered, view
from tests.metrics.test_activity import TODAY, _deal

MARCH = view(from_on=date(2026, 3, 1), to_on=date(2026, 3, 31))
TABLE = pl.DataFrame(
    {
        "pipeline": ["P", "P"], "stage": ["talk", "talk"], "from_days": [0, 30], "decided": [40, 20], "won": [20, 5],
        "odds": [0.5, 0.3], "whole": [0.4, 0.4],
    }
)  # fmt: skip


def _deals(**columns: list[object]) -> pl.DataFrame:
    rows = len(next(iter(columns.values())))
    usual: dict[str, list[object]] = {
        "deal_id": [f"d{at}" for at in range(rows)], "pipeline": ["P"] * rows, "stage": ["talk"] * rows,
        "stage_days": [0] * rows, "amount": [100] * rows,
    }  # fmt: skip
    return pl.DataFrame(usual | columns, strict=False)


def test_what_is_at_stake_is_amount_times_the_chance_of_its_stage_and_age() -> None:
    found = staked(_deals(amount=[100, 150, None, 100], stage_days=[0, 45, 3, None]), TABLE)
    assert found.is_expected
    # 100 × 0.5; 150 × 0.3, having stood for 30 days or more; nothing; 100 × 0.5, nobody knows since when
    stakes = dict(found.frame.select("deal_id", "stake").iter_rows())
    assert stakes == pytest.approx({"d0": 50, "d1": 45, "d2": 0, "d3": 50})
    assert found.frame["deal_id"].to_list() == ["d0", "d3", "d1", "d2"]


def test_without_history_it_is_the_amount_of_all() -> None:
    for table in (TABLE.clear(), TABLE.with_columns(odds=pl.lit(None, pl.Float64), whole=pl.lit(None, pl.Float64))):
        found = staked(_deals(amount=[100, 150]), table)
        assert not found.is_expected
        assert found.frame["stake"].to_list() == [150, 100]
    other = _deals(amount=[100, 150], pipeline=["P", "Q"])  # one pipeline without history: chances of one alone mislead
    assert staked(other, TABLE).frame["stake"].to_list() == [150, 100]


def test_the_rows_behind_are_those_that_are_counted(people: duckdb.DuckDBPyConnection) -> None:
    days = {"late": -3, "today": 0, "soon": 5, "march": 16, "april": 17, "undated": None}
    for name, away in days.items():
        due = None if away is None else TODAY + timedelta(days=away)
        _deal(people, name, expected_close_on=due, amount=100 if name == "march" else 10)
    frame = answered(people, signals(MARCH)).frame
    query = worrying(MARCH, TODAY + timedelta(days=7))
    behind = {
        name: set(answered(people, query.rows(name)).frame["deal_id"])
        for name in ("worrying", "due", "due_worrying", "soon")
    }
    assert behind == {
        "worrying": {"late", "march"},  # the one is past its day, the other is 100 of 150
        "due": {"late", "today", "soon", "march"}, "due_worrying": {"late", "march"}, "soon": {"today", "soon"},
    }  # fmt: skip
    assert set(frame.filter(is_due(MARCH))["deal_id"]) == behind["due"]
    assert set(frame.filter(pl.col("signals") > 0)["deal_id"]) == behind["worrying"]
    everything = answered(people, worrying(view()).rows("due")).frame
    assert set(everything["deal_id"]) == set(days) - {"undated"} == set(frame.filter(is_due(view()))["deal_id"])
