"""Customers who need attention: each signal by hand, what is told once, who sees what, how often chance is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import erfc, sqrt

import duckdb
import numpy as np
import polars as pl
import pytest

from metrics.customer_signals import LEVELS, SIGNALS, fallen, levels_of, signals
from metrics.customer_words import evidence
from metrics.errors import NoSuchColumn
from metrics.query import Result
from metrics.sentence import day_in_words
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.conftest import answered, view

DAY = date(2026, 3, 15)
PEOPLE = """
insert into crm.reps (rep_key, rep, team, is_implied) values (1, 'Ann', 'North', false), (2, 'Bob', 'South', false);
"""


def _customer(db: duckdb.DuckDBPyConnection, key: int, tier: str | None = None, rep: int | None = 1) -> None:
    db.execute(
        "insert into crm.customers (customer_key, customer, tier, rep_key, first_order_on, is_implied)"
        " values ($key, $name, $tier, $rep, date '2023-01-01', false)",
        {"key": key, "name": f"c{key}", "tier": tier, "rep": rep},
    )


def _orders(
    db: duckdb.DuckDBPyConnection, key: int, days: list[date], amount: float | list[float] = 100, rep: int = 1
) -> None:
    amounts = amount if isinstance(amount, list) else [amount] * len(days)
    db.register("new_orders", pl.DataFrame({"day": days, "amount": amounts}).with_row_index("n"))
    db.execute(f"""
        insert into crm.order_lines
            (order_id, line_no, ordered_on, customer_key, rep_key, team, amount, is_return, order_no)
        select '{key}-' || day || n, 1, day, {key}, {rep}, '{"North" if rep == 1 else "South"}', amount, false,
            row_number() over (order by day, n)
        from new_orders
    """)
    db.unregister("new_orders")


def _every(step: int, until: date, back: int = 700) -> list[date]:
    return [until - timedelta(days=at) for at in range(0, back, step)]


def _told(result: Result, signal: str) -> list[dict[str, object]]:
    return result.frame.filter(signal=signal).to_dicts()


@pytest.fixture
def db(empty: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    empty.execute(PEOPLE)
    return empty


def test_nothing_is_said_of_nothing(empty: duckdb.DuckDBPyConnection) -> None:
    result = answered(empty, signals(view()))
    assert result.frame.is_empty()
    assert not result.notes


def test_a_silent_key_account(db: duckdb.DuckDBPyConnection) -> None:
    """Both bought every ten days and stopped 60 days ago; only one is a key account by its tier, neither by value."""
    _customer(db, 1, "重点")
    _customer(db, 2, "B")
    _customer(db, 3)
    for key in (1, 2):
        _orders(db, key, _every(10, DAY - timedelta(days=60)), 10)
    _orders(db, 3, _every(10, DAY), 10_000)
    result = answered(db, signals(view()))
    (found,) = _told(result, "silent")
    assert (found["customer"], found["days"], found["usual"], found["key_by"]) == ("c1", 60, 10, "tier")
    assert (found["since"], found["rep"]) == (DAY - timedelta(days=60), "Ann")
    assert found["amount"] == 37 * 10, "37 orders lie in the year up to the last one"
    assert dict(result.notes[0].params) == {"count": 2, "tier": 1}, "c3 is class A"
    rows = answered(db, signals(view()).rows(signal="silent", customer="c1")).frame
    assert set(rows["customer"]) == {"c1"}


def test_whoever_bought_much_once_is_no_key_account(db: duckdb.DuckDBPyConnection) -> None:
    _customer(db, 1)
    _orders(db, 1, _every(10, DAY - timedelta(days=100), 200), 1_000)
    result = answered(db, signals(view()))
    assert _told(result, "silent") == []
    assert not result.notes, "it bought for 190 days"


@pytest.mark.parametrize("amounts", [[7] * 40, [1] * 39 + [1_000], [2**at for at in range(30)], None])
def test_class_a_ends_where_counting_through_all_says(db: duckdb.DuckDBPyConnection, amounts: list[int] | None) -> None:
    """Alike, one above all, each twice the next, and drawn ones with ties: those who begin below 80 % of the sum."""
    drawn = np.random.default_rng(5).lognormal(3, 1.4, 300).round().astype(int) + 1
    each = amounts or drawn.tolist()
    people = pl.DataFrame({"key": range(len(each)), "amount": each})
    db.register("people", people)
    db.execute("""
        insert into crm.customers (customer_key, customer, is_implied) select key, 'c' || key, false from people;
        insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, amount, is_return)
        select key || '-' || day, 1, day, key, amount, false
        from people, (values (date '2024-06-01'), (date '2025-12-01')) as days (day);
    """)
    ranked = people.sort("amount", "key", descending=[True, False])
    is_a = (ranked["amount"].cum_sum() - ranked["amount"]) < 0.8 * ranked["amount"].sum()
    keys = answered(db, dict(signals(view()).inner)["keys"]).frame
    assert set(keys["customer"]) == {f"c{key}" for key in ranked.filter(is_a)["key"]}
    assert 0 < keys.height < len(each)


def test_who_falls_silent_by_deals_where_nothing_was_ordered(db: duckdb.DuckDBPyConnection) -> None:
    _customer(db, 1, "key")
    for n, day in enumerate(_every(15, DAY - timedelta(days=90))):
        db.execute(
            "insert into crm.deals (deal_id, rep_key, customer_key, status, amount, closed_on, push_count, is_gone)"
            " values ($id, 1, 1, 'won', 10, $day, 0, false)", {"id": f"d{n}", "day": day}
        )  # fmt: skip
    (found,) = _told(answered(db, signals(view())), "silent")
    assert (found["reason"], found["days"]) == ("silent_won", 90)


def _pool(db: duckdb.DuckDBPyConnection, count: int = 30) -> None:
    """Customers that buy the same every week."""
    for key in range(100, 100 + count):
        _customer(db, key)
        _orders(db, key, _every(7, DAY - timedelta(days=key % 7)))


def test_who_buys_less_by_hand(db: duckdb.DuckDBPyConnection) -> None:
    """c1 bought 100 every week, and for 23 weeks 5. The others bought the same in both spans, so the odds are even."""
    _pool(db)
    _customer(db, 1)
    days = _every(7, DAY)
    _orders(db, 1, days, [5.0 if DAY - day < timedelta(days=161) else 100.0 for day in days])
    (found,) = _told(answered(db, signals(view())), "falling")
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
        _customer(db, key)
        days = _every(7, DAY - timedelta(days=key % 7))
        _orders(db, key, days, [30.0 if DAY - day < timedelta(days=182) else 100.0 for day in days])
    assert _told(answered(db, signals(view())), "falling") == []


def test_who_is_silent_is_not_told_to_buy_less_too(db: duckdb.DuckDBPyConnection) -> None:
    _pool(db)
    _customer(db, 1, "key")
    _orders(db, 1, _every(7, DAY - timedelta(days=150)))
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
        _customer(db, key, "key")
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
    found = _told(answered(db, signals(view())), "untouched")
    assert [row["customer"] for row in found] == expected


def test_open_complaints_are_told_and_closed_ones_are_not(db: duckdb.DuckDBPyConnection) -> None:
    _customer(db, 1)
    db.execute("""
        insert into crm.tickets (ticket_id, opened_on, closed_on, customer_key, rep_key, kind, severity) values
            ('t1', '2026-03-01', null, 1, 1, 'Fault', 'High'), ('t2', '2026-02-01', null, 1, 1, '产品投诉', '低'),
            ('t3', '2026-01-01', null, 1, 1, 'Question', 'low'),
            ('t4', '2026-01-01', '2026-01-02', 1, 1, 'Complaint', null),
            ('t5', '2026-04-01', null, 1, 1, 'Complaint', null)
    """)
    (found,) = _told(answered(db, signals(view())), "complaint")
    assert (found["reason"], found["count"], found["since"], found["days"]) == (
        "complaint_open", 2, date(2026, 2, 1), 42,
    )  # fmt: skip
    assert answered(db, signals(view()).rows(signal="complaint", customer="c1")).frame["id"].to_list()


def _large(db: duckdb.DuckDBPyConnection) -> None:
    """Somebody who brings so much that nobody else is of class A."""
    _customer(db, 99)
    _orders(db, 99, _every(7, DAY), 10_000)


def test_silence_after_a_low_score(db: duckdb.DuckDBPyConnection) -> None:
    """Three bought every week until 80 days ago; one had given a low score shortly before, one a high one."""
    _large(db)
    for key, scores in ((1, [3]), (2, [9]), (3, [])):
        _customer(db, key)
        _orders(db, key, _every(7, DAY - timedelta(days=80)))
        for score in scores:
            db.execute(
                "insert into crm.surveys (survey_id, kind, answered_on, customer_key, rep_key, score)"
                f" values ('s{key}', 'NPS', $day, {key}, 1, {score})", {"day": DAY - timedelta(days=75)}
            )  # fmt: skip
    found = _told(answered(db, signals(view())), "complaint")
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
        _customer(db, key)
        _orders(db, key, _every(7, DAY - timedelta(days=80)))
        _asked_about(db, key, DAY - timedelta(days=ago))
    (found,) = _told(answered(db, signals(view())), "complaint")
    assert (found["customer"], found["since"], found["said_on"]) == (
        "c1", DAY - timedelta(days=80), DAY - timedelta(days=75),
    )  # fmt: skip


def test_a_silence_is_told_once_and_at_stake_is_the_same(db: duckdb.DuckDBPyConnection) -> None:
    """c1 is a key account, c2 is none; both sent something back, one of it on a day without a purchase."""
    for key, tier in ((1, "key"), (2, None)):
        _customer(db, key, tier)
        _orders(db, key, _every(7, DAY - timedelta(days=80)), 10)
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
        _customer(db, key)
        rep = 2 if key < 6 else 1
        days = _every(7, DAY, 728)
        size = 500.0 if key == 1 else 100.0
        _orders(db, key, days, [size if DAY - day < timedelta(days=300) or key > 1 else 0.0 for day in days], rep)
    told = _told(answered(db, signals(view())), "concentration")
    assert {row["customer"] for row in told if row["reason"] == "concentration_company"} == {"c1"}
    company = next(row for row in told if row["reason"] == "concentration_company")
    year = 52 + 1  # weeks of which a day lies in 365 days
    assert company["share"] == pytest.approx(43 * 500 / (43 * 500 + 9 * year * 100))
    assert company["amount"] == 43 * 500
    since = company["since"]
    assert isinstance(since, date)
    # With k weeks of 500 against 9 × 52 or 53 × 100: k = 11 makes 5,500 of 52,300 (10.5 %), k = 10 of 51,800 (9.7 %).
    assert since == DAY - timedelta(days=7 * (43 - 11))
    assert {(row["customer"], row["member"]) for row in told if row["reason"] == "concentration_rep"} == {("c1", "Bob")}


@pytest.mark.parametrize(("times", "expected"), [(1, 0), (2, 0), (4, 1)], ids=["alike", "not twice", "twice"])
def test_of_few_customers_a_large_share_is_twice_an_equal_one(
    db: duckdb.DuckDBPyConnection, times: int, expected: int
) -> None:
    """Of seven alike each brings 14 %; one that buys double brings 25 % and not 29, one that buys fourfold 40 %."""
    for key in range(1, 8):
        _customer(db, key)
        _orders(db, key, _every(7, DAY), 100 * times if key == 1 else 100)
    told = _told(answered(db, signals(view())), "concentration")
    assert len({row["customer"] for row in told}) == expected


def test_shares_can_be_left_out(db: duckdb.DuckDBPyConnection) -> None:
    """All else is told as with them; filters and notes, too."""
    for key in range(1, 7):
        _customer(db, key, "key", 1)
        _orders(db, key, _every(7, DAY - timedelta(days=80 if key == 2 else 0)), 1_000 if key == 1 else 100)
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
        _customer(db, key, rep=None)
        _orders(db, key, _every(7, DAY, back), 1_000 if key == 1 else 100)
    told = _told(answered(db, signals(view())), "concentration")
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
        _customer(db, key, rep=2)
        _orders(db, key, _every(7, DAY), 1_000 if key == 1 else 100, 2)
    told = answered(db, signals(view(), levels_of(bob)), bob).frame.filter(signal="concentration")
    assert told["reason"].to_list() == ["concentration_rep"]


def test_filters_choose_who_is_listed_and_nothing_else(db: duckdb.DuckDBPyConnection) -> None:
    for key, rep in ((1, 1), (2, 2)):
        _customer(db, key, "key", rep)
        _orders(db, key, _every(10, DAY - timedelta(days=60)), 10, rep)
    everybody = answered(db, signals(view())).frame
    assert everybody["customer"].to_list() == ["c1", "c2"]
    own = answered(db, signals(view().with_filter("team", "South"))).frame
    assert own.to_dicts() == everybody.filter(customer="c2").to_dicts()


def test_a_viewer_is_told_of_own_accounts_by_own_rows(db: duckdb.DuckDBPyConnection) -> None:
    """Ann took c1 over from Bob, who sold there until then: to nobody it is silent. c2 is Bob's, and silent to him."""
    bob = Viewer(email="bob@example.com", scope="rep", rep_keys=(2,))
    for key, owner in ((1, 1), (2, 2)):
        _customer(db, key, "key", owner)
        _orders(db, key, _every(10, DAY - timedelta(days=60)), 10, 2)
    _orders(db, 1, _every(10, DAY, 60), 10, 1)
    assert [row["customer"] for row in _told(answered(db, signals(view())), "silent")] == ["c2"]
    result = answered(db, signals(view(), levels_of(bob)), bob)
    assert [row["customer"] for row in _told(result, "silent")] == ["c2"]
    assert "own_accounts" in [one.code for one in result.notes]


