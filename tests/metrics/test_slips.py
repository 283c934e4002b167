"""The slip rate: worked out by hand, equal to the bridge's moves, and silent where the start was rebuilt."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from metrics.bridge import bridge
from metrics.period import Period
from metrics.slips import DAYS, LEAST_DUE, judged, slips
from metrics.view import View
from metrics.viewer import EVERYTHING
from tests.metrics.conftest import answered, view
from tests.small import small_store


def test_a_window_counts_what_was_due_and_what_moved(empty: duckdb.DuckDBPyConnection) -> None:
    """The window is 16 Feb – 15 Mar 2026, its eve 15 Feb. d1 moved to April; d2 was won; d3 is still due in it; d4 was
    seen on the eve as due in April: not due. d5 moved out of the window before: 19 Jan – 15 Feb."""
    empty.execute("insert into crm.reps (rep_key, rep, is_implied) values (1, 'Ann', false)")
    states = [
        ("d1", "open", "2026-03-01", "2026-02-01", "2026-03-02"), ("d1", "open", "2026-04-01", "2026-03-02", None),
        ("d2", "open", "2026-03-01", "2026-02-01", "2026-03-02"), ("d2", "won", "2026-03-01", "2026-03-02", None),
        ("d3", "open", "2026-03-14", "2026-02-01", None), ("d4", "open", "2026-04-14", "2026-02-01", None),
        ("d5", "open", "2026-02-10", "2026-01-10", "2026-02-09"), ("d5", "open", "2026-05-10", "2026-02-09", None),
    ]  # fmt: skip
    for deal, status, due, seen_from, seen_to in states:
        empty.execute(
            "insert into fold.deal_versions by name select $1 as deal_id, 1 as rep_key, $2 as status, 10 as amount,"
            " $3::date as expected_close_on, $4::date as seen_from, coalesce($5, '9999-12-31')::date as seen_to,"
            " false as is_reconstructed",
            (deal, status, due, seen_from, seen_to),
        )
    found = answered(empty, slips(view())).frame
    assert found.select("place", "rep", "due", "slipped", "amount").rows() == [
        (0, "Ann", 3, 1, 10.0),
        (1, "Ann", 1, 1, 10.0),
    ]
    rows = answered(empty, slips(view()).rows("slipped", place=0)).frame
    assert rows.select("deal_id", "moved_to").rows() == [("d1", date(2026, 4, 1))]


@pytest.mark.parametrize("back", [0, 1, 2])
def test_what_slipped_is_what_the_bridge_calls_pushed_out(back: int) -> None:
    with small_store().snapshot() as seen:
        assert seen.as_of is not None
        told = View(as_of=seen.as_of)
        end = seen.as_of - timedelta(days=DAYS * back)
        found = seen.ask(slips(told), EVERYTHING).frame.filter(pl.col("place") == back)
        window = Period(end - timedelta(days=DAYS - 1), end)
        moved = dict(
            seen.ask(bridge(told, end - timedelta(days=DAYS), end, window), EVERYTHING)
            .frame.select("cause", "deals").iter_rows()
        )  # fmt: skip
        assert (found["due"].sum(), found["slipped"].sum()) == (moved["start"], moved["pushed_out"])
        assert found["due"].sum() > 0


def told(*rows: tuple[int, str, int, int, int]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, ["place", "rep", "due", "slipped", "rebuilt"], orient="row")
    return frame.with_columns(amount=pl.lit(5.0))


def test_people_and_the_company_are_held_against_their_own_windows() -> None:
    found = judged(
        told((0, "Ann", 20, 15, 0), (1, "Ann", 60, 6, 0), (0, "Bob", 20, 2, 0), (1, "Bob", 60, 6, 0)), {"Ann": "T"}
    )
    whose = {(row["kind"], row["subject"]): row for row in found.iter_rows(named=True)}
    assert whose["rep", "Ann"]["rate"] == 0.75
    assert whose["rep", "Ann"]["before"] == 0.1
    assert whose["rep", "Ann"]["p_value"] < 1e-6
    assert whose["rep", "Bob"]["p_value"] == 1.0
    assert whose["company", None]["due"] == 40
    assert whose["team", "T"]["due"] == 20


def test_windows_that_were_rebuilt_are_no_history() -> None:
    assert judged(told((0, "Ann", 20, 15, 20), (1, "Ann", 60, 6, 0)), {}).is_empty()
    assert judged(told((0, "Ann", 20, 15, 0), (1, "Ann", 60, 6, 60)), {}).is_empty()
    assert judged(told((0, "Ann", LEAST_DUE - 1, 5, 0), (1, "Ann", 60, 6, 0)), {}).is_empty()
