"""What the deals led to: orders and their lines, from won deals and from customers who come back.

Orders are made year by year, so that ten million lines never lie in memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.demo import stories
from data.demo.company import SILENT_CUSTOMER, Customers, Reps, Size, pick_weighted
from data.demo.process import GROWTH, WON, Deals, instead_of_weak
from data.demo.rhythm import AS_OF, NEVER, START, Rhythm, number
from data.demo.words import Floats, Ints, Words, column, dates, ids, money, numbers

_TODAY = number(AS_OF)
REPEAT_ORDERS = 2.25
"""Repeat orders drawn per deal over the three years, before those of customers who had left are taken out."""
_LINES = 5.4
_PRICE_STEPS = np.array([1.0, 1.03, 1.05, 1.06])


@dataclass(frozen=True)
class Orders:
    """Orders of one year, by index, in the order of their days."""

    year: int
    day: Ints
    customer: Ints
    rep: Ints
    channel: Ints
    deal: Ints  # -1 = a repeat order without a deal
    budget: Floats  # what it is about worth; the lines decide
    product: Ints  # main product, -1 = parts

    @property
    def n(self) -> int:
        """How many."""
        return len(self.day)

    def ids(self, at: Ints) -> pl.Series:
        """Order numbers."""
        return ids(f"O{self.year % 100}-", at)


@dataclass(frozen=True)
class Lines:
    """Lines of a year's orders, by index, grouped by order."""

    order: Ints
    number: Ints
    product: Ints
    quantity: Ints
    price: Floats
    discount: Floats
    amount: Floats
    cost: Floats
    returned: Ints  # day it came back, NEVER


def years() -> list[tuple[int, int, int]]:
    """Year, its first and its last day inside the company's three years."""
    spans = []
    for year in range(START.year, AS_OF.year + 1):
        first = max(number(START), number(START.replace(year=year, month=1, day=1)))
        last = min(_TODAY, number(START.replace(year=year, month=12, day=31)))
        spans.append((year, first, last))
    return spans


def orders_by_year(
    size: Size, rhythm: Rhythm, reps: Reps, customers: Customers, deals: Deals
) -> Iterator[tuple[Orders, Lines]]:
    """Orders and lines, one year after the other."""
    weights = np.cumsum(rhythm.weights(number(START), _TODAY, GROWTH))
    for year, first, last in years():
        before = weights[first - number(START) - 1] if first > number(START) else 0.0
        share = (weights[last - number(START)] - before) / weights[-1]
        rng = size.rng(f"orders {year}")
        repeat = _repeat(
            size, rng, rhythm, reps, customers, (year, first, last), round(size.deals * REPEAT_ORDERS * share)
        )
        orders = _merged(repeat, _deliveries(deals, (year, first, last)))
        yield orders, _lines(size, rng, orders)


def _repeat(
    size: Size,
    rng: np.random.Generator,
    rhythm: Rhythm,
    reps: Reps,
    customers: Customers,
    span: tuple[int, int, int],
    n: int,
) -> Orders:
    """Orders that customers place by themselves while they last."""
    year, first, last = span
    day = rhythm.draw(rng, n, first, last, GROWTH)
    customer = customers.pick(rng, day, key_share=0.2, new_share=0.1)
    # The silent account buys every month, until it does not: every n-th order is given to it before the rest is drawn.
    day, customer = _steady(day, customer, span)
    keep = day <= customers.gone[customer]
    if size.stories:
        keep &= ~((customer == SILENT_CUSTOMER) & (day >= number(stories.SILENT_SINCE)))
    budget = rng.lognormal(8.9, 0.7, len(day)) * np.array([0.7, 1, 1.4, 2.2])[customers.tier[customer]]
    at = np.flatnonzero(keep)
    day, customer = day[at], customer[at]
    return Orders(
        year=year,
        day=day,
        customer=customer,
        rep=reps.pick(customers.team[customer], day, customers.loyalty[customer]),
        channel=customers.channel[customer],
        deal=np.full(len(at), -1),
        budget=budget[at],
        product=np.full(len(at), -1),
    )


def _steady(day: Ints, customer: Ints, span: tuple[int, int, int]) -> tuple[Ints, Ints]:
    """Let the account that will fall silent order twice a month."""
    _, first, last = span
    own = np.arange(first + 6, last + 1, 15)
    days = np.concatenate([day, own])
    order = np.argsort(days, kind="stable")
    return days[order], np.concatenate([customer, np.full(len(own), SILENT_CUSTOMER)])[order]


