"""Writing one upload into the truth: its original, the row states not seen before, and which of them it held."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from data.errors import LoadInvalid
from data.originals import keep
from data.states import find_now, layouts, order_uploads
from data.tables import SQL_TYPES, Table, tables

if TYPE_CHECKING:
    import duckdb

    from data.store import Store
    from data.truth import Load

_BESIDE_FIELDS = {"key", "extra", "line"}
_SUPERSEDED = "key_repeated"


class _Counts(NamedTuple):
    new: int
    changed: int
    same: int


def record(cursor: duckdb.DuckDBPyConnection, store: Store, load: Load, *, is_folded: bool = False) -> int:
    """Append one upload; nothing in `crm` changes yet.

    Args:
        cursor: the writer's.
        store: where originals are kept.
        load: the file.
        is_folded: what was recorded of this table so far is folded, so that the fold's memory can be asked.

    Returns:
        The upload's number.

    Raises:
        LoadInvalid: the rows do not fit their table.
    """
    table = _table_of(load)
    carried = [field for field in [*table.fields, "extra"] if field in load.rows.columns]
    upload_id = int(cursor.execute("select nextval('ops.upload_ids')").fetchall()[0][0])
    cursor.register("arriving", load.rows.with_row_index("nth").to_arrow(compat_level=pl.CompatLevel.newest()))
    has_duplicates = _has_duplicates(cursor)
    superseded = 0
    if has_duplicates or _holds_rows(cursor, table):
        _match(cursor, table, carried, has_duplicates=has_duplicates)
        superseded = _set_superseded_aside(cursor, load, upload_id) if has_duplicates else 0
        _append(cursor, table, carried, upload_id)
    else:
        _append_first(cursor, table, carried, upload_id, len(load.rows))
    _log(cursor, store, load, upload_id, carried)
    counts = _count(cursor, table, carried, upload_id, read=len(load.rows) - superseded, is_folded=is_folded)
    _close_log(cursor, load, upload_id, counts, superseded)
    cursor.unregister("arriving")
    return upload_id


def _table_of(load: Load) -> Table:
    table = tables().get(load.table)
    if table is None:
        raise LoadInvalid(table=load.table, problem="there is no such table")
    unknown = sorted(set(load.rows.columns) - set(table.fields) - _BESIDE_FIELDS)
    if unknown:
        raise LoadInvalid(table=load.table, problem=f"it has no field {', '.join(unknown)}")
    if "key" not in load.rows.columns or load.rows["key"].null_count():
        raise LoadInvalid(table=load.table, problem="a row has no key")
    return table


def _match(cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str], *, has_duplicates: bool) -> None:
    """`matched` (nth, key, hash, key_no, row_no, is_new_row, is_new_key): which rows and keys the truth knows."""
    values = _values(table, carried)
    name = table.name
    cursor.execute(
        f"""
        create or replace temp table hashed as
        select nth, key::varchar as key, hash({values}) as hash, nth = max(nth) over (partition by key) as is_last
        from arriving
        """
        if has_duplicates
        else f"""
        create or replace temp table hashed as
        select nth, key::varchar as key, hash({values}) as hash, true as is_last from arriving
        """
    )
    highest = cursor.execute(
        f"select coalesce(max(row_no), 0), coalesce(max(key_no), 0) from ops.{name}_rows"
    ).fetchall()
    last_row, last_key = highest[0]
    cursor.execute(
        f"""
        create or replace temp table matched as
        with met as (
            select hashed.nth, hashed.key, hashed.hash, held.key_no, held.row_no
            from hashed left join ops.{name}_rows as held on held.key = hashed.key and held.hash = hashed.hash
            where is_last
        ),
        keys as (
            select distinct key, key_no from ops.{name}_rows where key in (select key from met where row_no is null)
        ),
        joined as (
            select nth, key, hash, row_no, coalesce(met.key_no, keys.key_no) as key_no
            from met left join keys using (key)
        )
        select nth, key, hash, row_no is null as is_new_row, key_no is null as is_new_key,
            coalesce(key_no, {last_key} + row_number() over (partition by key_no is null order by nth)) as key_no,
            coalesce(row_no, {last_row} + row_number() over (partition by row_no is null order by nth)) as row_no
        from joined
        """
        if last_row
        else """
        create or replace temp table matched as
        select nth, key, hash, true as is_new_row, true as is_new_key,
            nth::bigint + 1 as key_no, nth::bigint + 1 as row_no
        from hashed where is_last
        """
    )


def _has_duplicates(cursor: duckdb.DuckDBPyConnection) -> bool:
    return bool(cursor.execute("select count(*) > count(distinct key) from arriving").fetchall()[0][0])


def _holds_rows(cursor: duckdb.DuckDBPyConnection, table: Table) -> bool:
    return bool(cursor.execute(f"select exists(from ops.{table.name}_rows)").fetchall()[0][0])


def _values(table: Table, carried: list[str]) -> str:
    """Select list of every field of the table, in order."""
    return ", ".join(_cast(table, field) if field in carried else _absent(table, field) for field in _all(table))


def _all(table: Table) -> list[str]:
    return [*table.fields, "extra"]


def _cast(table: Table, field: str) -> str:
    kind = "varchar" if field == "extra" else SQL_TYPES[table.fields[field]]
    return f'arriving."{field}"::{kind}'


def _absent(table: Table, field: str) -> str:
    return f"null::{'varchar' if field == 'extra' else SQL_TYPES[table.fields[field]]}"


def _set_superseded_aside(cursor: duckdb.DuckDBPyConnection, load: Load, upload_id: int) -> int:
    """Of several rows with one key, the last one holds; the ones before it that differ are kept as refused rows.

    Returns:
        How many such rows there were.
    """
    money = tables()[load.table].money
    value = f'arriving."{money}"::decimal(18,4)' if money and money in load.rows.columns else "null"
    line = "arriving.line" if "line" in load.rows.columns else "arriving.nth + 1"
    found = cursor.execute(
        f"""
        insert into ops.refused_rows
        select {upload_id}, {line}, to_json(arriving)::varchar, ['{_SUPERSEDED}'], {value}, false
        from hashed as earlier
        join hashed as last on last.key = earlier.key and last.is_last and last.hash <> earlier.hash
        join arriving on arriving.nth = earlier.nth
        where not earlier.is_last
        """
    ).fetchall()
    return int(found[0][0])


def _append(cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str], upload_id: int) -> None:
    cursor.execute(
        f"""
        insert into ops.{table.name}_rows
        select row_no, key_no, matched.key, hash, {_values(table, carried)}
        from arriving join matched using (nth) where is_new_row
        """
    )
    cursor.execute(f"insert into ops.{table.name}_seen select {upload_id}, row_no from matched order by row_no")


def _append_first(
    cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str], upload_id: int, rows: int
) -> None:
    """The first rows of a table, each key once: nothing to compare with, so the file's order numbers them."""
    values = _values(table, carried)
    cursor.execute(
        f"""
        insert into ops.{table.name}_rows
        select nth::bigint + 1, nth::bigint + 1, key::varchar, hash({values}), {values} from arriving
        """
    )
    cursor.execute(f"insert into ops.{table.name}_seen select {upload_id}, range + 1 from range({rows})")
    cursor.execute(
        f"""
        create or replace temp table matched as
        select range + 1 as row_no, range + 1 as key_no, true as is_new_key from range({rows})
        """
    )


