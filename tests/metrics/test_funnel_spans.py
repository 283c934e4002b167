"""A period against the one before: the same twelve deals in both, and each cohort seen after as many days."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from metrics.errors import NoPeriod
from metrics.funnel import funnel
from metrics.funnel_spans import against_before, judged
from tests.metrics.conftest import answered, view
from tests.metrics.stages import put, put_twelve

JANUARY = {"from_on": date(2026, 1, 1), "to_on": date(2026, 1, 31)}
COUNTS = ("entered", "moved_on", "lost", "still_there")


@pytest.fixture
def twice(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The twelve deals, and once more 31 days earlier."""
    put_twelve(empty)
    earlier = timedelta(days=31)
    empty.execute(
        "insert into crm.deals select * replace (deal_id || '0' as deal_id, created_on - $d as created_on,"
        " closed_on - $d as closed_on) from crm.deals",
        {"d": earlier},
    )
    empty.execute(
        "insert into crm.deal_stages select deal_id || '0', stage, entered_on - $d, left_on - $d, rep_key"
        " from crm.deal_stages",
        {"d": earlier},
    )
    return empty


@pytest.mark.parametrize("today", [date(2026, 1, 9), date(2026, 1, 25), date(2026, 2, 20)])
def test_two_cohorts_that_went_alike_look_alike_on_any_day(twice: duckdb.DuckDBPyConnection, today: date) -> None:
    seen = view(as_of=date(2026, 2, 20), **JANUARY).seen_on(today)
    frame = answered(twice, against_before(seen)).frame
    now, before = (frame.filter(frame["span"] == span).select("stage", *COUNTS).rows() for span in ("now", "before"))
    assert now == before
    assert now == answered(twice, funnel(seen)).frame.select("stage", *COUNTS).rows()


def test_what_came_later_of_the_earlier_ones_is_not_counted(twice: duckdb.DuckDBPyConnection) -> None:
    put(twice, "late", "talk 0", "won 30", created_on=date(2025, 12, 1))  # 60 days later: on 20 February 50 are known
    frame = answered(twice, against_before(view(as_of=date(2026, 2, 20), **JANUARY))).frame
    before = frame.filter(frame["span"] == "before")
    assert before.row(0, named=True)["still_there"] == 1 + 1  # g's twin, and the late one: not won yet, then
    assert before.row(3, named=True)["moved_on"] == 3
    december = view(as_of=date(2026, 2, 20), from_on=date(2025, 12, 1), to_on=date(2025, 12, 31))
    seen = answered(twice, funnel(december.seen_on(date(2026, 1, 20)))).frame
    assert before.select(COUNTS).rows() == seen.select(COUNTS).rows()


def test_notes_are_of_the_later_cohort(twice: duckdb.DuckDBPyConnection) -> None:
    """Three open deals of December stand nowhere, and of January one."""
    for id_, on in (("n1", date(2026, 1, 5)), ("o1", date(2025, 12, 5)), ("o2", date(2025, 12, 5))):
        put(twice, id_, "", "open", created_on=on, stage=None)
    asked = against_before(view(as_of=date(2026, 2, 20), **JANUARY))
    told = {one.code: one for one in answered(twice, asked).notes}
    alone = {one.code: one for one in answered(twice, funnel(view(as_of=date(2026, 2, 20), **JANUARY))).notes}
    assert told["open_nowhere"] == alone["open_nowhere"]
    assert told["open_nowhere"]["count"] == 1


def test_numbers_open_their_deals(twice: duckdb.DuckDBPyConnection) -> None:
    asked = against_before(view(as_of=date(2026, 2, 20), **JANUARY))
    for row in answered(twice, asked).frame.iter_rows(named=True):
        at = {name: row[name] for name in asked.by}
        for name in COUNTS:
            assert answered(twice, asked.rows(name, **at)).frame.height == row[name], at
    said = {remark.code: remark for remark in asked.notes}["spans_alike"]
    assert said["seen_on"] == date(2026, 1, 20)
    assert "2026年1月20日" in said.text("zh-CN")


def test_a_stage_that_got_worse_beyond_chance_is_named(empty: duckdb.DuckDBPyConnection) -> None:
    put_twelve(empty)
    for month, lost in ((0, 60), (-31, 20)):
        for number in range(100):
            day = date(2026, 1, 1) + timedelta(days=month)
            end = f"lost {month + 9}" if number < lost else f"won {month + 9}"
            put(empty, f"{month}.{number}", f"talk {month}, demo {month + 2}", end, created_on=day)
    frame = answered(empty, against_before(view(as_of=date(2026, 2, 20), **JANUARY))).frame
    worst = judged(frame).row(0, named=True)
    assert (worst["stage"], worst["is_beyond_chance"]) == ("demo", True)
    assert worst["decided"] < worst["others"] == 0.8


def test_all_time_has_nothing_before_it() -> None:
    with pytest.raises(NoPeriod) as refused:
        against_before(view())
    assert "全部时间" in refused.value.text("zh-CN")
