"""Key accounts that fall silent: who is one, by orders and by deals, and what counts as beyond chance among them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import duckdb
import numpy as np
import polars as pl
import pytest

from data.review import alert_words
from metrics import overdue as overdue_of
from metrics.customer_signals import levels_of, signals
from metrics.customer_silence import weights
from metrics.customer_words import evidence
from metrics.overdue import overdue
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.accounts import DAY, PEOPLE, customer, every, of_signal, orders
from tests.metrics.conftest import answered, view


@pytest.fixture
def db(empty: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    empty.execute(PEOPLE)
    return empty


def test_a_silent_key_account(db: duckdb.DuckDBPyConnection) -> None:
    """Both bought every ten days and stopped 60 days ago; only one is a key account by its tier, neither by value."""
    customer(db, 1, "重点")
    customer(db, 2, "B")
    customer(db, 3)
    for key in (1, 2):
        orders(db, key, every(10, DAY - timedelta(days=60)), 10)
    orders(db, 3, every(10, DAY), 10_000)
    result = answered(db, signals(view()))
    (found,) = of_signal(result, "silent")
    assert (found["customer"], found["days"], found["usual"], found["key_by"]) == ("c1", 60, 10, "tier")
    assert (found["since"], found["rep"]) == (DAY - timedelta(days=60), "Ann")
    assert found["amount"] == 37 * 10, "37 orders lie in the year up to the last one"
    assert dict(result.notes[0].params) == {"count": 2, "tier": 1}, "c3 is class A"
    rows = answered(db, signals(view()).rows(signal="silent", customer="c1")).frame
    assert set(rows["customer"]) == {"c1"}


def test_whoever_bought_much_once_is_no_key_account(db: duckdb.DuckDBPyConnection) -> None:
    customer(db, 1)
    orders(db, 1, every(10, DAY - timedelta(days=100), 200), 1_000)
    result = answered(db, signals(view()))
    assert of_signal(result, "silent") == []
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
    customer(db, 1, "key")
    for n, day in enumerate(every(15, DAY - timedelta(days=90))):
        db.execute(
            "insert into crm.deals (deal_id, rep_key, customer_key, status, amount, closed_on, push_count, is_gone)"
            " values ($id, 1, 1, 'won', 10, $day, 0, false)", {"id": f"d{n}", "day": day}
        )  # fmt: skip
    (found,) = of_signal(answered(db, signals(view())), "silent")
    assert (found["reason"], found["days"]) == ("silent_won", 90)


def test_who_is_silent_is_so_among_key_accounts_too(db: duckdb.DuckDBPyConnection) -> None:
    """All buy at odd times. Of 40 key accounts c1 is late, c2 gone; that many small ones are gone makes c1 overdue."""
    drawn = np.random.default_rng(11)
    days = {}
    for key in range(1, 61):
        customer(db, key, "重点" if key <= 40 else None)
        silence = {1: 60, 2: 300}.get(key, 1 if key <= 40 else 300)
        days[key] = [DAY - timedelta(days=int(silence + at)) for at in (0, *drawn.integers(1, 30, 25).cumsum())]
        orders(db, key, days[key], 100 if key <= 40 else 1)
    late = answered(db, overdue(view())).frame
    assert {"c1", "c2"} < set(late["customer"])
    (found,) = of_signal(answered(db, signals(view())), "silent")
    assert (found["customer"], found["looked"]) == ("c2", 40)
    for lang, words in (("en", "beyond chance among all 40 key accounts"), ("zh-CN", "40")):
        assert words in evidence(found, lang, lambda value, unit: f"{value or 0:.0f}{unit[:0]}")
        kept = {**found, "may_be_chance": True}
        assert words not in evidence(kept, lang, lambda value, unit: f"{value or 0:.0f}{unit[:0]}"), (
            "a hint of former times"
        )
    orders(db, 1, days[1][2:], 2_000)  # the same days, much more money
    named = {str(row["customer"]): row for row in of_signal(answered(db, signals(view())), "silent")}
    assert set(named) == {"c1", "c2"}
    of_money = (26 * 100 + 24 * 2_000) / (40 * 26 * 100 + 24 * 2_000)
    chances = sorted((float(str(row["chance"])), name) for name, row in named.items())
    assert float(str(named["c1"]["chance"])) < 2 * 0.05 * of_money, chances
    assert float(str(named["c1"]["chance"])) > 2 * 0.05 / 40, "with equal parts it would not stand"


def test_a_silence_after_a_complaint_is_no_surer_than_its_rhythm(
    db: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All 60 complained. Of c57 to c60, gone for 100 days, it is told; c1, gone for 60, may be late by chance."""
    drawn = np.random.default_rng(11)
    for key in range(1, 61):
        customer(db, key)
        silence = 60 if key == 1 else (1 if key <= 56 else 100)
        bought = [DAY - timedelta(days=int(silence + at)) for at in (0, *drawn.integers(1, 30, 25).cumsum())]
        orders(db, key, bought, 100)
        db.execute(
            "insert into crm.tickets (ticket_id, opened_on, closed_on, customer_key, rep_key, kind)"
            " values ($id, $day, $day, $key, 1, 'Complaint')",
            {"id": f"t{key}", "day": DAY - timedelta(days=max(silence - 1, 50)), "key": key},
        )
    told = {row["customer"] for row in of_signal(answered(db, signals(view())), "complaint")}
    monkeypatch.setattr(overdue_of, "unsure", overdue_of.chance)
    known_for_sure = {row["customer"] for row in of_signal(answered(db, signals(view())), "complaint")}
    assert told == {"c57", "c58", "c59", "c60"}
    assert known_for_sure - told == {"c1"}, "one in 300 by the pauses as they happened to be, one in 190 by this"


