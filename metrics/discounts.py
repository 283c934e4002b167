"""How deep discounts are, beside what is left of the price and how often deals are won.

Of order lines the depth is the line's own discount, else what it brought under the product's list price; of deals that
of the last quote, and where no quote of the deal says any, what the deal's lines lie under list price. What is sold
above list price is no discount and not set off against one. Neither says that a discount
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

    Columns: `depth_band` (BANDS), `lines`, `revenue`, `discount_worth` (what was taken off; of gifts their list price),
    `premium_worth` (what was charged above list price), `gross_margin_rate` with `.low .high .n` (of the `.n` lines
    that have a cost). `rows("lines", depth_band=…)` are a band's lines.
    """
    columns = (
        Column("depth_band", "by"), *(Column(name, "detail") for name in ("product_key", "customer_key", "rep_key")),
        Column("lines", "value", unit="count"), Column("revenue", "value", unit="money"),
        Column("discount_worth", "value", unit="money"), Column("premium_worth", "value", unit="money"),
        Column("gross_margin_rate", "value", unit="share"),
        *(Column(f"gross_margin_rate.{end}", end) for end in _ENDS),
    )  # fmt: skip
    return replace(_asked("discount_margins", view), columns=columns, by=("depth_band",), finish="discount_margins")


def wins(view: View) -> Query:
    """Deals decided in the period by the depth of the discount they were offered, those with quotes first.

    Columns: `depth_band`, `closed`, `won`, `win_rate` with `.low .high .n` (Wilson), `rate_of_others` (in all
    other bands), `is_beyond_chance` (they differ, all bands looked at together), `discount_from` (quote or list).
    Deals with a quote are held against deals with a quote only: who got as far as a quote wins more often, whatever it
    says. `rows("closed", depth_band=…, discount_from=…)` are a band's deals. Filters choose deals; a quote counts for
    its deal, whoever issued it (docs/decisions/0009).
    """
    columns = (
        Column("depth_band", "by"), Column("discount_from", "by"),
        *(Column(name, "detail") for name in ("customer_key", "rep_key")), Column("closed", "value", unit="count"),
        Column("won", "value", unit="count", where="population.status = 'won'"),
        Column("win_rate", "value", unit="share"), *(Column(f"win_rate.{end}", end) for end in _ENDS),
        Column("rate_of_others", "value", unit="share"), Column("is_beyond_chance", "flag"),
    )  # fmt: skip
    return replace(
        _asked("discount_wins", view), columns=columns, by=("depth_band", "discount_from"), finish="discount_wins"
    )


def _asked(name: str, view: View) -> Query:
    days = view.period
    return from_file(name, view, from_on=days.from_on if days else FIRST, to_on=view.at, least_cut=LEAST_CUT)


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(pl.col("depth_band").cast(pl.Enum(BANDS)))


def finished_margins(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Bands with their margin rate: a ratio of two sums over lines, each line one draw (Cochran 1977, §6.3)."""
    frame = _in_order(frames[0])
    if "unknown" in frame["depth_band"]:
        lines = int(frame.filter(pl.col("depth_band") == "unknown")["lines"][0])
        notes.append(note("discount_unknown", count=lines, of=int(frame["lines"].sum())))
    if frame.filter(pl.col("depth_band") != "unknown").is_empty():
        return frame.clear().select("depth_band", "lines", "revenue", "discount_worth", "premium_worth")
    listed, unvalued = (int(frame[name].sum()) for name in ("listed", "unvalued"))
    if listed and frame["rates"][0]:
        notes.append(note("discount_list_currency", count=listed))
    if unvalued:
        notes.append(note("discount_unvalued", count=unvalued))
    costed = pl.col("costed_revenue")
    of = pl.when((pl.col("costed") > 0) & (costed > 0)).then(costed)
    rate = pl.col("margin") / of
    spread = pl.col("margin_squares") - 2 * rate * pl.col("margin_revenue") + rate**2 * pl.col("revenue_squares")
    count = pl.col("costed").cast(pl.Float64)
    error = Z * (spread.clip(0) * count / pl.when(count > 1).then(count - 1)).sqrt() / of
    return frame.with_columns(gross_margin_rate=rate).select(
        "depth_band", pl.col("lines").cast(pl.Int64), "revenue", "discount_worth", "premium_worth", "gross_margin_rate",
        (rate - error).alias("gross_margin_rate.low"), (rate + error).alias("gross_margin_rate.high"),
        pl.col("costed").cast(pl.Int64).alias("gross_margin_rate.n"),
    )  # fmt: skip


def _without_one_outcome(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Without the deals held against list prices where not one of many was won, though of those quoted some were.

    Who wins has been quoted: those who were not say where they stood, and nothing of discounts. Also how many they are.
    """
    listed = frame.filter(pl.col("discount_from") == "list")
    others = frame.filter(pl.col("discount_from") != "list")
    count = int(listed["closed"].sum())
    is_void = count >= LEAST_DEALS and not listed["won"].sum() and bool(others["won"].sum())
    return (others, count) if is_void else (frame, 0)


def finished_wins(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:  # noqa: ARG001 - as all
    """Bands with their win rate; what says no depth is counted in notes."""
    raw = frames[0].with_columns(pl.col(name).cast(pl.Int64) for name in ("closed", "won"))
    frame = raw.filter(pl.col("depth_band") != "unknown").sort(
        pl.col("discount_from") != "quote", pl.col("depth_band").cast(pl.Enum(BANDS))
    )
    quoted = int(frame.filter(pl.col("discount_from") == "quote")["closed"].sum())
    if frame.height:
        notes.append(note("discount_by", quoted=quoted, listed=int(frame["closed"].sum()) - quoted))
    out = {why: int(raw.filter(pl.col("discount_from") == why)["closed"].sum()) for why in ("unpriced", "foreign")}
    whole = int(raw["closed"].sum())
    frame, alike = _without_one_outcome(frame)
    notes += [note("discount_one_outcome", count=alike)] * bool(alike)
    notes += [note(f"discount_{why}", count=count, of=whole) for why, count in out.items() if count]
    low, high = wilson(pl.col("won"), pl.col("closed"))
    rest_won, rest = (pl.col(name).sum().over("discount_from") - pl.col(name) for name in ("won", "closed"))
    frame = frame.with_columns(
        win_rate=pl.col("won") / pl.col("closed"), rest_won=rest_won, rest=rest,
        rate_of_others=rest_won / pl.when(rest > 0).then(rest),
        **{"win_rate.low": low, "win_rate.high": high, "win_rate.n": pl.col("closed")},
    )  # fmt: skip
    stand = discoveries([
        differ(won, of, rest_won, rest) if min(of, rest) >= LEAST_DEALS else None
        for of, won, rest, rest_won in frame.select("closed", "won", "rest", "rest_won").rows()
    ])  # fmt: skip
    frame = frame.with_columns(is_beyond_chance=pl.Series(stand, dtype=pl.Boolean))
    ends = (f"win_rate.{end}" for end in _ENDS)
    return frame.select(
        "depth_band", "closed", "won", "win_rate", *ends, "rate_of_others", "is_beyond_chance", "discount_from"
    )
