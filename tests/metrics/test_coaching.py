"""What a salesperson is told, worked out by hand; the planted weak stage is looked for in tests/data/test_rep.py."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.coaching import LEAST, coaching, peers_of
from metrics.proportions import differ
from metrics.query import Result
from metrics.survival import log_rank
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

FREIREICH = {  # weeks in remission and, behind a +, still in it (Freireich et al. 1963)
    "6-MP": "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+",
    "placebo": "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23",
}


def _times(written: str) -> pl.DataFrame:
    each = written.split()
    days = [int(one.rstrip("+")) for one in each]
    return pl.DataFrame({"days": days, "is_over": [not one.endswith("+") for one in each], "n": [1] * len(each)})


def test_log_rank_is_as_published() -> None:
    """χ² = 16.79 (Kalbfleisch and Prentice 1980, p. 19), of one degree: p = 0.0000417."""
    one, other = (_times(FREIREICH[name]) for name in ("6-MP", "placebo"))
    assert log_rank(one, other) == pytest.approx(4.17e-5, rel=0.01)
    assert log_rank(other, one) == pytest.approx(log_rank(one, other))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=40))
def test_a_group_does_not_differ_from_itself(rows: list[tuple[int, bool]]) -> None:
    times = pl.DataFrame(
        {"days": [day for day, _ in rows], "is_over": [over for _, over in rows], "n": [1] * len(rows)}
    )
    assert log_rank(times, times) == pytest.approx(1)
    assert log_rank(times, times.clear()) == 1


# ------------------------------------------------------------------------------------------------------- by hand

OWNERS = """
insert into crm.reps (rep_key, rep, team, is_implied) values (1, 'Ann', 'N', false), (2, 'Bob', 'N', false),
    (3, 'Cem', 'S', false);
insert into crm.stages (pipeline, stage, position, status) values
    ('P', 'talk', 1, 'open'), ('P', 'offer', 2, 'open');
insert into crm.deals (deal_id, rep_key, pipeline, stage, status, amount, created_on, closed_on, push_count, is_gone,
    next_step, seen_from, seen_to)
-- Of Ann's 40 deals 10 are lost in the first stage and 20 in the second; of Bob's 10 and 10.
select owner || '-' || n, owner, 'P', case when n < 10 or (n < 30 and owner = 1) or (n < 20 and owner = 2) then 'lost'
        else 'won' end, case when n < 10 or (n < 30 and owner = 1) or (n < 20 and owner = 2) then 'lost' else 'won' end,
    100, date '2026-01-05', date '2026-02-10', 0, false, null, null, null
from (values (1), (2)) as owners(owner), range(40) as numbers(n)
union all
-- All of them have 25 open deals; Ann wrote down no next step.
select owner || '-open-' || n, owner, 'P', 'talk', 'open', 100, date '2026-01-05', null, 0, false,
    case when owner = 2 then 'call' end, date '2026-01-05', date '9999-12-31'
