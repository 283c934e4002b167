"""Columns of a company's own as dimensions: what nobody mapped is kept as JSON, and can be promoted.

A promoted column is in the catalogue of its store: in filters, Explore, `ask --by` and `--where`, and links. The fold
writes its values, as text, to `crm.<table>_fields`, one row per row of the table and one column per dimension, so that
every engine reads it and row scope holds: it is only ever joined to rows that one may see.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from data.errors import DimensionInvalid, UnknownPromoted
from data.members import TABLE_OF
from data.order import order_of
from data.states import find_now
from data.tables import tables
from metrics.catalog import Dimension, Text, Via, catalog
from metrics.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from data.store import Snapshot, Store

_KEYS = {
    "deals": "deal_id",
    "leads": "lead_id",
    "activities": "activity_id",
    "order_lines": "order_id line_no",
} | {table: f"{kind}_key" for kind, table in TABLE_OF.items()}
"""The tables whose columns can be promoted, and by what their rows are found."""

TABLES = tuple(_KEYS)
"""The tables whose columns can be promoted."""

_RESERVED = frozenset("period from to compare as_of lang id measures by grain top page dimension value".split())
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MEANING = Text.model_validate(
    {"en": "A column of your own, as it stands today.", "zh-CN": "贵公司自有字段，取当前值。"}
)


_MOST_LOOKED_AT = 100_000
"""Rows of a table in which its own columns are looked for."""


class Column(NamedTuple):
    """A column that nobody mapped: how many rows have it, and how many different values."""

    table: str
    field: str
    rows: int
    values: int


def promoted(seen: Snapshot) -> tuple[Dimension, ...]:
    """The dimensions of this store's own, in order of their ids."""
    listed = seen.frame("select id, table_name, label_en, label_zh from ops.dimensions order by id")
    return tuple(
        Dimension(
            id=name,
            label=Text.model_validate({"en": english, "zh-CN": chinese}),
            meaning=_MEANING,
            via=Via(key=_KEYS[table], table=f"{table}_fields", column=name),
            is_promoted=True,
        )
        for name, table, english, chinese in listed.iter_rows()
        if table in _KEYS
    )


def listed(seen: Snapshot) -> list[dict[str, object]]:
    """What was promoted, as it was: id, table, field, label_en, label_zh."""
    columns = 'id, table_name as "table", field, label_en, label_zh'
    return seen.frame(f"select {columns} from ops.dimensions order by id").to_dicts()


def columns(seen: Snapshot) -> list[Column]:
    """What could be promoted: every column kept as JSON, those in most rows (of the first 100,000) first."""
    found = []
    for table in _KEYS:
        counted = seen.frame(
            f"""
            with held as (select extra from ops.{table}_rows where extra is not null limit {_MOST_LOOKED_AT}),
            said as (select extra, unnest(json_keys(extra)) as field from held)
            select field, count(*) as rows, count(distinct json_extract_string(extra, '/' ||
                replace(replace(field, '~', '~0'), '/', '~1'))) as values
            from said group by field
            """
        )
        found += [Column(table, *row) for row in counted.iter_rows()]
    return sorted(found, key=lambda one: (-one.rows, one.table, one.field))


def promote(
    store: Store,
    table: str,
    field: str,
    name: str | None = None,
    label_en: str | None = None,
    label_zh: str | None = None,
) -> str:
    """Make a column of a table's uploads a dimension.

    Args:
        store: whose. table, field: the column, as the files call it.
        name: its id; made of the column's name unless given. label_en, label_zh: its labels; the column's name.

    Returns:
        The id.

    Raises:
        DimensionInvalid: there is no such column, or the id is taken or cannot be one.
    """
    chosen = name or _slug(field)
    with store.snapshot() as seen:
        _check(seen, table, field, chosen)
    with store.writing() as cursor:
        _insert(cursor, table, field, chosen, label_en, label_zh)
        write_fields(cursor)
    return chosen


def promote_loaded(cursor: duckdb.DuckDBPyConnection, seen: Snapshot, wished: Sequence[tuple[str, str]]) -> None:
    """Make columns dimensions inside the change that brings them; those that are already stay.

    Args:
        cursor: the writer's. seen: what it holds. wished: tables and columns of theirs.
    """
    for table, field in wished:
        name = free_id(seen, table, field)
        if name is not None:
            _insert(cursor, table, field, name)
    write_fields(cursor)


def _insert(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    field: str,
    name: str,
    label_en: str | None = None,
    label_zh: str | None = None,
) -> None:
    cursor.execute(
        "insert into ops.dimensions values ($id, $table, $field, $en, $zh)",
        {"id": name, "table": table, "field": field, "en": label_en or field, "zh": label_zh or field},
    )


def withdraw(store: Store, name: str) -> None:
    """Take a promoted column out of the catalogue; its values stay where they were.

    Raises:
        UnknownPromoted: no such dimension was promoted.
    """
    with store.writing() as cursor:
        gone = cursor.execute("delete from ops.dimensions where id = $id returning table_name", {"id": name}).fetchall()
        if not gone:
            known = [other for (other,) in cursor.execute("select id from ops.dimensions").fetchall()]
            raise UnknownPromoted(name=name, suggestion=nearest(name, known))
        cursor.execute(f"drop table if exists crm.{gone[0][0]}_fields")
        write_fields(cursor)


