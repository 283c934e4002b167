"""Why deals were lost and where: twelve deals by hand, and a reason that stands out in one stage."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.errors import MeasureNotBy
from metrics.funnel_bases import moved
from metrics.losses import losses
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.stages import LADDER, put, put_twelve

TODAY = date(2026, 2, 20)
WHY = {"c": "timing", "d": "price", "e": "price"}


@pytest.fixture
def twelve(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    put_twelve(empty)
    for deal, why in WHY.items():
        empty.execute("update crm.deals set lost_reason = ? where deal_id = ?", [why, deal])
    put(empty, "n", "", "lost 9", lost_reason="price", amount=None)
    return empty


def test_twelve_deals_by_hand(twelve: duckdb.DuckDBPyConnection) -> None:
    result = answered(twelve, losses(view(as_of=TODAY)))
    assert result.frame.select("stage", "lost_reason", "lost", "lost_amount").rows() == [
        ("talk", "price", 1, 100),  # e
        ("talk", None, 1, 100),  # f: nobody said why
        ("demo", "price", 1, 100),  # d
        ("offer", "timing", 1, 100),  # c
        ("sign", None, 1, 100),  # j
        (None, "price", 1, 0),  # n: nobody knows where
    ]
    talk = result.frame.row(0, named=True)
    assert (talk["share"], talk["share.n"], talk["elsewhere"]) == (0.5, 2, 0.5)
    assert (talk["share.low"], talk["share.high"]) == pytest.approx((0.0945, 0.9055), abs=1e-4)  # Wilson, 1 of 2
    assert not result.frame["is_beyond_chance"].any()
    assert [(remark.code, remark["count"]) for remark in result.notes] == [("lost_unpriced", 1)]


@pytest.mark.parametrize("span", [{}, {"from_on": date(2026, 1, 6), "to_on": date(2026, 1, 15)}])
def test_they_are_the_deals_that_the_funnel_of_the_period_counts_as_lost(
    twelve: duckdb.DuckDBPyConnection, span: dict[str, date]
) -> None:
    seen = view(as_of=TODAY, **span)
    counted = answered(twelve, moved(seen)).frame.filter(pl.col("lost") > 0).select("stage", "lost")
    summed = answered(twelve, losses(seen)).frame.group_by("stage", maintain_order=True).agg(pl.col("lost").sum())
    assert summed.rows() == counted.rows()


def test_a_cell_opens_its_deals(twelve: duckdb.DuckDBPyConnection) -> None:
    asked = losses(view(as_of=TODAY))
    for row in answered(twelve, asked).frame.iter_rows(named=True):
        at = {name: row[name] for name in ("pipeline", "place", "lost_reason")}
        assert answered(twelve, asked.rows("lost", **at)).frame.height == row["lost"], at
    assert set(answered(twelve, asked.rows("lost", lost_reason="price")).frame["deal_id"]) == {"d", "e", "n"}
    assert answered(twelve, losses(view(as_of=TODAY)), Viewer(scope="rep", rep_keys=(1,))).frame.height == 0
    by_rival = answered(twelve, losses(view(as_of=TODAY), "competitor")).frame
    assert by_rival["competitor"].null_count() == by_rival.height == 5
    with pytest.raises(MeasureNotBy):
        losses(view(), "source")


def test_what_is_decided_by_price_in_one_stage_only_stands_out(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(LADDER)
    for stage, reasons in (("talk", "price " * 10 + "timing " * 50), ("offer", "price " * 45 + "timing " * 15)):
        for number, why in enumerate(reasons.split()):
            put(empty, f"{stage}{number}", f"{stage} 0", "lost 9", lost_reason=why)
    for number in range(5):
        put(empty, f"few{number}", "sign 0", "lost 9", lost_reason="price")  # five of five, and yet no claim
    frame = answered(empty, losses(view(as_of=TODAY))).frame
    beyond = frame.filter(pl.col("is_beyond_chance")).select("stage", "lost_reason", "share", "elsewhere").rows()
    assert ("offer", "price", 0.75, 15 / 65) in beyond
    assert "sign" not in {row[0] for row in beyond}


def test_what_is_noted_from_some_stage_on_only_does_not_decide_there(empty: duckdb.DuckDBPyConnection) -> None:
    """Early nobody notes a competitor; later two are noted equally often, and neither decides anywhere more often."""
    empty.execute(LADDER)
    for stage, noted in (("talk", 0), ("offer", 60), ("sign", 40)):
        for number in range(90):
            rival = ("A", "B")[number % 2] if number < noted else None
            put(empty, f"{stage}{number}", f"{stage} 0", "lost 9", competitor=rival)
    frame = answered(empty, losses(view(as_of=TODAY), "competitor")).frame
    assert set(frame["lost"]) == {90, 30, 20, 50}
    assert not frame["is_beyond_chance"].any()
