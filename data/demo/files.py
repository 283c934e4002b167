"""The files of the demo company, as its systems would export them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from data.demo import stories as planted
from data.demo.around import (
    activities_frame,
    campaigns_frame,
    market_frame,
    stock_frame,
    surveys_frame,
    tickets_frame,
)
from data.demo.company import MOVED_ON, Customers, Reps, Size, customers_of, reps_of
from data.demo.credit import deal_lines_frame, deal_owners_frame
from data.demo.exports import leads_frame, leads_of, snapshots, stage_history
from data.demo.goals import Results, targets_frame
from data.demo.lists import contacts_frame, customers_frame, products_frame, reps_frame, stages_frame, teams_frame
from data.demo.money import (
    bills_of,
    contracts_frame,
    invoices_frame,
    payments_frame,
    plans_frame,
    quotes_frame,
    rates_frame,
)
from data.demo.opinions import opinions_frame
from data.demo.orders import lines_frame, orders_by_year
from data.demo.process import Deals, deals_of
from data.demo.rhythm import AS_OF, Rhythm
from data.demo.words import Words

_EPOCH = date(1970, 1, 1)
_ROWS_OF_A_FILE = 1_000_000


@dataclass(frozen=True)
class Export:
    """One file as the demo company's systems would give it."""

    table: str
    file: str
    rows: pl.DataFrame
    as_of: date | None = AS_OF
    is_full: bool | None = None


def exports(size: Size, lang: str) -> Iterator[Export]:
    """Every file, one after the other, in an order in which members come before those who refer to them."""
    words = Words(lang)
    rhythm = Rhythm(festival=planted.FESTIVAL_WORK if size.stories else 1.0)
    reps, customers = reps_of(size), customers_of(size)
    before_move = MOVED_ON - timedelta(days=1)
    yield Export("stages", "stages.csv", stages_frame(words), as_of=None)
    yield Export("teams", "teams.csv", teams_frame(words), as_of=None)
    yield Export("products", "products.csv", products_frame(words), as_of=None)
    yield Export("reps", f"reps_{before_move}.csv", reps_frame(reps, words, before_move=True), as_of=before_move)
    yield Export("reps", f"reps_{AS_OF}.csv", reps_frame(reps, words, before_move=False))
    yield Export("customers", "customers.csv", customers_frame(size, customers, reps, words), as_of=None)
    yield Export("contacts", "contacts.csv", contacts_frame(size, customers, words), as_of=None)
    yield Export("campaigns", "campaigns.csv", campaigns_frame(size, words), as_of=None)
    yield Export("fx_rates", "fx_rates.csv", rates_frame(), as_of=None)
    deals = deals_of(size, rhythm, reps, customers)
    leads = leads_of(size, rhythm, reps, customers, deals)
    for day, frame in snapshots(size.weeks, deals, customers, leads, words):
        as_of = _EPOCH + timedelta(days=day)
        yield Export("deals", f"deals_{as_of}.csv", frame, as_of=as_of, is_full=True)
    yield Export("deal_lines", "deal_lines.csv", deal_lines_frame(size, deals))
    yield Export("deal_owners", "deal_owners.csv", deal_owners_frame(size, reps, customers, deals, words))
    yield Export("deal_stages", "deal_stages.csv", stage_history(deals, words))
    yield Export("leads", "leads.csv", leads_frame(leads, customers, deals, words))
    yield Export("activities", "activities.csv", activities_frame(size, rhythm, deals, leads, words))
    yield Export("quotes", "quotes.csv", quotes_frame(deals, words))
    yield Export("contracts", "contracts.csv", contracts_frame(deals, words))
    yield Export("payment_plans", "payment_plans.csv", plans_frame(deals, words), as_of=None)
    results = Results(reps)
    results.add_deals(deals)
    yield from _joined(_sales(size, rhythm, reps, customers, deals, results, words))
    yield Export("targets", "targets.csv", targets_frame(results, words), as_of=None)
    yield Export("surveys", "surveys.csv", surveys_frame(size, reps, customers, deals, words))
    yield Export("surveys", "opinions.csv", opinions_frame(size, reps, deals))
    yield Export("tickets", "tickets.csv", tickets_frame(size, rhythm, reps, customers, words))
    yield Export("stock", "stock.csv", stock_frame(size, words))
    yield Export("market", "market.csv", market_frame(size, words), as_of=None)


def _sales(
    size: Size, rhythm: Rhythm, reps: Reps, customers: Customers, deals: Deals, results: Results, words: Words
) -> Iterator[Export]:
    """Order lines, invoices and payments, year by year."""
    for orders, lines in orders_by_year(size, rhythm, reps, customers, deals):
        bills = bills_of(size, orders, lines, customers)
        results.add_orders(orders, lines)
        yield Export("order_lines", f"orders_{orders.year}.csv", lines_frame(orders, lines, words))
        yield Export("invoices", f"invoices_{orders.year}.csv", invoices_frame(orders, bills, words))
        yield Export("payments", f"payments_{orders.year}.csv", payments_frame(orders, bills, words))


def _joined(by_year: Iterator[Export]) -> Iterator[Export]:
    """Put years together into files of up to about a million rows: few files if small, bounded memory if large."""
    waiting: dict[str, list[Export]] = {}
    for export in by_year:
        held = waiting.setdefault(export.table, [])
        held.append(export)
        if sum(part.rows.height for part in held) >= _ROWS_OF_A_FILE:
            yield _one_file(waiting.pop(export.table))
    for held in waiting.values():
        yield _one_file(held)


def _one_file(parts: list[Export]) -> Export:
    """Several years as one file, named after the first and the last of them."""
    first, last = parts[0].file, parts[-1].file
    name = first if first == last else first.replace(".csv", f"-{last.rpartition('_')[2]}")
    return replace(parts[0], file=name, rows=pl.concat([part.rows for part in parts]))