@pytest.mark.parametrize("amount", ["null", "0", "-5"])
def test_key_accounts_without_money_can_be_silent(db: duckdb.DuckDBPyConnection, amount: str) -> None:
    """Of five, one has money; the silent one has none on record."""
    for key in range(1, 6):
        customer(db, key, "key")
        orders(db, key, every(10, DAY - timedelta(days=90 if key == 1 else 0)))
    db.execute(f"update crm.order_lines set amount = {amount} where customer_key < 5")
    result = answered(db, signals(view()))
    assert [row["customer"] for row in of_signal(result, "silent")] == ["c1"]
    assert result.notes[0].code == "key_accounts_by_tier", "there are no others to speak of"
    db.execute(f"update crm.order_lines set amount = {amount}")
    assert [row["customer"] for row in of_signal(answered(db, signals(view())), "silent")] == ["c1"], "nobody has any"


def test_sending_back_lifts_no_part(db: duckdb.DuckDBPyConnection) -> None:
    """c1 bought 40 of 4,040 and sends back a half, nearly all, all, and more."""
    for key, amount in ((1, 1), (2, 100)):
        customer(db, key, "key")
        orders(db, key, every(10, DAY, 400), amount)
    parts = []
    for back in (0, 20, 39.99, 40, 50):
        db.execute("delete from crm.order_lines where is_return")
        db.execute(
            "insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, rep_key, amount, is_return)"
            " values ('back', 1, $day, 1, 1, $amount, true)", {"day": DAY, "amount": -back}
        )  # fmt: skip
        keys = answered(db, dict(signals(view()).inner)["keys"]).frame
        parts.append(dict(weights(keys).iter_rows())["c1"])
    assert parts == pytest.approx([2 * 40 / 4_040] * 5)


def test_parts_are_whole_whoever_has_no_money() -> None:
    told = weights(pl.DataFrame({"customer": ["a", "b", "c", "d", "e"], "amount": [30.0, 10.0, None, -5.0, 20.0]}))
    by = dict(told.iter_rows())
    assert by == pytest.approx({"a": 1.5, "b": 0.5, "c": 1.0, "d": 1.0, "e": 1.0}), "30, 10 and 20 share three parts"
    nobody = weights(pl.DataFrame({"customer": ["a", "b"], "amount": [None, None]}, {"customer": str, "amount": float}))
    assert nobody["weight"].to_list() == [1.0, 1.0]


