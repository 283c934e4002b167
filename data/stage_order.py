"""The order of stages that nobody told: that of a known list (data/presets.toml) in which all of them are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_ALPHABETICAL = """
    select pipeline, list(stage order by position) filter (status = 'open') as stages from crm.stages group by pipeline
    having len(stages) > 1 and count(told_by) = 0 and count(distinct probability) filter (status = 'open') = 0
        and not exists(from crm.stages where told_by is not null and pipeline is null)
"""
_STEPS_DIFFER = """
    with passed as (  -- as in data/stage_rows.py
        select deal_id, stage, rank() over (partition by deal_id order by entered_on nulls first) as step
        from crm.deal_stages where deal_id in (select deal_id from crm.deals where pipeline is not distinct from $line)
    )
    select count(distinct step) > 1
    from (select sum(step) / count(*) as step from passed where list_contains($stages, stage) group by stage)
"""
_PLACED = """
    update crm.stages set position = list_position($stages, stage)
    where pipeline is not distinct from $line and list_contains($stages, stage)
"""


def order_by_known_lists(cursor: duckdb.DuckDBPyConnection) -> None:
    """Put the open stages of crm.stages whose order nothing tells (no list, probability or step) as a known list does.

    Where no list has them all, they stay in the order of the alphabet.
    """
    from data.presets import known_order  # which knows of stages, and they of the fold

    for line, stages in cursor.execute(_ALPHABETICAL).fetchall():
        ordered = known_order(stages)
        if ordered is None:
            continue
        told = {"line": line, "stages": ordered}
        if not cursor.execute(_STEPS_DIFFER, told).fetchall()[0][0]:
            cursor.execute(_PLACED, told)
