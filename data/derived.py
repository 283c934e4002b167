"""Tables with something of their own: leads, days of activities, orders, paid invoices, lines of deals, teams."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from data.facts import REPORTING, renew, select, write
from data.order import order_of, uploaded
from data.stage_rows import write_stages
from data.tables import tables

if TYPE_CHECKING:
    import duckdb

_HOLDS = "not coalesce(s.is_deleted, false) and s.merged_into is null"


class Special(NamedTuple):
    """How a table is written, and whose `now_<t>` that reads besides its own."""

    write: Callable[[duckdb.DuckDBPyConnection], None]
    reads: tuple[str, ...] = ()


def _write_leads(cursor: duckdb.DuckDBPyConnection) -> None:
    """Leads, with the first activity for each: to look for it among millions is nothing to do for every question."""
    if "lead_id" not in order_of(cursor, tables()["activities"]).carried:
        write(cursor, "leads")
        return
    bare = select(cursor, "leads")
    renew(cursor, "leads")
    cursor.execute(
        f"""
        insert into crm.leads
        with done as (
            select s.lead_id, min(s.done_at) as done_at from now_activities as s
            where s.lead_id is not null and {_HOLDS} group by s.lead_id
        )
        select bare.* replace (done.done_at as first_done_at) from ({bare}) as bare left join done using (lead_id)
        """
    )


def _write_activities(cursor: duckdb.DuckDBPyConnection) -> None:
    """Activities, and the few days that they were done on."""
    write(cursor, "activities")
    renew(cursor, "activity_days")
    cursor.execute(
        """
        insert into crm.activity_days
        select distinct kind, done_on, deal_id is not null from crm.activities where done_on is not null order by all
        """
    )


def _write_order_lines(cursor: duckdb.DuckDBPyConnection) -> None:
    """Lines, with the number of their order among all of its customer's and the day of the one before."""
    bare = select(cursor, "order_lines")
    renew(cursor, "order_lines")
    cursor.execute(
        f"""
        insert into crm.order_lines
        with bare as materialized ({bare}),
        orders as (
            select customer_key, order_id, min(ordered_on) as day from bare
            where not is_return and customer_key is not null and ordered_on is not null group by customer_key, order_id
        ),
        numbered as (
            select customer_key, order_id, row_number() over w as order_no, lag(day) over w as previous_on
            from orders window w as (partition by customer_key order by day, order_id)
        )
        select bare.* replace (
            case when not is_return and ordered_on is not null then numbered.order_no end as order_no,
            case when not is_return and ordered_on is not null then numbered.previous_on end as previous_on)
        from bare left join numbered using (customer_key, order_id)
        """
    )


def _write_invoices(cursor: duckdb.DuckDBPyConnection) -> None:
    """Invoices, with what their payments add up to and the day on which that reached the amount."""
    bare = select(cursor, "invoices")
    renew(cursor, "invoices")
    cursor.execute(
        f"""
        insert into crm.invoices
        with bare as materialized ({bare}),
        running as (
            select invoice_id, bare.amount as due, payments.paid_on, payments.payment_id,
                sum(payments.amount) over (
                    partition by invoice_id order by payments.paid_on nulls last, payment_id) as so_far
            from crm.payments join bare using (invoice_id)
        ),
        settled as (
            select invoice_id, arg_max(so_far, (paid_on is null, paid_on, payment_id)) as paid,
                min(paid_on) filter (so_far >= due) as paid_on
            from running group by invoice_id
        )
        select bare.* replace (coalesce(settled.paid, 0) as paid, settled.paid_on as paid_on)
        from bare left join settled using (invoice_id)
        """
    )


def write_deal_lines(cursor: duckdb.DuckDBPyConnection, *, only_touched: bool = False) -> None:
    """Lines of deals: their owner and their currency are the deal's.

    Args:
        cursor: the writer's.
        only_touched: only those of the deals in the temporary table `touched_ids`; the others stay as they are.
    """
    if only_touched:
        cursor.execute("delete from crm.deal_lines where deal_id in (select deal_id from touched_ids)")
    else:
        renew(cursor, "deal_lines")
    only = "and s.deal_id in (select deal_id from touched_ids)" if only_touched else ""
    cursor.execute(
        f"""
        insert into crm.deal_lines
        with foreign_deals as (
            select deal_id from crm.deals where deals.currency <> {REPORTING}
        ),
        last_seen as (
            select deal_id, max(seen_from) as day from crm.deal_versions semi join foreign_deals using (deal_id)
            where not is_reconstructed group by deal_id
        ),
        deal_days as (
            select deal_id, case when status = 'open' then day else coalesce(closed_on, day) end as day
            from crm.deals join last_seen using (deal_id)
        )
        select s.deal_id, s.line_no, product_of.key, s.quantity,
            (case when deals.currency is null or deals.currency = {REPORTING} then s.amount
                else s.amount * rates.rate end)::decimal(18,4),
            deals.rep_key
        from now_deal_lines as s
        left join fold.product_refs as product_of
            on product_of.id is not distinct from s.product_id and product_of.name is not distinct from s.product
        left join crm.deals using (deal_id)
        left join deal_days using (deal_id)
        left join rate_spans as rates on rates.currency = deals.currency
            and rates.from_on <= deal_days.day and rates.to_on > deal_days.day
        where s.deal_id is not null and {_HOLDS} {only}
        """
    )


def write_teams(cursor: duckdb.DuckDBPyConnection) -> None:
    """Teams: as uploaded, and every other that a person or a deal belongs to."""
    renew(cursor, "teams")
    told = f"""
        select team, arg_max(parent, (place, key)) as parent from now_teams as s
        where team is not null and {_HOLDS} group by team
    """
    none = "select null::varchar as team, null::varchar as parent where false"
    cursor.execute(
        f"""
        insert into crm.teams
        with told as ({told if "teams" in uploaded(cursor) else none}),
        named as (
            select team from crm.reps union select team from crm.rep_teams union select team from crm.deals
            union select team from crm.deal_versions union select parent from told
        )
        select team, told.parent from named full join told using (team) where team is not null
        """
    )


SPECIAL = {
    "leads": Special(_write_leads, ("activities",)),
    "activities": Special(_write_activities),
    "order_lines": Special(_write_order_lines),
    "invoices": Special(_write_invoices),
    "deal_lines": Special(write_deal_lines),
    "stages": Special(write_stages),
}