def test_an_account_without_an_owner_is_nobodys_to_judge_by_a_part(db: duckdb.DuckDBPyConnection) -> None:
    """Bob sold there last of what Bob may see; Ann sells there still."""
    bob = Viewer(email="bob@example.com", scope="rep", rep_keys=(2,))
    _customer(db, 1, "key", None)
    _orders(db, 1, _every(10, DAY - timedelta(days=60)), 10, 2)
    _orders(db, 1, _every(10, DAY, 60), 10, 1)
    assert _told(answered(db, signals(view(), levels_of(bob)), bob), "silent") == []


@pytest.mark.parametrize("at", [{"signal": "loud", "customer": "c1"}, {"customer": "c1"}])
def test_rows_of_no_signal(at: dict[str, str]) -> None:
    with pytest.raises(NoSuchColumn):
        signals(view()).rows(**at)


def test_every_signal_is_named() -> None:
    from metrics.customer_words import label, rule

    for lang in ("en", "zh-CN"):
        assert all(label(one, lang) and rule(one, lang) for one in SIGNALS)


def test_a_silence_says_whether_it_may_be_chance_among_key_accounts(db: duckdb.DuckDBPyConnection) -> None:
    """All buy at odd times. Of 40 key accounts c1 is late, c2 gone; that many small ones are gone lets c1 be named."""
    drawn = np.random.default_rng(11)
    for key in range(1, 61):
        _customer(db, key, "重点" if key <= 40 else None)
        silence = {1: 60, 2: 300}.get(key, 1 if key <= 40 else 300)
        bought = [DAY - timedelta(days=int(silence + at)) for at in (0, *drawn.integers(1, 30, 25).cumsum())]
        _orders(db, key, bought, 100 if key <= 40 else 1)
    told = {str(row["customer"]): row for row in _told(answered(db, signals(view())), "silent")}
    assert {name: row["may_be_chance"] for name, row in told.items()} == {"c1": True, "c2": False}
    for row in told.values():
        assert row["looked"] == 40
        assert row["by_chance"] == pytest.approx(40 * float(str(row["chance"])))
    for lang, hint in (("en", "A hint"), ("zh-CN", "仅为提示")):
        said = {name: evidence(row, lang, lambda value, unit: f"{value} {unit}") for name, row in told.items()}
        assert hint in said["c1"]
        assert hint not in said["c2"]
        kept = {name: value for name, value in told["c1"].items() if name not in ("looked", "may_be_chance")}
        assert hint not in evidence(kept, lang, lambda value, unit: f"{value} {unit}"), "kept before this was told"
