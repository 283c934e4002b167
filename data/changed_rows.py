"""What an upload changes, cell by cell: what held just before it in the fold's order, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.order import order_of
from data.states import find_now
from data.tables import tables

if TYPE_CHECKING:
    import duckdb

_SCHEMA = {"key": pl.String, "name": pl.String, "field": pl.String, "old": pl.String, "new": pl.String}


def changed_cells(cursor: duckdb.DuckDBPyConnection, upload_id: int, most: int) -> pl.DataFrame:
    """The cells in which an upload differs from what held before it; rows that are new to the store are none.

    Args:
        cursor: the writer's.
        upload_id: an upload that is recorded.
        most: so many cells at most.

    Returns:
        `key` of the row, its `name` where its table has one, `field`, `old` and `new` as text (null: blank).
    """
    table_name, carried, as_of = cursor.execute(
        "select table_name, columns, as_of from ops.uploads where id = $id", {"id": upload_id}
    ).fetchall()[0]
    table = tables()[table_name]
    before = order_of(cursor, table).before(as_of, upload_id)
    fields = [field for field in carried if field in table.fields]
    if not before.uploads or not fields:
        return pl.DataFrame(schema=_SCHEMA)
    find_now(cursor, table, before, fields)
    name = table_name.removesuffix("s")
    named = f'coalesce(mine."{name}", held."{name}")' if name in fields else "null"
    cells = ", ".join(
        f"{{'field': '{field}', 'old': held.\"{field}\"::varchar, 'new': mine.\"{field}\"::varchar}}"
        for field in fields
    )
    found = cursor.execute(
        f"""
        with mine as (
            from ops.{table_name}_rows
            semi join (select row_no from ops.{table_name}_seen where upload_id = $id) using (row_no)
        ),
        cells as (
            select mine.key, {named}::varchar as name, unnest([{cells}]) as cell
            from mine join now_{table_name} as held using (key_no)
        )
        select key, name, cell.field as field, cell.old as old, cell.new as new
        from cells where cell.old is distinct from cell.new order by key, field limit {int(most)}
        """,
        {"id": upload_id},
    )
    return pl.DataFrame(found.fetchall(), schema=_SCHEMA, orient="row")
