"""Targets of an uploaded list that somebody decided otherwise by hand: what the list then changes, and what holds.

A row without a version is the first one. It takes the place of what was set first, and what was decided later goes on
to hold: nobody should learn that from a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.targets import PROFILE

if TYPE_CHECKING:
    from data.store import Snapshot

_OF = ["measure", "scope", "scope_value", "starts_on", "ends_on"]
_DECIDED = """
select
    r.measure, r.scope, r.scope_value, r.starts_on, r.ends_on,
    max(r.version) as decided_version, arg_max(r.value, r.version) as decided
from ops.targets_rows as r
join ops.targets_seen as s on s.row_no = r.row_no
join ops.uploads as u on u.id = s.upload_id
where u.profile = $profile and not u.is_undone
group by r.measure, r.scope, r.scope_value, r.starts_on, r.ends_on
"""


def decided_otherwise(rows: pl.DataFrame, seen: Snapshot) -> pl.DataFrame:
    """The rows whose target has another value by a decision that is as late as they are, or later.

    Args:
        rows: of a list of targets, as they would be loaded. seen: the store.

    Returns:
        Those rows, with what was `decided` and in which `decided_version`.
    """
    if not {"measure", "value", "starts_on", "ends_on"} <= {*rows.columns}:
        return rows.clear()
    held = seen.frame(_DECIDED, {"profile": PROFILE})
    if held.is_empty():
        return rows.clear()
    absent = {"scope": "company", "scope_value": None, "version": 1}
    told = rows.with_columns(pl.lit(value).alias(name) for name, value in absent.items() if name not in rows.columns)
    told = told.with_columns(pl.col("version").cast(pl.Int64).fill_null(1), pl.col("scope_value").cast(pl.String))
    both = told.join(held, on=_OF, how="inner", nulls_equal=True)
    return both.filter(
        pl.col("version") <= pl.col("decided_version"), pl.col("value").cast(pl.Float64) != pl.col("decided")
    )
