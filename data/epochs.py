"""Days from which on an equal row means something else: a rate began, or a person changed teams.

A deal seen again as it was, but after such a day, may be worth another amount or belong to another team. Only few rows
are concerned: those in a foreign currency, and those of people who moved. All others stay one state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.facts import REPORTING
from data.order import uploaded

if TYPE_CHECKING:
    import duckdb

    from data.order import Order


def find_epochs(cursor: duckdb.DuckDBPyConnection, *, has_rates: bool, has_lists: bool) -> None:
    """Make `epoch_days` (day), and `moves` (key_no, rep_id, rep, day): who changed teams when.

    Args:
        cursor: the writer's.
        has_rates: there are rates.
        has_lists: there are several lists of people: one alone says of nobody that they moved.
    """
    cursor.execute("create or replace temp table epoch_days (day date)")
    cursor.execute("create or replace temp table moves (key_no bigint, rep_id varchar, rep varchar, day date)")
    if has_lists:
        cursor.execute(
            """
            insert into moves
            with said as (
                select key_no, rep_id, rep, from_day as day, is_first,
                    team is distinct from lag(team) over (partition by key_no order by from_place) as is_move
                from states_reps
            )
            select key_no, rep_id, rep, day from said where is_move and not is_first
            """
        )
    if has_lists or has_rates:
        cursor.execute("insert into epoch_days select day from moves union select from_on from rate_spans")


def epoch_of_sighting(cursor: duckdb.DuckDBPyConnection, name: str, order: Order) -> str:
    """SQL of the epoch in which a row of `ops.<name>_rows` was seen, where that matters to it; else the same for all.

    Where fields come from rows of several files, a row alone does not tell; then it matters to every row.
    """
    if len({upload.epoch for upload in order.uploads}) <= 1 or len(order.layouts) > 1:
        return "epoch"
    _find_turning(cursor, name)
    return f"case when row_no in (select row_no from turning_{name}) then epoch else 0 end"


def _find_turning(cursor: duckdb.DuckDBPyConnection, name: str) -> None:
    """`turning_<t>` (row_no): the rows that mean something else after an epoch day."""
    of_movers = "rep_id in (select rep_id from moves) or rep in (select rep from moves)"
    if "reps" not in uploaded(cursor):
        of_movers = "false"
    elif not _are_plain(cursor):
        of_movers = "exists(from moves)"
    cursor.execute(
        f"""
        create or replace temp table turning_{name} as
        select row_no from ops.{name}_rows
        where (currency is not null and currency is distinct from {REPORTING}) or coalesce({of_movers}, false)
        """
    )


def _are_plain(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Everybody in the list of people has one id and one name of their own, for ever: so a row names a mover, or not.

    With joined, renamed or twice listed people only the members' keys tell, which come later than this.
    """
    return bool(
        cursor.execute(
            """
            select count(distinct key_no) = count(distinct rep_id) and count(distinct key_no) = count(distinct rep)
                and count(*) = count(rep_id) and count(*) = count(rep) and count(merged_into) = 0
                and not exists(from ops.aliases where kind = 'rep')
            from states_reps
            """
        ).fetchall()[0][0]
    )
