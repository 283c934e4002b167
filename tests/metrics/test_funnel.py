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
from tests.metrics.stages import JAN, LADDER, STAGE, STAGES, put, put_twelve


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
    assert (demo["conversion_amount.low"], demo["conversion_amount.n"]) == (None, 9)  # of so few deals no range


def test_a_share_of_money_stands_on_fewer_deals_than_there_are(empty: duckdb.DuckDBPyConnection) -> None:
    """Of 20 deals of 100 and 20 of 300, 15 and 9 moved on: R = 4,200 of 8,000.

    Variance: 40/39 · (960,000 · 0.475² + 1,040,000 · 0.525²) ÷ 8,000² = 0.0080649 -> 30.92 deals alike; by their sizes
    8,000² ÷ 2,000,000 = 32. Wilson of 0.525 · 30.92 of 30.92.
    """
    empty.execute(LADDER)
    for number in range(40):
        amount, won = (100, number < 15) if number < 20 else (300, number < 29)
        put(empty, f"d{number}", "talk 0, demo 4" if won else "talk 0", "won 9" if won else "lost 9", amount=amount)
    talk = _frame(empty).row(0, named=True)
    assert (talk["conversion_amount"], talk["conversion_amount.n"]) == (0.525, 40)
    ends = (talk["conversion_amount.low"], talk["conversion_amount.high"])
    assert ends == pytest.approx((0.3562, 0.6883), abs=1e-4)
    assert ends[1] - ends[0] > talk["conversion.high"] - talk["conversion.low"]
    empty.execute("update crm.deals set amount = 100000 where deal_id = 'd0'")  # one deal is nearly all the money
    assert _frame(empty)["conversion_amount.low"][0] is None


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
    assert found == [  # by 9 January: a, g, j in talk; c, d, h, i, l as far as demo; b in offer; nobody saw k anywhere
        ("talk", 11, 6, 2, 3),
        ("demo", 6, 1, 0, 5),
        ("offer", 1, 0, 0, 1),
        ("sign", 0, 0, 0, 0),
        (None, 1, 0, 0, 1),
    ]
    assert [remark.code for remark in result.notes] == ["as_known_now", "open_nowhere"]
    assert [note.code for note in answered(twelve, funnel(view(as_of=date(2026, 2, 20)))).notes] == []


def test_what_is_dated_after_the_last_day_of_the_data_has_not_happened(empty: duckdb.DuckDBPyConnection) -> None:
    """On 16 January: a, said to be won on the 21st, is open in demo; b comes to demo on the 19th, c on the 18th."""
    empty.execute(LADDER)
    put(empty, "a", "talk 0, demo 10", "won 20")
    put(empty, "b", "talk 0, demo 18", "open", stage_since=date(2026, 1, 19))
    put(empty, "c", "talk 17", "open", created_on=date(2026, 1, 18), stage_since=date(2026, 1, 18))
    put(empty, "d", "talk 0, sign 3", "won 15")  # on the day itself
    put(empty, "e", "", "lost 30")  # of which nobody knows where it stands
    asked = funnel(view(as_of=date(2026, 1, 16)))
    result = answered(empty, asked)
    assert result.frame.select("stage", "entered", "moved_on", "lost", "still_there").rows() == [
        ("talk", 3, 2, 0, 1),
        ("demo", 2, 1, 0, 1),
        ("offer", 1, 1, 0, 0),
        ("sign", 1, 1, 0, 0),
        (None, 1, 0, 0, 1),
    ]
    later = next(note for note in result.notes if note.code == "closed_later")
    assert (later["count"], later["day"]) == (2, date(2026, 1, 16))
    assert answered(empty, asked.rows("still_there", place=2)).frame["deal_id"].to_list() == ["a"]
    after = answered(empty, funnel(view(as_of=date(2026, 2, 20)))).frame
    assert after["entered"].to_list() == [4, 3, 2, 2, 1]


