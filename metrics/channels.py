"""Channels that have turned better or worse: how many of their leads are found worth a deal soon, against before.

A channel is held against itself, not against the others, which bring other people. Only leads that have had the days
are counted, so that the young leads of the period do not make it look worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import polars as pl

from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.proportions import differ, discoveries
from metrics.query import Column, Query, from_file
from metrics.view import View

WITHIN = 21
"""Days within which a lead is qualified or converted, to be counted so."""
BEFORE, LEAST_LEADS = 365, 30
"""Days before the period that it is held against, and the leads that either span must have for a claim."""


def channels(view: View) -> Query:
    """Leads by `source`: the share qualified within WITHIN days, in the view's period and in the year before it.

    Qualified is a lead on the day it was qualified or converted, whichever came first; leads that were converted nobody
    knows when are left out, with a note.

    One row per source, most leads first: `qualified_now` and `qualified_before`, each with `.low .high .n` (leads);
    `change`; and `is_beyond_chance` (Benjamini–Hochberg over the channels). Without a period, the last half year.
    """
    last = view.at
    first = view.begins_on or last - timedelta(days=181)
    asked = from_file(
        "channels", view, from_on=first, to_on=last, before_from=first - timedelta(days=BEFORE), until=view.as_of,
        within=WITHIN,
    )  # fmt: skip
    spans = {"qualified_now": "population.span = 'now'", "qualified_before": "population.span = 'before'"}
    columns = (
        Column("source", "by"),
        Column("rep_key", "detail"),
        *(Column(name, "value", unit="share", where=where) for name, where in spans.items()),
        *(Column(f"{name}.{end}", end) for name in spans for end in ("low", "high", "n")),
        Column("change", "value", unit="difference"),
        Column("is_beyond_chance", "flag"),
    )
    return replace(asked, columns=columns, by=("source",), finish="channels")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Both spans side by side."""
    undated = int(frames[0].filter(pl.col("span") == "undated").get_column("leads").sum() or 0)
    if undated:
        notes.append(note("answered_undated", count=undated))
    raw = frames[0].filter(pl.col("span") != "undated")
    leads = pl.col("leads")
    counts = raw.group_by("source").agg(
        leads.filter((pl.col("span") == span) & which).sum().cast(pl.Int64).alias(f"{name}.{kind}")
        for name, span in (("qualified_now", "now"), ("qualified_before", "before"))
        for kind, which in (("n", pl.lit(value=True)), ("some", pl.col("is_qualified") == 1))
    )
    columns = []
    for name in ("qualified_now", "qualified_before"):
        some, of = pl.col(f"{name}.some"), pl.col(f"{name}.n")
        low, high = wilson(some, of)
        columns += [(some / pl.when(of > 0).then(of)).alias(name), low.alias(f"{name}.low"), high.alias(f"{name}.high")]
    frame = counts.with_columns(columns).with_columns(change=pl.col("qualified_now") - pl.col("qualified_before"))
    frame = frame.filter(pl.col("qualified_now.n") > 0)
    frame = frame.sort("qualified_now.n", "source", descending=[True, False], nulls_last=True)
    frame = frame.with_columns(is_beyond_chance=pl.Series(_beyond_chance(frame), dtype=pl.Boolean))
    return frame.select(column.name for column in query.columns if column.role != "detail")


def _beyond_chance(frame: pl.DataFrame) -> list[bool]:
    """Of which rows it is; what has no name is no claim, and takes nothing from the others' chance."""
    counts = ("qualified_now.some", "qualified_now.n", "qualified_before.some", "qualified_before.n")
    rows = frame.select(*counts, pl.col("source").is_not_null()).rows()
    return discoveries([
        differ(some, of, then, before) if named and min(of, before) >= LEAST_LEADS else None
        for some, of, then, before, named in rows
    ])  # fmt: skip