def _count(
    cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str], upload_id: int, *, read: int, is_folded: bool
) -> _Counts:
    """New, changed and same rows, compared with what held just before this upload in the fold's order.

    A key that only later days know is not new; as nothing held before, its row counts as changed.
    """
    order_uploads(cursor, table)
    name = table.name
    new = _count_new(cursor, name, upload_id)
    uploads, place = cursor.execute(
        f"select count(*), max(place) filter (id = $id) from at_{name}", {"id": upload_id}
    ).fetchall()[0]
    if uploads == 1:
        return _Counts(new, 0, read - new)
    is_newest = place == uploads
    cursor.execute(f"delete from at_{name} where place >= {place}")
    kinds = {*layouts(cursor, table).values(), frozenset(carried)}
    if len(kinds) > 1:
        same = _count_equal(cursor, table, carried)
    else:
        if is_newest and is_folded and name == "deals":
            held = "select row_no from fold.deals_now"
        else:
            find_now(cursor, table)
            held = f"select row_no from last_{name}"
        same = cursor.execute(f"select count(*) from matched where row_no in ({held})").fetchall()[0][0]
    repeated = read - cursor.execute("select count(*) from matched").fetchall()[0][0]
    return _Counts(new, read - new - same - repeated, same + repeated)


def _count_equal(cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str]) -> int:
    """Rows that say what held before, in the fields that they carry; earlier files carried others."""
    find_now(cursor, table)
    before = ", ".join(f'before."{field}"' for field in carried)
    held = ", ".join(f'held."{field}"' for field in carried)
    found = cursor.execute(
        f"""
        select count(*) from matched
        join now_{table.name} as before using (key_no)
        join ops.{table.name}_rows as held using (row_no)
        where row({before}) is not distinct from row({held})
        """
    ).fetchall()
    return int(found[0][0])