def test_open_deals_of_no_stage_stand_apart(twelve: duckdb.DuckDBPyConnection) -> None:
    put(twelve, "m", "", "open", stage=None, source="web")
    put(twelve, "o", "", "open", stage="a stage of no list", amount=70, source="fair")
    put(twelve, "n", "", "lost 9", source="fair")
    asked = funnel(view(as_of=date(2026, 2, 20)))
    result = answered(twelve, asked)
    first, *_, nowhere = result.frame.to_dicts()
    assert (first["entered"], first["still_there"]) == (12, 1)  # as without them
    assert (nowhere["place"], nowhere["stage"], nowhere["entered"], nowhere["moved_on"]) == (None, None, 3, 0)
    assert (nowhere["lost"], nowhere["still_there"], nowhere["still_there_amount"]) == (1, 2, 170)
    for name in ("entered", "moved_on", "lost", "still_there"):
        assert answered(twelve, asked.rows(name, pipeline="P", place=None)).frame.height == nowhere[name], name
    assert [(note.code, note["count"], note["of"]) for note in result.notes] == [
        ("lost_somewhere", 1, 6), ("open_nowhere", 2, 6),
    ]  # fmt: skip
    assert "阶段未知" in result.notes[1].text("zh-CN")
    assert first["conversion"] is None  # one of six lost nobody knows where: too many for any share
    split = answered(twelve, funnel(view(as_of=date(2026, 2, 20)), "source")).frame.filter(pl.col("place").is_null())
    assert split.select("source", "still_there").rows() == [("fair", 1), ("web", 1)]


def test_shares_of_all_that_entered_need_the_stages_of_open_deals(twelve: duckdb.DuckDBPyConnection) -> None:
    put(twelve, "m", "", "open", stage=None)
    assert _frame(twelve)["conversion"][0] == 9 / 12  # one more of 13
    put(twelve, "o", "", "open", stage=None)
    frame = _frame(twelve)
    assert frame["conversion"].null_count() == frame.height  # two of 14
    assert frame["decided"][0] == 9 / 11


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


def test_an_order_that_nobody_told_is_said_to_be_a_guess(twelve: duckdb.DuckDBPyConnection) -> None:
    asked = funnel(view(as_of=date(2026, 2, 20)))
    assert not answered(twelve, asked).notes
    twelve.execute("update crm.stages set told_by = null where stage in ('demo', 'sign', 'won')")
    (said,) = answered(twelve, asked).notes
    assert (said.code, said["stages"]) == ("order_guessed", "demo, sign")
    assert "推断" in said.text("zh-CN")
    twelve.execute(f"{STAGE} (null, 'demo', 9, 'open', 'Demo', '演示')")  # one of all pipelines tells it, too
    twelve.execute("update crm.stages set told_by = 'settings' where pipeline is null")
    (said,) = answered(twelve, asked).notes
    assert said["stages"] == "sign"
    twelve.execute("update crm.stages set status = 'lost' where stage <> 'sign'")  # one stage has no order
    assert not [note for note in answered(twelve, asked).notes if note.code == "order_guessed"]


def test_a_pipeline_without_open_stages_is_not_lost(twelve: duckdb.DuckDBPyConnection) -> None:
    for name, end in (("x", "open"), ("y", "won 9"), ("z", "lost 9")):
        put(twelve, name, "", end, pipeline="Q")
    found = (
        _frame(twelve).filter(pl.col("pipeline") == "Q").select("place", "entered", "moved_on", "lost", "still_there")
    )
    assert found.rows() == [(None, 3, 1, 1, 1)]


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


def _created(connection: duckdb.DuckDBPyConnection, seen: View) -> int:
    first = seen.period.from_on if seen.period else None
    found = connection.execute(
        "select count(*) from crm.deals"
        " where ($1 is null or created_on >= $1) and (created_on is null or created_on <= $2)",
        [first, seen.as_of],
    )
    return int(found.fetchall()[0][0])


@SOME
@given(seed=st.integers(0, 2**32), by=st.sampled_from((None, "source", "region", "customer")))
def test_what_entered_a_stage_moved_on_was_lost_or_is_still_there(
    ladder: duckdb.DuckDBPyConnection, seed: int, by: str | None
) -> None:
    dice = random.Random(seed)
    ladder.execute("delete from crm.deals")
    ladder.execute("delete from crm.deal_stages")
    for number in range(dice.randint(0, 12)):
        days = sorted(dice.sample(range(90), dice.randint(0, 5)))  # the last of them after the day
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
    begun = frame.filter(pl.col("place").is_null() | (pl.col("place") == 1))["entered"].sum()
    assert begun == _created(ladder, seen)  # nobody is left out
    steps = frame.filter(pl.col("place").is_not_null()).sort("place")
    for _, one in steps.group_by(pl.col(*(("pipeline", by) if by else ("pipeline",)))):
        assert one["entered"].to_list()[1:] == one["moved_on"].to_list()[:-1]
