"""Customers who need attention: each signal by hand, what is told once, who sees what, how often chance is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import erfc, sqrt

import duckdb
import numpy as np
import polars as pl
import pytest

from metrics.customer_falling import fallen
from metrics.customer_signals import LEVELS, SIGNALS, levels_of, signals
from metrics.customer_words import evidence
from metrics.errors import NoSuchColumn
from metrics.sentence import day_in_words
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.accounts import DAY, PEOPLE, customer, every, of_signal, orders
from tests.metrics.conftest import answered, view


@pytest.fixture
def db(empty: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    empty.execute(PEOPLE)
    return empty


def test_nothing_is_said_of_nothing(empty: duckdb.DuckDBPyConnection) -> None:
    result = answered(empty, signals(view()))
    assert result.frame.is_empty()
    assert not result.notes


def _pool(db: duckdb.DuckDBPyConnection, count: int = 30) -> None:
    """Customers that buy the same every week."""
    for key in range(100, 100 + count):
        customer(db, key)
        orders(db, key, every(7, DAY - timedelta(days=key % 7)))


def test_who_buys_less_by_hand(db: duckdb.DuckDBPyConnection) -> None:
    """c1 bought 100 every week, and for 23 weeks 5. The others bought the same in both spans, so the odds are even."""
    _pool(db)
    customer(db, 1)
    days = every(7, DAY)
    orders(db, 1, days, [5.0 if DAY - day < timedelta(days=161) else 100.0 for day in days])
    (found,) = of_signal(answered(db, signals(view())), "falling")
    now, then = 23 * 5 + 3 * 100, 26 * 100
    assert (found["customer"], found["value"], found["expected"]) == ("c1", now, pytest.approx(then))
    assert found["amount"] == pytest.approx(then - now)
    assert found["share"] == pytest.approx(1 - now / then)
    own, others = 23 * 5**2 + 29 * 100**2, 30 * 52 * 100**2
    spread = sqrt(0.25 * (own + (now + then) ** 2 * others / (30 * 52 * 100) ** 2))
    assert found["chance"] == pytest.approx(0.5 * erfc((then - now) / 2 / spread / sqrt(2)))
    assert found["since"] == DAY - timedelta(days=154), "the first small order"


def test_a_season_that_all_share_is_nobodys_fall(db: duckdb.DuckDBPyConnection) -> None:
    """Everybody buys a third of last year's."""
    for key in range(1, 31):
        customer(db, key)
        days = every(7, DAY - timedelta(days=key % 7))
        orders(db, key, days, [30.0 if DAY - day < timedelta(days=182) else 100.0 for day in days])
    assert of_signal(answered(db, signals(view())), "falling") == []


def test_who_is_silent_is_not_told_to_buy_less_too(db: duckdb.DuckDBPyConnection) -> None:
    _pool(db)
    customer(db, 1, "key")
    orders(db, 1, every(7, DAY - timedelta(days=150)))
    found = answered(db, signals(view())).frame.filter(customer="c1")
    assert found["signal"].to_list() == ["silent"]


def test_chance_alone_falls_rarely() -> None:
    """40 customers who buy at random, of random sizes, 200 times over: somebody is named in at most one of 20."""
    named, rng = 0, np.random.default_rng(7)
    for _ in range(200):
        count = rng.poisson(30, 40)
        at = rng.integers(0, 364, count.sum())
        bought = pl.DataFrame({
            "customer": np.repeat([f"c{key}" for key in range(40)], count), "tier": None, "rep": None,
            "bought": "orders",
            "day": [DAY - timedelta(days=int(one % 182) + (364 if one >= 182 else 0)) for one in at],
            "amount": rng.lognormal(5, 0.7, len(at)), "is_now": (at < 182).astype(int),
        })  # fmt: skip
        now = pl.col("amount") * pl.col("is_now")
        of = pl.col("amount").sum().over("customer").alias("both"), now.sum().over("customer").alias("now")
        squares = (pl.col("amount") ** 2).sum().over("customer").alias("squares")
        named += bool(fallen(bought.with_columns(*of, squares), DAY))
    assert named <= 10


