"""The schema of a store, and how an older store is brought to it (the steps: data/steps.py)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import duckdb

from data.steps import STEPS
from data.tables import SQL_TYPES, Table, tables

SCHEMA = len(STEPS) + 1
"""The schema this program reads and writes."""


@cache
def schema_text() -> str:
    """schema.sql as it is written."""
    return Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")


@cache
def statement(table: str) -> str:
    """The `create table` of one table of schema.sql, for example "crm.deals".

    Raises:
        KeyError: schema.sql has no such table.
    """
    found = re.search(rf"^create table {re.escape(table)} \(.*?\);", schema_text(), re.MULTILINE | re.DOTALL)
    if found is None:
        raise KeyError(table)
    return found[0]


def create_schema(database: duckdb.DuckDBPyConnection, product: str) -> None:
    """Make every table of a new store. The caller holds the transaction."""
    database.execute(schema_text())
    for table in tables().values():
        for made in truth_tables(table):
            database.execute(made)
    database.execute("insert into ops.version values (0, $schema, $product, 0)", {"schema": SCHEMA, "product": product})


UNIQUE = " using compression zstd"
"""For texts that hardly repeat: as small as what DuckDB chooses, and written in half the time."""
_DIFFERING = {"deals": ("lead_id", "customer_id")}
"""Ids of others that hardly repeat, too: nearly each deal has a lead of its own, and few share a customer."""


def truth_tables(table: Table) -> tuple[str, str]:
    """The two append-only tables of an uploadable table.

    `ops.<t>_rows`: each distinct row state ever seen, once. `key_no` numbers the keys: the fold groups millions of
    rows by it, which is several times quicker than by text. `ops.<t>_seen`: which upload held which state.
    """
    differing = {table.name.removesuffix("s"), *(table.key if len(table.key) == 1 else ())}
    differing.update(_DIFFERING.get(table.name, ()))
    fields = ", ".join(
        f'"{field}" {SQL_TYPES[kind]}{UNIQUE if field in differing and kind == "text" else ""}'
        for field, kind in table.fields.items()
    )
    own = f"row_no bigint not null, key_no bigint not null, key varchar not null{UNIQUE}, hash ubigint not null"
    return (
        f"create table ops.{table.name}_rows ({own}, {fields}, extra varchar)",
        f"create table ops.{table.name}_seen (upload_id bigint not null, row_no bigint not null)",
    )


def bring_up_to_date(database: duckdb.DuckDBPyConnection) -> None:
    """Run the steps that the store lacks, in order. The caller holds the transaction."""
    from data.rollups import make_tables, roll_up  # which make tables as they are written here

    held = database.execute("select schema from ops.version").fetchall()[0][0]
    for step in STEPS[held - 1 :]:
        for made in step.statements:
            database.execute(made)
    if held < SCHEMA:
        make_tables(database)
        roll_up(database)
        database.execute(
            "update ops.version set schema = $schema, version = version + 1, facts = version + 1", {"schema": SCHEMA}
        )