from (values (1), (2)) as owners(owner), range(25) as numbers(n);
insert into crm.deal_stages (deal_id, stage, entered_on, left_on)
select deal_id, 'talk', created_on, case when status = 'open' then null else created_on + 7 end from crm.deals;
insert into crm.deal_stages (deal_id, stage, entered_on, left_on)
select deal_id, 'offer', created_on + 7, closed_on from crm.deals
where status <> 'open' and cast(split_part(deal_id, '-', 2) as integer) >= 10;
"""


@pytest.fixture
def sellers(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    empty.execute(OWNERS)
    return empty


def _row(result: Result, claim: str, place: int | None = None) -> dict[str, object]:
    which = pl.col("claim") == claim
    return result.frame.filter(which if place is None else which & (pl.col("place") == place)).row(0, named=True)


def test_each_stage_and_habit_by_hand(sellers: duckdb.DuckDBPyConnection) -> None:
    result = answered(sellers, coaching("Ann", view()))
    first, second = (_row(result, "conversion", place) for place in (1, 2))
    assert (first["own"], first["own.n"], first["others"], first["others.n"]) == (0.75, 40, 0.75, 40)
    assert (second["own"], second["own.n"], second["others"], second["others.n"]) == (
        pytest.approx(10 / 30), 30, pytest.approx(20 / 30), 30,
    )  # fmt: skip
    assert second["p_value"] == pytest.approx(differ(10, 30, 20, 30))  # 0.0098, and there are two more of chance 1
    assert second["point"] == "weakness"
    # What is lost: 30 decided × (2/3 − 1/3) × 100 each, nothing behind it.
    assert second["expected_loss"] == pytest.approx(1000)
    steps = _row(result, "stepless")
    assert (steps["own"], steps["others"], steps["point"]) == (1.0, 0.0, "weakness")
    assert first["point"] is None
    days = _row(result, "stage_days", 1)
    assert (days["own"], days["others"], days["own.n"], days["p_value"]) == (7, 7, 65, pytest.approx(1))


def test_where_nobody_knows_in_which_stage_deals_are_lost_all_that_closed_are_compared(
    sellers: duckdb.DuckDBPyConnection,
) -> None:
    """Ann wins 10 of 40, Bob 20 of 40: p = 0.02, and no share of a stage is shown."""
    sellers.execute(
        "delete from crm.deal_stages where deal_id in (select deal_id from crm.deals where status = 'lost')"
    )
    query = coaching("Ann", view())
    result = answered(sellers, query)
    assert "conversion" not in set(result.frame["claim"])
    row = _row(result, "win_rate")
    assert (row["own"], row["own.n"], row["others"], row["others.n"]) == (0.25, 40, 0.5, 40)
    assert row["p_value"] == pytest.approx(differ(10, 40, 20, 40))
    assert answered(sellers, query.rows(claim="win_rate", pipeline="P", place=None)).frame.height == 40


def test_the_other_side_of_a_weakness_is_a_strength(sellers: duckdb.DuckDBPyConnection) -> None:
    result = answered(sellers, coaching("Bob", view()))
    assert set(result.frame.drop_nulls("point")["point"]) == {"strength"}


def test_the_deals_are_the_evidence(sellers: duckdb.DuckDBPyConnection) -> None:
    query = coaching("Ann", view())
    lost = answered(sellers, query.rows(claim="conversion", pipeline="P", place=2)).frame
    assert lost.height == 30
    assert set(lost["rep_key"]) == {1}
    assert answered(sellers, query.rows(claim="stepless", pipeline=None, place=None)).frame.height == 25
    visits = answered(sellers, query.rows(claim="stage_days", pipeline="P", place=1)).frame
    assert visits.height == 65


def test_who_is_compared_with_whom(sellers: duckdb.DuckDBPyConnection) -> None:
    assert answered(sellers, peers_of("Ann", view())).frame["rep"].to_list() == ["Bob"]
    assert answered(sellers, peers_of("Cem", view())).frame.is_empty()
    nobody = answered(sellers, coaching("Cem", view()))
    assert nobody.frame.is_empty()
    assert [one.code for one in nobody.notes] == ["coaching_nothing"]


def test_of_a_person_alone_nothing_is_said(sellers: duckdb.DuckDBPyConnection) -> None:
    """Whoever sees only their own rows is held against nobody."""
    only = Viewer(email="a@example.com", scope="rep", rep_keys=(1,))
    result = answered(sellers, coaching("Ann", view()), only)
    assert result.frame["point"].null_count() == result.frame.height
    assert result.frame["others.n"].fill_null(0).sum() == 0
    assert [one.code for one in result.notes] == ["coaching_alone"]
    assert answered(sellers, coaching("Bob", view()), only).frame.filter(pl.col("own.n") > 0).is_empty()


def test_few_cases_are_shown_and_not_judged(sellers: duckdb.DuckDBPyConnection) -> None:
    sellers.execute("delete from crm.deals where deal_id like '%1_' or deal_id like '%2_' or deal_id like '%3_'")
    result = answered(sellers, coaching("Ann", view()))
    few = result.frame.filter(pl.min_horizontal("own.n", "others.n") < LEAST)
    assert few.height > 0
    assert few["p_value"].null_count() == few.height
