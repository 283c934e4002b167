"""The bridge between two days: every cause by hand, and that it closes to the cent for any deals, scope and period."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.shares import write_shares
from metrics.bridge import CAUSES, bridge
from metrics.cuts import total
from metrics.errors import BadPeriod, NoSuchColumn
from metrics.period import Period
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view

BEFORE, AFTER = date(2026, 3, 1), date(2026, 3, 8)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
NORTH = Viewer(scope="teams", teams=("North",), rep_keys=(1, 2))

# One deal per cause: what it said on 1 March and what on 8 March. (owner, status, amount, due or closed)
HAND: dict[str, tuple[tuple[object, ...] | None, tuple[object, ...] | None]] = {
    "stays": ((1, "open", 10, "2026-03-20"), (1, "open", 10, "2026-03-25")),
    "new": (None, (1, "open", 20, "2026-03-20")),
    "appeared": (None, (1, "open", 30, "2026-03-20")),
    "reopened": ((1, "lost", 40, "2026-02-10"), (1, "open", 41, "2026-03-20")),
    "pulled_in": ((1, "open", 50, "2026-04-20"), (1, "open", 55, "2026-03-20")),
    "pushed_in": ((1, "open", 60, "2026-02-20"), (1, "open", 60, "2026-03-20")),
    "transferred_in": ((3, "open", 70, "2026-03-20"), (1, "open", 72, "2026-03-20")),
    "increased": ((1, "open", 80, "2026-03-20"), (1, "open", 88, "2026-03-20")),
    "decreased": ((1, "open", 90, "2026-03-20"), (1, "open", 81, "2026-03-20")),
    "won": ((1, "open", 100, "2026-03-20"), (1, "won", 130, "2026-03-05")),
    "lost": ((1, "open", 110, "2026-03-20"), (1, "lost", 0, "2026-03-05")),
    "pushed_out": ((1, "open", 120, "2026-03-20"), (1, "open", 125, "2026-04-01")),
    "pulled_out": ((1, "open", 140, "2026-03-20"), (1, "open", 140, "2026-02-27")),
    "transferred_out": ((1, "open", 150, "2026-03-20"), (3, "open", 150, "2026-03-20")),
    "gone": ((1, "open", 160, "2026-03-20"), None),
    "won_at_once": (None, (1, "won", 170, "2026-03-04")),
}


def _say(connection: duckdb.DuckDBPyConnection, deal: str, said: tuple[object, ...], since: date, until: date) -> None:
    owner, status, amount, day = said
    created = "2026-03-03" if deal in ("new", "won_at_once") else "2026-01-10"
    due, closed = (day, None) if status == "open" else (None, day)
    connection.execute(
        """insert into fold.deal_versions (deal_id, deal, rep_key, team, status, stage, amount, created_on,
            expected_close_on, closed_on, seen_from, seen_to, is_reconstructed)
        values (?, ?, ?, ?, ?, 'talk', ?, ?, ?, ?, ?, ?, false)""",
        [deal, deal, owner, "South" if owner == 3 else "North", status, amount, created, due, closed, since, until],
    )


@pytest.fixture
def moved(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The deals of `HAND`, seen on 1 March and on 8 March."""
    empty.execute(
        "insert into crm.reps (rep_key, rep, team, is_implied) values"
        " (1, 'Ann', 'North', false), (3, 'Cem', 'South', false)"
    )
    for deal, (then, now) in HAND.items():
        if then:
            _say(empty, deal, then, BEFORE, AFTER)
        if now:
            _say(empty, deal, now, AFTER, date(9999, 12, 31))
    return empty


def _blocks(connection: duckdb.DuckDBPyConnection, viewer: Viewer, due: Period | None = MARCH) -> dict[str, Decimal]:
    frame = answered(connection, bridge(view(), BEFORE, AFTER, due), viewer).frame
    return {cause: amount for cause, amount, _ in frame.iter_rows() if amount}


