"""Segments: contributions that add up, one that stands out and none that does, and how often chance alone is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import numpy as np
import polars as pl
import pytest

from data.store import Snapshot
from metrics.catalog import dimension, measure
from metrics.cuts import breakdowns, total
from metrics.errors import NoPeriod, NotShared, RatioNotShared
from metrics.segment_chance import MOMENTS, beyond_chance
from metrics.segments import dimensions_of, offered, segments
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.small import small_store

FEBRUARY = view(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28), compare="previous")
MEASURES = ("won_amount", "win_rate", "average_won_amount", "revenue", "lead_conversion", "activities", "collected",
            "gross_margin_rate", "win_rate_amount")  # fmt: skip


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as snapshot:
        yield snapshot


def _years(seen: Snapshot) -> View:
    assert seen.as_of is not None
    return View(as_of=seen.as_of, preset="last_12_months", compare="previous")


@pytest.mark.parametrize("name", MEASURES)
def test_what_segments_brought_adds_up_to_the_change(seen: Snapshot, name: str) -> None:
    """In every dimension but that of customers, of whom only those that changed most are there; by an own question."""
    asked = _years(seen)
    result = seen.ask(segments(name, asked), EVERYTHING)
    now, then, *_ = (seen.ask(total(name, asked), EVERYTHING).frame[one][0] for one in (name, f"{name}.before"))
    for (dim,), part in result.frame.filter(pl.col("dimension") != "customer").group_by(["dimension"]):
        assert part["brought"].sum() == pytest.approx(now - then, rel=1e-6), dim
        assert part["explained"].sum() == pytest.approx(1, rel=1e-6), dim
    dims = [dim for dim in dimensions_of(measure(name)) if dimension(dim).id != "customer"]
    plain = seen.ask(breakdowns(name, dims, asked), EVERYTHING).frame
    told = plain.join(result.frame, on=["dimension", "value"], nulls_equal=True)
    known = {dim for dim in dims if plain.filter(pl.col("dimension") == dim).height > 1}
    assert told.height == plain.filter(pl.col("dimension").is_in(list(known))).height > 20
    for span, column in (("now", name), ("then", f"{name}.before")):
        pairs = told.filter(pl.col(column).is_not_null())
        assert pairs[span].to_list() == pytest.approx(pairs[column].to_list(), rel=1e-9)


def test_a_segment_opens_its_rows(seen: Snapshot) -> None:
    result = seen.ask(segments("won_amount", _years(seen)), EVERYTHING)
    for row in result.frame.unique("dimension", keep="first", maintain_order=True).iter_rows(named=True):
        for column, span in (("won_amount", "now"), ("won_amount.before", "then")):
            at = {"dimension": row["dimension"], "value": row["value"]}
            found = seen.ask(result.query.rows(column, **at), EVERYTHING).frame
            assert float(found["amount"].sum() or 0) == pytest.approx(row[span], abs=0.005), (at, column)


def test_scope_and_refusals(seen: Snapshot) -> None:
    asked = _years(seen)
    own = Viewer(scope="rep", rep_keys=(seen.frame("select min(rep_key) as k from crm.deals", {}).item(),))
    mine = seen.ask(segments("won_amount", asked), own).frame
    whole = seen.ask(total("won_amount", asked), own).frame["won_amount"][0]
    assert mine.filter(pl.col("dimension") == "source")["now"].sum() == pytest.approx(whole)
    with pytest.raises(NoPeriod):
        segments("won_amount", asked.with_compare("none"))
    for name in ("cycle_days", "orders", "velocity", "open_amount", "attainment"):
        assert name not in offered()
        with pytest.raises(NotShared, match="won_amount"):
            segments(name, asked)
    for name in ("average_order_value", "activities_per_won_deal"):
        with pytest.raises(RatioNotShared):
            segments(name, asked)


def _deals(connection: duckdb.DuckDBPyConnection, source: str, day: date, won: int, lost: int) -> None:
    connection.execute(
        "insert into crm.deals (deal_id, source, status, amount, created_on, closed_on, push_count, is_gone)"
        " select $source || $day || i, $source, case when i < $won then 'won' else 'lost' end, 100,"
        " cast($day as date) - 30, $day, 0, false from range($won + $lost) as numbers(i)",
        {"source": source, "day": day, "won": won, "lost": lost},
    )


THEN, NOW = date(2026, 1, 2), date(2026, 2, 10)


def _standing_out(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    found = answered(connection, segments(name, FEBRUARY)).frame
    return found.filter(pl.col("stands_out"))["value"].to_list()


def test_a_channel_that_turned_bad_is_named_and_its_part_told(empty: duckdb.DuckDBPyConnection) -> None:
    for source, then, now in (("good", 50, 50), ("bad", 50, 10), ("fair", 50, 49)):
        _deals(empty, source, THEN, then, 100 - then)
        _deals(empty, source, NOW, now, 100 - now)
    assert _standing_out(empty, "win_rate") == ["bad"]
    frame = answered(empty, segments("win_rate", FEBRUARY)).frame
    bad = frame.filter(pl.col("value") == "bad").row(0, named=True)
    assert (bad["then"], bad["now"]) == (0.5, 0.1)
    assert bad["brought"] == pytest.approx(-40 / 300)
    assert (bad["is_candidate"], bad["rank"]) == (True, 1)
    assert frame["value"].to_list() == ["bad", "fair", "good"]
    assert _standing_out(empty, "won_deals")[0] == "bad"


def _lines(connection: duckdb.DuckDBPyConnection, region: str, day: date, amount: int, cost: int) -> None:
    """Forty lines of about so much each, that cost so much."""
    connection.execute(
        "insert into crm.order_lines (order_id, line_no, region, ordered_on, quantity, amount, cost, is_return)"
        " select $region || $day || i, 1, $region, $day, 1, $amount + (i % 5) - 2, $cost, false"
        " from range(40) as numbers(i)",
        {"region": region, "day": day, "amount": amount, "cost": cost},
    )


def test_a_ratio_to_an_amount_by_hand(empty: duckdb.DuckDBPyConnection) -> None:
    """North earns 30 of each 100, then and now; South 20 of 100, and now 60 of 300: all fall from 25 % to 22.5 %.

    North brought (30 - 0.25 · 100) ÷ 400 - (30 - 25) ÷ 200, South (60 - 0.25 · 300) ÷ 400 - (20 - 25) ÷ 200: -1.25
    points each, since what lies above the ratio of all weighs less, and what lies below it more.
    """
    for region, then, now in (("North", (100, 70), (100, 70)), ("South", (100, 80), (300, 240))):
        _lines(empty, region, THEN, *then)
        _lines(empty, region, NOW, *now)
    told = answered(empty, segments("gross_margin_rate", FEBRUARY)).frame
    assert told.select("value", "then", "now").sort("value").rows() == [("North", 0.3, 0.3), ("South", 0.2, 0.2)]
    assert told["brought"].to_list() == pytest.approx([-0.0125, -0.0125])
    assert told["explained"].to_list() == pytest.approx([0.5, 0.5])


def test_a_region_whose_margin_fell_is_named(empty: duckdb.DuckDBPyConnection) -> None:
    for region, cost in (("North", 70), ("South", 85), ("West", 70)):
        _lines(empty, region, THEN, 100, 70)
        _lines(empty, region, NOW, 100, cost)
    assert _standing_out(empty, "gross_margin_rate") == ["South"]
    told = answered(empty, segments("gross_margin_rate", FEBRUARY)).frame.filter(pl.col("value") == "South")
    assert told["brought"].item() == pytest.approx(-0.05)  # 15 of 100 in a third of the revenue


def test_nobody_stands_out_where_all_fall_alike(empty: duckdb.DuckDBPyConnection) -> None:
    for source in ("one", "two", "three"):
        _deals(empty, source, THEN, 60, 140)
        _deals(empty, source, NOW, 30, 170)
    assert _standing_out(empty, "won_amount") == []
    assert _standing_out(empty, "win_rate") == []
    frame = answered(empty, segments("won_amount", FEBRUARY)).frame
    assert frame["explained"].to_list() == pytest.approx([1 / 3] * 3)
    assert frame["surprise"].to_list() == pytest.approx([0] * 3)


def test_few_deals_are_no_claim_and_no_data_no_answer(empty: duckdb.DuckDBPyConnection) -> None:
    assert answered(empty, segments("won_amount", FEBRUARY)).frame.is_empty()
    _deals(empty, "large", THEN, 100, 0)
    _deals(empty, "large", NOW, 100, 0)
    _deals(empty, "small", THEN, 14, 0)  # all of its deals are gone: 14 rows
    assert _standing_out(empty, "won_deals") == []


@pytest.mark.parametrize("name", ["won_amount", "average_won_amount", "win_rate", "gross_margin_rate"])
def test_chance_alone_is_seldom_named(name: str) -> None:
    """Of 400 companies whose rows fall into segments and spans at random, about one in twenty may name anything."""
    dice, named = np.random.default_rng(5), 0
    for _ in range(400):
        rows = 600
        frame = pl.DataFrame({
            "value": dice.integers(0, 8, rows).astype(str), "is_now": dice.random(rows) < 0.5, "under": 1.0,
            "over": (dice.random(rows) < 0.3).astype(float) if name == "win_rate" else dice.lognormal(0, 0.8, rows),
        })  # fmt: skip
        if name == "gross_margin_rate":  # amounts of 1 ± much, of which each keeps a part of its own
            frame = frame.with_columns(under="over", over=pl.col("over") * dice.normal(0.3, 0.1, rows))
        columns = [(pl.col("over") * pl.col("under")).filter(which).sum().alias(f"cross_{span}")
                   for span, which in (("now", pl.col("is_now")), ("then", ~pl.col("is_now")))]  # fmt: skip
        for side in ("over", "under"):
            for span, which in (("now", pl.col("is_now")), ("then", ~pl.col("is_now"))):
                columns.append(pl.col(side).filter(which).sum().alias(f"{side}_{span}"))
                columns.append((pl.col(side) ** 2).filter(which).sum().alias(f"{side}_{span}_2"))
        cells = frame.group_by("value").agg(columns).with_columns(dimension=pl.lit("source"))
        named += bool(beyond_chance(measure(name), cells, pl.DataFrame()).any())
    assert named <= 34  # of 400 at 5 %: more has a probability below 0.2 %


def test_uneven_customers_widen_what_is_chance() -> None:
    """A segment that doubles is named where rows are independent, not where each customer buys in large batches."""
    cells = pl.DataFrame({
        "dimension": ["source"] * 2, "value": ["a", "b"], "over_then": [100.0, 300.0], "over_now": [160.0, 300.0],
        "over_then_2": [100.0, 300.0], "over_now_2": [160.0, 300.0],
    })  # fmt: skip
    sums = dict.fromkeys(("over_then", "over_now", "over_then_2", "over_now_2"), 400.0)
    uneven = pl.DataFrame([dict.fromkeys(MOMENTS, 0.0) | sums | {"customers": 20.0, "aa": 9000.0, "bb": 9000.0}])
    one = measure("won_deals")
    assert beyond_chance(one, cells, pl.DataFrame()).to_list() == [True, True]
    assert beyond_chance(one, cells, uneven).to_list() == [False, False]
