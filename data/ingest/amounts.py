"""Amounts of open deals that say "nobody knows yet": 0 and -1. Whether they do is a person's word."""

from __future__ import annotations

from typing import Literal

import polars as pl

from data.ingest.map import Mapped
from data.ingest.parse import Parsed
from data.ingest.remarks import Offer, Question, Remark

Word = Literal["keep", "blank"]
_FLAG = "--missing-amounts"
_CHOICES = ("keep", "blank")


def missing_amounts(mapped: Mapped, parsed: Parsed, told: Word | None) -> tuple[list[Remark], list[Question]]:
    """Look for them, and blank them if that was said.

    0 changes no sum, so it is kept unless somebody says otherwise; -1 would take one from every sum, so it is asked.

    Args:
        mapped: the file.
        parsed: its typed columns; the amount is changed here.
        told: what was said, now or for such a file before.
    """
    if mapped.match.table != "deals" or not {"amount", "status"} <= parsed.columns.keys():
        return [], []
    amount = parsed.columns["amount"]
    is_open = parsed.columns["status"] == "open"
    zeros, ones = ((is_open & (amount == value)).fill_null(value=False) for value in (0, -1))
    params: dict[str, str | int] = {
        "column": ", ".join(mapped.sources.get("amount", ["amount"])),
        "zeros": int(zeros.sum()),
        "ones": int(ones.sum()),
    }
    if not (params["zeros"] or params["ones"]):
        return [], []
    if params["ones"] and told is None:
        return [], [Question(code="ask_missing_amounts", params=params, flag=_FLAG, choices=_CHOICES)]
    taken = told or "keep"
    if taken == "blank":
        both = pl.DataFrame([amount.alias("amount"), (zeros | ones).alias("is_missing")])
        parsed.columns["amount"] = both.select(pl.when(~pl.col("is_missing")).then("amount")).to_series()
    return [Offer(code=f"missing_amounts_{taken}", params=params, flag=_FLAG, choices=_CHOICES, taken=taken)], []
