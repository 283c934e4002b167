"""Rows that are in no number: set apart by a profile, such as adjustments among orders; returns without an amount."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.store import Snapshot


def set_apart(seen: Snapshot) -> dict[str, list[tuple[str, int]]]:
    """By table: why rows were set apart, and how many of all uploads that count. Titles and totals are no rows."""
    found = seen.frame(
        """
        select uploads.table_name, refused_rows.reasons[1] as reason, count(*) as rows
        from ops.refused_rows join ops.uploads on uploads.id = refused_rows.upload_id
        where not uploads.is_undone and refused_rows.is_set_aside and list_contains($reasons, refused_rows.reasons[1])
        group by all order by all
        """,
        {"reasons": sorted(_reasons())},
    )
    by_table: dict[str, list[tuple[str, int]]] = {}
    for table, reason, rows in found.iter_rows():
        by_table.setdefault(table, []).append((reason, rows))
    return by_table


def returns_unpriced(seen: Snapshot) -> int:
    """How many returned order lines say not what was paid back: a list of what came back has no amounts."""
    return int(seen.frame("select count(*) from crm.order_lines where is_return and amount is null").item())


@cache
def _reasons() -> frozenset[str]:
    from data.ingest.profile import profiles  # with all that reads files, which the first page does without

    return frozenset(reason for one in profiles().values() for table in one.tables.values() for reason in table.aside)
