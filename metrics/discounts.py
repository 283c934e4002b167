"""How deep discounts are, beside what is left of the price and how often deals are won.

Of order lines the depth is the line's own discount, else what it brought under the product's list price; of deals that
of the last quote, and where no quote says any, what the deal's lines lie under list price. Neither says that a discount
brought a deal, or that without one it would have been lost: who gets a discount is chosen. So both are shown with their
intervals and no cause is claimed; only the margin that a discount costs is arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.intervals import Z, wilson
from metrics.notes import Note, note
from metrics.period import FIRST
from metrics.proportions import differ, discoveries
from metrics.query import Column, Query, Role, from_file
from metrics.view import View

BANDS = ("none", "to_5", "to_10", "to_20", "to_30", "over_30", "unknown")
"""Depths: none, up to 5, 10, 20, 30 %, above; unknown where there is neither a discount nor a list price."""
LEAST_CUT = 0.001
"""Up to so much is no discount: prices are rounded."""
LEAST_DEALS = 30
"""Deals decided in a band, and in the others, for their win rates to be compared."""
_ENDS: tuple[Role, ...] = ("low", "high", "n")


def margins(view: View) -> Query:
    """Order lines by the depth of their discount, returns left out, the shallowest first.

    Columns: `band` (BANDS), `lines`, `revenue`, `given` (what the discount was worth), `margin_rate` with `.low
    .high .n` (of the `.n` lines that have a cost). `rows("lines", band=…)` are a band's lines.
    """
    columns = (
        Column("band", "by"), *(Column(name, "detail") for name in ("product_key", "customer_key", "rep_key")),
        Column("lines", "value", unit="count"), Column("revenue", "value", unit="money"),
        Column("given", "value", unit="money"), Column("margin_rate", "value", unit="share"),
        *(Column(f"margin_rate.{end}", end) for end in _ENDS),
    )  # fmt: skip
    return replace(_asked("discount_margins", view), columns=columns, by=("band",), finish="discount_margins")


def wins(view: View) -> Query:
    """Deals decided in the period by the depth of the discount they were offered, the shallowest first.

    Columns: `band`, `decided`, `won`, `win_rate` with `.low .high .n` (Wilson), `elsewhere` (the win rate in all other
    bands), `is_beyond_chance` (they differ, all bands looked at together), `told_by` (quote or list).
    `rows("decided", band=…, told_by=…)` are a band's deals.
    """
    columns = (
        Column("band", "by"), Column("told_by", "by"),
        *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("decided", "value", unit="count"),
        Column("won", "value", unit="count", where="population.status = 'won'"),
        Column("win_rate", "value", unit="share"), *(Column(f"win_rate.{end}", end) for end in _ENDS),
        Column("elsewhere", "value", unit="share"), Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(_asked("discount_wins", view), columns=columns, by=("band", "told_by"), finish="discount_wins")


def _asked(name: str, view: View) -> Query:
    days = view.period
    return from_file(name, view, from_on=days.from_on if days else FIRST, to_on=view.at, least_cut=LEAST_CUT)


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(pl.col("band").cast(pl.Enum(BANDS)))


def finished_margins(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Bands with their margin rate: a ratio of two sums over lines, each line one draw (Cochran 1977, §6.3)."""
    frame = _in_order(frames[0])
    if "unknown" in frame["band"]:
        lines = int(frame.filter(pl.col("band") == "unknown")["lines"][0])
        notes.append(note("discount_unknown", count=lines, of=int(frame["lines"].sum())))
    if frame.filter(pl.col("band") != "unknown").is_empty():
        return frame.clear().select("band", "lines", "revenue", "given")
    costed = pl.col("costed_revenue")
    of = pl.when((pl.col("costed") > 0) & (costed > 0)).then(costed)
    rate = pl.col("margin") / of
    spread = pl.col("margin_squares") - 2 * rate * pl.col("margin_revenue") + rate**2 * pl.col("revenue_squares")
    count = pl.col("costed").cast(pl.Float64)
    error = Z * (spread.clip(0) * count / pl.when(count > 1).then(count - 1)).sqrt() / of
    return frame.with_columns(margin_rate=rate).select(
        "band", pl.col("lines").cast(pl.Int64), "revenue", "given", "margin_rate",
        (rate - error).alias("margin_rate.low"), (rate + error).alias("margin_rate.high"),
        pl.col("costed").cast(pl.Int64).alias("margin_rate.n"),
    )  # fmt: skip


def finished_wins(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Bands with their win rate: told by quotes where any quote says a discount, else by list prices."""
    raw = frames[0]
    told_by = "quote" if "quote" in raw["told_by"] else "list"
    if raw.height:
        notes.append(note(f"discount_by_{told_by}"))
    counts = (pl.col(name).cast(pl.Int64) for name in ("decided", "won"))
    frame = _in_order(raw.filter(pl.col("told_by") == told_by)).with_columns(counts)
    low, high = wilson(pl.col("won"), pl.col("decided"))
    rest_won, rest = (pl.col(name).sum() - pl.col(name) for name in ("won", "decided"))
    frame = frame.with_columns(
        win_rate=pl.col("won") / pl.col("decided"), elsewhere=rest_won / pl.when(rest > 0).then(rest),
        **{"win_rate.low": low, "win_rate.high": high, "win_rate.n": pl.col("decided")},
    )  # fmt: skip
    decided, won = int(frame["decided"].sum()), int(frame["won"].sum())
    judged = [min(of, decided - of) >= LEAST_DEALS for of in frame["decided"]]
    tested = [
        differ(some, of, won - some, decided - of)
        for of, some, enough in zip(frame["decided"], frame["won"], judged, strict=True) if enough
    ]  # fmt: skip
    stand = iter(discoveries(tested))
    frame = frame.with_columns(
        is_beyond_chance=pl.Series([enough and next(stand) for enough in judged], dtype=pl.Boolean)
    )
    ends = (f"win_rate.{end}" for end in _ENDS)
    return frame.select("band", "decided", "won", "win_rate", *ends, "elsewhere", "is_beyond_chance", "told_by")
