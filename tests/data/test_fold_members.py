"""Whom the fold takes for whom, and what money it sees: a few rows, worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from data import truth
from data.aliases import accept_alias
from data.fold import fold
from data.settings import settings
from data.store import Store
from tests.data.written import ALWAYS, FOR_EVER, d, one, rows, sent


def test_references_resolve_by_id_then_by_a_name_that_one_has(store: Store) -> None:
    people = ({"rep_id": "7", "rep": "Li Wei"}, {"rep_id": "8", "rep": "Ann"})
    facts = (
        {"deal_id": "1", "rep_id": "7", "rep": "Somebody"},
        {"deal_id": "2", "rep_id": None, "rep": "Li Wei"},
        {"deal_id": "3", "rep_id": None, "rep": "Nobody"},
        {"deal_id": "4", "rep_id": None, "rep": None},
    )
    truth.load(store, [sent("reps", *people), sent("deals", *facts, as_of="01-05")])
    named = "select deal_id, rep, is_implied from crm.deals left join crm.reps using (rep_key) order by 1"
    assert rows(store, named) == [
        ("1", "Li Wei", False),
        ("2", "Li Wei", False),
        ("3", "Nobody", True),
        ("4", None, None),
    ]


def test_a_name_that_two_have_is_ambiguous_and_both_show_their_ids(store: Store) -> None:
    people = ({"rep_id": "1007", "rep": "Li Wei"}, {"rep_id": "1012", "rep": "Li Wei"})
    truth.load(
        store, [sent("reps", *people), sent("deals", {"deal_id": "1", "rep": "Li Wei", "amount": 5}, as_of="01-05")]
    )
    assert rows(store, "select rep from crm.reps order by 1") == [
        ("Li Wei (1007)",),
        ("Li Wei (1012)",),
        ("ambiguous: Li Wei",),
    ]
    assert one(store, "select rep from crm.deals join crm.reps using (rep_key)") == "ambiguous: Li Wei"
    with store.snapshot() as seen:
        found = [(item.code, item.subject, item.rows, item.money) for item in truth.problems(seen)]
    assert ("ambiguous", "ambiguous: Li Wei", 1, Decimal(5)) in found


def test_rows_that_were_there_follow_when_a_name_becomes_ambiguous_or_clear(store: Store) -> None:
    truth.load(store, [sent("activities", {"activity_id": "a", "rep": "Li Wei"}, as_of="01-05")])
    made = truth.load(store, [sent("reps", {"rep_id": "1", "rep": "Li Wei"}, {"rep_id": "2", "rep": "Li Wei"})])
    named = "select rep from crm.activities join crm.reps using (rep_key)"
    assert one(store, named) == "ambiguous: Li Wei"
    truth.undo(store, made[0].id)
    assert one(store, named) == "Li Wei"


def test_a_merged_customer_stands_for_the_one_it_was_merged_into(store: Store) -> None:
    accounts = ({"customer_id": "1", "customer": "Old", "merged_into": "2"}, {"customer_id": "2", "customer": "New"})
    truth.load(
        store, [sent("customers", *accounts), sent("deals", {"deal_id": "1", "customer_id": "1"}, as_of="01-05")]
    )
    assert rows(store, "select customer from crm.deals join crm.customers using (customer_key)") == [("New",)]
    assert one(store, "select count(*) from crm.customers") == 1


def test_a_merged_customer_to_whom_nothing_refers_is_none_and_its_name_is_the_others(store: Store) -> None:
    truth.load(
        store, [sent("customers", {"customer_id": "1", "customer": "Old"}, {"customer_id": "2", "customer": "New"})]
    )
    truth.load(store, [sent("customers", {"customer_id": "1", "merged_into": "2"}, as_of="01-12")])
    assert rows(store, "select customer, customer_id from crm.customers") == [("New", "2")]
    truth.load(store, [sent("deals", {"deal_id": "1", "customer": "Old"}, as_of="01-19")])
    assert rows(store, "select customer from crm.deals join crm.customers using (customer_key)") == [("New",)]


def test_teams_are_those_of_the_day_and_regions_follow_the_owner(store: Store) -> None:
    truth.load(store, [sent("reps", {"rep_id": "1", "rep": "Ann", "team": "North", "region": "R"}, as_of="01-01")])
    truth.load(store, [sent("reps", {"rep_id": "1", "rep": "Ann", "team": "South", "region": "R"}, as_of="02-01")])
    deals = [
        {"deal_id": "1", "rep_id": "1", "status": "won", "closed_on": d("01-15")},
        {"deal_id": "2", "rep_id": "1", "status": "won", "closed_on": d("02-15")},
        {"deal_id": "3", "rep_id": "1", "status": "open", "closed_on": None},
    ]
    truth.load(store, [sent("deals", *deals, as_of="03-01")])
    assert rows(store, "select team, region from crm.deals order by deal_id") == [
        ("North", "R"),
        ("South", "R"),
        ("South", "R"),
    ]
    assert rows(store, "select team, from_on, to_on from crm.rep_teams order by 2") == [
        ("North", ALWAYS, d("02-01")),
        ("South", d("02-01"), FOR_EVER),
    ]
    assert rows(store, "select team from crm.teams order by 1") == [("North",), ("South",)]


@pytest.fixture
def cny(monkeypatch: pytest.MonkeyPatch):
    """A company that says that it reports in CNY."""
    monkeypatch.setenv("SALES_CURRENCY", "CNY")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_without_a_setting_the_currency_that_is_named_first_is_reported_and_never_flips(store: Store) -> None:
    def of(currency: str | None, *ids: str) -> truth.Load:
        made = [
            {"deal_id": id_, "amount": 100, "currency": currency, "status": "won", "closed_on": d("01-15")}
            for id_ in ids
        ]
        return sent("deals", *made, as_of="01-20")

    truth.load(store, [of(None, "1")])
    with store.snapshot() as seen:
        assert seen.currency is None
    few = truth.load(store, [of("EUR", "2", "3")])[0]
    with store.snapshot() as seen:
        assert seen.currency == "EUR"
    truth.load(store, [of("USD", "4", "5", "6")])
    amounts = "select deal_id, amount from crm.deals order by deal_id"
    hundred = Decimal(100)
    settled = [*((id_, hundred) for id_ in "123"), ("4", None), ("5", None), ("6", None)]
    assert rows(store, amounts) == settled, "more dollars do not make it a company of dollars"
    truth.undo(store, few.id)
    assert rows(store, amounts) == [("1", hundred), *((id_, hundred) for id_ in "456")]
    with store.snapshot() as seen:
        assert seen.currency == "USD"
    truth.redo(store, few.id)
    assert rows(store, amounts) == settled, "taking back and giving again is nothing"


def test_rates_name_the_currencies_of_others(store: Store) -> None:
    truth.load(store, [sent("fx_rates", {"currency": "EUR", "from_on": d("01-01"), "rate": 7.0})])
    with store.snapshot() as seen:
        assert seen.currency is None


def test_money_is_brought_into_the_reporting_currency_by_the_rate_of_its_day(store: Store, cny: None) -> None:
    rates = [
        {"currency": "EUR", "from_on": d("01-01"), "rate": 7.0},
        {"currency": "EUR", "from_on": d("02-01"), "rate": 8.0},
    ]
    load = sent("fx_rates", *rates)
    load = load.model_copy(update={"rows": load.rows.with_columns(key=pl.Series(["a", "b"]))})
    deals = [
        {"deal_id": "1", "amount": 100, "currency": "EUR", "status": "won", "closed_on": d("01-15")},
        {"deal_id": "2", "amount": 100, "currency": "EUR", "status": "open", "closed_on": None},
        {"deal_id": "3", "amount": 100, "currency": "CNY", "status": "open", "closed_on": None},
        {"deal_id": "4", "amount": 100, "currency": "USD", "status": "open", "closed_on": None},
    ]
    truth.load(store, [load, sent("deals", *deals, as_of="01-20")])
    truth.load(store, [sent("deals", *deals, as_of="02-20")])
    assert rows(store, "select amount, amount_original from crm.deals order by deal_id") == [
        (Decimal(700), Decimal(100)),
        (Decimal(800), Decimal(100)),  # open: the day it was seen last
        (Decimal(100), Decimal(100)),
        (None, Decimal(100)),  # no rate is known
    ]
    open_then = """select amount from crm.deal_versions
        where deal_id = '2' and seen_from <= '2026-01-25' and '2026-01-25' < seen_to"""
    assert rows(store, open_then) == [(Decimal(700),)]
    with store.snapshot() as seen:
        assert [(item.code, item.subject) for item in truth.problems(seen)] == [("no_rate", "USD")]


def test_names_and_keys_of_members_are_unique(store: Store) -> None:
    odd = [
        {"customer_id": "1", "customer": "X (2)"},
        {"customer_id": "2", "customer": "X"},
        {"customer_id": "3", "customer": "X"},
    ]
    truth.load(store, [sent("customers", *odd)])
    counted = "select count(*), count(distinct customer), count(distinct customer_key) from crm.customers"
    assert rows(store, counted) == [(3, 3, 3)]


RATES = {"01-01": 8.0, "02-01": 7.0}


def test_only_what_a_rate_or_a_move_changes_begins_anew_and_the_short_way_agrees(store: Store, cny: None) -> None:
    """Three deals seen three times as they were: a foreign one, one of a person who moved, and one of neither."""
    rates = sent("fx_rates", *({"currency": "EUR", "from_on": d(on), "rate": rate} for on, rate in RATES.items()))
    truth.load(
        store,
        [
            sent("reps", {"rep_id": "1", "rep": "Ann", "team": "North"}, {"rep_id": "2", "rep": "Bo", "team": "North"}),
            rates.model_copy(update={"rows": rates.rows.with_columns(key=pl.Series(list(RATES)))}),
            sent("reps", {"rep_id": "1", "rep": "Ann", "team": "South"}, as_of="02-10"),
        ],
    )
    deals = [
        {"deal_id": "foreign", "amount": 100, "currency": "EUR", "status": "open", "rep": "Bo"},
        {"deal_id": "moved", "amount": 100, "currency": "CNY", "status": "open", "rep": "Ann"},
        {"deal_id": "neither", "amount": 100, "currency": "CNY", "status": "open", "rep": "Bo"},
    ]
    for day in ("01-20", "02-05", "02-20"):
        truth.load(store, [sent("deals", *deals, as_of=day, is_full=True)])
    told = "select deal_id, amount, team, seen_from from crm.deal_versions where not is_reconstructed order by all"
    expected = [
        ("foreign", Decimal(700), "North", d("02-05")),
        ("foreign", Decimal(800), "North", d("01-20")),
        ("moved", Decimal(100), "North", d("01-20")),
        ("moved", Decimal(100), "South", d("02-20")),
        ("neither", Decimal(100), "North", d("01-20")),
    ]
    assert rows(store, told) == expected
    with store.writing() as cursor:
        assert cursor.execute("select count(*) from fold.deal_versions where deal_id = 'neither'").fetchall() == [(0,)]
        fold(cursor)
    assert rows(store, told) == expected
    accept_alias(store, "rep", "Bo", "Ann")  # now rows called Bo are Ann's, who moved: nobody's name tells any more
    teams = "select team, seen_from from crm.deal_versions where deal_id = 'neither' order by seen_from"
    assert rows(store, teams) == [("North", d("01-20")), ("South", d("02-20"))]


def test_what_was_written_under_a_former_name_stays_with_who_is_called_otherwise_now(store: Store) -> None:
    ann = {"rep_id": "1", "rep": "Ann", "team": "North"}
    won = {"deal_id": "1", "rep": "Ann", "status": "won", "closed_on": d("01-02")}
    truth.load(store, [sent("reps", ann, as_of="01-01"), sent("deals", won, as_of="01-05")])
    truth.load(store, [sent("reps", {"rep_id": "1", "rep": "Anna", "team": "South"}, as_of="01-12")])
    named = "select rep, rep_id, deals.team from crm.deals join crm.reps using (rep_key)"
    assert rows(store, named) == [("Anna", "1", "North")], "and it was won in the team of that day"
    assert one(store, "select count(*) from crm.reps") == 1
    other = truth.load(store, [sent("reps", {"rep_id": "2", "rep": "Ann", "team": "West"}, as_of="01-19")])
    assert rows(store, named) == [("Ann", "2", "West")], "somebody is called so now: the name is that person's"
    truth.undo(store, other[0].id)
    truth.load(store, [sent("reps", {"rep_id": None, "rep": "Ann", "team": "East"}, as_of="01-26")])
    assert rows(store, named) == [("Ann", None, "East")], "and so it is where only the name is listed"


def test_a_former_name_that_two_had_is_nobodys(store: Store) -> None:
    two = ({"customer_id": "1", "customer": "Old"}, {"customer_id": "2", "customer": "Old"})
    truth.load(store, [sent("customers", *two), sent("deals", {"deal_id": "1", "customer": "Old"}, as_of="01-05")])
    now = ({"customer_id": "1", "customer": "A"}, {"customer_id": "2", "customer": "B"})
    truth.load(store, [sent("customers", *now, as_of="01-12")])
    named = "select customer, customer_id from crm.deals join crm.customers using (customer_key)"
    assert rows(store, named) == [("Old", None)]


def test_a_product_is_not_called_by_what_a_warehouse_noted_without_money(store: Store) -> None:
    def lines(day: str, *said: tuple[str, str, int]) -> None:
        made = [{"order_id": order, "product_id": "p1", "product": name, "amount": amount}
                for order, name, amount in said]  # fmt: skip
        truth.load(store, [sent("order_lines", *made, as_of=day)])

    called = "select product from crm.products"
    lines("01-05", ("1", "Rabbit light", 9), ("2", "Rabbit light", 8), ("3", "website fixed", 0))
    assert rows(store, called) == [("Rabbit light",)]
    lines("01-12", ("4", "zz mailout", 0))  # later, and alone in its upload: still no name
    assert rows(store, called) == [("Rabbit light",)]
    lines("01-19", ("5", "Rabbit lamp", 9), ("6", "Rabbit lamp", 9), ("7", "rabbit lamp old", 9))
    assert rows(store, called) == [("Rabbit lamp",)], "of two that came at once the one of most lines"
    lines("01-26", ("8", "Moon lamp", 9))
    assert rows(store, called) == [("Moon lamp",)], "a product that is called otherwise from now on"
    with store.writing() as cursor:
        fold(cursor)
    assert rows(store, called) == [("Moon lamp",)]


def test_who_is_known_by_id_alone_is_called_by_the_latest_name(store: Store) -> None:
    def deals(day: str, *said: tuple[str, str]) -> None:
        made = [{"deal_id": deal, "rep_id": "u1", "rep": name} for deal, name in said]
        truth.load(store, [sent("deals", *made, as_of=day)])

    called = "select rep from crm.reps"
    deals("01-05", ("1", "Young"), ("2", "Young"))
    deals("01-12", ("2", "Adams"))
    assert rows(store, called) == [("Adams",)]
    deals("01-19", ("1", "Young"))  # as the store has it already: nothing in the deal is new but the day
    assert rows(store, called) == [("Young",)]
    deals("01-26", ("1", "Young"), ("2", "Adams"))
    assert rows(store, called) == [("Adams",)], "of two on one day the one that came later"
    deals("01-01", ("3", "Zorn"))  # older, though loaded last
    assert rows(store, called) == [("Adams",)]
    with store.writing() as cursor:
        fold(cursor)
    assert rows(store, called) == [("Adams",)]
    truth.load(store, [sent("activities", {"activity_id": "a", "rep": "Zorn"}, as_of="01-26")])
    assert one(store, "select rep from crm.activities join crm.reps using (rep_key)") == "Adams"
