"""How results go with the time people have been there: joiners and old hands, added up band by band.

A band's attainment is what its people reached ÷ what all of their targets come to, and its rates are those of all their
cases: neither is a mean of people's rates. People whose first day nobody noted are a band of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from metrics.catalog import measure
from metrics.intervals import wilson
from metrics.notes import Note
from metrics.proportions import differ, discoveries
from metrics.query import Column, Query
from metrics.reps import TENURES, asked_of, made, with_people
from metrics.view import View

_ASKED = ("attainment", "won_amount", "win_rate", "won_deals", "closed_deals")
LEAST_CLOSED = 30
"""Deals closed in a band below which its win rate is held against nobody's."""


def tenure(view: View) -> Query:
    """One row per band of the time somebody has been there on the last day (metrics/reps.py, TENURES), newest first.

    Columns: `tenure` (null: not known), `people`, `target`, `actual` and `attainment` (of those whose target is for all
    days gone by), `won_amount`, `won_per_person`, `won_deals`, `closed_deals`, `win_rate` with `.low .high .n`,
    `others` (the rate of all other bands), `is_apart` (beyond chance; null: not judged).
    """
    asked = tuple(measure(name) for name in _ASKED)
    units = {"people": "count", "target": "money", "actual": "money", "attainment": "share", "won_amount": "money",
             "won_per_person": "money", "won_deals": "count", "closed_deals": "count", "win_rate": "share"}  # fmt: skip
    columns = [Column("tenure", "by"), *(Column(name, "value", unit=unit) for name, unit in units.items())]
    columns += [
        Column(f"win_rate.{end}", "detail", unit="count" if end == "n" else "share") for end in ("low", "high", "n")
    ]
    columns += [Column("others", "detail", unit="share"), Column("is_apart", "flag")]
    return made(asked_of(asked, view), asked, view, columns, "rep_tenure")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """People added up by band."""
    frame = with_people(query, frames, notes).filter(pl.col("rep").is_not_null() & ~pl.col("has_nothing"))
    has_goal = pl.col("attainment").is_not_null()
    money = {name: pl.col(of).cast(pl.Float64) for name, of in (
        ("target", "attainment.target"), ("actual", "attainment.actual"), ("won_amount", "won_amount"))}  # fmt: skip
    bands = frame.group_by("tenure").agg(
        people=pl.len().cast(pl.Int64), won_amount=money["won_amount"].sum(),
        **{name: money[name].filter(has_goal).sum() for name in ("target", "actual")},
        won_deals=pl.col("won_deals").sum(), closed_deals=pl.col("closed_deals").sum(),
    )  # fmt: skip
    won, closed = pl.col("won_deals"), pl.col("closed_deals")
    low, high = wilson(won, closed)
    rest_won, rest_closed = won.sum() - won, closed.sum() - closed
    bands = bands.with_columns(
        attainment=pl.col("actual") / pl.when(pl.col("target") > 0).then("target"),
        won_per_person=pl.col("won_amount") / pl.col("people"),
        win_rate=won / pl.when(closed > 0).then(closed), others=rest_won / pl.when(rest_closed > 0).then(rest_closed),
        **{"win_rate.low": low, "win_rate.high": high, "win_rate.n": closed},
    )  # fmt: skip
    order = {name: place for place, name in enumerate(TENURES)}
    bands = bands.sort(pl.col("tenure").replace_strict(order, default=len(order), return_dtype=pl.Int64))
    counts = bands.select("won_deals", "closed_deals").rows()
    whole = [sum(column) for column in zip(*counts, strict=True)] if counts else [0, 0]
    p_values = [
        differ(some, of, whole[0] - some, whole[1] - of) if min(of, whole[1] - of) >= LEAST_CLOSED else None
        for some, of in counts
    ]
    flags = [flag if p is not None else None for flag, p in zip(discoveries(p_values), p_values, strict=True)]
    bands = bands.with_columns(pl.Series("is_apart", flags, pl.Boolean))
    return bands.select(column.name for column in query.columns)


FINISHES = {"rep_tenure": finished}
"""By the name that a question gives its finish (metrics/finish.py)."""
