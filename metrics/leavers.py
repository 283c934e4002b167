"""What people who have left still have in their names: open deals, planned payments, unpaid invoices.

Somebody has left when the list of salespeople says so, or when rows name them but the list, where there is one, does
not. What is in nobody's name needs somebody too: it is the row without a salesperson. Nothing of it is taken away from
the company's totals: whose it was does not change what there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from metrics.notes import Note, note
from metrics.query import Column, Query, from_file
from metrics.view import View

_PARTS = {
    "open_deals": ("deal", "things", None), "open_amount": ("deal", "amount", None),
    "planned": ("plan", "amount", None),
    "outstanding": ("invoice", "amount", None), "overdue": ("invoice", "amount", True),
}  # fmt: skip
"""Column of the answer: which things, what of them is added up, and whether only those overdue."""


def leavers(view: View, day: date | None = None) -> Query:
    """One row per salesperson who has left and has anything left, the most money first; nobody's things last.

    Columns: `rep` (null: nobody's), `team`, `manager`, `left_on` (null: not on the list), `open_deals`, `open_amount`,
    `planned` (payments planned for after the day), `outstanding` and of it `overdue`. `rows("open_amount", rep=…)` are
    the deals.

    Args:
        view: whose filters apply. day: by default the day the view's stocks are read at.
    """
    at = min(day or view.at, view.as_of)
    asked = from_file("leavers", view.with_compare("none"), day=at)
    columns = [Column("rep", "by"), *(Column(name, "detail") for name in ("team", "manager", "left_on"))]
    for name, (kind, _, only_overdue) in _PARTS.items():
        where = f"population.thing = '{kind}'" + (" and population.is_overdue" if only_overdue else "")
        columns.append(Column(name, "value", unit="count" if name == "open_deals" else "money", where=where))
    return replace(asked, columns=(*columns, Column("customer_key", "detail")), by=("rep",), finish="leavers")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The kinds of things side by side."""
    raw = frames[0]
    columns = []
    for name, (kind, of, only_overdue) in _PARTS.items():
        here = (pl.col("thing") == kind) & (pl.col("is_overdue") if only_overdue else pl.lit(value=True))
        whole = pl.col(of).filter(here).sum()
        columns.append((whole.cast(pl.Int64) if of == "things" else whole.cast(pl.Float64)).alias(name))
    people = ["rep", "team", "manager", "left_on"]
    frame = raw.group_by(people, maintain_order=True).agg(columns)
    money = pl.sum_horizontal("open_amount", "planned", "outstanding")
    frame = frame.sort(pl.col("rep").is_null(), money, "rep", descending=[False, True, False])
    if frame.height:
        notes.append(note("leavers_in_totals"))
    return frame.select(column.name for column in query.columns if column.name in frame.columns)


FINISHES = {"leavers": finished}
"""By the name that a question gives its finish (metrics/finish.py)."""
