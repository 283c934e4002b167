"""Columns that no field of ours takes, made dimensions by the import that brings them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.dimensions import TABLES, promote_loaded
from data.effects import unsaved
from data.errors import DimensionInvalid
from metrics.catalog import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from data.ingest.fileplan import FilePlan, Plan
    from data.store import Store

_TAKEN = Text(
    **{
        "en": "it fills a field of ours; leave it out first (--map COLUMN=)",
        "zh-CN": "该列已对应到某个字段；请先取消对应（--map 列名=）",
    }
)
_OTHER = Text(**{"en": f"choose a table of {', '.join(TABLES)}", "zh-CN": f"可选的表：{'、'.join(TABLES)}"})


def check_dimensions(files: Sequence[FilePlan]) -> None:
    """Refuse a wish that cannot be met, before anything is loaded.

    Raises:
        DimensionInvalid: the column fills a field, or its table takes no columns of one's own.
    """
    for column in dict.fromkeys(column for file in files for column in file.options.dimensions):
        bearing = [file for file in files if column in file.options.dimensions and column in file.headers]
        if bearing and not any(column in kept_columns(file) for file in bearing):
            is_apt = any(file.table in TABLES for file in bearing)
            raise DimensionInvalid(table=bearing[0].table, field=column, problem=_TAKEN if is_apt else _OTHER)


def kept_columns(file: FilePlan) -> list[str]:
    """The columns of a file that no field takes and that may become dimensions."""
    if file.mapped is None or file.table not in TABLES:
        return []
    return [file.mapped.table.headers[index] for index in file.mapped.unknown]


def promote_wished(cursor: duckdb.DuckDBPyConnection, store: Store, plan: Plan) -> None:
    """Make the wished columns of what is being loaded dimensions, inside the same change."""
    wished = [
        (file.table, column)
        for file in plan.files
        for column in kept_columns(file)
        if column in file.options.dimensions and file.table is not None
    ]
    if wished:
        promote_loaded(cursor, unsaved(store, cursor), list(dict.fromkeys(wished)))
