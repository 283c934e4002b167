"""Names that ids have had: which of them is the latest, and which only one of them ever had.

A member keeps its id when it is renamed. What was written under a former name is still its own, unless somebody else is
called so by now; and who is in no list of its own is called as the rows last called it, not as most of them do. Of
several names that came at once most rows decide, and a name of a product that never stood beside money is the last
choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.order import ever_carried, uploaded
from data.tables import tables

if TYPE_CHECKING:
    from collections.abc import Collection

    import duckdb


def contested(cursor: duckdb.DuckDBPyConnection, lists: dict[str, str], kinds: Collection[str]) -> set[str]:
    """The kinds with an id that rows call by several names, and no list of their own by one: the latest may change.

    Args:
        cursor: the writer's; `fold.pairs` is up to date.
        lists: the table of members of each kind.
        kinds: those to look at.
    """
    several = " union all ".join(
        f"""
        select '{kind}' as kind where exists(
            select id from fold.pairs where kind = '{kind}' and id is not null and name is not null
                and id not in (select {kind}_id from crm.{lists[kind]} where {kind}_id is not null and not is_implied)
            group by id having count(distinct name) > 1)
        """
        for kind in sorted(kinds)
        if any(f"{kind}_id" in ever_carried(cursor, name) for name in uploaded(cursor))
    )
    return {kind for (kind,) in cursor.execute(several).fetchall()} if several else set()


def find_latest(cursor: duckdb.DuckDBPyConnection, kind: str, *, has_list: bool) -> bool:
    """`latest_names` (id, name, is_paid, last_turn, first_turn, lines): when ids with several names were called so.

    Turns number the uploads in order; `lines` are the rows of the last one, `is_paid` whether any row has money: lines
    of products without any carry what a warehouse noted ("found", "website fixed"), which is no name. `own` is there:
    who has a name in a list of its own is called by that.

    Returns:
        Whether there are such ids; else there is no table.
    """
    listed = """and id not in (
                select id from own where id is not null and name is not null and not is_deleted and merged_into is null)
    """
    cursor.execute(
        f"""
        create or replace temp table several_names as
        select id from fold.pairs where kind = '{kind}' and id is not null and name is not null
            {listed if has_list else ""}
        group by id having count(distinct name) > 1
        """
    )
    said_by = cursor.execute(
        f"""
        select distinct table_name from fold.pairs
        where kind = '{kind}' and id in (select id from several_names) order by table_name
        """
    ).fetchall()
    if not said_by:
        return False
    calls = " union all ".join(
        f"""
        select {kind}_id as id, {kind} as name, turn, is_paid
        from (select row_no, {kind}_id, {kind}, {_is_paid(kind, table)} as is_paid from ops.{table}_rows
              where {kind}_id in (select id from several_names) and {kind} is not null)
        join ops.{table}_seen using (row_no) join turns using (upload_id)
        """
        for (table,) in said_by
        if table in tables()
    )
    cursor.execute(
        f"""
        create or replace temp table latest_names as
        with turns as (
            select id as upload_id, row_number() over (order by as_of nulls first, id) as turn
            from ops.uploads where not is_undone
        ),
        calls as ({calls or _NO_CALLS}),
        by_turn as (
            select id, name, turn, bool_or(is_paid) as is_paid, count(*) as lines from calls group by id, name, turn
        )
        select id, name, bool_or(is_paid) as is_paid, max(turn) as last_turn, min(turn) as first_turn,
            arg_max(lines, turn) as lines
        from by_turn group by id, name
        """
    )
    return True


_NO_CALLS = "select null::varchar as id, null::varchar as name, 0 as turn, false as is_paid where false"


def _is_paid(kind: str, table: str) -> str:
    """SQL of whether a row that names a product has money; whether people and customers do says nothing of names."""
    money = [name for name in ("amount", "unit_price") if kind == "product" and name in tables()[table].fields]
    return " or ".join(f"coalesce({name}, 0) <> 0" for name in money) or "false"


def find_worn(cursor: duckdb.DuckDBPyConnection, kind: str, table: str, *, has_list: bool) -> None:
    """`worn` (id, name): what ids are and were called in lists of their own; `former` (name, id): names to go by.

    A former name is one by which nobody is called today and only one member ever was. `known` is there, and with a
    list of the kind `own`; without one there is no `worn`.
    """
    if has_list:
        cursor.execute(
            f"""
            create or replace temp table worn as
            select distinct {kind}_id as id, {kind} as name from ops.{table}_rows
            where {kind}_id in (select id from known) and {kind} is not null
                and not coalesce(is_deleted, false) and merged_into is null
                and row_no in (select row_no from ops.{table}_seen join ops.uploads on id = upload_id and not is_undone)
            """
        )
    own = "and called.name not in (select name from own where id is null and name is not null and not is_deleted)"
    cursor.execute(
        f"""
        create or replace temp table former as
        with called as (
            {"select id, name from worn union" if has_list else ""}
            select distinct id, name from fold.pairs where kind = '{kind}' and id is not null and name is not null
        )
        select called.name, any_value(member_id) as id from called join known using (id)
        where called.name not in (select name from known where name is not null and id = member_id)
            {own if has_list else ""}
        group by called.name having count(distinct member_id) = 1
        """
    )
