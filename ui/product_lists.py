"""Products as lists: stages of life with stock, and pairs bought together."""

from __future__ import annotations

import polars as pl

from data import punctuation
from metrics.baskets import LEAST_ORDERS
from metrics.life import STAGES
from metrics.query import Result
from ui import numbers
from ui.look import Look


def lives(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """Stages in words."""
    names = {name: look.words(f"value.life.{name}") for name in frame.get_column("life").unique()}
    known = [name for name in frame.columns if frame.get_column(name).null_count() < frame.height]
    first = [name for name in ("product", "life", "is_overstocked", "cover_days") if name in known]
    return frame.with_columns(pl.col("life").replace(names)).select(*first, pl.col(known).exclude(first))


def how_they_stand(result: Result, look: Look) -> str | None:
    """How many products are in each stage, and how many have too much stock; nothing while no stage is known."""
    frame, said = result.frame, []
    counts = {stage: frame.filter(pl.col("life") == stage).height for stage in STAGES}
    if counts["unknown"] < frame.height:
        of, *others = (numbers.count(count, look.lang) for count in (frame.height, *counts.values()))
        known = [(stage, count) for stage, count in zip(counts, others, strict=True) if counts[stage]]
        stages = [f"{look.words(f'value.life.{stage}').lower()} {count}" for stage, count in known]
        said.append(look.words("question.product_life_found", of=of, stages=punctuation.named(stages, look.lang)))
    slow = frame.filter("is_overstocked").get_column("product").to_list()
    if slow:
        names = numbers.listed(slow[:3], look.lang)
        said.append(look.words("question.product_life_slow", count=numbers.count(len(slow), look.lang), names=names))
    return punctuation.sentences(said, look.lang) or None


def pairs(frame: pl.DataFrame, look: Look) -> pl.DataFrame:  # noqa: ARG001 - as every shape
    """What a person reads of pairs."""
    named = ("product", "other_product", "orders", "support", "confidence", "lift", "lift.low", "lift.high")
    return frame.select(*named, "expected_orders", "excess", "is_beyond_chance")


def what_goes_together(result: Result, look: Look) -> str | None:
    """The pair furthest above what the sizes of orders explain, beyond chance; where there is none, what is listed."""
    if result.frame.is_empty():
        return None
    found = result.frame.filter("is_beyond_chance")
    if found.is_empty():
        count = numbers.exact(result.frame.height, "count", look.lang)
        return look.words("question.baskets_none", count=count, least=LEAST_ORDERS)
    row = found.row(0, named=True)
    return look.words(
        "question.baskets_found", product=row["product"], other=row["other_product"],
        orders=numbers.exact(row["orders"], "count", look.lang), times=f"{row['excess']:.1f}",
        count=numbers.exact(found.height, "count", look.lang),
    )  # fmt: skip
