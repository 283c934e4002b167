"""Odds from history by hand: at least so long in a stage, leaning on larger cells; and money weighted with them."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from metrics.cuts import total
from metrics.odds import PRIOR, brier, odds, table_of, weighted, with_odds
from metrics.query import from_file
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view
from tests.metrics.stages import JAN, LADDER, put
from tests.questions import file_values

DAY = date(2026, 2, 20)
# Won: 10 and 40 days in talk; lost: 5 and 40; won in demo after 3 days.
DEALS = pl.DataFrame({"pipeline": ["P"], "decided": [40], "won": [24]})
HISTORY = pl.DataFrame({
    "pipeline": ["P"] * 5, "stage": ["talk"] * 4 + ["demo"], "days": [10, 40, 5, 40, None],
    "decided": [1, 1, 1, 1, 1], "won": [1, 1, 0, 0, 1], "furthest": [10, 10, 10, 10, 0],
})  # fmt: skip


def test_a_deal_is_held_against_those_that_stood_at_least_as_long() -> None:
    talk = table_of(HISTORY, DEALS).filter(pl.col("stage") == "talk")
    counted = {age: (decided, won) for age, decided, won in talk.select("from_days", "decided", "won").iter_rows()}
    assert counted == {0: (4, 2), 7: (3, 2), 14: (2, 1), 30: (2, 1)}
    whole = 24 / 40
    of_stage = (2 + PRIOR * whole) / (4 + PRIOR)
    used = dict(talk.select("from_days", "odds").iter_rows())
    assert used[0] == pytest.approx(of_stage)
    assert used[7] == pytest.approx((2 + PRIOR * of_stage) / (3 + PRIOR))


def test_open_deals_get_the_odds_of_their_age() -> None:
    table = table_of(HISTORY, DEALS)
    standing = pl.DataFrame({
        "pipeline": ["P"] * 5, "stage": ["talk", "talk", "talk", "demo", "new"], "age": [8, 200, None, 99, 3],
    })  # fmt: skip
    talk = dict(table.filter(pl.col("stage") == "talk").select("from_days", "odds").iter_rows())
    demo = table.filter((pl.col("stage") == "demo") & (pl.col("from_days") == 0)).item(0, "odds")
    got = with_odds(standing, table)["odds"].to_list()
    assert got == pytest.approx([talk[7], talk[0], talk[0], demo, 24 / 40])  # nobody stood 200 days: then the stage
    assert with_odds(standing, table.clear())["odds"].to_list() == [None] * 5


def test_too_little_history_gives_no_odds() -> None:
    standing = pl.DataFrame({"pipeline": ["P"], "stage": ["talk"], "age": [8]})
    cases = ((29, 29, False), (30, 30, True), (100, 89, False), (100, 90, True), (100, 0, False))
    for decided, known, is_told in cases:
        deals = DEALS.with_columns(decided=pl.lit(decided, pl.Int64))
        history = HISTORY.with_columns(furthest=pl.Series([known, 0, 0, 0, 0]))
        found = with_odds(standing, table_of(history, deals))["odds"].to_list()
        assert (found[0] is not None) is is_told, (decided, known)


@pytest.fixture
def store(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Decided deals, thirty of them one like the other, and two open ones, seen since their creation."""
    empty.execute(LADDER)
    for number in range(30):
        put(empty, f"x{number}", "talk 0", "won 3" if number % 2 else "lost 3")
    put(empty, "a", "talk 0, demo 10", "won 15")
    put(empty, "b", "talk 0, demo 4", "lost 6")
    put(empty, "c", "talk 0", "lost 30")
    put(empty, "d", "talk 0, demo 40", "open", rep_key=1)
    put(empty, "e", "talk 45", "open", created_on=date(2026, 2, 15))
    empty.execute(
        "insert into fold.deal_versions by name select deal_id, pipeline, stage, status, amount, rep_key, created_on,"
        " closed_on, case when deal_id = 'd' then 0.5 end as probability, created_on as seen_from,"
        " date '9999-12-31' as seen_to, false as is_reconstructed from crm.deals where status = 'open'"
    )
    return empty


def test_open_money_by_history_and_by_the_crm(store: duckdb.DuckDBPyConnection) -> None:
    seen = view(as_of=DAY)
    history = answered(store, odds(seen)).frame
    talk = history.filter((pl.col("stage") == "talk") & (pl.col("from_days") == 0)).row(0, named=True)
    assert (talk["decided"], talk["won"], talk["share"]) == (33, 16, pytest.approx(16 / 33))
    assert talk["share.low"] < 16 / 33 < talk["share.high"]
    rows = {row["stage"]: row for row in answered(store, weighted(seen)).frame.iter_rows(named=True)}
    assert (rows["demo"]["by_crm"], rows["talk"]["by_crm"]) == (None, None)  # it has a word on half the money only
    store.execute("update fold.deal_versions set probability = 0.5")
    worded = answered(store, weighted(seen)).frame
    assert worded["by_crm"].to_list() == [50, 50]
    assert rows["talk"]["by_history"] == pytest.approx(100 * talk["odds"])  # five days in talk
    stood = answered(store, total("open_amount", seen)).frame["open_amount"].item()
    assert sum(row["amount"] for row in rows.values()) == stood == 200


def test_history_ends_before_the_day_and_scope_holds(store: duckdb.DuckDBPyConnection) -> None:
    early = answered(store, odds(view(as_of=DAY), JAN)).frame
    assert early.height == 0
    on_that_day = answered(store, weighted(view(as_of=DAY), JAN))
    assert on_that_day.frame["by_history"].to_list() == [None]
    assert [remark.code for remark in on_that_day.notes] == ["no_odds"]
    mine = answered(store, weighted(view(as_of=DAY)), Viewer(scope="rep", rep_keys=(1,))).frame
    assert mine["stage"].to_list() == ["demo"]


def test_the_rows_say_since_when_a_deal_stands_where(store: duckdb.DuckDBPyConnection) -> None:
    rows = answered(
        store,
        from_file("standing", view(as_of=DAY), **file_values(DAY, "d") | {"is_bounded": False}).rows(),
        EVERYTHING,
    ).frame
    assert dict(rows.select("deal_id", "age").iter_rows()) == {"d": 10, "e": 5}


def test_brier() -> None:
    told = pl.DataFrame({"odds": [1.0, 0.5, 0.0], "won": [True, False, True]})
    assert told.select(brier(pl.col("odds"), pl.col("won"))).item() == pytest.approx((0 + 0.25 + 1) / 3)
