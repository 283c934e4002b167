"""The way of deals through the stages: twelve deals by hand, published rates, and what holds for any deals."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.errors import MeasureNotBy, NoSuchColumn
from metrics.funnel import funnel
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import ROOT, answered, view
from tests.metrics.stages import JAN, LADDER, STAGES, put, put_twelve


@pytest.fixture
def twelve(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The deals of `TWELVE`."""
    put_twelve(empty)
    return empty


def _frame(connection: duckdb.DuckDBPyConnection, **how: object) -> pl.DataFrame:
    seen = how.pop("view", view(as_of=date(2026, 2, 20)))
    return answered(connection, funnel(seen, **how)).frame  # type: ignore[arg-type]


def test_twelve_deals_by_hand(twelve: duckdb.DuckDBPyConnection) -> None:
    found = _frame(twelve).select("stage", "entered", "moved_on", "lost", "still_there", "skipped", "moved_back")
    assert found.rows() == [
        ("talk", 12, 9, 2, 1, 1, 0),  # k has no visits at all: it passed every stage unseen
        ("demo", 9, 6, 1, 2, 3, 1),  # seen: a c d h i l; skipped by b, j, k; c went back
        ("offer", 6, 4, 1, 1, 2, 1),  # i went back from it: it got no further
        ("sign", 4, 3, 1, 0, 1, 0),
    ]