def _count_new(cursor: duckdb.DuckDBPyConnection, name: str, upload_id: int) -> int:
    """Keys that no other upload holds, undone ones not counted."""
    is_new = "is_new_key"
    if cursor.execute("select count(*) from ops.uploads where table_name = $t and is_undone", {"t": name}).fetchall()[
        0
    ][0]:
        is_new += f""" or key_no not in (
            select key_no from ops.{name}_rows join ops.{name}_seen using (row_no) join ops.uploads on id = upload_id
            where not is_undone and id <> {upload_id})"""
    return int(cursor.execute(f"select count(*) from matched where {is_new}").fetchall()[0][0])


def _log(cursor: duckdb.DuckDBPyConnection, store: Store, load: Load, upload_id: int, carried: list[str]) -> None:
    digest = hashlib.sha256(load.original).hexdigest()
    cursor.execute(
        """
        insert into ops.uploads values ($id, $file, $sha256, $bytes, $kept, $table, $profile, $columns, $mapping,
            $encoding, $as_of, $as_of_from, $is_full, false, $who, now()::timestamp, 0, 0, 0, 0, 0, 0, $currency)
        """,
        {
            "id": upload_id,
            "file": load.file,
            "sha256": digest,
            "bytes": len(load.original),
            "kept": keep(store, digest, load.original),
            "table": load.table,
            "profile": load.profile,
            "columns": carried,
            "mapping": json.dumps(load.mapping, ensure_ascii=False, default=str),
            "encoding": load.encoding,
            "as_of": load.as_of,
            "as_of_from": load.as_of_from,
            "is_full": load.is_full,
            "who": load.who,
            "currency": _currency(load.rows),
        },
    )


def _currency(rows: pl.DataFrame) -> str | None:
    """The currency that most rows name."""
    if "currency" not in rows.columns:
        return None
    named = rows["currency"].drop_nulls().value_counts(sort=True)
    return str(named["currency"][0]) if len(named) else None


def _close_log(cursor: duckdb.DuckDBPyConnection, load: Load, upload_id: int, counts: _Counts, superseded: int) -> None:
    refused = set_aside = 0
    if load.refused is not None and len(load.refused):
        rows = load.refused
        set_aside = int(rows["is_set_aside"].sum())
        refused = len(rows) - set_aside
        cursor.register("refused", rows.select("line", "text", "reasons", pl.col("money"), "is_set_aside").to_arrow())
        cursor.execute(f"insert into ops.refused_rows select {upload_id}, * from refused")
        cursor.unregister("refused")
    refused += superseded
    cursor.execute(
        """
        update ops.uploads set read = $read, new = $new, changed = $changed, same = $same, refused = $refused,
            set_aside = $set_aside where id = $id
        """,
        {
            **counts._asdict(),
            "read": sum(counts) + refused,
            "refused": refused,
            "set_aside": set_aside,
            "id": upload_id,
        },
    )
