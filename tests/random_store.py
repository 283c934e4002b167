"""Small stores of random rows, in memory: what no demo company would have, but an export may bring.

Rows are written straight into `crm`, in the shape the fold gives them: missing owners and customers, missing amounts
and days, returns, unpaid and overpaid invoices, deals that nobody saw change.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from data.migrations import create_schema
from data.opening import PRODUCT
from data.shares import write_shares
from data.store import Store

AS_OF = date(2026, 6, 17)
FOREVER = date(9999, 12, 31)
Row = dict[str, object]
Tables = dict[str, list[Row]]

_TEAMS = ("North", "South", None)
_SOURCES = ("web", "fair", "partner", None)
_REASONS = ("price", "timing", None)


def random_tables(seed: int, most: int = 30) -> Tables:
    """Rows by table. The same seed gives the same rows.

    Args:
        seed: of the generator.
        most: rows of a table, at most.
    """
    dice = random.Random(seed)
    found: Tables = {
        name: [make(dice, number) for number in range(dice.randint(1, 4))] for name, make in _MEMBERS.items()
    }
    found |= {name: [make(dice, number) for number in range(dice.randint(0, most))] for name, make in _FACTS.items()}
    found["leads"] = [{**row, "created_on": _day_of(row["created_at"])} for row in found["leads"]]
    found["activities"] = [{**row, "done_on": _day_of(row["done_at"])} for row in found["activities"]]
    found["deal_versions"] = [_version(row) for row in found["deals"]]
    return found


def store_of(tables: Tables) -> Store:
    """A store in memory that holds these rows, in this order, and a calendar."""
    database = duckdb.connect(":memory:", config={"threads": 1})  # more would only wait for each other here
    create_schema(database, PRODUCT)
    fill(database, {**tables, "calendar": [_calendar(AS_OF - timedelta(days=back)) for back in range(-200, 900)]})
    return Store(Path("random"), database)


def fill(database: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    """Put the rows where those of the last example are."""
    database.begin()
    for name, rows in tables.items():
        table = "fold.deal_versions" if name == "deal_versions" else f"crm.{name}"  # the former is a view
        database.execute(f"delete from {table}")
        if rows:
            database.register("made", pl.DataFrame(rows, infer_schema_length=None).to_arrow())
            database.execute(f"insert into {table} by name select * from made")
            database.unregister("made")
    write_shares(database)
    database.execute("update ops.version set version = version + 1, facts = version + 1")
    database.commit()


# ------------------------------------------------------------------------------------------------------------- the dice


def _maybe(dice: random.Random, value: object) -> object:
    return None if dice.random() < 0.2 else value


def _day(dice: random.Random) -> date:
    return AS_OF - timedelta(days=dice.randint(0, 700))


def _money(dice: random.Random, least: int = 0) -> Decimal:
    return Decimal(dice.randint(least, 10_000_000)) / 100


def _whose(dice: random.Random) -> Row:
    return {
        "rep_key": _maybe(dice, dice.randint(0, 3)),
        "customer_key": _maybe(dice, dice.randint(0, 3)),
        "team": dice.choice(_TEAMS),
        "region": dice.choice(("east", "west", None)),
    }


def _rep(dice: random.Random, number: int) -> Row:
    return {
        "rep_key": number,
        "rep": f"rep {number}",
        "team": dice.choice(_TEAMS),
        "manager": None,
        "is_implied": False,
    }


def _customer(dice: random.Random, number: int) -> Row:
    industry = dice.choice(("steel", "food", None))
    return {
        "customer_key": number,
        "customer": f"customer {number}",
        "industry": industry,
        "tier": "A",
        "is_implied": False,
    }


def _product(dice: random.Random, number: int) -> Row:
    category = dice.choice(("tools", None))
    return {"product_key": number, "product": f"product {number}", "category": category, "is_implied": False}


def _deal(dice: random.Random, number: int) -> Row:
    status = dice.choice(("open", "won", "lost"))
    created = _maybe(dice, _day(dice))
    closed = None if status == "open" else _maybe(dice, _day(dice))
    both = isinstance(created, date) and isinstance(closed, date)
    return {
        "deal_id": f"D{number}",
        "product_key": _maybe(dice, dice.randint(0, 3)),
        "source": dice.choice(_SOURCES),
        "stage": dice.choice(("talk", "offer")),
        "status": status,
        "amount": _maybe(dice, _money(dice)),
        "probability": _maybe(dice, dice.randint(0, 10) / 10),
        "created_on": created,
        "closed_on": closed,
        "cycle_days": (closed - created).days if both else None,  # type: ignore[operator]
        "lost_reason": dice.choice(_REASONS) if status == "lost" else None,
        "push_count": 0,
        "is_gone": False,
        **_whose(dice),
    }


def _version(deal: Row) -> Row:
    """One state, seen since a day that the deal's own number decides."""
    since = AS_OF - timedelta(days=int(str(deal["deal_id"])[1:]) * 7 % 200)
    kept = {name: value for name, value in deal.items() if name not in ("cycle_days", "push_count", "is_gone")}
    return {**kept, "seen_from": since, "seen_to": FOREVER, "is_reconstructed": False}