def test_every_cause_is_told_from_the_others(moved: duckdb.DuckDBPyConnection) -> None:
    assert _blocks(moved, NORTH) == {
        "start": 10 + 80 + 90 + 100 + 110 + 120 + 140 + 150 + 160,
        "new": 20 + 170, "appeared": 30, "reopened": 41, "pulled_in": 50, "pushed_in": 60, "transferred_in": 72,
        "increased": 5 + 8 + 30, "won": -130 - 170, "lost": -110, "pushed_out": -120, "pulled_out": -140,
        "transferred_out": -150, "gone": -160, "decreased": -9,
        "end": 10 + 20 + 30 + 41 + 55 + 60 + 72 + 88 + 81,
    }  # fmt: skip


def test_without_a_period_dates_move_nothing(moved: duckdb.DuckDBPyConnection) -> None:
    found = _blocks(moved, EVERYTHING, due=None)
    assert not {"pulled_in", "pushed_in", "pushed_out", "pulled_out", "transferred_in", "transferred_out"} & set(found)
    assert found["increased"] == 5 + 2 + 8 + 30 + 5
    assert found["end"] == answered(moved, total("open_amount", view(as_of=AFTER))).frame["open_amount"].item()


def test_a_block_lists_its_deals_with_old_and_new_values(moved: duckdb.DuckDBPyConnection) -> None:
    asked = bridge(view(), BEFORE, AFTER, MARCH)
    rows = answered(moved, asked.rows(cause="pushed_out"), NORTH).frame
    (row,) = rows.iter_rows(named=True)
    assert (row["deal_id"], row["moved"], row["start_amount"], row["end_amount"]) == ("pushed_out", -120, 120, 125)
    assert (row["start_due"], row["end_due"]) == (date(2026, 3, 20), date(2026, 4, 1))
    for cause, amount, deals in answered(moved, asked, NORTH).frame.iter_rows():
        behind = answered(moved, asked.rows(cause=cause), NORTH).frame
        assert (behind["moved"].sum() or 0, behind.height) == (amount, deals), cause
    with pytest.raises(NoSuchColumn):
        asked.rows(stage="talk")


def test_what_whoever_took_a_deal_over_makes_of_it_stays_hidden(moved: duckdb.DuckDBPyConnection) -> None:
    rows = answered(moved, bridge(view(), BEFORE, AFTER, MARCH).rows(cause="transferred_out"), NORTH).frame
    shown = ("start_rep", "start_stage", "end_rep", "end_stage", "end_due", "end_status", "end_amount")
    assert rows.select(shown).row(0) == ("Ann", "talk", None, None, None, None, None)


def test_a_win_that_nobody_saw_that_day_is_no_vanished_deal(empty: duckdb.DuckDBPyConnection) -> None:
    """The first upload came later; until then the deal is rebuilt as open until its closing day."""
    _say(empty, "d", (1, "open", 50, "2026-03-20"), BEFORE, date(2026, 3, 5))
    _say(empty, "d", (1, "won", 60, "2026-03-05"), date(2026, 4, 1), date(9999, 12, 31))
    empty.execute("update fold.deal_versions set is_reconstructed = true where status = 'open'")
    result = answered(empty, bridge(view(), BEFORE, AFTER))
    assert {c: a for c, a, _ in result.frame.iter_rows() if a} == {"start": 50, "increased": 10, "won": -60}
    assert [remark.code for remark in result.notes] == ["reconstructed"]


def _due_in_june(connection: duckdb.DuckDBPyConnection) -> None:
    _say(connection, "early", (1, "open", 900, "2026-06-15"), BEFORE, AFTER)
    _say(connection, "early", (1, "won", 1000, "2026-03-05"), AFTER, date(9999, 12, 31))


