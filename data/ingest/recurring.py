"""Amounts that a cell says for a period: `$1,200 monthly`, `€900/yr`, `1.2万元/年`. Each is that amount, as it stands.

Nobody says for how many periods, so nothing is multiplied; which rows they are is told with the words, and what was
written stays with the row.
"""

from __future__ import annotations

import polars as pl

from data.ingest.map import Mapped
from data.ingest.parsed import Parsed
from data.ingest.remarks import Remark

_EVERY = {
    "month": r"mo|mth|month|monat|月",
    "quarter": r"qtr|quarter|季度?",
    "year": r"yr|year|annum|jahr|年",
    "week": r"wk|week|周|週",
}
_ADVERBS = {
    "month": r"monthly|p\.?\s?m\.?|mtl\.?",
    "quarter": r"quarterly",
    "year": r"yearly|annually|annual|p\.?\s?a\.?",
    "week": r"weekly",
}
_SAID = r"[/／]\s*|\b(?:per|a|each|pro)\s+|每|按"
_BEHIND = {
    period: rf"(?i)(\d.*?)\s*[(（]?\s*(?:(?:{_SAID})(?:{word})|\b(?:{_ADVERBS[period]}))\s*[)）]?$"
    for period, word in _EVERY.items()
}
_BEFORE = {
    period: rf"(?i)^(?:(?:每|按)(?:{word})|{_ADVERBS[period]})\s*[:：]?\s*(\D{{0,4}}\d.*)$"
    for period, word in _EVERY.items()
}
_SHOWN = 3


def without_periods(mapped: Mapped, parsed: Parsed, ours: str) -> pl.Series | None:
    """The amounts of a column without their periods; None where none names one. Of how many rows that is, is said."""
    texts = mapped.texts[ours]
    if ours in mapped.computed or texts.dtype != pl.String:
        return None
    distinct = texts.drop_nulls().unique().alias("text").to_frame()
    distinct = distinct.filter(pl.col("text").str.contains(r"\d.*[^\d\s.,%]|[^\d\s.,%]{2}.*\d"))
    found = distinct.with_columns(pl.lit(None, pl.String).alias("amount"), pl.lit(None, pl.String).alias("period"))
    for period in _EVERY:
        for pattern in (_BEHIND[period], _BEFORE[period]):
            taken = pl.col("text").str.replace(pattern, "$1")
            is_it = pl.col("period").is_null() & pl.col("text").str.contains(pattern)
            found = found.with_columns(
                pl.when(is_it).then(taken).otherwise("amount").alias("amount"),
                pl.when(is_it).then(pl.lit(period)).otherwise("period").alias("period"),
            )
    found = found.filter(pl.col("period").is_not_null())
    if found.is_empty():
        return None
    rows = texts.is_in(found["text"].implode()).fill_null(value=False)
    parsed.keep_written(ours, rows)
    shown = texts.filter(rows).unique(maintain_order=True).head(_SHOWN)
    params: dict[str, str | int] = {
        "column": mapped.sources[ours][0], "rows": int(rows.sum()), "sample": ", ".join(f"“{text}”" for text in shown)
    }  # fmt: skip
    code = "amounts_of_periods" if found["period"].n_unique() > 1 or not rows.all() else "amounts_of_period"
    parsed.warnings.append(Remark(code=code, params=params))
    return texts.replace(found["text"], found["amount"])
