"""Rows as a test writes them, and what the fold made of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from data import truth
from data.store import Store
from data.tables import SQL_TYPES, tables

TYPES = {
    "varchar": pl.String, "date": pl.Date, "timestamp": pl.Datetime, "decimal(18,4)": pl.Decimal(18, 4),
    "double": pl.Float64, "integer": pl.Int32, "boolean": pl.Boolean,
}  # fmt: skip
FOR_EVER, ALWAYS = date(9999, 12, 31), date(1, 1, 1)


def d(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def written(folder: Path, text: str, name: str = "deals.csv") -> Path:
    """A file of this text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def sent(table: str, *rows: dict[str, Any], as_of: str | None = None, **more: Any) -> truth.Load:
    """A load of rows; the key is the first field of the row. A field no row names is not carried."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    schema = {name: TYPES[SQL_TYPES[tables()[table].fields[name]]] for name in names}
    frame = pl.DataFrame([{name: row.get(name) for name in names} for row in rows], schema=schema, strict=False)
    keys = pl.Series("key", [str(next(iter(row.values()))) for row in rows], dtype=pl.String)
    given = {"profile": "p", "file": f"{table}.csv"} | more
    return truth.Load(table=table, rows=frame.with_columns(keys), as_of=d(as_of) if as_of else None, **given)


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.snapshot() as seen:
        return seen.frame(sql).rows()


def one(store: Store, sql: str) -> Any:
    return rows(store, sql)[0][0]