@pytest.mark.parametrize(("ago", "expected"), [(60, []), (250, ["c1"])])
def test_touches_in_bursts_make_no_silence(db: duckdb.DuckDBPyConnection, ago: int, expected: list[str]) -> None:
    """c1 is touched on four days running every 30 days: 48 days of a year, so that at random times 60 days without
    were one of 2,500 (e^−7.9); but of pauses so uneven they are no news, 250 days are."""
    for key in range(1, 11):
        customer(db, key, "key")
    db.execute("""
        insert into fold.deal_versions (deal_id, deal, rep_key, customer_key, status, amount, seen_from, seen_to,
            is_reconstructed) values ('d', 'D', 1, 1, 'open', 50, '2024-01-01', '9999-12-31', false)
    """)
    for n in range(48):
        day = DAY - timedelta(days=ago + 30 * (n // 4) + n % 4)
        db.execute(
            "insert into crm.activities (activity_id, deal_id, customer_key, kind, done_on, rep_key)"
            " values ($id, 'd', 1, 'call', $day, 1)", {"id": f"a{n}", "day": day}
        )  # fmt: skip
    found = of_signal(answered(db, signals(view())), "untouched")
    assert [row["customer"] for row in found] == expected


def test_open_complaints_are_told_and_closed_ones_are_not(db: duckdb.DuckDBPyConnection) -> None:
    customer(db, 1)
    db.execute("""
        insert into crm.tickets (ticket_id, opened_on, closed_on, customer_key, rep_key, kind, severity) values
            ('t1', '2026-03-01', null, 1, 1, 'Fault', 'High'), ('t2', '2026-02-01', null, 1, 1, '产品投诉', '低'),
            ('t3', '2026-01-01', null, 1, 1, 'Question', 'low'),
            ('t4', '2026-01-01', '2026-01-02', 1, 1, 'Complaint', null),
            ('t5', '2026-04-01', null, 1, 1, 'Complaint', null)
    """)
    (found,) = of_signal(answered(db, signals(view())), "complaint")
    assert (found["reason"], found["count"], found["since"], found["days"]) == (
        "complaint_open", 2, date(2026, 2, 1), 42,
    )  # fmt: skip
    assert answered(db, signals(view()).rows(signal="complaint", customer="c1")).frame["id"].to_list()


def _large(db: duckdb.DuckDBPyConnection) -> None:
    """Somebody who brings so much that nobody else is of class A."""
    customer(db, 99)
    orders(db, 99, every(7, DAY), 10_000)


def test_silence_after_a_low_score(db: duckdb.DuckDBPyConnection) -> None:
    """Three bought every week until 80 days ago; one had given a low score shortly before, one a high one."""
    _large(db)
    for key, scores in ((1, [3]), (2, [9]), (3, [])):
        customer(db, key)
        orders(db, key, every(7, DAY - timedelta(days=80)))
        for score in scores:
            db.execute(
                "insert into crm.surveys (survey_id, kind, answered_on, customer_key, rep_key, score)"
                f" values ('s{key}', 'NPS', $day, {key}, 1, {score})", {"day": DAY - timedelta(days=75)}
            )  # fmt: skip
    found = of_signal(answered(db, signals(view())), "complaint")
    assert [(row["customer"], row["reason"], row["what"], row["days"]) for row in found] == [
        ("c1", "complaint_quiet", "nps", 80)
    ]


def _asked_about(db: duckdb.DuckDBPyConnection, key: int, on: date, score: int = 2) -> None:
    db.execute(
        "insert into crm.surveys (survey_id, kind, answered_on, customer_key, rep_key, score)"
        f" values ('s{key}', 'NPS', $day, {key}, 1, {score})", {"day": on}
    )  # fmt: skip


def test_a_silence_is_not_held_against_a_complaint_that_came_later(db: duckdb.DuckDBPyConnection) -> None:
    """Both bought every week until 80 days ago; c1 complained 75 days ago, c2 when it had been silent for 70 days."""
    _large(db)
    for key, ago in ((1, 75), (2, 10)):
        customer(db, key)
        orders(db, key, every(7, DAY - timedelta(days=80)))
        _asked_about(db, key, DAY - timedelta(days=ago))
    (found,) = of_signal(answered(db, signals(view())), "complaint")
    assert (found["customer"], found["since"], found["said_on"]) == (
        "c1", DAY - timedelta(days=80), DAY - timedelta(days=75),
    )  # fmt: skip


def test_a_silence_is_told_once_and_at_stake_is_the_same(db: duckdb.DuckDBPyConnection) -> None:
    """c1 is a key account, c2 is none; both sent something back, one of it on a day without a purchase."""
    for key, tier in ((1, "key"), (2, None)):
        customer(db, key, tier)
        orders(db, key, every(7, DAY - timedelta(days=80)), 10)
        _asked_about(db, key, DAY - timedelta(days=75))
        db.execute(f"""
            insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, rep_key, amount, is_return)
            values ('a{key}', 1, date '2026-03-15' - 80, {key}, 1, -4, true),
                ('b{key}', 1, date '2026-03-15' - 81, {key}, 1, -4, true)
        """)
    _large(db)
    frame = answered(db, signals(view())).frame.filter(pl.col("signal") != "concentration")
    silent, complaint = frame.filter(customer="c1").to_dicts(), frame.filter(customer="c2").to_dicts()
    assert [(row["signal"], row["said_on"]) for row in silent] == [("silent", DAY - timedelta(days=75))]
    assert [row["reason"] for row in complaint] == ["complaint_quiet"]
    assert silent[0]["amount"] == complaint[0]["amount"] == 53 * 10 - 8
    assert silent[0]["days"] == complaint[0]["days"] == 80
    for lang in ("en", "zh-CN"):
        for row in (*silent, *complaint):
            told = evidence(row, lang, lambda value, unit: f"{value} {unit}")
            assert "{" not in told
            assert day_in_words(DAY - timedelta(days=75), lang) in told


def test_one_customer_brings_too_much(db: duckdb.DuckDBPyConnection) -> None:
    """c1 brings 500 of 1,400 a week, all through Bob, of whose sales it is more than half; since last summer."""
    for key in range(1, 11):
        customer(db, key)
        rep = 2 if key < 6 else 1
        days = every(7, DAY, 728)
        size = 500.0 if key == 1 else 100.0
        orders(db, key, days, [size if DAY - day < timedelta(days=300) or key > 1 else 0.0 for day in days], rep)
    told = of_signal(answered(db, signals(view())), "concentration")
    assert {row["customer"] for row in told if row["reason"] == "concentration_company"} == {"c1"}
    company = next(row for row in told if row["reason"] == "concentration_company")
    year = 52 + 1  # weeks of which a day lies in 365 days
    assert company["share"] == pytest.approx(43 * 500 / (43 * 500 + 9 * year * 100))
    assert company["amount"] == 43 * 500
    since = company["since"]
    assert isinstance(since, date)
    # Twice an equal share of ten is 20 %. With k weeks of 500 against 9 × 52 or 53 × 100: k = 24 makes 12,000 of 59,700
    # (20.1 %), k = 23 11,500 of 59,200 (19.4 %).
    assert (company["bound"], since) == (0.2, DAY - timedelta(days=7 * (43 - 24)))
    assert {(row["customer"], row["member"]) for row in told if row["reason"] == "concentration_rep"} == {("c1", "Bob")}


@pytest.mark.parametrize(("times", "expected"), [(1, 0), (2, 0), (4, 1)], ids=["alike", "not twice", "twice"])
def test_of_few_customers_a_large_share_is_twice_an_equal_one(
    db: duckdb.DuckDBPyConnection, times: int, expected: int
) -> None:
    """Of seven alike each brings 14 %; one that buys double brings 25 % and not 29, one that buys fourfold 40 %."""
    for key in range(1, 8):
        customer(db, key)
        orders(db, key, every(7, DAY), 100 * times if key == 1 else 100)
    told = of_signal(answered(db, signals(view())), "concentration")
    assert len({row["customer"] for row in told}) == expected
    assert {row["reason"]: row["bound"] for row in told if expected} == (
        {f"concentration_{level}": pytest.approx(max(share, 2 / 7)) for level, share in LEVELS.items()}
        if expected
        else {}
    ), "what is asked of one of seven is told"


def test_shares_can_be_left_out(db: duckdb.DuckDBPyConnection) -> None:
    """All else is told as with them; filters and notes, too."""
    for key in range(1, 7):
        customer(db, key, "key", 1)
        orders(db, key, every(7, DAY - timedelta(days=80 if key == 2 else 0)), 1_000 if key == 1 else 100)
    whole = answered(db, signals(view())).frame
    assert set(whole["signal"]) == {"silent", "concentration"}
    others = answered(db, signals(view(), shares=False)).frame
    assert others.equals(whole.filter(pl.col("signal") != "concentration"))


@pytest.mark.parametrize(("back", "since"), [(300, DAY - timedelta(days=294)), (728, None)])
def test_a_share_is_not_as_large_before_there_is_one(
    db: duckdb.DuckDBPyConnection, back: int, since: date | None
) -> None:
    """c1 always brings most: since the first day on record, or for longer than is looked back."""
    for key in range(1, 7):
        customer(db, key, rep=None)
        orders(db, key, every(7, DAY, back), 1_000 if key == 1 else 100)
    told = of_signal(answered(db, signals(view())), "concentration")
    found = next(row for row in told if row["reason"] == "concentration_company")
    assert found["since"] == since
    assert ("for at least a year" in evidence(found, "en", lambda value, unit: f"{value} {unit}")) == (since is None)


def test_shares_of_what_one_does_not_see_are_not_told(db: duckdb.DuckDBPyConnection) -> None:
    assert levels_of(EVERYTHING) == tuple(LEVELS)
    bob = Viewer(email="bob@example.com", scope="rep", rep_keys=(2,))
    assert levels_of(bob) == ("rep",)
    assert levels_of(Viewer(email="lead@example.com", scope="teams", teams=("South",), rep_keys=(2,))) == (
        "team",
        "rep",
    )
    for key in range(1, 7):
        customer(db, key, rep=2)
        orders(db, key, every(7, DAY), 1_000 if key == 1 else 100, 2)
    told = answered(db, signals(view(), levels_of(bob)), bob).frame.filter(signal="concentration")
    assert told["reason"].to_list() == ["concentration_rep"]


def test_filters_choose_who_is_listed_and_nothing_else(db: duckdb.DuckDBPyConnection) -> None:
    for key, rep in ((1, 1), (2, 2)):
        customer(db, key, "key", rep)
        orders(db, key, every(10, DAY - timedelta(days=60)), 10, rep)
    everybody = answered(db, signals(view())).frame
    assert everybody["customer"].to_list() == ["c1", "c2"]
    own = answered(db, signals(view().with_filter("team", "South"))).frame
    assert own.to_dicts() == everybody.filter(customer="c2").to_dicts()


def test_a_viewer_is_told_of_own_accounts_by_own_rows(db: duckdb.DuckDBPyConnection) -> None:
    """Ann took c1 over from Bob, who sold there until then: to nobody it is silent. c2 is Bob's, and silent to him."""
    bob = Viewer(email="bob@example.com", scope="rep", rep_keys=(2,))
    for key, owner in ((1, 1), (2, 2)):
        customer(db, key, "key", owner)
        orders(db, key, every(10, DAY - timedelta(days=60)), 10, 2)
    orders(db, 1, every(10, DAY, 60), 10, 1)
    assert [row["customer"] for row in of_signal(answered(db, signals(view())), "silent")] == ["c2"]
    result = answered(db, signals(view(), levels_of(bob)), bob)
    assert [row["customer"] for row in of_signal(result, "silent")] == ["c2"]
    assert "own_accounts" in [one.code for one in result.notes]


def test_an_account_without_an_owner_is_nobodys_to_judge_by_a_part(db: duckdb.DuckDBPyConnection) -> None:
    """Bob sold there last of what Bob may see; Ann sells there still."""
    bob = Viewer(email="bob@example.com", scope="rep", rep_keys=(2,))
    customer(db, 1, "key", None)
    orders(db, 1, every(10, DAY - timedelta(days=60)), 10, 2)
    orders(db, 1, every(10, DAY, 60), 10, 1)
    assert of_signal(answered(db, signals(view(), levels_of(bob)), bob), "silent") == []


@pytest.mark.parametrize("at", [{"signal": "loud", "customer": "c1"}, {"customer": "c1"}])
def test_rows_of_no_signal(at: dict[str, str]) -> None:
    with pytest.raises(NoSuchColumn):
        signals(view()).rows(**at)


def test_every_signal_is_named() -> None:
    from metrics.customer_words import label, rule

    for lang in ("en", "zh-CN"):
        assert all(label(one, lang) and rule(one, lang) for one in SIGNALS)
