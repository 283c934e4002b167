"""Discounts written as what is left to pay: `8.5折` and 85 % are 15 % off in China, where a cell or its row says so.

`折` says it outright. Numbers beside it, and numbers in general, are proved row by row: quantity × price × share =
amount is left to pay, quantity × price × (1 − share) = amount is taken off. What neither word nor row proves in such a
list stays blank, with what was written; 0 is no discount.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.remarks import Remark

if TYPE_CHECKING:
    from data.ingest.map import Mapped
    from data.ingest.parsed import Parsed

_TELLING_WORDS = "折|价|优惠|(?i)discount"
_NONE = r"^(?:[无没未不](?:有|打)?折扣?|[无没]有?优惠|原价|全价|(?i:no discount))$"
_DIGITS = "一二三四五六七八九"
_HAN_FOLD = rf"^打?([{_DIGITS}])点?([{_DIGITS}])?\s*折$"
_FOLD = r"^打?(\d+(?:\.\d+)?)\s*折$"
_TENTHS, _WHOLE = 10, 100
_PARTS = ("quantity", "unit_price", "amount", "discount")
_SURE, _NEAR = 0.95, 1e-4
_LEAST = 2
"""One row that fits may be chance or a slip: so many prove what a column means."""
_CENT = 0.011
_SHOWN = 3


@dataclass
class Folds:
    """What a column of discounts says with 折: `texts` as they were, which rows say it, which do so unclearly."""

    texts: pl.Series
    is_said: pl.Series
    is_unclear: pl.Series


def folds_as_percent(mapped: Mapped) -> Folds | None:
    """Write `8.5折`, `85折` and `八五折` as 15 %, `无折扣` as 0 %, and nothing for `0.85折` or `9.5折起`.

    Returns:
        What the column said; None where it has no such words.
    """
    texts = mapped.texts.get("discount")
    if texts is None or not texts.str.contains(_TELLING_WORDS).any():
        return None
    cell = pl.col("discount").str.strip_chars()
    han = cell.str.replace(_HAN_FOLD, "$1${2}折").str.replace_many(list(_DIGITS), [*"123456789"])
    number = han.str.extract(_FOLD, 1).cast(pl.Float64, strict=False)
    left = pl.when(number <= _TENTHS).then(number * _TENTHS).otherwise(number)
    is_none, is_clear = cell.str.contains(_NONE), number.is_between(1, _WHOLE)
    said = texts.alias("discount").to_frame().select(
        pl.when(is_none).then(pl.lit("0%")).when(is_clear).then(pl.format("{}%", (_WHOLE - left).round(4)))
        .when(cell.str.contains("折")).then(None).otherwise("discount").alias("discount"),
        (is_clear & ~is_none).fill_null(value=False).alias("is_said"),
        (cell.str.contains("折") & ~is_none & ~is_clear.fill_null(value=False)).fill_null(value=False).alias("unclear"),
    )  # fmt: skip
    mapped.texts["discount"] = said["discount"]
    return Folds(texts, said["is_said"] | said["unclear"], said["unclear"])


def turn_paid(mapped: Mapped, parsed: Parsed, folds: Folds | None) -> list[Remark]:
    """Take what is left to pay from 1 where cells or their rows say that it is that; blank what may be either.

    Args:
        mapped: a list under our names.
        parsed: the same, typed; its discounts are changed.
        folds: what its discounts say with 折.
    """
    if folds is not None:
        mapped.texts["discount"] = folds.texts  # what is shown of a row is what was written
    discount = parsed.columns.get("discount")
    if discount is None:
        return []
    has_folds = folds is not None and bool(folds.is_said.any())
    if not has_folds and any(name not in parsed.columns for name in _PARTS):
        return []
    turn, unsure = _told_apart(parsed, folds if has_folds else None)
    has_turned, has_unsure = bool(turn.any()), bool(unsure.any())
    if has_turned or has_unsure:
        frame = pl.DataFrame([discount.alias("discount"), turn.alias("turn"), unsure.alias("unsure")])
        read = pl.when("unsure").then(None).when("turn").then((1 - pl.col("discount")).round(6)).otherwise("discount")
        parsed.columns["discount"] = frame.select(read.alias("discount")).to_series()
    column = mapped.sources["discount"][0]
    remarks = [Remark(code="discount_paid", params={"column": column})] if has_turned or has_folds else []
    if has_unsure:
        parsed.rounded["discount"] = unsure
        words = mapped.texts["discount"].filter(unsure).drop_nulls().unique(maintain_order=True)
        shown = ", ".join(words.head(_SHOWN)) + ("…" if len(words) > _SHOWN else "")
        params: dict[str, str | int] = {"column": column, "rows": int(unsure.sum()), "words": shown}
        remarks.append(Remark(code="discount_unsure", params=params))
    return remarks


def _told_apart(parsed: Parsed, folds: Folds | None) -> tuple[pl.Series, pl.Series]:
    """The rows whose discount is what is left to pay, and those of which nobody can say whether it is."""
    discount = parsed.columns["discount"]
    rows = pl.DataFrame(
        [parsed.columns.get(name, pl.repeat(None, len(discount), eager=True)).cast(pl.Float64).alias(name)
         for name in _PARTS]
    )  # fmt: skip
    share, whole, amount = pl.col("discount"), pl.col("quantity") * pl.col("unit_price"), pl.col("amount")
    near = pl.max_horizontal(pl.lit(_CENT), amount.abs() * _NEAR)
    fits = [((whole * part - amount).abs() <= near).fill_null(value=False) for part in (share, 1 - share)]
    told = rows.select("discount", "amount", fits[0].alias("paid"), fits[1].alias("off")).with_columns(
        folds.is_said.alias("is_said") if folds else pl.lit(value=False).alias("is_said"),
        folds.is_unclear.alias("is_unclear") if folds else pl.lit(value=False).alias("is_unclear"),
    )
    bare = ~pl.col("is_said") & (share > 0)
    only_paid, only_off = pl.col("paid") & ~pl.col("off"), pl.col("off") & ~pl.col("paid")
    telling = bare & (share < 1) & ((share - 0.5).abs() > _NEAR) & (amount != 0)
    counts = told.select(
        telling.sum().alias("telling"), (telling & only_paid).sum().alias("paid"),
        (telling & only_off).sum().alias("off"), ((share == 0) & pl.col("off") & (amount != 0)).sum().alias("none"),
    ).row(0)  # fmt: skip
    count, paid, off, none = counts
    is_proved = paid >= _LEAST and paid >= _SURE * count and off <= (1 - _SURE) * count
    if folds or (is_proved and none):
        turn, unsure = bare & only_paid, bare & ~pl.col("paid") & ~pl.col("off")
    elif is_proved:
        turn, unsure = bare & ~only_off, pl.lit(value=False)
    else:
        turn, unsure = pl.lit(value=False), telling & only_paid
    made = told.select(
        turn.fill_null(value=False).alias("turn"), (unsure | pl.col("is_unclear")).fill_null(value=False).alias("un")
    )
    return made["turn"], made["un"]
