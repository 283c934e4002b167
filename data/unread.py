"""Rows that could not be read but for their key: their record was listed, whatever else the row says.

An upload keeps the keys of its refused rows (`ops.unread_keys`). To the fold such a key is a sighting of what its
record said before: a full export that lists a deal in a row that stays out does not end the deal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.once import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

_HELD = "select distinct table_name from ops.unread_keys join ops.uploads on id = upload_id and not is_undone"


def keep_unread(cursor: duckdb.DuckDBPyConnection, upload_id: int, keys: Sequence[str]) -> None:
    """Keep the keys of an upload's refused rows."""
    if keys:
        cursor.register("unread", pl.DataFrame({"key": keys}, schema={"key": pl.String}).to_arrow())
        cursor.execute(f"insert into ops.unread_keys select {upload_id}, key from unread")
        cursor.unregister("unread")


def sightings(cursor: duckdb.DuckDBPyConnection, name: str) -> str:
    """SQL of what each upload of a table held (upload_id, row_no, held_layout); `at_<t>` is there.

    `held_layout` is that of the upload that a row is taken from where the key alone could be read, else null. What the
    record says then is what the uploads before say, whichever were loaded or undone since.
    """
    if (name,) not in rows(cursor, _HELD):
        return f"(select upload_id, row_no, null::bigint as held_layout from ops.{name}_seen)"
    cursor.execute(
        f"""
        create or replace temp table again_{name} as
        with unread as (
            select distinct id, place, key_no from ops.unread_keys join at_{name} on id = upload_id
            join (select distinct key, key_no from ops.{name}_rows) using (key)
        ),
        listed as (
            select key_no, row_no, place, layout from ops.{name}_seen join at_{name} on id = upload_id
            join (select row_no, key_no from ops.{name}_rows) using (row_no)
            where key_no in (select key_no from unread)
        )
        select unread.id as upload_id, arg_max(row_no, listed.place) as row_no,
            arg_max(layout, listed.place) as held_layout
        from unread join listed on listed.key_no = unread.key_no and listed.place <= unread.place
        group by unread.id, unread.place, unread.key_no
        having max(listed.place) < unread.place
        """
    )
    return f"""(select upload_id, row_no, null as held_layout from ops.{name}_seen
        union all select upload_id, row_no, held_layout from again_{name})"""
