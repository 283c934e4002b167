"""Deals shared out: one row per part of a deal, so that money can be cut by product and by who has a share in it.

Where a question is cut or filtered by product, or by salesperson, manager or team, its table of deals is read through
crm.product_shares or crm.owner_shares (data/shares.py says what is in them). Each deal then is as many rows as it has
parts, with `amount`, `product_key`, `rep_key` and `team` of the part, and three columns more:

    deal_amount    the amount of the whole deal
    share          of it, 0-1; 0 where only the deal itself is counted
    is_main        the one part at which the deal itself is counted

A viewer's row scope goes by the part: whoever has a share in a deal sees it, and nothing of the others (decision 0023).
A part runs from `from_share` to `to_share` of the amount, both rounded alike: the parts add up to the amount exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypedDict

from metrics.catalog import Measure, dimension

SHARED_OUT = {"deals": "deals", "deals_seen": "deal_versions"}
"""The base tables that can be shared out, and the table each reads."""

ADDED = ("deal_amount", "share", "is_main")
"""The columns that only deals shared out have, as their rows show them."""

_SAID = (
    "deal_id deal pipeline deal_type customer_key region source campaign lead_id stage status amount_original currency"
    " probability forecast_category created_on expected_close_on closed_on lost_reason competitor next_step"
    " last_activity_on"
).split()
COLUMNS = {
    "deals": [
        *_SAID,
        *"push_count stage_since cycle_days gone_on is_gone extra".split(),
        *"reached_place reached_on touches first_done_on".split(),
    ],
    "deal_versions": [*_SAID, "seen_from", "seen_to", "is_reconstructed"],
}
"""The columns that every part of a deal has from it; engines do not agree on a star that leaves some out."""


def among(parts: Iterable[Measure], names: Iterable[str]) -> tuple[str, ...]:
    """Among whom deals are shared out where these measures are cut or filtered by these dimensions.

    Counts need it for products only, whose main one may be that of a line; an owner is the deal's own.
    """
    measures = tuple(parts)
    if not any(part.table == "deals" for part in measures):
        return ()
    wanted = {dimension(name).shares for name in names}
    has_money = any(part.is_shared for part in measures)
    return tuple(kind for kind in ("product", "owner") if kind in wanted and (has_money or kind == "product"))


class Split(TypedDict):
    """Among whom a question shares deals out."""

    shared: tuple[str, ...]
    own: tuple[str, ...]


def split(money: Measure, names: Iterable[str]) -> Split:
    """What a Query says about it: among whom, and among whom for a viewer with a row scope (metrics/own_part.py)."""
    listed = tuple(names)
    return Split(shared=among((money,), listed), own=among((money,), (*listed, "rep")))


def steps(name: str, shared: tuple[str, ...], needed: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Name and SQL of the steps that share out base table `name`; the last is the table to read.

    Args:
        name: of the base table. shared: among whom.
        needed: the columns read of it; by default all.
    """
    source, before = f"crm.{SHARED_OUT[name]}", False
    listed = [one for one in COLUMNS[SHARED_OUT[name]] if not needed or one in needed or one == "deal_id"]
    for kind in shared:
        made = _by_product(before=before) if kind == "product" else _by_owner(before=before)
        columns = ", ".join([*(f"t.{column}" for column in listed), *made])
        join = f"left join crm.{kind}_shares as s on s.deal_id = t.deal_id"
        yield f"{name}_by_{kind}", f"select {columns}\n  from {source} as t {join}"
        source, before = f"{name}_by_{kind}", True


def by_owner() -> str:
    """The SELECT of all deals in parts, one per person with a share, as `steps` shares them out among people."""
    return next(sql for _, sql in steps("deals", ("owner",)))


PART = (
    "case when s.deal_id is null then t.amount else cast(cast(cast(t.amount as double) * s.to_share as decimal(18, 4))"
    " - cast(cast(t.amount as double) * s.from_share as decimal(18, 4)) as decimal(18, 4)) end as amount"
)
"""The part `s` of the amount of a row `t`."""
_SHARE = "case when s.deal_id is null then 1 else s.to_share - s.from_share end"


def _whole(*, before: bool) -> list[str]:
    """What is known of the whole deal; `before` says that it was shared out once already."""
    if before:
        return ["t.deal_amount", f"t.share * {_SHARE} as share", "t.is_main and coalesce(s.is_main, true) as is_main"]
    return ["t.amount as deal_amount", f"cast({_SHARE} as double) as share", "coalesce(s.is_main, true) as is_main"]


def _by_product(*, before: bool) -> list[str]:
    product = "case when s.deal_id is null then t.product_key else s.product_key end as product_key"
    return ["t.rep_key", "t.team", product, PART, *_whole(before=before)]


def _by_owner(*, before: bool) -> list[str]:
    own = "s.deal_id is null or s.is_main"
    named = [f"case when {own} then t.{column} else s.{column} end as {column}" for column in ("rep_key", "team")]
    return [*named, "t.product_key", PART, *_whole(before=before)]
