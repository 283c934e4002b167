"""Segments of customers as lists: what to do with each, who is in one, and who slipped from the best."""

from __future__ import annotations

from typing import ClassVar

import polars as pl

from metrics import rfm_cells
from metrics.query import Result
from metrics.rfm import APART
from ui import numbers, rows
from ui.look import Look
from ui.question import Subject
from ui.rfm import label


class Segments(Subject):
    """What is looked behind: segments, and below them what is apart, which no scroll may hide."""

    height: ClassVar[int] = rows.ROW_HEIGHT * (len(rfm_cells.named()) + len(APART) + 1) + 3


def _in_words(frame: pl.DataFrame, look: Look, *columns: str) -> pl.DataFrame:
    """Segments by their names."""
    names = {name: label(name, look) for column in columns for name in frame.get_column(column).drop_nulls().unique()}
    return frame.with_columns(pl.col(column).replace(names) for column in columns)


def segments(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Every segment with what to do, and what stands apart."""
    advice = {name: one.advice.text(look.lang) for name, one in rfm_cells.named().items()}
    told = frame.with_columns(advice=pl.col("segment").replace_strict(advice, default=None, return_dtype=pl.String))
    whole = pl.col("amount", "average").cast(pl.Float64).round(0)  # of many customers nobody reads cents
    return _in_words(told.with_columns(whole), look, "segment")


def members(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - as every shape
    """The customers of one segment; what nobody has is left out."""
    return _known(frame).drop("segment", strict=False)


def _known(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns in which anybody has anything."""
    kept = [name for name in frame.columns if frame.get_column(name).null_count() < frame.height]
    return frame.select(kept) if frame.height else frame


def how_many(result: Result, look: Look) -> str | None:
    """How many customers there are, and what they brought."""
    frame = result.frame
    if frame.is_empty():
        return None
    return look.words(
        "question.rfm_members_found", count=numbers.exact(frame.height, "count", look.lang),
        amount=look.money(float(frame["amount"].sum() or 0)),
    )  # fmt: skip


def slipped(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Who slipped, from where to where, and whose they are; what nobody has is left out.

    Without what the day of the last purchase says already, cents, and tiers: so the last column stands on the screen.
    """
    whole = pl.col("amount_then", "amount_now", "change").cast(pl.Float64).round(0)
    first = [name for name in ("customer", "rep") if name in frame.columns]
    told = frame.with_columns(whole).select(*first, pl.exclude(*first, "recency_days", "tier"))
    return _known(_in_words(told, look, "segment_then", "segment_now"))


def what_is_at_stake(result: Result, look: Look) -> str | None:
    """The one with most money among those whose own buying fell; of those who did nothing nothing is said."""
    fell = result.frame.filter(~pl.col("is_unchanged"), pl.col("change") < 0).sort("change", "customer")
    if fell.is_empty():
        return None
    row = fell.row(0, named=True)
    return look.words(
        "question.rfm_slipped_found", customer=row["customer"], then=look.money(float(row["amount_then"])),
        now=look.money(float(row["amount_now"] or 0)), segment=label(row["segment_now"], look),
    )  # fmt: skip
