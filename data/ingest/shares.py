"""Shares: 0-1 here, whatever a file writes. Where its numbers may be shares or per cent, a person says which."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import polars as pl

from data.ingest.map import Mapped
from data.ingest.numbers import Numbers
from data.ingest.parsed import Hints, Parsed
from data.ingest.remarks import Question
from metrics.catalog import catalog

Word = Literal["percent", "share"]
_FLAG = "--shares"
_CHOICES: tuple[Word, ...] = ("percent", "share")
_SHOWN = 3


def share(mapped: Mapped, parsed: Parsed, ours: str, told: Numbers, hints: Hints) -> tuple[pl.Series, str]:
    """The shares of a column, and how it was read.

    A cell with a % says what it is. Numbers without one are per cent as a whole where all go beyond 1 (or are whole
    and some do), and shares as a whole where none does, unless the column's name says per cent. Both forms together
    (0.5 beside 50), and a name that says per cent over numbers that are none (a sheet's own 0.5 for 50 %), are asked.

    Args:
        mapped: the file.
        parsed: its typed columns; a question is added here.
        ours: the field.
        told: its numbers; where a cell has a %, already a share.
        hints: `shares` is what was said of such numbers, now or for the layout before.
    """
    texts = mapped.texts[ours]
    marked = None if told.reading == "plain" else texts.str.contains("[%％]").fill_null(value=False)
    bare = told.values if marked is None else told.values.filter(~marked)
    has_marks = marked is not None and bool(marked.any())
    said = hints.shares or _proved(bare, says_percent=ours in mapped.percent, has_marks=has_marks)
    if said is None:
        parsed.questions.append(_question(mapped, ours, told.values, marked))
    frame = pl.DataFrame([told.values.alias("v"), (texts.is_null() if marked is None else marked).alias("is_marked")])
    is_percent = ~pl.col("is_marked") & (True if said == "percent" else pl.col("v").abs() > 1)
    values = frame.select(pl.when(is_percent).then(pl.col("v") / 100).otherwise("v")).to_series()
    return values, told.reading + (", per cent" if said == "percent" and not has_marks else "")


def shares_among(mapped: Mapped, parsed: Parsed, ours: str, told: Numbers, hints: Hints) -> pl.Series:
    """The values of goals: those of measures that are shares are read as shares are, all others as they stand.

    Arguments as of `share`.
    """
    named = {of.id for of in catalog().measures.values() if of.unit == "share"}
    measures = mapped.texts["measure"]
    frame = pl.DataFrame([mapped.texts[ours].alias("text"), told.values.alias("v"), measures.is_in(named).alias("is")])
    if not frame["is"].any():
        return told.values
    masked = frame.select(pl.when("is").then("text").alias(ours), pl.when("is").then("v").alias("v"))
    only = replace(mapped, texts={**mapped.texts, ours: masked[ours]})
    read, _ = share(only, parsed, ours, replace(told, values=masked["v"]), hints)
    return frame.select(pl.when("is").then(read).otherwise("v").alias(ours)).to_series()


def _proved(bare: pl.Series, *, says_percent: bool, has_marks: bool) -> Word | None:
    """What numbers without a % are by themselves; None where they may be either."""
    sizes = bare.drop_nulls().abs()
    is_large = bool((sizes > 1).any())
    is_small = bool(((sizes > 0) & (sizes < 1)).any())
    has_any = bool((sizes > 0).any())
    if not has_any:
        return "share"
    if is_large and is_small:
        return None
    if is_large:
        return "percent"
    return None if says_percent or has_marks else "share"


def _question(mapped: Mapped, ours: str, values: pl.Series, marked: pl.Series | None) -> Question:
    """The smallest and the largest numbers as they would be read either way."""
    frame = pl.DataFrame([mapped.texts[ours].alias("text"), values.abs().alias("v")])
    bare = frame if marked is None else frame.filter(~marked)
    filled = bare.filter(pl.col("v") > 0).unique("text").sort("v", "text")
    shown = pl.concat([filled.head(_SHOWN - 1), filled.tail(1)]).unique("text", maintain_order=True)
    meant: dict[str, list[str]] = {word: [] for word in _CHOICES}
    for text, value in shown.iter_rows():
        meant["percent"].append(f"{text} = {value:.10g} %")
        meant["share"].append(f"{text} = {value if value > 1 else value * 100:.10g} %")
    params: dict[str, str | int] = {
        "column": mapped.sources[ours][0], "percent": "; ".join(meant["percent"]), "share": "; ".join(meant["share"])
    }  # fmt: skip
    return Question(code="ask_shares", params=params, flag=_FLAG, choices=_CHOICES, samples=meant)
