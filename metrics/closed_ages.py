"""The win rate of deals closed in a period against that of the one before, deals of the same age held together.

Who loses hears it soon: deals that are lost close at a younger age than those that are won. So after weeks in which
many deals were created the share of losses among what closes rises, and after a holiday it falls, though of each deal
the chances are what they were. Of deals that close at the same age, in the same pipeline, the share of those won does
not move with how many were created; within weeks of age the two periods are compared (Mantel and Haenszel).

Deals without a day of creation have no age and are left out; where they are more than a tenth, nothing is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.known import LEAST_COVERED
from metrics.notes import Note
from metrics.query import Column, Query, from_file
from metrics.repurchase import mantel_haenszel
from metrics.two_spans import spans
from metrics.view import View

WEEK = 7
"""Days of a band of age."""
CHANCE = 0.05
"""Below it two win rates differ beyond chance."""


def closed_ages(view: View) -> Query:
    """One row: the deals closed in the view's period against those closed in the one it is compared with.

    Columns: `now`, `before` (deals with an age), `difference` of the win rate at equal age (now less before, 0–1), with
    its range of 95 % `difference.low`, `difference.high`, and `is_beyond_chance`; null where too few deals are of ages
    that both periods have, or too many of none. `rows("now")` and `rows("before")` are the deals.

    Raises:
        NoPeriod: the view compares nothing.
    """
    days = {name: day for name, day in spans(view).items() if not name.startswith("span")}
    asked = from_file("closed_ages", view, **days)
    columns = (
        *(Column(name, "value", unit="count", where=f"population.span = '{name}'") for name in ("now", "before")),
        *(Column(name, "value", "win_rate", "share") for name in ("difference", "difference.low", "difference.high")),
        Column("is_beyond_chance", "flag"),
    )
    return replace(asked, columns=columns, finish="closed_ages")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Both periods within weeks of age."""
    raw, is_now = frames[0], pl.col("span") == "now"
    aged = raw.filter(pl.col("days").is_not_null())
    won, closed = pl.col("won"), pl.col("closed")
    cells = aged.group_by("pipeline", pl.col("days") // WEEK).agg(
        some=won.filter(is_now).sum(), of=closed.filter(is_now).sum(), some_others=won.filter(~is_now).sum(),
        of_others=closed.filter(~is_now).sum(),
    ).sort("pipeline", "days")  # fmt: skip
    found = mantel_haenszel(cells)
    is_known = all(_deals(aged, span) >= LEAST_COVERED * _deals(raw, span) for span in ("now", "before"))
    p_value = found.p_value if is_known else None
    row = {
        "now": _deals(aged, "now"), "before": _deals(aged, "before"),
        **dict(zip(("difference", "difference.low", "difference.high"),
                   (found.difference, found.low, found.high) if p_value is not None else (None,) * 3, strict=True)),
        "is_beyond_chance": None if p_value is None else p_value < CHANCE,
    }  # fmt: skip
    shares = dict.fromkeys(("difference", "difference.low", "difference.high"), pl.Float64)
    return pl.DataFrame([row], schema={"now": pl.Int64, "before": pl.Int64, **shares, "is_beyond_chance": pl.Boolean})


def _deals(raw: pl.DataFrame, span: str) -> int:
    return int(raw.filter(pl.col("span") == span).get_column("closed").sum() or 0)


FINISHES = {"closed_ages": finished}
"""By the name that a question gives its finish (metrics/finish.py)."""
