"""What the orders and deals cost and bring: invoices, payments, contracts, payment plans, quotes; and foreign money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.demo import stories
from data.demo.company import Customers, Size
from data.demo.orders import Lines, Orders
from data.demo.process import STAGES, WON, Deals
from data.demo.rhythm import AS_OF, NEVER, START, number
from data.demo.words import Floats, Ints, Words, column, dates, ids, money

_TODAY = number(AS_OF)

CURRENCIES = ("CNY", "USD", "EUR")
"""What the demo company reports in, and what a few of its customers pay in."""
PER_UNIT = np.array([1.0, 7.15, 7.8])
"""What one unit of each is worth to the makers of prices; the rates move around it."""
_SWING = 0.03


@dataclass(frozen=True)
class Bills:
    """One invoice per order, and the day it was paid."""

    issued: Ints
    due: Ints
    amount: Floats
    first_paid: Ints  # NEVER while unpaid
    first_amount: Floats
    rest_paid: Ints  # second part, where there is one


def bills_of(size: Size, orders: Orders, lines: Lines, customers: Customers) -> Bills:
    """Bill every order; most pay within days of the due date, with stories one industry weeks later."""
    rng = size.rng(f"bills {orders.year}")
    first = np.searchsorted(lines.order, np.arange(orders.n))
    amount = np.add.reduceat(lines.amount, first).round(2)
    issued = orders.day + rng.integers(0, 6, orders.n)
    due = issued + customers.terms[orders.customer]
    late = rng.normal(-3, 6, orders.n) + np.where(rng.random(orders.n) < 0.15, rng.exponential(25, orders.n), 0)
    if size.stories:
        slow = (customers.industry[orders.customer] == stories.SLOW_INDUSTRY) & (issued >= number(stories.SLOW_SINCE))
        late += np.where(slow, rng.normal(stories.SLOW_DAYS, 10, orders.n), 0)
    paid = np.maximum(issued, due + late.round().astype(np.int64))
    paid = np.where(rng.random(orders.n) < 0.006, NEVER, paid)
    split = rng.random(orders.n) < 0.08
    rest = np.where(split & (paid < NEVER), paid + rng.integers(10, 45, orders.n), NEVER)
    return Bills(issued, due, amount, paid, np.where(split, amount * 0.6, amount).round(2), rest)


def invoices_frame(orders: Orders, bills: Bills, words: Words) -> pl.DataFrame:
    """Invoices issued so far, for the orders of one year."""
    at = np.flatnonzero(bills.issued <= _TODAY)
    split = bills.first_amount < bills.amount
    settled = np.where(split, bills.rest_paid, bills.first_paid) <= _TODAY
    return pl.DataFrame(
        {
            "invoice_id": ids(f"I{orders.year % 100}-", at),
            "issued_on": dates(bills.issued[at]),
            "due_on": dates(bills.due[at]),
            "customer_id": ids("C", orders.customer[at]),
            "rep_id": ids("R", orders.rep[at], 4),
            "deal_id": ids("D", orders.deal[at]),
            "order_id": orders.ids(at),
            "amount": money(bills.amount[at]),
            "status": column(words.pairs("invoice_status"), settled[at].astype(int)),
        }
    )


def payments_frame(orders: Orders, bills: Bills, words: Words) -> pl.DataFrame:
    """Money that came in for the invoices of one year: at once, or 60 % and the rest later."""
    whole = np.flatnonzero(bills.first_paid <= _TODAY)
    rest = np.flatnonzero(bills.rest_paid <= _TODAY)
    at = np.concatenate([whole, rest])
    is_rest = np.arange(len(at)) >= len(whole)
    return pl.DataFrame(
        {
            "payment_id": ids(f"Y{orders.year % 100}-", at * 2 + is_rest),
            "paid_on": dates(np.where(is_rest, bills.rest_paid[at], bills.first_paid[at])),
            "customer_id": ids("C", orders.customer[at]),
            "rep_id": ids("R", orders.rep[at], 4),
            "deal_id": ids("D", orders.deal[at]),
            "invoice_id": ids(f"I{orders.year % 100}-", at),
            "amount": money(np.where(is_rest, (bills.amount - bills.first_amount)[at], bills.first_amount[at])),
            "status": column(words.pairs("payment_status"), np.zeros(len(at), dtype=int)),
        }
    )


def contracts_frame(deals: Deals, words: Words) -> pl.DataFrame:
    """One contract per won deal, for one year, or two where it is large."""
    at = np.flatnonzero(deals.status == WON)
    ends = deals.closed[at] + np.where(deals.amount[at] > 150_000, 730, 365)
    return pl.DataFrame(
        {
            "contract_id": ids("H", at),
            "contract": ids("D", at) + " · " + column(words.of("products"), deals.product[at]),
            "signed_on": dates(deals.closed[at]),
            "starts_on": dates(deals.closed[at] + 7),
            "ends_on": dates(ends),
            "customer_id": ids("C", deals.customer[at]),
            "rep_id": ids("R", deals.rep[at], 4),
            "deal_id": ids("D", at),
            "amount": money(deals.amount[at]),
            "status": column(words.pairs("contract_status"), (ends <= _TODAY).astype(int)),
        }
    )


def plans_frame(deals: Deals, words: Words) -> pl.DataFrame:
    """What each contract says about payment: 30 % at signing, 60 % after a month, 10 % after three."""
    won = np.flatnonzero(deals.status == WON)
    at, part = np.repeat(won, 3), np.tile(np.arange(3), len(won))
    day = deals.closed[at] + np.array([7, 37, 97])[part]
    amount = deals.amount[at] * np.array([0.3, 0.6, 0.1])[part]
    return pl.DataFrame(
        {
            "plan_id": ids("N", at * 3 + part),
            "planned_on": dates(day),
            "customer_id": ids("C", deals.customer[at]),
            "rep_id": ids("R", deals.rep[at], 4),
            "deal_id": ids("D", at),
            "contract_id": ids("H", at),
            "amount": money(amount),
            "status": column(words.pairs("plan_status"), (day <= _TODAY).astype(int)),
        }
    )


def quotes_frame(deals: Deals, words: Words) -> pl.DataFrame:
    """One quote for each deal that came to the proposal stage."""
    proposal = STAGES - 3
    at = np.flatnonzero(deals.entered[:, proposal] < NEVER)
    discount = np.array([0, 0.05, 0.08, 0.12])[at % 4]
    status = np.where(deals.status[at] == WON, 1, np.where(deals.closed[at] < NEVER, 2, 0))
    return pl.DataFrame(
        {
            "quote_id": ids("Q", at),
            "issued_on": dates(deals.entered[at, proposal]),
            "customer_id": ids("C", deals.customer[at]),
            "rep_id": ids("R", deals.rep_before[at], 4),
            "deal_id": ids("D", at),
            "amount": money(deals.amount_before[at]),
            "discount": discount,
            "status": column(words.pairs("quote_status"), status),
        }
    )


def rates_frame() -> pl.DataFrame:
    """The rates at which the company counts foreign money: new ones each quarter."""
    first, last = (np.datetime64(day, "M").astype(np.int64) // 3 * 3 for day in (START, AS_OF))
    quarter = np.repeat(np.arange(first, last + 1, 3), len(CURRENCIES) - 1)
    which = np.tile(np.arange(1, len(CURRENCIES)), len(quarter) // (len(CURRENCIES) - 1))
    return pl.DataFrame(
        {
            "currency": column(list(CURRENCIES), which),
            "from_on": dates(quarter.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)),
            "rate": (PER_UNIT[which] * (1 + _SWING * np.sin(quarter / 4 + which))).round(4),
        }
    )
