"""What the fold makes of a few rows, worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data import truth
from data.settings import settings
from data.store import Store, open_store
from data.tables import SQL_TYPES, tables

TYPES = {
    "varchar": pl.String, "date": pl.Date, "timestamp": pl.Datetime, "decimal(18,4)": pl.Decimal(18, 4),
    "double": pl.Float64, "integer": pl.Int32, "boolean": pl.Boolean,
}  # fmt: skip
FOR_EVER, ALWAYS = date(9999, 12, 31), date(1, 1, 1)


@pytest.fixture
def store(tmp_path: Path):
    opened = open_store(tmp_path / "company.duckdb")
    yield opened
    opened.close()


def d(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def sent(table: str, *rows: dict[str, Any], as_of: str | None = None, **more: Any) -> truth.Load:
    """A load of rows; the key is the first field of the row. A field no row names is not carried."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    schema = {name: TYPES[SQL_TYPES[tables()[table].fields[name]]] for name in names}
    frame = pl.DataFrame([{name: row.get(name) for name in names} for row in rows], schema=schema, strict=False)
    keys = pl.Series("key", [str(next(iter(row.values()))) for row in rows], dtype=pl.String)
    given = {"profile": "p", "file": f"{table}.csv"} | more
    return truth.Load(table=table, rows=frame.with_columns(keys), as_of=d(as_of) if as_of else None, **given)


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.snapshot() as seen:
        return seen.frame(sql).rows()


def one(store: Store, sql: str) -> Any:
    return rows(store, sql)[0][0]


VERSIONS = "select stage, seen_from, seen_to from crm.deal_versions where not is_reconstructed order by seen_from"


# ------------------------------------------------------------------------------------------------------ through time


def test_equal_sightings_are_one_version_and_a_change_starts_another(store: Store) -> None:
    for day, stage in (("01-05", "A"), ("01-12", "A"), ("01-19", "B")):
        truth.load(store, [sent("deals", {"deal_id": "1", "stage": stage}, as_of=day)])
    assert rows(store, VERSIONS) == [("A", d("01-05"), d("01-19")), ("B", d("01-19"), FOR_EVER)]
    assert rows(store, "select stage, entered_on, left_on from crm.deal_stages order by stage") == [
        ("A", None, d("01-19")),  # it was there already when first seen
        ("B", d("01-19"), None),
    ]
    assert one(store, "select stage_since from crm.deals") == d("01-19")


def test_an_older_export_loaded_later_falls_into_its_place(store: Store) -> None:
    for day, stage in (("01-05", "A"), ("01-19", "C"), ("01-12", "B")):
        truth.load(store, [sent("deals", {"deal_id": "1", "stage": stage}, as_of=day)])
    assert [stage for stage, *_ in rows(store, VERSIONS)] == ["A", "B", "C"]
    assert one(store, "select stage from crm.deals") == "C"


def test_a_column_that_is_absent_leaves_the_value_and_a_blank_clears_it(store: Store) -> None:
    truth.load(store, [sent("deals", {"deal_id": "1", "source": "web", "stage": "A"}, as_of="01-05")])
    truth.load(store, [sent("deals", {"deal_id": "1", "stage": "B"}, as_of="01-12")])
    assert rows(store, "select source, stage from crm.deals") == [("web", "B")]
    truth.load(store, [sent("deals", {"deal_id": "1", "source": None, "stage": "B"}, as_of="01-19")])
    assert rows(store, "select source, stage from crm.deals") == [(None, "B")]


def test_a_full_export_ends_what_it_lacks_until_it_is_seen_again(store: Store) -> None:
    both = ({"deal_id": "1", "stage": "A"}, {"deal_id": "2", "stage": "A"})
    truth.load(store, [sent("deals", *both, as_of="01-05", is_full=True)])
    truth.load(store, [sent("deals", both[0], as_of="01-12", is_full=True)])
    assert rows(store, "select deal_id, is_gone, gone_on from crm.deals order by all") == [
        ("1", False, None),
        ("2", True, d("01-12")),
    ]
    truth.load(store, [sent("deals", *both, as_of="01-19", is_full=True)])
    assert one(store, "select is_gone from crm.deals where deal_id = '2'") is False
    spans = "select seen_from, seen_to from crm.deal_versions where deal_id = '2' order by all"
    assert rows(store, spans) == [(d("01-05"), d("01-12")), (d("01-19"), FOR_EVER)]


@pytest.mark.parametrize("more", [{"is_full": False}, {"is_full": None}, {"is_full": True, "profile": "other"}])
def test_a_part_or_another_profile_ends_nothing(store: Store, more: dict[str, Any]) -> None:
    truth.load(store, [sent("deals", {"deal_id": "1"}, {"deal_id": "2"}, as_of="01-05", is_full=True)])
    truth.load(store, [sent("deals", {"deal_id": "1"}, as_of="01-12", **more)])
    assert one(store, "select count(*) from crm.deals where is_gone") == 0


