"""Where deals go from each stage: the moves of twelve deals by hand, back and over stages too."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.moves import moves
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.stages import LADDER, put, put_twelve

TODAY = date(2026, 2, 20)


@pytest.fixture
def twelve(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    put_twelve(empty)
    return empty


def test_every_move_of_twelve_deals(twelve: duckdb.DuckDBPyConnection) -> None:
    frame = answered(twelve, moves(view(as_of=TODAY))).frame
    assert frame.select("stage", "went", "next_stage", "moves", "deals", "median_days").rows() == [
        ("talk", "forward", "demo", 7, 6, 5),  # a 10, c 4 and again 4, d 2, h 8, i 8, l 5
        ("talk", "skipped", "offer", 1, 1, 6),  # b
        ("talk", "skipped", "sign", 1, 1, 9),  # j
        ("talk", "lost", None, 2, 2, 6),  # e 5, f 7
        ("demo", "forward", "offer", 3, 3, 10),  # a 10, c 4, i 10
        ("demo", "back", "talk", 1, 1, 4),  # c
        ("demo", "lost", None, 1, 1, 10),  # d
        ("offer", "forward", "sign", 2, 2, 7),  # a 10, b 4
        ("offer", "back", "demo", 1, 1, 10),  # i
        ("offer", "lost", None, 1, 1, 10),  # c
        ("sign", "won", None, 2, 2, 10),  # a, b; nobody saw where k went
        ("sign", "lost", None, 1, 1, 10),  # j
    ]
    back = frame.row(5, named=True)
    assert (back["share"], back["share.n"], back["amount"]) == (1 / 5, 5, 100)
    assert (back["share.low"], back["share.high"]) == pytest.approx((0.0362, 0.6245), abs=1e-4)  # Wilson, 1 of 5


def test_a_move_belongs_to_the_period_of_its_day(twelve: duckdb.DuckDBPyConnection) -> None:
    frame = answered(twelve, moves(view(as_of=TODAY, from_on=date(2026, 1, 6), to_on=date(2026, 1, 15)))).frame
    assert frame.select("stage", "went", "moves").rows() == [
        ("talk", "forward", 5),  # l 5, h 8, i 8, a 10, c 12
        ("talk", "skipped", 1), ("talk", "skipped", 1), ("talk", "lost", 2),
        ("demo", "back", 1),  # c on day 8
        ("demo", "lost", 1), ("offer", "forward", 1),  # b on day 10
    ]  # fmt: skip


def test_a_move_opens_its_deals(twelve: duckdb.DuckDBPyConnection) -> None:
    asked = moves(view(as_of=TODAY))
    for row in answered(twelve, asked).frame.iter_rows(named=True):
        at = {name: row[name] for name in asked.by}
        assert answered(twelve, asked.rows("moves", **at)).frame.height == row["moves"], at
    assert set(answered(twelve, asked.rows("moves", went="back")).frame["deal_id"]) == {"c", "i"}
    assert answered(twelve, asked, Viewer(scope="rep", rep_keys=(1,))).frame.height == 0


def test_vanished_deals_do_not_move(twelve: duckdb.DuckDBPyConnection) -> None:
    put(twelve, "gone", "sign 0, talk 3", "open", is_gone=True)
    assert answered(twelve, moves(view(as_of=TODAY))).frame.filter(pl.col("place") == 4)["moves"].to_list() == [2, 1]


def test_days_before_a_move_end_when_the_stage_was_left(empty: duckdb.DuckDBPyConnection) -> None:
    """In demo from 10 January to 1 February, won then, and back in talk on 1 March: it had been in demo for 22 days."""
    empty.execute(LADDER)
    put(empty, "d", "", "open", stage="talk")
    for stage, entered, left in (("demo", "01-10", "02-01"), ("won", "02-01", "03-01"), ("talk", "03-01", None)):
        empty.execute(
            "insert into crm.deal_stages values ('d', ?, ?, ?, null)",
            [stage, f"2026-{entered}", f"2026-{left}" if left else None],
        )
    frame = answered(empty, moves(view(as_of=date(2026, 3, 10)))).frame
    assert frame.select("stage", "went", "median_days").rows() == [("demo", "back", 22)]
