"""Shared deals and customers: who sees a part is told of the part credited to their people, on every page the same."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from data.shares import write_shares
from metrics import rfm
from metrics.customer_signals import levels_of, signals
from metrics.cuts import breakdown
from metrics.overdue import overdue
from metrics.told_in_part import overdue_to
from metrics.viewer import EVERYTHING, Viewer
from tests.metrics.accounts import DAY, PEOPLE, customer, every, of_signal
from tests.metrics.conftest import answered, view

GONE = DAY - timedelta(days=60)
ANN = Viewer(email="a@x.example", scope="rep", rep_keys=(1,))
LEAD = Viewer(email="l@x.example", scope="teams", teams=("North",), rep_keys=(1, 3))
BOB = Viewer(email="b@x.example", scope="rep", rep_keys=(2,))
CREDITED = """
select c.customer, sum(d.amount * s.part), count(*)
from crm.deals as d
join crm.customers as c using (customer_key)
join (
    select deal_id, rep_key, share as part from crm.deal_owners
    union all
    select o.deal_id, d.rep_key, 1 - sum(o.share)
    from crm.deal_owners as o join crm.deals as d using (deal_id)
    group by o.deal_id, d.rep_key
) as s on s.deal_id = d.deal_id
where list_contains(?, s.rep_key) and date_diff('day', d.closed_on, ?) < 365
group by c.customer
"""
"""What people brought in the year up to a day, by hand: the owner has what the others' shares leave."""


@pytest.fixture
def db(empty: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Ann's accounts c1 and c2 and Bob's c3: of c1 Ann has won all with Bob and Cat, of the others Bob, with Ann."""
    empty.execute(PEOPLE)
    empty.execute("insert into crm.reps (rep_key, rep, team, is_implied) values (3, 'Cat', 'North', false)")
    for key, owner in ((1, 1), (2, 1), (3, 2)):
        customer(empty, key, "Key", owner)
    _won(empty, 1, every(14, GONE), 1, (2, 0.3), (3, 0.2))
    _won(empty, 2, every(14, GONE), 2, (1, 0.4))
    _won(empty, 3, every(14, GONE), 2, (1, 0.25))
    write_shares(empty)
    return empty


def _won(
    db: duckdb.DuckDBPyConnection, key: int, days: list[date], rep: int, *shares: tuple[int, float], amount: float = 100
) -> None:
    team = "South" if rep == 2 else "North"
    for day in days:
        deal = f"{key}-{rep}-{day}"
        db.execute(
            "insert into crm.deals"
            " (deal_id, customer_key, rep_key, team, status, closed_on, amount, push_count, is_gone)"
            " values (?, ?, ?, ?, 'won', ?, ?, 0, false)",
            [deal, key, rep, team, day, amount],
        )
        for person, share in shares:
            db.execute("insert into crm.deal_owners values (?, ?, ?, null)", [deal, person, share])


@pytest.mark.parametrize("viewer", [ANN, LEAD, BOB], ids=["rep", "lead", "other"])
def test_at_stake_is_what_is_credited(db: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    """The same as their won amount of the customer, as SQL by hand says, and what the rows behind it add up to."""
    hand = db.execute(CREDITED, [list(viewer.rep_keys), GONE]).fetchall()
    expected = {name: pytest.approx(float(amount)) for name, amount, _ in hand}
    year = view().with_period(from_on=GONE - timedelta(days=364), to_on=GONE)
    won = answered(db, breakdown("won_amount", "customer", year), viewer).frame
    assert dict(won.iter_rows()) == expected
    asked = overdue_to(viewer, view(), "won_amount")
    late = answered(db, asked, viewer).frame
    assert {name: float(amount) for name, amount in late.select("customer", "at_stake").iter_rows()} == expected
    for name, amount in expected.items():
        rows = answered(db, asked.rows("at_stake", customer=name), viewer).frame
        assert float(rows["amount"].sum()) == amount
        assert set(rows["customer"]) == {name}
        assert set(rows["deal_amount"]) == {100}, "a share opens the deal's whole amount"
    silent = of_signal(answered(db, signals(view(), levels_of(viewer)), viewer), "silent")
    assert {row["customer"]: row["amount"] for row in silent} == {
        name: expected[name] for name in (("c3",) if viewer is BOB else ("c1", "c2"))
    }, "of accounts of their own"


def test_who_sees_all_is_told_of_whole_deals(db: duckdb.DuckDBPyConnection) -> None:
    for seen in (view(), view().with_filter("rep", "Ann")):
        late = answered(db, overdue(seen, "won_amount")).frame
        assert set(late["at_stake"]) == {2700}


@pytest.mark.parametrize("viewer", [ANN, LEAD, BOB, EVERYTHING], ids=["rep", "lead", "other", "all"])
def test_a_deal_shared_within_a_team_is_one_purchase(db: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    for key in range(4, 8):
        customer(db, key)
        _won(db, key, every(30 * key, GONE), 1, (2, 0.5))
    write_shares(db)
    spanned = rfm.spanned(view())
    found = answered(db, rfm.segments("won_amount", spanned), viewer).frame
    won = answered(db, breakdown("won_amount", "customer", spanned), viewer).frame
    assert found.filter(place="others").is_empty()
    assert float(found["amount"].sum()) == pytest.approx(won["won_amount"].sum())
    deals = db.execute("select count(*) from crm.deals where closed_on > ?", [spanned.from_on]).fetchone()
    assert deals == (found["purchases"].sum(),), "each has a share in all"


def test_a_team_has_what_is_credited_to_it_of_a_customer_that_brings_much(db: duckdb.DuckDBPyConnection) -> None:
    """Of c1's weeks of 1,000 all are Ann's deals, of which Bob has nine tenths."""
    db.execute("delete from crm.deals")
    db.execute("delete from crm.deal_owners")
    for key in range(1, 8):
        if key > 3:
            customer(db, key)
        _won(db, key, every(7, DAY, 360), 1, *([(2, 0.9)] if key == 1 else []), amount=1_000 if key == 1 else 100)
        _won(db, key, every(7, DAY, 360), 2, amount=50)
    write_shares(db)
    told = of_signal(answered(db, signals(view())), "concentration")
    shares = {row["member"]: row["share"] for row in told if row["reason"] == "concentration_team"}
    assert shares == {"South": pytest.approx(950 / 1_250)}, "of North's 700 a week c1 brings 100, as every customer"
    mine = of_signal(answered(db, signals(view(), levels_of(BOB)), BOB), "concentration")
    assert mine == [], "not an account of his"
