"""Whose records and streaks somebody may be told: of a team or the company of whom they see a part, none are known."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from metrics.notes import note
from metrics.query import Query, Result
from metrics.viewer import Viewer

_SEEN_WHOLE = {"rep": ("rep",), "teams": ("rep", "team")}
"""Levels that a row scope holds whole: a person's own rows are no record of their team."""
_BY_LEVEL = ("records", "streaks")


def told_of(viewer: Viewer, query: Query, result: Result) -> Result:
    """The answer without levels of which the viewer sees a part, which is said; else the same.

    Args:
        result: of `query`; of records and streaks, a row's `whose` is its level (`rep`, `team`, `company`).
    """
    if query.finish not in _BY_LEVEL or viewer.sees_all:
        return result
    whole = pl.col("whose").cast(pl.String).is_in(_SEEN_WHOLE.get(viewer.scope, ("rep",)))
    known = result.frame.filter(whole)
    if known.height == result.frame.height:
        return result
    return replace(result, frame=known, notes=(*result.notes, note("levels_in_part")))
