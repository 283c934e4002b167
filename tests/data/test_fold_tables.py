"""What the fold adds to orders, invoices, lines and stages: a few rows, worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from data import truth
from data.store import Store
from tests.data.written import d, rows, sent


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
