"""A column with the ids of the records that were merged into a row, as HubSpot exports them: those count no more.

A merged record is in no list any more. Only the one that took it over tells where it went, so without that column it
would stay open for ever beside the other.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from data.ingest.match import Match, match
from data.ingest.names import normal
from data.ingest.profile import profiles
from data.ingest.remarks import Remark
from data.ingest.texttable import LINE, TextTable
from data.tables import tables

INTO = "merged_into"
_CALLED = {
    normal(name)
    for name in (
        *("Merged Record IDs", "Merged object IDs", "hs_merged_object_ids", "property_hs_merged_object_ids"),
        *("合并的记录 ID", "合并的对象 ID"),
    )
}
_PARTS = r"[^;,\s]+"


def merged_records(table: TextTable, found: Match) -> tuple[TextTable, Match] | None:
    """The records that were merged into those of a list, each with the one it is part of now.

    One that the list still has as a row of its own is none of them.

    Args:
        table: the list.
        found: what it was recognised as.

    Returns:
        The ids under our own names, on the lines of those that took them over, and how their CRM reads them; None where
        there is no such column, or no id that would tell whose it is.
    """
    crm = profiles().get(found.profile.origin)
    ident = tables()[found.table].key[0]
    column = next((at for at, header in enumerate(table.headers) if normal(header) in _CALLED), None)
    if crm is None or column is None or len(tables()[found.table].key) > 1 or ident not in found.columns:
        return None
    own = table.column(found.columns[ident])
    told = pl.DataFrame([table.column(column).alias("0"), own.alias("1"), table.frame[LINE]])
    taken = told.with_columns(pl.col("0").str.extract_all(_PARTS)).explode("0").filter(
        pl.col("0").is_not_null() & pl.col("1").is_not_null() & ~pl.col("0").is_in(own.drop_nulls().implode())
    )  # fmt: skip
    if taken.is_empty():
        return None
    merged = replace(table, headers=[ident, INTO], frame=taken, aside=[], broken=[], remarks=[], unlisted=0, text=b"")
    spec = profiles()["sales-compass"].tables[found.table]
    section = f"{found.table}_merged"
    needs: list[str | list[str]] = [ident, INTO]
    beside = spec.model_copy(
        update={"table": found.table, "beside": found.section, "needs": needs, "key": [[ident]], "marks": []}
    )
    profile = crm.model_copy(update={"tables": {**crm.tables, section: beside}})
    return merged, match(merged, profile, section, {})


def merged_remark(table: TextTable) -> Remark:
    """How many records count no more, since others took them over."""
    return Remark(code="records_merged", params={"rows": table.frame.height})
