"""The configuration of stages that counts, in SQL, and the names by which it calls stages besides their own.

A configuration (data/stages.py) is an upload of the profile `settings`, so that it is dated, undone and redone like
any file. Of several the last one counts, as a whole.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from data.once import rows
from data.order import uploaded

if TYPE_CHECKING:
    import duckdb

PROFILE = "settings"
"""The profile of a configuration; uploads of any other are files."""

LAST = f"""(
    select max(id) from ops.uploads where table_name = 'stages' and profile = '{PROFILE}' and not is_undone
)"""
"""SQL: the number of the configuration that counts; NULL where there is none."""

CONFIGURED = f"""
    select * from ops.stages_rows where row_no in (select row_no from ops.stages_seen where upload_id = {LAST})
"""
"""SQL: the rows of the configuration that counts."""


def names(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Names of stages that the configuration reads as another's: alias -> stage."""
    if "stages" not in uploaded(cursor):  # then there is no configuration either
        return {}
    listed = rows(cursor, f"select means, stage from ({CONFIGURED}) where means is not null order by row_no")
    return {str(alias): str(stage) for means, stage in listed for alias in json.loads(means)}


def renamed(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether the configuration gives stages other names than at the last fold, which is remembered from now on."""
    now = names(cursor)
    held = dict(cursor.execute("select alias, canonical from fold.stage_names").fetchall())
    if now == held:
        return False
    cursor.execute("delete from fold.stage_names")
    for pair in now.items():
        cursor.execute("insert into fold.stage_names values ($1, $2)", pair)
    return True
