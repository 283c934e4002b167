"""Which rows of a file one section reads, by the conditions of its profile."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from data.ingest.match import Match
from data.ingest.names import normal
from data.ingest.profile import Rows
from data.ingest.texttable import Aside, TextTable


def narrowed(table: TextTable, match: Match) -> TextTable:
    """The rows that a section reads. What it sets apart is listed beside, with the reason."""
    spec = match.spec
    if spec.only:
        table = replace(table, frame=table.frame.filter(_any(table, spec.only)), aside=[], broken=[])
    for reason, conditions in spec.aside.items():
        apart = table.frame.select(_any(table, conditions)).to_series()
        if apart.any():
            listed = [_aside(table, row, reason) for row in apart.arg_true()]
            table = replace(table, frame=table.frame.filter(~apart), aside=[*table.aside, *listed])
    return table


def holds(table: TextTable, rows: Rows) -> pl.Expr:
    """Where every column of a condition contains what it must; nowhere when a column is absent."""
    at = {normal(header): index for index, header in reversed(list(enumerate(table.headers)))}
    if any(normal(column) not in at for column in rows):
        return pl.lit(value=False)
    tests = [pl.col(str(at[normal(column)])).fill_null("").str.contains(pattern) for column, pattern in rows.items()]
    return pl.all_horizontal(tests)


def _any(table: TextTable, conditions: list[Rows]) -> pl.Expr:
    return pl.any_horizontal(holds(table, rows) for rows in conditions)


def _aside(table: TextTable, row: int, reason: str) -> Aside:
    return Aside(int(table.frame["#line"][row]), table.original(row), reason)
