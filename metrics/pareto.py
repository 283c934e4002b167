"""Which few bring most: members of a dimension ranked by a measure, in classes A, B and C, and how concentrated it is.

The classes are cut on the cumulative share: A until 80 %, B until 95 %, C the rest. Who crosses a cut belongs to the
class before it, so that A always brings at least 80 %. Members at or below 0 (more came back than was sold) bring no
share and are C; what names no member (unassigned) is no member, and left out of the shares; so is a member of which the
measure is not known, such as the margin of a product without a cost.

Concentration is the Herfindahl–Hirschman index: the sum of the squared shares in percent, 10,000 for one member alone;
unknown where nobody brings more than 0.

Source: U.S. Department of Justice and Federal Trade Commission (2023), Merger Guidelines, §2.1: above 1,800 highly,
from 1,000 on moderately concentrated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import fsum

import polars as pl

from metrics.catalog import measure
from metrics.cuts import breakdown
from metrics.errors import MeasureNotBy
from metrics.notes import Note, note
from metrics.query import Column, Query
from metrics.view import View

CUTS = {"A": 0.80, "B": 0.95}
"""Cumulative shares at which a class ends; C is the rest."""
HIGH, MODERATE = 1_800, 1_000
"""Above HIGH highly, from MODERATE on moderately concentrated."""
_EXACT = 1e-9
"""Sums of shares differ from a cut in the last digits."""


def pareto(of: str, by: str, view: View) -> Query:
    """The members of `by` by what they bring of `of`, the largest first.

    Columns: `by`, the measure, `share`, `cumulative` (0–1), `class` (A, B, C); of unassigned ones, last, none of these.
    Notes tell the concentration. `rows(of, product=…)` are a member's rows.

    Args:
        of: id of a measure that adds up. by: id of a dimension. view: period and filters.

    Raises:
        MeasureNotBy: it does not add up, or has no such dimension. UnknownMeasure, UnknownDimension.
    """
    one = measure(of)
    if one.additive not in {"all", "not_over_time"}:
        raise MeasureNotBy(measure=one.id, dimension=by)
    asked = breakdown(of, by, view.with_compare("none"))
    columns = (*asked.columns, *(Column(name, "detail", unit="share") for name in ("share", "cumulative")))
    return replace(asked, columns=columns, finish="pareto")


def hhi(values: Iterable[float]) -> float | None:
    """The Herfindahl–Hirschman index of what each member brings, up to 10,000; None where nobody brings more than 0."""
    kept = [value for value in values if value > 0]
    whole = fsum(kept)
    return fsum((100 * value / whole) ** 2 for value in kept) if kept else None


def level(index: float) -> str:
    """The word for a concentration: "high", "moderate" or "low"."""
    return "high" if index > HIGH else "moderate" if index >= MODERATE else "low"


def classes(frame: pl.DataFrame, of: str) -> pl.DataFrame:
    """`share`, `cumulative` and `class` for rows that are sorted, the largest first; none of these where not known."""
    value = pl.col(of).cast(pl.Float64).clip(lower_bound=0)
    frame = frame.with_columns(share=value / pl.when(value.sum() > 0).then(value.sum()))
    before = pl.col("share").cum_sum() - pl.col("share")
    of_class: pl.Expr = pl.when(pl.col(of).is_not_null()).then(pl.lit("C"))
    for name, cut in reversed(CUTS.items()):
        of_class = pl.when((pl.col("share") > 0) & (before < cut - _EXACT)).then(pl.lit(name)).otherwise(of_class)
    return frame.with_columns(of_class.alias("class"), cumulative=pl.col("share").cum_sum()).select(
        *(name for name in frame.columns if name != "class"), "cumulative", "class"
    )


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Members ranked and classed; what names none is the last row."""
    by, of = query.by[0], query.measures[0].id
    answered = replace(query, finish="cut", notes=()).finished(frames)
    notes += answered.notes
    frame = answered.frame.select(by, of).sort(of, by, descending=[True, False], nulls_last=True)
    named, unnamed = frame.filter(pl.col(by).is_not_null()), frame.filter(pl.col(by).is_null())
    ranked = classes(named, of)
    if ranked.height:
        values = [float(value) for value in ranked.get_column(of) if value is not None]
        index = hhi(values)
        if index is None:
            notes.append(note("hhi_unknown", measure=of, dimension=by))
        else:
            notes.append(note(f"hhi_{level(index)}", hhi=f"{index:,.1f}", measure=of, dimension=by))
        if below := sum(value <= 0 for value in values):
            notes.append(note("pareto_below", count=below, measure=of))
        if unknown := ranked.height - len(values):
            notes.append(note("pareto_unknown", count=unknown, measure=of, dimension=by))
    if unnamed.height:
        notes.append(note("pareto_unnamed", measure=of, dimension=by))
    return pl.concat([ranked, unnamed], how="diagonal_relaxed")
