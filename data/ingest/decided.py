"""Targets of an uploaded list that differ from what was set before: what becomes of them is said before loading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.ingest.remarks import Remark
from data.target_versions import NEEDED, ListOf, placed, said_before

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_NAMES = 3


def against_what_holds(file: FilePlan, seen: Snapshot) -> list[Remark]:
    """What becomes of targets that say something else than what holds.

    `targets_anew`: they hold from now on, as the next version. `targets_decided`: a later decision goes on to hold.

    Args:
        file: of an import, checked; another list says nothing. seen: the store.
    """
    if file.table != "targets" or file.checked is None or file.match is None:
        return []
    rows = file.checked.rows
    said = said_before(seen.frame)
    if not {*rows.columns} >= NEEDED or said.targets.is_empty():
        return []
    told = placed(rows, said, ListOf(file.match.profile.origin, file.match.section))
    other = told.filter(pl.col("value").cast(pl.Float64) != pl.col("held"))
    found = {
        "targets_anew": other.filter("is_next"),
        "targets_decided": other.filter(pl.col("version") < pl.col("held_version")),
    }
    return [
        Remark(code=code, params={"count": those.height, "names": _named(those)})
        for code, those in found.items()
        if those.height
    ]


def _named(rows: pl.DataFrame) -> str:
    """The first of them: whose, of what, for which days, and both numbers."""
    shown = [
        f"{row.get('scope_value') or row.get('scope') or 'company'} · {row['measure']}"
        f" {row['starts_on']}…{row['ends_on']}: {row['held']:,.15g} (v{row['held_version']}), {row['value']:,.15g}"
        for row in rows.head(_NAMES).iter_rows(named=True)
    ]
    return "; ".join(shown + ["…"] * (rows.height > _NAMES))
