"""What changed between two days: start + everything that came and grew − everything that left and shrank = end.

One deal has one cause for coming, one for leaving, and in between a change of its amount. A deal comes with the
amount it had on the first day, where it was known then, and leaves with that amount; a won deal leaves with what it was
won for. Where only the rate of its currency changed, its amount did not: that is `revalued`. A deal closed outside the
days looked at is moved out of them, not won or lost in them. Start and end are `open_amount` of their days, and the
blocks between add up, to the cent, for any scope.

Source of the causes: Gong's pipeline changes and Atrium's identity; the order in which they are looked for is
metrics/sql/bridge.sql.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl

from metrics import shares
from metrics.catalog import measure
from metrics.errors import BadPeriod
from metrics.notes import Note, note
from metrics.period import FIRST, LAST, Period
from metrics.query import Column, Query, from_file, used
from metrics.view import View

START, END = "start", "end"
CAME = ("new", "appeared", "reopened", "pulled_in", "pushed_in", "transferred_in")
LEFT = ("won", "lost", "pushed_out", "pulled_out", "transferred_out", "gone")
CAUSES = (*CAME, "increased", *LEFT, "decreased", "revalued")
"""Between start and end, in the order in which they are shown."""

_MONEY = pl.Decimal(38, 4)


def bridge(view: View, from_day: date, to_day: date | None = None, due: Period | None = None) -> Query:
    """The deals of one day turned into those of another.

    Columns: `cause` (start, CAUSES, end), `amount` (what it adds, to the cent; of start and end how much stood there),
    `deals` (how many). `rows(cause="won")` are the deals of a block with old and new values.

    Args:
        view: whose filters apply; its period does not.
        from_day: the first day. to_day: the last one; by default the day the view's stocks are read at.
        due: only deals expected to close in these days (closed ones: closed in them); by default all.

    Raises:
        BadPeriod: a last day lies before its first.
    """
    until = to_day or view.at
    for first, last in ((from_day, until), *(((due.from_on, due.to_on),) if due else ())):
        if last < first:
            raise BadPeriod(from_on=first, to_on=last)
    asked = from_file(
        "bridge", view, from_day=from_day, to_day=until, is_bounded=due is not None,
        due_from=due.from_on if due else FIRST, due_to=due.to_on if due else LAST,
    )  # fmt: skip
    money = measure("open_amount")
    columns = (
        Column("cause", "by"),
        Column("amount", "value", money.id, "money", "sum", "moved"),
        Column("deals", "value", "open_deals", "count", "count"),
    )
    split = shares.split(money, (name for name, _ in view.filters))
    return replace(asked, columns=columns, by=("cause",), finish="bridge", **split)


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Every block in its order, those where nothing happened with 0."""
    raw = frames[0]
    order = pl.DataFrame({"cause": [START, *CAUSES, END]})
    if raw.get_column("reconstructed").sum():
        notes.append(note("reconstructed", measure="open_amount"))
    return order.join(raw, on="cause", how="left", maintain_order="left").select(
        "cause",
        pl.col("amount").cast(_MONEY).fill_null(Decimal(0)),
        pl.col("deals").fill_null(0),
    )


def largest(asked: Query, count: int) -> Query:
    """The deals of a bridge that moved most money, one row per deal and cause, the largest first.

    Columns: `deal_id`, `deal`, `customer`, `cause`, `moved` (signed), `rep` and `stage` (of the last day; of a deal
    that left, of the first), `due` likewise, and in every row `deals`, how many deals moved any money.

    Args:
        asked: a `bridge`. count: rows at most.
    """
    moved = "cause not in ('start', 'end') and moved <> 0"
    answer = (
        "select deal_id, deal, customer, cause, moved, coalesce(end_rep, start_rep) as rep,"
        " coalesce(end_stage, start_stage) as stage, coalesce(end_due, start_due) as due,"
        f" (select count(distinct deal_id) from population where {moved}) as deals\nfrom population"
        f"\nwhere {moved}\norder by abs(moved) desc, deal_id, cause"
    )
    sql = " ".join([*(step.sql for step in asked.steps), answer])
    params = used(sql, dict(asked.params))
    return replace(asked, answer=answer, params=params, columns=(), by=(), finish="plain", others=()).first(count)
