"""Whose records, streaks and scores somebody may be told: of a team or company of whom they see a part, none.

And what is the whole company's only, stock and plans of products: of these they are not told that none are known.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from metrics.notes import note
from metrics.query import Query, Result
from metrics.viewer import Viewer

_SEEN_WHOLE = {"rep": ("rep",), "teams": ("rep", "team")}
"""Levels that a row scope holds whole: a person's own rows are no record of their team."""
_BY_LEVEL = ("records", "streaks")
_OF_ALL = {
    "no_stock": "stock_untold",
    "no_product_plan": "product_plan_untold",
    "no_channel_costs": "costs_untold",
    "no_markets": "market_untold",
}
"""Notes that somebody who sees all is told, and what others are told instead."""
_OF_CONTESTS = ("contest", "contest_race")


def told_of(viewer: Viewer, query: Query, result: Result) -> Result:
    """The answer without levels of which the viewer sees a part, which is said; else the same.

    Args:
        result: of `query`; of records and streaks, a row's `whose` is its level (`rep`, `team`, `company`). Of a
            contest of teams whoever sees own rows only would be told these as their team's.
    """
    if viewer.sees_all:
        return result
    if any(remark.code in _OF_ALL for remark in result.notes):
        told = (note(_OF_ALL[one.code]) if one.code in _OF_ALL else one for one in result.notes)
        result = replace(result, notes=tuple(told))
    if viewer.scope == "rep" and query.finish in _OF_CONTESTS and "team" in query.by:
        return replace(result, frame=result.frame.clear(), notes=(*result.notes, note("teams_in_part")))
    if query.finish not in _BY_LEVEL:
        return result
    whole = pl.col("whose").cast(pl.String).is_in(_SEEN_WHOLE.get(viewer.scope, ("rep",)))
    known = result.frame.filter(whole)
    if known.height == result.frame.height:
        return result
    return replace(result, frame=known, notes=(*result.notes, note("levels_in_part")))
