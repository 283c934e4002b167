"""A bound question in another engine's dialect: values written in as literals, base tables under the engine's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

Place = Callable[[str, str], str]
"""Schema and table of the store ("crm", "deals") → the engine's name for it, in the engine's dialect."""


def translate(sql: str, params: Mapping[str, Any], place: Place, dialect: str) -> str:
    """Write a question of the store for another engine.

    Args:
        sql: the question in DuckDB's dialect, its values as `$name`.
        params: the values. They become literals of the syntax tree, which writes them escaped: text stays text.
        place: where the engine has a base table; called once for each base table the question reads.
        dialect: sqlglot's name of the engine's dialect.

    Raises:
        KeyError: `params` lacks a value.
    """
    tree = _parsed(sql).copy()
    for name in list(tree.find_all(exp.Placeholder)):
        name.replace(literal(params[name.name]))
    for table in list(tree.find_all(exp.Table)):
        if table.db:
            there = _named(place(table.db, table.name), dialect).copy()
            there.set("alias", table.args.get("alias"))
            table.replace(there)
    return tree.sql(dialect=dialect, copy=False)  # it is a copy already


def literal(value: object) -> exp.Expr:
    """A value as a literal of its own type, so that no engine takes a share for a decimal or a day for a text."""
    if isinstance(value, float):
        return exp.cast(exp.Literal.number(repr(value)), exp.DType.DOUBLE)
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), exp.DType.TIMESTAMPNTZ)
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), exp.DType.DATE)
    return exp.convert(value)


@lru_cache(maxsize=512)
def _named(name: str, dialect: str) -> exp.Table:
    return exp.to_table(name, dialect=dialect)


@lru_cache(maxsize=512)
def _parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, read="duckdb")
