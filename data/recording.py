"""Writing one upload into the truth: its original, the row states not seen before, and which of them it held."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pyarrow as pa

from data.clock import now
from data.currency import currency_of
from data.distinct import are_distinct
from data.errors import LoadInvalid
from data.order import Order, order_of
from data.originals import Kept, keep
from data.progress import part, tell
from data.states import find_now, last_rows
from data.tables import SQL_TYPES, Table, tables
from data.target_versions import numbered
from data.unread import keep_unread

if TYPE_CHECKING:
    import duckdb

    from data.store import Store
    from data.truth import Load

_BESIDE_FIELDS = {"key", "extra", "line"}
_BATCH = 30_720
_AT_ONCE = 245_760  # rows that one statement appends: two row groups, or what two threads share
_SUPERSEDED = "key_repeated"


def record_all(
    cursor: duckdb.DuckDBPyConnection, store: Store, loads: Iterable[Load], *, rows: int = 0
) -> Iterator[tuple[int, Load]]:
    """Append several uploads, one after the other; each is taken from `loads` when the one before it is recorded.

    What was recorded of a table before this began is folded; what this adds to it is not.

    Args:
        cursor: the writer's.
        store: where originals are kept.
        loads: the files.
        rows: how many they have together, so that it can be told how far this is; 0: not known.

    Yields:
        The upload's number, and what it was.
    """
    recorded: set[str] = set()
    done = 0
    for load in loads:
        low, done = done, done + load.rows.height
        with part(low / rows, min(done / rows, 1.0)) if rows else nullcontext():
            upload_id = record(cursor, store, load, is_folded=load.table not in recorded)
        yield upload_id, load
        recorded.add(load.table)


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
    load, decided_anew = numbered(cursor, load)
    carried = [field for field in [*table.fields, "extra"] if field in load.rows.columns]
    upload_id = int(cursor.execute("select nextval('ops.upload_ids')").fetchall()[0][0])
    with ThreadPoolExecutor(1) as beside:  # one core compresses the file, and the database takes the other
        keeping = beside.submit(keep, store, load.original)
        counts, superseded = _record_rows(cursor, table, carried, upload_id, load, is_folded=is_folded)
        if decided_anew:  # another version of what is there, with a key of its own
            counts = counts._replace(new=counts.new - decided_anew, changed=counts.changed + decided_anew)
        _append_beside(cursor, table, carried, upload_id, load)
        refused, set_aside = _keep_refused(cursor, load, upload_id)
        keep_unread(cursor, upload_id, load.unread)
        original = keeping.result()
    _log(cursor, load, upload_id, carried, counts, original, refused=refused + superseded, set_aside=set_aside)
    return upload_id


def _record_rows(
    cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str], upload_id: int, load: Load, *, is_folded: bool
) -> tuple[_Counts, int]:
    """Append the rows of one upload; how they compare with those before, and how many a later one superseded."""
    order = order_of(cursor, table)
    arriving = _in_parts(load.rows.with_row_index("nth"))
    cursor.register("arriving", arriving)
    has_duplicates = not are_distinct(load.rows["key"])
    superseded = 0
    if not (order.uploads or order.undone or has_duplicates):
        _append_first(cursor, table, carried, upload_id, load, arriving)
        counts = _Counts(load.rows.height, 0, 0)
    else:
        tell("comparing", 0.0, file=load.file, rows=load.rows.height)
        _match(cursor, table, carried, has_duplicates=has_duplicates)
        if has_duplicates:
            superseded = _set_superseded_aside(cursor, load, upload_id)
        _append(cursor, table, carried, upload_id, load, arriving)
        before = order.before(load.as_of, upload_id)
        is_newest = is_folded and len(before.uploads) == len(order.uploads)
        counts = _count(cursor, table, carried, order, before, read=load.rows.height - superseded, is_newest=is_newest)
    cursor.unregister("arriving")
    return counts, superseded


def _append_beside(cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str], id_: int, load: Load) -> None:
    """Append what an upload says of records that its file does not hold."""
    if (rows := load.withdrawn) is None:
        return
    missing = [pl.lit(None).alias(name) for name in carried if name not in rows.columns]
    cursor.register("arriving", arriving := _in_parts(rows.with_columns(missing).with_row_index("nth")))
    _match(cursor, table, carried, has_duplicates=False)
    _append(cursor, table, carried, id_, load.model_copy(update={"rows": rows}), arriving)
    cursor.unregister("arriving")


def _in_parts(rows: pl.DataFrame) -> pa.Table:
    """The rows for DuckDB, in batches that its threads share out; a file of few rows is many columns wide."""
    whole = rows.to_arrow(compat_level=pl.CompatLevel.newest())
    return pa.Table.from_batches(whole.to_batches(max_chunksize=_BATCH), whole.schema)


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
    hashed = f"(select nth, key::varchar as key, hash({values}) as hash, true as is_last from arriving)"
    if has_duplicates:  # then the rows that do not hold are looked at once more
        cursor.execute(
            f"""
            create or replace temp table hashed as
            select nth, key::varchar as key, hash({values}) as hash, nth = max(nth) over (partition by key) as is_last
            from arriving
            """
        )
        hashed = "hashed"
    highest = cursor.execute(
        f"select coalesce(max(row_no), 0), coalesce(max(key_no), 0) from ops.{name}_rows"
    ).fetchall()
    last_row, last_key = highest[0]
    cursor.execute(
        f"""
        create or replace temp table matched as
        with met as materialized (
            select hashed.nth, hashed.key, hashed.hash, held.key_no, held.row_no
            from {hashed} as hashed
            left join ops.{name}_rows as held on held.key = hashed.key and held.hash = hashed.hash
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
        else f"""
        create or replace temp table matched as
        select nth, key, hash, true as is_new_row, true as is_new_key,
            nth::bigint + 1 as key_no, nth::bigint + 1 as row_no
        from {hashed} where is_last
        """
    )


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


