"""Against whom deals are won and lost: the win rate of each competitor beside that of all other competitors.

Only deals that name a competitor are compared: one is noted more often when a deal gets hard, and in many companies
only once it is lost. Where it is noted on lost deals only, there is no win rate to speak of.

Who loses hears it soon: of deals against somebody new on the market those lost are closed first. So each is held
against deals that were created in the same months (Mantel and Haenszel).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.brought import against_others, span
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.query import Column, Query, Role, from_file
from metrics.view import View

_ENDS: tuple[Role, ...] = ("low", "high", "n")


def competitors(view: View) -> Query:
    """Deals closed in the view's period by the `competitor` they name; those that name none in a row of their own.

    The most deals first: `won`, `lost_deals`, `win_rate` with `.low .high .n` (closed deals), `others` (the win rate of
    all other deals of the same months that name a competitor), `won_money`, `lost_money`, and `is_beyond_chance`
    (Benjamini–Hochberg over competitors with enough deals).
    """
    asked = from_file("competitors", view, **span(view))
    won, lost = ("population.status = 'won'", "population.status = 'lost'")
    columns = (
        Column("competitor", "by"),
        *(Column(name, "detail") for name in ("rep_key", "customer_key")),
        Column("won", "value", unit="count", agg="count", where=won),
        Column("lost_deals", "value", unit="count", agg="count", where=lost),
        Column("win_rate", "value", unit="share"),
        *(Column(f"win_rate.{end}", end) for end in _ENDS),
        Column("others", "value", unit="share"),
        Column("won_money", "value", unit="money", where=won),
        Column("lost_money", "value", unit="money", where=lost),
        Column("is_beyond_chance", "flag"),
    )
    return replace(asked, columns=columns, by=("competitor",), finish="competitors")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Win rates with their intervals, and which differ from the other competitors'."""
    months = frames[0]
    summed = months.group_by("competitor", maintain_order=True).agg(pl.exclude("created_in").sum())
    frame = summed.with_columns(closed=pl.col("won") + pl.col("lost_deals"))
    named = frame.filter(pl.col("competitor").is_not_null())
    names = [column.name for column in query.columns if column.role != "detail"]
    closed, noted = int(frame.get_column("closed").sum()), int(named.get_column("closed").sum())
    is_told = bool(named.get_column("won").sum())
    if noted:
        notes.append(note("competitors_noted", count=noted, of=closed))
    if noted and not is_told:
        notes.append(note("competitors_of_lost"))
    is_named = pl.col("competitor").is_not_null()
    low, high = wilson(pl.col("won"), pl.col("closed"))
    rate = pl.col("won") / pl.when(pl.col("closed") > 0).then("closed")
    beside = against_others(named, months.filter(is_named), "competitor", "created_in")
    frame = frame.join(named.select("competitor").hstack(beside), on="competitor", how="left", maintain_order="left")
    shares = {"win_rate": rate, "win_rate.low": low, "win_rate.high": high, "others": pl.col("others")}
    frame = frame.with_columns(
        **{name: pl.when(pl.lit(is_told) | ~is_named).then(value) for name, value in shares.items()},
        **{"win_rate.n": pl.col("closed"), "won_money": pl.col("won_money").fill_null(0),
           "lost_money": pl.col("lost_money").fill_null(0)},
    )  # fmt: skip
    stands = pl.col("is_beyond_chance").fill_null(value=False) & pl.lit(is_told)
    frame = frame.with_columns(is_beyond_chance=stands)
    order = frame.sort(~is_named, "closed", "competitor", descending=[False, True, False])
    return order.select(names) if noted else order.select(names).clear()


FINISHES = {"competitors": finished}
