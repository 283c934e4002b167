"""The short way for the newest upload of deals: only the deals that it changed are folded again.

A weekly export repeats nearly every deal as it was. The result is that of the full fold, tested on random histories;
where that cannot be had cheaply, `fold_newest` declines and the full fold does the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.deals import write_deals
from data.former_names import contested
from data.members import TABLE_OF, add_pairs, resolve
from data.order import Order, order_of, uploaded, write_order
from data.people import write_members
from data.shares import write_shares
from data.states import find_now, find_states
from data.tables import REFERENCES, tables
from data.unread import sightings
from data.visits import share_deals, write_visits

if TYPE_CHECKING:
    import duckdb

_MOST = 0.3
"""With a larger share of deals touched, the full fold is as quick."""


def fold_newest(cursor: duckdb.DuckDBPyConnection, upload_id: int) -> set[str]:
    """Fold the upload, if the short way leads to the same place; `prepare` was called (data/fold.py).

    It does when the upload is the last in order, of the same profile and fields as all before, no rate or team changed
    meanwhile, and the names it brings mean nobody else than before.

    Returns:
        The tables that are left to fold: none when the short way led to the end.
    """
    order = order_of(cursor, tables()["deals"], by_epoch=True)
    if not _is_plain(order, upload_id):
        return {"deals"}
    write_order(cursor, tables()["deals"], order)
    if not _find_touched(cursor, upload_id):
        return {"deals"}
    find_states(cursor, tables()["deals"], order, only_touched=True)
    kinds = _resolve_new(cursor, has_new=add_pairs(cursor, "deals", order.carried))
    if kinds is None:  # the references are written already: nobody could tell any more which rows must follow
        return set(tables())
    _write(cursor, kinds)
    return set()


def _is_plain(order: Order, upload_id: int) -> bool:
    """The upload is the last of several of one kind, and means what the one before meant."""
    *earlier, last = order.uploads
    return (
        last.id == upload_id
        and bool(earlier)
        and order.profiles == len(order.layouts) == 1
        and last.epoch == earlier[-1].epoch
    )


def _find_touched(cursor: duckdb.DuckDBPyConnection, upload_id: int) -> bool:
    """`touched_deals` (key_no) and `touched_ids` (deal_id): new, changed, gone or come back.

    Returns:
        Whether they are few enough for the short way.
    """
    cursor.execute(
        f"""
        create or replace temp table touched_deals as
        with mine as (
            select key_no, row_no from ops.deals_rows
            where row_no in (select row_no from {sightings(cursor, "deals")} where upload_id = $id)
        )
        select coalesce(mine.key_no, held.key_no) as key_no
        from mine full join fold.deals_now as held using (key_no)
        where case
            when mine.key_no is null then not held.is_gone and (select is_full from at_deals where id = $id)
            else held.key_no is null or held.is_gone or held.row_no <> mine.row_no
        end
        """,
        {"id": upload_id},
    )
    cursor.execute(
        """
        create or replace temp table touched_ids as
        select distinct coalesce(deal_id, key) as deal_id from ops.deals_rows semi join touched_deals using (key_no)
        """
    )
    touched, held = cursor.execute(
        "select (select count(*) from touched_deals), (select count(*) from fold.deals_now)"
    ).fetchall()[0]
    return bool(touched <= held * _MOST or touched < 1000) and not _is_shared(cursor)


def _is_shared(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether other rows are the same deals: its visits follow from all of them, also from those not touched."""
    if not share_deals(cursor):
        return False
    return bool(
        cursor.execute(
            """
            select exists(
                from ops.deals_rows as held
                where coalesce(deal_id, key) in (select deal_id from touched_ids)
                    and key_no not in (select key_no from touched_deals)
            )
            """
        ).fetchall()[0][0]
    )


def _resolve_new(cursor: duckdb.DuckDBPyConnection, *, has_new: bool) -> list[str] | None:
    """The kinds that got new members or other names, or None if somebody known before is somebody else now.

    Args:
        cursor: the writer's.
        has_new: a pair was noted that was not there; every other has its reference since it was noted.
    """
    renamed = contested(cursor, TABLE_OF, tables()["deals"].references)
    unknown = " union all ".join(
        f"""
        select '{kind}' where exists(
            from fold.pairs as pair where table_name = 'deals' and pair.kind = '{kind}'
                and not exists (from fold.{kind}_refs as held
                    where held.id is not distinct from pair.id and held.name is not distinct from pair.name))
        """
        for kind in REFERENCES
    )
    named = renamed | ({kind for (kind,) in cursor.execute(unknown).fetchall()} if has_new else set())
    kinds = [kind for kind in REFERENCES if kind in named]
    there = uploaded(cursor)
    for kind in kinds:
        if TABLE_OF[kind] in there - {"reps"}:  # which are prepared already
            find_now(cursor, tables()[TABLE_OF[kind]], order_of(cursor, tables()[TABLE_OF[kind]]))
        if resolve(cursor, kind) | write_members(cursor, kind):
            return None
    return kinds


def _write(cursor: duckdb.DuckDBPyConnection, kinds: list[str]) -> None:
    from data.fold import finish, follow_deals

    for name in {"deal_stages", "activities"} & uploaded(cursor):
        find_now(cursor, tables()[name], order_of(cursor, tables()[name]))
    if "customer" not in kinds:
        cursor.execute("create or replace temp table accounts as select customer_key, region from crm.customers")
    write_deals(cursor, only_touched=True)
    follow_deals(cursor)
    write_shares(cursor, only_touched=True)
    write_visits(cursor, only_touched=True, is_shared=share_deals(cursor))
    finish(cursor, set(kinds), {"deals"})