def _append(
    cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str], upload_id: int, load: Load, arriving: pa.Table
) -> None:
    for low, high in _in_turn(cursor, load, arriving, 0.4):
        cursor.execute(
            f"""
            insert into ops.{table.name}_rows
            select row_no, key_no, matched.key, hash, {_values(table, carried)}
            from arriving join matched using (nth) where is_new_row and nth >= {low} and nth < {high}
            """
        )
    cursor.execute(f"insert into ops.{table.name}_seen select {upload_id}, row_no from matched order by row_no")


def _append_first(
    cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str], upload_id: int, load: Load, arriving: pa.Table
) -> None:
    """The first rows of a table, each key once: nothing to compare with, so the file's order numbers them."""
    values = _values(table, carried)
    for _ in _in_turn(cursor, load, arriving, 0.0):
        cursor.execute(
            f"""
            insert into ops.{table.name}_rows
            select nth::bigint + 1, nth::bigint + 1, key::varchar, hash({values}), {values} from arriving
            """
        )
    cursor.execute(f"insert into ops.{table.name}_seen select {upload_id}, range + 1 from range({load.rows.height})")


def _in_turn(
    cursor: duckdb.DuckDBPyConnection, load: Load, arriving: pa.Table, share: float
) -> Iterator[tuple[int, int]]:
    """`arriving` in parts, each by itself, so that it can be told how far this is; `share` of the work is done before.

    To hand over a part costs nothing; to choose it by a condition would look at all rows, and copy those chosen.

    Yields:
        The number of the part's first row, and of the one after its last.
    """
    rows = load.rows.height
    for low in range(0, rows, _AT_ONCE):
        tell("writing", share + (1.0 - share) * low / rows, file=load.file, done=low, of=rows, rows=rows)
        cursor.register("arriving", arriving.slice(low, _AT_ONCE))
        yield low, min(low + _AT_ONCE, rows)


