"""Rows that point to what no list holds, neither one in the store nor one of the same import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from data.members import TABLE_OF
from data.tables import REFERENCES, tables

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_RECORDS = {
    "deal_id": "deals", "lead_id": "leads", "order_id": "order_lines", "invoice_id": "invoices",
    "contract_id": "contracts",
}  # fmt: skip
"""Fields that name a record of another table by its id."""


class Known:
    """The ids and names of every list, in the store and in the files of one import; each is looked up once."""

    def __init__(self, files: list[FilePlan], seen: Snapshot | None) -> None:
        """Look into these files, and into the store where there is one."""
        self._files, self._seen = files, seen
        self._lists: dict[str, pl.DataFrame] = {}

    def of(self, table: str, fields: tuple[str, ...]) -> pl.DataFrame:
        """The distinct values of some fields of a table; those that an upload did not carry are null.

        A record without an id is known by its key, as in the fold; people, customers and products are not.
        """
        if table not in self._lists:
            is_record = table in _RECORDS.values()
            frames = [self._in_file(file, fields, is_record) for file in self._files if file.table == table]
            if self._seen is not None:
                frames.append(self._in_store(self._seen, table, fields, is_record))
            none = pl.DataFrame(schema=dict.fromkeys(fields, pl.String))
            self._lists[table] = pl.concat([none, *frames]).unique(maintain_order=True)
        return self._lists[table]

    @staticmethod
    def _in_file(file: FilePlan, fields: tuple[str, ...], is_record: bool) -> pl.DataFrame:
        rows = file.checked.rows if file.checked else pl.DataFrame({"key": []}, schema={"key": pl.String})
        other = pl.col("key") if is_record else pl.lit(None, pl.String)
        present = [pl.coalesce(*([name] if name in rows.columns else []), other).alias(name) for name in fields]
        return rows.select(present)

    @staticmethod
    def _in_store(seen: Snapshot, table: str, fields: tuple[str, ...], is_record: bool) -> pl.DataFrame:
        names = ", ".join(f'coalesce("{name}", key) as "{name}"' if is_record else f'"{name}"' for name in fields)
        return seen.frame(
            f"""
            select distinct {names} from ops.{table}_rows semi join (
                select row_no from ops.{table}_seen join ops.uploads on uploads.id = upload_id where not is_undone
            ) using (row_no)
            """
        ).cast(dict.fromkeys(fields, pl.String))

    def aliases(self, kind: str) -> set[str]:
        """Names that somebody took for another one."""
        if self._seen is None:
            return set()
        return set(self._seen.frame("select alias from ops.aliases where kind = $kind", {"kind": kind})["alias"])


def orphans(file: FilePlan, known: Known) -> Iterator[tuple[str, pl.DataFrame, bool]]:
    """References of a file to what no list holds.

    Yields:
        The kind (rep, customer, product, deal, lead, order, invoice, contract), the rows (`row` in the file's rows, and
        the `name` or id they say), and whether there is such a list at all: without one, only bare ids are named.
    """
    if file.checked is None or file.table is None:
        return
    rows = file.checked.rows
    for kind in REFERENCES:
        if kind in tables()[file.table].references and TABLE_OF[kind] != file.table:
            listed = known.of(TABLE_OF[kind], (f"{kind}_id", kind))
            found = _members(rows, kind, listed, known.aliases(kind))
            if found.height:
                yield kind, found, bool(listed.height)
    for name, table in _RECORDS.items():
        listed = known.of(table, (name,)) if name in rows.columns and table != file.table else pl.DataFrame()
        if listed.height:
            said = _numbered(rows, pl.col(name).alias("name")).filter(pl.col("name").is_not_null())
            found = said.join(listed, left_on="name", right_on=name, how="anti", maintain_order="left")
            if found.height:
                yield name.removesuffix("_id"), found, True


def _members(rows: pl.DataFrame, kind: str, listed: pl.DataFrame, aliases: set[str]) -> pl.DataFrame:
    """Rows whose id no list has; or whose name, where the row or the list has no ids."""
    key = f"{kind}_id"
    said = _numbered(
        rows,
        (pl.col(key) if key in rows.columns else pl.lit(None, pl.String)).alias("id"),
        (pl.col(kind) if kind in rows.columns else pl.lit(None, pl.String)).alias("said"),
    ).filter(pl.col("id").is_not_null() | pl.col("said").is_not_null())
    shown = pl.coalesce("said", "id").alias("name")
    if listed.is_empty():
        return said.filter(pl.col("said").is_null()).select("row", shown)
    ids, names = listed[key].drop_nulls(), listed[kind].drop_nulls()
    by_id = pl.col("id").is_not_null() & pl.lit(bool(len(ids)))
    is_known = pl.when(by_id).then(pl.col("id").is_in(ids.implode())).otherwise(
        pl.col("said").is_in(names.implode()) | pl.col("said").is_in([*aliases])
    )  # fmt: skip
    return said.filter(~is_known.fill_null(value=False)).select("row", shown)


def _numbered(rows: pl.DataFrame, *columns: pl.Expr) -> pl.DataFrame:
    return rows.select(pl.int_range(pl.len()).alias("row"), *columns)
