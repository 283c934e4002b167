"""Salespeople beside each other: few cases do not lead, money changes no rank, chance singles nobody out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest

from metrics.like_for_like import like_for_like
from metrics.query import Result
from metrics.reps import PROCESS, RESULTS, Peers, leaderboard
from metrics.reps_evidence import Evidence
from metrics.reps_quadrant import quadrant
from metrics.reps_standing import standing
from metrics.reps_tenure import tenure
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import Ask, answered, view

YEAR = {"from_on": date(2026, 1, 1), "to_on": date(2026, 3, 15)}
Deal = tuple[int, str, float]


def write(connection: duckdb.DuckDBPyConnection, names: Sequence[str], deals: Sequence[Deal]) -> None:
    """People numbered from 1 on, half of them in team East, and what they closed in February."""
    people = [
        (at, name, "East" if at % 2 else "West", "Max" if at % 2 else "Mia") for at, name in enumerate(names, start=1)
    ]
    connection.executemany(
        "insert into crm.reps (rep_key, rep, team, manager, is_implied) values (?, ?, ?, ?, false)", people
    )
    frame = pl.DataFrame(  # noqa: F841 - DuckDB reads it by its name
        [(f"d{at}", rep, status, amount, date(2026, 2, 1) + timedelta(days=at % 28))
         for at, (rep, status, amount) in enumerate(deals)],
        schema=["deal_id", "rep_key", "status", "amount", "closed_on"], orient="row",
    )  # fmt: skip
    connection.execute(
        "insert into crm.deals"
        " (deal_id, rep_key, team, status, amount, created_on, closed_on, cycle_days, push_count, is_gone)"
        " select deal_id, rep_key, case when rep_key % 2 = 1 then 'East' else 'West' end, status, amount,"
        " closed_on - 20, closed_on, 20, 0, false from frame"
    )


def closed(rep: int, won: int, of: int, amount: float = 100) -> list[Deal]:
    return [(rep, "won", amount)] * won + [(rep, "lost", amount)] * (of - won)


def board(
    connection: duckdb.DuckDBPyConnection,
    *measures: str,
    peers: Peers = "company",
    who: Viewer = EVERYTHING,
    **changes: object,
) -> Result:
    return answered(connection, leaderboard(measures, view(**(YEAR | changes)), peers), who)


def by_rep(result: Result, column: str) -> dict[str | None, object]:
    return dict(zip(result.frame.get_column("rep"), result.frame.get_column(column), strict=True))


SKEWED = [*closed(1, 2, 2), *closed(2, 60, 100), *closed(3, 40, 100), *closed(4, 10, 40), *closed(5, 9, 10)]
NAMES = ("Two", "Sixty", "Forty", "Ten", "Nine", "Idle")


@pytest.fixture
def skewed(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    write(empty, NAMES, SKEWED)
    return empty


def test_two_of_two_never_rank_above_sixty_of_a_hundred(skewed: duckdb.DuckDBPyConnection) -> None:
    result = board(skewed, "win_rate")
    ranks, shown = by_rep(result, "win_rate.rank"), result.frame.get_column("rep").to_list()
    assert ranks == {"Nine": 1, "Sixty": 2, "Forty": 3, "Ten": 4, "Two": None, "Idle": None}
    assert shown.index("Sixty") < shown.index("Two")
    assert by_rep(result, "win_rate")["Two"] == 1, "the number itself is told"
    assert by_rep(result, "win_rate.n")["Two"] == 2
    assert by_rep(result, "win_rate.shrunk")["Two"] < 0.8  # type: ignore[operator]


def test_the_rate_of_all_is_not_the_mean_of_the_rates(skewed: duckdb.DuckDBPyConnection) -> None:
    result = board(skewed, "win_rate")
    rates = result.frame.get_column("win_rate").drop_nulls()
    assert set(result.frame.get_column("win_rate.peers").drop_nulls()) == {121 / 252}
    assert rates.mean() == pytest.approx((1 + 0.6 + 0.4 + 0.25 + 0.9) / 5)
    assert by_rep(result, "win_rate.others")["Sixty"] == 61 / 152


def test_who_has_nothing_on_record_is_listed_without_numbers_and_is_no_peer(skewed: duckdb.DuckDBPyConnection) -> None:
    result = board(skewed, "won_amount", "win_rate", "created_deals")
    idle = result.frame.filter(pl.col("rep") == "Idle").row(0, named=True)
    assert idle["has_nothing"]
    assert [idle[name] for name in ("won_amount", "win_rate", "created_deals", "won_amount.rank")] == [None] * 4
    assert by_rep(result, "won_amount.peers")["Ten"] == 12_100 / 5
    assert [note.code for note in result.notes] == ["reps_nothing"]


def test_another_currency_changes_no_rank_and_no_claim(skewed: duckdb.DuckDBPyConnection) -> None:
    skewed.execute("update crm.deals set amount = amount * (1 + hash(deal_id) % 7)")
    asked = ("won_amount", "average_won_amount", "attainment", "win_rate")
    skewed.execute("insert into crm.targets select 'won_amount', 'rep', rep, date '2026-01-01', date '2026-03-31',"
                   " 4000 + 100 * rep_key, 1, null, null from crm.reps")  # fmt: skip
    before = board(skewed, *asked).frame
    skewed.execute("update crm.deals set amount = amount * 7.25")
    skewed.execute("update crm.targets set value = value * 7.25")
    after = board(skewed, *asked).frame
    told = [f"{name}.{what}" for name in asked for what in ("rank", "best", "worst", "is_apart")]
    assert after.select("rep", *told).equals(before.select("rep", *told))
    assert after["won_amount.shrunk"].to_list() == pytest.approx((before["won_amount.shrunk"] * 7.25).to_list())


def test_one_large_deal_is_worth_less_than_the_same_in_many(empty: duckdb.DuckDBPyConnection) -> None:
    write(empty, "ABCDEF", [(1, "won", 6000), *closed(2, 60, 60), *closed(3, 20, 20), *closed(4, 25, 25),
                            *closed(5, 15, 15), *closed(6, 22, 22)])  # fmt: skip
    result = board(empty, "won_amount")
    assert by_rep(result, "won_amount")["A"] == by_rep(result, "won_amount")["B"] == 6000
    assert [by_rep(result, "won_amount.rank")[name] for name in "BA"] == [1, 2]
    assert by_rep(result, "won_amount.shrunk")["A"] < 4700 < by_rep(result, "won_amount.shrunk")["B"]  # type: ignore[operator]
    assert not by_rep(result, "won_amount.is_apart")["A"]


def test_peers_are_those_of_the_same_team(skewed: duckdb.DuckDBPyConnection) -> None:
    result = board(skewed, "win_rate", peers="team")
    assert by_rep(result, "win_rate.peers") == {  # Two, Forty and Nine are East; Sixty, Ten and Idle are West
        "Two": 51 / 112, "Forty": 51 / 112, "Nine": 51 / 112, "Sixty": 0.5, "Ten": 0.5, "Idle": None,
    }  # fmt: skip
    assert by_rep(result, "win_rate.rank") == {"Nine": 1, "Sixty": 1, "Forty": 2, "Ten": 2, "Two": None, "Idle": None}
    managers = board(skewed, "win_rate", peers="manager")
    assert managers.frame.drop("team").sort("rep").equals(result.frame.drop("team").sort("rep"))


def test_peers_may_be_those_who_came_at_the_same_time(skewed: duckdb.DuckDBPyConnection) -> None:
    skewed.execute(
        "update crm.reps set hired_on = case when rep_key < 3 then date '2025-12-01' else date '2020-01-01' end"
    )
    result = board(skewed, "win_rate", peers="tenure")
    assert by_rep(result, "tenure") == dict.fromkeys(("Two", "Sixty"), "under_half_year") | dict.fromkeys(
        ("Forty", "Ten", "Nine", "Idle"), "longer"
    )
    assert by_rep(result, "win_rate.others")["Sixty"] == 1
    assert by_rep(result, "win_rate.others")["Ten"] == 49 / 110


def test_work_counts_for_who_did_it_in_the_team_of_the_time(skewed: duckdb.DuckDBPyConnection) -> None:
    """Sixty was in East until the middle of February; half of the deals were closed there."""
    skewed.execute(
        "insert into crm.rep_teams values"
        " (2, 'East', '0001-01-01', '2026-02-15'), (2, 'West', '2026-02-15', '9999-12-31')"
    )
    skewed.execute("update crm.deals set team = 'East' where rep_key = 2 and closed_on < '2026-02-15'")
    whole = board(skewed, "won_deals")
    east, west = (board(skewed, "won_deals", filters=(("team", (team,)),)) for team in ("East", "West"))
    assert by_rep(whole, "won_deals")["Sixty"] == 60
    assert by_rep(east, "won_deals")["Sixty"] + by_rep(west, "won_deals")["Sixty"] == 60  # type: ignore[operator]
    assert by_rep(whole, "team")["Sixty"] == "West"
    assert by_rep(board(skewed, "won_deals", to_on=date(2026, 2, 10)), "team")["Sixty"] == "East"


def test_a_team_is_held_against_the_targets_of_its_people(skewed: duckdb.DuckDBPyConnection) -> None:
    skewed.execute("insert into crm.targets select 'won_amount', 'rep', rep, date '2026-01-01', date '2026-03-15',"
                   " 4000, 1, null, null from crm.reps where rep_key <> 4")  # fmt: skip
    result = board(skewed, "attainment", "won_amount", filters=(("team", ("West",)),))
    assert by_rep(result, "attainment") == {"Sixty": 1.5, "Ten": None, "Idle": None}
    assert by_rep(result, "attainment.rank") == {"Sixty": None, "Ten": None, "Idle": None}  # first of one says nothing
    assert set(by_rep(board(skewed, "attainment"), "rep")) == {*NAMES}


def test_who_came_or_left_meanwhile_is_marked_and_not_judged_on_sums(skewed: duckdb.DuckDBPyConnection) -> None:
    skewed.execute("update crm.reps set hired_on = '2026-02-20' where rep = 'Ten'")
    skewed.execute("update crm.reps set left_on = '2026-03-01' where rep = 'Nine'")
    skewed.execute("update crm.reps set left_on = '2025-06-01' where rep = 'Idle'")
    result = board(skewed, "won_amount", "win_rate")
    assert "Idle" not in by_rep(result, "rep"), "left before the period, and there is nothing of theirs in it"
    assert {name for name, partly in by_rep(result, "is_partly").items() if partly} == {"Nine", "Ten"}
    assert by_rep(result, "won_amount.is_apart")["Ten"] is None
    assert by_rep(result, "win_rate.is_apart")["Ten"] is not None


def test_numbers_are_those_of_a_query_by_hand(ask: Ask) -> None:
    result = ask(leaderboard((*RESULTS, *PROCESS), view(**YEAR)))
    assert by_rep(result, "won_amount") == {"Ann": 350.55, "Bob": 40, "Cem": 0, None: 0}
    assert by_rep(result, "win_rate") == {"Ann": pytest.approx(2 / 3), "Bob": 1, "Cem": 0, None: None}
    assert by_rep(result, "cycle_days") == {"Ann": 20, "Bob": 91, "Cem": None, None: None}
    assert by_rep(result, "created_deals") == {"Ann": 4, "Bob": 0, "Cem": 1, None: 0}
    assert by_rep(result, "open_amount") == {"Ann": 90, "Bob": 0, "Cem": 70, None: 30}
    assert result.frame.get_column("rep").to_list()[-1] is None
    rows = ask(leaderboard(("created_deals", "win_rate"), view(**YEAR)).rows("created_deals", rep="Ann")).frame
    assert sorted(rows.get_column("deal_id")) == ["d01", "d02", "d03", "d10"]
    closed_rows = ask(leaderboard(("created_deals", "win_rate"), view(**YEAR)).rows("win_rate", rep=None)).frame
    assert closed_rows.is_empty()


def test_everybody_sees_their_own_row_and_nobody_elses(ask: Ask) -> None:
    asked = leaderboard(("won_amount", "win_rate", "activities"), view(**YEAR))
    result = ask(asked, Viewer(scope="rep", rep_keys=(1,)))
    assert by_rep(result, "won_amount") == {"Ann": 350.55}
    assert by_rep(result, "win_rate.others") == {"Ann": None}
    assert "reps_alone" in [note.code for note in result.notes]
    team = ask(asked, Viewer(scope="teams", teams=("North",), rep_keys=(1, 2)))
    assert set(by_rep(team, "rep")) == {"Ann", "Bob"}
    assert by_rep(team, "win_rate.others") == {"Ann": 1, "Bob": pytest.approx(2 / 3)}


def test_a_measure_of_another_kind_has_no_rank(ask: Ask) -> None:
    result = ask(leaderboard(("gross_margin_rate", "orders"), view(**YEAR)))
    assert result.frame.get_column("gross_margin_rate.rank").null_count() == result.frame.height
    assert by_rep(result, "orders.rank")["Ann"] == 1
    assert "reps_no_range" in [note.code for note in result.notes]


def test_chance_alone_singles_out_nobody_more_often_than_stated() -> None:
    """Teams of 20 who are all alike: rates of 60 deals, and sums of about 15 log-normal amounts."""
    dice, named_rates, named_sums, times = np.random.default_rng(3), 0, 0, 300
    here, whole, nothing = np.arange(20), np.ones(20, dtype=bool), np.full(20, np.nan)
    for _ in range(times):
        cases = np.full(20, 60.0)
        some = dice.binomial(60, 0.3, 20).astype(float)
        rates = Evidence("rate", some / cases, cases, some, nothing, nothing, nothing)
        counts = dice.poisson(15, 20)
        amounts = [dice.lognormal(0, 1, count) for count in counts]
        value, squares = (np.array([float((one**power).sum()) for one in amounts]) for power in (1, 2))
        sums = Evidence("sum", value, counts.astype(float), nothing, squares, nothing, nothing)
        for kind, known in (("rates", rates), ("sums", sums)):
            p_values = np.sort(standing(known, here, whole, lower_is_better=False).p_value)
            found = bool((p_values <= 0.05 * np.arange(1, 21) / 20).any())
            named_rates, named_sums = named_rates + (found and kind == "rates"), named_sums + (found and kind == "sums")
    assert named_rates / times <= 0.08
    assert named_sums / times <= 0.08


def test_medians_of_values_in_two_heaps_single_out_nobody_by_chance() -> None:
    """Half of the cycles take about 10 days, half about 80: a median is any of both, and nobody differs for that."""
    rng, people, of = np.random.default_rng(7), 30, 140
    here, named = np.arange(people), 0
    for _ in range(20):
        days = np.where(rng.random((people, of)) < 0.5, 10, 80) + rng.integers(-8, 9, (people, of))
        nothing = np.full(people, np.nan)
        known = Evidence(
            "mean", np.median(days, axis=1), np.full(people, float(of)), nothing, (days**2.0).sum(axis=1),
            days.sum(axis=1).astype(float), nothing, np.pi / 2,
        )  # fmt: skip
        found = standing(known, here, np.ones(people, dtype=bool), lower_is_better=True)
        named += int((found.p_value < 0.05 / people).sum())
    assert named <= 2  # of 600; as if values lay in one heap, most of them would be
    slow = known.value.copy()
    slow[0] = 400.0
    spread = Evidence("mean", slow, known.cases, nothing, known.squares, known.totals, nothing, np.pi / 2)
    assert standing(spread, here, np.ones(people, dtype=bool), lower_is_better=True).p_value[0] < 0.001


def test_an_answer_about_people_is_worked_out_once(skewed: duckdb.DuckDBPyConnection) -> None:
    query = leaderboard(("win_rate",), view(**YEAR))
    asked = [part.bound(EVERYTHING) for part in query.parts]
    frames = [skewed.sql(sql, params=params or None).pl() for sql, params in asked]
    first, again = query.finished(frames), query.finished([*frames])
    assert again.frame is first.frame
    assert [note.code for note in again.notes] == [note.code for note in first.notes] == ["reps_nothing"]
    other = leaderboard(("win_rate",), view(**YEAR), "team").finished(frames)
    assert not other.frame.equals(first.frame)


@pytest.mark.parametrize(
    "who", [Viewer(scope="rep", rep_keys=(1,)), Viewer(scope="teams", teams=("East",), rep_keys=(1, 3, 5))]
)
def test_every_question_about_people_keeps_to_the_scope(skewed: duckdb.DuckDBPyConnection, who: Viewer) -> None:
    names = {NAMES[key - 1] for key in who.rep_keys}
    for query in (quadrant(view(**YEAR)), leaderboard((*RESULTS, *PROCESS), view(**YEAR)), like_for_like(view(**YEAR))):
        assert set(answered(skewed, query, who).frame.get_column("rep")) <= {*names, None}
    assert answered(skewed, tenure(view(**YEAR)), who).frame.get_column("people").sum() == len(names)
