"""The members' own tables: reps with their teams through time, customers with their lifetimes, products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.facts import renew
from data.members import TABLE_OF, name_members, own_attributes
from data.order import ever_carried, uploaded
from data.states import ALWAYS, FOR_EVER

if TYPE_CHECKING:
    import duckdb

_BOUGHT = """
        select customer_key, min(ordered_on) as first_order_on from crm.order_lines
        where not is_return and customer_key is not null group by customer_key
"""
_WON = """
        select customer_key, min(closed_on) as first_won_on from crm.deals
        where status = 'won' and customer_key is not null group by customer_key
"""


def _lifetimes(cursor: duckdb.DuckDBPyConnection) -> str:
    """SQL of the first order and the first win of every customer who had one."""
    there = uploaded(cursor)
    none = "select null::bigint as customer_key, null::date as {} where false"
    bought = _BOUGHT if "order_lines" in there else none.format("first_order_on")
    won = _WON if "deals" in there else none.format("first_won_on")
    return f"bought as ({bought}), won as ({won})"


_UNLISTED = f"""
    select refs.key, max(gone_day) as gone_on
    from states_reps as states join fold.rep_refs as refs
        on refs.id is not distinct from states.rep_id and refs.name is not distinct from states.rep
    where is_last and not coalesce(states.is_deleted, false) and states.merged_into is null
    group by refs.key having count(*) = count(gone_day) and max(gone_day) > {ALWAYS}
"""
"""Who was on a full list of salespeople once and is on none since, with the day of the first list without them."""


def write_members(cursor: duckdb.DuckDBPyConnection, kind: str) -> bool:
    """Write the members of a kind, as `resolve` found them.

    Returns:
        Whether a member's team or region changed, which rows that point to it take over.
    """
    name_members(cursor, kind)
    has_list = TABLE_OF[kind] in uploaded(cursor)
    if kind == "rep":
        return _write_reps(cursor) if has_list else _write_implied_reps(cursor)
    if kind == "product":
        _write_products(cursor, has_list=has_list)
        return False
    return _find_accounts(cursor, has_list=has_list)


def _write_implied_reps(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Salespeople of whom there never was a list: rows name them, and nobody is or was in a team."""
    renew(cursor, "reps")
    cursor.execute(
        """
        insert into crm.reps
        select key, id, name, null, null, null, null, null, null, is_implied from members_rep
        """
    )
    return False


def _write_reps(cursor: duckdb.DuckDBPyConnection) -> bool:
    cursor.execute("create or replace temp table former_reps as select rep_key, team, region from crm.reps")
    cursor.execute("create or replace temp table former_teams as from crm.rep_teams")
    renew(cursor, "reps")
    cursor.execute(
        f"""
        insert into crm.reps
        select members.key, members.id, members.name, email, manager, team, region, hired_on,
            coalesce(left_on, gone_on), members.is_implied
        from members_rep as members left join ({own_attributes("rep", has_list=True)}) as own using (key)
        left join ({_UNLISTED}) as unlisted using (key)
        """
    )
    _write_rep_teams(cursor)
    return bool(
        cursor.execute(
            """
            select exists(
                    from former_reps join crm.reps using (rep_key)
                    where (former_reps.team, former_reps.region) is distinct from (reps.team, reps.region))
                or exists(from former_teams anti join crm.rep_teams using (rep_key, team, from_on, to_on))
                or exists(from crm.rep_teams semi join former_reps using (rep_key)
                          anti join former_teams using (rep_key, team, from_on, to_on))
            """
        ).fetchall()[0][0]
    )


def _write_rep_teams(cursor: duckdb.DuckDBPyConnection) -> None:
    """Memberships from what the uploads said on their days; the first one holds for the time before, too."""
    renew(cursor, "rep_teams")
    cursor.execute(
        f"""
        insert into crm.rep_teams
        with said as (
            select refs.key as rep_key, not refs.is_merged as is_own, states.team, states.from_day, states.from_place,
                states.key
            from states_reps as states join fold.rep_refs as refs
                on refs.id is not distinct from states.rep_id and refs.name is not distinct from states.rep
            where not coalesce(states.is_deleted, false) and states.merged_into is null
        ),
        daily as (
            select rep_key, from_day, arg_max_null(team, (is_own, from_place, key)) as team
            from said group by rep_key, from_day
        ),
        moves as (
            select *, lag(rep_key) over w is null as is_first from daily
            window w as (partition by rep_key order by from_day)
            qualify is_first or team is distinct from lag(team) over w
        ),
        spans as (
            select rep_key, team, case when is_first then {ALWAYS} else from_day end as from_on,
                coalesce(lead(from_day) over (partition by rep_key order by from_day), {FOR_EVER}) as to_on
            from moves
        )
        from spans where team is not null and from_on < to_on
        """
    )


def _write_products(cursor: duckdb.DuckDBPyConnection, *, has_list: bool) -> None:
    renew(cursor, "products")
    cursor.execute(
        f"""
        insert into crm.products
        select members.key, members.id, members.name, category, list_price, unit_cost, members.is_implied
        from members_product as members left join ({own_attributes("product", has_list=has_list)}) as own using (key)
        """
    )


def _find_accounts(cursor: duckdb.DuckDBPyConnection, *, has_list: bool) -> bool:
    """`accounts` (customer_key, region, …): what is known of customers before the facts are written."""
    cursor.execute(
        f"""
        create or replace temp table accounts as
        select members.key as customer_key, members.id as customer_id, members.name as customer,
            own.* exclude (key), members.is_implied
        from members_customer as members left join ({own_attributes("customer", has_list=has_list)}) as own using (key)
        """
    )
    return has_list and bool(  # else no customer has, or ever had, a region
        cursor.execute(
            """
            select exists(from crm.customers as held join accounts using (customer_key)
                          where held.region is distinct from accounts.region)
            """
        ).fetchall()[0][0]
    )


def write_customers(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write customers with their lifetime facts, over all history; the facts are written by now."""
    renew(cursor, "customers")
    owner_of = """left join fold.rep_refs as owner_of on accounts.owner is not null
            and owner_of.id is not distinct from accounts.owner.id
            and owner_of.name is not distinct from accounts.owner.name"""
    has_owners = bool(ever_carried(cursor, "customers") & {"rep", "rep_id"})
    owner = "owner_of.key" if has_owners else "null"
    cursor.execute(
        f"""
        insert into crm.customers
        with {_lifetimes(cursor)}
        select accounts.customer_key, customer_id, customer, industry, region, city, size_band, tier, {owner},
            parent, created_on, credit_limit, first_order_on, first_won_on, is_implied
        from accounts
        left join bought using (customer_key)
        left join won using (customer_key)
        {owner_of if has_owners else ""}
        """
    )


def write_lifetimes(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write the lifetime facts of customers who are otherwise as they were, where they moved."""
    cursor.execute(
        f"""
        update crm.customers set first_order_on = lived.first_order_on, first_won_on = lived.first_won_on
        from (
            with {_lifetimes(cursor)}
            select customers.customer_key, bought.first_order_on, won.first_won_on
            from crm.customers left join bought using (customer_key) left join won using (customer_key)
        ) as lived
        where lived.customer_key = customers.customer_key and (
            customers.first_order_on is distinct from lived.first_order_on
            or customers.first_won_on is distinct from lived.first_won_on)
        """
    )