def _deal_line(dice: random.Random, number: int) -> Row:
    """Lines of a few deals, several each: of no product, without an amount, negative, more than the deal."""
    product, amount = _maybe(dice, dice.randint(0, 3)), _maybe(dice, _money(dice, least=-1_000_000))
    return {"deal_id": f"D{dice.randint(0, 12)}", "line_no": number, "product_key": product, "amount": amount}


def _deal_owner(dice: random.Random, _: int) -> Row:
    return {"deal_id": f"D{dice.randint(0, 12)}", "rep_key": _maybe(dice, dice.randint(0, 3)), "share": dice.random()}


def _lead(dice: random.Random, number: int) -> Row:
    moment = datetime.combine(_day(dice), datetime.min.time()) + timedelta(seconds=dice.randint(0, 86_399))
    return {
        "lead_id": f"L{number}",
        "created_at": _maybe(dice, moment),
        "first_touch_at": _maybe(dice, moment + timedelta(seconds=dice.randint(-3600, 900_000))),
        "source": dice.choice(_SOURCES),
        "status": "new",
        "qualified_on": _maybe(dice, _day(dice)),
        "converted_on": _maybe(dice, _day(dice)),
        **{name: value for name, value in _whose(dice).items() if name != "customer_key"},
    }


def _activity(dice: random.Random, number: int) -> Row:
    moment = datetime.combine(_day(dice), datetime.min.time()) + timedelta(seconds=dice.randint(0, 86_399))
    return {"activity_id": f"A{number}", "kind": dice.choice(("call", "visit")), "done_at": moment, **_whose(dice)}


def _order_line(dice: random.Random, number: int) -> Row:
    is_return = dice.random() < 0.15
    return {
        "order_id": f"O{number // 2}",
        "line_no": number % 2,
        "ordered_on": _maybe(dice, _day(dice)),
        "product_key": _maybe(dice, dice.randint(0, 3)),
        "source": dice.choice(_SOURCES),
        "quantity": float(dice.randint(1, 50)),
        "amount": -_money(dice) if is_return else _money(dice),
        "cost": _maybe(dice, _money(dice)),
        "is_return": is_return,
        **_whose(dice),
    }


def _invoice(dice: random.Random, number: int) -> Row:
    issued = _day(dice)
    return {
        "invoice_id": f"I{number}",
        "issued_on": _maybe(dice, issued),
        "due_on": _maybe(dice, issued + timedelta(days=30)),
        "amount": _money(dice, least=-100_000),
        **_whose(dice),
    }


def _payment(dice: random.Random, number: int) -> Row:
    whole = {"payment_id": f"P{number}", "paid_on": _maybe(dice, _day(dice)), "amount": _money(dice)}
    return {**whole, "invoice_id": _maybe(dice, f"I{dice.randint(0, 10)}"), **_whose(dice)}


def _survey(dice: random.Random, number: int) -> Row:
    sent = _maybe(dice, _day(dice))
    score = dice.choice((None, 0, 3, 6, 7, 9, 10))
    return {
        "survey_id": f"S{number}",
        "kind": dice.choice(("nps", " NPS", "csat", "peer", None)),
        "sent_on": sent,
        "answered_on": None if score is None else _maybe(dice, _day(dice)),
        "score": score,
        **_whose(dice),
    }


def _ticket(dice: random.Random, number: int) -> Row:
    opened = _day(dice)
    return {
        "ticket_id": f"T{number}",
        "opened_on": _maybe(dice, opened),
        "closed_on": _maybe(dice, opened + timedelta(days=dice.randint(-2, 60))),
        "kind": dice.choice(("Complaint", "投诉", "Question", None)),
        "status": dice.choice(("open", "closed", None)),
        "product_key": _maybe(dice, dice.randint(0, 3)),
        **_whose(dice),
    }


def _calendar(day: date) -> Row:
    quarter = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "quarter": quarter,
        "year": date(day.year, 1, 1),
        "fiscal_quarter": quarter,
        "fiscal_year": date(day.year, 1, 1),
        "is_workday": day.weekday() < 5,
    }


def _day_of(moment: object) -> date | None:
    return moment.date() if isinstance(moment, datetime) else None


_MEMBERS: dict[str, Callable[[random.Random, int], Row]] = {"reps": _rep, "customers": _customer, "products": _product}
_FACTS: dict[str, Callable[[random.Random, int], Row]] = {
    "deals": _deal,
    "deal_lines": _deal_line,
    "deal_owners": _deal_owner,
    "leads": _lead,
    "activities": _activity,
    "order_lines": _order_line,
    "invoices": _invoice,
    "payments": _payment,
    "surveys": _survey,
    "tickets": _ticket,
}
