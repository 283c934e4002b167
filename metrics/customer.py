"""One customer: who it is, accounts above and below it, and all that happened with it: lists and one line of time.

The numbers about a customer are the measures of any page filtered on it. The lists beside them hold the rows of the
same view: what is dated lies in its period, what stands open is that of its day. Who a customer is does not depend on
filters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from metrics.cuts import breakdown, total
from metrics.notes import Note, note
from metrics.overdue import BACK, Rhythm
from metrics.overdue import rhythm as bought_in_rhythm
from metrics.period import FIRST
from metrics.query import Column, Query, Result, from_file
from metrics.view import View

MOST_LEVELS = 4
"""Steps up and down that a family of accounts is followed."""
LANES = (
    "created", "won", "lost", "order", "return", "activity", "contract", "invoice", "payment", "survey", "ticket",
)  # fmt: skip
"""What an entry of the timeline can be about, in the order in which they are drawn."""
DETAILS = ("contacts", "orders", "deals", "activities", "contracts", "invoices", "payments", "surveys", "tickets")
"""The lists of a customer."""
NUMBERS = (
    "revenue", "orders", "gross_margin", "won_amount", "won_deals", "lost_deals", "win_rate", "open_amount",
    "open_deals", "activities", "invoiced", "collected", "outstanding", "overdue", "nps", "complaints", "open_tickets",
)  # fmt: skip
"""The measures a customer is told by."""
FAMILY = ("revenue", "won_amount", "open_amount", "outstanding")
"""The measures that accounts above and below are told by."""
_MONEY = {
    "orders": ("amount",), "deals": ("amount",), "contracts": ("amount",), "invoices": ("amount", "paid", "owed"),
    "payments": ("amount",),
}  # fmt: skip


def profile(name: str) -> Query:
    """Who a customer is, by its name or its id; no row where the viewer may not see it.

    Columns: `customer`, `customer_id`, `industry`, `region`, `city`, `size_band`, `tier`, `rep` (owner; null where the
    viewer may not see that person), `parent`, `created_on`, `credit_limit`, `first_order_on`, `first_won_on`.
    """
    return from_file("customer", customer=name)


def family(name: str) -> Query:
    """The accounts above and below a customer, MOST_LEVELS steps either way.

    One row per account, the topmost first: `customer`, `parent`, `level` (0 is the customer, −1 its parent, 1 its
    children). Accounts that name each other as parents are each there once.
    """
    columns = (Column("customer", "by"), Column("level", "value", unit="count"))
    return replace(from_file("customer_family", customer=name), columns=columns, finish="customer_family")


def numbers(view: View) -> Query:
    """NUMBERS of the customers that a view is filtered on: the same measures as anywhere."""
    return total(NUMBERS, view)


def family_numbers(view: View, measures: Sequence[str] = FAMILY) -> Query:
    """What each account of a family brings in the view's period, and what stands open with it.

    Args:
        view: filtered on its members (`of_customer`). measures: those of FAMILY that there are data of.
    """
    return breakdown(tuple(measures), "customer", view)


def details(name: str, view: View) -> dict[str, Query]:
    """The lists of a customer (DETAILS).

    Args:
        name: of the customer. view: filtered on it (`of_customer`); its period holds for what is dated.
    """
    return {one: _listed(one, name, view) for one in DETAILS}


def _listed(one: str, name: str, view: View) -> Query:
    asked = from_file(f"customer_{one}", view, customer=name, **_days(view))
    columns = [Column(of, "value", unit="money") for of in _MONEY.get(one, ())]
    if one == "orders":
        columns.insert(0, Column("order_id", "by"))
        return replace(asked, columns=(*columns, Column("lines", "value", unit="count")), by=("order_id",))
    return replace(asked, columns=tuple(columns))


def of_customer(view: View, *names: str) -> View:
    """The same view of one customer, or of several."""
    return view.with_filter("customer", names)


def timeline(view: View) -> Query:
    """What happened in the view's period, the newest first.

    One row per entry: `day`, `lane` (LANES), `what` it names, `amount`, `score` (of answers), `who` (of tickets: how
    severe). `rows(lane="order")` are the entries of one lane.

    Args:
        view: filtered on the customer (`of_customer`).
    """
    columns = (Column("lane", "by"), *(Column(name, "detail") for name in ("day", "what", "amount", "score", "who")))
    return replace(from_file("customer_timeline", view, **_days(view)), columns=columns, by=("lane",))


def rhythm(name: str, view: View) -> Query:
    """When a customer bought in the last two years up to the view's day, and how long each pause was until the next.

    One row per day of buying, the first one first: `day`, `bought_by` (orders, or won where no order is on record),
    `purchases`, `amount`, `pause` (days until the next; of the last, until the view's day) and `is_running` (that one).
    Whatever is filtered: a rhythm is one of all purchases. `rows(day=…)` are the lines or deals of a day.
    """
    first = view.at - timedelta(days=BACK)
    columns = (
        Column("day", "by"), Column("purchases", "value", unit="count"), Column("amount", "value", unit="money"),
        Column("pause", "value", unit="days"), Column("is_running", "flag"),
    )  # fmt: skip
    asked = from_file("customer_rhythm", customer=name, day=view.at, from_on=first)
    return replace(asked, columns=columns, by=("day",), finish="customer_rhythm")


def told(result: Result) -> Rhythm | None:
    """The rhythm that an answer to `rhythm` shows; None where the customer bought too seldom to have one."""
    return bought_in_rhythm(result.frame.get_column("day"), _today(result.query))


def _days(view: View) -> dict[str, Any]:
    """First and last day of what is dated, and the day of what stands."""
    return {"from_on": view.period.from_on if view.period else FIRST, "to_on": view.at, "day": view.at}


# ---------------------------------------------------------------------------------------------------------- finishing


def finished_family(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Each account once, at its nearest place; a parent that no row stands for by its name alone."""
    order = [pl.col("level").abs(), pl.col("level"), pl.col("customer")]
    frame = frames[0].with_columns(pl.col("level").cast(pl.Int64)).sort(order)
    once = frame.unique("customer", keep="first", maintain_order=True).sort("level", "customer")
    if once.filter(pl.col("level").abs() == MOST_LEVELS).height:
        notes.append(note("family_deep", levels=MOST_LEVELS))
    return once


def finished_rhythm(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Each day of buying with the pause after it."""
    frame = frames[0].sort("day")
    until = pl.col("day").shift(-1).fill_null(_today(query))
    return frame.with_columns(
        pause=(until - pl.col("day")).dt.total_days(), is_running=pl.col("day") == pl.col("day").max()
    )


def _today(query: Query) -> date:
    """The day from which a question about a rhythm looks back."""
    day = dict(query.params)["day"]
    if not isinstance(day, date):
        raise TypeError(day)
    return day