def test_silence_is_told_to_whoever_sees_a_part_as_to_the_register(db: duckdb.DuckDBPyConnection) -> None:
    """c1 and c3 to c5 are Ann's. Bob sells to c1 still; c3 is silent to all, with the money that Ann made there; c4
    bought from Bob alone; after c5 complained it bought from Bob."""
    for key, owner in ((1, 1), (2, 2), (3, 1), (4, 1), (5, 1)):
        customer(db, key, "key" if key < 5 else None, owner)
    gone = DAY - timedelta(days=60)
    for key in (1, 3, 5):
        orders(db, key, every(10, gone), 10, 1)
    for key in (1, 2, 5):
        orders(db, key, every(10, DAY - timedelta(days=3), 50), 1_000, 2)
    orders(db, 3, [gone - timedelta(days=5)], 7_000, 2)
    orders(db, 4, every(10, gone), 900, 2)
    db.execute(
        "insert into crm.tickets (ticket_id, opened_on, closed_on, customer_key, rep_key, kind)"
        " values ('t', $day, $day, 5, 1, 'Complaint')", {"day": gone + timedelta(days=2)}
    )  # fmt: skip
    for viewer in (
        Viewer(email="a@x.example", scope="rep", rep_keys=(1,)),
        Viewer(email="a@x.example", scope="teams", teams=("North",), rep_keys=(1,)),
    ):
        result = answered(db, signals(view(), levels_of(viewer)), viewer)
        silent = {row["customer"]: row for row in of_signal(result, "silent")}
        everybody = {row["customer"] for row in of_signal(answered(db, signals(view())), "silent")}
        assert set(silent) == everybody == {"c3", "c4"}
        assert (silent["c3"]["amount"], silent["c4"]["amount"]) == (370, None), "at c4 Ann sold nothing"
        assert [silent[one]["since"] for one in ("c3", "c4")] == [None, None], "Bob sold to both"
        assert of_signal(result, "complaint") == []
        assert set(result.raw["customer"]) <= {"c1", "c3", "c4", "c5"}, "nobody else's"
        rows = signals(view(), levels_of(viewer)).rows(signal="silent", customer="c3", reason="silent_orders")
        assert answered(db, rows, viewer).frame.get_column("amount").to_list().count(7_000) == 0


def test_days_of_others_sales_are_not_told(db: duckdb.DuckDBPyConnection) -> None:
    """To c1 Ann alone sold; to c2 Bob, too, to c3 on the very days of hers. All are hers, and silent."""
    gone = DAY - timedelta(days=60)
    for key in (1, 2, 3):
        customer(db, key, "key")
        orders(db, key, every(10, gone), 10)
    orders(db, 2, [gone - timedelta(days=5)], 7_000, 2)
    orders(db, 3, [gone], 7_000, 2)
    ann = Viewer(email="a@x.example", scope="rep", rep_keys=(1,))
    told = {row["customer"]: row for row in of_signal(answered(db, signals(view(), levels_of(ann)), ann), "silent")}
    assert [told[one]["days"] for one in ("c1", "c2", "c3")] == [60, None, 60]
    hidden = [told["c2"][name] for name in ("since", "usual", "longest", "count", "chance", "looked")]
    assert (hidden, told["c2"]["amount"]) == ([None] * 6, 370), "at stake is what she made there"
    for lang in ("en", "zh-CN"):
        words = evidence(told["c2"], lang, lambda value, unit: f"{value}{unit}")
        assert words == alert_words.evidence("silent", {}, lang, is_part=True), "as in the register"
    everybody = of_signal(answered(db, signals(view())), "silent")
    assert [row["days"] for row in everybody] == [60, 60, 60]


def test_accounts_of_who_left_the_team_are_not_its_leads(db: duckdb.DuckDBPyConnection) -> None:
    """Bob sold in North once, and is named on the rows of then; his account is not North's."""
    for owner in (1, 2):
        customer(db, owner, "key", owner)
        orders(db, owner, every(10, DAY - timedelta(days=60)), 10)
    lead = Viewer(email="l@x.example", scope="teams", teams=("North",), rep_keys=(1,), named=(2,))
    told = of_signal(answered(db, signals(view(), levels_of(lead)), lead), "silent")
    assert [row["customer"] for row in told] == ["c1"]


def test_a_complaint_stands_where_nobody_is_a_key_account(db: duckdb.DuckDBPyConnection) -> None:
    customer(db, 1)
    orders(db, 1, every(10, DAY - timedelta(days=60), 300), 10)
    db.execute(
        "insert into crm.tickets (ticket_id, opened_on, closed_on, customer_key, rep_key, kind)"
        " values ('t', $day, $day, 1, 1, 'Complaint')", {"day": DAY - timedelta(days=58)}
    )  # fmt: skip
    ann = Viewer(email="a@x.example", scope="rep", rep_keys=(1,))
    for viewer in (EVERYTHING, ann):
        result = answered(db, signals(view(), levels_of(viewer)), viewer)
        assert [row["reason"] for row in of_signal(result, "complaint")] == ["complaint_quiet"]
        assert not {"key_accounts", "key_accounts_by_value"} & {one.code for one in result.notes}
