"""How the amount of a deal is shared out: among the products on it, and among the people with a share in it.

Both tables hold shares as spans from 0 to 1, so that the parts of any amount, today's or that of an earlier day, add up
to it to the last digit (metrics/shares.py reads them). Rules, and why: docs/decisions/0005.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.facts import renew

if TYPE_CHECKING:
    import duckdb


def write_shares(cursor: duckdb.DuckDBPyConnection, *, only_touched: bool = False) -> None:
    """Write crm.product_shares and crm.owner_shares, from the deals, their lines and their owners.

    Args:
        cursor: the writer's.
        only_touched: only those of the deals in the temporary table `touched_ids`; the others stay as they are.
    """
    only = "semi join touched_ids using (deal_id)" if only_touched else ""
    for table, source, write in (
        ("product_shares", "deal_lines", _write_product_shares),
        ("owner_shares", "deal_owners", _write_owner_shares),
    ):
        is_told, was_told = cursor.execute(f"select exists(from crm.{source}), exists(from crm.{table})").fetchall()[0]
        if not is_told and not was_told:
            continue  # nothing is shared out, and nothing was
        if only_touched:
            cursor.execute(f"delete from crm.{table} where deal_id in (select deal_id from touched_ids)")
        else:
            renew(cursor, table)
        if is_told:
            write(cursor, only)


def _write_product_shares(cursor: duckdb.DuckDBPyConnection, only: str) -> None:
    """Each product's part of the amount; what no line covers is a part without a product.

    Lines are in the deal's own currency, like the amount in its file. Those that say more than that amount, or of a
    deal without one, are parts of their own sum. A line without an amount says nothing. The deal is counted at its own
    product, else at the one with the largest part. Where a single product has it all, and is the deal's own, there is
    nothing to write.
    """
    cursor.execute(
        f"""
        insert into crm.product_shares
        with told as (
            select deal_id, sum(amount)::decimal(18,4) as lines, min(product_key) as product_key,
                count(distinct coalesce(product_key, 0)) as products
            from crm.deal_lines {only} where amount is not null group by deal_id
        ),
        sized as (
            select deal_id, deals.product_key as own_key, lines, coalesce(amount_original, deals.amount, 0) as said,
                case when said = 0 or lines / said > 1 then lines else said end as whole
            from told join crm.deals using (deal_id)
            where whole <> 0 and not (products = 1 and lines = whole and told.product_key is not distinct from own_key)
        ),
        listed as (
            select deal_id, product_key, amount as part from crm.deal_lines semi join sized using (deal_id)
            where amount is not null
            union all
            select deal_id, null, whole - lines from sized where whole <> lines
            union all
            select deal_id, own_key, 0 from sized where own_key is not null
        ),
        parts as (
            select deal_id, product_key, sum(part)::decimal(18,4) as part from listed group by deal_id, product_key
        ),
        largest as (
            select deal_id, arg_max(product_key, (part, -product_key)) as main_key
            from parts semi join (from sized where own_key is null) using (deal_id) group by deal_id
        ),
        running as (
            select *, sum(part) over (partition by deal_id order by product_key nulls last) as so_far from parts
        )
        select deal_id, product_key, (so_far - part)::double / whole::double, so_far::double / whole::double,
            product_key is not distinct from coalesce(own_key, main_key)
        from running join sized using (deal_id) left join largest using (deal_id)
        """
    )


def _write_owner_shares(cursor: duckdb.DuckDBPyConnection, only: str) -> None:
    """Each person's part; the owner keeps what nobody else has, whatever share a file gives the owner.

    Shares of others that come to more than the whole are parts of their own sum.
    """
    cursor.execute(
        f"""
        insert into crm.owner_shares
        with others as (
            select deal_id, owners.rep_key, any_value(closed_on) as closed_on, sum(share) as share
            from (from crm.deal_owners {only}) as owners join crm.deals using (deal_id)
            where share > 0 and owners.rep_key is distinct from deals.rep_key and owners.rep_key is not null
            group by deal_id, owners.rep_key
        ),
        running as (
            select *, sum(share) over (partition by deal_id order by rep_key) as so_far,
                greatest(sum(share) over (partition by deal_id), 1) as whole
            from others
        ),
        spans as (
            select deal_id, rep_key, closed_on, least(so_far / whole, 1) as to_share,
                coalesce(lag(least(so_far / whole, 1)) over (partition by deal_id order by rep_key), 0) as from_share
            from running
        )
        select spans.deal_id, spans.rep_key, coalesce(membership.team, reps.team), from_share, to_share, false
        from spans left join crm.reps using (rep_key)
        left join crm.rep_teams as membership on membership.rep_key = spans.rep_key
            and membership.from_on <= coalesce(closed_on, date '9999-12-30')
            and membership.to_on > coalesce(closed_on, date '9999-12-30')
        union all
        select deal_id, null, null, max(to_share), 1, true from spans group by deal_id
        """
    )
