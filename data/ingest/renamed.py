"""Deals without an id of the CRM whose customer was renamed: new by their key, and the old ones still count.

Nothing tells for certain that two such rows are one deal, so it is asked, with the money. Where a person says so, the
row keeps the key of the deal that it was: its history goes on, it counts once, and taking the upload back parts them
again. What was said is kept with the upload (`mapping`), so that the next file meets the same deals.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.keys import columns_of
from data.ingest.remarks import Offer, Question, Remark

if TYPE_CHECKING:
    from data.ingest.fileplan import FilePlan
    from data.store import Snapshot

_FLAG = "--renamed"
_CHOICES = ("same", "apart")
_SAME = ["deal", "created_on", "amount"]
"""What hardly two deals share, and what a change of the customer's name leaves as it was."""
_NAMES = 20_000
_SHOWN = 3


def follow_renamed(file: FilePlan, files: list[FilePlan], seen: Snapshot) -> Question | None:
    """Let the deals of a file that were renamed before, or are said to be now, go on under the keys that they had.

    Args:
        file: a list of deals, checked.
        files: all files of the import: what another one lists is not missing.
        seen: the store.

    Returns:
        The question whether new deals are missing ones under another name, where nobody has said so.
    """
    if file.checked is None or len(file.checked.key) < 2:
        return None
    if before := _known(file, files, seen):
        _adopt(file, before)
        file.warnings.append(Remark(code="deals_renamed_before", params={"rows": len(before)}))
    pairs = None if file.is_correction else _pairs(file, files, seen)
    if pairs is None or pairs.is_empty():
        return None
    told, params = file.options.renamed, _params(file, pairs)
    if told is None and file.is_whole is not False:
        return Question(code="ask_renamed", params=params, flag=_FLAG, choices=_CHOICES)
    if told == "same":
        _adopt(file, dict(pairs.select("key", "was_key").iter_rows()))
    taken = told or "apart"
    file.warnings.append(Offer(code=f"deals_renamed_{taken}", params=params, flag=_FLAG, choices=_CHOICES, taken=taken))
    return None


def _adopt(file: FilePlan, keys: dict[str, str]) -> None:
    """Give rows the key of the deal that they are."""
    if file.checked is None:
        return
    rows = file.checked.rows
    file.checked = replace(
        file.checked,
        rows=rows.with_columns(pl.col("key").replace(keys)),
        unread=tuple(keys.get(key, key) for key in file.checked.unread),
    )
    file.renamed |= keys


def _known(file: FilePlan, files: list[FilePlan], seen: Snapshot) -> dict[str, str]:
    """Keys in this file -> those that the same deals have in the store, as uploads that count were told.

    None of a deal that a file of this import lists under the key that it has: then there are two.
    """
    told = seen.frame(
        """
        select (mapping->>'$.renamed') as renamed from ops.uploads
        where table_name = 'deals' and profile = $profile and not is_undone and (mapping->>'$.renamed') is not null
        order by as_of nulls first, id
        """,
        {"profile": file.profile},
    )["renamed"]
    keys: dict[str, str] = {}
    for text in told:
        keys |= json.loads(text)
    if not keys or file.checked is None:
        return {}
    both = pl.DataFrame({"now": [*keys], "was": [*keys.values()]}, schema={"now": pl.String, "was": pl.String})
    listed = pl.concat([_keys(other) for other in files if _is_same_list(other, file)])
    own = pl.concat([_keys(file), pl.DataFrame({"key": file.checked.unread}, schema={"key": pl.String})])
    met = both.join(own, left_on="now", right_on="key", how="semi").join(
        listed, left_on="was", right_on="key", how="anti"
    )
    return dict(met.unique("was", keep="none").iter_rows())


def _keys(file: FilePlan) -> pl.DataFrame:
    return file.checked.rows.select("key") if file.checked else pl.DataFrame(schema={"key": pl.String})


def _is_same_list(other: FilePlan, file: FilePlan) -> bool:
    return other.table == "deals" and other.profile == file.profile and other.checked is not None


def _pairs(file: FilePlan, files: list[FilePlan], seen: Snapshot) -> pl.DataFrame | None:
    """Deals that are new by a key of columns (`key`), while one of the same name, creation day and amount is missing.

    Of that one `was_key`, `before` (its customer) and `was` (its status), as it was seen last. Pairs only: where
    several share these, nothing tells which became which.
    """
    if file.checked is None:
        return None
    rows = file.checked.rows
    if not {*_SAME} <= set(rows.columns):
        return None
    held = seen.frame(f"select distinct key {_LISTED}", {"profile": file.profile})
    new = rows.join(held, on="key", how="anti").drop_nulls(_SAME)
    for other in files:
        if _is_same_list(other, file):
            held = held.join(_keys(other), on="key", how="anti")
    if new.is_empty() or held.is_empty():
        return None
    names = new["deal"].unique(maintain_order=True).head(_NAMES).to_list()
    before = seen.frame(
        f"""
        select distinct on (key) key, deal, created_on, amount, customer as before, status as was
        {_LISTED} and key in (select key from ops.deals_rows where deal in (select unnest($names)))
        order by key, as_of desc nulls last, uploads.id desc
        """,
        {"profile": file.profile, "names": names},
    ).join(held, on="key", how="semi")
    before = before.with_columns(pl.col("amount").cast(rows["amount"].dtype))
    return _alone(new).join(_alone(before).rename({"key": "was_key"}), on=_SAME)


_LISTED = """
    from ops.deals_rows join ops.deals_seen using (row_no) join ops.uploads on uploads.id = upload_id
    where profile = $profile and not is_undone"""


def _alone(deals: pl.DataFrame) -> pl.DataFrame:
    """Those that share name, day and amount with none of another key."""
    return deals.unique("key").filter(pl.len().over(_SAME) == 1)


def _params(file: FilePlan, pairs: pl.DataFrame) -> dict[str, str | int]:
    """How many, which, and their money: all of it, and what of it was won, which would count twice for good."""
    columns = columns_of(file.mapped, file.checked.key) if file.mapped and file.checked else []
    return {
        "rows": pairs.height, "deals": _shown(pairs), "columns": ", ".join(columns), "money": _money(pairs),
        "won": _money(pairs.filter(pl.col("was") == "won")),
    }  # fmt: skip


def _money(pairs: pl.DataFrame) -> str:
    """The sum of each currency that rows name."""
    currency = pl.col("currency") if "currency" in pairs.columns else pl.lit(None, pl.String).alias("currency")
    sums = (
        pairs.group_by(currency).agg(pl.col("amount").cast(pl.Decimal(38, 4)).sum()).sort("currency", nulls_last=True)
    )
    return "; ".join(_said(amount, name) for name, amount in sums.iter_rows()) or _said(0, None)


def _said(amount: object, currency: str | None) -> str:
    return f"{amount:,.2f} {currency or ''}".strip()


def _shown(pairs: pl.DataFrame) -> str:
    told = []
    for row in pairs.sort("amount", "key", descending=[True, False]).head(_SHOWN).iter_rows(named=True):
        names = f"{row['before'] or '—'} → {row.get('customer') or '—'}"
        told.append(f"{row['deal']} ({names}), {_said(row['amount'], row.get('currency'))}")
    return "; ".join(told) + ("; …" if pairs.height > _SHOWN else "")
