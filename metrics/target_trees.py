"""Whether targets add up: teams to the company, people to their team, products, regions, and months to their quarter.

A target and what it is broken down to may differ: the difference is told, never spread in silence. Rates are not added
up: the whole's is worked out from numerator and denominator (metrics/target_standing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.notes import Note, note
from metrics.query import Column, Query, from_file
from metrics.target import Span, aimed_at
from metrics.target_owners import owners
from metrics.target_pace import holds
from metrics.view import View

PARTS = ("team", "rep", "product", "region", "quarter", "month", "week")
"""What a target may be broken down to, on the way of people, of products, of regions and of time."""


def spans(view: View) -> Query:
    """Which targets there are: a row per `measure`, `scope` and span, `targets` counted, latest `version`, `set_on`."""
    columns = [Column(name, "by") for name in ("measure", "scope", "starts_on", "ends_on")]
    columns += [Column(name, "detail") for name in ("targets", "version", "set_on")]
    return replace(from_file("targets_spans", View(as_of=view.as_of)), columns=tuple(columns))


def reconciled(of: str, span: Span, view: View) -> Query:
    """What the parts of each target add up to.

    One row per owner with a target and `part` (one of PARTS) it is broken down to: `scope`, `name`, `target`, `parts`
    (their sum), `count` of them, `difference` (target − parts: above 0 is unallocated, below 0 over-allocated), and
    `covered`, the share of its days that parts in time hold. None of a measure that does not add up, with a note.

    Raises:
        UnknownMeasure.
    """
    one = aimed_at(of)
    bare = View(as_of=view.as_of)
    values = {"goal": of, "from_on": span.starts_on, "to_on": span.ends_on, "day": min(span.ends_on, view.as_of)}
    values["is_low_better"] = one.better == "lower"
    first, *rest = [from_file(f"targets_{name}", bare, **values) for name in ("held", "people", "teams", "parts")]
    units = {"target": one.unit, "parts": one.unit, "difference": one.unit, "count": "count", "covered": "share"}
    columns = [Column(name, "by") for name in ("scope", "name", "part")]
    columns += [Column(name, "value", unit=unit) for name, unit in units.items()]
    notes = () if one.additive == "all" else (note("targets_not_added", measure=of),)
    seen = view.with_period(from_on=span.starts_on, to_on=span.ends_on)
    return replace(
        first, others=tuple(rest), view=seen, columns=tuple(columns), by=("scope", "name", "part"),
        finish="targets_reconciled", notes=notes,
    )  # fmt: skip


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Every target beside the sum of its parts."""
    held, people, teams, in_time = frames
    rows = owners(held, people, teams).rows.filter(holds(aimed_at(str(dict(query.params)["goal"]))))
    days = 1 + (query.view.period.to_on - query.view.period.from_on).days if query.view and query.view.period else 1
    names = [column.name for column in query.columns]
    if any(said.code == "targets_not_added" for said in notes):
        return _told(rows, rows.head(0), days).head(0).select(names)
    return _told(rows, in_time, days).select(names)


def parts_in_time(rows: pl.DataFrame, in_time: pl.DataFrame, span: Span) -> pl.DataFrame:
    """The targets whose quarters, months or weeks hold all of their days and add up to something else.

    Args:
        rows: of `target_owners.owners`. in_time: of targets_parts.sql. span: of the targets.
    """
    told = _told(rows, in_time, 1 + (span.ends_on - span.starts_on).days)
    is_in_time = pl.col("part").is_in(["quarter", "month", "week"]) & (pl.col("covered") == 1)
    return told.filter(is_in_time & (pl.col("difference").abs() >= _CENT))


_CENT = 0.005
_ACROSS = ("team", "rep", "product", "region")


def across(rows: pl.DataFrame) -> pl.DataFrame:
    """What targets of one span that somebody is about to set would add up to, as `reconciled` tells it.

    Args:
        rows: `scope`, `name`, `parent`, `target`, in order.
    """
    placed = rows.with_row_index("place").with_columns(is_own=pl.lit(value=True))
    return _told(placed, pl.DataFrame(), 1).select("scope", "name", "part", "target", "parts", "difference", "count")


def _told(rows: pl.DataFrame, in_time: pl.DataFrame, days: int) -> pl.DataFrame:
    by_name = rows.filter("is_own").select("scope", "name", "target", "place")  # of others not all parts are seen
    across = (
        _below(rows)
        .group_by("over_scope", "over", "part")
        .agg(pl.col("target").sum().alias("parts"), pl.len().cast(pl.Int64).alias("count"))
        .with_columns(covered=pl.lit(1.0))
        .rename({"over_scope": "scope", "over": "name"})
    )
    found = across
    if "part" in in_time.columns:
        shorter = in_time.filter(pl.col("days") > 0).select(
            "scope", "part", pl.col("value").cast(pl.Float64).alias("parts"), pl.col("targets").alias("count"),
            name="scope_value", covered=pl.col("days").cast(pl.Float64) / days,
        ).join(_whole(in_time, days), on=["scope", "name", "part"], how="anti", nulls_equal=True)  # fmt: skip
        found = pl.concat([across, shorter.select(across.columns)], how="vertical_relaxed")
    joined = by_name.join(found, on=["scope", "name"], nulls_equal=True)
    order = {part: place for place, part in enumerate(PARTS)}
    return (
        joined.filter(pl.col("part").is_in(PARTS))
        .with_columns(
            difference=(pl.col("target") - pl.col("parts")).round(4),
            order=pl.col("part").replace_strict(order, default=len(order), return_dtype=pl.Int64),
        )
        .sort("place", "name", "order", maintain_order=True)
    )


def _whole(in_time: pl.DataFrame, days: int) -> pl.DataFrame:
    """The targets for the span itself, which stand among its parts by their length."""
    only = in_time.filter((pl.col("targets") == 1) & (pl.col("days") == days))
    return only.select("scope", "part", name="scope_value")


def _below(rows: pl.DataFrame) -> pl.DataFrame:
    """Each target beside the one it is a part of: `over_scope`, `over`, `part`, `target`.

    Who is in no team that has a target stands beside the teams, where there are any.
    """
    is_in, is_with_teams = pl.col("parent").is_not_null(), rows.filter(pl.col("scope") == "team").height > 0
    beside = pl.when((pl.col("scope") == "rep") & ~is_in & is_with_teams).then(pl.lit("team")).otherwise("scope")
    return rows.filter(pl.col("scope").is_in(_ACROSS)).select(
        pl.when(is_in).then(pl.lit("team")).otherwise(pl.lit("company")).alias("over_scope"),
        over="parent", part=beside, target="target",
    )  # fmt: skip
