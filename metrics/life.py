"""Where products are in their life, and how long their stock lasts.

Seen on the view's day, over its last YEAR days and the YEAR before, in this order:

    unsold      never sold on record: it is in stock, or came back
    ended       sold before, but not for SILENT days, longer than ever before, and longer than chance explains
    new         first sold within the last YEAR, and the record is long enough to know (NEW_AFTER days older)
    growing     the last year brought more than the year before, by LEAST_MOVE and beyond chance
    declining   less, by as much and beyond chance
    mature      neither
    unknown     it sold in one of the two years only, or the record is shorter: nothing to compare with

What sells on few days is silent for long without having ended: if the n days on which it sold lay anywhere between the
first one and now, chance alone would leave the last s of T days empty with (1 − s ÷ T)^(n − 1). All products are looked
at together (Benjamini and Hochberg): of two thousand that sell seldom a hundred are silent so long by chance. What
sells in one season only pauses as long each year.

Growth is against the sum of the year before, in money net of returns. How much such sums vary by chance is told by
groups of customers (metrics/standing_out.py); all products are looked at together (Benjamini and Hochberg).

Since when there is a record, and how long stock lasts, are told by all lines in scope: a filter of products does not
shorten the record, and stock is for everybody's sales. Stock is the last count of each warehouse; its cover is how many
days it lasts at the pace of the last PACE days, whole ones from ten on. Slow is a cover above SLOW days, or stock of
what did not sell at all in these days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import log, sqrt
from typing import Any

import polars as pl

from metrics.base import Filters
from metrics.notes import Note, note
from metrics.proportions import discoveries
from metrics.query import Column, Query, from_file
from metrics.scores import two_sided
from metrics.standing_out import GROUPS_A_KEY, LEAST_EFFECTIVE, LEAST_LINES, spread
from metrics.view import View

STAGES = ("new", "growing", "mature", "declining", "ended", "unsold", "unknown")
YEAR, SILENT, NEW_AFTER, PACE, SLOW = 365, 180, 90, 90, 180
LEAST_MOVE = 0.1
"""A year that differs by less from the one before is mature, however surely it differs."""
_WHOLE_DAYS = 10
"""Days from which a cover is told in whole ones."""
_OF_PRODUCTS = ("product", "category")
"""Filters that choose products, so that they hold of stock too."""


def life(view: View) -> Query:
    """Every product by the money of the last year, the largest first.

    Columns: `product`, `category`, `life` (STAGES), `first_sold_on`, `last_sold_on`, `amount_now`, `amount_then`,
    `growth` (null: nothing to compare with, or more came back than was sold), `stock`, `counted_on`, `cover_days`
    (null: no stock is known, or nothing sold), `is_overstocked`.
    `rows("amount_now", product=…)` are its order lines of the last year.

    Args:
        view: its day and filters; its period does not matter. Under a filter by more than products, stock of what was
            sold, but not within the filter, is left out.
    """
    day = view.at
    from_on = day - timedelta(days=YEAR - 1)
    asked = from_file(
        "product_life", view, groups_a_key=GROUPS_A_KEY, day=day, from_on=from_on,
        before_from=from_on - timedelta(days=YEAR),
        before_to=from_on - timedelta(days=1), from_day=day - timedelta(days=PACE - 1),
    )  # fmt: skip
    columns = (
        Column("product", "by"), *(Column(name, "detail") for name in ("customer_key", "rep_key")),
        Column("amount_now", "value", unit="money", where="population.ordered_on >= $from_on"),
        Column("amount_then", "value", unit="money", where="population.ordered_on < $from_on"),
        Column("growth", "value", unit="share"), Column("stock", "value", unit="quantity"),
        Column("cover_days", "value", unit="days"), Column("is_overstocked", "flag"),
    )  # fmt: skip
    return replace(asked, columns=columns, by=("product",), finish="life")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Products with their stage and cover."""
    given = dict(query.params)
    day = given["day"]
    if not isinstance(day, date):
        return frames[0]
    money = [
        pl.col(f"{name}_{span}").cast(pl.Float64).fill_null(0)
        for name in ("amount", "squares")
        for span in ("now", "then")
    ]
    frame = frames[0].filter(pl.col("product").is_not_null()).with_columns(*money)
    filters = tuple((name, values) for name, values in (query.view.filters if query.view else ()) if values)
    begun = frame.get_column("begun_on").min()
    frame = _asked(frame, filters)
    known_days = (day - begun).days + 1 if isinstance(begun, date) else 0
    if not known_days:
        notes.append(note("life_no_products"))
    elif known_days < 2 * YEAR:
        notes.append(note("life_short", count=known_days, least=2 * YEAR))
    moves = _moves(frame) if known_days >= 2 * YEAR else [None] * frame.height
    ended = _ended(frame, day)
    stages = [
        "ended" if is_over else _stage(row, move, day, known_days)
        for row, move, is_over in zip(frame.iter_rows(named=True), moves, ended, strict=True)
    ]  # fmt: skip
    has_stock = frame.get_column("stock").is_not_null().any()
    if not has_stock:
        notes.append(note("no_stock"))
    elif any(name not in _OF_PRODUCTS for name, _ in filters):
        notes.append(note("stock_of_all"))
    pace = pl.col("pieces").cast(pl.Float64).fill_null(0) / PACE
    cover = pl.col("stock") / pl.when(pace > 0).then(pace)
    frame = frame.with_columns(
        life=pl.Series(stages, dtype=pl.String),
        cover_days=pl.when(cover.abs() < _WHOLE_DAYS).then(cover.round(1)).otherwise(cover.round(0)),
        growth=pl.when((pl.col("amount_then") > 0) & (pl.col("amount_now") >= 0) & pl.lit(known_days >= 2 * YEAR))
        .then(pl.col("amount_now") / pl.col("amount_then") - 1),
        is_overstocked=(pl.col("stock") > 0) & ((cover > SLOW) | (pace <= 0)),
    )  # fmt: skip
    named = ("product", "category", "life", "first_sold_on", "last_sold_on", "amount_now", "amount_then", "growth")
    frame = frame.sort("amount_now", "product", descending=[True, False])
    return frame.select(*named, "stock", "counted_on", "cover_days", "is_overstocked")


