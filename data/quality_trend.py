"""How the quality of the data goes: what was wrong right after each load, kept with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
from pydantic import BaseModel, ConfigDict

from data.order import uploaded
from data.quality_rules import (
    Aspect,
    Rule,
    among_column,
    counted_question,
    money_question,
    own_question,
    rules_of,
)
from data.tables import tables
from metrics.catalog import catalog
from metrics.viewer import EVERYTHING

if TYPE_CHECKING:
    import duckdb

    from data.store import Snapshot, Store

_NO_DAY = date(9999, 12, 31)
_TOLD_BY_OTHERS = {"reps", "customers", "products", "teams", "stages", "deal_stages"}
"""Tables that hold rows without any upload of their own: rows of others name what they list."""
_MOST_ROWS = 200_000
"""Rows of a table in which a load still looks for what is there twice; the page looks in any."""


class Point(BaseModel):
    """What was wrong of one kind after one load. `upload_id` is the last file of the load."""

    model_config = ConfigDict(frozen=True)

    upload_id: int
    file: str
    as_of: date | None
    code: str
    aspect: Aspect
    table: str
    rows: int
    of: int
    money: Decimal | None = None


def keep_findings(cursor: duckdb.DuckDBPyConnection, store: Store, ids: list[int]) -> None:
    """Write down what is wrong now, for the last upload of a load.

    Only rules that one look at each table answers, and those of uniqueness where a table is not too large: a load must
    not wait for the rest. A rule that finds nothing is written too, so that an improvement can be told from a rule that
    was not asked.
    """
    from data.effects import holding_rows, unsaved

    if not ids:
        return
    seen = unsaved(store, cursor)
    there = uploaded(cursor) | _TOLD_BY_OTHERS
    ruled = [name for name in tables() if name in there and name in catalog().tables and rules_of(name)]
    held = holding_rows(seen, set(ruled))
    rows = [row for name in ruled if name in held for row in _of_table(seen, name, ids[-1])]
    if rows:
        frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row", infer_schema_length=None)
        cursor.register("found", frame.to_arrow())
        cursor.execute("insert into ops.findings by name from found")
        cursor.unregister("found")


_SCHEMA: dict[str, Any] = {
    "upload_id": pl.Int64, "code": pl.String, "aspect": pl.String, "table_name": pl.String, "rows": pl.Int64,
    "of": pl.Int64, "money": pl.Decimal(38, 4),
}  # fmt: skip


def _of_table(seen: Snapshot, table: str, upload_id: int) -> list[tuple[object, ...]]:
    rules = [rule for rule in rules_of(table) if not rule.is_alone]
    day = seen.as_of or _NO_DAY
    if not rules:
        return []
    counted = seen.row(counted_question(table, day), EVERYTHING)
    if not counted["n"]:
        return []
    asked = [rule for rule in rules if not rule.column or counted[f"filled.{rule.column}"]]
    costly = tuple(rule for rule in asked if rule.money_column and counted[rule.code])
    money = seen.row(money_question(table, costly, day), EVERYTHING) if costly else {}
    return [
        (upload_id, rule.code, rule.aspect, table, counted[rule.code], counted[among_column(rule)],
         money.get(rule.code))
        for rule in asked
    ] + [_alone(seen, rule, upload_id, day) for rule in _unique(table, counted["n"])]  # fmt: skip


def _unique(table: str, rows: int) -> list[Rule]:
    """Rules about what is there twice, which look at a table as a whole."""
    return [rule for rule in rules_of(table) if rule.is_alone and rule.aspect == "uniqueness" and rows <= _MOST_ROWS]


def _alone(seen: Snapshot, rule: Rule, upload_id: int, day: date) -> tuple[object, ...]:
    rows, of, money = seen.row(own_question(rule, day), EVERYTHING).values()
    return (upload_id, rule.code, rule.aspect, rule.table, rows, of, money)


_TREND = """
select findings.* exclude (table_name), findings.table_name as "table", uploads.file, uploads.as_of
from ops.findings join ops.uploads on uploads.id = findings.upload_id
where not uploads.is_undone order by upload_id, code
"""


def trend(seen: Snapshot) -> list[Point]:
    """Every rule after every load that still counts, in the order of loading."""
    return [Point(**row) for row in seen.frame(_TREND).iter_rows(named=True)]
