"""Who is overdue: how likely a silence is by chance, against draws and in false alarms; customers by hand."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest

from metrics.errors import NotShared
from metrics.overdue import BACK, LEAST_PURCHASES, LEAST_SILENT, among, chance, finished, overdue, rhythm, unsure
from metrics.proportions import discoveries
from metrics.viewer import Viewer
from tests.metrics.conftest import answered, view

TODAY = view().as_of


def every(pause: int, times: int, last: int) -> list[date]:
    """Days of so many purchases, one every `pause` days, the last of them `last` days ago."""
    return [TODAY - timedelta(days=last + pause * back) for back in range(times - 1, -1, -1)]


def orders(connection: duckdb.DuckDBPyConnection, key: int, days: list[date], amount: int = 10, rep: int = 1) -> None:
    """Orders of one customer on these days."""
    connection.execute(
        "insert into crm.customers (customer_key, customer, tier, is_implied) select $key, $name, 'A', false"
        " where $key not in (select customer_key from crm.customers)",
        {"key": key, "name": f"customer {key}"},
    )
    connection.executemany(
        "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, rep_key, product_key, amount,"
        " is_return) values (?, 1, ?, ?, ?, ?, ?, false)",
        [(f"{key} {rep} {day}", day, key, rep, rep, amount) for day in days],
    )


@pytest.mark.parametrize(
    ("since", "pauses"), [(120, [30] * 4), (90, [20, 40, 25, 35, 30, 30]), (200, [5, 90, 2, 60, 4])]
)
def test_the_chance_is_that_of_a_gamma_pause(since: int, pauses: list[int]) -> None:
    """s ÷ m ~ F(2k, 2kn) is (gamma(k) ÷ k) ÷ (gamma(kn) ÷ kn): drawn half a million times."""
    n, mean = len(pauses), np.mean(pauses)
    cv2 = (np.sum((pauses - mean) ** 2) / mean**2 + 3 * 1.5) / (n - 1 + 3)
    k, dice = 1 / cv2, np.random.default_rng(7)
    drawn = mean * (dice.gamma(k, 1 / k, 500_000) / dice.gamma(k * n, 1 / (k * n), 500_000))
    longer = (drawn > since).mean()
    met = np.maximum(drawn - since, 0).sum() / drawn.sum()
    said = chance(*(np.array([one]) for one in (since, n, sum(pauses), np.sum(np.square(pauses)))))[0]
    assert said == pytest.approx(max(longer, met), rel=0.05)


@pytest.mark.parametrize(("regular", "most"), [(0.7, 1.6), (1, 1.2), (2, 0.6), (6, 0.2)])
def test_who_keeps_the_rhythm_is_seldom_overdue(regular: float, most: float) -> None:
    """Looked at on any day: how many are silent for longer than ever with a chance under 1 %, of those that may."""
    dice, count = np.random.default_rng(3), 40_000
    for n in (5, 12, 30):
        pauses = np.maximum(np.round(30 * dice.gamma(regular, 1 / regular, (count, n))), 1)
        since = np.round(30 * dice.gamma(regular + 1, 1 / regular, count) * dice.random(count))
        said = chance(since, np.full(count, n), pauses.sum(axis=1), (pauses**2).sum(axis=1))
        assert ((said < 0.01) & (since > pauses.max(axis=1))).mean() < most * 0.01


@pytest.mark.parametrize(("bursts", "least"), [(1.0, 1.3), (2.0, 3.0)])
def test_small_chances_are_no_smaller_than_they_are(bursts: float, least: float) -> None:
    """Of 25 pauses as uneven as that (cv²): how many more than said are under 1 in 1,000, by the plain chance more."""
    dice, count, n, regular = np.random.default_rng(4), 40_000, 25, 1 / bursts
    pauses = np.maximum(np.ceil(30 * dice.gamma(regular, 1 / regular, (count, n))), 1)
    since = np.ceil(30 * dice.gamma(regular + 1, 1 / regular, count) * dice.random(count))
    late = np.flatnonzero(since > pauses.max(axis=1))
    sums = (pauses[late].sum(axis=1), (pauses[late] ** 2).sum(axis=1))
    plain, wide = (of(since[late], np.full(late.size, n), *sums) for of in (chance, unsure))
    assert (plain < 0.001).sum() > least * 0.001 * count
    assert (wide < 0.001).sum() < 1.2 * 0.001 * count
    assert unsure(*(np.array([one]) for one in (40, 10**6, 30 * 10**6, 2 * 30**2 * 10**6)))[0] == pytest.approx(
        chance(*(np.array([one]) for one in (40, 10**6, 30 * 10**6, 2 * 30**2 * 10**6)))[0], rel=0.01
    ), "known for sure"


def silences(dice: np.random.Generator, regular: float, count: int = 500) -> pl.DataFrame:
    """What overdue_orders.sql says of customers none of whom has changed: each buys at a mean pause of its own."""
    mean = np.exp(dice.normal(np.log(45), 0.8, count))
    rows: list[list[int]] = []
    for one in mean:
        days = np.cumsum(dice.gamma(regular, one / regular, int(4 * (BACK + 700) / one) + 40)) - 400 - 2 * one
        days = np.unique(days[(days >= 0) & (days <= BACK)].astype(int))
        if len(days) >= LEAST_PURCHASES:
            pauses, since = np.diff(days), BACK - days[-1]
            rows.append([int(one) for one in (since, len(pauses), pauses.sum(), (pauses**2).sum(), pauses.max())])
    names = ["days_since", "pauses", "pause_sum", "pause_squares", "longest_pause"]
    return (
        pl.DataFrame(rows, schema=names, orient="row")
        .with_columns(regular_customers=pl.len(), is_chosen=pl.lit(1), usual_pause=pl.lit(9.0), at_stake=pl.lit(1))
        .filter(pl.col("days_since") >= pl.max_horizontal(LEAST_SILENT, pl.col("pause_sum") / pl.col("pauses")))
        .with_columns(*(pl.lit(None).alias(name) for name in ("customer", "tier", "rep", "last_on", "purchases")))
    )


@pytest.mark.parametrize(("regular", "most"), [(1, 6), (0.7, 13)])
def test_where_nobody_has_changed_few_are_overdue(regular: float, most: int) -> None:
    """In so many of forty companies of 500 customers somebody is called overdue, and each time wrongly."""
    dice, query = np.random.default_rng(9), overdue(view())
    wrong = [finished(query, [silences(dice, regular)], []).height for _ in range(40)]
    assert sum(one > 0 for one in wrong) <= most


def test_the_rhythm_of_one_customer() -> None:
    known = rhythm([*every(30, 6, 71), *every(30, 6, 71)], TODAY)  # each day twice
    assert known is not None
    assert known[:5] == (6, TODAY - timedelta(days=71), 71, 30, 30)
    assert known.is_late
    assert 0.05 < known.chance < 0.15  # five pauses alike are not much to go by
    assert rhythm(every(30, LEAST_PURCHASES - 1, 71), TODAY) is None
    assert rhythm([*every(30, 4, 71), TODAY - timedelta(days=BACK + 1), TODAY + timedelta(days=3)], TODAY) is None
    steady = rhythm(every(7, 60, LEAST_SILENT - 1), TODAY)
    assert steady is not None
    assert steady.chance < 0.001
    assert not steady.is_late  # a holiday
    longer = [rhythm(every(30, 12, last), TODAY) for last in (31, 45, 60, 90, 150)]
    chances = [one.chance for one in longer if one]
    assert chances == sorted(chances, reverse=True)


def test_who_is_overdue_and_for_how_much(empty: duckdb.DuckDBPyConnection) -> None:
    """Twice a month until three months ago; the others order still, or seldom, or have paused as long before."""
    empty.execute("insert into crm.reps (rep_key, rep, is_implied) values (1, 'Ann', false), (2, 'Bob', false)")
    steady = every(14, 40, 92)
    orders(empty, 1, steady)
    orders(empty, 2, every(14, 40, 10))
    orders(empty, 3, every(14, 4, 92))
    orders(empty, 4, [*(day - timedelta(days=366) for day in every(14, 20, 92)), *every(14, 20, 92)])
    empty.execute(
        "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, rep_key, amount, is_return)"
        " values ('back', 1, ?, 1, 1, -4, true), ('nobody', 1, ?, null, 1, 9, false)",
        [TODAY, TODAY],
    )
    result = answered(empty, overdue(view()))
    row = result.frame.row(0, named=True)
    assert result.frame.height == 1
    assert 0 < row.pop("chance_of_pause") < 0.001
    of_the_year = sum(1 for day in steady if (steady[-1] - day).days < 365)
    assert row == {
        "customer": "customer 1", "tier": "A", "rep": "Ann", "last_on": steady[-1], "days_since": 92,
        "usual_pause": 14, "longest_pause": 14, "purchases": 40, "at_stake": 10 * of_the_year - 4,
    }  # fmt: skip
    assert [one["count"] for one in result.notes if one.code == "overdue_judged"] == [3]
    rows = answered(empty, result.query.rows("at_stake", customer="customer 1")).frame
    assert rows["amount"].sum() == 10 * of_the_year - 4
    assert answered(empty, result.query.rows("purchases", customer="customer 1")).frame.height == 40
    early = view(as_of=TODAY - timedelta(days=80))
    assert answered(empty, overdue(early)).frame.is_empty()


@pytest.mark.parametrize("of", ["revenue", "won_amount"])
def test_at_stake_is_a_whole_year_whenever_it_ended(empty: duckdb.DuckDBPyConnection, of: str) -> None:
    """Every 20 days, the last 600 days ago: of its last year 130 days lie within the two years of a rhythm."""
    bought = every(20, 60, 600)
    orders(empty, 1, bought)
    if of == "won_amount":
        empty.execute("""
            insert into crm.deals (deal_id, customer_key, status, amount, closed_on, push_count, is_gone)
            select order_id, customer_key, 'won', amount, ordered_on, 0, false from crm.order_lines;
            delete from crm.order_lines
        """)
    result = answered(empty, overdue(view(), of))
    (row,) = result.frame.to_dicts()
    assert (row["purchases"], row["at_stake"]) == (7, 10 * 19), "days 0, 20, … 360 before the last"
    assert (
        answered(empty, result.query.rows("at_stake", customer="customer 1")).frame["amount"].sum() == row["at_stake"]
    )
    assert answered(empty, result.query.rows("purchases", customer="customer 1")).frame.height == row["purchases"]


def test_filters_choose_who_is_listed_not_who_is_overdue(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute("insert into crm.reps (rep_key, rep, is_implied) values (1, 'Ann', false), (2, 'Bob', false)")
    steady = every(14, 40, 92)
    orders(empty, 1, steady[:-3], rep=1)
    orders(empty, 1, steady[-3:], rep=2)
    orders(empty, 2, steady, rep=1)
    orders(empty, 2, [TODAY - timedelta(days=2)], rep=2)  # through Bob it buys still
    for name, listed in (("Ann", ["customer 1"]), ("Bob", ["customer 1"]), (None, ["customer 1"])):
        asked = view().with_filter("rep", name) if name else view()
        assert answered(empty, overdue(asked)).frame["customer"].to_list() == listed
    own = answered(empty, overdue(view()), Viewer(scope="rep", rep_keys=(1,)))
    assert set(own.frame["customer"]) == {"customer 1", "customer 2"}  # within what Ann may see
    assert set(own.frame["purchases"]) == {37, 40}


def test_won_deals_have_a_rhythm_too(empty: duckdb.DuckDBPyConnection) -> None:
    empty.execute("insert into crm.customers (customer_key, customer, is_implied) values (1, 'Acme', false)")
    for at, day in enumerate(every(28, 20, 120)):
        empty.execute(
            "insert into crm.deals (deal_id, status, amount, customer_key, closed_on, push_count, is_gone)"
            " values (?, ?, 5, 1, ?, 0, false)",
            [str(at), "won", day],
        )
    empty.execute("update crm.deals set status = 'lost' where deal_id = '19'")
    row = answered(empty, overdue(view(), "won_amount")).frame.row(0, named=True)
    assert (row["customer"], row["purchases"], row["days_since"], row["usual_pause"]) == ("Acme", 19, 148, 28)
    assert row["at_stake"] == 5 * 14  # the days 0, 28, … 364 before the last
    with pytest.raises(NotShared, match="revenue"):
        overdue(view(), "win_rate")


def test_nothing_bought_nobody_overdue(empty: duckdb.DuckDBPyConnection) -> None:
    for of in ("revenue", "won_amount"):
        result = answered(empty, overdue(view(), of))
        assert result.frame.is_empty()
        assert not result.notes


def test_a_silence_among_the_pauses_of_all_by_hand() -> None:
    """Of pauses of 1, 1, 2 and 4 means two lasted 2 or longer, and days met 2 more: (1 + 2) ÷ 5. None lasted 9."""
    pauses = np.array([1.0, 1.0, 2.0, 4.0])
    assert among(2, pauses) == pytest.approx(0.6)
    assert among(3, pauses) == pytest.approx(0.4)
    assert among(9, pauses) == pytest.approx(0.2), "never nought: one more than was seen"


def test_where_all_pause_longer_than_their_spread_tells_fewer_are_named() -> None:
    """Of 30 people whose pauses have long tails (log-normal, drawn 200 times): somebody by their own, or by all."""
    drawn, told = np.random.default_rng(1), {"own": 0, "all": 0}
    for _ in range(200):
        pauses = drawn.lognormal(0, 1, (30, 90))
        day = pauses.sum(axis=1).min()
        known = [one[: int(np.searchsorted(one.cumsum(), day))] for one in pauses]
        since = np.array([day - one.sum() for one in known])
        own = chance(
            since, *(np.array([of(one) for one in known]) for of in (np.size, np.sum, lambda one: (one**2).sum()))
        )
        own[since <= [one.max() for one in known]] = 1.0
        means = np.array([one.mean() for one in known])
        every = np.concatenate([one / one.mean() for one in known])
        both = [max(mine, among(silent, every)) for mine, silent in zip(own, since / means, strict=True)]
        told["own"] += any(discoveries(own.tolist()))
        told["all"] += any(discoveries(both))
    assert told["all"] < told["own"] / 2
