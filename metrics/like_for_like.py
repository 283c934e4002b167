"""Rates of salespeople as if everybody had worked the same mix of deals: by size of customer, product and channel.

Who gets the easy deals looks good. So each person's rates in the segments are added up with the weights that the
segments have among all (direct standardisation), and held against the rate of all over the very same segments. Segments
that a person had nothing of tell nothing of them: how much of the mix is covered is said, and with less than
LEAST_COVERED of it there is no such rate. Whether somebody differs from all others is told within the segments (Mantel
and Haenszel), where that has enough cases to be judged.

Sources: N. E. Breslow and N. E. Day (1987), Statistical Methods in Cancer Research, vol. 2, ch. 2 (standardisation); N.
Mantel and W. Haenszel (1959), Statistical aspects of the analysis of data from retrospective studies, J. Natl. Cancer
Inst. 22:719–748; N. Dean and M. Pagano (2015), J. Survey Stat. Methodol. 3:484–503 (Wilson interval with an effective
number).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import polars as pl

from metrics.catalog import Measure, measure
from metrics.cuts import cut
from metrics.errors import NotARate, NothingAsked
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.proportions import discoveries
from metrics.query import Column, Query
from metrics.scores import two_sided
from metrics.together import answers, together
from metrics.view import View

SEGMENTS = ("size_band", "product", "region", "source", "deal_type", "industry", "tier")
"""By what deals may be more or less easy to win, whoever works them."""
USUAL = ("size_band", "source")
LEAST_COVERED = 0.5
"""Of the mix of all deals, the part whose segments a person must have worked."""
LEAST_VARIANCE = 3.0
"""Of successes within the segments: below that the normal test does not hold (about 15 cases of an even chance)."""


def rate_of(asked: str | Measure) -> Measure:
    """The measure, if it is a rate whose cases can be told apart.

    Raises:
        UnknownMeasure. NotARate: it is not the share of some rows of the others.
    """
    one = measure(asked)
    if one.interval != "wilson":
        raise NotARate(measure=one.id)
    return one


def like_for_like(view: View, by: Sequence[str] = USUAL, of: str | Measure = "win_rate") -> Query:
    """One row per salesperson, best first: the rate as it is, and on the mix of all.

    Columns: `rep`, the measure `m` with `.low .high .n`, `m.adjusted` (on the mix of all) with `m.adjusted_low` and
    `m.adjusted_high`, `m.expected` (of all, over the same segments), `m.mix` (what the own mix adds to the rate: the
    rate minus the adjusted one), `m.covered` (of the mix), `m.is_apart` (from all others, within the segments; null:
    not judged).

    Args:
        by: dimensions of the segments, one or several together. of: id of a rate.

    Raises:
        UnknownMeasure, UnknownDimension, NotARate. MeasureNotBy: not by such a dimension. NothingAsked: no segments.
    """
    one, bare = rate_of(of), view.with_compare("none")
    dims = tuple(dict.fromkeys(name for name in by if name != "rep"))
    if not dims:
        raise NothingAsked
    inner = {
        "whole": cut((one, *one.parts), "rep", bare),
        "cells": cut(one.parts, ("rep", *dims), bare),
    }
    told = ("adjusted", "adjusted_low", "adjusted_high", "expected", "mix", "covered")
    columns = [
        *inner["whole"].columns,
        *(Column(f"{one.id}.{name}", "detail", one.id, "share") for name in told),
        Column(f"{one.id}.is_apart", "flag"),
    ]
    return together(inner, bare, of=one, by=("rep",), columns=columns, finish="like_for_like")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """The rates on the mix of all, beside the rates as they are."""
    one = query.measures[0]
    found = answers(query, frames)
    cells = found["cells"].frame.filter(pl.col("rep").is_not_null())
    some, of = (part.id for part in one.parts)
    dims = [name for name in cells.columns if name not in ("rep", some, of)]
    cells = cells.select("rep", *dims, some=pl.col(some).cast(pl.Float64), of=pl.col(of).cast(pl.Float64))
    adjusted = standardised(cells.filter(pl.col("of") > 0), dims)
    whole = found["whole"].frame.filter(pl.col("rep").is_not_null() & (pl.col(f"{one.id}.n") > 0))
    named = {name: f"{one.id}.{name}" for name in adjusted.columns if name not in ("rep", "p_value")}
    frame = whole.join(adjusted.rename(named), on="rep", how="left")
    frame = frame.with_columns((pl.col(one.id) - pl.col(f"{one.id}.adjusted")).alias(f"{one.id}.mix"))
    flags = discoveries(frame.get_column("p_value").to_list())
    is_judged = frame.get_column("p_value").is_not_null()
    apart = [flag if judged else None for flag, judged in zip(flags, is_judged, strict=True)]
    frame = frame.with_columns(pl.Series(f"{one.id}.is_apart", apart, pl.Boolean))
    if few := frame.get_column(f"{one.id}.adjusted").null_count():
        notes.append(note("like_for_like_few", count=few, least=round(100 * LEAST_COVERED)))
    down = [one.better != "lower", False]
    return frame.sort(f"{one.id}.adjusted", "rep", descending=down, nulls_last=True).select(
        column.name for column in query.columns
    )


def standardised(cells: pl.DataFrame, dims: Sequence[str]) -> pl.DataFrame:
    """Rates on the mix of all, from successes and cases by person and segment.

    The variance of a person's rate in a segment is that of (some + rate of all) ÷ (of + 1): a segment in which every
    case went the same way is not certain therefore.

    Args:
        cells: `rep`, the columns `dims` that name a segment, `some` and `of` (above 0) as floats.

    Returns:
        `rep`, `adjusted`, `adjusted_low`, `adjusted_high`, `expected`, `covered`, `p_value`; null where too little is
        known.
    """
    segments = cells.group_by(*dims).agg(all_some=pl.col("some").sum(), all_of=pl.col("of").sum())
    segments = segments.with_columns(
        weight=pl.col("all_of") / pl.col("all_of").sum(), usual=pl.col("all_some") / pl.col("all_of")
    )
    both = cells.join(segments, on=list(dims), how="left", nulls_equal=True)
    rate, weight, of = pl.col("some") / pl.col("of"), pl.col("weight"), pl.col("of")
    near = (pl.col("some") + pl.col("usual")) / (of + 1)
    total, hits = pl.col("all_of"), pl.col("all_some")
    spread = of * (total - of) * hits * (total - hits) / (total**2 * pl.when(total > 1).then(total - 1))
    frame = both.group_by("rep", maintain_order=True).agg(
        covered=weight.sum(),
        adjusted=(weight * rate).sum() / weight.sum(),
        expected=(weight * pl.col("usual")).sum() / weight.sum(),
        variance=(weight**2 * near * (1 - near) / of).sum() / weight.sum() ** 2,
        more=(pl.col("some") - of * pl.col("usual")).sum(),
        spread=spread.sum(),
    )
    p_value = pl.Series("p_value", [_p(*row) for row in frame.select("more", "spread").iter_rows()], pl.Float64)
    seen = pl.col("adjusted") * (1 - pl.col("adjusted"))
    counted = pl.when(pl.col("variance") > 0).then(pl.max_horizontal(seen / pl.col("variance"), pl.lit(1.0)))
    frame = frame.with_columns(p_value, counted=counted)
    low, high = wilson(pl.col("adjusted") * pl.col("counted"), pl.col("counted"))
    frame = frame.with_columns(adjusted_low=low, adjusted_high=high)
    is_enough = pl.col("covered") >= LEAST_COVERED - 1e-9
    told = ("adjusted", "adjusted_low", "adjusted_high", "expected")
    return frame.select(
        "rep", *(pl.when(is_enough).then(name).alias(name) for name in told), "covered",
        p_value=pl.when(is_enough).then("p_value"),
    )  # fmt: skip


def _p(more: float, spread: float) -> float | None:
    """Mantel and Haenszel, without continuity correction: successes beyond those expected within the segments."""
    return two_sided(more / sqrt(spread)) if spread >= LEAST_VARIANCE else None


FINISHES = {"like_for_like": finished}
"""By the name that a question gives its finish (metrics/finish.py)."""
