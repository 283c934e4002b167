"""Deals without an id of the CRM whose name or customer was changed: new by their key, and the old ones still count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from data.ingest.keys import columns_of
from data.ingest.remarks import Remark

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_SAME = ["deal", "created_on", "amount"]
"""What hardly two deals share, and what a change of the customer's name leaves as it was."""
_NAMES = 20_000
_SHOWN = 3


def renamed(file: FilePlan, files: list[FilePlan], seen: Snapshot) -> Remark | None:
    """Deals that are new by a key of columns, while one of the same name, creation day and amount is missing.

    Pairs only: where several share these, nothing tells which became which. Money is said deal by deal, each in the
    currency of its row.

    Args:
        file: a list of deals.
        files: all files of the import: what another one lists is not missing.
        seen: the store.
    """
    if file.checked is None or file.mapped is None or len(file.checked.key) < 2:
        return None
    rows = file.checked.rows
    if not {*_SAME} <= set(rows.columns):
        return None
    held = seen.frame(f"select distinct key {_LISTED}", {"profile": file.profile})
    new = rows.join(held, on="key", how="anti").drop_nulls(_SAME)
    for other in files:
        if other.table == "deals" and other.profile == file.profile and other.checked is not None:
            held = held.join(other.checked.rows.select("key"), on="key", how="anti")
    if new.is_empty() or held.is_empty():
        return None
    names = new["deal"].unique(maintain_order=True).head(_NAMES).to_list()
    named = f"select distinct key, deal, created_on, amount, customer as before {_LISTED}"
    before = seen.frame(f"{named} and deal in (select unnest($names))", {"profile": file.profile, "names": names}).join(
        held, on="key", how="semi"
    )
    pairs = _alone(new).join(_alone(before.with_columns(pl.col("amount").cast(rows["amount"].dtype))), on=_SAME)
    if pairs.is_empty():
        return None
    params: dict[str, str | int] = {
        "rows": pairs.height, "deals": _shown(pairs), "columns": ", ".join(columns_of(file.mapped, file.checked.key)),
    }  # fmt: skip
    return Remark(code="deals_renamed", params=params)


_LISTED = """
    from ops.deals_rows join ops.deals_seen using (row_no) join ops.uploads on uploads.id = upload_id
    where profile = $profile and not is_undone"""


def _alone(deals: pl.DataFrame) -> pl.DataFrame:
    """Those that share name, day and amount with none of another key."""
    return deals.unique("key").filter(pl.len().over(_SAME) == 1)


def _shown(pairs: pl.DataFrame) -> str:
    told = []
    for row in pairs.sort("amount", "key", descending=[True, False]).head(_SHOWN).iter_rows(named=True):
        money = f"{row['amount']:,.2f} {row.get('currency') or ''}".strip()
        told.append(f"{row['deal']} ({row['before'] or '—'} → {row.get('customer') or '—'}), {money}")
    return "; ".join(told) + ("; …" if pairs.height > _SHOWN else "")
