"""How many deals that should close within some days were moved out of them: the slip rate.

Of the deals that were open on the eve and expected to close within a window, those slipped that are open at its end
with a later expected close, or without one. Who won, lost or vanished did not slip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from metrics.notes import Note, note
from metrics.proportions import differ
from metrics.query import Column, Query, from_file
from metrics.view import View

DAYS, BACK = 28, 6
"""Days of a window, and how many windows before it are its history."""
LEAST_DUE = 10
"""Deals due in the window, and in its history, without which nothing is said."""


def slips(view: View) -> Query:
    """Deals due and moved, by window and salesperson.

    Columns: `place` (0: the window that ends on the view's day, then those before it), `rep`, `due`, `slipped`,
    `amount` (of those that slipped), `rebuilt` (whose state was rebuilt from dates). `rows("slipped", place=0, rep=…)`
    are the deals.

    Args:
        view: its day and filters.
    """
    asked = from_file("slips", view, day=view.at, window=DAYS)
    columns = (
        Column("place", "by"),
        Column("rep", "by"),
        Column("due", "value", unit="count"),
        Column("slipped", "value", unit="count", where="population.is_slipped"),
        Column("amount", "value", "open_amount", "money", where="population.is_slipped"),
        Column("rebuilt", "value", unit="count", where="population.is_reconstructed"),
    )
    return replace(asked, columns=columns, by=("place", "rep"), finish="slips")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """In the order of windows and names."""
    frame = frames[0]
    if frame.get_column("rebuilt").sum():
        notes.append(note("reconstructed", measure="open_deals"))
    return frame.with_columns(pl.col("amount").cast(pl.Float64).fill_null(0)).sort("place", "rep", nulls_last=True)


FINISHES = {"slips": finished}
"""By the name that a question gives its finish (metrics/finish.py)."""


def judged(told: pl.DataFrame, teams: Mapping[str, str]) -> pl.DataFrame:
    """The company, teams and people held against their own windows before: a row each.

    Columns: `kind`, `subject`, `due`, `slipped`, `amount`, `rate`, `before_due`, `before` (the rate of its history) and
    `p_value` (of one as far above it: one side of the test of two shares). Windows whose start was rebuilt from dates
    know of no move: they are no history, and of the last window itself nothing is said then.

    Args:
        told: answer of `slips`. teams: of each salesperson.
    """
    rebuilt = set(told.filter(pl.col("rebuilt") > 0).get_column("place"))
    if 0 in rebuilt:
        return pl.DataFrame(schema=SCHEMA)
    known = told.filter(~pl.col("place").is_in(rebuilt))
    team = pl.col("rep").replace_strict(teams, default=None, return_dtype=pl.String)
    whose = pl.concat([
        known.with_columns(kind=pl.lit("company"), subject=pl.lit(None, pl.String)),
        known.with_columns(kind=pl.lit("team"), subject=team).filter(pl.col("subject").is_not_null()),
        known.with_columns(kind=pl.lit("rep"), subject=pl.col("rep")).filter(pl.col("subject").is_not_null()),
    ])  # fmt: skip
    now = pl.col("place") == 0
    sums = whose.group_by("kind", "subject", maintain_order=True).agg(
        pl.col("due").filter(now).sum(), pl.col("slipped").filter(now).sum(), pl.col("amount").filter(now).sum(),
        before_due=pl.col("due").filter(~now).sum(), before_slips=pl.col("slipped").filter(~now).sum(),
    ).filter(pl.min_horizontal("due", "before_due") >= LEAST_DUE)  # fmt: skip
    rated = sums.with_columns(
        rate=pl.col("slipped") / pl.col("due"), before=pl.col("before_slips") / pl.col("before_due")
    )
    chances = [
        differ(slipped, due, then, of) / 2 if rate > before else 1.0
        for slipped, due, then, of, rate, before in rated.select(
            "slipped", "due", "before_slips", "before_due", "rate", "before"
        ).iter_rows()
    ]
    return rated.with_columns(pl.Series("p_value", chances, pl.Float64)).select(*SCHEMA)


SCHEMA = {
    "kind": pl.String, "subject": pl.String, "due": pl.Int64, "slipped": pl.Int64, "amount": pl.Float64,
    "rate": pl.Float64, "before_due": pl.Int64, "before": pl.Float64, "p_value": pl.Float64,
}  # fmt: skip