def _asked(frame: pl.DataFrame, filters: Filters) -> pl.DataFrame:
    """Without what is only in stock and not asked for: counts of stock are not filtered, and know products only."""
    for name, values in filters:
        of_products = pl.col(name).is_in(pl.Series(values, dtype=pl.String), nulls_equal=True)
        chosen = of_products if name in _OF_PRODUCTS else pl.col("first_on").is_null()
        frame = frame.filter(pl.col("lines_now").is_not_null() | chosen)
    return frame


def _stage(row: dict[str, Any], move: int | None, day: date, known_days: int) -> str:
    if row["last_sold_on"] is None:
        return "unsold"
    if (day - row["first_sold_on"]).days < YEAR and known_days >= YEAR + NEW_AFTER:
        return "new"
    if move is None:
        return "unknown"
    return {1: "growing", -1: "declining"}.get(move, "mature")


def _ended(frame: pl.DataFrame, day: date) -> list[bool]:
    """Whose silence is beyond their own rhythm."""
    chances: list[float | None] = []
    is_long = []
    for row in frame.iter_rows(named=True):
        first, last = row["first_sold_on"], row["last_sold_on"]
        silent, whole = ((day - one).days if one else 0 for one in (last, first))
        chances.append((1 - silent / whole) ** (row["days_sold"] - 1) if whole else None)
        is_long.append(silent >= SILENT and silent > (row["longest_pause"] or 0))
    return [stands and long for stands, long in zip(discoveries(chances), is_long, strict=True)]


def _moves(frame: pl.DataFrame) -> list[int | None]:
    """1, -1 or 0 for each product: more, less, or neither than in the year before; None where it sold in one only."""
    scores: list[tuple[float, float] | None] = []
    for row in frame.iter_rows(named=True):
        now, then = row["amount_now"], row["amount_then"]
        if min(now, then) <= 0:
            scores.append(None)
            continue
        spreads = spread(now, row["squares_now"]), spread(then, row["squares_then"])
        few = min(row["lines_now"], row["lines_then"]) < LEAST_LINES or max(spreads) > 1 / LEAST_EFFECTIVE
        chance = 1.0 if few or not sum(spreads) else two_sided(log(now / then) / sqrt(sum(spreads)))
        scores.append((log(now / then), chance))
    stand = discoveries([None if score is None else score[1] for score in scores])
    return [
        None if score is None else _direction(score[0], stands=stands)
        for score, stands in zip(scores, stand, strict=True)
    ]


def _direction(moved: float, *, stands: bool) -> int:
    if not stands or abs(moved) < log(1 + LEAST_MOVE):
        return 0
    return 1 if moved > 0 else -1
