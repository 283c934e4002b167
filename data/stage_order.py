"""The order of stages that nobody told: that of a known list (data/presets.toml) in which all of them are.

Such a list stands until deals plainly pass the stages otherwise: a few that were moved back, or over a stage, would
turn the order about from one week to the next, and with it every decision about a stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from metrics.proportions import discoveries
from metrics.scores import by_signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

LEAST_MOVES = 20
"""So many moves between two stages are needed to say that they come in another order than the known list has them."""
_UNTOLD = """
    select pipeline, list(stage order by position) filter (status = 'open') as stages from crm.stages group by pipeline
    having len(stages) > 1 and count(told_by) = 0 and count(distinct probability) filter (status = 'open') = 0
        and not exists(from crm.stages where told_by is not null and pipeline is null)
"""
_MOVES = """
    with passed as (
        select stage, entered_on, lag(stage) over w as came_from, lag(entered_on) over w as left_on
        from crm.deal_stages
        where list_contains($stages, stage)
            and deal_id in (select deal_id from crm.deals where pipeline is not distinct from $line)
        window w as (partition by deal_id order by entered_on nulls first)
    ),
    moves as (
        select list_position($stages, came_from) as one, list_position($stages, stage) as other
        from passed where left_on is distinct from entered_on  -- of one day nobody knows which came first
    )
    select count(*) filter (one < other) as forth, count(*) filter (one > other) as back
    from moves where one <> other group by least(one, other), greatest(one, other)
    order by least(one, other), greatest(one, other)
"""
_PLACED = """
    update crm.stages set position = list_position($stages, stage)
    where pipeline is not distinct from $line and list_contains($stages, stage)
"""


def order_by_known_lists(cursor: duckdb.DuckDBPyConnection) -> None:
    """Put the open stages of crm.stages whose order nobody told (no list, no probability) as a known list does.

    Where no list has them all, or enough deals went the other way, they stay in the order in which deals pass them.
    """
    from data.presets import known_order  # which knows of stages, and they of the fold

    for line, stages in cursor.execute(_UNTOLD).fetchall():
        ordered = known_order(stages)
        if ordered is None or ordered == stages:
            continue
        told = {"line": line, "stages": ordered}
        if not is_against(cursor.execute(_MOVES, told).fetchall()):
            cursor.execute(_PLACED, told)


def is_against(moves: Sequence[tuple[int, int]]) -> bool:
    """Whether deals pass two stages in the other order than a list has them: of LEAST_MOVES or more, beyond chance.

    Args:
        moves: of each pair of stages, how many moves went the list's way and how many the other.
    """
    many = [(forth, back) for forth, back in moves if forth + back >= LEAST_MOVES]
    stand = discoveries([by_signs(forth, back) for forth, back in many])
    return any(is_beyond and back > forth for is_beyond, (forth, back) in zip(stand, many, strict=True))
