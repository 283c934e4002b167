"""Customers who complained: whose complaint is open, or who fell silent over one (metrics/customer_signals.py).

To who sees a part of the sales it is told of the accounts of their people, whoever took the complaint and sold. Where
complaints or days of purchases are not theirs, what tells of these is null (metrics/told_in_part.py).
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import Any

import polars as pl

from metrics import overdue
from metrics.proportions import discoveries

Row = dict[str, Any]
_EVIDENCE = ("since", "days", "usual", "longest", "count", "chance")
_IS_SOLD = pl.col("source").is_in(["bought", "returned", "before"])
_SAME = ("customer", "last_on", "longest", "purchases")


def complaints(told: pl.DataFrame, day: date) -> list[Row]:
    """Open ones, and those after which a customer that buys in a rhythm is silent beyond chance, not late before.

    Args:
        told: the answer to customer_complaints.sql: `source` (ticket, nps, csat; bought, returned), `day` and the rest.
    """
    if told.is_empty():
        return []
    bought = _bought_by(told.filter(_IS_SOLD), day)
    said = _said(told)
    quiet = _quiet(told, said, bought).unique("customer", keep="first", maintain_order=True)
    return [*_open(said, bought, day), *(_told(row) for row in quiet.iter_rows(named=True))]


def complaints_of_own(everybody: pl.DataFrame, own: pl.DataFrame, owned: Container[str], day: date) -> list[Row]:
    """The same, as it is told to who sees a part: of the accounts of their people, whoever took a complaint.

    Args:
        everybody: the answer of everybody's rows. own: of those that one sees. owned: the accounts of one's people.
    """
    bought, said = _bought_by(own.filter(_IS_SOLD), day), _said(own)
    stake = dict(bought.select("customer", "amount").iter_rows())
    mine = {row["customer"]: row for row in _open(said, bought, day)}
    same = set(bought.select(_SAME).iter_rows())
    seen = set(said.select("customer", "source", "id").iter_rows())
    found = []
    for one in complaints(everybody, day):
        row = one | {"amount": stake.get(one["customer"])}
        if one["reason"] == "complaint_open":
            own_of = mine.get(one["customer"], {})
            is_same, hidden = own_of.get("count") == one["count"], (*_EVIDENCE, "what")
        else:
            is_same = tuple(one[name] for name in _SAME) in same
            hidden = (*_EVIDENCE, *(() if (one["customer"], one["source"], one["id"]) in seen else ("said_on", "what")))
            is_same = is_same and len(hidden) == len(_EVIDENCE)
        found.append(row if is_same else row | dict.fromkeys(hidden))
    return [row for row in found if row["customer"] in owned]


def _said(told: pl.DataFrame) -> pl.DataFrame:
    return told.filter(~_IS_SOLD).drop("amount").sort("customer", "day", "id")


def _open(said: pl.DataFrame, bought: pl.DataFrame, day: date) -> list[Row]:
    still = said.filter(pl.col("is_open") == 1).group_by("customer", maintain_order=True).agg(
        pl.col("tier", "rep").first(), pl.len().alias("count"), since=pl.col("day").first(), what=pl.col("what").first()
    )  # fmt: skip
    stake = bought.select("customer", "amount")
    return [  # who has bought nothing has no year up to a last purchase: at stake is nothing known, not nought
        row | {"signal": "complaint", "reason": "complaint_open", "days": (day - row["since"]).days}
        for row in still.join(stake, on="customer", how="left", maintain_order="left").iter_rows(named=True)
    ]  # fmt: skip


def _quiet(told: pl.DataFrame, said: pl.DataFrame, bought: pl.DataFrame) -> pl.DataFrame:
    """What was said by customers who are silent since, the first first, beside how they bought."""
    if told.is_empty():
        return said.join(bought, on="customer")
    rhythmic = bought.join(said, on="customer", how="semi", maintain_order="left").filter(
        pl.col("purchases") >= overdue.LEAST_PURCHASES
    )
    sums = (rhythmic.get_column(name).cast(pl.Float64).to_numpy() for name in ("days", "pauses", "total", "squares"))
    rhythmic = rhythmic.with_columns(pl.Series("chance", overdue.unsure(*sums), pl.Float64))
    others = [1.0] * (int(told.item(0, "regular_customers")) - rhythmic.height)  # who bought since is not silent
    stands = discoveries([*rhythmic.get_column("chance").to_list(), *others], overdue.WRONG)[: rhythmic.height]
    is_late = (pl.col("days") > pl.col("longest")) & (pl.col("days") >= overdue.LEAST_SILENT)
    silent = rhythmic.with_columns(pl.Series("stands", stands, pl.Boolean)).filter(pl.col("stands") & is_late)
    pause_then = (pl.col("day") - pl.col("last_on")).dt.total_days()
    return said.join(silent, on="customer", how="inner", maintain_order="left").filter(
        # who was late before complaining did not fall silent over it
        (pause_then >= 0) & (pause_then <= pl.col("longest"))
    )


def _told(row: Row) -> Row:
    return row | {
        "signal": "complaint", "reason": "complaint_quiet", "since": row["last_on"], "said_on": row["day"],
        "what": row["source"],
    }  # fmt: skip


def _bought_by(days: pl.DataFrame, day: date) -> pl.DataFrame:
    """Of each customer how it buys (the sums that overdue.chance is told by), and what its last year brought, net."""
    pause = pl.col("day").diff().dt.total_days()
    rhythm = days.filter(source="bought").sort("customer", "day").group_by("customer", maintain_order=True).agg(
        pl.len().alias("purchases"), pl.col("day").max().alias("last_on"), pause.count().alias("pauses"),
        pause.sum().alias("total"), (pause * pause).sum().alias("squares"), pause.max().alias("longest"),
        pause.median().alias("usual"),
    ).with_columns(days=(pl.lit(day) - pl.col("last_on")).dt.total_days())  # fmt: skip
    since_last = (pl.col("last_on") - pl.col("day")).dt.total_days()
    brought = days.join(rhythm.select("customer", "last_on"), on="customer").filter(since_last < overdue.YEAR)
    return rhythm.join(brought.group_by("customer").agg(pl.col("amount").sum()), on="customer", how="left")
