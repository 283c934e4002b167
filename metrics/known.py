"""What a measure cannot tell because rows lack what it is made of: "—" with the reason; and how much it stands on.

A gross margin is a sum over the order lines that have a cost. Of a month without any it is unknown and not 0; of one in
which some lines have a cost it is the margin of these, so a note says of how much revenue (RefuseWhen in catalog.py).
Sums stay sums: what is unknown brings nothing to the margin of the year, whose note says how much of its revenue it
knows. Pure functions over the aggregates that a statement answers with.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.beside import LEAST_COVERED
from metrics.catalog import GRAINS, Measure, Text, measure
from metrics.notes import Note, note
from metrics.population import raw as raw_name
from metrics.query import Query
from metrics.sentence import bucket_in_words

MOST_NAMED = 3
"""So many places are named in a note; of the others it says how many."""
UNTOLD = ("refused", "refused_there", "partly_known", "partly_known_there")
"""The notes about what is not known, or in part."""
_CENT = 0.005
"""Amounts that lie no further apart are equal."""


def where_known(one: Measure, raw: pl.DataFrame, value: pl.Expr, *, before: bool) -> pl.Expr:
    """A measure's value, null where its rows lack what it needs."""
    asked, known = raw_name(f"{one.id}_asked", before), raw_name(f"{one.id}_known", before)
    if asked not in raw.columns:
        return value
    return pl.when((pl.col(asked).fill_null(0) == 0) | (pl.col(known).fill_null(0) > 0)).then(value)


def refused(one: Measure, query: Query, raw: pl.DataFrame) -> list[Note]:
    """A note where any row's value is refused: which ones, unless all are."""
    asked, known = f"{one.id}_asked", f"{one.id}_known"
    if one.refuse_when is None or asked not in raw.columns:
        return []
    void = raw.filter((pl.col(asked).fill_null(0) > 0) & (pl.col(known).fill_null(0) == 0))
    reason = one.refuse_when.reason
    if void.is_empty():
        return []
    if void.height == raw.filter(pl.col(asked).fill_null(0) > 0).height:
        return [note("refused", measure=one.id, reason=reason)]
    return [note("refused_there", measure=one.id, reason=reason, where=_named(query, void))]


def partly(one: Measure, query: Query, raw: pl.DataFrame) -> list[Note]:
    """A note where a value stands on a part of what it is about: of a total what part, else where it is least."""
    if one.refuse_when is None or one.refuse_when.known is None:
        return []
    whole, part = (f"{name.id}" for name in one.coverage)
    if any(name not in raw.columns for name in (whole, part)):
        return []
    told = raw.with_columns(
        _whole=pl.col(whole).cast(pl.Float64).fill_null(0), _part=pl.col(part).cast(pl.Float64).fill_null(0)
    ).with_columns(_share=pl.col("_part") / pl.when(pl.col("_whole") > 0).then("_whole"))
    is_part = ((pl.col("_whole") - pl.col("_part")).abs() > _CENT) & (pl.col(f"{one.id}_known").fill_null(0) > 0)
    found = told.filter(is_part).sort("_share", nulls_last=True, maintain_order=True)
    if found.is_empty():
        return []
    words = {"measure": one.id, "whole": measure(whole).label, "part": measure(part).label}
    if not query.by:
        return [note("partly_known", **words, share=_percent(found.item(0, "_share")))]
    return [note("partly_known_there", **words, where=_named(query, found, "_share"))]


def is_unknown(one: Measure) -> pl.Expr:
    """Whether a row of a statement's answer does not tell the measure, or of less than nine tenths of what happened."""
    if one.refuse_when is None:
        return pl.lit(value=False)
    asked, known = (pl.col(f"{one.id}_{told}").fill_null(0) for told in ("asked", "known"))
    void = (asked > 0) & (known == 0)
    if one.refuse_when.known is None:
        return void
    whole, part = (pl.col(name.id).cast(pl.Float64).fill_null(0) for name in one.coverage)
    return void | (part < LEAST_COVERED * whole)


def added_up(one: Measure, value: pl.Expr) -> pl.Expr:
    """Known values up to each row added up; null as long as there was something, of which nothing is known."""
    summed = value.fill_null(0).cum_sum()
    if one.refuse_when is None:
        return summed
    is_void = (value.is_null().cum_sum() > 0) & ((value.fill_null(0) != 0).cum_sum() == 0)
    return pl.when(~is_void).then(summed)


def _percent(share: float | None) -> str:
    """A part as people read it, never rounded up to the whole; "—" where returns make it no part."""
    return f"{min(round(100 * share), 99)} %" if share is not None and 0 <= share <= 1 else "—"


def _named(query: Query, rows: pl.DataFrame, share: str | None = None) -> Text:
    """The first rows by what they are cut by, each with its share, and how many more there are; in both languages."""
    return Text.model_validate({lang: _in_words(query, rows, share, lang) for lang in ("en", "zh-CN")})


def _in_words(query: Query, rows: pl.DataFrame, share: str | None, lang: str) -> str:
    chinese = lang.startswith("zh")
    names = []
    for row in rows.head(MOST_NAMED).iter_rows(named=True):
        said = " · ".join(_member(query, name, row[name], lang) for name in query.by if name != "dimension")
        names.append(f"{said} ({_percent(row[share])})" if share and not chinese else said)
        if share and chinese:
            names[-1] += f"（{_percent(row[share])}）"
    more = rows.height - len(names)
    if chinese:
        return "、".join(names) + (f"等 {rows.height:,} 处" if more else "")
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _member(query: Query, name: str, value: object, lang: str) -> str:
    if value is None:
        return "未分配" if lang.startswith("zh") else "unassigned"
    if name in GRAINS and isinstance(value, date):
        return bucket_in_words(value, name, lang, query.view.fiscal_start if query.view else 1)
    return str(value)