@pytest.mark.parametrize(
    ("due", "found"),
    [
        (Period(date(2026, 6, 1), date(2026, 6, 30)), {"start": 900, "pulled_out": -900}),
        (MARCH, {"pulled_in": 900, "increased": 100, "won": -1000}),
        (None, {"start": 900, "increased": 100, "won": -1000}),
    ],
)
def test_a_win_belongs_to_the_days_in_which_it_was_won(
    empty: duckdb.DuckDBPyConnection, due: Period | None, found: dict[str, int]
) -> None:
    """Due in June, won in March: the pipeline of June loses it, that of March gets it and wins it."""
    _due_in_june(empty)
    assert _blocks(empty, EVERYTHING, due) == found


def test_a_deal_that_was_won_before_opened_again_and_won_again_is_in_the_bridge(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    between = date(2026, 3, 3)
    _say(empty, "again", (1, "won", 400, "2026-02-15"), BEFORE, between)
    _say(empty, "again", (1, "open", 400, "2026-03-20"), between, date(2026, 3, 6))
    _say(empty, "again", (1, "won", 450, "2026-03-06"), date(2026, 3, 6), date(9999, 12, 31))
    _say(empty, "redated", (1, "won", 70, "2026-02-15"), BEFORE, between)
    _say(empty, "redated", (1, "won", 70, "2026-03-04"), between, date(9999, 12, 31))
    assert _blocks(empty, EVERYTHING, None) == {"reopened": 450, "won": -450}


def test_another_rate_is_no_other_amount(empty: duckdb.DuckDBPyConnection) -> None:
    """1,000 dollars at 7 and then at 5; 200 more dollars; yuan that became dollars of the same worth."""
    told = {
        "rate": ((7000, 1000, "USD"), (5000, 1000, "USD")),
        "more": ((7000, 1000, "USD"), (6000, 1200, "USD")),
        "same": ((7000, 7000, "CNY"), (7000, 1000, "USD")),
    }
    for deal, states in told.items():
        for (amount, original, currency), since, until in zip(
            states, (BEFORE, AFTER), (AFTER, date(9999, 12, 31)), strict=True
        ):
            _say(empty, deal, (1, "open", amount, "2026-03-20"), since, until)
            empty.execute(
                "update fold.deal_versions set amount_original = ?, currency = ? where deal_id = ? and seen_from = ?",
                [original, currency, deal, since],
            )
    assert _blocks(empty, EVERYTHING) == {"start": 21000, "decreased": -1000, "revalued": -2000, "end": 18000}


def test_the_last_day_may_not_lie_before_the_first() -> None:
    with pytest.raises(BadPeriod):
        bridge(view(), AFTER, BEFORE)


# ------------------------------------------------------------------------------------------------------------ any deals

VIEWS = (
    View(as_of=date(2026, 3, 31)),
    View(as_of=date(2026, 3, 31), filters=(("team", ("North", None)),)),
    View(as_of=date(2026, 3, 31), filters=(("rep", ("Ann",)),)),
    View(as_of=date(2026, 3, 31), filters=(("product", ("Saw",)), ("rep", ("Bob", "Cem")))),
    View(as_of=date(2026, 3, 31), filters=(("stage", ("talk",)),)),
    View(as_of=date(2026, 3, 31), filters=(("customer", ("Acme", None)),)),
)


def _lives(dice: random.Random, number: int) -> Iterator[dict[str, object]]:
    """The states of one deal over March: some vanish, some come late, some are won, lost, opened again."""
    day, created = date(2026, 3, dice.randint(1, 20)), date(2026, dice.randint(1, 3), dice.randint(1, 28))
    while day < date(2026, 4, 5):
        until = day + timedelta(days=dice.randint(1, 20)) if dice.random() < 0.7 else date(9999, 12, 31)
        status = dice.choice(("open", "open", "open", "won", "lost"))
        due = dice.choice((None, date(2026, dice.randint(2, 5), dice.randint(1, 28))))
        yield {
            "deal_id": f"D{number}", "deal": f"deal {number}", "rep_key": dice.choice((None, 1, 2, 3)),
            "team": dice.choice((None, "North", "South")), "customer_key": dice.choice((None, 11, 12)),
            "product_key": dice.choice((None, 21, 22)), "stage": dice.choice(("talk", "offer")), "status": status,
            "amount": dice.choice((None, Decimal(dice.randint(-100, 100_000)) / 100)),
            "created_on": dice.choice((None, created)), "expected_close_on": due,
            "closed_on": None if status == "open" else due, "seen_from": day, "seen_to": until,
            "is_reconstructed": dice.random() < 0.2,
        }  # fmt: skip
        day = until if dice.random() < 0.8 else until + timedelta(days=3) if until.year < 9999 else until


@pytest.fixture(scope="module")
def members() -> Iterator[duckdb.DuckDBPyConnection]:
    """Three people, two customers, two products; deals are put in by each example."""
    from tests.metrics.conftest import ROOT

    connection = duckdb.connect(config={"threads": 1})
    connection.execute((ROOT / "data" / "schema.sql").read_text("utf-8"))
    connection.execute((ROOT / "tests" / "metrics" / "hand.sql").read_text("utf-8"))
    yield connection
    connection.close()


def _fill(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    dice = random.Random(seed)
    states = [state for number in range(dice.randint(1, 12)) for state in _lives(dice, number)]
    connection.register("made", pl.DataFrame(states, infer_schema_length=None).to_arrow())
    for table in ("fold.deal_versions", "crm.deals", "crm.deal_lines", "crm.deal_owners"):
        connection.execute(f"delete from {table}")
    connection.execute("insert into fold.deal_versions by name select * from made")
    connection.execute(
        """insert into crm.deals by name
        select * exclude (seen_from, seen_to, is_reconstructed), 0 as push_count, false as is_gone from made
        qualify row_number() over (partition by deal_id order by made.seen_from desc) = 1"""
    )
    for number in range(dice.randint(0, 6)):
        deal, share = f"D{dice.randint(0, 11)}", dice.random()
        connection.execute("insert into crm.deal_owners values (?, ?, ?, null)", [deal, dice.choice((1, 2, 3)), share])
        connection.execute(
            "insert into crm.deal_lines (deal_id, line_no, product_key, amount) values (?, ?, ?, ?)",
            [deal, number, dice.choice((21, 22, None)), Decimal(dice.randint(-500, 90_000)) / 100],
        )
    write_shares(connection)


SOME = settings(max_examples=max(settings().max_examples // 8, 5))  # each asks three statements of a store of its own


@SOME
@given(
    seed=st.integers(0, 2**32), seen=st.sampled_from(VIEWS), days=st.lists(st.integers(0, 34), min_size=2, max_size=2),
    due=st.sampled_from((None, MARCH, Period(date(2026, 4, 1), date(2026, 6, 30)))),
    viewer=st.sampled_from((EVERYTHING, NORTH, Viewer(scope="rep", rep_keys=(3,)))),
)  # fmt: skip
def test_start_and_the_causes_are_the_end(
    members: duckdb.DuckDBPyConnection, seed: int, seen: View, days: list[int], due: Period | None, viewer: Viewer
) -> None:
    _fill(members, seed)
    first, last = (date(2026, 3, 1) + timedelta(days=number) for number in sorted(days))
    frame = answered(members, bridge(seen, first, last, due), viewer).frame
    amounts = dict(frame.select("cause", "amount").iter_rows())
    assert amounts["start"] + sum(amounts[cause] for cause in CAUSES) == amounts["end"]
    assert all(amounts[cause] == 0 for cause in CAUSES) or first < last
    if due is None:
        for side, day in (("start", first), ("end", last)):
            stood = answered(members, total("open_amount", seen.seen_on(day)), viewer).raw["open_amount"].item()
            assert amounts[side] == Decimal(stood), side
