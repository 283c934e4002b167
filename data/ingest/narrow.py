"""Which rows of a file one section reads, by the conditions of its profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from data.ingest.match import Match
from data.ingest.names import normal
from data.ingest.profile import Rows
from data.ingest.remarks import Remark
from data.ingest.texttable import Aside, TextTable

LISTED = 100_000
"""So many rows that a section does not read are listed one by one; beyond, they are counted."""


def narrowed(table: TextTable, match: Match) -> TextTable:
    """The rows that a section reads, as a table of its own. What it sets apart is listed beside, with the reason.

    What the file holds besides records (totals, broken lines) is told once, by the section it was recognised as.
    """
    spec = match.spec
    mine = replace(table, aside=[] if spec.beside else [*table.aside], broken=[] if spec.beside else [*table.broken])
    mine.remarks = []  # those of the file stand with its plan
    if spec.only:
        _keep_only(mine, match)
    for reason, conditions in spec.aside.items():
        apart = mine.frame.select(_any(mine, conditions)).to_series()
        mine.aside += [_aside(mine, row, reason) for row in apart.arg_true()]
        mine.frame = mine.frame.filter(~apart)
    if spec.unchanged:
        _leave_out_what_did_not_change(mine, spec.unchanged)
    if spec.distinct:
        parts = [match.joined.get(ours, [match.columns[ours]] if ours in match.columns else []) for ours in spec.key[0]]
        key = [str(at) for found in parts for at in found]
        is_last = mine.frame.select(pl.struct(key).is_last_distinct()).to_series()
        if spec.beside is None:
            mine.aside += [_aside(mine, row, "said_again") for row in (~is_last).arg_true()]
        mine.frame = mine.frame.filter(is_last)
    return mine


def _leave_out_what_did_not_change(mine: TextTable, columns: list[str]) -> None:
    """A history of several fields has a row for each change of any: two columns show that this one stayed as it was."""
    known = {normal(header): str(at) for at, header in reversed(list(enumerate(mine.headers)))}
    if not all(normal(column) in known for column in columns):
        return
    before, after = (pl.col(known[normal(column)]) for column in columns)
    same = mine.frame.select((before == after).fill_null(value=False)).to_series()
    rows = same.arg_true()
    mine.aside += [_aside(mine, row, "unchanged") for row in rows.head(LISTED)]
    mine.unlisted += max(len(rows) - LISTED, 0)
    mine.frame = mine.frame.filter(~same)


def _keep_only(mine: TextTable, match: Match) -> None:
    """Keep the rows that the section means. What no section of the file reads is listed, or it would be lost unseen."""
    meant = mine.frame.select(_any(mine, match.spec.only)).to_series()
    if match.spec.beside is None:
        others = [match.profile.tables[name] for name in match.profile.beside(match.section)]
        unread = ~meant
        for other in others:
            unread &= ~mine.frame.select(_any(mine, other.only)).to_series() if other.only else False
        rows = unread.arg_true()
        reason = _telling(mine, match.spec.only)
        mine.aside += [_aside(mine, row, reason(row)) for row in rows.head(LISTED)]
        mine.unlisted += max(len(rows) - LISTED, 0)
        if len(rows):
            mine.remarks.append(Remark(code="rows_not_meant", params={"rows": len(rows)}))
    mine.frame = mine.frame.filter(meant)


def _telling(mine: TextTable, conditions: list[Rows]) -> Callable[[int], str]:
    """What a row says in the column by which rows are chosen, as its reason."""
    known = {normal(header): at for at, header in reversed(list(enumerate(mine.headers)))}
    at = next((known[normal(column)] for rows in conditions for column in rows if normal(column) in known), None)
    if at is None:
        return lambda _: "not_meant"
    column = mine.column(at)
    return lambda row: f"not_meant:{mine.headers[at]}:{column[row] or ''}"


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