def _slug(field: str) -> str:
    """An id from the column's name: "Ship Mode" → ship_mode; one without Latin letters needs an id."""
    return re.sub(r"[^a-z0-9]+", "_", field.lower()).strip("_")[:40]


def free_id(seen: Snapshot, table: str, field: str) -> str | None:
    """An id for a column to be promoted: of its name, else of its table's; None where it is a dimension already."""
    held = listed(seen)
    if any((row["table"], row["field"]) == (table, field) for row in held):
        return None
    taken = _taken(seen) | {str(row["id"]) for row in held}
    slug = _slug(field)
    wished = [slug] if _ID.fullmatch(slug) else []
    wished += [f"{table.removesuffix('s')}_column_{number}" for number in range(1, len(taken) + 2)]
    return next(name for name in wished if name not in taken)


def _taken(seen: Snapshot) -> set[str]:
    """Names that no further dimension can have."""
    columns = seen.frame("select column_name from duckdb_columns() where schema_name = 'crm'")["column_name"]
    return {*columns, *catalog().dimensions, *catalog().measures, *_RESERVED}


def _check(seen: Snapshot, table: str, field: str, name: str) -> None:
    fields = {one.field for one in columns(seen) if one.table == table}
    problem = None
    if table not in _KEYS:
        problem = Text.model_validate(
            {"en": f"choose a table of {', '.join(_KEYS)}", "zh-CN": f"可选的表：{'、'.join(_KEYS)}"}
        )
    elif field not in fields:
        shown = ", ".join(sorted(fields)[:12]) or "—"
        problem = Text.model_validate({"en": f"its uploads have: {shown}", "zh-CN": f"该表上传中未映射的列：{shown}"})
    elif not _ID.fullmatch(name):
        problem = Text.model_validate(
            {
                "en": "an id is small letters, digits and _, beginning with a letter; give one with --id",
                "zh-CN": "编号只能用小写字母、数字和下划线，且以字母开头；请用 --id 指定",
            }
        )
    elif name in _taken(seen):
        problem = Text.model_validate(
            {
                "en": f'"{name}" is taken; give another with --id',
                "zh-CN": f"“{name}”已被占用；请用 --id 另取一个",
            }
        )
    if problem:
        raise DimensionInvalid(table=table, field=field, problem=problem)


# ------------------------------------------------------------------------------------------------------------ the fold


def write_fields(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write `crm.<table>_fields` of every table with promoted columns."""
    wanted: dict[str, list[tuple[str, str]]] = {}
    listed = "select table_name, id, field from ops.dimensions order by table_name, id"
    for table, name, field in cursor.execute(listed).fetchall():
        wanted.setdefault(table, []).append((name, field))
    for table, fields in wanted.items():
        pointers = {f"field_{place}": _pointer(field) for place, (_, field) in enumerate(fields)}
        values = ", ".join(
            f"any_value(nullif(trim(json_extract_string(s.extra, $field_{place})), '')) as \"{name}\""
            for place, (name, _) in enumerate(fields)
        )
        cursor.execute(f"create or replace table crm.{table}_fields as {_selected(cursor, table, values)}", pointers)


def create_empty(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make `crm.<table>_fields` without rows, for an engine that holds them elsewhere."""
    for table, key in _KEYS.items():
        named = cursor.execute("select id from ops.dimensions where table_name = $table order by id", {"table": table})
        fields = [f'"{name}" varchar' for (name,) in named.fetchall()]
        if fields:
            types = [f"{part} {_type(part)}" for part in key.split()]
            cursor.execute(f"create or replace table crm.{table}_fields ({', '.join([*types, *fields])})")


def _type(part: str) -> str:
    return "bigint" if part.endswith("_key") else "integer" if part == "line_no" else "varchar"


def _pointer(field: str) -> str:
    """The JSON pointer to a key, whatever it is called."""
    return "/" + field.replace("~", "~0").replace("/", "~1")


def _selected(cursor: duckdb.DuckDBPyConnection, table: str, values: str) -> str:
    """SQL: the key of each row and its values, unique on the key."""
    key = ", ".join(f"s.{part}" for part in _KEYS[table].split())
    if table == "deals":
        return f"select {key}, {values} from crm.deals as s group by all"
    find_now(cursor, tables()[table], order_of(cursor, tables()[table]))
    holds = "not coalesce(s.is_deleted, false) and s.merged_into is null"
    kind = next((kind for kind, members in TABLE_OF.items() if members == table), None)
    if kind is not None:
        return f"""select refs.key as {kind}_key, {values} from now_{table} as s join fold.{kind}_refs as refs
            on refs.id is not distinct from s.{kind}_id and refs.name is not distinct from s.{kind}
            where {holds} group by refs.key"""
    first, *others = _KEYS[table].split()
    named = [f"coalesce(s.{first}, s.key) as {first}" if not others else f"s.{first}"]
    named += [f"coalesce(s.{other}, 1) as {other}" for other in others]
    return f"select {', '.join(named)}, {values} from now_{table} as s where {holds} group by all"
