"""What the fold adds to leads, orders, invoices, lines and stages: a few rows, worked out by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import polars as pl

from data import truth
from data.fold import fold
from data.store import Store
from tests.data.written import d, rows, sent


def at(day: int | None) -> datetime | None:
    return datetime(2026, 1, day, 9, 30) if day else None


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


def test_lines_follow_the_newest_export_of_their_deals_as_in_a_full_fold(store: Store) -> None:
    """Of three deals one changes hands, one comes back into the reporting currency, and one is ended."""
    deals = [
        {"deal_id": "1", "rep": "Ann", "currency": "CNY", "amount": 5},
        {"deal_id": "2", "rep": "Ann", "currency": "USD", "amount": 5},
        {"deal_id": "3", "rep": "Bo", "currency": "USD", "amount": 5},
    ]
    lines = [
        {"deal_id": number, "line_no": at, "product": "P", "amount": at} for number in ("1", "2", "3", "4")
        for at in (1, 2)
    ]  # fmt: skip
    keys = pl.Series("key", [f"{line['deal_id']} {line['line_no']}" for line in lines])
    listed = sent("deal_lines", *lines)
    listed = listed.model_copy(update={"rows": listed.rows.with_columns(keys)})
    rate = {"currency": "USD", "from_on": d("01-01"), "rate": 7.0}
    truth.load(
        store, [sent("fx_rates", rate), listed, sent("deals", *deals, as_of="01-05", is_full=True, currency="CNY")]
    )
    moved = [deals[0] | {"rep": "Cy"}, deals[1] | {"currency": "CNY"}]
    truth.load(store, [sent("deals", *moved, as_of="01-12", is_full=True)])
    asked = "select lines.*, rep from crm.deal_lines as lines left join crm.reps using (rep_key) order by 1, 2"
    found = rows(store, asked)
    assert [(row[0], row[1], int(row[4]), row[-1]) for row in found] == [
        ("1", 1, 1, "Cy"), ("1", 2, 2, "Cy"), ("2", 1, 1, "Ann"), ("2", 2, 2, "Ann"),
        ("3", 1, 7, "Bo"), ("3", 2, 14, "Bo"), ("4", 1, 1, None), ("4", 2, 2, None),
    ]  # fmt: skip
    with store.writing() as cursor:
        fold(cursor)
    assert rows(store, asked) == found


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


def test_leads_know_their_first_activity_in_whatever_order_the_files_came(store: Store) -> None:
    leads = sent("leads", {"lead_id": "a", "created_at": at(1)}, {"lead_id": "b", "created_at": at(1)})
    calls = [
        {"activity_id": name, "lead_id": lead, "deal_id": deal, "kind": "call", "done_at": at(day)}
        for name, lead, deal, day in (
            ("1", "a", None, 9), ("2", "a", "d", 4), ("3", None, "d", 2), ("4", "gone", "d", 4), ("5", "b", None, None)
        )
    ]  # fmt: skip
    first = "select lead_id, first_done_at from crm.leads order by 1"
    days = "select kind, extract(day from done_on), is_of_deal from crm.activity_days order by 2, 3"
    truth.load(store, [leads])
    assert rows(store, first) == [("a", None), ("b", None)]
    truth.load(store, [sent("activities", *calls, as_of="01-10")])
    assert rows(store, first) == [("a", at(4)), ("b", None)]
    assert rows(store, days) == [("call", 2, True), ("call", 4, True), ("call", 9, False)]
    earlier = {"activity_id": "6", "lead_id": "b", "kind": "mail", "done_at": at(3)}
    (upload,) = truth.load(store, [sent("activities", earlier, as_of="01-05")])
    assert rows(store, first) == [("a", at(4)), ("b", at(3))]
    assert ("mail", 3, False) in rows(store, days)
    truth.load(store, [sent("leads", {"lead_id": "a"}, {"lead_id": "b"}, {"lead_id": "c"}, as_of="01-12")])
    assert rows(store, first) == [("a", at(4)), ("b", at(3)), ("c", None)]
    truth.load(store, [sent("activities", {"activity_id": "2", "is_deleted": True}, as_of="01-13")])
    assert rows(store, first)[0] == ("a", at(9))
    truth.undo(store, upload.id)
    assert rows(store, first) == [("a", at(9)), ("b", None), ("c", None)]
    assert rows(store, days) == [("call", 2, True), ("call", 4, True), ("call", 9, False)]


def test_deals_know_what_was_done_for_them_and_how_far_they_came_in_whatever_order_the_files_came(store: Store) -> None:
    kept = "select deal_id, touches, first_done_on, reached_place, reached_on from crm.deals order by 1"
    firsts = "select deal_id, kind, first_on, status, closed_on, gone_on from crm.deal_touches order by 1, 2"
    deals = [
        {"deal_id": "a", "status": "lost", "created_on": d("01-03"), "closed_on": d("01-08")},
        {"deal_id": "b", "status": "open", "created_on": d("01-03"), "closed_on": None},
    ]
    calls = [
        {"activity_id": name, "deal_id": deal, "kind": kind, "done_at": at(day)}
        for name, deal, kind, day in (
            ("1", "a", "call", 2), ("2", "a", "call", 5), ("3", "a", "call", 8), ("4", "a", "visit", 9),
            ("5", "b", "call", 4), ("6", "nobody's", "call", 4), ("7", "b", "mail", None),
        )
    ]  # fmt: skip
    truth.load(store, [sent("activities", *calls, as_of="01-10")])
    truth.load(store, [sent("deals", *deals, as_of="01-11", is_full=True)])
    assert rows(store, kept) == [("a", 3, d("01-05"), None, None), ("b", None, d("01-04"), None, None)]
    told = [("call", d("01-05")), ("visit", d("01-09"))]
    of_a = [("a", *one, "lost", d("01-08"), None) for one in told]
    assert rows(store, firsts) == [*of_a, ("b", "call", d("01-04"), "open", None, None)]

    ends = {"Lost": "lost"}
    stages = [
        {"stage": stage, "position": n, "status": ends.get(stage, "open")}
        for n, stage in enumerate(("Talk", "Offer", "Lost"))
    ]
    visits = [
        {"entered_on": d(f"01-0{day}"), "deal_id": "a", "stage": stage}
        for stage, day in (("Talk", 3), ("Offer", 4), ("Talk", 6), ("Lost", 8))
    ]
    history = truth.load(store, [sent("stages", *stages), sent("deal_stages", *visits, as_of="01-11")])[1]
    assert [row[3:] for row in rows(store, kept)] == [(2, d("01-04")), (None, None)]
    later = {"deal_id": "b", "status": "lost", "created_on": d("01-05"), "closed_on": d("01-12")}
    (newest,) = truth.load(store, [sent("deals", deals[0], later, as_of="01-13", is_full=True)])  # the short way
    assert rows(store, kept) == [("a", 3, d("01-05"), 2, d("01-04")), ("b", 1, None, None, None)]
    assert rows(store, firsts) == of_a
    truth.undo(store, newest.id)
    truth.load(store, [sent("deals", deals[0], as_of="01-13", is_full=True)])
    assert rows(store, firsts)[-1] == ("b", "call", d("01-04"), "open", None, d("01-13"))
    truth.load(store, [sent("stages", {"stage": "Offer", "position": 0, "status": "lost"}, as_of="01-14")])
    assert rows(store, kept)[0][3:] == (1, d("01-03"))  # the stages alone changed
    truth.undo(store, history.id)
    assert [row[3:] for row in rows(store, kept)] == [(None, None), (None, None)]
