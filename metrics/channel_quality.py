"""How good the leads of a channel are, over time: the share that comes so far within so many days, at equal age.

Young leads have had less time than old ones, so a lead counts once it is as old as the days it is given, and what comes
later than that is not counted. A month of which only some leads are old enough is marked unfinished. A channel is held
against itself, not against the others, which bring other people: its last finished time against all before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import polars as pl

from metrics.brought import chosen, followed, span
from metrics.channels import WITHIN
from metrics.intervals import wilson
from metrics.notes import Note, note
from metrics.period import add_months
from metrics.proportions import differ, discoveries
from metrics.query import Column, Query
from metrics.view import View

Reached = Literal["qualified", "deal", "won"]
STEPS: dict[Reached, tuple[int, int]] = {"qualified": (2, WITHIN), "deal": (3, 60), "won": (4, 180)}
"""How far a lead came: the place of the step (metrics/lead_funnel.py), and the days it is given."""
GRAINS = ("month", "quarter")
LEAST_LEADS = 30
"""Leads below which a share is said to be no more than a hint."""


def quality(view: View, reached: Reached = "qualified", grain: str = "month") -> Query:
    """Leads created in the view's period, by `source` and `grain`: the share that came as far as `reached` in time.

    One row per source and bucket that has leads old enough: `reached` with `.low .high .n` (leads), `came_so_far` (of
    them), `is_few` (under LEAST_LEADS), `is_partial` (leads of the bucket are still too young); in the last finished
    bucket `reached_before`, the share of the source in all before it, and `is_beyond_chance` (Benjamini–Hochberg over
    the sources). Leads of which nobody can say when they came there are left out.
    """
    place, within = STEPS[reached]
    asked = followed("channel_quality", view, **span(view), step=place, within=within)
    asked = chosen(asked.cut_by(grain), view)
    columns = (
        *(Column(name, "by") for name in ("source", grain)),
        Column("rep_key", "detail"),
        Column("reached", "value", unit="share"),
        *(Column(f"reached.{end}", end) for end in ("low", "high", "n")),
        Column("came_so_far", "value", unit="count", agg="count", where="population.is_reached = 1"),
        Column("reached_before", "value", unit="share"),
        *(Column(name, "flag") for name in ("is_few", "is_partial", "is_beyond_chance")),
    )
    return replace(asked, columns=columns, by=("source", grain), finish="channel_quality")


def finished(query: Query, frames: Sequence[pl.DataFrame], notes: list[Note]) -> pl.DataFrame:
    """Shares with their intervals, bucket by bucket."""
    source, grain = query.by
    raw = frames[0].filter(pl.col(grain).is_not_null())
    low, high = wilson(pl.col("came_so_far"), pl.col("leads"))
    within = int(str(dict(query.params)["within"]))
    old = query.view.as_of - timedelta(days=within) if query.view else None
    months = 3 if grain == "quarter" else 1
    ends = [add_months(day, months) - timedelta(days=1) for day in raw.get_column(grain).to_list()]
    frame = raw.with_columns(
        pl.Series("is_partial", [old is not None and end > old for end in ends], pl.Boolean),
        reached=pl.col("came_so_far") / pl.when(pl.col("leads") > 0).then("leads"),
        is_few=pl.col("leads") < LEAST_LEADS,
        **{"reached.low": low, "reached.high": high, "reached.n": pl.col("leads")},
    )
    if frame.get_column("is_partial").any():
        notes.append(note("quality_too_young", days=within))
    frame = frame.join(_turned(frame, source, grain), on=[source, grain], how="left", nulls_equal=True)
    frame = frame.with_columns(pl.col("is_beyond_chance").fill_null(value=False))
    names = [column.name for column in query.columns if column.role != "detail"]
    return frame.sort(source, grain, nulls_last=True).select(names)


def _turned(frame: pl.DataFrame, source: str, grain: str) -> pl.DataFrame:
    """The last finished bucket of each source: its share in all buckets before, and whether it is another now."""
    is_last = pl.col(grain) == pl.col(grain).filter(~pl.col("is_partial")).max()
    is_before = pl.col(grain) < pl.col(grain).filter(~pl.col("is_partial")).max()
    then = frame.filter(is_before).group_by(source).agg(some=pl.col("came_so_far").sum(), of=pl.col("leads").sum())
    now = frame.filter(is_last).select(source, grain, "came_so_far", "leads")
    both = now.join(then, on=source, how="left", nulls_equal=True).with_columns(pl.col("some", "of").fill_null(0))
    rows = both.select("came_so_far", "leads", "some", "of", pl.col(source).is_not_null()).rows()
    flags = discoveries([
        differ(some, of, earlier, before) if named and min(of, before) >= LEAST_LEADS else None
        for some, of, earlier, before, named in rows
    ])  # fmt: skip
    share = pl.col("some") / pl.when(pl.col("of") > 0).then("of")
    return both.select(source, grain, reached_before=share, is_beyond_chance=pl.Series(flags, dtype=pl.Boolean))


FINISHES = {"channel_quality": finished}