def test_deleted_and_merged_deals_end_but_stay_counted(store: Store) -> None:
    truth.load(store, [sent("deals", {"deal_id": "1", "status": "won"}, {"deal_id": "2"}, as_of="01-05")])
    ended = ({"deal_id": "1", "is_deleted": True}, {"deal_id": "2", "merged_into": "1"})
    truth.load(store, [sent("deals", *ended, as_of="01-12")])
    assert rows(store, "select deal_id, status, gone_on from crm.deals order by all") == [
        ("1", "won", d("01-12")),
        ("2", "open", d("01-12")),
    ]
    assert one(store, "select max(seen_to) from crm.deal_versions") == d("01-12")


def test_states_before_the_first_upload_are_rebuilt_from_dates(store: Store) -> None:
    won = {"deal_id": "1", "status": "won", "stage": "Won", "created_on": d("01-02"), "closed_on": d("01-20")}
    still = {"deal_id": "2", "status": "open", "stage": "A", "created_on": d("01-10"), "closed_on": None}
    later = {"deal_id": "3", "status": "open", "stage": "A", "created_on": d("03-01"), "closed_on": None}
    truth.load(store, [sent("deals", won, still, as_of="02-01")])
    truth.load(store, [sent("deals", later, as_of="03-08")])
    rebuilt = (
        "select deal_id, status, stage, seen_from, seen_to from crm.deal_versions where is_reconstructed order by 1"
    )
    assert rows(store, rebuilt) == [
        ("1", "open", None, d("01-02"), d("01-20")),  # which stage it was in then is not known
        ("2", "open", "A", d("01-10"), d("02-01")),
    ]
    assert one(store, "select cycle_days from crm.deals where deal_id = '1'") == 18


def test_push_count_counts_moves_to_a_later_month(store: Store) -> None:
    for day, close in (
        ("01-05", "01-31"),
        ("01-12", "02-10"),
        ("01-19", "02-20"),
        ("01-26", "01-31"),
        ("02-02", "03-01"),
    ):
        row = {"deal_id": "1", "expected_close_on": d(close)}
        truth.load(store, [sent("deals", row, as_of=day)])
    assert one(store, "select push_count from crm.deals") == 2  # January to February, January to March


def test_closing_days_count_only_while_closed(store: Store) -> None:
    truth.load(store, [sent("deals", {"deal_id": "1", "status": "open", "closed_on": d("01-31")}, as_of="01-05")])
    assert one(store, "select closed_on from crm.deals") is None


def test_imported_history_goes_before_what_versions_show(store: Store) -> None:
    visits = [
        {"deal_id": deal, "stage": stage, "entered_on": d(day)}
        for deal, stage, day in (("1", "A", "01-02"), ("1", "B", "01-09"))
    ]
    load = sent("deal_stages", *visits)
    load = load.model_copy(update={"rows": load.rows.with_columns(key=pl.Series(["1A", "1B"]))})
    first = sent(
        "deals",
        {"deal_id": "1", "stage": "B", "rep": "Ann"},
        {"deal_id": "2", "stage": "A", "rep": "Bo"},
        as_of="01-12",
    )
    truth.load(store, [first, load])
    found = """select deal_id, stage, entered_on, v.left_on, rep
        from crm.deal_stages as v left join crm.reps using (rep_key) order by 1, 2"""
    assert rows(store, found) == [
        ("1", "A", d("01-02"), d("01-09"), "Ann"),
        ("1", "B", d("01-09"), None, "Ann"),
        ("2", "A", None, None, "Bo"),
    ]
    assert rows(store, "select stage_since from crm.deals order by deal_id") == [(d("01-09"),), (None,)]


@pytest.mark.parametrize("order", [1, -1])
def test_rows_of_one_deal_seen_on_one_day_pass_it_on_in_the_order_of_uploads_and_keys(store: Store, order: int) -> None:
    first = [{"deal": "k1", "deal_id": "D", "stage": "Lead"}, {"deal": "k2", "deal_id": "D", "stage": "Offer"}]
    second = {"deal": "k0", "deal_id": "D", "stage": "Won"}
    third = {"deal": "k1", "deal_id": "D", "stage": "Demo"}
    truth.load(store, [sent("deals", *first[::order], as_of="01-05"), sent("deals", second, as_of="01-05")])
    truth.load(store, [sent("deals", third, as_of="01-12")])
    visits = "select stage, entered_on, left_on from crm.deal_stages order by all"
    assert rows(store, visits) == [
        ("Demo", d("01-12"), None),
        ("Lead", None, d("01-05")),
        ("Offer", d("01-05"), d("01-05")),
        ("Won", d("01-05"), d("01-12")),
    ]
    shown = "select deal, stage, stage_since from crm.deals order by all"  # the rows that the newest upload lacks stay
    assert rows(store, shown) == [
        ("k0", "Won", d("01-05")),
        ("k1", "Demo", d("01-12")),
        ("k2", "Offer", d("01-05")),
    ]


