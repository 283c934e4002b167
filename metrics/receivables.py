"""Who owes money that is long overdue: for how long, and how much beside what the company invoices in a month.

How much is much is told by the company's own invoicing and not by what all owe together: of few debtors each owes a
large share, however little that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from metrics.notes import Note
from metrics.query import Column, Query, from_file
from metrics.view import View

LEAST_DAYS = 30
"""Days overdue from which on money is long overdue: the second bucket of an ageing list."""
YEAR, MONTH = 365, 365 / 12
"""Days over which invoicing is looked at, and of a month."""
_MONEY = ("overdue", "late", "outstanding")


def receivables(view: View, least_days: int = LEAST_DAYS) -> Query:
    """Customers with anything overdue on the view's day, the most that is long overdue first.

    Columns: `customer`, `overdue`, of it `late` (overdue for `least_days` or longer), `days` (of the oldest),
    `outstanding` (all that they owe, due or not), `month` (what the company invoices in a month: the mean of a year, or
    of the time since the first invoice where that is shorter, a month at least) and `share`, `late` of that month (null
    where nothing was invoiced). `rows("late", customer=…)` are the invoices.
    """
    asked = from_file(
        "receivables", view.with_compare("none"), day=view.at, from_on=view.at - timedelta(days=YEAR - 1),
        least_days=least_days,
    )  # fmt: skip
    columns = (
        Column("customer", "by"),
        Column("overdue", "value", unit="money"),
        Column("late", "value", unit="money", where="population.is_late"),
        Column("days", "value", unit="days"),
        Column("outstanding", "value", unit="money"),
        Column("month", "value", unit="money"),
        Column("share", "value", unit="share"),
    )
    return replace(asked, columns=columns, by=("customer",), finish="receivables")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Money as numbers, beside a month's."""
    told = frames[0]
    day = query.view.at if query.view else date.max
    known = ((pl.lit(day) - pl.col("since")).dt.total_days() + 1).clip(upper_bound=YEAR)
    month = pl.col("invoiced").cast(pl.Float64) / pl.max_horizontal(known / MONTH, 1.0)
    found = told.with_columns(*(pl.col(name).cast(pl.Float64) for name in _MONEY), month=month)
    share = pl.col("late") / pl.when(pl.col("month") > 0).then(pl.col("month"))
    found = found.with_columns(share=share).select(column.name for column in query.columns)
    return found.sort("late", "overdue", "customer", descending=[True, True, False], nulls_last=True)


FINISHES = {"receivables": finished}
