"""Which rows of a file one section reads, by the conditions of its profile."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from data.ingest.match import Match
from data.ingest.names import normal
from data.ingest.profile import Rows
from data.ingest.texttable import Aside, TextTable


def narrowed(table: TextTable, match: Match) -> TextTable:
    """The rows that a section reads, as a table of its own. What it sets apart is listed beside, with the reason.

    What the file holds besides records (totals, broken lines) is told once, by the section it was recognised as.
    """
    spec = match.spec
    mine = replace(table, aside=[] if spec.beside else [*table.aside], broken=[] if spec.beside else [*table.broken])
    if spec.only:
        mine.frame = mine.frame.filter(_any(mine, spec.only))
    for reason, conditions in spec.aside.items():
        apart = mine.frame.select(_any(mine, conditions)).to_series()
        mine.aside += [_aside(mine, row, reason) for row in apart.arg_true()]
        mine.frame = mine.frame.filter(~apart)
    if spec.distinct:
        key = [str(match.columns[ours]) for ours in spec.key[0] if ours in match.columns]
        mine.frame = mine.frame.unique(key, keep="last", maintain_order=True)
    return mine


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