def _count(
    cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str], order: Order, before: Order,
    *, read: int, is_newest: bool,
) -> _Counts:  # fmt: skip
    """New, changed and same rows, compared with what held just before this upload in the fold's order.

    A key that only later days know is new: nothing of it held before, so no cell of it can be listed as changed.

    Args:
        cursor: the writer's; `matched` is there.
        table: whose rows.
        carried: the fields that the file carried.
        order: the other uploads of the table.
        before: those of them that come before this one.
        read: how many rows the file held, without those that a later row of the file superseded.
        is_newest: all others come before, and they are folded.
    """
    is_same = "false"
    is_one_layout = {*before.layouts.values()} == {frozenset(carried)}
    if is_one_layout:
        is_same = f"row_no in (select row_no from ({_held(cursor, table, before, is_newest=is_newest)}))"
    matched, new, same = cursor.execute(
        f"""
        select count(*), count(*) filter ({_is_new(table.name, order, before)}), count(*) filter ({is_same})
        from matched
        """
    ).fetchall()[0]
    if not order.uploads:
        return _Counts(new, 0, read - new)
    if before.uploads and not is_one_layout and new < matched:  # of keys that no other upload holds, nothing held
        same = _count_equal(cursor, table, carried, before)
    repeated = read - matched
    return _Counts(new, read - new - same - repeated, same + repeated)


def _held(cursor: duckdb.DuckDBPyConnection, table: Table, before: Order, *, is_newest: bool) -> str:
    """SQL of the rows that held before; the fold remembers those of deals."""
    return "from fold.deals_now" if is_newest and table.name == "deals" else last_rows(cursor, table, before)


def _count_equal(cursor: duckdb.DuckDBPyConnection, table: Table, carried: list[str], before: Order) -> int:
    """Rows that say what held before, in the fields that they carry; earlier files carried others."""
    find_now(cursor, table, before, carried)
    then = ", ".join(f'before."{field}"' for field in carried)
    held = ", ".join(f'held."{field}"' for field in carried)
    found = cursor.execute(
        f"""
        select count(*) from matched
        join now_{table.name} as before using (key_no)
        join ops.{table.name}_rows as held using (row_no)
        where row({then}) is not distinct from row({held})
        """
    ).fetchall()
    return int(found[0][0])


def _is_new(name: str, order: Order, before: Order) -> str:
    """SQL: no upload that comes before holds the key, undone ones not counted."""
    if not order.undone and len(before.uploads) == len(order.uploads):
        return "is_new_key"
    others = ", ".join(str(upload.id) for upload in before.uploads) or "null"
    return f"""is_new_key or key_no not in (
        select key_no from ops.{name}_rows join ops.{name}_seen using (row_no) where upload_id in ({others}))"""


def _log(
    cursor: duckdb.DuckDBPyConnection, load: Load, upload_id: int, carried: list[str], counts: _Counts, original: Kept,
    *, refused: int, set_aside: int,
) -> None:  # fmt: skip
    cursor.execute(
        """
        insert into ops.uploads values ($id, $file, $sha256, $bytes, $kept, $table, $profile, $columns, $mapping,
            $encoding, $as_of, $as_of_from, $is_full, false, $who, $loaded_at,
            $read, $new, $changed, $same, $refused, $set_aside, $currency)
        """,
        {
            "id": upload_id,
            "loaded_at": now(),
            "file": load.file,
            "sha256": original.digest,
            "bytes": len(load.original),
            "kept": original.name,
            "table": load.table,
            "profile": load.profile,
            "columns": carried,
            "mapping": json.dumps(load.mapping, ensure_ascii=False, default=str),
            "encoding": load.encoding,
            "as_of": load.as_of,
            "as_of_from": load.as_of_from,
            "is_full": load.is_full,
            "who": load.who,
            "read": sum(counts) + refused,
            **counts._asdict(),
            "refused": refused,
            "set_aside": set_aside,
            "currency": None if load.table == "fx_rates" else load.currency or currency_of(load.rows),
        },
    )


def _keep_refused(cursor: duckdb.DuckDBPyConnection, load: Load, upload_id: int) -> tuple[int, int]:
    """Keep the rows that were not taken in; how many were refused, and how many set aside."""
    rows = load.refused
    if rows is None or rows.is_empty():
        return 0, 0
    cursor.register("refused", rows.select("line", "text", "reasons", pl.col("money"), "is_set_aside").to_arrow())
    cursor.execute(f"insert into ops.refused_rows select {upload_id}, * from refused")
    cursor.unregister("refused")
    set_aside = int(rows["is_set_aside"].sum())
    return rows.height - set_aside, set_aside
