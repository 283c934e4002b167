"""Which customers a change came from: new ones, those who came back, buy more, buy less, or are gone.

Who bought in neither, one or both spans is told by rows that count (order lines that are no returns; deals won); money
is all of the measure's, so that the kinds add up to its change to the cent. New is who bought for the first time ever
after the days compared with: a fact of all history, whatever is filtered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import polars as pl

from metrics import shares
from metrics.catalog import measure
from metrics.errors import NotShared
from metrics.notes import Note
from metrics.query import Column, Query, from_file
from metrics.two_spans import END, START, asides, is_comparable, spans
from metrics.view import View

OF = {"revenue": "customers_orders", "won_amount": "customers_won"}
"""The measures whose customers can be told apart, and the question that does it."""
KINDS = ("new", "returned", "expanding", "steady", "shrinking", "lost", "corrected", "unassigned")
"""In the order in which they are shown; corrected: only returns in either span."""
LEAST_ORDERS, BACK = 12, 730
"""A customer is regular with so many orders in so many days: about one every other month."""
LEAST_SILENT, TIMES_AS_LONG = 45, 2
"""A regular one has stopped after so many days, and so many times the longest pause there was."""
_MONEY = pl.Decimal(38, 4)
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {"buying": pl.String, "amount": _MONEY, "customers": pl.Int64}


def moved(measure_id: str, view: View) -> Query:
    """What each kind of customers adds to the change of a measure.

    Columns: `buying` (start, KINDS, end), `amount` (what it adds; of start and end the measure), `customers` (null:
    rows without a customer). `rows(buying="lost")` are the rows of both spans.

    Args:
        measure_id: one of OF. view: its period, comparison and filters.

    Raises:
        NoPeriod: the view compares nothing. NotShared: another measure.
    """
    of_level = "($at_buying = 'start' and population.is_then = 1) or ($at_buying = 'end' and population.is_now = 1)"
    columns = (
        Column("buying", "by"),
        *(Column(name, "detail") for name in ("rep_key", "product_key")),
        Column("amount", "value", unit="money", where=f"population.buying = $at_buying or {of_level}"),
        Column("customers", "value", unit="count"),
    )
    return replace(_asked(measure_id, view), columns=columns, by=("buying",), finish=f"moved_{measure_id}")


def most_moved(measure_id: str, view: View, most: int = 200) -> Query:
    """The customers whose buying changed most: `customer`, `buying`, `amount_then`, `amount_now`, `change`, `first_on`.

    `rows(customer=…)` are their rows of both spans. Args and errors: as `buying`.
    """
    asked = _asked(measure_id, view)
    answer = (
        "select moved.customer, moved.kind as buying, moved.amount_then, moved.amount_now, moved.change,"
        " moved.first_on\n"
        "from moved\nwhere moved.kind not in ('unassigned', 'steady')\n"
        f"order by abs(moved.change) desc, moved.customer\nlimit {int(most)}"
    )
    columns = (
        Column("customer", "by"),
        *(Column(name, "detail") for name in ("rep_key", "product_key")),
        *(Column(name, "value", unit="money") for name in ("amount_then", "amount_now", "change")),
    )
    return replace(asked, answer=answer, columns=columns, by=("customer",), finish=f"most_moved_{measure_id}")


def _asked(measure_id: str, view: View) -> Query:
    if measure_id not in OF:
        raise NotShared(measure=measure(measure_id).id, known=", ".join(OF))
    split = shares.split(measure(measure_id), (name for name, _ in view.filters))
    asked = from_file(OF[measure_id], view, **spans(view))
    return replace(asked, others=asides(measure_id, view), **split)


def lapsed(view: View) -> Query:
    """Regular customers who have stopped ordering (LEAST_ORDERS and what follows), seen on the view's day.

    Told by all orders that the viewer may see, whatever is filtered: filters choose who is listed, by an order of the
    last BACK days. To a viewer with a row scope they have stopped ordering within it; others may sell to them still.

    One row per customer, most money first: `customer`, `tier`, `ordered_on` (last), `days_since`, `longest_pause`,
    `orders` and `amount` in the last BACK days. `rows(customer=…)` are its order lines of these days.
    """
    asked = from_file(
        "lapsed", view, day=view.at, from_on=view.at - timedelta(days=BACK), least_orders=LEAST_ORDERS,
        least_silent=LEAST_SILENT,
    )  # fmt: skip
    columns = (
        Column("customer", "by"),
        *(Column(name, "detail") for name in ("rep_key", "product_key")),
        *(Column(name, "value", unit="days") for name in ("days_since", "longest_pause")),
        Column("orders", "value", unit="count"),
        Column("amount", "value", unit="money"),
    )
    return replace(asked, columns=columns, by=("customer",), finish="lapsed")


# ---------------------------------------------------------------------------------------------------------- finishing


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note], of: str) -> pl.DataFrame:
    """Start, every kind that occurs in its order, end."""
    raw = frames[0]
    if not is_comparable(query, of, frames, notes) or raw.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    told = {row["buying"]: row for row in raw.iter_rows(named=True)}
    rows: list[tuple[str, Decimal, int | None]] = []
    for kind in KINDS:
        if kind in told:
            row = told[kind]
            customers = None if kind == "unassigned" else int(row["customers"])
            rows.append((kind, Decimal(row["amount_now"]) - Decimal(row["amount_then"]), customers))
    levels = [Decimal(raw.get_column(f"amount_{span}").sum() or 0) for span in ("then", "now")]
    bought = [sum(int(told[kind]["customers"]) for kind in kinds if kind in told) for kinds in (_THEN, _NOW)]
    every = [(START, levels[0], bought[0]), *rows, (END, levels[1], bought[1])]
    return pl.DataFrame(every, _SCHEMA, orient="row")


_THEN = ("expanding", "steady", "shrinking", "lost")
_NOW = ("new", "returned", "expanding", "steady", "shrinking")


def finished_most(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note], of: str) -> pl.DataFrame:
    """As asked; nothing where the spans cannot be compared."""
    return frames[0] if is_comparable(query, of, frames, notes) else frames[0].clear()


def finished_lapsed(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Those who fall under the rule, most money first."""
    pause = pl.max_horizontal(pl.lit(LEAST_SILENT), TIMES_AS_LONG * pl.col("longest_pause").fill_null(0))
    kept = frames[0].filter(pl.col("days_since") >= pause).drop("regulars")  # of whom there are so many in all
    return kept.sort("amount", "customer", descending=[True, False])