def test_ways_that_nobody_knows_are_said_and_not_called_skips(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(LADDER)
    put(empty, "k", "", "won 30")
    result = answered(empty, funnel(view(as_of=date(2026, 2, 20))))
    assert [note.code for note in result.notes] == ["way_unknown"]
    assert result.frame["entered"].to_list() == [1, 1, 1, 1]
    for name in ("skipped", "moved_back", "median_days"):
        assert result.frame[name].null_count() == 4


def test_with_credits_there_is_no_share_by_amount(empty: duckdb.DuckDBPyConnection) -> None:
    """200 came to demo, of them 300 went on and -100 was lost: 150 % is no share."""
    empty.execute(LADDER)
    put(empty, "a", "talk 0, demo 4", "won 9", amount=300)
    put(empty, "b", "talk 0, demo 4", "lost 9", amount=-100)
    assert _frame(empty)["conversion_amount"].to_list()[:2] == [1.0, None]


def test_rates_have_their_intervals_and_open_deals_are_told_apart(twelve: duckdb.DuckDBPyConnection) -> None:
    demo = _frame(twelve).row(1, named=True)
    assert demo["conversion"] == pytest.approx(6 / 9)
    assert (demo["conversion.low"], demo["conversion.high"]) == pytest.approx((0.3542, 0.8794), abs=1e-4)  # Wilson
    assert (demo["decided"], demo["decided.n"]) == (pytest.approx(6 / 7), 7)
    assert demo["conversion_amount"] == pytest.approx(600 / 900)


def test_times_count_visits_that_go_on(twelve: duckdb.DuckDBPyConnection) -> None:
    # visits to talk: 10 6 4 4(again) 2 5 7 8 8 9 5 and g since 50 days; ordered 2 4 4 5 5 6 7 8 8 9 10 50+
    talk = _frame(twelve).row(0, named=True)
    assert (talk["median_days"], talk["p75_days"]) == (6, 8)


def test_a_number_opens_its_deals(twelve: duckdb.DuckDBPyConnection) -> None:
    asked = funnel(view(as_of=date(2026, 2, 20)))
    for row in answered(twelve, asked).frame.iter_rows(named=True):
        for name in ("entered", "moved_on", "lost", "still_there"):
            behind = answered(twelve, asked.rows(name, pipeline="P", place=row["place"])).frame
            assert behind.height == row[name], (row["stage"], name)
    lost = answered(twelve, asked.rows("lost", place=4)).frame
    assert lost["deal_id"].to_list() == ["j"]
    with pytest.raises(NoSuchColumn):
        asked.rows("lots", place=4)


def test_split_by_a_dimension_the_parts_are_the_whole(twelve: duckdb.DuckDBPyConnection) -> None:
    whole, parts = _frame(twelve), _frame(twelve, by="source")
    for name in ("entered", "moved_on", "lost", "still_there", "lost_amount"):
        summed = parts.group_by("place").agg(pl.col(name).sum()).sort("place").get_column(name).to_list()
        assert summed == whole.get_column(name).to_list()
    assert set(parts["source"]) == {"web", "fair"}
    for nothing_to_say in ("month", "stage", "status", "pipeline"):
        with pytest.raises(MeasureNotBy):
            funnel(view(), by=nothing_to_say)
    by_rep = answered(twelve, funnel(view(as_of=date(2026, 2, 20)), by="rep")).frame  # through the people's table
    assert by_rep["rep"].to_list() == [None] * 4


def test_lost_nobody_knows_where(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(LADDER)
    put(empty, "w", "talk 0", "won 9")
    put(empty, "n", "", "lost 9")
    result = answered(empty, funnel(view()))
    (*known, nowhere) = result.frame.iter_rows(named=True)
    assert [row["entered"] for row in known] == [1, 1, 1, 1]
    assert (nowhere["place"], nowhere["entered"], nowhere["lost"], nowhere["lost_amount"]) == (None, 1, 1, 100)
    assert all(row["conversion"] is None and row["decided"] is None for row in known)
    assert [(remark.code, remark["count"], remark["of"]) for remark in result.notes] == [("lost_somewhere", 1, 1)]
    assert "阶段历史" in result.notes[0].text("zh-CN")


def test_a_period_takes_the_deals_created_in_it(twelve: duckdb.DuckDBPyConnection) -> None:
    put(twelve, "later", "talk 40", "open", created_on=date(2026, 2, 10))
    put(twelve, "undated", "talk 0", "open", created_on=None)
    january = view(as_of=date(2026, 2, 20), from_on=JAN, to_on=date(2026, 1, 31))
    assert _frame(twelve, view=january)["entered"].to_list() == [12, 9, 6, 4]
    assert _frame(twelve)["entered"].to_list() == [14, 9, 6, 4]


def test_seen_from_an_earlier_day_nothing_later_is_counted(twelve: duckdb.DuckDBPyConnection) -> None:
    put(twelve, "later", "talk 40", "open", created_on=date(2026, 2, 10))
    result = answered(twelve, funnel(view(as_of=date(2026, 2, 20)).seen_on(date(2026, 1, 9))))
    found = result.frame.select("stage", "entered", "moved_on", "lost", "still_there").rows()
    assert found == [  # by 9 January: a, g, j, k (nobody saw it) in talk; c, d, h, i, l as far as demo; b in offer
        ("talk", 12, 6, 2, 4),
        ("demo", 6, 1, 0, 5),
        ("offer", 1, 0, 0, 1),
        ("sign", 0, 0, 0, 0),
    ]
    assert "as_known_now" in {remark.code for remark in result.notes}


def test_a_visit_without_a_day_came_first(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute(LADDER)
    put(empty, "a", "talk 0, demo 31", "open")
    empty.execute("update crm.deal_stages set entered_on = null where stage = 'talk'")
    assert _frame(empty).select("stage", "moved_back").rows()[:2] == [("talk", 0), ("demo", 0)]


def test_shares_are_refused_only_where_too_many_were_lost_unseen(twelve: duckdb.DuckDBPyConnection) -> None:
    for number in range(20):
        put(twelve, f"n{number}", "", "lost 9", source="import")
    for number in range(400):
        put(twelve, f"k{number}", "talk 0", "lost 9", source="call")
    whole, parts = _frame(twelve), _frame(twelve, by="source")
    assert whole["conversion"][0] is not None
    shown = {row["source"]: row["decided"] for row in parts.filter(pl.col("place") == 1).iter_rows(named=True)}
    assert shown["import"] is None
    assert shown["call"] == 0


def test_vanished_deals_and_other_teams_are_not_in_it(twelve: duckdb.DuckDBPyConnection) -> None:
    put(twelve, "gone", "talk 0", "open", is_gone=True)
    put(twelve, "mine", "talk 0", "open", rep_key=1)
    assert _frame(twelve)["entered"].to_list()[0] == 13
    mine = answered(twelve, funnel(view()), Viewer(scope="rep", rep_keys=(1,))).frame
    assert mine["entered"].to_list() == [1, 0, 0, 0]


def test_an_empty_store_has_no_stages(empty: duckdb.DuckDBPyConnection) -> None:
    assert _frame(empty).height == 0


# ------------------------------------------------------------------------------------------------------------ any deals

SOME = settings(max_examples=max(settings().max_examples // 16, 5))


@pytest.fixture(scope="module")
def ladder() -> Iterator[duckdb.DuckDBPyConnection]:
    """Stages only; deals are put in by each example."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute((ROOT / "data" / "schema.sql").read_text("utf-8"))
    connection.execute(LADDER)
    yield connection
    connection.close()


@SOME
@given(seed=st.integers(0, 2**32), by=st.sampled_from((None, "source", "region", "customer")))
def test_what_entered_a_stage_moved_on_was_lost_or_is_still_there(
    ladder: duckdb.DuckDBPyConnection, seed: int, by: str | None
) -> None:
    dice = random.Random(seed)
    ladder.execute("delete from crm.deals")
    ladder.execute("delete from crm.deal_stages")
    for number in range(dice.randint(0, 12)):
        days = sorted(dice.sample(range(60), dice.randint(0, 5)))
        way = ", ".join(f"{dice.choice(STAGES)} {day}" for day in days)
        end = dice.choice(("open", f"won {days[-1] + 3 if days else 9}", f"lost {days[-1] + 3 if days else 9}"))
        created = dice.choice((JAN, date(2025, 6, 1), None))
        source, amount = dice.choice(("web", None)), dice.choice((None, 0, 100))
        put(ladder, f"D{number}", way, end, source=source, created_on=created, amount=amount)
    seen = View(as_of=date(2026, 3, 15), preset=dice.choice(("all", "ytd")))
    frame = answered(ladder, funnel(seen, by), EVERYTHING).frame
    for kind in ("", "_amount"):
        parts = pl.sum_horizontal(pl.col(f"{name}{kind}").fill_null(0) for name in ("moved_on", "lost", "still_there"))
        assert frame.filter(pl.col(f"entered{kind}") != parts).height == 0
    steps = frame.filter(pl.col("place").is_not_null()).sort("place")
    for _, one in steps.group_by(pl.col(*(("pipeline", by) if by else ("pipeline",)))):
        assert one["entered"].to_list()[1:] == one["moved_on"].to_list()[:-1]