def _deliveries(deals: Deals, span: tuple[int, int, int]) -> Orders:
    """Orders of the won deals: small ones at once, large ones in up to three parts a month apart."""
    year, first, last = span
    won = np.flatnonzero(deals.status == WON)
    parts = 1 + (deals.amount[won] > 60_000) + (deals.amount[won] > 180_000)
    deal = np.repeat(won, parts)
    part = np.arange(len(deal)) - np.repeat(np.cumsum(parts) - parts, parts)
    day = deals.closed[deal] + 4 + deal % 9 + part * 30
    here = (day >= first) & (day <= last)
    deal, day = deal[here], day[here]
    return Orders(
        year=year,
        day=day,
        customer=deals.customer[deal],
        rep=deals.rep[deal],
        channel=deals.channel[deal],
        deal=deal,
        budget=deals.amount[deal] / np.repeat(parts, parts)[here],
        product=deals.product[deal],
    )


def _merged(one: Orders, other: Orders) -> Orders:
    """Both kinds of orders in the order of their days."""
    order = np.argsort(np.concatenate([one.day, other.day]), kind="stable")
    fields = ("day", "customer", "rep", "channel", "deal", "budget", "product")
    joined = {name: np.concatenate([getattr(one, name), getattr(other, name)])[order] for name in fields}
    return Orders(year=one.year, **joined)


def _lines(size: Size, rng: np.random.Generator, orders: Orders) -> Lines:
    """Split each order's budget over its lines and buy whole units at list price."""
    count = 1 + rng.poisson(_LINES - 1, orders.n)
    order = np.repeat(np.arange(orders.n), count)
    position = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    weight = rng.exponential(1.0, len(order)) + np.where((position == 0) & (orders.deal[order] >= 0), 3.0, 0.1)
    share = weight / np.add.reduceat(weight, np.cumsum(count) - count)[order]
    parts = pick_weighted(rng, numbers("products", "lines"), len(order))
    product = np.where((position == 0) & (orders.product[order] >= 0), orders.product[order], parts)
    product = instead_of_weak(size, rng, product, orders.day[order])
    price = (numbers("products", "list")[product] * _PRICE_STEPS[min(orders.year - START.year, 3)]).round(2)
    discount = np.array([0, 0, 0.05, 0.1, 0.15])[rng.integers(0, 5, len(order))]
    quantity = np.maximum(1, (orders.budget[order] * share / (price * (1 - discount))).round()).astype(np.int64)
    cost = quantity * numbers("products", "list")[product] * numbers("products", "cost")[product]
    back = orders.day[order] + rng.integers(5, 40, len(order))
    returned = np.where((rng.random(len(order)) < 0.012) & (back <= _TODAY), back, NEVER)
    return Lines(
        order=order,
        number=position + 1,
        product=product,
        quantity=quantity,
        price=price,
        discount=discount,
        amount=(quantity * price * (1 - discount)).round(2),
        cost=cost.round(2),
        returned=returned,
    )


def lines_frame(orders: Orders, lines: Lines, words: Words) -> pl.DataFrame:
    """Order lines of one year; what came back follows as negative lines on the day it came back."""
    back = np.flatnonzero(lines.returned < NEVER)
    row = np.concatenate([np.arange(len(lines.order)), back])
    is_return = np.arange(len(row)) >= len(lines.order)
    sign = np.where(is_return, -1, 1)
    order = lines.order[row]
    return pl.DataFrame(
        {
            "order_id": orders.ids(order),
            "line_no": pl.Series((lines.number[row] + is_return * 100).astype(np.int32)),
            "ordered_on": dates(np.where(is_return, lines.returned[row], orders.day[order])),
            "customer_id": ids("C", orders.customer[order]),
            "rep_id": ids("R", orders.rep[order], 4),
            "product_id": ids("P", lines.product[row], 3),
            "source": column(words.of("channels"), orders.channel[order]),
            "quantity": (sign * lines.quantity[row]).astype(np.float64),
            "unit_price": money(lines.price[row]),
            "discount": lines.discount[row],
            "amount": money(sign * lines.amount[row]),
            "cost": money(sign * lines.cost[row]),
            "is_return": is_return,
        }
    )
