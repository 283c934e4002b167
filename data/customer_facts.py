"""What is known of one customer, asked once: for the command line, the page, and the page to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from data.errors import UnknownCustomer
from metrics import customer as about
from metrics.customer import of_customer
from metrics.customer_actions import actions
from metrics.customer_signals import levels_of, signals
from metrics.overdue import Rhythm
from metrics.search import search

if TYPE_CHECKING:
    from data.store import Snapshot
    from metrics.view import View
    from metrics.viewer import Viewer

ON_PAPER = ("contacts", "deals", "orders", "invoices", "tickets")
"""The lists of which the first rows are printed."""


@dataclass(frozen=True)
class Facts:
    """What is known of one customer.

    Attributes:
        who: a row of `metrics.customer.profile`. view: the days looked at, of this customer.
        numbers: NUMBERS with their ends and comparisons. family: `customer`, `level` and what each brings.
        rhythm: of buying, where there is one; `is_part`: by some of the sales only. signals, actions: as asked.
        lists: frames of ON_PAPER.
    """

    who: dict[str, Any]
    view: View
    numbers: dict[str, Any]
    family: pl.DataFrame
    rhythm: Rhythm | None
    is_part: bool
    signals: pl.DataFrame
    actions: pl.DataFrame
    lists: dict[str, pl.DataFrame]


def facts(seen: Snapshot, viewer: Viewer, name: str, view: View) -> Facts:
    """All of it, in the view's period.

    Raises:
        UnknownCustomer: the viewer may see none of this name or id.
    """
    known = who(seen, viewer, name)
    name = str(known["customer"])
    own = of_customer(view, name)
    levels = seen.ask(about.family(name), viewer).frame
    brought = seen.ask(about.family_numbers(of_customer(view, *levels["customer"])), viewer).frame
    lists, is_part = about.details(name, own), not viewer.sees_all
    return Facts(
        known, own, seen.ask(about.numbers(own.with_compare("none")), viewer).frame.row(0, named=True),
        levels.select("customer", "level").join(brought, on="customer", how="left").sort("level", "customer"),
        about.told(seen.ask(about.rhythm(name, view), viewer)), is_part,
        seen.ask(signals(own, levels_of(viewer)), viewer).frame,
        seen.ask(actions(name, view, is_part=is_part), viewer).frame,
        {one: seen.ask(lists[one], viewer).frame for one in ON_PAPER},
    )  # fmt: skip


def is_known(value: object, day: date) -> bool:
    """Whether something is told of a customer on a day: it is there, and is not a day still to come."""
    return bool(value) and not (isinstance(value, date) and value > day)


def who(seen: Snapshot, viewer: Viewer, name: str) -> dict[str, Any]:
    """Who a customer is: a row of `metrics.customer.profile`.

    Raises:
        UnknownCustomer: the viewer may see none of this name or id; with one whose name holds it, or begins like it.
    """
    found = seen.ask(about.profile(name), viewer).frame
    if found.is_empty():
        raise UnknownCustomer(name=name, suggestion=_meant(seen, viewer, name))
    return found.row(0, named=True)


def _meant(seen: Snapshot, viewer: Viewer, name: str) -> str | None:
    """A customer whose name holds these words, or the first of them."""
    for words in dict.fromkeys((name.strip(), *name.split()[:1], name.strip()[: len(name.strip()) // 2])):
        if len(words) > 1 and (rows := seen.ask(search("customers", words, 1), viewer).raw.to_dicts()):
            return str(rows[0]["name"])
    return None