# --------------------------------------------------------------------------------------------------- members and money


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


def test_without_a_setting_the_currency_that_most_rows_name_is_reported(store: Store) -> None:
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
    no_rate = [("1", Decimal(100)), ("2", None), ("3", None), *((id_, Decimal(100)) for id_ in "456")]
    assert rows(store, amounts) == no_rate
    truth.undo(store, few.id)
    assert rows(store, amounts) == [no_rate[0], *no_rate[3:]]
    with store.snapshot() as seen:
        assert seen.currency == "USD"


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


# ---------------------------------------------------------------------------------------------------------- lifetimes


def test_orders_are_numbered_over_all_history_without_returns(store: Store) -> None:
    lines = [
        {"order_id": order, "line_no": line, "ordered_on": d(day), "customer": "X", "amount": amount}
        for order, line, day, amount in (
            ("o2", 1, "02-01", 5),
            ("o1", 1, "01-01", 5),
            ("o1", 2, "01-01", 7),
            ("r", 1, "01-15", -5),
        )
    ]
    load = sent("order_lines", *lines)
    load = load.model_copy(update={"rows": load.rows.with_columns(key=pl.Series(list("abcd")))})
    won = {"deal_id": "1", "customer": "X", "status": "won", "closed_on": d("01-20")}
    truth.load(store, [load, sent("deals", won, as_of="02-01")])
    assert rows(
        store, "select order_id, order_no, previous_on, is_return from crm.order_lines order by 1, line_no"
    ) == [
        ("o1", 1, None, False),
        ("o1", 1, None, False),
        ("o2", 2, d("01-01"), False),
        ("r", None, None, True),
    ]
    assert rows(store, "select first_order_on, first_won_on from crm.customers") == [(d("01-01"), d("01-20"))]


def test_invoices_know_what_was_paid_and_when_it_was_enough(store: Store) -> None:
    invoices = [{"invoice_id": "i", "amount": 100}, {"invoice_id": "j", "amount": 50}]
    payments = [
        {"payment_id": "1", "invoice_id": "i", "amount": 60, "paid_on": d("01-10")},
        {"payment_id": "2", "invoice_id": "i", "amount": 40, "paid_on": d("01-20")},
        {"payment_id": "3", "invoice_id": "j", "amount": 10, "paid_on": d("01-20")},
    ]
    truth.load(store, [sent("invoices", *invoices)])
    truth.load(store, [sent("payments", *payments)])
    assert rows(store, "select invoice_id, paid, paid_on from crm.invoices order by 1") == [
        ("i", Decimal(100), d("01-20")),
        ("j", Decimal(10), None),
    ]


def test_lines_of_deals_have_the_owner_of_the_deal(store: Store) -> None:
    line = {"deal_id": "1", "line_no": 1, "product": "P", "amount": 5}
    truth.load(store, [sent("deal_lines", line), sent("deals", {"deal_id": "1", "rep": "Ann"}, as_of="01-05")])
    assert rows(
        store,
        "select rep, product, amount from crm.deal_lines"
        " join crm.reps using (rep_key) join crm.products using (product_key)",
    ) == [("Ann", "P", Decimal(5))]


def test_stages_nobody_described_are_listed_open_ones_first(store: Store) -> None:
    truth.load(store, [sent("stages", {"stage": "Offer", "position": 3, "status": "open", "label_zh": "报价"})])
    deals = [
        {"deal_id": "1", "stage": "Won", "status": "won", "probability": 1.0},
        {"deal_id": "2", "stage": "Offer", "status": "open", "probability": 0.5},
        {"deal_id": "3", "stage": "Late", "status": "open", "probability": 0.8},
        {"deal_id": "4", "stage": "Early", "status": "open", "probability": 0.1},
    ]
    truth.load(store, [sent("deals", *deals, as_of="01-05")])
    assert rows(store, "select stage, position, label_zh from crm.stages order by position") == [
        ("Offer", 3, "报价"),
        ("Early", 4, "Early"),
        ("Late", 5, "Late"),
        ("Won", 6, "Won"),
    ]


def test_names_and_keys_of_members_are_unique(store: Store) -> None:
    odd = [
        {"customer_id": "1", "customer": "X (2)"},
        {"customer_id": "2", "customer": "X"},
        {"customer_id": "3", "customer": "X"},
    ]
    truth.load(store, [sent("customers", *odd)])
    counted = "select count(*), count(distinct customer), count(distinct customer_key) from crm.customers"
    assert rows(store, counted) == [(3, 3, 3)]
